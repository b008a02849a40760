import { Refusal } from '../refusal.js';
import { actorKey } from '../state/actor.js';
import { isModerator, type Room } from '../state/room.js';
import type { Message } from '../state/message.js';
import { viewMessage } from '../view/message-view.js';
import { asUser, inRoom, talkApi, type Call, type OcsRouter, type RoomCall, type UserCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const threadApi = `${talkApi}/v1/chat/{token}/threads`;
const mostThreads = 100;
const defaultThreads = 25;
const longestTitle = 200;
const highestLevel = 3;

export function addThreadRoutes(router: OcsRouter): void {
  router.add('GET', `${talkApi}/v1/chat/subscribed-threads`, asUser(listSubscribed));
  router.add('GET', `${threadApi}/recent`, inRoom(['noLobby'], listRecent));
  router.add('GET', `${threadApi}/{threadId:[0-9]+}`, inRoom(['noLobby'], show));
  router.add('PUT', `${threadApi}/{threadId:[0-9]+}`, inRoom(['readWrite', 'noLobby', 'chat'], rename));
  router.add('POST', `${threadApi}/{threadId:[0-9]+}/notify`, inRoom(['noLobby'], setLevel));
}

function listRecent(call: RoomCall): Answer {
  const newest = threadsOf(call.room).sort((a, b) => lastOf(b).id - lastOf(a).id);
  const limit = Math.min(mostThreads, call.input.number('limit', defaultThreads));
  return ok(newest.slice(0, limit).map((root) => viewThread(call, call.room, root, readerOf(call))));
}

function listSubscribed(call: UserCall): Answer {
  const reader = actorKey({ type: 'users', id: call.user.id });
  const found: Record<string, unknown>[] = [];
  for (const room of call.talk.rooms.of(reader)) {
    for (const root of threadsOf(room))
      if (root.thread?.levels.has(reader) === true) found.push(viewThread(call, room, root, reader));
  }
  const offset = call.input.number('offset');
  return ok(found.slice(offset, offset + Math.min(mostThreads, call.input.number('limit', mostThreads))));
}

function show(call: RoomCall): Answer {
  return ok(viewThread(call, call.room, threadOf(call), readerOf(call)));
}

/** By moderators and whoever opened it. */
function rename(call: RoomCall): Answer {
  const root = threadOf(call);
  const isOwn = actorKey(root.actor) === readerOf(call);
  if (!isOwn && !isModerator(call.attendee)) throw new Refusal(403, { error: 'permission' });
  const title = call.input.text('threadTitle').trim();
  if (title === '') throw new Refusal(400, { error: 'title' });
  call.talk.chat.renameThread(call.room, root, call.attendee.actor, [...title].slice(0, longestTitle).join(''));
  return ok(viewThread(call, call.room, root, readerOf(call)));
}

function setLevel(call: RoomCall): Answer {
  const root = threadOf(call, 'message');
  const level = call.input.number('level');
  if (level < 0 || level > highestLevel) throw new Refusal(400, { error: 'level' });
  root.thread?.levels.set(readerOf(call), level);
  return ok(viewThread(call, call.room, root, readerOf(call)));
}

function threadsOf(room: Room): Message[] {
  return room.log.all().filter((row) => row.thread !== undefined);
}

function threadOf(call: RoomCall, error = 'thread'): Message {
  const root = call.room.log.get(Number(call.parameters['threadId']));
  if (root?.thread === undefined) throw new Refusal(404, { error });
  return root;
}

function lastOf(root: Message): Message {
  return root.thread?.last ?? root;
}

function readerOf(call: RoomCall): string {
  return actorKey(call.attendee.actor);
}

function viewThread(call: Call, room: Room, root: Message, reader: string): Record<string, unknown> {
  const last = lastOf(root);
  return {
    thread: {
      id: root.id,
      roomToken: room.token,
      lastMessageId: last.id,
      numReplies: root.thread?.replies ?? 0,
      lastActivity: last.createdSeconds,
      title: root.thread?.title ?? '',
    },
    attendee: { notificationLevel: root.thread?.levels.get(reader) ?? 0 },
    first: viewMessage(call.names, room, root, reader, 'without parents'),
    last: viewMessage(call.names, room, last, reader, 'without parents'),
  };
}
