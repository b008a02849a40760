import type { BridgeEvent, MessageSent, ReactionRemoved } from '../../model/bridge-event.js';
import { roomId, type AccountId, type MessageRef, type UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { cleanName } from '../../formatting/names.js';
import { toPlain } from '../../formatting/plain.js';
import { bodyOf, textOf } from './from-talk-text.js';
import { deliveryKeyIn, talkFileId, talkMessageId, talkMessageRef, talkUserId } from './talk.ids.js';
import type { ChatRow, ParentRow, RichParameter, StoredRow } from './talk.payloads.js';

/** The account that reads, and the base address of its server without a slash at its end. */
export interface TalkReader {
  readonly account: AccountId;
  readonly baseUrl: string;
}

/** Turns one stored row into what happened. */
export function fromTalk(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row } = stored;
  if (row.systemMessage !== '') return fromSystemRow(stored, reader);
  // Read after downtime: the deletion's own row follows and tells it.
  if (row.messageType === 'comment_deleted') return { ignored: 'comment_deleted' };
  return { events: [messageSent(stored, reader)] };
}

function messageSent(stored: StoredRow, reader: TalkReader): BridgeEvent {
  const { row } = stored;
  // A quote carries a thread's id too; only `isThread` means one.
  const thread = row.isThread === true && row.threadId !== row.id ? row.threadId : undefined;
  // A message in a thread has the thread's first message as its parent, whether it quotes that or not.
  const quoted = row.parent?.deleted === true || row.parent?.id === thread ? undefined : row.parent?.id;
  const base = happened(stored, reader);
  return {
    ...base,
    kind: 'messageSent',
    message: refTo(stored, reader, row.id),
    // Our own words are bridged to nobody, and half of what a busy room shows is ours.
    body: base.actor.standing === 'ours' ? [] : bodyOf(row, reader.account, roomId(stored.token)),
    files: [],
    style: 'text',
    ...(quoted === undefined ? {} : { replyTo: refTo(stored, reader, quoted), ...quotedIn(stored, reader) }),
    ...(thread === undefined ? {} : { thread: refTo(stored, reader, thread) }),
    ...(row.silent === true ? { attention: 'silent' } : {}),
  };
}

/** The beginning of what is answered, where the row says so. */
function quotedIn({ row: { parent }, token }: StoredRow, { account }: TalkReader): Pick<MessageSent, 'quoted'> {
  if (parent?.message === undefined || parent.actorDisplayName === undefined) return {};
  const { actorType: type = '', actorId: id = '', actorDisplayName: name } = parent;
  const text = toPlain(bodyOf(textIn(parent), account, roomId(token)));
  return { quoted: { name: nameOf({ type, id, name }), text } };
}

function textIn({ message = '', messageParameters = {}, markdown }: ParentRow): Parameters<typeof bodyOf>[0] {
  return { message, messageParameters, markdown };
}

/** Talk's texts of system messages depend on reader and language: only their type and parameters are read. */
function fromSystemRow(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row } = stored;
  switch (row.systemMessage) {
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
    case 'federated_user_added':
      return memberChanged(stored, reader, 'memberJoined');
    case 'user_removed':
    case 'federated_user_removed':
      return memberChanged(stored, reader, 'memberLeft');
    case 'conversation_renamed':
    case 'description_set':
    case 'description_removed':
    case 'avatar_set':
    case 'avatar_removed':
      return roomChanged(stored, reader);
    case 'history_cleared':
      return one({ ...happened(stored, reader), kind: 'roomChanged', change: { of: 'history', cleared: 'all' } });
    case 'call_started':
      return one({
        ...happened(stored, reader),
        kind: 'callChanged',
        state: 'started',
        joinUrl: `${reader.baseUrl}/index.php/call/${stored.token}`,
      });
    case 'call_ended':
    case 'call_ended_everyone':
      return one({ ...happened(stored, reader), kind: 'callChanged', state: 'ended' });
    case 'thread_created':
    case 'thread_renamed': {
      const title = textOf(row.messageParameters['title'], 'name');
      return onParent(stored, reader, (thread) => ({ kind: 'threadChanged', thread, title }));
    }
    case 'message_pinned':
      return onParent(stored, reader, (message) => ({ kind: 'pinChanged', message, state: 'pinned' }));
    case 'message_unpinned':
      return onParent(stored, reader, (message) => ({ kind: 'pinChanged', message, state: 'unpinned' }));
    default:
      return { ignored: row.systemMessage };
  }
}

/** The text that an edit made is the parent's text at the time of reading. */
function edited(stored: StoredRow, reader: TalkReader): ReadResult {
  const { row, token } = stored;
  const { parent } = row;
  if (parent?.message === undefined) return { ignored: 'message_edited without its message' };
  if (parent.deleted === true || parent.messageType === 'comment_deleted') {
    return { ignored: 'message_edited of a deleted message' };
  }
  const body = bodyOf(textIn(parent), reader.account, roomId(token));
  return onParent(stored, reader, (message) => ({
    kind: 'messageEdited',
    message,
    body,
    style: 'text',
    version: String(row.id),
  }));
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
  const federated = row.messageParameters['federated_user'];
  const parameter = federated ?? row.messageParameters['user'];
  if (parameter === undefined) return { ignored: `${row.systemMessage} without its person` };
  const server = textOf(parameter, 'server');
  const isFederated = federated !== undefined && server !== '';
  const id = isFederated ? `${textOf(parameter, 'id')}@${server}` : textOf(parameter, 'id');
  const member = personRef(stored, reader, {
    type: isFederated ? 'federated_users' : 'users',
    id,
    name: textOf(parameter, 'name'),
  });
  // Whoever is in the room by our account is shown for themselves.
  if (member.standing === 'ours') return { ignored: `${row.systemMessage} of one of our own` };
  const base = { ...happened(stored, reader), member };
  if (kind === 'memberJoined') return one({ ...base, kind });
  return one({ ...base, kind, how: base.actor.id === member.id ? 'left' : 'removed' });
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
      const avatar = { account: reader.account, id, name: `${room.avatarVersion}.png`, mime: 'image/png', bytes: 0 };
      return one({ ...base, change: { of: 'avatar', avatar: room.isCustomAvatar ? avatar : null } });
    }
  }
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
  const key = deliveryKeyIn(row.referenceId);
  return {
    room: { account: reader.account, id: roomId(stored.token) },
    actor: personRef(stored, reader, actorIn(row)),
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
    standing: standingOf(actor, stored.self),
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

function standingOf(actor: Actor, self: string): UserRef['standing'] {
  if (actor.type === 'users' && actor.id === self) return 'ours';
  // Only bridges speak as this type, whichever name they put on it.
  if (actor.type === 'bridged' || (actor.type === 'users' && actor.id === 'bridge-bot')) return 'ours';
  if (actor.type !== 'users' && systemActors.has(actor.id)) return 'system';
  return actor.type === 'bots' ? 'bot' : 'person';
}

function refTo(stored: StoredRow, reader: TalkReader, id: number): MessageRef {
  return talkMessageRef(reader.account, roomId(stored.token), id);
}
