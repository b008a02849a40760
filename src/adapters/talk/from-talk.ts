import type {
  BridgeEvent,
  CallChanged,
  MessageEdited,
  MessageSent,
  ReactionRemoved,
  ThreadChanged,
} from '../../model/bridge-event.js';
import { accountId, roomId, userId, type AccountId, type MessageRef, type UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import type { RichText } from '../../model/rich-text.js';
import { changeInlines } from '../../formatting/change-inlines.js';
import { cleanText } from '../../formatting/clean.js';
import { cleanName } from '../../formatting/names.js';
import { toPlain } from '../../formatting/plain.js';
import { asBroadcast } from './from-talk-breakouts.js';
import { pollClosed, pollStarted, pollVoted } from './from-talk-polls.js';
import { recordingOf, type RoomMessage, roomStateOf } from './from-talk-rooms.js';
import { bodyOf, captionOfGone, filesOf, locationIn, textOf } from './from-talk-text.js';
import type { SystemMessage } from './talk.constants.js';
import {
  actorOf,
  deliveryKeyIn,
  federatedId,
  talkFileId,
  talkMessageId,
  talkMessageRef,
  talkUserId,
} from './talk.ids.js';
import { isDeletedRow, type ChatRow, type ParentRow, type RichParameter, type StoredRow } from './talk.payloads.js';

/** The account that reads, and the base address of its server without a slash at its end. */
export interface TalkReader {
  readonly account: AccountId;
  readonly baseUrl: string;
}

/** Turns one stored row into what happened. */
export function fromTalk(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row } = stored;
  if (stored.fileGone !== undefined) return fileGone(stored, stored.fileGone, reader);
  if (row.systemMessage !== '') return fromSystemRow(stored, reader);
  // Read after downtime: the deletion's own row follows and tells it.
  if (isDeletedRow(row)) return { ignored: row.messageType };
  return { events: [messageSent(stored, reader)] };
}

/** What was said with it stays; where nothing was, nothing stays. */
function fileGone(
  stored: StoredRow,
  { since, version: number }: NonNullable<StoredRow['fileGone']>,
  reader: TalkReader,
): ReadResult {
  if (since === 'before') return { ignored: 'a file that was gone before its message was read' };
  const { row } = stored;
  const base = { ...happened(stored, reader), message: refTo(stored, reader, row.id), version: String(number) };
  const caption = captionOfGone(row.message);
  if (caption === '') return one({ ...base, kind: 'messageDeleted' });
  const body = bodyIn({ ...row, message: caption }, stored, reader, 'apart');
  return one({ ...base, kind: 'messageEdited', body, filesGone: [0], style: 'text' });
}

function messageSent(stored: StoredRow, reader: TalkReader): BridgeEvent {
  const { row, poll } = stored;
  if (poll !== undefined)
    return { ...pollStarted(poll, happened(stored, reader), refTo(stored, reader, row.id)), ...expiryOf(row) };
  const thread = threadOf(row);
  const base = happened(stored, reader);
  const location = base.actor.standing === 'ours' ? undefined : locationIn(row);
  return {
    ...base,
    kind: 'messageSent',
    message: refTo(stored, reader, row.id),
    // Our own words are bridged to nobody, and half of what a busy room shows is ours.
    body: base.actor.standing === 'ours' ? [] : saidIn(stored, reader),
    files: base.actor.standing === 'ours' ? [] : filesOf(row, row.messageType, reader.account),
    style: 'text',
    ...(location === undefined ? {} : { location }),
    ...answeredIn(row, row.parent, stored, reader),
    ...(thread === undefined ? {} : { thread: refTo(stored, reader, thread) }),
    ...titleOf(row),
    ...(row.silent === true ? { attention: 'silent' } : {}),
    ...expiryOf(row),
  };
}

