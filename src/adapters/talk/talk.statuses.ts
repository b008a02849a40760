import type { PresenceChanged } from '../../model/bridge-event.js';
import { roomId, type AccountId, type RoomId } from '../../model/ids.js';
import type { AdapterContext } from '../../model/network-definition.js';
import type { Presence } from '../../model/presence.js';
import type { Participant } from './api/room.answers.js';
import { bridgeBotUser } from './talk.bridge-bot.js';
import { actorType } from './talk.constants.js';
import { talkUserId } from './talk.ids.js';
import { LookedRooms } from './talk.looked-rooms.js';
import type { TalkSettings } from './talk.settings.js';

export interface StatusParts extends Pick<
  AdapterContext<Pick<TalkSettings, 'presence' | 'presenceIntervalMs'>>,
  'account' | 'settings' | 'store' | 'clock' | 'presence'
> {
  /** The id of the account's own user. */
  self(): string;
}

/** After that a room is idle: nobody asks how its people are. */
const whereSomebodyWrote = { front: 'statuses-active/', forMs: 600_000, writtenEveryMs: 60_000, most: 30 };
/** A server without statuses, or a room that is too large for them, is asked again after so long. */
const noneForMs = 3_600_000;

/**
 * How people are in rooms in which something was written lately, 30 at most: each is asked once a minute, by the list of its participants,
 * since nothing tells of it. Any replica may read what is written; the one that owns the account asks.
 */
export class TalkStatuses {
  readonly #active: LookedRooms;
  readonly #dueMs = new Map<RoomId, number>();

  constructor(private readonly parts: StatusParts) {
    this.#active = new LookedRooms(parts.store, parts.clock, whereSomebodyWrote);
  }

  get isOn(): boolean {
    return this.parts.settings.presence;
  }

  /** Something was written in a room, or it begins to be read. */
  async noticeActivity(room: RoomId): Promise<void> {
    if (this.isOn) await this.#active.told(room);
  }

  /** The rooms that are to be asked now. */
  async due(): Promise<ReadonlySet<RoomId>> {
    if (!this.isOn) return new Set();
    const nowMs = this.parts.clock.monotonicMs();
    const active = await this.#active.now();
    for (const [room, dueMs] of this.#dueMs) if (!active.has(room) && dueMs <= nowMs) this.#dueMs.delete(room);
    return new Set([...active].filter((room) => (this.#dueMs.get(room) ?? 0) <= nowMs));
  }

  /** A room answered, with how its people are or without. */
  tell(room: RoomId, participants: readonly Participant[], hasStatuses: boolean): void {
    const { account, settings, clock, presence } = this.parts;
    this.#dueMs.set(room, clock.monotonicMs() + (hasStatuses ? settings.presenceIntervalMs : noneForMs));
    if (!hasStatuses) return;
    for (const changed of presencesIn({ account, id: room }, participants, this.parts.self())) presence(changed);
  }
}

/** Pure. Of guests and people of other servers nothing is known. `self`: our own user. */
export function presencesIn(
  room: { readonly account: AccountId; readonly id: string },
  participants: readonly Participant[],
  self: string,
): readonly PresenceChanged[] {
  const { account } = room;
  return participants.flatMap(({ actorType: type, actorId: id, displayName, ...status }) => {
    if (type !== actorType.users || id === self || id === bridgeBotUser) return [];
    const person = { account, id: talkUserId(type, id), name: displayName || id, standing: 'person' } as const;
    const at = { account, id: roomId(room.id) };
    return [{ kind: 'presenceChanged' as const, room: at, person, presence: presenceOf(status) }];
  });
}

type Status = Pick<Participant, 'status' | 'statusIcon' | 'statusMessage'>;

/** Who wants to be invisible is shown offline to others, by the server itself. */
function presenceOf({ status, statusIcon, statusMessage }: Status): Presence {
  const emoji = statusIcon ?? '';
  const text = (statusMessage ?? '').replaceAll(/\s+/gu, ' ').trim();
  return {
    state: stateOf(status ?? ''),
    ...(emoji === '' ? {} : { emoji }),
    ...(text === '' ? {} : { text }),
  };
}

function stateOf(status: string): Presence['state'] {
  switch (status) {
    case 'online':
    case 'away':
    case 'busy':
      return status;
    case 'dnd':
      return 'doNotDisturb';
    default:
      return 'offline';
  }
}
