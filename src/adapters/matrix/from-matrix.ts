import { cleanText } from '../../formatting/clean.js';
import { oneEmoji } from '../../formatting/emoji.js';
import { mapLink } from '../../formatting/location.js';
import { cleanName } from '../../formatting/names.js';
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
import type { RichText } from '../../model/rich-text.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { asksNow, fromPollEnd, fromPollResponse, fromPollStart, isPollStart } from './from-matrix-polls.js';
import { isModerator, mayWrite } from './from-matrix-power.js';
import {
  answeredBy,
  bodyOf,
  editedContent,
  fileIn,
  readableText,
  shownName,
  withoutReplyFallback,
} from './from-matrix-text.js';
import { fromCall, isCallType } from './from-matrix-calls.js';
import { fromLive, isLivePlace, isLiveSharing } from './from-matrix-live.js';
import { locationOf } from './from-matrix-location.js';
import { pinsChanged } from './from-matrix-pins.js';
import { deliveryKeyIn, type MatrixSelf, parseMxc } from './matrix.ids.js';
import {
  isObject,
  type JsonObject,
  type MatrixEvent,
  readMember,
  readMessage,
  readRedaction,
  readRelation,
  readRoomState,
  type StoredEvent,
} from './matrix.payloads.js';

/** Turns one stored event into what happened. */
export function fromMatrix(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  if (event.unsigned?.redacted_because !== undefined && event.state_key === undefined) {
    // Read after downtime: the redaction follows and tells it.
    return { ignored: `${event.type}, redacted since` };
  }
  if (isCallType(event.type)) {
    return fromCall(stored, event.type, happened(stored, self), refTo(stored, self, event.event_id));
  }
  if (isLiveSharing(event) || isLivePlace(event)) {
    return fromLive(stored, happened(stored, self), (id) => refTo(stored, self, id));
  }
  switch (event.type) {
    case 'm.room.message':
    case 'm.sticker':
      return fromMessage(stored, self);
    case 'm.reaction':
      return fromReaction(stored, self);
    case 'm.room.redaction':
      return fromRedaction(stored, self);
    case 'm.room.member':
      return fromMember(stored, self);
    case 'm.room.name':
    case 'm.room.topic':
    case 'm.room.avatar':
      return fromRoomState(stored, self);
    case 'm.room.power_levels':
      return fromPowerLevels(stored, self);
    case 'm.room.pinned_events':
      return fromPins(stored, self);
    case 'm.room.retention':
      return fromRetention(stored, self);
    case 'm.poll.start':
    case 'org.matrix.msc3381.poll.start':
      return fromPollStart(stored, happened(stored, self), (id) => refTo(stored, self, id));
    case 'm.poll.response':
    case 'org.matrix.msc3381.poll.response':
      return fromPollResponse(stored, happened(stored, self), (id) => refTo(stored, self, id));
    case 'm.poll.end':
    case 'org.matrix.msc3381.poll.end':
      return fromPollEnd(stored, happened(stored, self), (id) => refTo(stored, self, id));
    case 'm.room.encrypted':
      return { ignored: 'm.room.encrypted: Crosstalk has no keys for this room' };
    default:
      return { ignored: event.type };
  }
}

function fromMessage(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { content, event_id: id } = stored.event;
  const relation = readRelation(content);
  if (relation.rel_type === 'm.replace') return fromEdit(stored, self);
  const message = readMessage(content);
  if (message.msgtype === 'm.key.verification.request') return { ignored: `${message.msgtype}: for one person alone` };
  const inThread = relation.rel_type === 'm.thread' ? relation.event_id : undefined;
  const isAnswer = relation['m.in_reply_to'] !== undefined;
  const location = locationOf(content);
  const body: RichText =
    location === undefined
      ? bodyOf(message, isAnswer, pillsOf(stored, self), stored.mayCallAll === true)
      : [{ type: 'paragraph', content: [mapLink(location)] }];
  const file = fileIn(stored.event.type, content, self.account);
  if (body.length === 0 && file === undefined) return { ignored: `${stored.event.type} without a text` };
  const answered = answeredBy(content);
  const quoted = answered === undefined ? undefined : quotedIn(stored);
  return one({
    ...happened(stored, self),
    kind: 'messageSent',
    message: refTo(stored, self, id),
    body: stored.event.type === 'm.sticker' ? [] : body,
    files: file === undefined ? [] : [file],
    style: styleOf(message.msgtype),
    ...(location === undefined ? {} : { location }),
    ...(answered === undefined ? {} : { replyTo: refTo(stored, self, answered) }),
    ...(quoted === undefined ? {} : { quoted }),
    ...(inThread === undefined ? {} : { thread: refTo(stored, self, inThread) }),
  });
}

/** From the text itself, as older clients write it, or as the source found it. */
function quotedIn({ event, quoted }: StoredEvent): MessageSent['quoted'] {
  const inText = withoutReplyFallback(readableText(readMessage(event.content))).quoted ?? quoted;
  return inText === undefined ? undefined : { name: cleanName(inText.name), text: cleanText(inText.text) };
}