function expiryOf({ expirationTimestamp = 0 }: ChatRow): { readonly expiresAt?: string } {
  return expirationTimestamp === 0 ? {} : { expiresAt: new Date(expirationTimestamp * 1000).toISOString() };
}

/** Of the message that a thread began with. */
function titleOf(row: Pick<ParentRow, 'id' | 'isThread' | 'threadId' | 'threadTitle'>): { title?: string } {
  const isFirst = row.isThread === true && row.threadId === row.id;
  const title = isFirst ? cleanTitle(row.threadTitle) : '';
  return title === '' ? {} : { title };
}

function cleanTitle(title = ''): string {
  return cleanText(title).replaceAll(/\s+/g, ' ').trim();
}

function saidIn(stored: StoredRow, reader: TalkReader): MessageSent['body'] {
  const body = bodyIn(stored.row, stored, reader, 'apart');
  return stored.isBroadcast === true ? asBroadcast(body) : body;
}

/** A quote carries a thread's id too; only `isThread` means one. */
function threadOf({ id, isThread, threadId }: Pick<ParentRow, 'id' | 'isThread' | 'threadId'>): number | undefined {
  return isThread === true && threadId !== id ? threadId : undefined;
}

/** A message in a thread has the thread's first message as its parent, whether it quotes that or not. */
function answeredIn(
  row: Pick<ParentRow, 'id' | 'isThread' | 'threadId'>,
  parent: ParentRow | undefined,
  stored: StoredRow,
  reader: TalkReader,
): Pick<MessageSent, 'replyTo' | 'quoted'> {
  if (parent === undefined || parent.deleted === true || parent.id === threadOf(row)) return {};
  return { replyTo: refTo(stored, reader, parent.id), ...quotedIn(parent, stored, reader) };
}

/** The beginning of what is answered, where the row says so. */
function quotedIn(parent: ParentRow, stored: StoredRow, reader: TalkReader): Pick<MessageSent, 'quoted'> {
  if (parent.message === undefined || parent.actorDisplayName === undefined) return {};
  const { actorType: type = '', actorId: id = '', actorDisplayName: name } = parent;
  const text = toPlain(bodyIn(textIn(parent), stored, reader));
  return { quoted: { name: nameOf({ type, id, name }), text } };
}

/** A guest of ours is mentioned as whoever it speaks for, and our account, which is nobody elsewhere, by its name. */
function bodyIn(
  text: Parameters<typeof bodyOf>[0],
  stored: StoredRow,
  { account }: TalkReader,
  files?: Parameters<typeof bodyOf>[3],
): RichText {
  const body = bodyOf(text, account, roomId(stored.token), files);
  const { guests = {}, self } = stored;
  return changeInlines(body, (inline) => {
    if (inline.type !== 'mention' || inline.of.kind !== 'person' || inline.of.user.account !== account) return [inline];
    const { type, id } = actorOf(inline.of.user.id);
    if (type === 'users' && id === self) return [{ type: 'text', text: `@${inline.label}` }];
    const owner = type === 'guests' && Object.hasOwn(guests, id) ? guests[id] : undefined;
    if (owner === undefined) return [inline];
    return [{ ...inline, of: { kind: 'person', user: { account: accountId(owner.account), id: userId(owner.id) } } }];
  });
}

