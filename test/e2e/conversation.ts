import { letters, ReferenceModel, type Reaction, type Side } from './reference-model.js';
import { people, type TwoSides } from './two-sides.js';

const emoji = ['👍', '❤️', '🎉'];

/** What people say and do in linked rooms, as the dice fall, and what everybody must see of it. */
export class Conversation {
  readonly #model = new ReferenceModel();
  #next = 1;

  constructor(
    private readonly sides: readonly Side[],
    private readonly twoSides: TwoSides,
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
    return this.sides.flatMap((side) => {
      const wanted = this.#model.shownOn(side, this.twoSides.speakersOn(side));
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
    const side = this.#one(this.sides);
    const author = this.#one(people[side]);
    // Letters at the end: a name is never the beginning of another one.
    const name = `${letters[side]}${String(this.#next)}x`;
    this.#next += 1;
    this.#model.post(name, side, author);
    this.twoSides.post(side, author, `${name}v0`);
  }

  #edit(): void {
    const said = this.#one(this.#model.standing);
    if (said === undefined) return;
    const version = this.#model.edit(said.name);
    this.twoSides.edit(said.side, said.author, said.name, `${said.name}v${String(version)}`);
  }

  /** By its author; what was said in Talk now and then by a moderator of Matrix, who sees it there. */
  #delete(): void {
    const said = this.#one(this.#model.standing);
    if (said === undefined) return;
    if (said.side === 'talk' && this.random() < 0.5 && this.twoSides.idOf('matrix', said.name) !== undefined) {
      this.twoSides.delete('matrix', 'mia', said.name);
    } else {
      this.twoSides.delete(said.side, said.author, said.name);
    }
    this.#model.delete(said.name);
  }

  #react(): void {
    const [name, reaction] = this.#reaction() ?? [];
    if (name === undefined || reaction === undefined || this.#model.hasReaction(name, reaction)) return;
    this.#model.react(name, reaction);
    this.twoSides.react(name, reaction);
  }

  #unreact(): void {
    const [name, reaction] = this.#reaction() ?? [];
    if (name === undefined || reaction === undefined || !this.#model.hasReaction(name, reaction)) return;
    this.#model.unreact(name, reaction);
    this.twoSides.unreact(name, reaction);
  }

  /** Somebody's, on a side where the message is to be seen. */
  #reaction(): [string, Reaction] | undefined {
    const side = this.#one(this.sides);
    const seen = this.#model.standing.filter(({ name }) => this.twoSides.idOf(side, name) !== undefined);
    const said = this.#one(seen);
    return said === undefined
      ? undefined
      : [said.name, { side, person: this.#one(people[side]), emoji: this.#one(emoji) }];
  }

  #one<Choice>(choices: readonly [Choice, ...Choice[]] | readonly Choice[]): Choice {
    return choices[Math.floor(this.random() * choices.length)] as Choice;
  }
}
