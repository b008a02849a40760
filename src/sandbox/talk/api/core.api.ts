import { Refusal } from '../refusal.js';
import { capabilitiesOfServer } from '../view/capabilities.js';
import { asUser, type OcsRouter, type UserCall } from './call.js';
import { ok, type Answer } from './ocs.js';

/** What a client asks of the server itself. */
export function addCoreRoutes(router: OcsRouter): void {
  router.add('GET', '/cloud/capabilities', (call) =>
    ok(capabilitiesOfServer(call.names.base, call.talk.abilities, call.credential?.user)),
  );
  router.add('GET', '/cloud/user', asUser(whoAmI));
  router.add('GET', '/core/getapppassword', asUser(giveAppPassword));
  router.add('DELETE', '/core/apppassword', asUser(dropAppPassword));
}

/** Throws a Refusal 403 for a login that is an app password already. */
function giveAppPassword({ talk, credential, user }: UserCall): Answer {
  if (credential?.by === 'appPassword')
    throw new Refusal(403, [], 'You cannot request an new apppassword with an apppassword');
  return ok({ apppassword: talk.accounts.issueAppPassword(user.id) });
}

/** Throws a Refusal 403 for a login with the real password. */
function dropAppPassword({ talk, credential }: UserCall): Answer {
  if (credential?.by !== 'appPassword') throw new Refusal(403, [], 'no app password in use');
  talk.accounts.revoke(credential.secret);
  return ok([]);
}

const personalFields = [
  'phone',
  'address',
  'website',
  'twitter',
  'bluesky',
  'fediverse',
  'organisation',
  'role',
  'headline',
  'biography',
];

function whoAmI({ user, beganSeconds }: UserCall): Answer {
  const personal: Record<string, string> = {};
  for (const field of personalFields) {
    personal[field] = '';
    personal[`${field}Scope`] = 'v2-local';
  }
  return ok({
    enabled: true,
    id: user.id,
    firstLoginTimestamp: beganSeconds,
    lastLoginTimestamp: beganSeconds,
    lastLogin: beganSeconds * 1000,
    backend: 'Database',
    subadmin: [],
    quota: { free: -3, used: 0, total: -3, relative: 0, quota: -3 },
    manager: '',
    avatarScope: 'v2-federated',
    email: null,
    emailScope: 'v2-federated',
    additional_mail: [],
    additional_mailScope: [],
    displayname: user.displayName,
    'display-name': user.displayName,
    displaynameScope: 'v2-federated',
    ...personal,
    profile_enabled: '1',
    profile_enabledScope: 'v2-local',
    pronouns: '',
    pronounsScope: 'v2-federated',
    groups: user.admin ? ['admin'] : [],
    language: 'en',
    locale: '',
    timezone: '',
    notify_email: null,
    backendCapabilities: { setDisplayName: true, setPassword: true },
  });
}
