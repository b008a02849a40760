import { SlackError } from '../slack-error.js';
import type { Channel } from '../state/channel.js';
import type { JsonObject } from '../state/json.js';
import { viewChannel } from '../view/channel-view.js';
import {
  ownChannel,
  reads,
  requireChannelScope,
  requireScope,
  visibleChannel,
  visibleUser,
  writes,
  type Call,
  type Methods,
} from './call.js';
import { pageOf } from './paging.js';

export const conversationMethods: Methods = {
  'conversations.list': reads([], list),
  'users.conversations': reads([], listOwn),
  'conversations.info': reads([], info),
  'conversations.members': reads([], members),
  'conversations.join': writes(['channels:join'], join),
  'conversations.leave': writes([], leave),
  'conversations.open': writes([], open),
  'conversations.create': writes([], create),
  'conversations.invite': writes([], invite),
  'conversations.kick': writes([], kick),
  'conversations.setTopic': writes([], setTopic),
  'conversations.setPurpose': writes([], setPurpose),
  'conversations.rename': writes([], rename),
  'conversations.archive': writes([], archive),
  'conversations.unarchive': writes([], unarchive),
};

const kinds: Readonly<Record<string, Channel['kind']>> = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
};
const readScopes = { public: 'channels:read', private: 'groups:read', im: 'im:read', mpim: 'mpim:read' } as const;

function list(call: Call): JsonObject {
  return listed(call, (channel) => channel.kind === 'public' || channel.members.has(call.installation.botUser));
}

/** Where somebody is: the app itself unless somebody is named. */
function listOwn(call: Call): JsonObject {
  const user = call.input.optional('user') ?? call.installation.botUser;
  const { botUser } = call.installation;
  return listed(call, (channel) => {
    const isSeen = channel.kind === 'public' || channel.members.has(botUser);
    return isSeen && channel.members.has(user);
  });
}

function listed(call: Call, isListed: (channel: Channel) => boolean): JsonObject {
  const { input, slack, installation } = call;
  const wanted = (input.optional('types') ?? 'public_channel').split(',').map((type) => kinds[type.trim()]);
  for (const kind of wanted) {
    if (kind === undefined) throw new SlackError('invalid_types');
    requireScope(call, [readScopes[kind]]);
  }
  const all = slack.conversations
    .of(installation.team)
    .filter((channel) => wanted.includes(channel.kind) && isListed(channel))
    .filter((channel) => !(input.flag('exclude_archived') && channel.isArchived));
  const { items, next } = pageOf(input, all, 1000, 100);
  return { channels: items.map((channel) => ({ ...view(call, channel), ...countOf(channel) })), ...next };
}

function countOf(channel: Channel): JsonObject {
  return channel.kind === 'im' ? {} : { num_members: channel.members.size };
}

function view({ installation }: Call, channel: Channel): JsonObject {
  return viewChannel(channel, { user: installation.botUser, team: installation.team });
}

function info(call: Call): JsonObject {
  const channel = visibleChannel(call, call.input.required('channel'));
  requireChannelScope(call, channel, 'read');
  const count = call.input.flag('include_num_members') ? countOf(channel) : {};
  return { channel: { ...view(call, channel), ...count } };
}

function members(call: Call): JsonObject {
  const channel = visibleChannel(call, call.input.required('channel'));
  requireChannelScope(call, channel, 'read');
  const { items, next } = pageOf(call.input, [...channel.members], 1000, 100);
  return { members: items, ...next };
}

function join(call: Call): JsonObject {
  const channel = visibleChannel(call, call.input.required('channel'));
  if (channel.kind !== 'public') throw new SlackError('method_not_supported_for_channel_type');
  if (channel.isArchived) throw new SlackError('is_archived');
  const isNew = call.slack.conversations.join(channel, self(call));
  const warning = 'already_in_channel';
  const warned = isNew ? {} : { warning, response_metadata: { warnings: [warning] } };
  return { channel: view(call, channel), ...warned };
}

function self({ slack, installation }: Call) {
  return slack.conversations.user(installation.botUser);
}

function leave(call: Call): JsonObject {
  const channel = manageable(call, ['channels:manage']);
  if (channel.isGeneral) throw new SlackError('cant_leave_general');
  const isLeft = call.slack.conversations.leave(channel, self(call));
  return isLeft ? {} : { not_in_channel: true };
}

