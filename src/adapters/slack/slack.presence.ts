import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused } from '../../model/errors.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { Ingest, RawPayload } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { ConversationsApi } from './api/conversations.api.js';
import { channelOf } from './slack.source.js';
import type { JsonObject } from './slack.payloads.js';

export interface PresenceParts {
  readonly conversations: ConversationsApi;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  /** How often it is written down that we listen; three times as long in silence is a gap. */
  readonly markMs: number;
  isLinked(channel: string): boolean;
  /** Whether events come now. */
  isListening(): boolean;
  catchUp(room: RoomId, since: Date, signal: AbortSignal): AsyncIterable<readonly RawPayload[]>;
}

const channelKey = (channel: string): string => `in/${channel}`;
const listenedKey = 'listened';
const closedKey = 'closed';
const gapsBeforeCatchUp = 3;
const pollMs = 200;

/** Which channels we are in, since when, and until when we listened: what a gap hid is read afterwards. */
export class SlackPresence {
  constructor(private readonly parts: PresenceParts) {}

  /** A link has this channel from now on: nothing from before is its. */
  async entered(channel: string): Promise<void> {
    await this.parts.store.put(channelKey(channel), { since: this.parts.clock.now().toISOString() });
  }

  /** Somebody took us out of a channel: there we do not come back by ourselves. */
  async note(event: JsonObject): Promise<void> {
    const channel = channelOf(event);
    const { type } = event;
    if (channel !== undefined && (type === 'channel_left' || type === 'group_left')) {
      await this.parts.store.delete(channelKey(channel));
    }
  }

  /** The app was uninstalled, or its token refused: then it is in no channel any more when it is back. */
  async closed(): Promise<void> {
    await this.parts.store.put(closedKey, true);
  }

  /** After a new installation: goes back into the public channels that links name. */
  async comeBack(signal: AbortSignal): Promise<void> {
    const { store, conversations, log, isLinked } = this.parts;
    if ((await store.get(closedKey)) === undefined) return;
    for (const channel of await this.#channels()) {
      if (!isLinked(channel.id)) continue;
      try {
        const found = await conversations.info(channel.id, signal);
        const isOpen = found?.is_private !== true && found?.is_archived !== true;
        if (found !== undefined && found.is_member !== true && isOpen) await conversations.join(channel.id, signal);
      } catch (error) {
        if (!(error instanceof BridgeError) || error instanceof LoginRefused) throw error;
        log.warn({ channel: channel.id, error }, 'a channel could not be entered again');
      }
    }
    await store.delete(closedKey);
  }

  /** Writes down that we listen, and reads what a gap hid, until `signal` aborts. */
  async watch(ingest: Ingest, signal: AbortSignal): Promise<void> {
    const { store, clock, markMs } = this.parts;
    while (!signal.aborted) {
      if (!this.parts.isListening()) {
        await clock.sleep(Math.min(pollMs, markMs), signal);
        continue;
      }
      const now = clock.now();
      const listened = timeIn(await store.get(listenedKey), 'at');
      const isGap = listened !== undefined && now.getTime() - listened.getTime() > gapsBeforeCatchUp * markMs;
      if (isGap) await this.#catchUp(listened, ingest, signal);
      // What came meanwhile came as events.
      if (!signal.aborted) await store.put(listenedKey, { at: now.toISOString() });
      await clock.sleep(markMs, signal);
    }
  }

  async #catchUp(listened: Date, ingest: Ingest, signal: AbortSignal): Promise<void> {
    for (const { id, since } of await this.#channels()) {
      if (signal.aborted || !this.parts.isLinked(id)) continue;
      const from = since > listened ? since : listened;
      try {
        for await (const payloads of this.parts.catchUp(roomId(id), from, signal)) await ingest.accept(payloads);
      } catch (error) {
        if (!(error instanceof BridgeError)) throw error;
        // An archived channel, or one that we are no longer in, has nothing to tell; a network that is gone is tried again.
        if (error.code !== 'roomClosed') throw error;
        this.parts.log.info({ channel: id, error }, 'what a channel said meanwhile cannot be read');
      }
    }
  }

  async #channels(): Promise<readonly { readonly id: string; readonly since: Date }[]> {
    const entries = await this.parts.store.list(channelKey(''));
    return entries.map(({ key, value }) => ({
      id: key.slice(channelKey('').length),
      since: timeIn(value, 'since') ?? new Date(0),
    }));
  }
}

function timeIn(value: unknown, field: string): Date | undefined {
  const text = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
  return typeof text === 'string' ? new Date(text) : undefined;
}
