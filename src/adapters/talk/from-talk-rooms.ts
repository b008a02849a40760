import type { CallChanged, RoomState } from '../../model/bridge-event.js';
import { textOf } from './from-talk-text.js';
import type { SystemMessage } from './talk.constants.js';
import type { ChatRow, RichParameter } from './talk.payloads.js';

/** Rows that tell of nobody's words: who may come in and write, and how long what is written stays. */
export type RoomMessage = Extract<
  SystemMessage,
  | 'read_only'
  | 'read_only_off'
  | 'listable_none'
  | 'listable_users'
  | 'listable_all'
  | 'lobby_none'
  | 'lobby_non_moderators'
  | 'lobby_timer_reached'
  | 'guests_allowed'
  | 'guests_disallowed'
  | 'password_set'
  | 'password_removed'
  | 'message_expiration_enabled'
  | 'message_expiration_disabled'
  | 'group_added'
  | 'group_removed'
  | 'circle_added'
  | 'circle_removed'
  | 'breakout_rooms_started'
  | 'breakout_rooms_stopped'
  | 'history_cleared'
>;

/** Pure: what such a row tells; undefined where it lacks what it is about. */
export function roomStateOf(kind: RoomMessage, row: ChatRow): RoomState | undefined {
  switch (kind) {
    case 'read_only':
      return { of: 'writing', state: 'stopped', why: 'readOnly' };
    case 'read_only_off':
      return { of: 'writing', state: 'resumed', why: 'readOnly' };
    case 'lobby_non_moderators':
      return { of: 'writing', state: 'stopped', why: 'lobby' };
    case 'lobby_none':
    case 'lobby_timer_reached':
      return { of: 'writing', state: 'resumed', why: 'lobby' };
    case 'listable_none':
      return { of: 'access', to: 'listedForNobody' };
    case 'listable_users':
      return { of: 'access', to: 'listedForUsers' };
    case 'listable_all':
      return { of: 'access', to: 'listedForEverybody' };
    case 'guests_allowed':
      return { of: 'access', to: 'guestsAllowed' };
    case 'guests_disallowed':
      return { of: 'access', to: 'guestsDisallowed' };
    case 'password_set':
      return { of: 'access', to: 'passwordSet' };
    case 'password_removed':
      return { of: 'access', to: 'passwordRemoved' };
    case 'message_expiration_enabled':
      return expiring(row);
    case 'message_expiration_disabled':
      return { of: 'expiration', afterMs: null };
    case 'group_added':
    case 'group_removed':
      return group('group', kind === 'group_added' ? 'added' : 'removed', row.messageParameters['group']);
    case 'circle_added':
    case 'circle_removed':
      return group('team', kind === 'circle_added' ? 'added' : 'removed', row.messageParameters['circle']);
    case 'breakout_rooms_started':
      return { of: 'breakoutRooms', state: 'started' };
    case 'breakout_rooms_stopped':
      return { of: 'breakoutRooms', state: 'stopped' };
    case 'history_cleared':
      return { of: 'history', cleared: 'all' };
  }
}

/** The row itself is the first that vanishes by the new rule; its text alone would say how long that takes. */
function expiring({ timestamp, expirationTimestamp = 0 }: ChatRow): RoomState | undefined {
  const seconds = expirationTimestamp - timestamp;
  return seconds > 0 ? { of: 'expiration', afterMs: seconds * 1000 } : undefined;
}

function group(
  type: 'group' | 'team',
  state: 'added' | 'removed',
  parameter: RichParameter | undefined,
): RoomState | undefined {
  const name = textOf(parameter, 'name') || textOf(parameter, 'id');
  return name === '' ? undefined : { of: 'group', state, type, name };
}

export type RecordingMessage = Extract<
  SystemMessage,
  'recording_started' | 'recording_stopped' | 'recording_failed' | 'audio_recording_started' | 'audio_recording_stopped'
>;

/** Pure: what a row tells of a call that is recorded. What was recorded is posted as a message of its own. */
export function recordingOf(kind: RecordingMessage): CallChanged['change'] {
  switch (kind) {
    case 'recording_started':
      return { of: 'recording', media: 'video', state: 'started' };
    case 'recording_stopped':
      return { of: 'recording', media: 'video', state: 'stopped' };
    case 'recording_failed':
      return { of: 'recording', media: 'video', state: 'failed' };
    case 'audio_recording_started':
      return { of: 'recording', media: 'audio', state: 'started' };
    case 'audio_recording_stopped':
      return { of: 'recording', media: 'audio', state: 'stopped' };
  }
}
