import type { CallChanged, ReactionRemoved } from '../../model/bridge-event.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { memberChanged, peopleIn, roleChanged } from './from-talk-members.js';
import { edited, fileGone, messageSent, threadNamed } from './from-talk-messages.js';
import { pollClosed, pollVoted } from './from-talk-polls.js';
import { recordingOf, type RoomMessage, roomStateOf } from './from-talk-rooms.js';
import { happened, one, onParent, personRef, refTo, type TalkReader } from './from-talk-row.js';
import type { SystemMessage } from './talk.constants.js';
import { talkFileId, talkMessageId } from './talk.ids.js';
import { isDeletedRow, type StoredRow } from './talk.payloads.js';

/** Turns one stored row into what happened. */
export function fromTalk(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row } = stored;
  if (stored.fileGone !== undefined) return fileGone(stored, stored.fileGone, reader);
  if (row.systemMessage !== '') return fromSystemRow(stored, reader);
  // Read after downtime: the deletion's own row follows and tells it.
  if (isDeletedRow(row)) return { ignored: row.messageType };
  return { events: [messageSent(stored, reader)] };
}

/** Talk's texts of system messages depend on reader and language: only their type and parameters are read. */
function fromSystemRow(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row } = stored;
  // One that is not among these is of a later Talk.
  const kind = row.systemMessage as SystemMessage;
  switch (kind) {
    case 'conversation_created':
      return { ignored: 'conversation_created: the room is in no link yet' };
    case 'file_shared':
    case 'object_shared':
      return { events: [messageSent(stored, reader)] };
    case 'message_edited':
      return edited(stored, reader);
    case 'message_deleted':
      return onParent(stored, reader, (message) => ({ kind: 'messageDeleted', message, version: String(row.id) }));
    case 'reaction':
      return onParent(stored, reader, (message) => ({
        kind: 'reactionAdded',
        message,
        emoji: row.message,
        version: String(row.id),
        row: talkMessageId(row.id),
      }));
    case 'reaction_deleted':
      return { ignored: 'reaction_deleted: the row reaction_revoked tells it' };
    case 'reaction_revoked':
      return reactionsRemoved(stored, reader);
    case 'user_added':
    case 'phone_added':
    case 'federated_user_added':
      return memberChanged(stored, reader, 'memberJoined');
    case 'user_removed':
    case 'phone_removed':
    case 'federated_user_removed':
      return memberChanged(stored, reader, 'memberLeft');
    case 'moderator_promoted':
    case 'guest_moderator_promoted':
      return roleChanged(stored, reader, 'moderator');
    case 'moderator_demoted':
    case 'guest_moderator_demoted':
      return roleChanged(stored, reader, 'member');
    case 'conversation_renamed':
    case 'description_set':
    case 'description_removed':
    case 'avatar_set':
    case 'avatar_removed':
      return roomChanged(stored, reader);
    case 'read_only':
    case 'read_only_off':
    case 'listable_none':
    case 'listable_users':
    case 'listable_all':
    case 'lobby_none':
    case 'lobby_non_moderators':
    case 'lobby_timer_reached':
    case 'guests_allowed':
    case 'guests_disallowed':
    case 'password_set':
    case 'password_removed':
    case 'message_expiration_enabled':
    case 'message_expiration_disabled':
    case 'group_added':
    case 'group_removed':
    case 'circle_added':
    case 'circle_removed':
    case 'breakout_rooms_started':
    case 'breakout_rooms_stopped':
    case 'history_cleared':
      return roomStateChanged(stored, reader, kind);
    case 'call_started':
      return callChanged(stored, reader, {
        of: 'start',
        call: refTo(stored, reader, row.id),
        joinUrl: `${reader.baseUrl}/index.php/call/${stored.token}`,
        ...(row.silent === true ? { attention: 'silent' } : {}),
      });
    case 'call_joined':
      return callChanged(stored, reader, { of: 'arrival' });
    case 'call_left':
      return { ignored: 'call_left: the notice of the call says who came' };
    case 'call_ended':
    case 'call_ended_everyone':
      return callChanged(stored, reader, { of: 'end', how: 'over', people: peopleIn(stored, reader) });
    case 'call_missed':
    case 'call_tried':
      return callChanged(stored, reader, { of: 'end', how: 'unanswered', people: [] });
    case 'recording_started':
    case 'recording_stopped':
    case 'recording_failed':
    case 'audio_recording_started':
    case 'audio_recording_stopped':
      return callChanged(stored, reader, recordingOf(kind));
    case 'poll_voted':
    case 'poll_closed':
      return pollChanged(stored, reader);
    case 'thread_created':
    case 'thread_renamed':
      return threadNamed(stored, reader);
    case 'message_pinned':
      return onParent(stored, reader, (message) => ({ kind: 'pinChanged', message, state: 'pinned' }));
    case 'message_unpinned':
      return onParent(stored, reader, (message) => ({ kind: 'pinChanged', message, state: 'unpinned' }));
    default:
      return unknown(kind);
  }
}

function unknown(kind: never): ReadResult {
  return { ignored: `${String(kind)}: not known to Crosstalk` };
}

/** `reaction_revoked` does not say which: the source found the rows, each of which was one reaction. */
function reactionsRemoved(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row, revoked = [] } = stored;
  if (row.parent === undefined || revoked.length === 0) return { ignored: 'reaction_revoked of an unknown reaction' };
  const message = refTo(stored, reader, row.parent.id);
  const events = revoked.map((id): ReactionRemoved => ({
    ...happened(stored, reader),
    kind: 'reactionRemoved',
    message,
    version: String(row.id),
    row: talkMessageId(id),
  }));
  return { events };
}

function callChanged(stored: StoredRow, reader: TalkReader, change: CallChanged['change']): ReadResult {
  return one({ ...happened(stored, reader), kind: 'callChanged', change, version: String(stored.row.id) });
}

function roomStateChanged(stored: StoredRow, reader: TalkReader, kind: RoomMessage): ReadResult {
  const change = roomStateOf(kind, stored.row);
  if (change === undefined) return { ignored: `${kind} without what it is about` };
  return one({ ...happened(stored, reader), kind: 'roomChanged', change });
}

function roomChanged(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row, room, token } = stored;
  if (room === undefined) return { ignored: `${row.systemMessage} of a room that was not asked` };
  const base = { ...happened(stored, reader), kind: 'roomChanged' as const };
  switch (row.systemMessage) {
    case 'conversation_renamed':
      return one({ ...base, change: { of: 'name', name: room.name } });
    case 'description_set':
    case 'description_removed':
      return one({ ...base, change: { of: 'topic', topic: room.description } });
    default: {
      const id = talkFileId({ of: 'roomAvatar', token });
      const avatar = { account: reader.account, id, name: `${room.avatarVersion}.png`, mime: 'image/png' };
      return one({ ...base, change: { of: 'avatar', avatar: room.isCustomAvatar ? avatar : null } });
    }
  }
}

function pollChanged(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row, poll } = stored;
  if (poll === undefined) return { ignored: `${row.systemMessage} of a poll that is not known` };
  const base = happened(stored, reader);
  const message = refTo(stored, reader, poll.message);
  const version = String(row.id);
  if (row.systemMessage === 'poll_voted') return pollVoted(poll, base, message, version);
  return pollClosed(poll, base, message, version, (actor) => personRef(stored, reader, actor));
}
