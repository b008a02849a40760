import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import type { RoomClosed } from '../../model/errors.js';
import { roomId } from '../../model/ids.js';
import type { AdapterContext } from '../../model/network-definition.js';
import { roomClosed } from './slack.errors.js';
import type { SlackChannels } from './slack.channels.js';
import type { JsonObject } from './slack.payloads.js';
import { channelOf } from './slack.source.js';

export interface PresenceParts extends Pick<AdapterContext<unknown>, 'roomClosed'> {
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
  /** Told after something happened to a linked channel that may have closed it, or opened it. */
  onDoubt(channel: string): void;
  /** Told after somebody invited us into a linked channel: maybe long ago. */
  onInvited(channel: string): void;
}

/** As events of their own, or as notes in the channel. Source: docs.slack.dev, "Events", "message". */
const aboutChannels: ReadonlySet<unknown> = new Set([
  'channel_archive',
  'channel_deleted',
  'channel_unarchive',
  'group_archive',
  'group_deleted',
  'group_unarchive',
]);

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

  /** Somebody took us out of a channel: there we do not come back by ourselves. Or invited us, again. Or nobody is to speak there. */
  async note(event: JsonObject): Promise<void> {
    const { channels, clock, isLinked, onMissed, onDoubt, onInvited, roomClosed } = this.parts;
    const channel = channelOf(event);
    const ts = typeof event['event_ts'] === 'string' ? event['event_ts'] : undefined;
    if (channel === undefined) return;
    const isOut = this.#tellsThatWeLeft(event) && (await channels.left(channel, clock.now(), ts)) === 'out';
    if (!isLinked(channel)) return;
    if (isOut) await roomClosed(roomId(channel), this.#takenOut(channel));
    if (aboutChannels.has(event['type']) || aboutChannels.has(event['subtype'])) onDoubt(channel);
    if (event['type'] !== 'member_joined_channel' || event['user'] !== this.parts.self()) return;
    if ((await channels.invited(channel, clock.now(), ts)) === 'in') onInvited(channel);
    onMissed('letIn');
  }

  #tellsThatWeLeft({ type, user }: JsonObject): boolean {
    if (type === 'member_left_channel') return user === this.parts.self();
    return type === 'channel_left' || type === 'group_left';
  }

  #takenOut(channel: string): RoomClosed {
    const say = `/invite @${this.parts.appName}`;
    return roomClosed(`somebody took the app out of the channel ${channel}: say \`${say}\` there`, 'notJoined');
  }

  /** For what is to be sent. Throws RoomClosed where somebody took us out, or has to invite us. */
  async enter(channel: string, signal: AbortSignal): Promise<void> {
    if (await this.parts.channels.isTakenOut(channel)) throw this.#takenOut(channel);
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
