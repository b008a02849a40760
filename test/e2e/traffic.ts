import type { World } from './world.js';

/** What the ledgers say of one direction in one room. */
export interface Verdict {
  readonly sent: number;
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  /** Pairs that arrived the wrong way round. */
  readonly reordered: readonly string[];
  /** Second copies that the network took after our look and that were deleted again: people see one. */
  readonly withdrawn: number;
}

/** People of both networks talking at a steady pace; every message has a number of its own. */
export class Traffic {
  readonly #timer: NodeJS.Timeout;
  #next = 1;

  constructor(
    private readonly world: World,
    everyMs: number,
    /** Tells the messages of several traffics in one world apart. */
    private readonly mark = '',
  ) {
    this.#timer = setInterval(() => {
      this.#speak();
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get spoken(): number {
    return this.#next - 1;
  }

  #speak(): void {
    const number = `${this.mark}${String(this.#next)}`;
    this.#next += 1;
    for (const room of this.world.rooms) {
      this.world.talk.post(room.talk, this.#next % 2 === 0 ? 'anna' : 'ben', `t${number}0t`);
      this.world.matrix.post(room.matrix, '@mia:sandbox.test', `m${number}0m`);
    }
  }
}

export function everythingArrived(world: World): boolean {
  return world.rooms.every((room) =>
    [talkToMatrix(world, room), matrixToTalk(world, room)].every(({ lost }) => lost.length === 0),
  );
}

export function verdicts(world: World): Verdict[] {
  return world.rooms.flatMap((room) => [talkToMatrix(world, room), matrixToTalk(world, room)]);
}

type Room = World['rooms'][number];
const fromTalk = /\bt[a-z0-9]*\dt\b/;
const fromMatrix = /\bm[a-z0-9]*\dm\b/;

function talkToMatrix(world: World, room: Room): Verdict {
  return judge(world.talk.ledger.entries(room.talk), world.matrix.ledger.entries(room.matrix), fromTalk);
}

function matrixToTalk(world: World, room: Room): Verdict {
  return judge(world.matrix.ledger.entries(room.matrix), world.talk.ledger.entries(room.talk), fromMatrix);
}

type Entries = ReturnType<World['talk']['ledger']['entries']>;

function judge(source: Entries, target: Entries, pattern: RegExp): Verdict {
  const numbered = (entries: Entries): { name: string; id: string }[] =>
    entries.flatMap(({ kind, text, id }) => {
      const name = kind === 'message' ? pattern.exec(text ?? '')?.[0] : undefined;
      return name === undefined ? [] : [{ name, id }];
    });
  const deleted = new Set(target.filter(({ kind }) => kind === 'deletion').map(({ target: id }) => id));
  const sent = numbered(source).map(({ name }) => name);
  const written = numbered(target);
  const shown = written.filter(({ id }) => !deleted.has(id)).map(({ name }) => name);
  const first = [...new Set(shown)];
  const place = new Map(sent.map((name, at) => [name, at]));
  return {
    sent: sent.length,
    lost: sent.filter((name) => !first.includes(name)),
    duplicated: shown.filter((name, at) => shown.indexOf(name) !== at),
    reordered: first.filter((name, at) => at > 0 && (place.get(name) ?? 0) < (place.get(first[at - 1] ?? '') ?? 0)),
    withdrawn: written.length - shown.length,
  };
}
