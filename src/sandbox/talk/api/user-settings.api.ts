import { Refusal } from '../refusal.js';
import { actorKey } from '../state/actor.js';
import { asUser, talkApi, type OcsRouter, type UserCall } from './call.js';
import { ok, type Answer } from './ocs.js';

/** What people choose for themselves in Talk. */
export function addUserSettingRoutes(router: OcsRouter): void {
  router.add('POST', `${talkApi}/v1/settings/user`, asUser(choose));
  router.add('PUT', '/apps/user_status/api/v1/heartbeat', asUser(giveSignOfLife));
}

/** Throws a Refusal 400 for an unknown key or value. */
function choose({ talk, user, input }: UserCall): Answer {
  const value = input.text('value');
  switch (input.text('key')) {
    case 'read_status_privacy': {
      user.privacy.read = zeroOrOne(value);
      const key = actorKey({ type: 'users', id: user.id });
      for (const room of talk.rooms.of(key)) {
        const attendee = room.attendees.get(key);
        if (attendee !== undefined) attendee.isReadPrivate = user.privacy.read === 1;
      }
      return ok(null);
    }
    case 'typing_privacy':
      user.privacy.typing = zeroOrOne(value);
      return ok(null);
    case 'attachment_folder':
      if (talk.files.folderId(user.id, value) === undefined) throw new Refusal(400, null);
      user.attachmentFolder = value;
      return ok(null);
    case 'play_sounds':
      if (!/^(yes|no)$/.test(value)) throw new Refusal(400, null);
      return ok(null);
    default:
      throw new Refusal(400, null);
  }
}

/** Throws a Refusal 400 for what is no sign of life. What somebody chose themselves stands. */
function giveSignOfLife({ user, input }: UserCall): Answer {
  const status = input.text('status');
  if (status !== 'online' && status !== 'away') throw new Refusal(400, []);
  if (user.status.status === 'dnd' || user.status.status === 'busy') return { status: 204, data: [] };
  user.status = { ...user.status, status };
  const { icon, message } = user.status;
  return ok({
    userId: user.id,
    message,
    icon,
    clearAt: null,
    status,
    messageId: null,
    messageIsPredefined: false,
    statusIsUserDefined: false,
  });
}

function zeroOrOne(value: string): 0 | 1 {
  if (value !== '0' && value !== '1') throw new Refusal(400, null);
  return value === '1' ? 1 : 0;
}
