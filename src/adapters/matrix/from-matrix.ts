import { cleanText } from '../../formatting/clean.js';
import { cleanName } from '../../formatting/names.js';
import { fromPlain } from '../../formatting/plain.js';
import type { BridgeEvent, MessageSent, RoomChanged } from '../../model/bridge-event.js';
import {
  type AccountId,
  type FileRef,
  type MessageRef,
  remoteId,
  roomId,
  userId,
  type UserRef,
} from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import { readableText, shownName, withoutReplyFallback } from './from-matrix-text.js';
import { deliveryKeyIn, type OurUsers, parseMxc } from './matrix.ids.js';
import {
  type JsonObject,
  type MatrixEvent,
  readMember,
  readMessage,
  readRedaction,
  readRelation,
  readRoomState,
  type StoredEvent,
} from './matrix.payloads.js';

/** The account that reads, and which users are ours there. */
export interface MatrixReader {
  readonly account: AccountId;
  readonly users: OurUsers;
}

/** Turns one stored event into what happened. */
export function fromMatrix(stored: StoredEvent, reader: MatrixReader): ReadResult {
  const { event } = stored;
  if (event.unsigned?.redacted_because !== undefined && event.state_key === undefined) {
    // Read after downtime: the redaction follows and tells it.
    return { ignored: `${event.type}, redacted since` };
  }
  switch (event.type) {
    case 'm.room.message':
    case 'm.sticker':
      return fromMessage(stored, reader);
    case 'm.reaction':
      return fromReaction(stored, reader);
    case 'm.room.redaction':
      return fromRedaction(stored, reader);
    case 'm.room.member':
      return fromMember(stored, reader);
    case 'm.room.name':
    case 'm.room.topic':
    case 'm.room.avatar':
      return fromRoomState(stored, reader);
    case 'm.room.encrypted':
      return { ignored: 'm.room.encrypted: Crosstalk has no keys for this room' };
    default:
      return { ignored: event.type };
  }
}

function fromMessage(stored: StoredEvent, reader: MatrixReader): ReadResult {
  const { content, event_id: id } = stored.event;
  const relation = readRelation(content);
  if (relation.rel_type === 'm.replace') return fromEdit(stored, reader);
  const message = readMessage(content);
  const replyTo = relation['m.in_reply_to']?.event_id;
  const inThread = relation.rel_type === 'm.thread' ? relation.event_id : undefined;
  // In a thread the reply to its last message stands there only for clients that know no threads.
  const isReply = replyTo !== undefined && !(inThread !== undefined && relation.is_falling_back === true);
  const { text, quoted } = replyTo === undefined ? { text: readableText(message) } : answered(readableText(message));
  const body = richText(text);
  if (body.length === 0) return { ignored: `${stored.event.type} without a text` };
  return one({
    ...happened(stored, reader),
    kind: 'messageSent',
    message: refTo(stored, reader, id),
    body,
    files: [],
    style: styleOf(message.msgtype),
    ...(isReply ? { replyTo: refTo(stored, reader, replyTo) } : {}),
    ...(isReply && quoted !== undefined ? { quoted } : {}),
    ...(inThread === undefined ? {} : { thread: refTo(stored, reader, inThread) }),
  });
}

function answered(body: string): { text: string; quoted?: MessageSent['quoted'] } {
  const { text, quoted } = withoutReplyFallback(body);
  if (quoted === undefined) return { text };
  return { text, quoted: { name: cleanName(quoted.name), text: cleanText(quoted.text) } };
}

function styleOf(msgtype: string | undefined): MessageSent['style'] {
  if (msgtype === 'm.emote') return 'emote';
  return msgtype === 'm.notice' ? 'notice' : 'text';
}

/** Servers pass on an edit of anybody's message: only its author's counts. */
function fromEdit(stored: StoredEvent, reader: MatrixReader): ReadResult {
  const { content, sender } = stored.event;
  const target = readRelation(content).event_id;
  if (target === undefined) return { ignored: 'm.replace of nothing' };
  if (!reader.users.isOurs(sender) && stored.editedSender !== sender) {
    return { ignored: 'm.replace by somebody else than the author' };
  }
  const replacement = readMessage(content)['m.new_content'];
  const text =
    replacement === undefined
      ? readableText(readMessage(content)).replace(/^\* /, '')
      : readableText(readMessage(replacement));
  return one({
    ...happened(stored, reader),
    kind: 'messageEdited',
    message: refTo(stored, reader, target),
    body: richText(text),
    style: styleOf((replacement === undefined ? readMessage(content) : readMessage(replacement)).msgtype),
    version: stored.order,
  });
}

