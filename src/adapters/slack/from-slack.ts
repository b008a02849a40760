import type { ReadResult } from '../../model/network-adapter.js';
import { huddleStarted } from './from-slack-huddles.js';
import type { Names, Reading } from './from-slack-inlines.js';
import { messageChanged, messageDeleted, messageSent } from './from-slack-messages.js';
import { fromReaction, fromVote } from './from-slack-reactions.js';
import { fromMember, fromPin, roomChanged, toldInWords } from './from-slack-rooms.js';
import { plainOf } from './from-slack-text.js';
import { isDirectId, type SlackSelf } from './slack.ids.js';
import { type MessageEvent, readMessageEvent, type StoredEvent } from './slack.payloads.js';

/** Turns one stored event into what happened. */
export function fromSlack(stored: StoredEvent, self: SlackSelf): ReadResult {
  return read(stored, { self, names: namesIn(stored) });
}

/** What an event mentions: ids that its reader shows by names. */
export interface Wanted {
  /** People, and bots that are no users. */
  readonly users: ReadonlySet<string>;
  readonly channels: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  /** Emoji that not everybody has. */
  readonly emoji: ReadonlySet<string>;
}

/** What the source has to know of an event to store it whole. Throws on what cannot be read. */
export function wantedBy(event: StoredEvent['event'], self: SlackSelf): Wanted {
  const none = (): Set<string> => new Set<string>();
  const wanted = { users: none(), channels: none(), groups: none(), emoji: none() };
  const names: Names = {
    user: (id) => void wanted.users.add(id),
    // The app need not know what private conversations are called, and may not ask.
    channel: (id) => (isDirectId(id) ? undefined : void wanted.channels.add(id)),
    group: (id) => void wanted.groups.add(id),
    emoji: (name) => void wanted.emoji.add(name),
  };
  read({ event }, { self, names });
  return wanted;
}

function namesIn({ names: { users = {}, channels = {}, groups = {}, emoji = {} } = {} }: StoredEvent): Names {
  const of = <T>(known: Readonly<Record<string, T>>, id: string): T | undefined =>
    Object.hasOwn(known, id) ? known[id] : undefined;
  return {
    user: (id) => of(users, id),
    channel: (id) => of(channels, id),
    group: (id) => of(groups, id),
    emoji: (name) => of(emoji, name),
  };
}

function read({ event }: StoredEvent, reading: Reading): ReadResult {
  switch (event.type) {
    case 'message':
      return fromMessageEvent(readMessageEvent(event), reading);
    case 'reaction_added':
    case 'reaction_removed':
      return fromReaction(event, event.type, reading);
    case 'member_joined_channel':
    case 'member_left_channel':
      return fromMember(event, event.type, reading);
    case 'pin_added':
    case 'pin_removed':
      return fromPin(event, event.type, reading);
    case 'poll_vote':
      return fromVote(event, reading);
    default:
      return { ignored: event.type };
  }
}

function fromMessageEvent(event: MessageEvent, reading: Reading): ReadResult {
  const { subtype = '' } = event;
  if (event.is_ephemeral === true) return { ignored: 'a message for one person alone' };
  switch (subtype) {
    case '':
    case 'bot_message':
    case 'file_share':
    case 'me_message':
    case 'thread_broadcast':
    case 'slackbot_response':
      return messageSent(event, reading);
    case 'message_changed':
      return messageChanged(event, reading);
    case 'message_deleted':
      return messageDeleted(event, event.deleted_ts ?? event.previous_message?.ts, reading);
    case 'channel_name':
    case 'group_name':
      return roomChanged(event, { of: 'name', name: plainOf(event.name ?? '', reading) }, reading);
    case 'channel_topic':
    case 'group_topic':
      return roomChanged(event, { of: 'topic', topic: plainOf(event.topic ?? '', reading) }, reading);
    case 'channel_purpose':
    case 'group_purpose': {
      const purpose = plainOf(event.purpose ?? '', reading);
      return toldInWords(
        event,
        purpose === '' ? 'removed the channel’s description' : `described the channel: ${purpose}`,
        reading,
      );
    }
    case 'channel_archive':
    case 'group_archive':
      return toldInWords(event, 'archived the channel', reading);
    case 'channel_unarchive':
    case 'group_unarchive':
      return toldInWords(event, 'took the channel out of the archive', reading);
    case 'huddle_thread':
      return huddleStarted(event, reading);
    case 'channel_join':
    case 'group_join':
    case 'channel_leave':
    case 'group_leave':
      return { ignored: `${subtype}: the event of the member tells it` };
    default:
      return { ignored: `message of the kind ${subtype}` };
  }
}
