import { SlackError } from '../slack-error.js';
import type { JsonObject } from '../state/json.js';
import { emojiValue } from '../state/workspace.js';
import { botIcons } from '../view/message-view.js';
import { viewProfile, viewUser } from '../view/user-view.js';
import { reads, visibleUser, writes, type Call, type Methods } from './call.js';
import { pageOf } from './paging.js';

export const userMethods: Methods = {
  'users.info': reads(['users:read'], info),
  'users.getPresence': reads(['users:read'], presence),
  'users.list': reads(['users:read'], list),
  'users.profile.get': reads(['users.profile:read'], profile),
  'bots.info': reads(['users:read'], bot),
  'team.info': reads(['team:read'], team),
  'emoji.list': reads(['emoji:read'], emoji),
  'usergroups.list': reads(['usergroups:read'], groups),
  'usergroups.users.list': reads(['usergroups:read'], groupUsers),
  'auth.test': writes([], test),
  'auth.revoke': writes([], revoke),
};

function info(call: Call): JsonObject {
  const user = visibleUser(call, call.input.required('user'));
  const locale = call.input.flag('include_locale') ? { locale: 'en-US' } : {};
  return { user: { ...shown(call, user.id), ...locale } };
}

/** Of others it tells no more than that. */
function presence(call: Call): JsonObject {
  const user = visibleUser(call, call.input.optional('user') ?? call.installation.botUser);
  return { presence: user.isActive || user.bot !== undefined ? 'active' : 'away' };
}

/** With e-mail addresses where the app may know them. */
function shown(call: Call, id: string): JsonObject {
  const user = visibleUser(call, id);
  const view = viewUser(call.slack.look(), user, call.installation.team);
  if (call.installation.scopes.includes('users:read.email')) return view;
  const { email: _email, ...shownProfile } = view['profile'] as JsonObject;
  return { ...view, profile: shownProfile };
}

function list(call: Call): JsonObject {
  const { input, slack, installation } = call;
  const { items, next } = pageOf(input, slack.workspaces.usersOf(installation.team), 1000);
  return { members: items.map(({ id }) => shown(call, id)), cache_ts: slack.clock.nowSeconds(), ...next };
}

function profile(call: Call): JsonObject {
  const user = visibleUser(call, call.input.optional('user') ?? call.installation.botUser);
  return { profile: viewProfile(call.slack.look(), user, call.installation.team) };
}

function bot(call: Call): JsonObject {
  const { slack } = call;
  const installation = slack.apps.byBotId(call.input.required('bot'));
  if (installation === undefined) throw new SlackError('bot_not_found');
  const { botId, botUser, app, state } = installation;
  return {
    bot: {
      id: botId,
      deleted: state === 'uninstalled',
      name: app.name,
      updated: 0,
      app_id: app.id,
      user_id: botUser,
      icons: botIcons(slack.look()),
    },
  };
}

function team({ slack, installation }: Call): JsonObject {
  const { id, name, domain } = slack.workspace(installation.team);
  const icon = { image_default: true, image_68: `${slack.base}/avatars/team_68.png` };
  return {
    team: {
      id,
      name,
      url: `https://${domain}.slack.com/`,
      domain,
      email_domain: '',
      icon,
      avatar_base_url: `${slack.base}/avatars/`,
      is_verified: false,
    },
  };
}

function emoji({ slack, installation }: Call): JsonObject {
  const workspace = slack.workspace(installation.team);
  const own = [...workspace.emoji.keys()].map((name) => [name, emojiValue(slack.base, workspace, name)]);
  return { emoji: Object.fromEntries(own) as JsonObject, cache_ts: String(slack.clock.nowSeconds()) };
}

function groups({ slack, installation, input }: Call): JsonObject {
  const all = [...slack.workspace(installation.team).groups.values()];
  return {
    usergroups: all.map((group) => ({
      id: group.id,
      team_id: installation.team,
      is_usergroup: true,
      is_subteam: true,
      name: group.name,
      description: '',
      handle: group.handle,
      is_external: false,
      date_create: group.createdSeconds,
      date_update: group.createdSeconds,
      date_delete: 0,
      auto_type: null,
      auto_provision: false,
      enterprise_subteam_id: '',
      created_by: 'USLACKBOT',
      updated_by: 'USLACKBOT',
      deleted_by: null,
      prefs: { channels: [], groups: [] },
      user_count: group.users.length,
      ...(input.flag('include_users') ? { users: [...group.users] } : {}),
    })),
  };
}

function groupUsers({ slack, installation, input }: Call): JsonObject {
  const group = slack.workspace(installation.team).groups.get(input.required('usergroup'));
  if (group === undefined) throw new SlackError('no_such_subteam');
  return { users: [...group.users] };
}

function test({ slack, installation }: Call): JsonObject {
  const { id, name, domain } = slack.workspace(installation.team);
  return {
    url: `https://${domain}.slack.com/`,
    team: name,
    user: slack.workspaces.user(installation.botUser)?.name ?? '',
    team_id: id,
    user_id: installation.botUser,
    bot_id: installation.botId,
    is_enterprise_install: false,
  };
}

function revoke({ slack, installation, input, token }: Call): JsonObject {
  if (input.flag('test')) return { revoked: false };
  slack.revokeTokens(installation, token);
  return { revoked: true };
}