function fromReaction(stored: StoredEvent, reader: MatrixReader): ReadResult {
  const { content, event_id: row } = stored.event;
  const { rel_type: type, event_id: target, key = '' } = readRelation(content);
  if (type !== 'm.annotation' || target === undefined) return { ignored: 'm.reaction to nothing' };
  const emoji = emojiOf(key, content);
  if (emoji === '') return { ignored: 'm.reaction without an emoji' };
  return one({
    ...happened(stored, reader),
    kind: 'reactionAdded',
    message: refTo(stored, reader, target),
    emoji,
    version: stored.order,
    row: remoteId(row),
  });
}

/** Custom emoji are keyed by their picture and name themselves beside it. */
function emojiOf(key: string, content: JsonObject): string {
  if (!key.startsWith('mxc://')) return cleanText(key).trim();
  const shortcode = content['shortcode'] ?? content['com.beeper.reaction.shortcode'];
  const name = typeof shortcode === 'string' ? cleanText(shortcode).replaceAll(/[:\s]/g, '') : '';
  return name === '' ? '' : `:${name}:`;
}

/** A redaction does not say what it redacts: where that was a reaction, the core knows it by its id. */
function fromRedaction(stored: StoredEvent, reader: MatrixReader): ReadResult {
  const target = readRedaction(stored.event.content).redacts ?? stored.event.redacts;
  if (target === undefined) return { ignored: 'm.room.redaction of nothing' };
  return one({
    ...happened(stored, reader),
    kind: 'messageDeleted',
    message: refTo(stored, reader, target),
    version: stored.order,
  });
}

function fromMember(stored: StoredEvent, reader: MatrixReader): ReadResult {
  const { event } = stored;
  const id = event.state_key ?? '';
  const { membership = '', displayname } = readMember(event.content);
  const before = readMember(event.unsigned?.prev_content ?? {});
  if (reader.users.isOurs(id)) return { ignored: `m.room.member: ${membership} of one of our own` };
  const wasIn = before.membership === 'join';
  const named = membership === 'join' ? displayname : before.displayname;
  const member = personRef(reader, id, named);
  const base = { ...happened(stored, reader), member };
  switch (membership) {
    case 'join':
      return wasIn ? { ignored: 'm.room.member: a changed profile' } : one({ ...base, kind: 'memberJoined' });
    case 'leave':
      if (!wasIn) return { ignored: 'm.room.member: leave of nobody who was in' };
      return one({ ...base, kind: 'memberLeft', how: event.sender === id ? 'left' : 'removed' });
    case 'ban':
      return wasIn ? one({ ...base, kind: 'memberLeft', how: 'banned' }) : { ignored: 'm.room.member: ban' };
    default:
      return { ignored: `m.room.member: ${membership}` };
  }
}

function fromRoomState(stored: StoredEvent, reader: MatrixReader): ReadResult {
  const { event } = stored;
  if (event.state_key !== '') return { ignored: `${event.type} that is no state of the room` };
  return one({ ...happened(stored, reader), kind: 'roomChanged', change: changeOf(event, reader.account) });
}

function changeOf({ type, content }: MatrixEvent, account: AccountId): RoomChanged['change'] {
  const { name = '', topic = '' } = readRoomState(content);
  switch (type) {
    case 'm.room.name':
      return { of: 'name', name: cleanText(name) };
    case 'm.room.topic':
      return { of: 'topic', topic: cleanText(topic) };
    default:
      return { of: 'avatar', avatar: avatarRef(content, account) };
  }
}

/** The picture of a room's `m.room.avatar`; null where it has none. */
export function avatarRef(content: JsonObject, account: AccountId): FileRef | null {
  const { url, info } = readRoomState(content);
  if (url === undefined || parseMxc(url) === undefined) return null;
  return {
    account,
    id: url,
    name: 'avatar',
    mime: info?.mimetype ?? 'application/octet-stream',
    bytes: info?.size ?? 0,
  };
}

function one(event: BridgeEvent): ReadResult {
  return { events: [event] };
}

function happened(
  { event, senderName }: StoredEvent,
  reader: MatrixReader,
): Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'> {
  const key = deliveryKeyIn(event.content);
  return {
    room: { account: reader.account, id: roomId(event.room_id) },
    actor: personRef(reader, event.sender, senderName),
    at: new Date(event.origin_server_ts).toISOString(),
    ...(key === undefined ? {} : { key }),
  };
}

function personRef({ account, users }: MatrixReader, id: string, name: string | undefined): UserRef {
  return {
    account,
    id: userId(id),
    name: shownName(name, id),
    standing: users.isOurs(id) ? 'ours' : 'person',
  };
}

function refTo({ event }: StoredEvent, { account }: MatrixReader, id: string): MessageRef {
  return { room: { account, id: roomId(event.room_id) }, id: remoteId(id) };
}

function richText(text: string): RichText {
  return fromPlain(cleanText(text));
}
