/** What everybody in linked rooms must see once nothing is under way any more. */
export class ReferenceModel {
  readonly #messages = new Map<string, Said>();

  /** `files`: as `lineOfFile` writes them. */
  post(name: string, side: Side, author: string, files: readonly string[] = []): void {
    this.#messages.set(name, { side, author, files, version: 0, isDeleted: false, reactions: new Set() });
  }

  /** Returns the new version of the text. */
  edit(name: string): number {
    const said = this.#of(name);
    said.version += 1;
    return said.version;
  }

  delete(name: string): void {
    this.#of(name).isDeleted = true;
  }

  react(name: string, reaction: Reaction): void {
    this.#of(name).reactions.add(keyOf(reaction));
  }

  unreact(name: string, reaction: Reaction): void {
    this.#of(name).reactions.delete(keyOf(reaction));
  }

  hasReaction(name: string, reaction: Reaction): boolean {
    return this.#of(name).reactions.has(keyOf(reaction));
  }

  knows(name: string): boolean {
    return this.#messages.has(name);
  }

  /** The messages that are still there. */
  get standing(): { readonly name: string; readonly side: Side; readonly author: string }[] {
    return [...this.#messages].flatMap(([name, { side, author, isDeleted }]) =>
      isDeleted ? [] : [{ name, side, author }],
    );
  }

  /**
   * One line for each message that a side shows: `name vVersion reactions files`. On the side where everybody from elsewhere is one
   * account, that account reacts once for all of them; where they lend their own logins, those react.
   */
  shownOn(side: Side, speakers: Speakers): string[] {
    return [...this.#messages]
      .filter(([, { isDeleted }]) => !isDeleted)
      .map(([name, { version, reactions, files }]) => {
        const shown = [...reactions].map((key) => {
          const [from = '', person = '', emoji = ''] = key.split(' ');
          return `${from === side ? person : seenAs(person, speakers)} ${emoji}`;
        });
        return lineOf(name, version, shown, files);
      })
      .sort();
  }

  #of(name: string): Said {
    const said = this.#messages.get(name);
    if (said === undefined) throw new Error(`nobody said ${name}`);
    return said;
  }
}

export type Side = 'talk' | 'matrix' | 'slack';

/** Who people from elsewhere are on a side. */
export type Speakers = 'one account' | 'each their own' | 'own logins';

/** Whose login each of Matrix lends where people do: those who also write in Talk itself. */
export const ownLogins: Readonly<Record<string, string>> = { mia: 'anna', noah: 'ben' };

function seenAs(person: string, speakers: Speakers): string {
  switch (speakers) {
    case 'one account':
      return 'bridge';
    case 'own logins':
      return ownLogins[person] ?? 'bridge';
    case 'each their own':
      return person;
  }
}

/** With what the names of a side's messages begin. */
export const letters: Record<Side, string> = { talk: 't', matrix: 'm', slack: 's' };

export interface Reaction {
  readonly side: Side;
  readonly person: string;
  readonly emoji: string;
}

interface Said {
  readonly side: Side;
  readonly author: string;
  readonly files: readonly string[];
  version: number;
  isDeleted: boolean;
  readonly reactions: Set<string>;
}

const keyOf = ({ side, person, emoji }: Reaction): string => `${side} ${person} ${emoji}`;

/** How a message is written down for comparison. */
export function lineOf(
  name: string,
  version: number | string,
  reactions: readonly string[],
  files: readonly string[] = [],
): string {
  return [`${name} v${String(version)}`, ...[...new Set(reactions)].sort(), ...files].join(' | ');
}
