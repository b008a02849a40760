import type { Channel } from '../state/channel.js';
import type { JsonObject } from '../state/json.js';
import { present } from '../state/json.js';
import { actorOf, isReply, type Author, type Message } from '../state/message.js';
import { viewFile } from './file-view.js';
import type { Look } from './look.js';

/** How much of a message's metadata is shown. */
export type MetadataShown = 'whole' | 'type';

/** Where a message is shown: events alone name the subtype of what shares a file. */
export type Place = 'history' | 'event';

/** A message as the API and events show it, without its channel. */
export function viewMessage(
  look: Look,
  channel: Channel,
  message: Message,
  { metadata = 'whole', place = 'history' }: { metadata?: MetadataShown; place?: Place } = {},
): JsonObject {
  if (message.isTombstone) return tombstone(channel, message);
  const { ts, author, text, blocks, attachments, files, edited, reactions, clientMsgId } = message;
  return present({
    ...authorFields(look, author, message),
    type: 'message',
    subtype: subtypeOf(message, place),
    ts,
    client_msg_id: clientMsgId,
    text,
    team: author.kind === 'app' && author.username !== undefined ? undefined : author.team,
    blocks: blocks.length === 0 ? undefined : blocks,
    attachments: attachments.length === 0 ? undefined : attachments,
    ...(files.length === 0 ? {} : filesOf(look, files)),
    ...sharedFields(look, channel, author),
    metadata: metadataOf(message, metadata),
    edited,
    reactions: reactions.length === 0 ? undefined : reactionsOf(message),
    ...threadFields(channel, message),
    ...(message.isBroadcast ? { root: rootOf(look, channel, message) } : {}),
    ...message.details,
  });
}

export function reactionsOf({ reactions }: Message): JsonObject[] {
  return reactions.map(({ name, users }) => ({ name, users: [...users], count: users.length }));
}

function authorFields(look: Look, author: Author, { subtype }: Message): JsonObject {
  if (author.kind === 'person') return { user: author.user };
  const { user, botId, appId, username, icons } = author;
  if (username !== undefined || icons !== undefined) {
    return present({ bot_id: botId, app_id: appId, username: username ?? botName(look, botId), icons });
  }
  if (subtype === 'me_message') return { user, bot_id: botId };
  return { user, bot_id: botId, app_id: appId, bot_profile: botProfile(look, botId) };
}

function subtypeOf(message: Message, place: Place): string | undefined {
  if (message.isBroadcast) return 'thread_broadcast';
  if (message.subtype !== undefined) return message.subtype;
  if (place === 'event' && message.files.length > 0) return 'file_share';
  const { author } = message;
  return author.kind === 'app' && (author.username !== undefined || author.icons !== undefined)
    ? 'bot_message'
    : undefined;
}

function botName(look: Look, botId: string): string {
  return look.apps.byBotId(botId)?.app.name ?? botId;
}

function botProfile(look: Look, botId: string): JsonObject | undefined {
  const installation = look.apps.byBotId(botId);
  if (installation === undefined) return undefined;
  return {
    id: botId,
    app_id: installation.app.id,
    user_id: installation.botUser,
    name: installation.app.name,
    icons: botIcons(look),
    deleted: installation.state === 'uninstalled',
    updated: 0,
    team_id: installation.team,
  };
}

export function botIcons({ base }: Look): JsonObject {
  return {
    image_36: `${base}/avatars/bot_36.png`,
    image_48: `${base}/avatars/bot_48.png`,
    image_72: `${base}/avatars/bot_72.png`,
  };
}

function filesOf(look: Look, ids: readonly string[]): JsonObject {
  const files = ids.map((id) => look.files.get(id)).filter((file) => file !== undefined);
  return { files: files.map((file) => viewFile(look, file)), upload: false, display_as_bot: false };
}

/** What is said in a channel of several workspaces tells where its author comes from. */
function sharedFields(look: Look, channel: Channel, author: Author): JsonObject {
  if (!channel.isShared || author.kind === 'app') return {};
  const user = look.workspaces.user(author.user);
  if (user === undefined || user.team === channel.host) return {};
  return {
    user_team: user.team,
    source_team: user.team,
    user_profile: {
      avatar_hash: '',
      image_72: `${look.base}/avatars/${user.id}_72.png`,
      first_name: user.realName.split(' ')[0] ?? '',
      real_name: user.realName,
      display_name: user.displayName,
      team: user.team,
      name: user.name,
      is_restricted: false,
      is_ultra_restricted: false,
    },
  };
}

function metadataOf({ metadata }: Message, shown: MetadataShown): JsonObject | undefined {
  if (metadata === undefined || shown === 'whole') return metadata;
  return { event_type: metadata['event_type'] };
}

function threadFields(channel: Channel, message: Message): JsonObject {
  if (message.threadTs !== undefined && isReply(message)) {
    const root = channel.message(message.threadTs);
    const parent = root?.author.kind === 'app' && root.author.username !== undefined ? undefined : root?.author.user;
    return present({ thread_ts: message.threadTs, parent_user_id: root?.isTombstone === true ? 'USLACKBOT' : parent });
  }
  return countsOf(channel, message);
}

function countsOf(channel: Channel, { ts }: Message): JsonObject {
  const replies = channel.repliesTo(ts);
  const last = replies.at(-1);
  if (last === undefined) return {};
  const users = [...new Set(replies.map(({ author }) => replier(author)))];
  return {
    thread_ts: ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    latest_reply: last.ts,
    reply_users: users,
    is_locked: false,
    subscribed: false,
  };
}

function replier(author: Author): string {
  return author.kind === 'app' && author.username === undefined ? author.user : actorOf(author);
}

function rootOf(look: Look, channel: Channel, message: Message): JsonObject | undefined {
  const root = channel.message(message.threadTs ?? '');
  return root === undefined ? undefined : viewMessage(look, channel, root);
}

/** Source: a deleted first message keeps its thread. */
function tombstone(channel: Channel, message: Message): JsonObject {
  return {
    type: 'message',
    subtype: 'tombstone',
    user: 'USLACKBOT',
    text: 'This message was deleted.',
    hidden: true,
    ts: message.ts,
    ...countsOf(channel, message),
  };
}
