import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { roomClosed } from './slack.errors.js';
import type { SlackChannels } from './slack.channels.js';
import type { JsonObject } from './slack.payloads.js';
import { channelOf } from './slack.source.js';

export interface PresenceParts {
  readonly channels: SlackChannels;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly appName: string;
  /** How often it is written down that we listen; three times as long in silence is a gap, whatever the connection says. */
  readonly markMs: number;
  /** How often it is looked whether events come: more often than a connection that broke can be followed by another one. */
  readonly pollMs: number;
  /** For how long a connection that is gone may be taken for one that is there. */
  readonly blindMs: number;
  isLinked(channel: string): boolean;
  /** The id of the app's own user. */
  self(): string | undefined;
  /** Whether events come now. */
  isListening(): boolean;
  /** Throws RoomClosed, saying what is to be done, where we cannot enter by ourselves. */
  enter(channel: string, signal: AbortSignal): Promise<void>;
  /** Told after something is to be read from history, or may be read now. */
  onMissed(why: 'gap' | 'letIn'): void;
}

const listenedKey = 'listened';
const marksBeforeGap = 3;

/** Which channels we hear, and until when we listened: each gap, however short, has been missed. */
export class SlackPresence {
  constructor(private readonly parts: PresenceParts) {}

  /** A link has this channel from now on: nothing from before is its. */
  async entered(channel: string): Promise<void> {
    const { channels, clock, isLinked, onMissed } = this.parts;
    await channels.named(channel, clock.now(), isLinked(channel));
    onMissed('letIn');
  }

  /** Somebody took us out of a channel: there we do not come back by ourselves. Or invited us, again. */
  async note(event: JsonObject): Promise<void> {
    const { channels, clock, isLinked, self, onMissed } = this.parts;
    const channel = channelOf(event);
    const { type, user } = event;
    const ts = typeof event['event_ts'] === 'string' ? event['event_ts'] : undefined;
    if (channel === undefined) return;
    if (type === 'channel_left' || type === 'group_left') await channels.left(channel, clock.now(), ts);
    if (type !== 'member_joined_channel' || user !== self() || !isLinked(channel)) return;
    await channels.invited(channel, clock.now(), ts);
    onMissed('letIn');
  }

  /** For what is to be sent. Throws RoomClosed where somebody took us out, or has to invite us. */
  async enter(channel: string, signal: AbortSignal): Promise<void> {
    const { channels, appName } = this.parts;
    if (await channels.isTakenOut(channel)) {
      const say = `/invite @${appName}`;
      throw roomClosed(`somebody took the app out of the channel ${channel}: say \`${say}\` there`, 'notJoined');
    }
    await this.parts.enter(channel, signal);
  }

  /** Writes down that we listen, and what was missed, until `signal` aborts. Whenever it begins something may have been. */
  async watch(signal: AbortSignal): Promise<void> {
    const { store, clock, markMs, pollMs, isListening, onMissed } = this.parts;
    let isAway = true;
    for (let nextMarkMs = 0; !signal.aborted; await clock.sleep(pollMs, signal)) {
      if (!isListening()) {
        isAway = true;
        continue;
      }
      if (!isAway && clock.monotonicMs() < nextMarkMs) continue;
      const now = clock.now();
      const listened = timeIn(await store.get(listenedKey));
      const silentMs = listened === undefined ? 0 : now.getTime() - listened.getTime();
      if (isAway || silentMs > marksBeforeGap * markMs) {
        await this.#missed(listened, now);
        onMissed('gap');
        isAway = false;
      }
      await store.put(listenedKey, { at: now.toISOString() });
      nextMarkMs = clock.monotonicMs() + markMs;
    }
  }

  async #missed(listened: Date | undefined, now: Date): Promise<void> {
    const { channels, blindMs } = this.parts;
    for (const channel of await channels.list()) {
      const from = listened === undefined ? channel.since : new Date(listened.getTime() - blindMs);
      await channels.missed(channel, from > channel.since ? from : channel.since, now);
    }
  }
}

function timeIn(mark: unknown): Date | undefined {
  const text = typeof mark === 'object' && mark !== null ? (mark as Record<string, unknown>)['at'] : undefined;
  return typeof text === 'string' ? new Date(text) : undefined;
}
