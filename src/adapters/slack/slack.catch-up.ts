import type { Clock } from '../../model/clock.js';
import type { RoomId } from '../../model/ids.js';
import type { RawPayload } from '../../model/network-adapter.js';
import type { ConversationsApi, Page, Window } from './api/conversations.api.js';
import type { SlackClient } from './slack.client.js';
import { isTs, type SlackTs } from './slack.ids.js';
import { patiently } from './slack.patience.js';
import type { JsonObject } from './slack.payloads.js';
import type { SlackReconciliation } from './slack.reconciliation.js';
import type { SlackSource } from './slack.source.js';

export interface CatchUpParts {
  readonly conversations: ConversationsApi;
  readonly source: SlackSource;
  readonly client: Pick<SlackClient, 'skewMs'>;
  readonly clock: Clock;
  readonly reconciliation: Pick<SlackReconciliation, 'find'>;
  /** How far before the time asked for is read, to be safe from unequal clocks. */
  readonly marginMs: number;
}

/** From when on is read. */
export interface ReadFrom {
  readonly since: Date;
  /** What was said before is not read for safety's sake either: a `ts`, or a time by our clock. */
  readonly notBefore?: string | Date;
}

const pageSize = 200;
/** Below every `ts`. */
const beginning = '0';
/** How exactly it is known what time it is in Slack. */
const inexactMs = 1000;

/**
 * What was said while nobody listened, from the channel's history: messages as they stand now, and replies in threads whose
 * first message was said since then or is among the page of messages before (200; 15 for an app that is distributed without
 * review): that a thread went on Slack tells at its first message alone. Then what was changed, deleted and reacted to meanwhile, as far
 * as that is seen in what history shows.
 */
export class SlackCatchUp {
  constructor(private readonly parts: CatchUpParts) {}

  /** Oldest first, with the keys that events have. */
  async *read(
    room: RoomId,
    { since, notBefore }: ReadFrom,
    signal: AbortSignal,
  ): AsyncGenerator<readonly RawPayload[]> {
    const { clock, client, marginMs, source } = this.parts;
    const first = tsAt(since.getTime() - marginMs + client.skewMs);
    const floor = notBefore instanceof Date ? tsAt(notBefore.getTime() - inexactMs + client.skewMs) : notBefore;
    const window = {
      oldest: floor !== undefined && floor > first ? floor : first,
      latest: tsAt(clock.now().getTime() + client.skewMs + marginMs),
      limit: pageSize,
    };
    const at = tsAt(clock.now().getTime() + client.skewMs - inexactMs);
    const said = new Map<string, JsonObject>();
    const shown = new Map<string, JsonObject>();
    let from = beginning;
    const cutAt = (oldest: string): void => {
      from = oldest;
    };
    for await (const message of this.#history(room, window, cutAt, signal)) {
      shown.set(String(message['ts']), message);
      if (isIn(window, message)) said.set(String(message['ts']), message);
      for await (const reply of this.#repliesTo(room, message, window, signal)) said.set(String(reply['ts']), reply);
    }
    const inOrder = [...said].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, message]) => message);
    for (let at = 0; at < inOrder.length; at += pageSize) {
      const events = inOrder
        .slice(at, at + pageSize)
        .map((message) => ({ ...message, type: 'message', channel: room }));
      yield await Promise.all(events.map((event) => source.payloadOf(event, signal)));
    }
    const messages = new Map([...shown, ...said]);
    const found = await this.parts.reconciliation.find(room, { messages, from, since: window.oldest, at }, signal);
    if (found.length > 0) yield found;
  }

  async *#repliesTo(
    room: RoomId,
    { ts, reply_count: count, latest_reply: latest }: JsonObject,
    window: Span,
    signal: AbortSignal,
  ): AsyncGenerator<JsonObject> {
    if (typeof ts !== 'string' || !isTs(ts) || typeof count !== 'number' || count === 0) return;
    if (typeof latest === 'string' && latest < window.oldest) return;
    const replies = (cursor: string | undefined): Promise<Page<JsonObject>> =>
      this.parts.conversations.replies(room, ts as SlackTs, window, cursor, signal);
    for await (const page of this.#pages(replies, signal)) {
      yield* page.filter((reply) => reply['ts'] !== ts && isIn(window, reply));
    }
  }

  /** Newest first: what was said in that time, and a page of what stands before. `cutAt` is told the oldest, where there may be older ones. */
  async *#history(
    room: RoomId,
    { oldest, latest, limit }: Span,
    cutAt: (ts: string) => void,
    signal: AbortSignal,
  ): AsyncGenerator<JsonObject> {
    const history = (cursor: string | undefined): Promise<Page<JsonObject>> =>
      this.parts.conversations.history(room, { latest, limit }, cursor, signal);
    let isBefore = false;
    for await (const page of this.#pages(history, signal)) {
      yield* page;
      const last = page.at(-1)?.['ts'];
      if (isBefore) {
        if (typeof last === 'string') cutAt(last);
        return;
      }
      isBefore = page.some(({ ts }) => String(ts) < oldest);
    }
  }

  /** At the pace that Slack allows: it is in no hurry. */
  async *#pages(
    page: (cursor: string | undefined) => Promise<Page<JsonObject>>,
    signal: AbortSignal,
  ): AsyncGenerator<readonly JsonObject[]> {
    let cursor: string | undefined;
    do {
      const { items, next } = await patiently(() => page(cursor), this.parts.clock, signal);
      yield items.filter(({ ts }) => typeof ts === 'string' && isTs(ts));
      cursor = next;
    } while (cursor !== undefined);
  }
}

function tsAt(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(6);
}

interface Span extends Window {
  readonly oldest: string;
}

/** Of the time asked for; Slack's own bounds are those of a thread's replies, not of its first message. */
function isIn({ oldest }: Span, { ts }: JsonObject): boolean {
  return String(ts) >= oldest;
}
