import { fromShortcode } from '../../formatting/emoji.js';
import type { AdapterContext } from '../../model/network-definition.js';
import type { Clock } from '../../model/clock.js';
import { remoteId, type RoomId } from '../../model/ids.js';
import type { RawPayload } from '../../model/network-adapter.js';
import type { ChatApi } from './api/chat.api.js';
import type { ConversationsApi } from './api/conversations.api.js';
import {
  differencesOf,
  type Look,
  lostFilesOf,
  namesAllReactors,
  reactedWith,
  type ShownMessage,
} from './slack.differences.js';
import { isTs, type SlackSelf, type SlackTs } from './slack.ids.js';
import type { SlackMessages } from './slack.messages.js';
import type { SlackPeople } from './slack.people.js';
import { patiently } from './slack.patience.js';
import type { JsonObject } from './slack.payloads.js';
import type { SlackSource } from './slack.source.js';

export interface ReconciliationParts extends Pick<AdapterContext<unknown>, 'bridged'> {
  readonly chat: Pick<ChatApi, 'reactionsTo'>;
  readonly conversations: Pick<ConversationsApi, 'replies'>;
  readonly messages: Pick<SlackMessages, 'find'>;
  readonly people: Pick<SlackPeople, 'namesOf'>;
  readonly source: Pick<SlackSource, 'payloadOf'>;
  readonly clock: Clock;
  self(): SlackSelf | undefined;
}

/** What was read of a channel's history, without a gap. */
export interface ReadHistory {
  /** By `ts`, replies of threads among them. */
  readonly messages: ReadonlyMap<string, JsonObject>;
  /** From where on; the channel's beginning is below every `ts`. */
  readonly from: string;
  /** Since when nobody listened, and when it was read. */
  readonly since: string;
  readonly at: string;
}

/**
 * What was said earlier before the gap is not compared: workspaces forget what is old, by their plan or as they are told to, and that is
 * no deletion.
 */
const comparedS = 7 * 86_400;
/** Of one channel after one gap. */
const mostCompared = 1_000;
const mostThreads = 10;
const mostSingle = 30;
const mostReactions = 20;
const repliesAtOnce = 200;

/**
 * What was changed, deleted and reacted to while nobody listened, which Slack tells nobody afterwards: the messages that history shows
 * are compared with what the bridge has of them. Replies are no part of history: those of the threads that went on last are read, and
 * of what is still missing each is asked for, a few at most.
 */
export class SlackReconciliation {
  constructor(private readonly parts: ReconciliationParts) {}

  /** To be called when all that was said meanwhile is stored. */
  async find(room: RoomId, read: ReadHistory, signal: AbortSignal): Promise<readonly RawPayload[]> {
    const self = this.parts.self();
    if (self === undefined) return [];
    const floor = Math.max(0, Number(read.since) - comparedS).toFixed(6);
    const from = read.from > floor ? read.from : floor;
    const bridged = await this.parts.bridged(room, remoteId(from), mostCompared);
    const shown = new Map<string, ShownMessage>(read.messages);
    const isMissing = (): boolean => bridged.some(({ parts }) => parts.some((ts) => !shown.has(ts)));
    if (isMissing()) await this.#readThreads(room, shown, signal);
    const missing = bridged.flatMap(({ parts }) => parts.filter((ts) => isTs(ts) && !shown.has(ts)));
    for (const ts of missing.slice(0, mostSingle)) shown.set(ts, (await this.#find(room, ts, signal)) ?? 'gone');
    await this.#completeReactions(room, shown, new Set<string>(bridged.flatMap(({ parts }) => parts)), signal);
    const names = await this.#emojiOf(shown, signal);
    const look: Look = { channel: room, since: read.since, at: read.at, self: self.user, names };
    const events = bridged.flatMap((message) => differencesOf(message, shown, look));
    const lost = bridged.flatMap((message) => lostFilesOf(message, shown, look));
    const { source } = this.parts;
    return Promise.all([
      ...events.map((event, index) => source.payloadOf(event, signal, `found/${room}/${read.at}/${String(index)}`)),
      // Once for all looks: the inbox knows it from then on.
      ...lost.map(({ key, event }) => source.payloadOf(event, signal, `found/${key}`)),
    ]);
  }

  /** What the emoji are that people reacted with, where the workspace has names of its own for them. */
  async #emojiOf(shown: ReadonlyMap<string, ShownMessage>, signal: AbortSignal): Promise<Look['names']> {
    const none = new Set<string>();
    const own = new Set([...reactedWith(shown.values())].filter((name) => fromShortcode(name) === undefined));
    const wanted = { users: none, channels: none, groups: none, emoji: own };
    const { emoji = {} } = await this.parts.people.namesOf(wanted, signal);
    return { emoji: (name) => (Object.hasOwn(emoji, name) ? emoji[name] : undefined) };
  }

  /** Those that went on last. */
  async #readThreads(room: RoomId, shown: Map<string, ShownMessage>, signal: AbortSignal): Promise<void> {
    const roots = [...shown.values()]
      .filter((message) => message !== 'gone')
      .filter(({ reply_count: count }) => typeof count === 'number' && count > 0)
      .sort((a, b) => (String(a['latest_reply']) < String(b['latest_reply']) ? 1 : -1));
    for (const { ts, latest_reply: latest } of roots.slice(0, mostThreads)) {
      const window = { latest: String(latest), limit: repliesAtOnce };
      const page = await this.#patiently(
        () => this.parts.conversations.replies(room, ts as SlackTs, window, undefined, signal),
        signal,
      );
      for (const reply of page.items) if (typeof reply['ts'] === 'string') shown.set(reply['ts'], reply);
    }
  }

  #find(room: RoomId, ts: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    return this.#patiently(() => this.parts.messages.find(room, ts as SlackTs, signal), signal);
  }

  async #completeReactions(
    room: RoomId,
    shown: Map<string, ShownMessage>,
    bridged: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<void> {
    const cut = [...shown].filter(
      ([ts, message]) => message !== 'gone' && bridged.has(ts) && !namesAllReactors(message),
    );
    for (const [index, [ts, message]] of cut.entries()) {
      const reactions =
        index < mostReactions
          ? await this.#patiently(() => this.parts.chat.reactionsTo(room, ts as SlackTs, signal), signal)
          : undefined;
      // Of a message whose reactions are not known, nothing is compared.
      if (reactions === undefined) shown.delete(ts);
      else shown.set(ts, { ...(message as JsonObject), reactions });
    }
  }

  /** At the pace that Slack allows: it is in no hurry. */
  #patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return patiently(ask, this.parts.clock, signal);
  }
}
