import { Refusal } from '../refusal.js';
import type { Message } from '../state/message.js';
import { actorKey } from '../state/actor.js';
import type { Reminder } from '../state/reminders.js';
import { viewMessage } from '../view/message-view.js';
import { asUser, inRoom, talkApi, type OcsRouter, type RoomCall, type UserCall } from './call.js';
import { created, ok, type Answer } from './ocs.js';

const reminderApi = `${talkApi}/v1/chat/{token}/{messageId:[0-9]+}/reminder`;

export function addReminderRoutes(router: OcsRouter): void {
  router.add('GET', `${talkApi}/v1/chat/upcoming-reminders`, asUser(listUpcoming));
  router.add('POST', reminderApi, inRoom(['login'], set));
  router.add('GET', reminderApi, inRoom(['login'], show));
  router.add('DELETE', reminderApi, inRoom(['login'], remove));
}

function set(call: RoomCall): Answer {
  const message = messageOf(call);
  const reminder = {
    userId: call.attendee.actor.id,
    room: call.room,
    message,
    atSeconds: call.input.number('timestamp'),
  };
  call.talk.reminders.set(reminder);
  return created(viewReminder(reminder));
}

function show(call: RoomCall): Answer {
  const reminder = call.talk.reminders.get(call.attendee.actor.id, call.room, messageOf(call).id);
  if (reminder === undefined) throw new Refusal(404, { error: 'reminder' });
  return ok(viewReminder(reminder));
}

function remove(call: RoomCall): Answer {
  call.talk.reminders.delete(call.attendee.actor.id, call.room, messageOf(call).id);
  return ok([]);
}

function listUpcoming(call: UserCall): Answer {
  const due = [...call.talk.reminders.of(call.user.id)].sort((a, b) => a.atSeconds - b.atSeconds);
  const views = due.map(({ room, message, atSeconds }) => {
    const shown = viewMessage(
      call.names,
      room,
      message,
      actorKey({ type: 'users', id: call.user.id }),
      'without parents',
    );
    return {
      reminderTimestamp: atSeconds,
      roomToken: room.token,
      messageId: message.id,
      actorType: shown['actorType'],
      actorId: shown['actorId'],
      actorDisplayName: shown['actorDisplayName'],
      message: shown['message'],
      messageParameters: shown['messageParameters'],
    };
  });
  return ok(views);
}

function viewReminder({ userId, room, message, atSeconds }: Reminder): Record<string, unknown> {
  return { userId, token: room.token, messageId: message.id, timestamp: atSeconds };
}

function messageOf(call: RoomCall): Message {
  const message = call.room.log.get(Number(call.parameters['messageId']));
  if (message === undefined) throw new Refusal(404, { error: 'message' });
  return message;
}
