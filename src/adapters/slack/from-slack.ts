import { withFileNames } from '../../formatting/named-files.js';
import { fromShortcode } from '../../formatting/emoji.js';
import { cleanName } from '../../formatting/names.js';
import { toPlain } from '../../formatting/plain.js';
import type { BridgeEvent, MessageSent } from '../../model/bridge-event.js';
import { type MessageRef, roomId, type UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { huddleBegun, type HuddlePlace, huddleWentOn } from './from-slack-huddles.js';
import type { Names, Reading } from './from-slack-inlines.js';
import { bodyOf, filesAdded, filesGone, filesOf, filesSent, plainOf } from './from-slack-text.js';
import {
  aliasedTo,
  deliveryKeyIn,
  isDirectId,
  isoOf,
  isOurs,
  slackMessageRef,
  type SlackSelf,
  slackUserId,
  versionOf,
} from './slack.ids.js';
import {
  type MessageEvent,
  readMemberEvent,
  readMessageEvent,
  readPinEvent,
  readReactionEvent,
  type SlackMessage,
  type StoredEvent,
} from './slack.payloads.js';
import { readVoteEvent } from './slack.poll.payloads.js';

/** Slack itself, where it speaks or acts. */
const slackbot = 'USLACKBOT';
/** Who could not be known in time: an id says nothing to anybody. */
const somebody = 'somebody';

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
      return done(
        event,
        purpose === '' ? 'removed the channel’s description' : `described the channel: ${purpose}`,
        reading,
      );
    }
    case 'channel_archive':
    case 'group_archive':
      return done(event, 'archived the channel', reading);
    case 'channel_unarchive':
    case 'group_unarchive':
      return done(event, 'took the channel out of the archive', reading);
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

function messageSent(event: MessageEvent, reading: Reading): ReadResult {
  const { ts, thread_ts: thread } = event;
  if (ts === undefined) return { ignored: 'a message without its ts' };
  const body = bodyOf(event, reading);
  const files = filesSent(event, reading.self);
  if (body.length === 0 && filesOf(event, reading.self).length === 0) return { ignored: 'a message without a text' };
  const isReply = thread !== undefined && thread !== ts;
  return one({
    ...said(event, event, ts, reading),
    kind: 'messageSent',
    message: refTo(event, ts, reading),
    body,
    files,
    style: styleOf(event),
    ...(isReply && !isBroadcast(event) ? { thread: refTo(event, thread, reading) } : {}),
    ...broadcastOf(event, event, reading),
  });
}

/** A reply that its author sent to the channel too is to be seen there: it answers the thread's first message. */
function broadcastOf(
  event: MessageEvent,
  message: SlackMessage & Pick<MessageEvent, 'root'>,
  reading: Reading,
): Pick<MessageSent, 'replyTo' | 'quoted'> {
  const { ts, thread_ts: thread, root } = message;
  if (!isBroadcast(message) || thread === undefined || thread === ts) return {};
  return {
    replyTo: refTo(event, thread, reading),
    ...(root === undefined ? {} : { quoted: quotedIn(root, reading) }),
  };
}

function isBroadcast({ subtype }: SlackMessage): boolean {
  return subtype === 'thread_broadcast';
}

function quotedIn(root: SlackMessage, reading: Reading): NonNullable<MessageSent['quoted']> {
  return { name: authorOf(root, reading).name, text: toPlain(shownBody(root, reading)) };
}

function styleOf({ subtype }: SlackMessage): MessageSent['style'] {
  return subtype === 'me_message' ? 'emote' : 'text';
}

