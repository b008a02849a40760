import { isObject, membershipOf, relationOf, type EventDraft, type StoredEvent } from './events.js';
import { forbidden, MatrixError, notFound, unknown } from './matrix-error.js';
import { checkPowerLevelChange, namedLevel, sendLevel, userLevel } from './power-levels.js';
import type { Room } from './room.js';

/** The authorization rules of the specification, for an event at the end of the room. Throws 403 M_FORBIDDEN. */
export function checkAuthorized(room: Room, draft: EventDraft): void {
  if (draft.type === 'm.room.create') return;
  if (draft.type === 'm.room.member' && draft.stateKey !== undefined) {
    checkMembershipChange(room, draft, draft.stateKey);
    return;
  }
  if (!room.joined.has(draft.sender)) throw notInRoom(room, draft.sender);
  const power = room.power();
  const own = userLevel(power, draft.sender);
  const needed = sendLevel(power, draft.type, draft.stateKey === undefined ? 'message' : 'state');
  if (own < needed) {
    throw forbidden(`You don't have permission to post that to the room. user_level (${own}) < send_level (${needed})`);
  }
  if (draft.stateKey?.startsWith('@') === true && draft.stateKey !== draft.sender) {
    throw forbidden('You are not allowed to set others state');
  }
  if (draft.type === 'm.room.power_levels') checkPowerLevelChange(power, draft.sender, draft.content);
}

export function notInRoom(room: Room, userId: string): MatrixError {
  return forbidden(`User ${userId} not in room ${room.id}`);
}

function checkMembershipChange(room: Room, draft: EventDraft, target: string): void {
  const power = room.power();
  const own = userLevel(power, draft.sender);
  const theirs = userLevel(power, target);
  const before = room.membership(target);
  const membership = draft.content.membership;
  if (membership === 'join') {
    checkJoin(room, draft, target);
    return;
  }
  if (membership === 'knock') {
    checkKnock(room, draft, target);
    return;
  }
  const senderMembership = room.membership(draft.sender);
  const withdraws = senderMembership === 'invite' || senderMembership === 'knock';
  if (membership === 'leave' && target === draft.sender && withdraws) return;
  if (senderMembership !== 'join') throw forbidden(`${draft.sender} not in room ${room.id}.`);
  if (membership === 'invite') {
    if (before === 'ban') throw forbidden(`${target} is banned from the room`);
    if (before === 'join') throw forbidden(`${target} is already in the room.`);
    if (own < namedLevel(power, 'invite', 0)) throw forbidden("You don't have permission to invite users");
  } else if (membership === 'leave') {
    if (before === 'ban' && own < namedLevel(power, 'ban', 50)) throw forbidden(`You cannot unban user ${target}.`);
    if (target !== draft.sender && (own < namedLevel(power, 'kick', 50) || own <= theirs)) {
      throw forbidden(`You cannot kick user ${target}.`);
    }
  } else {
    if (own < namedLevel(power, 'ban', 50)) throw forbidden("You don't have permission to ban");
    if (own <= theirs) throw forbidden("You don't have permission to ban this user");
  }
}

function checkJoin(room: Room, draft: EventDraft, target: string): void {
  const before = room.membership(target);
  if (draft.sender !== target) throw forbidden('Cannot force another user to join.');
  if (before === 'ban') throw forbidden('You are banned from this room');
  const rule = room.joinRule();
  if (rule === 'public' || before === 'join' || before === 'invite') return;
  const restricted =
    (room.version.restrictedJoins && rule === 'restricted') ||
    (room.version.knockRestricted && rule === 'knock_restricted');
  if (restricted) {
    if (draft.content.join_authorised_via_users_server === undefined) {
      throw forbidden('You do not belong to any of the required rooms/spaces to join this room.');
    }
    return;
  }
  throw forbidden(
    rule === 'invite' || rule === 'knock' || rule === 'knock_restricted'
      ? 'You are not invited to this room.'
      : 'You are not allowed to join this room',
  );
}

