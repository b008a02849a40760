import { z } from 'zod';
import { appPassword, ownUser, serverCapabilities } from '../talk.payloads.js';
import { around, group } from './endpoint.js';
import { bytes, file, nothing } from './fields.js';

/** Where somebody grants a login (`login`), and where the client learns of it. */
const startedLogin = z.looseObject({
  poll: z.looseObject({ token: z.string().min(1), endpoint: z.string() }),
  login: z.string().min(1),
});
const grantedLogin = z.looseObject({
  server: z.string(),
  loginName: z.string().min(1),
  appPassword: z.string().min(1),
});

/** The server around Talk: who we are, what it can, and how a login is got. Source: recordings of a Nextcloud 32. */
export const serverEndpoints = group('server', {
  capabilities: around('GET /ocs/v2.php/cloud/capabilities', { data: serverCapabilities, statuses: [200] }),
  ownUser: around('GET /ocs/v2.php/cloud/user', { data: ownUser, statuses: [200, 401] }),
  // 403 for a login that is an app password itself.
  newAppPassword: around('GET /ocs/v2.php/core/getapppassword', { data: appPassword, statuses: [200, 401, 403] }),
  // Gives back the app password that it is asked with.
  dropAppPassword: around('DELETE /ocs/v2.php/core/apppassword', { data: nothing, statuses: [200, 401, 403] }),
  // The server calls the login as the client calls itself.
  startLogin: around('POST /index.php/login/v2', {
    besides: { client: z.string().optional() },
    headers: { client: 'user-agent' },
    answers: 'json',
    data: startedLogin,
    statuses: [200],
    isAnonymous: true,
  }),
  // 404 until somebody has granted it; then once the app password, and 404 again.
  pollLogin: around('POST /index.php/login/v2/poll', {
    sends: 'form',
    body: { token: z.string() },
    answers: 'json',
    data: grantedLogin,
    statuses: [200, 404],
    isAnonymous: true,
  }),
  userAvatar: around('GET /index.php/avatar/{user}/{size}', { answers: 'bytes', data: bytes, statuses: [200, 404] }),
  // Our own picture. Source: OpenAPI of Talk 22, `user_avatar`.
  setOwnAvatar: around('POST /ocs/v2.php/apps/spreed/temp-user-avatar', {
    sends: 'upload',
    uploadField: 'files[]',
    besides: { file },
    data: nothing,
    statuses: [200, 400, 401],
    needs: 'temp-user-avatar-api',
  }),
  removeOwnAvatar: around('DELETE /ocs/v2.php/apps/spreed/temp-user-avatar', {
    data: nothing,
    statuses: [200, 400, 401],
    needs: 'temp-user-avatar-api',
  }),
});