function open(call: Call): JsonObject {
  const { input, slack, installation } = call;
  const known = input.optional('channel');
  const users = input.ids('users');
  if (known === undefined && users.length === 0) throw new SlackError('users_list_not_supplied');
  requireScope(call, users.length > 1 ? ['mpim:write'] : ['im:write']);
  if (users.length > 8) throw new SlackError('too_many_users');
  if (known !== undefined) {
    const channel = visibleChannel(call, known);
    if (channel.kind !== 'im' && channel.kind !== 'mpim') throw new SlackError('method_not_supported_for_channel_type');
    return { no_op: true, already_open: true, channel: input.flag('return_im') ? view(call, channel) : { id: known } };
  }
  const people = users.map((id) => visibleUser(call, id));
  if (people.some(({ isDeactivated }) => isDeactivated)) throw new SlackError('user_disabled');
  const { channel, isNew } = slack.conversations.openDirect(installation.team, [self(call), ...people]);
  const shown = input.flag('return_im') ? view(call, channel) : { id: channel.id };
  return { ...(isNew ? {} : { no_op: true, already_open: true }), channel: shown };
}

function create(call: Call): JsonObject {
  const isPrivate = call.input.flag('is_private');
  requireScope(call, isPrivate ? ['groups:write'] : ['channels:manage', 'channels:write']);
  const name = call.input.required('name');
  const kind = isPrivate ? 'private' : 'public';
  const channel = call.slack.conversations.create(call.installation.team, self(call), { name, kind });
  return { channel: view(call, channel) };
}

function invite(call: Call): JsonObject {
  const channel = manageable(call, ['channels:manage', 'channels:write.invites']);
  const users = call.input.ids('users');
  if (users.length === 0) throw new SlackError('no_user');
  const people = users.map((id) => visibleUser(call, id));
  if (people.some(({ id }) => id === call.installation.botUser)) throw new SlackError('cant_invite_self');
  if (people.every(({ id }) => channel.members.has(id))) throw new SlackError('already_in_channel');
  for (const person of people) call.slack.conversations.join(channel, person, call.installation.botUser);
  return { channel: view(call, channel) };
}

function kick(call: Call): JsonObject {
  const channel = manageable(call, ['channels:manage']);
  const user = visibleUser(call, call.input.required('user'));
  if (user.id === call.installation.botUser) throw new SlackError('cant_kick_self');
  if (channel.isGeneral) throw new SlackError('cant_kick_from_general');
  if (!call.slack.conversations.leave(channel, user, call.installation.botUser)) throw new SlackError('not_in_channel');
  return {};
}

/** A channel that the app is in and may change. Throws SlackError `missing_scope`, `not_in_channel`, `is_archived` … */
function manageable(call: Call, scopesForPublic: readonly string[]): Channel {
  const named = call.slack.conversations.get(call.input.required('channel'));
  requireScope(call, named?.kind === 'private' ? ['groups:write', 'groups:write.topic'] : scopesForPublic);
  const channel = ownChannel(call, call.input.required('channel'));
  if (channel.kind === 'im') throw new SlackError('method_not_supported_for_channel_type');
  if (channel.isArchived) throw new SlackError('is_archived');
  return channel;
}

function setTopic(call: Call): JsonObject {
  const channel = manageable(call, ['channels:manage', 'channels:write.topic']);
  call.slack.conversations.setTopic(channel, call.installation.botUser, call.input.text('topic'));
  return { channel: view(call, channel) };
}

function setPurpose(call: Call): JsonObject {
  const channel = manageable(call, ['channels:manage', 'channels:write.topic']);
  call.slack.conversations.setPurpose(channel, call.installation.botUser, call.input.text('purpose'));
  return { purpose: channel.purpose.value, channel: view(call, channel) };
}

/** An app may rename what it made, and nothing else. */
function rename(call: Call): JsonObject {
  const channel = manageable(call, ['channels:manage']);
  const { botUser } = call.installation;
  if (channel.creator !== botUser) throw new SlackError('not_authorized');
  call.slack.conversations.rename(channel, botUser, call.input.text('name'));
  return { channel: view(call, channel) };
}

function archive(call: Call): JsonObject {
  const named = visibleChannel(call, call.input.required('channel'));
  if (named.isArchived) throw new SlackError('already_archived');
  call.slack.conversations.archive(manageable(call, ['channels:manage']), call.installation.botUser);
  return {};
}

function unarchive(call: Call): JsonObject {
  requireScope(call, ['channels:manage']);
  call.slack.conversations.unarchive(ownChannel(call, call.input.required('channel')), call.installation.botUser);
  return {};
}
