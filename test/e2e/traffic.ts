import { filesOf, lineOfFile } from './carried-files.js';
import { letters, ReferenceModel, type Side } from './reference-model.js';
import { marked, people, TwoSides } from './two-sides.js';
import type { World } from './world.js';

/** What the ledgers, and what people see, say of one direction in one room. */
export interface Verdict {
  readonly from: Side;
  readonly to: Side;
  readonly sent: number;
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  /** Messages that arrived before one that was said earlier. None from Slack, which hands things over in any order: there the end counts. */
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

/** Where people send files, every other message is one: none of those that are edited. Every so many of all messages have no words, or two files. */
const fileHabits = { every: 2, wordless: 5, two: 3 };

/** People wait for those over there where so many of their messages are on the way: a slow machine falls behind no further. */
const mostOnTheWay = 40;

/** People of all networks of a world who talk at a steady pace, correct themselves, react and take things back. */
export class Traffic {
  readonly #timer: NodeJS.Timeout;
  readonly #rooms: readonly {
    readonly room: World['rooms'][number];
    readonly twoSides: TwoSides;
    readonly model: ReferenceModel;
    /** What was found in the other side's ledger, and how far that was read. */
    readonly arrived: Record<string, { read: number; messages: number }>;
  }[];
  readonly #sides: readonly Side[];
  readonly #speaking = new Set<Side>();
  #next = 1;
  #late = 0;

