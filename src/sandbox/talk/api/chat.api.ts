import { Refusal } from '../refusal.js';
import { countsAsUnread, rootOf, type Message } from '../state/message.js';
import type { RowFilter } from '../state/message-log.js';
import { actorKey, type Actor } from '../state/actor.js';
import { lastCommonRead, RoomType, isModerator, type Attendee } from '../state/room.js';
import { findMentions } from '../state/mentions.js';
import { viewMessage } from '../view/message-view.js';
import { viewRoom } from '../view/room-view.js';
import { inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { created, ok, type Answer } from './ocs.js';

const chatApi = `${talkApi}/v1/chat/{token}`;
const mostMessages = 200;
const mostContext = 100;
const defaultContext = 50;
const mostSummarized = 500;
const editableForSeconds = 86_400;
const bridgeUser = 'bridge-bot';

export function addChatRoutes(router: OcsRouter): void {
  router.add('POST', chatApi, inRoom(['readWrite', 'noLobby', 'chat'], post));
  router.add('GET', chatApi, inRoom(['noLobby'], receive));
  router.add('DELETE', chatApi, inRoom(['login', 'account', 'accountModerator', 'readWrite'], clear));
  router.add('PUT', `${chatApi}/{messageId:[0-9]+}`, inRoom(['account', 'readWrite', 'noLobby', 'chat'], edit));
  router.add('DELETE', `${chatApi}/{messageId:[0-9]+}`, inRoom(['account', 'readWrite', 'noLobby', 'chat'], remove));
  router.add('GET', `${chatApi}/{messageId:[0-9]+}/context`, inRoom(['noLobby'], context));
  router.add('POST', `${chatApi}/read`, inRoom([], markRead));
  router.add('DELETE', `${chatApi}/read`, inRoom([], markUnread));
  router.add('GET', `${chatApi}/mentions`, inRoom(['noLobby'], suggestMentions));
  router.add('POST', `${chatApi}/summarize`, inRoom(['noLobby'], summarize));
}

async function post(call: RoomCall): Promise<Answer> {
  const { talk, input, room, attendee } = call;
  talk.conversations.fillOneToOne(room);
  const isGuest = attendee.actor.type === 'guests';
  if (isGuest && findMentions(input.text('message')).length > 0) talk.guestMentions.count();
  await talk.reachCommit();
  const message = talk.chat.post(room, speaker(call, attendee), input.text('message'), {
    referenceId: input.text('referenceId').slice(0, 64),
    replyTo: input.number('replyTo'),
    silent: input.flag('silent'),
    threadId: input.number('threadId'),
    threadTitle: input.text('threadTitle'),
    reservedSeconds: call.beganSeconds,
  });
  attendee.lastReadMessage = message.id;
  // As the real one: it is stored, and refused all the same.
  if (!(await talk.isSignaled())) throw new Refusal(400, { error: 'message' });
  // What is posted into a thread is answered without the thread's first message, which stands in the stream as its parent.
  const parents = input.number('replyTo') === 0 ? 'without parents' : 'with parents';
  const view = viewMessage(call.names, room, message, actorKey(attendee.actor), parents);
  return created(view, commonRead(call));
}

/** The bridges' own user speaks in anybody's name, a guest renames itself; a name that others send along is ignored. */
function speaker(call: RoomCall, attendee: Attendee): Actor {
  const name = call.input.text('actorDisplayName');
  if (name === '') return attendee.actor;
  if (attendee.actor.type === 'guests') call.talk.conversations.nameGuest(call.room, attendee, name);
  const isBridge = attendee.actor.type === 'users' && attendee.actor.id === bridgeUser;
  return isBridge ? { type: 'bridged', id: bridgeUser, name: name.replaceAll(/["/]/g, '') } : attendee.actor;
}

async function receive(call: RoomCall): Promise<Answer> {
  const { talk, input, room, attendee } = call;
  const read = {
    cursor: input.number('lastKnownMessageId'),
    limit: Math.max(0, Math.min(mostMessages, input.number('limit', 100))),
    includeCursor: input.number('includeLastKnown') === 1,
  };
  const isWanted = inThread(input.number('threadId'));
  if (input.number('lookIntoFuture') !== 1) return page(call, room.log.before(read, isWanted));
  if (input.number('setReadMarker', 1) === 1 && read.cursor > attendee.lastReadMessage)
    attendee.lastReadMessage = read.cursor;
  return page(call, await talk.longPoll.read(room, read, input.number('timeout', 30), isWanted));
}

/** Undefined for every row. */
function inThread(threadId: number): RowFilter | undefined {
  return threadId === 0 ? undefined : (row) => rootOf(row).id === threadId;
}

/** 304 without rows, or 200 and none where the common read marker is not the one that the caller knows. */
function page(call: RoomCall, rows: readonly Message[]): Answer {
  const last = rows.at(-1);
  if (last === undefined) {
    const known = call.input.number('lastCommonReadId');
    const isSame = known === 0 || known === lastCommonRead(call.room);
    return isSame ? { status: 304, data: null } : ok([], commonRead(call));
  }
  const nowSeconds = call.talk.nowSeconds();
  const visible = rows.filter((row) => row.expiresSeconds === 0 || row.expiresSeconds >= nowSeconds);
  const views = visible.map((row) => shown(call, row));
  return ok(views, { 'X-Chat-Last-Given': String(last.id), ...commonRead(call) });
}

function context(call: RoomCall): Answer {
  const limit = Math.max(1, Math.min(mostContext, call.input.number('limit', defaultContext)));
  const cursor = Number(call.parameters['messageId']);
  const isWanted = inThread(call.input.number('threadId'));
  const older = call.room.log.before({ cursor, limit, includeCursor: true }, isWanted).reverse();
  const newer = call.room.log.after({ cursor, limit, includeCursor: false }, isWanted);
  return page(call, [...older, ...newer]);
}

/** A bot in the room makes the answer 202: other places are told later. */
function changedStatus(call: RoomCall): number {
  return call.room.bots.size > 0 ? 202 : 200;
}

function edit(call: RoomCall): Answer {
  const message = messageOf(call);
  requireOwnOrModerator(call, message);
  if (message.content.kind !== 'comment' && message.content.kind !== 'file')
    throw new Refusal(405, { error: 'message' });
  const isTooOld = message.createdSeconds < call.talk.nowSeconds() - editableForSeconds;
  if (isTooOld && call.room.type !== RoomType.noteToSelf) throw new Refusal(400, { error: 'age' });
  const row = call.talk.chat.edit(call.room, message, call.attendee.actor, call.input.text('message'));
  return { status: changedStatus(call), data: shown(call, row), headers: commonRead(call) };
}

function remove(call: RoomCall): Answer {
  const message = messageOf(call);
  requireOwnOrModerator(call, message);
  if (!countsAsUnread(message)) throw new Refusal(405, { error: 'message' });
  const { content } = message;
  // As the real one: where the file is gone there is no share to delete, and the message stays with what it says.
  const isGone = content.kind === 'file' && !call.talk.files.isShared(content.file, call.room);
  if (isGone) throw new Refusal(404, { error: 'message' });
  const row = call.talk.chat.remove(call.room, message, call.attendee.actor);
  return { status: changedStatus(call), data: shown(call, row), headers: commonRead(call) };
}

function messageOf(call: RoomCall): Message {
  const message = call.room.log.get(Number(call.parameters['messageId']));
  if (message === undefined) throw new Refusal(404, { error: 'message' });
  return message;
}

function requireOwnOrModerator(call: RoomCall, message: Message): void {
  const { actor } = call.attendee;
  // What the bridges' user says in others' names is its own.
  const type = message.actor.type === 'bridged' ? 'users' : message.actor.type;
  if (type === actor.type && message.actor.id === actor.id) return;
  const isOneToOne = call.room.type === RoomType.oneToOne || call.room.type === RoomType.formerOneToOne;
  if (isOneToOne || !isModerator(call.attendee)) throw new Refusal(403, { error: 'permission' });
}

function clear(call: RoomCall): Answer {
  const row = call.talk.chat.clear(call.room, call.attendee.actor);
  // What other servers have been told stays with them.
  const isTold = [...call.room.attendees.values()].some(({ accessToken }) => accessToken !== undefined);
  return { status: isTold ? 202 : 200, data: shown(call, row), headers: commonRead(call) };
}

function markRead(call: RoomCall): Answer {
  const last = call.room.lastMessage?.id ?? 0;
  call.attendee.lastReadMessage = call.input.number('lastReadMessage', last);
  return ok(viewRoom(call.names, call.room, call.attendee), commonRead(call));
}

/** The newest message of somebody is unread again. */
function markUnread(call: RoomCall): Answer {
  const { room, attendee } = call;
  attendee.lastReadMessage = room.log.countableBefore(room.lastMessage?.id ?? 0);
  return ok(viewRoom(call.names, room, attendee), commonRead(call));
}

function suggestMentions(call: RoomCall): Answer {
  const { room, attendee, input } = call;
  const search = input.text('search').toLowerCase();
  const matches = (text: string): boolean => text.toLowerCase().includes(search);
  const people = [...room.attendees.values()]
    .filter((other) => other !== attendee && other.actor.type === 'users')
    .map((other) => ({ id: other.actor.id, label: call.talk.accounts.displayName(other.actor.id) }))
    .filter((person) => matches(person.id) || matches(person.label))
    .map((person) => ({ ...person, source: 'users', mentionId: person.id }));
  const count = room.attendees.size;
  const everybody = {
    id: 'all',
    label: room.name,
    source: 'calls',
    mentionId: 'all',
    details: `All ${count} participants`,
  };
  const isEverybody = room.type !== RoomType.oneToOne && (matches('all') || matches(room.name) || matches('everyone'));
  return ok([...people, ...(isEverybody ? [everybody] : [])].slice(0, Math.max(1, input.number('limit', 20))));
}

/** Throws a Refusal 400 where nothing is installed that writes chats up; the text itself is asked for elsewhere. */
function summarize({ talk, room, input }: RoomCall): Answer {
  if (talk.extras.summaries === undefined) throw new Refusal(400, { error: 'ai-error' });
  if (talk.extras.summaries === 'fails') throw new Refusal(500, null);
  const cursor = input.number('fromMessageId');
  const rows = room.log.after({ cursor, limit: mostSummarized + 1, includeCursor: false }, countsAsUnread);
  if (rows.length === 0) return { status: 204, data: null };
  const rest = rows.length > mostSummarized ? { nextOffset: rows[mostSummarized - 1]?.id } : {};
  return created({ taskId: rows[0]?.id, ...rest });
}

function shown(call: RoomCall, message: Message): Record<string, unknown> {
  const { actor } = call.attendee;
  return viewMessage(call.names, call.room, message, `${actor.type}/${actor.id}`);
}

function commonRead(call: RoomCall): Record<string, string> {
  return { 'X-Chat-Last-Common-Read': String(lastCommonRead(call.room)) };
}