function pillsOf({ rooms = {} }: StoredEvent, self: MatrixSelf): Parameters<typeof bodyOf>[2] {
  return { ...self, rooms };
}

function styleOf(msgtype: string | undefined): MessageSent['style'] {
  if (msgtype === 'm.emote') return 'emote';
  return msgtype === 'm.notice' ? 'notice' : 'text';
}

/** Servers pass on an edit of anybody's message: only its author's counts. */
function fromEdit(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { content, sender } = stored.event;
  const target = readRelation(content).event_id;
  if (target === undefined) return { ignored: 'm.replace of nothing' };
  if (!self.users.isOurs(sender) && stored.editedSender !== sender) {
    return { ignored: 'm.replace by somebody else than the author' };
  }
  return saysNow(stored, target, self);
}

/** What a message says from now on: by an edit, or by itself again. */
function saysNow(stored: StoredEvent, target: string, self: MatrixSelf): ReadResult {
  const { content, type } = stored.event;
  const { rel_type: relation, 'm.in_reply_to': answers } = readRelation(content);
  const isEdit = relation === 'm.replace';
  const edited = isEdit ? editedContent(content) : readMessage(content);
  const body = bodyOf(edited, !isEdit && answers !== undefined, pillsOf(stored, self), stored.mayCallAll === true);
  const file = fileIn(type, isEdit ? editedFile(content) : content, self.account);
  if (body.length === 0 && file === undefined) return { ignored: 'm.replace without a text' };
  return one({
    ...happened(stored, self),
    kind: 'messageEdited',
    message: refTo(stored, self, target),
    body,
    ...(file === undefined ? {} : { files: [file] }),
    ...(file === undefined || stored.editedFile !== false ? {} : { filesAdded: [{ place: 0, file }] }),
    ...answeredIn(stored, self),
    style: styleOf(edited.msgtype),
    version: stored.order,
  });
}

function answeredIn(stored: StoredEvent, self: MatrixSelf): Pick<MessageSent, 'replyTo' | 'quoted'> {
  const { answered } = stored;
  if (answered === undefined) return {};
  const { event, name, text } = answered;
  return { replyTo: refTo(stored, self, event), quoted: { name: cleanName(name), text: cleanText(text) } };
}

function editedFile(content: JsonObject): JsonObject {
  const { 'm.new_content': replacement } = content;
  return isObject(replacement) ? replacement : content;
}

function fromReaction(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { content, event_id: row } = stored.event;
  const { rel_type: type, event_id: target, key = '' } = readRelation(content);
  if (type !== 'm.annotation' || target === undefined) return { ignored: 'm.reaction to nothing' };
  const emoji = emojiOf(key, content);
  if (emoji === '') return { ignored: 'm.reaction without an emoji' };
  if (emoji.length > longestEmoji) return { ignored: 'm.reaction with more than an emoji' };
  return one({
    ...happened(stored, self),
    kind: 'reactionAdded',
    message: refTo(stored, self, target),
    emoji,
    version: stored.order,
    row: remoteId(row),
  });
}

/** Some clients react with a few words. No one means a page. */
const longestEmoji = 200;

/** Custom emoji are keyed by their picture and name themselves beside it. */
function emojiOf(key: string, content: JsonObject): string {
  if (!key.startsWith('mxc://')) return oneEmoji(key.trim()) ?? cleanText(key).trim();
  const shortcode = content['shortcode'] ?? content['com.beeper.reaction.shortcode'];
  const name = typeof shortcode === 'string' ? cleanText(shortcode).replaceAll(/[:\s]/g, '') : '';
  return name === '' ? '' : `:${name}:`;
}

/** A redaction does not say what it redacts: where that was a reaction or a vote, the core knows it by its id. */
function fromRedaction(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const target = readRedaction(stored.event.content).redacts ?? stored.event.redacts;
  if (target === undefined) return { ignored: 'm.room.redaction of nothing' };
  const { restored } = stored;
  if (restored === null) return { ignored: 'm.room.redaction of an edit, whose message is gone' };
  if (restored !== undefined) {
    // Whoever took the edit back: the words are their author's.
    const { event: message, senderName, ...standing } = restored;
    if (isPollStart(standing.type)) {
      return asksNow(standing, happened(stored, self), refTo(stored, self, message), stored.order);
    }
    return saysNow({ ...stored, senderName, event: { ...stored.event, ...standing } }, message, self);
  }
  return one({
    ...happened(stored, self),
    kind: 'messageDeleted',
    message: refTo(stored, self, target),
    version: stored.order,
  });
}