function textIn({ message = '', messageParameters = {}, markdown }: ParentRow): Parameters<typeof bodyOf>[0] {
  return { message, messageParameters, markdown };
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

/** The text that an edit made is the parent's text at the time of reading. */
function edited(stored: StoredRow, reader: TalkReader): ReadResult {
  const { parent } = stored.row;
  if (parent?.message === undefined) return { ignored: 'message_edited without its message' };
  if (parent.deleted === true || isDeletedRow(parent)) {
    return { ignored: 'message_edited of a deleted message' };
  }
  return onParent(stored, reader, (message) => ({
    kind: 'messageEdited',
    message,
    ...wordsOf(parent, stored, reader),
    ...answeredIn(parent, stored.answered, stored, reader),
    ...titleOf(parent),
    version: String(stored.row.id),
  }));
}

/** What a row says by now, with the files that the words are about. */
function wordsOf(
  row: ParentRow,
  stored: StoredRow,
  reader: TalkReader,
): Pick<MessageEdited, 'body' | 'files' | 'style'> {
  const text = textIn(row);
  const body = bodyIn(text, stored, reader, 'apart');
  const files = filesOf(text, row.messageType, reader.account);
  return { body, ...(files.length === 0 ? {} : { files }), style: 'text' };
}

/** The row of a thread's first message may be read before the server has made its thread: `thread_created` tells of it in either case. */
function threadNamed(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row } = stored;
  // Read late, the first message says what the thread is called by now.
  const title = cleanTitle(row.parent?.threadTitle ?? textOf(row.messageParameters['title'], 'name'));
  if (title === '') return { ignored: `${row.systemMessage} without a title` };
  return onParent(stored, reader, (thread) => ({ kind: 'threadChanged', thread, title, ...firstIn(stored, reader) }));
}

