import { expectNothingAmiss, Traffic } from '../e2e/traffic.js';
import { type Replica, until, World, type WorldOptions } from '../e2e/world.js';
import { followSeed, type RowResult, roundsOf, seed, tell } from './rounds.js';

/** So long after a fault has ended everything must be where it belongs. */
export const drainsWithinMs = 60_000;
/** What a replica may need, however long a trouble lasts. */
const mostMemoryMiB = 400;
/** Ledgers grow, and are read from the beginning: a world is good for so many rounds. */
const roundsInAWorld = 10;

/** A place where people talk while something goes wrong. */
export interface Scene {
  readonly world: World;
  readonly traffic: Traffic;
  replica(): Replica;
  /** Ends the replica by kill -9 and starts another one. */
  killAndRestart(): Promise<void>;
}

export interface Trouble {
  begin(scene: Scene): Promise<void> | void;
  /** Whether it has had its effect: a trouble that nobody notices proves nothing. */
  isFelt(scene: Scene): Promise<boolean> | boolean;
  end(scene: Scene): Promise<void> | void;
  /** How long it lasts at least. Default 1.5 s. */
  readonly lastsMs?: number;
}

export interface RowOptions extends WorldOptions {
  readonly full: number;
  /** What people say. Default: words. */
  readonly says?: 'words and files';
  /** What each replica is started with. */
  readonly replica?: Parameters<World['start']>[0];
}

/** One row: each of its troubles so many times in mid-traffic; after each everything must have arrived once and in order. */
export function describeTroubles(row: string, options: RowOptions, troubles: Record<string, () => Trouble>): void {
  const rounds = roundsOf({ full: options.full, short: 1 });
  describe(`${row} (seed ${String(seed)})`, () => {
    const town = new Town(options);
    beforeAll(followSeed);
    afterAll(() => town.close());

    it.each(Object.entries(troubles))(
      `%s, ${String(rounds)} times in mid-traffic: nothing is lost, doubled or reordered`,
      async (fault, make) => {
        const sum = { sent: 0, lost: 0, duplicated: 0, reordered: 0, withdrawn: 0, drainedWithinMs: 0 };
        for (let round = 0; round < rounds; round += 1) add(sum, await town.round(make()));
        tell({ row, fault, rounds, ...sum });
      },
      60_000 + rounds * 2 * drainsWithinMs,
    );
  });
}

type Sum = { -readonly [Key in keyof Omit<RowResult, 'row' | 'fault' | 'rounds'>]: number };

function add(sum: Sum, one: Sum): void {
  sum.sent += one.sent;
  sum.lost += one.lost;
  sum.duplicated += one.duplicated;
  sum.reordered += one.reordered;
  sum.withdrawn += one.withdrawn;
  sum.drainedWithinMs = Math.max(sum.drainedWithinMs, one.drainedWithinMs);
}

/** A world and its one replica, renewed now and then. */
class Town {
  #world: World | undefined;
  #replica: Replica | undefined;
  #rounds = 0;

  constructor(private readonly options: RowOptions) {}

  async round(trouble: Trouble): Promise<Sum> {
    const world = await this.#open();
    this.#rounds += 1;
    const traffic = new Traffic(world, 100, `r${String(this.#rounds)}r`, this.options.says);
    const scene: Scene = {
      world,
      traffic,
      replica: () => this.#running(),
      killAndRestart: async () => {
        await this.#running().kill();
        this.#replica = world.start(this.options.replica);
        await this.#running().ready();
      },
    };
    try {
      await pause(500);
      await trouble.begin(scene);
      await pause(trouble.lastsMs ?? 1_500);
      await until('the trouble to be felt', () => trouble.isFelt(scene));
    } finally {
      try {
        await trouble.end(scene);
      } finally {
        traffic.stop();
      }
    }
    const drainedWithinMs = await drained(world, traffic, () => this.#running().log);
    expectNothingAmiss(traffic);
    expect(this.#running().running).toBe(true);
    expect(this.#running().peakMemoryMiB()).toBeLessThan(mostMemoryMiB);
    return { ...countsOf(traffic), drainedWithinMs };
  }

  async close(): Promise<void> {
    await this.#world?.close();
    this.#world = undefined;
  }

  async #open(): Promise<World> {
    if (this.#world !== undefined && this.#rounds % roundsInAWorld !== 0) return this.#world;
    await this.close();
    const world = await World.build(this.options);
    this.#world = world;
    this.#replica = world.start(this.options.replica);
    await this.#replica.ready();
    return world;
  }

  #running(): Replica {
    if (this.#replica === undefined) throw new Error('no replica was started');
    return this.#replica;
  }
}

/** Waits until everything is where it belongs. Returns how long that took; fails with what is missing and the log. */
export async function drained(world: World, traffic: Traffic, log: () => string): Promise<number> {
  const startedMs = performance.now();
  await until('everything to arrive', () => traffic.hasArrived(), drainsWithinMs).catch((error: unknown) => {
    throw new Error(
      `${String(error)} (seed ${String(seed)})\n${JSON.stringify(traffic.verdicts(), undefined, 1)}\nwaiting at the homeserver: ${JSON.stringify(world.matrix.pendingTransactions())}\n${log().slice(-4_000)}`,
    );
  });
  return Math.round(performance.now() - startedMs);
}

export function countsOf(traffic: Traffic): Omit<Sum, 'drainedWithinMs'> {
  const verdicts = traffic.verdicts();
  const total = (count: (verdict: (typeof verdicts)[number]) => number): number =>
    verdicts.reduce((sum, verdict) => sum + count(verdict), 0);
  return {
    sent: total(({ sent }) => sent),
    lost: total(({ lost }) => lost.length),
    duplicated: total(({ duplicated }) => duplicated.length),
    reordered: total(({ reordered }) => reordered.length),
    withdrawn: total(({ withdrawn }) => withdrawn),
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
