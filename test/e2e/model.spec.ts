import { numbersFrom } from './numbers.js';
import { ReferenceModel, type Reaction, type Side } from './reference-model.js';
import { people, TwoSides } from './two-sides.js';
import { type Replica, until, World } from './world.js';

/** Sequences in all; `CROSSTALK_MODEL_SEQUENCES` asks for more. They run side by side, one in each pair of rooms. */
const sequences = Number(process.env['CROSSTALK_MODEL_SEQUENCES'] ?? 1_000);
const rooms = 50;
const rounds = Math.ceil(sequences / rooms);
const stepsEach = 8;
const seed = Number(process.env['CROSSTALK_MODEL_SEED'] ?? Date.now() % 1_000_000);
const emoji = ['👍', '❤️', '🎉'];
const sides: readonly Side[] = ['talk', 'matrix'];

/** A conversation in one pair of rooms that follows its dice. */
class Conversation {
  readonly model = new ReferenceModel();
  #next = 1;

  constructor(
    readonly twoSides: TwoSides,
    private readonly random: () => number,
  ) {}

  step(): void {
    const dice = this.random();
    if (dice < 0.35) this.#post();
    else if (dice < 0.55) this.#edit();
    else if (dice < 0.65) this.#delete();
    else if (dice < 0.9) this.#react();
    else this.#unreact();
  }

  isShown(): boolean {
    return this.differences().length === 0;
  }

  /** What a side shows and should not, or should and does not. */
  differences(): string[] {
    return sides.flatMap((side) => {
      const wanted = this.model.shownOn(side, side === 'talk' ? 'one account' : 'each their own');
      const shown = this.twoSides.shownOn(side);
      return JSON.stringify(wanted) === JSON.stringify(shown)
        ? []
        : [
            `${side} lacks ${JSON.stringify(wanted.filter((line) => !shown.includes(line)))}, ` +
              `has ${JSON.stringify(shown.filter((line, at) => !wanted.includes(line) || shown.indexOf(line) !== at))}`,
          ];
    });
  }

  #post(): void {
    const side = this.#one(sides);
    const author = this.#one(people[side]);
    // Letters at the end: a name is never the beginning of another one.
    const name = `${side === 'talk' ? 't' : 'm'}${String(this.#next)}x`;
    this.#next += 1;
    this.model.post(name, side, author);
    this.twoSides.post(side, author, `${name}v0`);
  }

  #edit(): void {
    const said = this.#one(this.model.standing);
    if (said === undefined) return;
    const version = this.model.edit(said.name);
    this.twoSides.edit(said.side, said.author, said.name, `${said.name}v${String(version)}`);
  }

  /** By its author; now and then by a moderator of the other side, who sees it there. */
  #delete(): void {
    const said = this.#one(this.model.standing);
    if (said === undefined) return;
    if (said.side === 'talk' && this.random() < 0.5 && this.twoSides.idOf('matrix', said.name) !== undefined) {
      this.twoSides.delete('matrix', 'mia', said.name);
    } else {
      this.twoSides.delete(said.side, said.author, said.name);
    }
    this.model.delete(said.name);
  }

  #react(): void {
    const [name, reaction] = this.#reaction() ?? [];
    if (name === undefined || reaction === undefined || this.model.hasReaction(name, reaction)) return;
    this.model.react(name, reaction);
    this.twoSides.react(name, reaction);
  }

  #unreact(): void {
    const [name, reaction] = this.#reaction() ?? [];
    if (name === undefined || reaction === undefined || !this.model.hasReaction(name, reaction)) return;
    this.model.unreact(name, reaction);
    this.twoSides.unreact(name, reaction);
  }

  /** Somebody's, on a side where the message is to be seen. */
  #reaction(): [string, Reaction] | undefined {
    const side = this.#one(sides);
    const seen = this.model.standing.filter(({ name }) => this.twoSides.idOf(side, name) !== undefined);
    const said = this.#one(seen);
    return said === undefined
      ? undefined
      : [said.name, { side, person: this.#one(people[side]), emoji: this.#one(emoji) }];
  }

  #one<Choice>(choices: readonly [Choice, ...Choice[]] | readonly Choice[]): Choice {
    return choices[Math.floor(this.random() * choices.length)] as Choice;
  }
}

describe('a model of two linked rooms', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.build({ rooms, talk: { maxHeldPolls: rooms } });
  });
  afterAll(async () => {
    await world.close();
  });

  it(
    `${String(sequences)} random sequences of posts, edits, deletions, reactions and kills end as it says (seed ${String(seed)})`,
    async () => {
      const random = numbersFrom(seed);
      const conversations = world.rooms.map(
        (room, at) => new Conversation(new TwoSides(world, room), numbersFrom(seed + 1 + at)),
      );
      const differences = (): string[] =>
        conversations.flatMap((conversation, at) =>
          conversation.differences().map((line) => `room ${String(at)}: ${line}`),
        );
      let replica: Replica = world.start();
      await replica.ready();
      for (let round = 0; round < rounds; round += 1) {
        const killAfter = Math.floor(random() * stepsEach);
        for (let step = 0; step < stepsEach; step += 1) {
          for (const conversation of conversations) conversation.step();
          await new Promise((done) => setTimeout(done, 20 + random() * 60));
          if (step === killAfter) {
            await replica.kill();
            replica = world.start();
          }
        }
        await until(
          'both sides to show what the model says',
          () => conversations.every((it) => it.isShown()),
          60_000,
        ).catch((error: unknown) => {
          throw new Error(
            `${String(error)}, seed ${String(seed)}\n${differences().join('\n')}\n${replica.log.slice(-3_000)}`,
          );
        });
      }
      // Nothing comes later that should not have come.
      await new Promise((done) => setTimeout(done, 2_000));
      expect(differences()).toEqual([]);
      expect(rounds * conversations.length).toBeGreaterThanOrEqual(sequences);
    },
    30 * 60_000,
  );
});
