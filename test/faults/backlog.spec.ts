import type { LedgerEntry } from '../../src/sandbox/ledger.js';
import { marked } from '../e2e/two-sides.js';
import { until, World } from '../e2e/world.js';
import { followSeed, roundsOf, seed, tell } from './rounds.js';
import { pause } from './town.js';

const rooms = 10;
const messages = roundsOf({ full: 100_000, short: 1_500 });
const mostMemoryMiB = 256;
/** In each room. A homeserver sends each event by itself after it reached nobody for a while: most is said in Talk. */
const inMatrix = messages / rooms / 5;
const inTalk = messages / rooms - inMatrix;

type Side = 'talk' | 'matrix';

/** Counts what comes to a side from the other one, room by room, and sees that it comes once and in order. */
class Arrivals {
  readonly #last = new Map<string, number>();
  readonly amiss: string[] = [];
  count = 0;

  constructor(private readonly letter: string) {}

  take({ kind, room, text }: LedgerEntry): void {
    const name = kind === 'message' ? marked.exec(text ?? '')?.[1] : undefined;
    if (name?.startsWith(this.letter) !== true) return;
    const number = Number.parseInt(name.slice(1), 10);
    const wanted = (this.#last.get(room) ?? 0) + 1;
    if (number !== wanted && this.amiss.length < 10)
      this.amiss.push(`${room}: ${String(number)} after ${String(wanted - 1)}`);
    this.#last.set(room, number);
    this.count += 1;
  }
}

describe(`a backlog (seed ${String(seed)})`, () => {
  let world: World;
  beforeAll(async () => {
    followSeed();
    world = await World.build({ rooms });
  });
  afterAll(() => world.close());

  it(
    `of ${String(messages)} messages is worked off in ${String(mostMemoryMiB)} MB, each once and in order`,
    async () => {
      const first = world.start();
      await first.ready();
      await first.stop();
      const arrivals: Record<Side, Arrivals> = { talk: new Arrivals('m'), matrix: new Arrivals('t') };
      for (const side of ['talk', 'matrix'] as const) {
        world[side].ledger.watch((entry) => {
          arrivals[side].take(entry);
        });
      }
      for (let number = 1; number <= inTalk; number += 1) {
        for (const room of world.rooms) {
          world.talk.post(room.talk, 'anna', `t${String(number)}xv0`);
          if (number <= inMatrix) world.matrix.post(room.matrix, '@mia:sandbox.test', `m${String(number)}xv0`);
        }
        if (number % 20 === 0) await pause(1);
      }
      const startedMs = performance.now();
      // As Node itself chooses where there is no more memory than that.
      const replica = world.start({ node: [`--max-old-space-size=${String(mostMemoryMiB / 2)}`] });
      const come = (): number => arrivals.talk.count + arrivals.matrix.count;
      while (come() < messages) {
        const before = come();
        await until(
          `something to come after ${String(before)} messages`,
          () => !replica.running || come() > before,
          60_000,
        );
        if (!replica.running) throw new Error(`the replica ended:\n${replica.log.slice(-3_000)}`);
      }
      const drainedWithinMs = Math.round(performance.now() - startedMs);
      await pause(1_000);
      expect({ talk: arrivals.talk.amiss, matrix: arrivals.matrix.amiss }).toEqual({ talk: [], matrix: [] });
      expect(come()).toBe(messages);
      expect(replica.peakMemoryMiB()).toBeLessThan(mostMemoryMiB);
      tell({
        row: 'backlog',
        fault: `${String(messages)} messages, at most ${String(Math.round(replica.peakMemoryMiB()))} MiB`,
        rounds: 1,
        sent: messages,
        lost: 0,
        duplicated: 0,
        reordered: 0,
        withdrawn: 0,
        drainedWithinMs,
      });
    },
    300_000 + messages * 200,
  );
});
