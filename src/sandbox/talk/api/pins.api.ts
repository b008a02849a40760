import { Refusal } from '../refusal.js';
import { actorKey } from '../state/actor.js';
import { countsAsUnread, type Message } from '../state/message.js';
import { lastCommonRead } from '../state/room.js';
import { viewMessage } from '../view/message-view.js';
import { inRoom, talkApi, type Need, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const pinApi = `${talkApi}/v1/chat/{token}/{messageId:[0-9]+}/pin`;
const pinning: readonly Need[] = ['account', 'moderator', 'readWrite', 'noLobby'];

/** Messages that stay in sight; of Talk 23. */
export function addPinRoutes(router: OcsRouter): void {
  router.add('POST', pinApi, inRoom(pinning, pin));
  router.add('DELETE', pinApi, inRoom(pinning, unpin));
  router.add('DELETE', `${pinApi}/self`, inRoom(['account', 'noLobby'], hide));
}

/** Throws a Refusal: 400 `until` for a time that is past, `message` for what nobody says, 404. */
function pin(call: RoomCall): Answer {
  const { talk, room, attendee, input } = call;
  const message = messageOf(call);
  if (!countsAsUnread(message)) throw new Refusal(400, { error: 'message' });
  const until = input.number('pinUntil');
  if (until !== 0 && until <= talk.nowSeconds()) throw new Refusal(400, { error: 'until' });
  const row = talk.chat.pin(room, message, attendee.actor, until);
  return answer(call, row);
}

function unpin(call: RoomCall): Answer {
  return answer(call, call.talk.chat.unpin(call.room, messageOf(call), call.attendee.actor));
}

/** For oneself. */
function hide(call: RoomCall): Answer {
  const message = messageOf(call);
  if (message.pin === undefined) throw new Refusal(404, { error: 'message' });
  message.pin.hiddenFor.add(actorKey(call.attendee.actor));
  return ok(null);
}

/** The row that tells of it; null where nothing changed. */
function answer(call: RoomCall, row: Message | undefined): Answer {
  if (row === undefined) return ok(null);
  const view = viewMessage(call.names, call.room, row, actorKey(call.attendee.actor));
  return ok(view, { 'X-Chat-Last-Common-Read': String(lastCommonRead(call.room)) });
}

function messageOf(call: RoomCall): Message {
  const message = call.room.log.get(Number(call.parameters['messageId']));
  if (message === undefined) throw new Refusal(404, { error: 'message' });
  return message;
}
