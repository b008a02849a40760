import { ReferenceModel, type Side } from './reference-model.js';
import { marked, people, TwoSides } from './two-sides.js';
import type { World } from './world.js';

/** What the ledgers, and what people see, say of one direction in one room. */
export interface Verdict {
  readonly sent: number;
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  /** Messages that arrived before one that was said earlier. */
  readonly reordered: readonly string[];
  /** Lines of the reference model that are not shown so, and what is shown instead. */
  readonly differing: readonly string[];
  /** Second copies that the network took after our look and that were deleted again: people see one. */
  readonly withdrawn: number;
}

/** In the names of what comes late. */
const late = 'late';

/** Every so many messages one is edited, reacted to, bereft of that reaction, deleted: each so many turns after it was said. */
const habits = {
  edit: { every: 4, after: 3 },
  react: { every: 3, after: 4 },
  unreact: { every: 6, after: 7 },
  delete: { every: 9, after: 8 },
};

/** People wait for those over there where so many of their messages are on the way: a slow machine falls behind no further. */
const mostOnTheWay = 40;

/** People of both networks who talk at a steady pace, correct themselves, react and take things back. */
export class Traffic {
  readonly #timer: NodeJS.Timeout;
  readonly #rooms: readonly {
    readonly room: World['rooms'][number];
    readonly twoSides: TwoSides;
    readonly model: ReferenceModel;
    /** What was found in the other side's ledger, and how far that was read. */
    readonly arrived: Record<Side, { read: number; messages: number }>;
  }[];
  #next = 1;
  #late = 0;

  constructor(
    private readonly world: World,
    everyMs: number,
    /** Tells the messages of several traffics in one world apart. */
    private readonly mark = '',
  ) {
    this.#rooms = world.rooms.map((room) => ({
      room,
      twoSides: new TwoSides(world, room),
      model: new ReferenceModel(),
      arrived: { talk: { read: 0, messages: 0 }, matrix: { read: 0, messages: 0 } },
    }));
    this.#timer = setInterval(() => {
      this.#turn();
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Somebody in Talk says what the server stores behind rows that were read already. Nobody sees when it belongs where. */
  sayLate(bySeconds: number): void {
    this.#late += 1;
    const name = `t${this.mark}${late}${String(this.#late)}x`;
    for (const { room, model } of this.#rooms) {
      model.post(name, 'talk', people.talk[0]);
      this.world.talk.commitLate(room.talk, people.talk[0], `${name}v0`, bySeconds);
    }
  }

  get spoken(): number {
    return this.#next - 1;
  }

  /** Whether everything is where it belongs. */
  hasArrived(): boolean {
    return this.verdicts().every(({ lost, differing }) => lost.length === 0 && differing.length === 0);
  }

  /** Talk to Matrix, then Matrix to Talk, for each room. */
  verdicts(): Verdict[] {
    return this.#rooms.flatMap(({ room, twoSides, model }) => {
      const [talk, matrix] = [this.world.talk.ledger.entries(room.talk), this.world.matrix.ledger.entries(room.matrix)];
      const standing = new Set(model.standing.map(({ name }) => name));
      const differing = (side: Side): string[] => {
        const wanted = model.shownOn(side, side === 'talk' ? 'one account' : 'each their own');
        const shown = twoSides.shownOn(side, (name) => model.knows(name));
        return [
          ...wanted.filter((line) => !shown.includes(line)),
          ...shown
            .filter((line, at) => !wanted.includes(line) || shown.indexOf(line) !== at)
            .map((line) => `not: ${line}`),
        ];
      };
      return [
        { ...this.#judge(talk, matrix, 't', standing), differing: differing('matrix') },
        { ...this.#judge(matrix, talk, 'm', standing), differing: differing('talk') },
      ];
    });
  }

  #isFarBehind(): boolean {
    return this.#rooms.some(({ room, arrived }) =>
      (['talk', 'matrix'] as const).some((side) => {
        const there = this.world[side].ledger.entries(room[side]);
        const letter = (side === 'talk' ? 'm' : 't') + this.mark;
        const found = arrived[side];
        found.messages += numbered(there.slice(found.read), letter).length;
        found.read = there.length;
        return this.spoken - found.messages > mostOnTheWay;
      }),
    );
  }

  #turn(): void {
    if (this.#isFarBehind()) return;
    const number = this.#next;
    this.#next += 1;
    for (const { twoSides, model } of this.#rooms) {
      for (const side of ['talk', 'matrix'] as const) {
        const [author, other] = people[side];
        const [friend] = people[side === 'talk' ? 'matrix' : 'talk'];
        const post = this.#name(side, number);
        model.post(post, side, author);
        twoSides.post(side, author, `${post}v0`);
        this.#about(side, number, 'edit', (name) => {
          twoSides.edit(side, author, name, `${name}v${String(model.edit(name))}`);
        });
        this.#about(side, number, 'react', (name) => {
          const reaction = { side, person: other, emoji: '🎉' };
          model.react(name, reaction);
          twoSides.react(name, reaction);
          // From over there too, once it is to be seen there.
          const back = { side: side === 'talk' ? ('matrix' as const) : ('talk' as const), person: friend, emoji: '👍' };
          if (twoSides.idOf(back.side, name) === undefined) return;
          model.react(name, back);
          twoSides.react(name, back);
        });
        this.#about(side, number, 'unreact', (name) => {
          const reaction = { side, person: other, emoji: '🎉' };
          if (!model.hasReaction(name, reaction)) return;
          model.unreact(name, reaction);
          twoSides.unreact(name, reaction);
        });
        this.#about(side, number, 'delete', (name) => {
          model.delete(name);
          twoSides.delete(side, author, name);
        });
      }
    }
  }

  #about(side: Side, now: number, habit: keyof typeof habits, act: (name: string) => void): void {
    const { every, after } = habits[habit];
    const number = now - after;
    if (number > 0 && number % every === 0) act(this.#name(side, number));
  }

  #name(side: Side, number: number): string {
    return `${side === 'talk' ? 't' : 'm'}${this.mark}${String(number)}x`;
  }

  #judge(source: Entries, target: Entries, letter: string, standing: ReadonlySet<string>): Omit<Verdict, 'differing'> {
    const deletedThere = new Set(target.filter(({ kind }) => kind === 'deletion').map(({ target: id }) => id));
    const sent = numbered(source, letter + this.mark).map(({ name }) => name);
    const written = numbered(target, letter + this.mark);
    const shown = written.filter(({ id }) => !deletedThere.has(id)).map(({ name }) => name);
    const first = [...new Set(shown)];
    const inOrder = first.filter((name) => !name.includes(late));
    const place = new Map(sent.map((name, at) => [name, at]));
    const placeOf = (name: string): number => place.get(name) ?? 0;
    return {
      sent: sent.length,
      lost: sent.filter((name) => standing.has(name) && !first.includes(name)),
      duplicated: shown.filter((name, at) => shown.indexOf(name) !== at),
      reordered: inOrder.filter((name, at) => at > 0 && placeOf(name) < placeOf(inOrder[at - 1] ?? '')),
      withdrawn: written.filter(({ name, id }) => standing.has(name) && deletedThere.has(id)).length,
    };
  }
}

type Entries = ReturnType<World['talk']['ledger']['entries']>;

/** The messages whose name begins so, edits not counted. */
function numbered(entries: Entries, front: string): { name: string; id: string }[] {
  return entries.flatMap(({ kind, text, id }) => {
    const name = kind === 'message' ? marked.exec(text ?? '')?.[1] : undefined;
    return name?.startsWith(front) === true ? [{ name, id }] : [];
  });
}

/** What must hold once traffic has stopped and everything has arrived. */
export function expectNothingAmiss(traffic: Traffic): void {
  for (const { lost, duplicated, reordered, differing } of traffic.verdicts()) {
    expect({ lost, duplicated, reordered, differing }).toEqual({
      lost: [],
      duplicated: [],
      reordered: [],
      differing: [],
    });
  }
}
