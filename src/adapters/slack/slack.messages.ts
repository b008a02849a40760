import type { RemoteId, RoomId } from '../../model/ids.js';
import type { ConversationsApi } from './api/conversations.api.js';
import { isTs, type SlackTs, tsOf } from './slack.ids.js';
import { BoundedMap } from '../../model/bounded-map.js';
import type { JsonObject } from './slack.payloads.js';

const mostRemembered = 20_000;

/** Messages as they stand in channels now, and which thread each is in. */
export class SlackMessages {
  /** The first message of the thread that a message is in: itself, where it is in none. */
  readonly #roots = new BoundedMap<string, SlackTs>(mostRemembered);

  constructor(private readonly conversations: ConversationsApi) {}

  /** Undefined where it is gone. */
  async find(channel: RoomId, ts: SlackTs, signal: AbortSignal): Promise<JsonObject | undefined> {
    const window = { oldest: ts, latest: ts, limit: 1 };
    const { items } = await this.conversations.history(channel, window, undefined, signal);
    const inChannel = items.find((each) => each['ts'] === ts);
    // Replies are not told among the channel's messages.
    const found = inChannel ?? (await this.#inThread(channel, ts, signal));
    return found === undefined || found['subtype'] === 'tombstone' ? undefined : found;
  }

  /** The first message of its thread: replies to a reply would stand nowhere. */
  async rootOf(channel: RoomId, message: RemoteId, signal: AbortSignal): Promise<SlackTs | undefined> {
    const ts = tsOf(message);
    if (ts === undefined) return undefined;
    const known = this.#roots.get(keyOf(channel, ts));
    if (known !== undefined) return known;
    const found = await this.find(channel, ts, signal);
    if (found === undefined) return undefined;
    const { thread_ts: thread } = found;
    const root = typeof thread === 'string' && isTs(thread) ? (thread as SlackTs) : ts;
    this.noteRoot(channel, ts, root);
    return root;
  }

  noteRoot(channel: string, ts: string, root: string | undefined): void {
    this.#roots.set(keyOf(channel, ts), (root ?? ts) as SlackTs);
  }

  async #inThread(channel: RoomId, ts: SlackTs, signal: AbortSignal): Promise<JsonObject | undefined> {
    const window = { oldest: ts, latest: ts, limit: 2 };
    const { items } = await this.conversations.replies(channel, ts, window, undefined, signal);
    return items.find((each) => each['ts'] === ts);
  }
}

function keyOf(channel: string, ts: string): string {
  return `${channel} ${ts}`;
}
