import { compareTimestamps } from './timestamps.js';
import { isReply, type Message } from './message.js';

export type ChannelKind = 'public' | 'private' | 'im' | 'mpim';

/** A topic or a purpose. */
export interface Words {
  readonly value: string;
  readonly creator: string;
  readonly setSeconds: number;
}

export interface Thread {
  readonly root: Message;
  /** Oldest first. */
  readonly replies: readonly Message[];
}

/** A conversation of any kind, with all that was said in it. */
export class Channel {
  readonly members = new Set<string>();
  /** The workspaces that it is in: more than one where it is shared by Slack Connect. */
  readonly teams = new Set<string>();
  readonly previousNames: string[] = [];
  name: string;
  topic: Words = { value: '', creator: '', setSeconds: 0 };
  purpose: Words = { value: '', creator: '', setSeconds: 0 };
  isArchived = false;
  updatedMs: number;
  /** By `ts` of the message: who pinned it, and when; the latest last. */
  readonly pins = new Map<string, { readonly user: string; readonly atSeconds: number }>();
  /** Oldest first. */
  readonly #messages: Message[] = [];
  readonly #byTs = new Map<string, Message>();
  readonly #replies = new Map<string, Message[]>();

  constructor(
    readonly id: string,
    readonly kind: ChannelKind,
    readonly creator: string,
    readonly createdSeconds: number,
    readonly isGeneral: boolean,
    name: string,
    /** The workspace whose channel it is. */
    readonly host: string,
  ) {
    this.name = name;
    this.teams.add(host);
    this.updatedMs = createdSeconds * 1000;
  }

  get isShared(): boolean {
    return this.teams.size > 1;
  }

  add(message: Message): void {
    this.#messages.push(message);
    this.#byTs.set(message.ts, message);
    if (message.threadTs !== undefined && isReply(message)) {
      const replies = this.#replies.get(message.threadTs);
      if (replies === undefined) this.#replies.set(message.threadTs, [message]);
      else replies.push(message);
    }
  }

  message(ts: string): Message | undefined {
    return this.#byTs.get(ts);
  }

  remove(message: Message): void {
    drop(this.#messages, message);
    this.#byTs.delete(message.ts);
    this.pins.delete(message.ts);
    const replies = message.threadTs === undefined ? undefined : this.#replies.get(message.threadTs);
    if (replies !== undefined) drop(replies, message);
  }

  /** Oldest first, replies included. */
  all(): readonly Message[] {
    return this.#messages;
  }

  /** What the channel itself shows, oldest first: no replies but those that were broadcast. */
  shown(): readonly Message[] {
    return this.#messages.filter((message) => !isReply(message) || message.isBroadcast);
  }

  repliesTo(ts: string): readonly Message[] {
    return this.#replies.get(ts) ?? [];
  }

  /** The thread that a message, its first one or a reply, belongs to. */
  threadOf(ts: string): Thread | undefined {
    const message = this.#byTs.get(ts);
    if (message === undefined) return undefined;
    const root = this.#byTs.get(message.threadTs ?? ts);
    return root === undefined ? undefined : { root, replies: this.repliesTo(root.ts) };
  }
}

function drop(messages: Message[], message: Message): void {
  const at = messages.indexOf(message);
  if (at >= 0) messages.splice(at, 1);
}

/** Pure: whether `ts` lies between the bounds, which count themselves where `inclusive`. */
export function isWithin(
  ts: string,
  { oldest, latest, inclusive }: { oldest: string | undefined; latest: string | undefined; inclusive: boolean },
): boolean {
  const least = inclusive ? 0 : 1;
  if (oldest !== undefined && Math.sign(compareTimestamps(ts, oldest)) < least) return false;
  return latest === undefined || Math.sign(compareTimestamps(latest, ts)) >= least;
}
