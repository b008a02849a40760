/** What the page and its server tell each other, as JSON. */

export type SideName = 'talk' | 'matrix';

/** `restarting`: it was ready before; what is written meanwhile is delivered later. */
export type PageService = 'starting' | 'ready' | 'restarting';

export interface PagePerson {
  /** Unique on its side. */
  readonly id: string;
  readonly name: string;
}

export interface TextSpan {
  readonly text: string;
  readonly look?: 'bold' | 'italic' | 'strike' | 'code';
}

export interface PageMessage {
  /** Unique on its side. */
  readonly id: string;
  /** Whom people of this side see as its writer. */
  readonly author: PagePerson;
  /** `bridged`: it came from the other side. */
  readonly origin: 'here' | 'bridged';
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Line ends as `\n`. */
  readonly text: readonly TextSpan[];
  /** Present on what was written here: whether the other side has it. */
  readonly delivery?: 'onItsWay' | 'arrived';
}

export interface PageSide {
  /** What people call the network. */
  readonly network: string;
  readonly room: string;
  /** Those in whose names one can write. */
  readonly people: readonly PagePerson[];
  /** Oldest first; of a long talk the end only. */
  readonly messages: readonly PageMessage[];
}

export interface PageState {
  readonly service: PageService;
  readonly sides: Readonly<Record<SideName, PageSide>>;
}

/** What `/api/events` sends: the whole first, then each change. */
export type PageEvent =
  | { readonly type: 'state'; readonly state: PageState }
  | { readonly type: 'service'; readonly service: PageService }
  /** A new message, or a known one in its new form. */
  | { readonly type: 'message'; readonly side: SideName; readonly message: PageMessage }
  | { readonly type: 'messageGone'; readonly side: SideName; readonly id: string };

/** The body of `POST /api/post`, answered with 204, or with `PageRefusal` and another status. */
export interface PagePost {
  readonly side: SideName;
  readonly person: string;
  readonly text: string;
}

export interface PageRefusal {
  /** A sentence for a person. */
  readonly error: string;
}
