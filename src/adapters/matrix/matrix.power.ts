import { levelIn, moderatorLevel, numberOf } from './from-matrix-power.js';
import { isObject, type JsonObject } from './matrix.payloads.js';

/** What decides who may do what in a room. Source: client-server API, "m.room.power_levels". */
export interface RoomPower {
  /** Who made the room, and those whom the creator named beside: from room version 12 on they may do everything. */
  readonly creators: readonly string[];
  readonly creatorsMayAll: boolean;
  /** Absent where nobody set any. */
  readonly levels?: JsonObject;
}

/** Pure. The power levels with which `user` may send events of `type`; undefined where that is not what it lacks. */
export function raisedToSend(levels: JsonObject, user: string, type: string): JsonObject | undefined {
  const { events, users } = levels;
  const needed = levelIn(events, type) ?? numberOf(levels['events_default']) ?? 0;
  const own = levelIn(users, user) ?? numberOf(levels['users_default']) ?? 0;
  if (own >= needed) return undefined;
  return { ...levels, users: { ...(isObject(users) ? users : {}), [user]: needed } };
}

/** Pure. The power levels with which a user is a moderator, or no longer one; undefined where that is so already. */
export function withRole(levels: JsonObject, user: string, role: 'moderator' | 'member'): JsonObject | undefined {
  const { users } = levels;
  const own = levelIn(users, user) ?? numberOf(levels['users_default']) ?? 0;
  if (own >= moderatorLevel === (role === 'moderator')) return undefined;
  const { [user]: _before, ...others } = isObject(users) ? users : {};
  return { ...levels, users: role === 'moderator' ? { ...others, [user]: moderatorLevel } : others };
}

/** Pure. Whether what a user says with `@room` notifies everybody. */
export function mayCallAll({ creators, creatorsMayAll, levels }: RoomPower, user: string): boolean {
  if (creators.includes(user) && (creatorsMayAll || levels === undefined)) return true;
  const own = levelIn(levels?.['users'], user) ?? numberOf(levels?.['users_default']) ?? 0;
  return own >= (levelIn(levels?.['notifications'], 'room') ?? 50);
}

/** Pure. Whether a user may take away what others said. */
export function mayRedact({ creators, creatorsMayAll, levels }: RoomPower, user: string): boolean {
  if (creators.includes(user) && (creatorsMayAll || levels === undefined)) return true;
  const own = levelIn(levels?.['users'], user) ?? numberOf(levels?.['users_default']) ?? 0;
  return own >= (numberOf(levels?.['redact']) ?? 50);
}

/** Pure. Who made a room, as its `m.room.create` says; the sender is the creator. */
export function creatorsIn(create: {
  readonly sender: string;
  readonly content: JsonObject;
}): Omit<RoomPower, 'levels'> {
  const { room_version: version = '1', additional_creators: additional } = create.content;
  const others = Array.isArray(additional) ? additional.filter((user) => typeof user === 'string') : [];
  const creatorsMayAll = typeof version === 'string' && Number(version) >= 12;
  return { creators: creatorsMayAll ? [create.sender, ...others] : [create.sender], creatorsMayAll };
}
