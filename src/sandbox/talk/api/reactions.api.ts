import { Refusal } from '../refusal.js';
import type { Message } from '../state/message.js';
import { viewReactions } from '../view/message-view.js';
import { inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const reactionApi = `${talkApi}/v1/reaction/{token}/{messageId:[0-9]+}`;

export function addReactionRoutes(router: OcsRouter): void {
  router.add('POST', reactionApi, inRoom(['readWrite', 'noLobby', 'chat'], react));
  router.add('DELETE', reactionApi, inRoom(['readWrite', 'noLobby', 'chat'], unreact));
  router.add('GET', reactionApi, inRoom(['noLobby'], list));
}

function react(call: RoomCall): Answer {
  const message = messageOf(call);
  const isNew = call.talk.chat.react(call.room, message, call.attendee.actor, call.input.text('reaction'));
  return { status: isNew ? 201 : 200, data: viewReactions(call.names, call.room, message) };
}

function unreact(call: RoomCall): Answer {
  const message = messageOf(call);
  call.talk.chat.unreact(call.room, message, call.attendee.actor, call.input.text('reaction'));
  return ok(viewReactions(call.names, call.room, message));
}

function list(call: RoomCall): Answer {
  const only = call.input.text('reaction');
  return ok(viewReactions(call.names, call.room, messageOf(call), only === '' ? undefined : only));
}

function messageOf(call: RoomCall): Message {
  const message = call.room.log.get(Number(call.parameters['messageId']));
  if (message === undefined) throw new Refusal(404, null);
  return message;
}
