import type { Clock } from '../../model/clock.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { WatchedRoom, WatchMode } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { AwaitedMessages } from './talk.awaited.js';
import { isReadUpTo, isSaid } from './talk.listed-rooms.js';
import type { LastMessage, TalkRoom } from './talk.payloads.js';
import { pauseAfter, type PushTrust } from './talk.push-trust.js';
import type { TalkSettings } from './talk.settings.js';
import type { TalkSource } from './talk.source.js';

/** Pure: whether a way of watching should bring a message that the room list shows. */
export function bringsByItself(by: WatchMode, message: LastMessage | undefined): boolean {
  return by === 'held' || (by !== 'swept' && isSaid(message));
}

export interface JudgeParts {
  readonly source: Pick<TalkSource, 'hasRead'>;
  readonly trust: PushTrust;
  readonly settings: Pick<TalkSettings, 'sweepIntervalMs' | 'pushPatienceMs' | 'pushRetryMs'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly log: Log;
}

/** Whether rooms are told of as they should be: a message that the room list shows is to be read by the room's own watch, in time. */
export class PushJudge {
  readonly #awaited = new AwaitedMessages();
  /** Rooms of which the signaling server did not tell: how often in a row, and until when it is not believed. */
  readonly #unsignaled = new Map<RoomId, { readonly failures: number; readonly untilMs: number }>();

  constructor(private readonly parts: JudgeParts) {}

  believesSignaling(room: RoomId): boolean {
    return this.parts.clock.monotonicMs() >= (this.#unsignaled.get(room)?.untilMs ?? -Infinity);
  }

  /** Gives a room's watch time to bring what came last. */
  await({ token, lastMessage }: TalkRoom, by: WatchMode, sinceMs: number): void {
    const at = { id: lastMessage?.id ?? 0, seconds: lastMessage?.timestamp ?? 0 };
    this.#awaited.add({ room: roomId(token), at, by, sinceMs });
  }

  /** The room was told of. */
  worked(room: RoomId, by: WatchMode): void {
    if (by === 'webhook') this.parts.trust.worked(room);
    if (by === 'signaling') this.#unsignaled.delete(room);
  }

  /**
   * A held request is ended where it did not bring what there is. What is pushed and was not told of is a failure of its way. `wake` has
   * what was not brought read. Answers whether a way failed.
   */
  async judge(
    current: () => Promise<readonly WatchedRoom[]>,
    wake: (rooms: readonly RoomId[]) => Promise<void>,
  ): Promise<'failed' | 'well'> {
    const { source, clock, settings } = this.parts;
    for (const { room, by } of this.#awaited.takeRead(({ room: token, at }) => source.hasRead(token, at.id)))
      this.worked(room, by);
    const overdue = this.#awaited.overdue(clock.monotonicMs(), (by) =>
      by === 'held' ? settings.sweepIntervalMs : settings.pushPatienceMs,
    );
    if (overdue.length === 0) return 'well';
    // What another replica read is known by the room's cursor alone.
    const now = overdue.every(({ by }) => by === 'held') ? [] : await current();
    const rooms = new Map(now.map((room) => [room.room, room]));
    const missed = new Set(overdue.filter(({ room, at, by }) => by === 'held' || !isReadUpTo(rooms.get(room), at)));
    await wake([...missed].map(({ room }) => room));
    this.#awaited.forget(overdue);
    for (const each of overdue) if (!missed.has(each)) this.worked(each.room, each.by);
    const failed = new Map([...missed].filter(({ by }) => by !== 'held').map((each) => [each.room, each]));
    for (const [room, { by }] of failed) this.#failed(rooms.get(room), by);
    return failed.size > 0 ? 'failed' : 'well';
  }

  #failed(room: WatchedRoom | undefined, by: WatchMode): void {
    // What is told of a closed room is not read either.
    if (room === undefined || room.state === 'closed') return;
    const { trust, clock, settings, log } = this.parts;
    if (by === 'webhook') {
      trust.failed(room);
      return;
    }
    const failures = (this.#unsignaled.get(room.room)?.failures ?? 0) + 1;
    const untilMs = clock.monotonicMs() + pauseAfter(failures, settings.pushRetryMs);
    this.#unsignaled.set(room.room, { failures, untilMs });
    log.warn({ room: room.room }, 'the signaling server did not tell of a message: the room is watched otherwise');
  }
}
