import type { NewScheduled, ScheduledMessage } from '../state/schedule.js';
import { inRoom, talkApi, type Need, type OcsRouter, type RoomCall } from './call.js';
import { created, ok, type Answer } from './ocs.js';

const scheduleApi = `${talkApi}/v1/chat/{token}/schedule`;
const writing: readonly Need[] = ['login', 'readWrite', 'noLobby', 'chat'];

/** Messages that are said later; of Talk 23. */
export function addScheduleRoutes(router: OcsRouter): void {
  router.add('GET', scheduleApi, inRoom(['login', 'noLobby'], list));
  router.add('POST', scheduleApi, inRoom(writing, add));
  router.add('POST', `${scheduleApi}/{id}`, inRoom(writing, change));
  router.add('DELETE', `${scheduleApi}/{id}`, inRoom(['login'], remove));
}

function list({ talk, room, attendee }: RoomCall): Answer {
  return ok(talk.schedule.of(room, attendee.actor).map(viewScheduled));
}

function add(call: RoomCall): Answer {
  return created(viewScheduled(call.talk.schedule.add(call.room, call.attendee.actor, readWanted(call))));
}

function change(call: RoomCall): Answer {
  const { talk, room, attendee, parameters } = call;
  const changed = talk.schedule.change(room, attendee.actor, parameters['id'] ?? '', readWanted(call));
  return { status: 202, data: viewScheduled(changed) };
}

function remove({ talk, room, attendee, parameters }: RoomCall): Answer {
  talk.schedule.remove(room, attendee.actor, parameters['id'] ?? '');
  return ok([]);
}

function readWanted({ input }: RoomCall): NewScheduled {
  return {
    text: input.text('message'),
    sendAtSeconds: input.number('sendAt'),
    options: {
      replyTo: input.number('replyTo'),
      silent: input.flag('silent'),
      threadId: Math.max(0, input.number('threadId')),
      threadTitle: input.text('threadTitle'),
    },
  };
}

function viewScheduled(scheduled: ScheduledMessage): Record<string, unknown> {
  const { id, room, actor, text, sendAtSeconds, createdSeconds, options } = scheduled;
  return {
    id,
    roomId: room.id,
    actorId: actor.id,
    actorType: actor.type,
    threadId: options.threadId ?? 0,
    message: text,
    messageType: 'comment',
    createdAt: createdSeconds,
    sendAt: sendAtSeconds,
    silent: options.silent ?? false,
    ...(options.replyTo === undefined || options.replyTo === 0 ? {} : { parentId: options.replyTo }),
    ...(options.threadTitle === undefined || options.threadTitle === '' ? {} : { threadTitle: options.threadTitle }),
  };
}
