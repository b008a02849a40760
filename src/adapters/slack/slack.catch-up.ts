import type { Clock } from '../../model/clock.js';
import { RateLimited } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { RawPayload } from '../../model/network-adapter.js';
import type { ConversationsApi, Page, Window } from './api/conversations.api.js';
import type { SlackClient } from './slack.client.js';
import { isTs, type SlackTs } from './slack.ids.js';
import type { JsonObject } from './slack.payloads.js';
import type { SlackSource } from './slack.source.js';

export interface CatchUpParts {
  readonly conversations: ConversationsApi;
  readonly source: SlackSource;
  readonly client: Pick<SlackClient, 'skewMs'>;
  readonly clock: Clock;
  /** How far before the time asked for is read, to be safe from unequal clocks. */
  readonly marginMs: number;
}

const pageSize = 200;

/**
 * What was said while nobody listened, from the channel's history: messages as they stand now, in threads too that were begun
 * or went on since then in the channel's sight. What was changed, deleted or reacted to meanwhile Slack tells nobody afterwards.
 */
export class SlackCatchUp {
  constructor(private readonly parts: CatchUpParts) {}

  /** Oldest first, with the keys that events have. */
  async *read(room: RoomId, since: Date, signal: AbortSignal): AsyncGenerator<readonly RawPayload[]> {
    const { clock, client, marginMs, source } = this.parts;
    const fromMs = since.getTime() + client.skewMs - marginMs;
    const window: Window = {
      oldest: (Math.max(0, fromMs) / 1000).toFixed(6),
      latest: ((clock.now().getTime() + client.skewMs + marginMs) / 1000).toFixed(6),
      limit: pageSize,
    };
    const said = new Map<string, JsonObject>();
    for await (const message of this.#all(
      (cursor) => this.parts.conversations.history(room, window, cursor, signal),
      signal,
    )) {
      said.set(String(message['ts']), message);
      for await (const reply of this.#repliesTo(room, message, window, signal)) said.set(String(reply['ts']), reply);
    }
    const inOrder = [...said].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, message]) => message);
    for (let at = 0; at < inOrder.length; at += pageSize) {
      const events = inOrder
        .slice(at, at + pageSize)
        .map((message) => ({ ...message, type: 'message', channel: room }));
      yield await Promise.all(events.map((event) => source.payloadOf(event, signal)));
    }
  }

  async *#repliesTo(
    room: RoomId,
    { ts, reply_count: count, latest_reply: latest }: JsonObject,
    window: Window,
    signal: AbortSignal,
  ): AsyncGenerator<JsonObject> {
    if (typeof ts !== 'string' || !isTs(ts) || typeof count !== 'number' || count === 0) return;
    if (typeof latest === 'string' && latest < window.oldest) return;
    const replies = (cursor: string | undefined): Promise<Page<JsonObject>> =>
      this.parts.conversations.replies(room, ts as SlackTs, window, cursor, signal);
    for await (const reply of this.#all(replies, signal)) if (reply['ts'] !== ts) yield reply;
  }

  /** Every page, at the pace that Slack allows: it is in no hurry. */
  async *#all(
    page: (cursor: string | undefined) => Promise<Page<JsonObject>>,
    signal: AbortSignal,
  ): AsyncGenerator<JsonObject> {
    let cursor: string | undefined;
    do {
      const { items, next } = await this.#patiently(() => page(cursor), signal);
      yield* items.filter(({ ts }) => typeof ts === 'string' && isTs(ts));
      cursor = next;
    } while (cursor !== undefined);
  }

  async #patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const retry = error instanceof RateLimited ? error.failure.retry : undefined;
        if (typeof retry !== 'object' || signal.aborted) throw error;
        await this.parts.clock.sleep(retry.afterMs, signal);
      }
    }
  }
}