function checkKnock(room: Room, draft: EventDraft, target: string): void {
  const rule = room.joinRule();
  const open =
    room.version.knocking && (rule === 'knock' || (room.version.knockRestricted && rule === 'knock_restricted'));
  if (!open) throw forbidden("You don't have permission to knock");
  if (draft.sender !== target) throw forbidden('You cannot knock for other users');
  const before = room.membership(target);
  if (before === 'join') throw forbidden('You cannot knock on a room you are already in');
  if (before === 'invite') throw forbidden('You are already invited to this room');
  if (before === 'ban') throw forbidden('You are banned from this room');
}

/** A relation must name an event of its room, and an annotation must be the sender's first of its kind. */
export function checkRelation(room: Room, draft: EventDraft, knownElsewhere: (eventId: string) => boolean): void {
  const relation = relationOf(draft.content);
  if (relation === undefined) return;
  const target = room.event(relation.target);
  if (target === undefined) {
    if (knownElsewhere(relation.target)) throw unknown(400, 'Relations must be in the same room');
    if (room.relations(relation.target).length === 0) throw unknown(400, "Can't send relation to unknown event");
  }
  if (relation.kind === 'm.annotation') {
    if (relation.key === undefined) throw unknown(400, 'Missing aggregation key');
    if (relation.key.length > 500) throw unknown(400, 'Aggregation key is too long');
    if (room.hasAnnotation(relation.target, draft.type, relation.key, draft.sender)) {
      throw new MatrixError(400, 'M_DUPLICATE_ANNOTATION', "Can't send same reaction twice");
    }
  } else if (relation.kind === 'm.thread' && target !== undefined && relationOf(target.content) !== undefined) {
    throw unknown(400, 'Cannot start threads from an event with a relation');
  }
}

/** A redaction is of one's own event, or made with the room's `redact` level. */
export function checkRedaction(
  room: Room,
  draft: EventDraft,
  elsewhere: (eventId: string) => StoredEvent | undefined,
): void {
  const target = draft.redacts === undefined ? undefined : (room.event(draft.redacts) ?? elsewhere(draft.redacts));
  if (target?.type === 'm.room.create') throw forbidden('Redacting create events is not permitted');
  if (target !== undefined && target.roomId !== room.id)
    throw unknown(400, 'Cannot redact event from a different room');
  if (target?.type === 'm.room.server_acl') throw forbidden('Redacting server ACL events is not permitted');
  const power = room.power();
  if (userLevel(power, draft.sender) >= namedLevel(power, 'redact', 50)) return;
  if (target === undefined) throw notFound(`Could not find event ${draft.redacts ?? ''}`);
  if (target.sender !== draft.sender) throw forbidden("You don't have permission to redact events");
}

/** The state event that says the same already, by the same sender: it stands for the new one. */
export function sameState(room: Room, draft: EventDraft): StoredEvent | undefined {
  if (draft.stateKey === undefined) return undefined;
  const current = room.state(draft.type, draft.stateKey);
  if (current?.sender !== draft.sender) return undefined;
  return sameJson(current.content, draft.content) ? current : undefined;
}

function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    const items: readonly unknown[] = a;
    return Array.isArray(b) && items.length === b.length && items.every((item, index) => sameJson(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key], b[key]));
}

/** Who may read the room: those in it, and those who were, up to when they left. `untilOrder` is the last order they see. */
export function readableUntil(room: Room, userId: string): number {
  const member = room.member(userId);
  switch (membershipOf(member)) {
    case 'join':
      return Infinity;
    case 'leave':
    case 'ban':
      // Who only declined an invitation was never in the room.
      if (member !== undefined && room.everJoined(userId)) return member.order;
      break;
    default:
      break;
  }
  if (room.historyVisibilityAt(Infinity) === 'world_readable') return Infinity;
  throw noPreview(userId, room.id);
}

export function noPreview(userId: string, roomId: string): MatrixError {
  return forbidden(`User ${userId} not in room ${roomId}, and room previews are disabled`);
}