function fromMember(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  const id = event.state_key ?? '';
  const { membership = '', displayname } = readMember(event.content);
  const before = readMember(event.unsigned?.prev_content ?? {});
  const wasIn = before.membership === 'join';
  if (self.users.isOurs(id)) return fromGhost(stored, self, membership, wasIn);
  const named = membership === 'join' ? displayname : before.displayname;
  const member = personRef(self, id, named);
  const base = { ...happened(stored, self), member };
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

/** Somebody sees a ghost out: that is done to the person whom it stands for. */
function fromGhost(stored: StoredEvent, self: MatrixSelf, membership: string, wasIn: boolean): ReadResult {
  const { event } = stored;
  const person = self.users.personOf(event.state_key ?? '');
  const how = membership === 'ban' ? 'banned' : 'removed';
  const isSeenOut = wasIn && (membership === 'leave' || membership === 'ban') && event.sender !== event.state_key;
  if (person === undefined || !isSeenOut) return { ignored: `m.room.member: ${membership} of one of our own` };
  const { displayname } = readMember(event.unsigned?.prev_content ?? {});
  const member: UserRef = { ...person, name: shownName(displayname, person.id), standing: 'person' };
  return one({ ...happened(stored, self), kind: 'memberLeft', member, how });
}

/** Who became a moderator, or is one no longer, and whether people without any power may write. */
function fromPowerLevels(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  const before = event.unsigned?.prev_content;
  if (event.state_key !== '' || before === undefined) return { ignored: 'm.room.power_levels that are the first' };
  const base = happened(stored, self);
  const roles = usersIn(before, event.content).flatMap((id): BridgeEvent[] => {
    const role = isModerator(event.content, id) ? 'moderator' : 'member';
    if ((role === 'moderator') === isModerator(before, id)) return [];
    const member = personSeen(self, id);
    return member === undefined ? [] : [{ ...base, kind: 'roleChanged', member, role }];
  });
  const isOpen = mayWrite(event.content);
  const writing: BridgeEvent[] =
    isOpen === mayWrite(before)
      ? []
      : [
          {
            ...base,
            kind: 'roomChanged',
            change: { of: 'writing', state: isOpen ? 'resumed' : 'stopped', why: 'readOnly' },
          },
        ];
  const events = [...roles, ...writing];
  return events.length === 0 ? { ignored: 'm.room.power_levels: nobody’s part changed' } : { events };
}

function usersIn(...levels: readonly JsonObject[]): string[] {
  return [...new Set(levels.flatMap(({ users }) => (isObject(users) ? Object.keys(users) : [])))];
}

/** A person of Matrix, or whom a ghost stands for. */
function personSeen(self: MatrixSelf, id: string): UserRef | undefined {
  if (!self.users.isOurs(id)) return personRef(self, id, undefined);
  const person = self.users.personOf(id);
  return person === undefined ? undefined : { ...person, name: person.id, standing: 'person' };
}

/** Source: MSC1763, as Synapse and Element know it. */
function fromRetention(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { content, state_key: key } = stored.event;
  if (key !== '') return { ignored: 'm.room.retention that is no state of the room' };
  const { max_lifetime: lifetime } = content;
  const afterMs = typeof lifetime === 'number' && Number.isSafeInteger(lifetime) && lifetime > 0 ? lifetime : null;
  return one({ ...happened(stored, self), kind: 'roomChanged', change: { of: 'expiration', afterMs } });
}

function fromPins(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  if (event.state_key !== '') return { ignored: 'm.room.pinned_events that are no state of the room' };
  const events = pinsChanged(event.unsigned?.prev_content ?? {}, event.content).map(
    ({ event: id, state }): BridgeEvent => ({
      ...happened(stored, self),
      kind: 'pinChanged',
      message: refTo(stored, self, id),
      state,
    }),
  );
  return events.length === 0 ? { ignored: 'm.room.pinned_events: nothing was pinned or unpinned' } : { events };
}

function fromRoomState(stored: StoredEvent, self: MatrixSelf): ReadResult {
  const { event } = stored;
  if (event.state_key !== '') return { ignored: `${event.type} that is no state of the room` };
  return one({ ...happened(stored, self), kind: 'roomChanged', change: changeOf(event, self.account) });
}

function changeOf({ type, content }: MatrixEvent, account: AccountId): RoomChanged['change'] {
  const { name = '', topic: plainTopic, 'm.topic': richTopic } = readRoomState(content);
  switch (type) {
    case 'm.room.name':
      return { of: 'name', name: cleanText(name).replaceAll(/\s+/g, ' ').trim() };
    case 'm.room.topic':
      return { of: 'topic', topic: cleanText(plainTopic ?? richTopic?.['m.text']?.at(0)?.body ?? '') };
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
  self: MatrixSelf,
): Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'> {
  const key = deliveryKeyIn(event.content);
  return {
    room: { account: self.account, id: roomId(event.room_id) },
    actor: personRef(self, event.sender, senderName),
    at: new Date(event.origin_server_ts).toISOString(),
    ...(key === undefined ? {} : { key }),
  };
}

function personRef({ account, users }: MatrixSelf, id: string, name: string | undefined): UserRef {
  return {
    account,
    id: userId(id),
    name: shownName(name, id),
    standing: users.isOurs(id) ? 'ours' : 'person',
  };
}

function refTo({ event }: StoredEvent, { account }: MatrixSelf, id: string): MessageRef {
  return { room: { account, id: roomId(event.room_id) }, id: remoteId(id) };
}
