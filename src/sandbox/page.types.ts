/** What the page and its server tell each other, as JSON. Times are milliseconds since 1970. */
import type { ShownText } from './shown-text.types.js';

/** In the order in which the page shows them. */
export const sideNames = ['talk', 'matrix', 'slack'] as const;
export type SideName = (typeof sideNames)[number];

/** Pure: the sides that a side's messages are copied to. */
export function otherSides(side: SideName): readonly SideName[] {
  return sideNames.filter((name) => name !== side);
}

/** Of a long talk each side shows the end only: that many entries. */
export const mostEntries = 200;

/**
 * `gone`: its process has ended, and the next one was not started yet. `restarting`: that one is not ready yet. What is
 * written meanwhile is delivered later.
 */
export type PageServiceState = 'starting' | 'ready' | 'gone' | 'restarting';

export interface PageService {
  readonly state: PageServiceState;
  /** The id of the process, absent while there is none. */
  readonly process?: number;
  /** The last time that the page killed it. */
  readonly killed?: PageKill;
}

export interface PageKill {
  readonly process: number;
  readonly atMs: number;
  /** When its successor was ready. */
  readonly readyAtMs?: number;
}

export interface PagePerson {
  /** Unique on its side. */
  readonly id: string;
  readonly name: string;
}

export interface PageReaction {
  readonly emoji: string;
  /** Who is seen to have reacted so, the first one first. */
  readonly by: readonly PagePerson[];
}

