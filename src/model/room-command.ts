import type { RoomId, UserId } from './ids.js';

/** What only those may ask whom the settings let see to links. */
const linkVerbs = ['link', 'unlink', 'status'] as const;
/** What everybody may ask. */
const ownVerbs = ['login', 'logout', 'help'] as const;

const verbs: ReadonlySet<string> = new Set([...linkVerbs, ...ownVerbs]);

/** Whether words that are said to us are a command, and no talk. */
export function isVerb(word: string): boolean {
  return verbs.has(word.toLowerCase());
}

export function isLinkVerb(word: string): boolean {
  return linkVerbs.some((verb) => verb === word.toLowerCase());
}

/** What somebody asks from inside a room. */
export interface RoomCommand {
  readonly room: RoomId;
  readonly by: {
    readonly id: UserId;
    /** Whether the settings let this one see to links. */
    readonly mayLink: boolean;
  };
  /** What was written, parted by spaces: `link team my-talk=abc123de`. */
  readonly words: readonly string[];
  /** What comes before the words where they are typed: `/crosstalk`. */
  readonly prefix: string;
}

/** `says`: plain text, in which backticks mark what is to be typed. `person`: nobody but who asked is to see it. */
export interface CommandAnswer {
  readonly says: string;
  readonly to: 'room' | 'person';
}
