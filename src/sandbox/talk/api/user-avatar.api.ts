import { Refusal } from '../refusal.js';
import { pictureSize } from '../state/picture-size.js';
import { asUser, type OcsRouter, type UserCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const userAvatarApi = '/apps/spreed/temp-user-avatar';
const mostBytes = 20 * 1024 * 1024;

/** The caller's own picture. */
export function addUserAvatarRoutes(router: OcsRouter): void {
  router.add('POST', userAvatarApi, asUser(set));
  router.add('DELETE', userAvatarApi, asUser(remove));
}

function set({ user, input }: UserCall): Answer {
  const { file } = input;
  if (file === undefined) throw new Refusal(400, { message: 'No file was sent' });
  const size = pictureSize(file);
  if (size === undefined || file.length > mostBytes) throw new Refusal(400, { message: 'Not a picture' });
  if (size.width !== size.height) throw new Refusal(400, { message: 'The picture is not square' });
  user.picture = file;
  return ok(null);
}

/** Throws a Refusal 400 where there is none. */
function remove({ user }: UserCall): Answer {
  if (user.picture === undefined) throw new Refusal(400, { error: 'avatar' });
  user.picture = undefined;
  return ok(null);
}
