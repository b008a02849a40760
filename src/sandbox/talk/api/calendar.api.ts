import { Refusal } from '../refusal.js';
import { RoomType } from '../state/room.js';
import { asUser, inRoom, talkApi, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

/** Events of people's calendars: this server has a calendar for each, which is named after its owner, and no events in it. */
export function addCalendarRoutes(router: OcsRouter): void {
  router.add(
    'GET',
    `${talkApi}/v4/dashboard/events`,
    asUser(() => ok([])),
  );
  router.add('GET', `${talkApi}/v4/room/{token}/mutual-events`, inRoom(['login'], mutualEvents));
  router.add('POST', `${talkApi}/v4/room/{token}/meeting`, inRoom(['login', 'accountModerator'], scheduleMeeting));
}

function mutualEvents({ room }: RoomCall): Answer {
  if (room.type !== RoomType.oneToOne) throw new Refusal(403, null);
  return ok([]);
}

/** Throws a Refusal 400 with what is wrong: the room's type, the calendar, or times that are past or in no order. */
function scheduleMeeting({ room, attendee, input, beganSeconds }: RoomCall): Answer {
  if (room.type !== RoomType.group && room.type !== RoomType.public) throw new Refusal(400, { error: 'conversation' });
  if (input.text('calendarUri') !== `calendars/${attendee.actor.id}/personal`)
    throw new Refusal(400, { error: 'calendar' });
  const start = input.number('start');
  if (start < beganSeconds) throw new Refusal(400, { error: 'start' });
  if (input.has('end') && input.number('end') <= start) throw new Refusal(400, { error: 'end' });
  return ok(null);
}
