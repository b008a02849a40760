import type { Ledger } from './ledger.js';
import type { StoredBytes } from './stored-bytes.js';
import type { Act, PageAbilities, PageMessage, PageNote, PagePerson, RefusalKind } from './page.types.js';

/** The network does not take that. The message is a sentence for a person. */
export class ActRefused extends Error {
  constructor(
    readonly kind: RefusalKind,
    message: string,
  ) {
    super(message);
  }
}

/** A message as its side shows it; whether it arrived elsewhere it cannot know. */
export type SideMessage = Omit<PageMessage, 'delivery'> & {
  /** Of what came from another side: whether it is somebody's message, and not a line of the bridge's own. */
  readonly isCopy?: boolean;
  /** By which the service recognises what it sent. */
  readonly key?: string;
};

export type SideChange =
  | { readonly type: 'entry'; readonly entry: SideMessage | PageNote }
  /** Everything in the room is gone. */
  | { readonly type: 'cleared' }
  | { readonly type: 'members'; readonly members: readonly PagePerson[] };

/** A file as a person sends it, and as the room has it. */
export interface SideFile {
  readonly name: string;
  readonly mime: string;
  readonly bytes: StoredBytes;
}

/** When a call with a message reached the server, told before the message is in the ledger. */
export interface Reached {
  readonly atMs: number;
  /** The key of what it brings, where that can be seen of the call alone. */
  readonly key?: string;
}

/** One network's room as the page shows it. */
export interface Side {
  readonly network: string;
  readonly room: string;
  /** The room as the service's settings name it. */
  readonly roomId: string;
  readonly people: readonly PagePerson[];
  readonly can: PageAbilities;
  readonly ledger: Ledger;
  members(): readonly PagePerson[];
  /** What is in the room already, oldest first. */
  entries(): readonly (SideMessage | PageNote)[];
  /** Throws ActRefused. */
  act(person: string, act: Act): void;
  /** Throws ActRefused. `caption`: empty where nothing is said with it. */
  share(person: string, file: SideFile, caption: string): void;
  /** A file that messages show, by its id; undefined where it is gone. */
  file(id: string): SideFile | undefined;
  /** Calls `listener` with every later change. */
  onChange(listener: (change: SideChange) => void): void;
  /** Calls `listener` with every call that brings a message. */
  onReached(listener: (reached: Reached) => void): void;
}