  constructor(
    private readonly world: World,
    everyMs: number,
    /** Tells the messages of several traffics in one world apart. */
    private readonly mark = '',
    private readonly says: 'words' | 'words and files' = 'words',
  ) {
    const [first] = world.rooms;
    this.#sides = first?.slack === undefined ? ['talk', 'matrix'] : ['talk', 'matrix', 'slack'];
    this.#rooms = world.rooms.map((room) => ({
      room,
      twoSides: new TwoSides(world, room),
      model: new ReferenceModel(),
      arrived: {},
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

  /** Somebody in Slack says something and changes it at once; the change is told first, the message within `delayMs`. */
  sayBehindItsEdit(delayMs: number): void {
    const { sandbox } = this.world.slack;
    this.#late += 1;
    const name = `s${this.mark}${late}${String(this.#late)}x`;
    for (const { model, twoSides } of this.#rooms) {
      const [author] = people.slack;
      model.post(name, 'slack', author);
      sandbox.setEventFault({ spreadMs: delayMs });
      twoSides.post('slack', author, `${name}v0`);
      sandbox.setEventFault(undefined);
      twoSides.edit('slack', author, name, `${name}v${String(model.edit(name))}`);
    }
  }

  /** From now on people of that side say things, and change nothing: what an app is not told it cannot find out. */
  onlySpeak(side: Side): void {
    this.#speaking.add(side);
  }

  get spoken(): number {
    return this.#next - 1;
  }

  /** Whether everything is where it belongs. */
  hasArrived(): boolean {
    return this.verdicts().every(({ lost, differing }) => lost.length === 0 && differing.length === 0);
  }

  /** For each room Talk to Matrix, Matrix to Talk, and where there is Slack Talk to Slack, and so on: each to each. */
  verdicts(): Verdict[] {
    return this.#rooms.flatMap(({ room, twoSides, model }) => {
      const standing = new Set(model.standing.map(({ name }) => name));
      const differing = new Map(this.#sides.map((side) => [side, this.#differing(side, twoSides, model)]));
      return this.#directions().map(([from, to]) => ({
        from,
        to,
        ...this.#judge(this.#ledger(from, room), this.#ledger(to, room), from, standing),
        differing: differing.get(to) ?? [],
      }));
    });
  }

  #directions(): (readonly [Side, Side])[] {
    return this.#sides.flatMap((side, at) =>
      this.#sides.slice(0, at).flatMap((other): (readonly [Side, Side])[] => [
        [other, side],
        [side, other],
      ]),
    );
  }

  #differing(side: Side, twoSides: TwoSides, model: ReferenceModel): string[] {
    const wanted = model.shownOn(side, twoSides.speakersOn(side));
    const shown = twoSides.shownOn(side, (name) => model.knows(name));
    return [
      ...wanted.filter((line) => !shown.includes(line)),
      ...shown.filter((line, at) => !wanted.includes(line) || shown.indexOf(line) !== at).map((line) => `not: ${line}`),
    ];
  }

  #ledger(side: Side, room: World['rooms'][number]): Entries {
    const server = side === 'slack' ? this.world.slack.sandbox : this.world[side];
    return server.ledger.entries(room[side]);
  }

  #isFarBehind(): boolean {
    return this.#rooms.some(({ room, arrived }) =>
      this.#directions().some(([from, to]) => {
        const there = this.#ledger(to, room);
        const found = (arrived[`${from} ${to}`] ??= { read: 0, messages: 0 });
        found.messages += numbered(there.slice(found.read), letters[from] + this.mark).length;
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
      for (const [at, side] of this.#sides.entries()) {
        const [author, other] = people[side];
        const elsewhere = this.#sides[(at + 1) % this.#sides.length] ?? side;
        const [friend] = people[elsewhere];
        const post = this.#name(side, number);
        this.#say(post, number, side, author, { twoSides, model });
        this.#about(side, number, 'edit', (name) => {
          twoSides.edit(side, author, name, `${name}v${String(model.edit(name))}`);
        });
        this.#about(side, number, 'react', (name) => {
          const reaction = { side, person: other, emoji: '🎉' };
          model.react(name, reaction);
          twoSides.react(name, reaction);
          // From over there too, once it is to be seen there.
          const back = { side: elsewhere, person: friend, emoji: '👍' };
          if (this.#speaking.has(back.side) || twoSides.idOf(back.side, name) === undefined) return;
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

  /** Slack's messages may have several files, and what they say beside them is all that tells whose they are. */
  #say(
    name: string,
    number: number,
    side: Side,
    author: string,
    { twoSides, model }: { readonly twoSides: TwoSides; readonly model: ReferenceModel },
  ): void {
    const { every, wordless, two } = fileHabits;
    if (this.says === 'words' || number % every === 0) {
      model.post(name, side, author);
      twoSides.post(side, author, `${name}v0`);
      return;
    }
    const files = filesOf(name, side === 'slack' && number % two === 0 ? 2 : 1);
    model.post(name, side, author, files.map(lineOfFile));
    twoSides.postFiles(side, author, number % wordless === 0 && side !== 'slack' ? '' : `${name}v0`, files);
  }

  #about(side: Side, now: number, habit: keyof typeof habits, act: (name: string) => void): void {
    if (this.#speaking.has(side)) return;
    const { every, after } = habits[habit];
    const number = now - after;
    if (number > 0 && number % every === 0) act(this.#name(side, number));
  }

  #name(side: Side, number: number): string {
    return `${letters[side]}${this.mark}${String(number)}x`;
  }

  #judge(
    source: Entries,
    target: Entries,
    from: Side,
    standing: ReadonlySet<string>,
  ): Omit<Verdict, 'from' | 'to' | 'differing'> {
    const letter = letters[from];
    const deletedThere = new Set(target.filter(({ kind }) => kind === 'deletion').map(({ target: id }) => id));
    const sent = numbered(source, letter + this.mark).map(({ name }) => name);
    const written = numbered(target, letter + this.mark);
    const shown = written.filter(({ id }) => !deletedThere.has(id)).map(({ name }) => name);
    const first = [...new Set(shown)];
    const inOrder = from === 'slack' ? [] : first.filter((name) => !name.includes(late));
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
  for (const { from, to, lost, duplicated, reordered, differing } of traffic.verdicts()) {
    expect({ from, to, lost, duplicated, reordered, differing }).toEqual({
      from,
      to,
      lost: [],
      duplicated: [],
      reordered: [],
      differing: [],
    });
  }
}