/** Also told where links were looked up, a reply came, or a message was pinned: only what is shown counts. */
function messageChanged(event: MessageEvent, reading: Reading): ReadResult {
  const { message, previous_message: before } = event;
  if (message?.ts === undefined) return { ignored: 'message_changed without its message' };
  // A deleted message that has replies leaves a stone in its place, with Slack's own words on it.
  if (message.subtype === 'tombstone') return messageDeleted(event, message.ts, reading);
  if (message.subtype === 'huddle_thread') return huddleChanged(event, message, reading);
  const body = bodyOf(message, reading);
  const files = filesOf(message, reading.self);
  const gone = filesGone(message);
  if (body.length === 0 && files.length === 0 && gone.length > 0) return messageDeleted(event, message.ts, reading);
  if (body.length === 0 && files.length === 0) return { ignored: 'message_changed without a text' };
  // What is gone may be missing in what is told of before too.
  const isSame =
    gone.length === 0 &&
    (before === undefined
      ? message.edited === undefined
      : isEqual(shownBody(message, reading), shownBody(before, reading)));
  if (isSame) return { ignored: 'message_changed that shows the same' };
  const added = before === undefined ? [] : filesAdded(message, before, reading.self);
  return one({
    ...said(event, message, event.event_ts ?? event.ts ?? message.ts, reading),
    kind: 'messageEdited',
    message: refTo(event, message.ts, reading),
    body,
    ...(files.length === 0 ? {} : { files }),
    ...(gone.length === 0 ? {} : { filesGone: gone }),
    ...(added.length === 0 ? {} : { filesAdded: added }),
    ...broadcastOf(event, message, reading),
    style: styleOf(message),
    version: versionOf(event.event_ts ?? event.ts ?? message.ts),
  });
}