/** A file that a message shows; `GET /api/file?side=…&id=…` has it. */
export interface PageFile {
  /** Unique on its side. */
  readonly id: string;
  readonly name: string;
  readonly mime: string;
  readonly bytes: number;
  /** It was spoken. */
  readonly isVoice?: true;
  /** Of a picture or a film, in pixels. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** What is asked in a poll, and how it is voted in. */
export interface PageQuestion {
  readonly question: string;
  readonly options: readonly string[];
  /** `hidden`: nobody is shown what was chosen before the poll is over. */
  readonly results: 'shown' | 'hidden';
  /** 0: as many as there are options. */
  readonly maxVotes: number;
}

/** A poll with all that is known of it: what of it a person is shown is for the page to decide. */
export interface PagePoll extends PageQuestion {
  readonly state: 'open' | 'over';
  /** What each of those who voted chose, as places in `options`. */
  readonly votes: readonly { readonly person: PagePerson; readonly choices: readonly number[] }[];
}

/** A line of a message that an app made of blocks, with what can be pressed beside it. */
export interface PageBlock {
  readonly look: 'usual' | 'small';
  readonly text: ShownText;
  readonly controls: readonly PageControl[];
}

export type PageControl =
  | { readonly is: 'button'; readonly action: string; readonly words: string; readonly value: string }
  | {
      readonly is: 'menu';
      readonly action: string;
      readonly words: string;
      /** How many of the options may be chosen. */
      readonly most: number;
      readonly options: readonly { readonly words: string; readonly value: string }[];
    };

/** The thread that a message stands in, where it does not begin it. */
export interface PageThread {
  /** Its first message. */
  readonly first: string;
  /** Empty where it has none. */
  readonly title: string;
}

export interface PageMessage {
  readonly kind: 'message';
  /** Unique on its side. */
  readonly id: string;
  /** Whom people of this side see as its writer. */
  readonly author: PagePerson;
  /** `bridged`: it came from another side. */
  readonly origin: 'here' | 'bridged';
  readonly atMs: number;
  /** Null where it was deleted. */
  readonly text: ShownText | null;
  /** Under the text, which is what is said with them; absent where there are none. */
  readonly files?: readonly PageFile[];
  /** It is a poll, which `text` has the question of. */
  readonly poll?: PagePoll;
  /** An app laid it out: `text`, in lines with what can be pressed. */
  readonly blocks?: readonly PageBlock[];
  readonly thread?: PageThread;
  /** As it was typed, for its author to edit; on what was written here. */
  readonly typed?: string;
  /** `quiet`: an automatic message. `act`: what its author does. */
  readonly style: 'usual' | 'quiet' | 'act';
  readonly isEdited: boolean;
  /** The message that it replies to. */
  readonly answers?: string;
  readonly reactions: readonly PageReaction[];
  /** The one person who sees it, by their id; absent where all do. */
  readonly onlyFor?: string;
  /** Present on what was written here, where the sandbox runs the service: which of the other sides have it. */
  readonly delivery?: Readonly<Partial<Record<SideName, 'onItsWay' | 'arrived'>>>;
}

/** What the room tells of itself, between the messages. */
export interface PageNote {
  readonly kind: 'note';
  readonly id: string;
  readonly atMs: number;
  readonly note: Note;
}

export type Note =
  | { readonly what: 'created' | 'joined' | 'left' | 'pictured' | 'cleared'; readonly actor: string }
  | { readonly what: 'added' | 'removed' | 'invited' | 'promoted'; readonly actor: string; readonly target: string }
  | { readonly what: 'renamed' | 'described'; readonly actor: string; readonly to: string }
  /** In the server's own words. */
  | { readonly what: 'other'; readonly words: string };

export type PageEntry = PageMessage | PageNote;

export interface PageAbilities {
  /** How many options a poll may have; absent where the network has no polls of its own. */
  readonly mostOptions?: number;
  /** `titled`: one begins a thread with its name. `onMessage`: one begins it under a message. */
  readonly threads: 'titled' | 'onMessage' | 'byReply';
}

export interface PageSide {
  /** What people call the network. */
  readonly network: string;
  readonly room: string;
  /** Those in whose names one can write. */
  readonly people: readonly PagePerson[];
  /** What people of this network can do beside talking. */
  readonly can: PageAbilities;
  /** All who are in the room, as people of this side see them. */
  readonly members: readonly PagePerson[];
  /** Oldest first; of a long talk the end only. */
  readonly entries: readonly PageEntry[];
}

/** The messages of one side's people and their copies on another side, counted by what both servers show. */
export interface PageCount {
  readonly from: SideName;
  readonly to: SideName;
  readonly written: number;
  /** Those that the other side shows. */
  readonly arrived: number;
  /** Those that a later one has overtaken: lanes keep their order. */
  readonly lost: number;
  /** How many copies too many the other side shows. */
  readonly doubled: number;
}

/** The steps of a message that all its copies share, in their order. */
export const sharedSteps = ['seen', 'stored', 'routed'] as const;
/** Those of each copy, after them. */
export const copySteps = ['sent', 'shown'] as const;
export type SharedStep = (typeof sharedSteps)[number];
export type CopyStep = (typeof copySteps)[number];
export type WayStep = SharedStep | CopyStep;

/** The way of one message through the pipeline, as far as it has come. */
export interface PageWay {
  readonly from: SideName;
  readonly message: string;
  readonly author: string;
  /** Its beginning, without its looks. */
  readonly words: string;
  /** `seen`: the source shows it. `stored`, `routed`: by the service's database, where both are one commit. */
  readonly atMs: Readonly<Partial<Record<SharedStep, number>>>;
  /** To each of the other sides. */
  readonly copies: readonly PageCopyWay[];
}

export interface PageCopyWay {
  readonly to: SideName;
  /** `sent`: the request with it has reached that side's server. `shown`: the side shows it. */
  readonly atMs: Readonly<Partial<Record<CopyStep, number>>>;
}

export interface PageState {
  /** Absent where the sandbox runs servers alone. */
  readonly service?: PageService;
  /** Of the servers that run. */
  readonly sides: Readonly<Partial<Record<SideName, PageSide>>>;
  /** One for each side and each of the others; none without a service. */
  readonly counts: readonly PageCount[];
  readonly way?: PageWay;
}

/** `/api/events` sends lists of these: the whole first, then what changes; the whole again to a reader who is far behind. */
export type PageEvent =
  | { readonly type: 'state'; readonly state: PageState }
  | { readonly type: 'service'; readonly service: PageService }
  /** A new entry, or a known one in its new form. */
  | { readonly type: 'entry'; readonly side: SideName; readonly entry: PageEntry }
  | { readonly type: 'cleared'; readonly side: SideName }
  | { readonly type: 'members'; readonly side: SideName; readonly members: readonly PagePerson[] }
  | { readonly type: 'counts'; readonly counts: PageState['counts'] }
  | { readonly type: 'way'; readonly way: PageWay };

/** `title`: this message begins a thread of that name. `under`: it stands in the thread of that message. */
export type NewThread = { readonly title: string } | { readonly under: string };

/** What a person does in a room. */
export type Act =
  | { readonly do: 'say'; readonly text: string; readonly answers?: string; readonly thread?: NewThread }
  | ({ readonly do: 'ask' } & PageQuestion)
  /** In the place of what the person chose before. */
  | { readonly do: 'vote'; readonly message: string; readonly choices: readonly number[] }
  | { readonly do: 'endPoll'; readonly message: string }
  /** A button, or what was chosen in a menu. */
  | { readonly do: 'press'; readonly message: string; readonly action: string; readonly values: readonly string[] }
  | { readonly do: 'edit'; readonly message: string; readonly text: string }
  | { readonly do: 'delete'; readonly message: string }
  | { readonly do: 'react' | 'unreact'; readonly message: string; readonly emoji: string };

/** The body of `POST /api/act`, answered with 204, or with `PageRefusal` and another status. `POST /api/kill` has none. */
export interface PageAct {
  readonly side: SideName;
  readonly person: string;
  readonly act: Act;
}

/**
 * Sent as the body of `POST /api/file`, with this in the query; answered as acts are. `type`: as the browser says it.
 * `caption`: may be empty.
 */
export interface PageUpload {
  readonly side: SideName;
  readonly person: string;
  readonly name: string;
  readonly type: string;
  readonly caption: string;
}

/** `gone`: what it is about is not there any more. `refused`: the network says no. */
export type RefusalKind = 'empty' | 'tooLong' | 'gone' | 'refused' | 'wrong';

export interface PageRefusal {
  readonly kind: RefusalKind;
  /** A sentence for a person. */
  readonly error: string;
}
