import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { bytes, file } from './fields.js';
import { room } from './room.answers.js';

const picture = { answers: 'bytes', data: bytes, needs: 'avatar' } as const;
const elsewhere = { query: { cloudId: z.string() }, answers: 'bytes', data: bytes, needs: 'federation-v1' } as const;
const darkTheme = z.boolean().optional();

/** Pictures of rooms, and of people of other servers (`size` 64 or 512). Source: OpenAPI of Talk 22, `avatar`. */
export const avatarEndpoints = group('avatars', {
  // A square PNG or JPEG of at most 20 MiB.
  upload: talk('v1 POST /room/{token}/avatar', {
    sends: 'upload',
    besides: { file },
    data: room,
    statuses: [200, 400],
    needs: 'avatar',
  }),
  get: talk('v1 GET /room/{token}/avatar', { ...picture, query: { darkTheme }, statuses: [200] }),
  remove: talk('v1 DELETE /room/{token}/avatar', { data: room, statuses: [200], needs: 'avatar' }),
  // The colour without `#`.
  setEmoji: talk('v1 POST /room/{token}/avatar/emoji', {
    body: { emoji: z.string(), color: z.string().nullable().optional() },
    data: room,
    statuses: [200, 400],
    needs: 'avatar',
  }),
  getDark: talk('v1 GET /room/{token}/avatar/dark', { ...picture, statuses: [200] }),
  ofStranger: talk('v1 GET /proxy/new/user-avatar/{size}', {
    ...elsewhere,
    query: { ...elsewhere.query, darkTheme },
    statuses: [200, 401],
  }),
  ofStrangerDark: talk('v1 GET /proxy/new/user-avatar/{size}/dark', { ...elsewhere, statuses: [200, 401] }),
  ofFederated: talk('v1 GET /proxy/{token}/user-avatar/{size}', {
    ...elsewhere,
    query: { ...elsewhere.query, darkTheme },
    statuses: [200],
  }),
  ofFederatedDark: talk('v1 GET /proxy/{token}/user-avatar/{size}/dark', { ...elsewhere, statuses: [200] }),
});
