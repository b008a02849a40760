import type { SystemDetails, SystemType } from '../state/message.js';

/** How a system message reads: `self` to the actor, `other` to everybody else, `target` to the one it was done to. */
interface SystemText {
  readonly self: string;
  readonly other: string;
  readonly target?: string;
}

type Texts = { readonly [T in SystemType]: SystemText | ((details: SystemDetails) => SystemText) };

const texts: Texts = {
  conversation_created: act('created the conversation'),
  conversation_renamed: ({ oldName, newName }) =>
    act(`renamed the conversation from "${oldName ?? ''}" to "${newName ?? ''}"`),
  description_set: act('set the description'),
  description_removed: act('removed the description'),
  avatar_set: act('set the conversation picture'),
  avatar_removed: act('removed the conversation picture'),
  guests_allowed: act('allowed guests'),
  guests_disallowed: act('disallowed guests'),
  password_set: act('set a password'),
  password_removed: act('removed the password'),
  read_only: act('locked the conversation'),
  read_only_off: act('unlocked the conversation'),
  listable_none: act('limited the conversation to the current participants'),
  listable_users: act('opened the conversation to registered users'),
  listable_all: act('opened the conversation to registered users and users created with the Guests app'),
  lobby_none: act('opened the conversation to everyone'),
  lobby_non_moderators: act('restricted the conversation to moderators'),
  message_expiration_enabled: ({ seconds }) => act(`set the message expiration to ${duration(seconds ?? 0)}`),
  message_expiration_disabled: act('disabled message expiration'),
  user_added: actOn('added'),
  user_removed: actOn('removed'),
  moderator_promoted: actOn('promoted', 'to moderator'),
  moderator_demoted: actOn('demoted', 'from moderator'),
  guest_moderator_promoted: actOn('promoted', 'to moderator'),
  guest_moderator_demoted: actOn('demoted', 'from moderator'),
  federated_user_added: actOn('invited', '', '{federated_user}'),
  federated_user_removed: actOn('removed', '', '{federated_user}'),
  phone_added: actOn('added'),
  call_started: act('started a call'),
  call_joined: act('joined the call'),
  call_left: act('left the call'),
  call_missed: { self: 'You tried to call', other: 'You missed a call from {actor}' },
  call_ended: ({ people, seconds }) =>
    same(`Call${named(people ?? [], ' with ')} ended (Duration ${clockTime(seconds ?? 0)})`),
  call_ended_everyone: ({ people, seconds }) =>
    same(`{actor} ended the call${named(people ?? [], ' with ')} (Duration ${clockTime(seconds ?? 0)})`),
  breakout_rooms_started: act('started breakout rooms'),
  breakout_rooms_stopped: act('stopped breakout rooms'),
  recording_started: act('started the video recording'),
  recording_stopped: act('stopped the video recording'),
  audio_recording_started: act('started the audio recording'),
  audio_recording_stopped: act('stopped the audio recording'),
  recording_failed: same('The recording failed'),
  message_pinned: act('pinned a message'),
  message_unpinned: act('unpinned a message'),
  message_edited: act('edited a message'),
  message_deleted: act('deleted a message'),
  reaction_revoked: act('deleted a reaction'),
  history_cleared: act('cleared the history of the conversation'),
  poll_voted: { self: 'Someone voted on the poll {poll}', other: 'Someone voted on the poll {poll}' },
  poll_closed: act('ended the poll {poll}'),
  thread_created: act('created thread {title}'),
  thread_renamed: act('renamed thread {title}'),
};

export type SystemReader = 'actor' | 'target' | 'other';

export function systemText(type: SystemType, details: SystemDetails, reader: SystemReader): string {
  const entry = texts[type];
  const text = typeof entry === 'function' ? entry(details) : entry;
  switch (reader) {
    case 'actor':
      return text.self;
    case 'target':
      return text.target ?? text.other;
    case 'other':
      return text.other;
  }
}

function act(did: string): SystemText {
  return { self: `You ${did}`, other: `{actor} ${did}` };
}

/** How many of a call are named. */
export const mostNamed = 4;

function same(text: string): SystemText {
  return { self: text, other: text };
}

/** ` with {user1} and {user2}`; those beyond are counted. */
function named(people: readonly unknown[], before: string): string {
  const names = people.slice(0, mostNamed).map((_, index) => `{user${index + 1}}`);
  const more = people.length - names.length;
  const parts = more > 0 ? [...names, `${more} others`] : names;
  const last = parts.at(-1);
  if (last === undefined) return '';
  return parts.length === 1 ? `${before}${last}` : `${before}${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** `1:05`, with hours only where there are some. */
function clockTime(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function actOn(did: string, end = '', whom = '{user}'): SystemText {
  const tail = end === '' ? '' : ` ${end}`;
  return {
    self: `You ${did} ${whom}${tail}`,
    other: `{actor} ${did} ${whom}${tail}`,
    target: `{actor} ${did} you${tail}`,
  };
}

const units: readonly (readonly [number, string])[] = [
  [604_800, 'week'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];

function duration(seconds: number): string {
  for (const [length, name] of units) {
    const count = seconds / length;
    if (Number.isInteger(count) && count > 0) return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return `${seconds} seconds`;
}