/** What a message shows, its files by their names. */
function shownBody(message: SlackMessage, reading: Reading): MessageSent['body'] {
  return withFileNames(bodyOf(message, reading), filesOf(message, reading.self));
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Slack does not say who deleted it: its author, as far as anybody can tell. */
function messageDeleted(event: MessageEvent, ts: string | undefined, reading: Reading): ReadResult {
  if (ts === undefined) return { ignored: 'message_deleted of nothing' };
  const at = event.event_ts ?? event.ts ?? ts;
  const { key: _ofTheMessage, ...happened } = said(event, event.previous_message ?? {}, at, reading);
  return one({ ...happened, kind: 'messageDeleted', message: refTo(event, ts, reading), version: versionOf(at) });
}

function roomChanged(
  event: MessageEvent,
  change: Extract<BridgeEvent, { kind: 'roomChanged' }>['change'],
  reading: Reading,
): ReadResult {
  const at = event.ts ?? event.event_ts;
  if (at === undefined) return { ignored: 'a change of the room without its ts' };
  return one({ ...said(event, event, at, reading), kind: 'roomChanged', change });
}

function huddleStarted(event: MessageEvent, reading: Reading): ReadResult {
  const { room: huddle, ts } = event;
  if (huddle === undefined || ts === undefined) return { ignored: 'a huddle of which nothing is told' };
  return { events: huddleBegun(huddle, ts, huddlePlace(event, ts, reading)) };
}

function huddleChanged(event: MessageEvent, { room: huddle, ts }: SlackMessage, reading: Reading): ReadResult {
  const at = event.event_ts ?? event.ts ?? ts;
  if (huddle === undefined || ts === undefined || at === undefined) {
    return { ignored: 'a huddle of which nothing is told' };
  }
  const events = huddleWentOn(huddle, { ts, at }, huddlePlace(event, ts, reading));
  return events.length === 0 ? { ignored: 'a huddle in which nobody is' } : { events };
}

function huddlePlace(event: MessageEvent, ts: string, reading: Reading): HuddlePlace {
  return { message: refTo(event, ts, reading), person: (user) => personRef({ user }, reading) };
}

/** What the model has no word for is told as what it is: something that its author did. */
function done(event: MessageEvent, what: string, reading: Reading): ReadResult {
  if (event.ts === undefined) return { ignored: 'a message without its ts' };
  return one({
    ...said(event, event, event.ts, reading),
    kind: 'messageSent',
    message: refTo(event, event.ts, reading),
    body: [{ type: 'paragraph', content: [{ type: 'text', text: what }] }],
    files: [],
    style: 'emote',
    attention: 'silent',
  });
}

function fromReaction(
  event: StoredEvent['event'],
  type: 'reaction_added' | 'reaction_removed',
  reading: Reading,
): ReadResult {
  const { user, reaction, item, event_ts: at } = readReactionEvent(event);
  const { channel, ts } = item;
  if (item.type !== 'message' || channel === undefined || ts === undefined) return { ignored: `${type} of no message` };
  return one({
    ...happened(channel, { user }, at, reading),
    kind: type === 'reaction_added' ? 'reactionAdded' : 'reactionRemoved',
    message: slackMessageRef(reading.self.account, channel, ts),
    emoji: reactionEmoji(reaction, reading.names),
    version: versionOf(at),
  });
}

/** A standard emoji itself, also where the workspace has a name of its own for it; one of the workspace's own between colons. */
export function reactionEmoji(name: string, names: Pick<Names, 'emoji'>): string {
  const shown = fromShortcode(name);
  if (shown !== undefined) return shown;
  const shortcode = name.replaceAll(/[:\s]/g, '');
  return fromShortcode(aliasedTo(names.emoji(shortcode) ?? '') ?? '') ?? `:${shortcode}:`;
}

function fromVote(event: StoredEvent['event'], reading: Reading): ReadResult {
  const { channel, user, message_ts: ts, event_ts: at, choices } = readVoteEvent(event);
  return one({
    ...happened(channel, { user }, at, reading),
    kind: 'pollVoted',
    message: slackMessageRef(reading.self.account, channel, ts),
    choices,
    version: versionOf(at),
  });
}

function fromMember(
  event: StoredEvent['event'],
  type: 'member_joined_channel' | 'member_left_channel',
  reading: Reading,
): ReadResult {
  const { user, inviter, channel, event_ts: at } = readMemberEvent(event);
  if (isOurs({ user }, reading.self)) return { ignored: `${type} of our own` };
  const member = personRef({ user }, reading);
  if (type === 'member_joined_channel') {
    return one({ ...happened(channel, { user: inviter ?? user }, at, reading), kind: 'memberJoined', member });
  }
  // Slack does not say whether somebody saw them out.
  return one({ ...happened(channel, { user }, at, reading), kind: 'memberLeft', member, how: 'left' });
}

function fromPin(event: StoredEvent['event'], type: 'pin_added' | 'pin_removed', reading: Reading): ReadResult {
  const { user, channel_id: channel, item, event_ts: at } = readPinEvent(event);
  const ts = item.message?.ts;
  if (ts === undefined) return { ignored: `${type} of no message` };
  return one({
    ...happened(channel, { user }, at, reading),
    kind: 'pinChanged',
    message: slackMessageRef(reading.self.account, channel, ts),
    state: type === 'pin_added' ? 'pinned' : 'unpinned',
  });
}

function one(event: BridgeEvent): ReadResult {
  return { events: [event] };
}

type Happening = Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'>;

/** What somebody did with a message of theirs. */
function said(event: MessageEvent, message: SlackMessage, at: string, reading: Reading): Happening {
  const key = deliveryKeyIn(message);
  return {
    room: roomRef(event.channel, reading),
    actor: authorOf(message, reading),
    at: isoOf(at),
    ...(key === undefined ? {} : { key }),
  };
}

interface Doer {
  readonly user?: string | undefined;
  readonly bot?: string | undefined;
  readonly app?: string | undefined;
  /** As it called itself for this once. */
  readonly called?: string | undefined;
}

function authorOf(message: SlackMessage, reading: Reading): UserRef {
  const { user, bot_id: bot, app_id: app, username, bot_profile: profile } = message;
  const called = username ?? (user === undefined ? profile?.name : undefined);
  return personRef({ user, bot, app: app ?? profile?.app_id, called }, reading);
}

function happened(channel: string, doer: Doer, at: string, reading: Reading): Happening {
  return { room: roomRef(channel, reading), actor: personRef(doer, reading), at: isoOf(at) };
}

function roomRef(channel: string, { self }: Reading): BridgeEvent['room'] {
  return { account: self.account, id: roomId(channel) };
}

function personRef(doer: Doer, { self, names }: Reading): UserRef {
  const id = doer.user ?? doer.bot ?? slackbot;
  const known = names.user(id);
  return {
    account: self.account,
    id: slackUserId(id),
    name: cleanName([doer.called, known?.name].find((name) => name !== undefined && name.trim() !== '') ?? somebody),
    standing: standingOf(doer, known?.isBot === true, self),
  };
}

function standingOf(doer: Doer, isBot: boolean, self: SlackSelf): UserRef['standing'] {
  if (isOurs(doer, self)) return 'ours';
  if (doer.user === undefined && doer.bot === undefined) return 'system';
  return isBot || doer.bot !== undefined || doer.user === slackbot ? 'bot' : 'person';
}

function refTo({ channel }: MessageEvent, ts: string, { self }: Reading): MessageRef {
  return slackMessageRef(self.account, channel, ts);
}
