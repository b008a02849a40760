import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { mapOf, maybeText, text, whole } from './fields.js';

const count = z.int().nullable().catch(null);

/** An event of a calendar that takes place in a room. Times are whole seconds. */
const event = z.looseObject({
  eventName: text,
  eventDescription: z.string().nullable().catch(null),
  eventLink: text,
  eventAttachments: mapOf(
    z.looseObject({ filename: text, fmttype: text, fileid: whole, previewLink: maybeText }),
  ).catch({}),
  calendars: z.array(z.looseObject({ principalUri: text, calendarName: text, calendarColor: maybeText })).catch([]),
  start: whole,
  end: whole,
  roomToken: text,
  roomName: text,
  roomDisplayName: text,
  roomType: whole,
  roomAvatarVersion: text,
  roomActiveSince: count,
  invited: count,
  accepted: count,
  tentative: count,
  declined: count,
});

/** Events in rooms. Source: OpenAPI of Talk 22, `calendar_integration`. */
export const calendarEndpoints = group('calendar', {
  dashboard: talk('v4 GET /dashboard/events', {
    data: z.array(event),
    statuses: [200, 401],
    needs: 'dashboard-event-rooms',
  }),
  mutual: talk('v4 GET /room/{token}/mutual-events', {
    data: z.array(event),
    statuses: [200, 401, 403],
    needs: 'mutual-calendar-events',
  }),
});
