import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { text } from './fields.js';

/** Rooms that belong to files and shares. Source: OpenAPI of Talk 22, `files_integration`. */
export const fileRoomEndpoints = group('fileRooms', {
  ofFile: talk('v1 GET /file/{fileId}', {
    data: z.looseObject({ token: z.string() }),
    statuses: [200, 400, 401, 404],
  }),
  ofShare: talk('v1 GET /publicshare/{shareToken}', {
    data: z.looseObject({ token: z.string(), userId: text, userDisplayName: text }),
    statuses: [200, 400, 404],
  }),
  // A room in which to ask for the password of a share.
  forPassword: talk('v1 POST /publicshareauth', {
    body: { shareToken: z.string() },
    data: z.looseObject({ token: z.string(), name: text, displayName: text }),
    statuses: [201, 404],
  }),
});