/** What the first message says, where that is not what we said for somebody of another network. */
function firstIn(stored: StoredRow, reader: TalkReader): Pick<ThreadChanged, 'first'> {
  const { parent } = stored.row;
  if (parent?.message === undefined || parent.deleted === true || isDeletedRow(parent)) return {};
  const { actorType: type = '', actorId: id = '', actorDisplayName: name = '' } = parent;
  if (standingOf({ type, id, name }, stored) === 'ours') return {};
  return { first: wordsOf(parent, stored, reader) };
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

function memberChanged(stored: StoredRow, reader: TalkReader, kind: 'memberJoined' | 'memberLeft'): ReadResult {
  const { row } = stored;
  const { federated_user: federated, user, phone } = row.messageParameters;
  const parameter = federated ?? user ?? phone;
  if (parameter === undefined) return { ignored: `${row.systemMessage} without its person` };
  const member = personRef(stored, reader, personIn(parameter));
  // Whoever is in the room by our account is shown for themselves.
  if (member.standing === 'ours') return { ignored: `${row.systemMessage} of one of our own` };
  const base = { ...happened(stored, reader), member };
  // The same row tells of who declines and of who leaves.
  if (stored.neverCame === true) return { ignored: `${row.systemMessage}: an invitation that was not accepted` };
  if (kind === 'memberLeft') {
    const removed = stored.banned?.includes(member.id) === true ? 'banned' : 'removed';
    return one({ ...base, kind, how: base.actor.id === member.id ? 'left' : removed });
  }
  if (row.systemMessage === 'federated_user_added' && base.actor.id !== member.id) {
    return { ignored: 'federated_user_added: an invitation, of which its own row tells that it is accepted' };
  }
  return one({ ...base, kind });
}

function roleChanged(stored: StoredRow, reader: TalkReader, role: 'moderator' | 'member'): ReadResult {
  const { row } = stored;
  const parameter = row.messageParameters['user'];
  if (parameter === undefined) return { ignored: `${row.systemMessage} without its person` };
  const member = personRef(stored, reader, personIn(parameter));
  if (member.standing === 'ours') return { ignored: `${row.systemMessage} of one of our own` };
  return one({ ...happened(stored, reader), kind: 'roleChanged', member, role });
}

/** Whom a parameter names. Ids of guests begin with what they are; who is of another server has its address. */
function personIn(parameter: RichParameter): Actor {
  const id = textOf(parameter, 'id');
  const name = textOf(parameter, 'name');
  const server = textOf(parameter, 'server');
  switch (textOf(parameter, 'type')) {
    case 'guest':
      return { type: 'guests', id: id.replace(/^guest\//, ''), name };
    case 'email':
      return { type: 'emails', id: id.replace(/^email\//, ''), name };
    case 'user':
      return server === ''
        ? { type: 'users', id, name }
        : { type: 'federated_users', id: federatedId(id, server), name };
    default:
      return { type: 'phones', id, name };
  }
}

function callChanged(stored: StoredRow, reader: TalkReader, change: CallChanged['change']): ReadResult {
  return one({ ...happened(stored, reader), kind: 'callChanged', change, version: String(stored.row.id) });
}

/** Five at most are named where a call ends. */
function peopleIn(stored: StoredRow, reader: TalkReader): UserRef[] {
  return Object.entries(stored.row.messageParameters)
    .filter(([name]) => /^user\d+$/.test(name))
    .map(([, parameter]) => personRef(stored, reader, personIn(parameter)));
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

type AboutParent<E> = E extends BridgeEvent ? Omit<E, 'room' | 'actor' | 'at' | 'key'> : never;

function onParent(
  stored: StoredRow,
  reader: TalkReader,
  make: (parent: MessageRef) => AboutParent<BridgeEvent>,
): ReadResult {
  const { parent, systemMessage } = stored.row;
  if (parent === undefined) return { ignored: `${systemMessage} without its message` };
  return one({ ...happened(stored, reader), ...make(refTo(stored, reader, parent.id)) });
}

function one(event: BridgeEvent): ReadResult {
  return { events: [event] };
}

function happened(stored: StoredRow, reader: TalkReader): Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'> {
  const { row } = stored;
  const key = deliveryKeyIn(stored.poll?.key ?? row.referenceId);
  return {
    room: { account: reader.account, id: roomId(stored.token) },
    actor: { ...personRef(stored, reader, actorIn(row)), ...(stored.byUs === true ? { standing: 'ours' } : {}) },
    at: new Date(row.timestamp * 1000).toISOString(),
    ...(key === undefined ? {} : { key }),
  };
}

interface Actor {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

function actorIn(row: ChatRow): Actor {
  // The name of a federated actor may be its address; the parameter then has the short one.
  const parameter: RichParameter | undefined = row.messageParameters['actor'];
  const isAddress = row.actorType === 'federated_users' && row.actorDisplayName.includes('@');
  const name = row.actorDisplayName !== '' && !isAddress ? row.actorDisplayName : textOf(parameter, 'name');
  return { type: row.actorType, id: row.actorId, name: name || row.actorDisplayName };
}

function personRef(stored: StoredRow, reader: TalkReader, actor: Actor): UserRef {
  return {
    account: reader.account,
    id: talkUserId(actor.type, actor.id),
    name: nameOf(actor),
    standing: standingOf(actor, stored),
  };
}

function nameOf(actor: Actor): string {
  return actor.name.trim() === '' ? nameWithout(actor) : cleanName(actor.name);
}

/** Guests may have no name, and deleted people have none. */
function nameWithout(actor: Actor): string {
  switch (actor.type) {
    case 'guests':
    case 'emails':
      return 'Guest';
    case 'deleted_users':
      return 'Deleted user';
    default:
      return actor.id;
  }
}

const systemActors: ReadonlySet<string> = new Set(['cli', 'system', 'sample', 'changelog']);

function standingOf(actor: Actor, { self, guests = {} }: StoredRow): UserRef['standing'] {
  if (actor.type === 'guests' && Object.hasOwn(guests, actor.id)) return 'ours';
  if (actor.type === 'users' && actor.id === self) return 'ours';
  // Only bridges speak as this type, whichever name they put on it.
  if (actor.type === 'bridged' || (actor.type === 'users' && actor.id === 'bridge-bot')) return 'ours';
  if (actor.type !== 'users' && systemActors.has(actor.id)) return 'system';
  return actor.type === 'bots' ? 'bot' : 'person';
}

function refTo(stored: StoredRow, reader: TalkReader, id: number): MessageRef {
  return talkMessageRef(reader.account, roomId(stored.token), id);
}
