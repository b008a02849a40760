import { z } from 'zod';
import { breakoutMode, breakoutRooms, valuesOf } from '../talk.constants.js';
import { group, talk } from './endpoint.js';
import { room, rooms } from './room.answers.js';

const needs = 'breakout-rooms-v1';
const several = { data: rooms, statuses: [200, 400, 401], needs } as const;
const one = { data: room, statuses: [200, 400, 401], needs } as const;
/** Numbers of rooms by attendee ids, as JSON in a text. */
const attendeeMap = z.string();

/** Rooms within a room; `token` is the parent's, and of assistance the breakout room's. Source: OpenAPI of Talk 22, `breakout_room`. */
export const breakoutRoomEndpoints = group('breakoutRooms', {
  configure: talk('v1 POST /breakout-rooms/{token}', {
    ...several,
    body: {
      mode: z.literal(valuesOf(breakoutMode)),
      amount: z.int().min(breakoutRooms.min).max(breakoutRooms.max),
      attendeeMap: attendeeMap.optional(),
    },
  }),
  remove: talk('v1 DELETE /breakout-rooms/{token}', { data: room, statuses: [200, 401], needs }),
  broadcast: talk('v1 POST /breakout-rooms/{token}/broadcast', {
    body: { message: z.string() },
    data: rooms,
    statuses: [201, 400, 401, 413],
    needs,
  }),
  assign: talk('v1 POST /breakout-rooms/{token}/attendees', { ...several, body: { attendeeMap } }),
  requestAssistance: talk('v1 POST /breakout-rooms/{token}/request-assistance', one),
  resetAssistance: talk('v1 DELETE /breakout-rooms/{token}/request-assistance', one),
  start: talk('v1 POST /breakout-rooms/{token}/rooms', several),
  stop: talk('v1 DELETE /breakout-rooms/{token}/rooms', several),
  // For those who choose their room themselves.
  switch: talk('v1 POST /breakout-rooms/{token}/switch', { ...one, body: { target: z.string() } }),
});
