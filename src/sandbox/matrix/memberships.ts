import { isObject, type JsonObject, type StoredEvent } from './events.js';
import type { Homeserver } from './homeserver.js';
import { parseUserId } from './ids.js';
import { badJson, forbidden, invalidParam, MatrixError, unknown } from './matrix-error.js';
import { namedLevel, userLevel } from './power-levels.js';
import type { Room } from './room.js';

export type MembershipAction = 'join' | 'invite' | 'leave' | 'kick' | 'ban' | 'unban' | 'knock';

export interface MembershipChange {
  readonly by: string;
  readonly target: string;
  readonly roomId: string;
  readonly action: MembershipAction;
  /** What the member event says beside its membership: reason, is_direct, a name of its own. */
  readonly content?: JsonObject;
  readonly originServerTsMs?: number;
}

/** Changes somebody's membership as `by` asks. Throws what the reference server answers. */
export function changeMembership(server: Homeserver, change: MembershipChange): StoredEvent {
  const { by, target, action } = change;
  if (parseUserId(target) === undefined) {
    throw invalidParam(`Expected UserID string to start with '@'`);
  }
  const room = server.rooms.get(change.roomId);
  if (room === undefined || room.joined.size === 0) return refuseUnknownRoom(room, change);
  const content = { ...change.content };
  delete content.join_authorised_via_users_server;
  if (typeof content.displayname === 'string' && content.displayname.length > 256)
    throw badJson('Displayname is too long (max 256)');
  checkTransition(room, change);
  const membership = action === 'kick' || action === 'unban' ? 'leave' : action;
  const withProfile = membership === 'join' || membership === 'invite' || membership === 'knock';
  const authority = membership === 'join' ? joinAuthority(server, room, target) : undefined;
  return server.sendMember(room, {
    type: 'm.room.member',
    sender: by,
    stateKey: target,
    content: {
      ...(withProfile ? server.memberProfile(target) : {}),
      ...content,
      membership,
      ...(authority === undefined ? {} : { join_authorised_via_users_server: authority }),
    },
    ...(change.originServerTsMs === undefined ? {} : { originServerTsMs: change.originServerTsMs }),
  });
}

function refuseUnknownRoom(room: Room | undefined, { by, action, roomId }: MembershipChange): never {
  if (action === 'join' || action === 'knock') {
    throw unknown(404, `Can't ${action} remote room because no servers that are in the room have been provided.`);
  }
  if (action === 'leave' || action === 'kick') throw unknown(404, 'Not a known room');
  throw forbidden(room === undefined ? 'Unknown room' : `${by} not in room ${roomId}.`);
}

function checkTransition(room: Room, { target, action }: MembershipChange): void {
  const before = room.membership(target);
  if (action === 'unban' && before !== 'ban' && before !== undefined) {
    throw new MatrixError(403, 'M_BAD_STATE', `Cannot unban user who was not banned (membership=${before})`);
  }
  if (before === 'ban' && action !== 'ban' && action !== 'unban' && action !== 'leave') {
    throw new MatrixError(403, 'M_BAD_STATE', `Cannot ${action} user who was banned`);
  }
  if (action === 'kick' && (before === undefined || before === 'ban' || before === 'leave')) {
    throw forbidden('The target user is not in the room');
  }
}

/** In a restricted room, the member in whose name one who is in an allowed room may join. */
function joinAuthority(server: Homeserver, room: Room, userId: string): string | undefined {
  const rule = room.joinRule();
  const restricted =
    (room.version.restrictedJoins && rule === 'restricted') ||
    (room.version.knockRestricted && rule === 'knock_restricted');
  const before = room.membership(userId);
  if (!restricted || before === 'join' || before === 'invite') return undefined;
  const allow = room.state('m.room.join_rules')?.content.allow;
  const allowed =
    Array.isArray(allow) &&
    (allow as unknown[]).some(
      (rule_) => isObject(rule_) && typeof rule_.room_id === 'string' && server.joinedRooms(userId).has(rule_.room_id),
    );
  if (!allowed) return undefined;
  const power = room.power();
  const needed = namedLevel(power, 'invite', 0);
  return [...room.joined].find((member) => userLevel(power, member) >= needed);
}

/** Writes a changed profile into the member events of every room that the user is in. */
export function spreadProfile(server: Homeserver, userId: string): void {
  for (const roomId of [...server.joinedRooms(userId)]) {
    changeMembership(server, { by: userId, target: userId, roomId, action: 'join' });
  }
}

/** The action that leads to the membership which a member event's content names; undefined where it names none. */
export function membershipActionOf(content: unknown): MembershipAction | undefined {
  const membership = isObject(content) ? content.membership : undefined;
  switch (membership) {
    case 'join':
    case 'invite':
    case 'leave':
    case 'ban':
    case 'knock':
      return membership;
    default:
      return undefined;
  }
}
