import { SlackError } from '../slack-error.js';
import { checkedBlocks } from '../state/block-rules.js';
import type { Channel } from '../state/channel.js';
import { isObject, objectsIn, type JsonObject } from '../state/json.js';
import { isReply, type Author, type Content, type Message } from '../state/message.js';
import { isTimestamp } from '../state/timestamps.js';
import { viewMessage } from '../view/message-view.js';
import {
  botAuthor,
  messageIn,
  ownChannel,
  visibleChannel,
  visibleUser,
  writes,
  reads,
  type Call,
  type Methods,
} from './call.js';

/** Source: https://docs.slack.dev/reference/methods/chat.update */
const longestUpdate = 4000;
const longestText = 40_000;
const mostAttachments = 100;
const largestMetadataBytes = 16_000;

export const chatMethods: Methods = {
  'chat.postMessage': writes(['chat:write'], post),
  'chat.update': writes(['chat:write'], update),
  'chat.delete': writes(['chat:write'], remove),
  'chat.postEphemeral': writes(['chat:write'], postEphemeral),
  'chat.meMessage': writes(['chat:write'], sayOfMe),
  'chat.getPermalink': reads([], permalink),
};

function post(call: Call): JsonObject {
  const channel = channelToWrite(call, call.input.required('channel'));
  const threadTs = call.input.optional('thread_ts');
  const content = contentOf(call);
  checkThread(channel, threadTs);
  const message = call.slack.chat.say(channel, speaker(call), content, {
    isBroadcast: call.input.flag('reply_broadcast'),
    ...(threadTs === undefined ? {} : { threadTs }),
  });
  return { channel: channel.id, ts: message.ts, message: viewMessage(call.slack.look(), channel, message) };
}

/** The channel, by id or name, or somebody's direct messages. Throws SlackError. */
function channelToWrite(call: Call, named: string): Channel {
  const channel = visibleChannel(call, idOf(call, named));
  const isMember = channel.members.has(call.installation.botUser);
  if (!isMember && !call.installation.scopes.includes('chat:write.public')) throw new SlackError('not_in_channel');
  if (channel.isArchived) throw new SlackError('is_archived');
  return channel;
}

function idOf(call: Call, named: string): string {
  const { slack, installation } = call;
  if (/^[UW][A-Z0-9]+$/.test(named) && slack.workspaces.user(named) !== undefined) {
    const bot = visibleUser(call, installation.botUser);
    return slack.conversations.openDirect(installation.team, [bot, visibleUser(call, named)]).channel.id;
  }
  const name = named.replace(/^#/, '');
  const byName = slack.conversations
    .of(installation.team)
    .find((channel) => channel.name === name && (channel.kind === 'public' || channel.kind === 'private'));
  return slack.conversations.get(named)?.id ?? byName?.id ?? named;
}

/**
 * What is said in a thread that is gone is said in the channel instead, without a word; an id that is none is refused.
 * Source: https://github.com/slack-go/slack/issues/1571
 */
function checkThread(channel: Channel, threadTs: string | undefined): void {
  if (threadTs === undefined) return;
  if (!isTimestamp(threadTs) || Number(threadTs) === 0) {
    const said = `[ERROR] ${threadTs} is not a valid thread_ts`;
    throw new SlackError('invalid_thread_ts', { response_metadata: { messages: [said] } });
  }
  const message = channel.message(threadTs);
  if (message?.subtype !== undefined && message.subtype !== 'me_message') {
    throw new SlackError('cannot_reply_to_message');
  }
}

/** The app, under a name and with a picture of the moment where it may. Without the scope for that they are ignored. */
function speaker(call: Call): Author {
  const { input } = call;
  const author = botAuthor(call);
  if (!call.installation.scopes.includes('chat:write.customize')) return author;
  const username = input.optional('username');
  const iconUrl = input.optional('icon_url');
  const iconEmoji = input.optional('icon_emoji');
  const icons =
    iconEmoji === undefined
      ? iconUrl === undefined
        ? undefined
        : { image_36: iconUrl, image_48: iconUrl, image_72: iconUrl }
      : { emoji: `:${iconEmoji.replaceAll(':', '')}:` };
  return {
    ...author,
    ...(username === undefined ? {} : { username }),
    ...(icons === undefined ? {} : { icons }),
  };
}

/** Throws SlackError `no_text`, `invalid_blocks`, `too_many_attachments`, `invalid_metadata_format` … */
function contentOf(call: Call): Content {
  const { input } = call;
  const markdown = input.optional('markdown_text');
  const text = input.text('text');
  if (markdown !== undefined && (text !== '' || input.has('blocks'))) throw new SlackError('markdown_text_conflict');
  const blocks = markdown === undefined ? blocksOf(call) : checkedBlocks([{ type: 'markdown', text: markdown }]);
  const attachments = attachmentsOf(call);
  const metadata = metadataOf(call);
  if (text.trim() === '' && (blocks ?? []).length === 0 && (attachments ?? []).length === 0) {
    throw new SlackError('no_text');
  }
  return {
    text,
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(metadata === undefined || Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
}

function blocksOf({ input }: Call): readonly JsonObject[] | undefined {
  return (input.has('blocks') && input.text('blocks') !== '') || Array.isArray(input.parts('blocks'))
    ? checkedBlocks(input.parts('blocks'))
    : undefined;
}

function attachmentsOf({ input }: Call): readonly JsonObject[] | undefined {
  const given = input.parts('attachments');
  if (!Array.isArray(given)) return undefined;
  if (given.length > mostAttachments) throw new SlackError('too_many_attachments');
  return objectsIn(given).map((attachment, at) => ({ id: at + 1, ...attachment }));
}

/** Undefined where it is not given; empty to take away what is there. */
function metadataOf({ input }: Call): JsonObject | undefined {
  if (!input.has('metadata')) return undefined;
  const metadata = input.parts('metadata');
  if (!isObject(metadata)) throw new SlackError('invalid_metadata_format');
  if (Object.keys(metadata).length === 0) return {};
  if (typeof metadata['event_type'] !== 'string' || !isObject(metadata['event_payload'])) {
    throw new SlackError('invalid_metadata_format');
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > largestMetadataBytes) throw new SlackError('metadata_too_large');
  return { event_type: metadata['event_type'], event_payload: metadata['event_payload'] };
}

function update(call: Call): JsonObject {
  const { input, slack } = call;
  const channel = visibleChannel(call, input.required('channel'));
  const ts = input.required('ts');
  const message = messageIn(channel, ts);
  requireOwn(call, message, 'cant_update_message');
  if (channel.isArchived) throw new SlackError('is_inactive');
  slack.requireEditable(call.installation.team, ts);
  if (input.text('text').length > longestUpdate) throw new SlackError('msg_too_long');
  const blocks = blocksOf(call);
  const attachments = attachmentsOf(call);
  const metadata = metadataOf(call);
  const text = input.optional('text');
  if (text === undefined && blocks === undefined && attachments === undefined) throw new SlackError('no_text');
  slack.chat.edit(channel, message, call.installation.botId, {
    ...(text === undefined ? {} : { text }),
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(metadata === undefined ? {} : { metadata }),
  });
  const shown = viewMessage(slack.look(), channel, message);
  return { channel: channel.id, ts, text: message.text, message: shown };
}

function requireOwn({ installation }: Call, { author, subtype }: Message, otherwise: string): void {
  const isNote = subtype !== undefined && subtype !== 'me_message';
  if (author.kind !== 'app' || author.botId !== installation.botId || isNote) throw new SlackError(otherwise);
}

function remove(call: Call): JsonObject {
  const channel = visibleChannel(call, call.input.required('channel'));
  const ts = call.input.required('ts');
  const message = messageIn(channel, ts);
  requireOwn(call, message, 'cant_delete_message');
  call.slack.chat.remove(channel, message, call.installation.botId);
  return { channel: channel.id, ts };
}

function postEphemeral(call: Call): JsonObject {
  const { input, slack } = call;
  const channel = visibleChannel(call, input.required('channel'));
  const user = input.required('user');
  if (channel.isArchived) throw new SlackError('is_archived');
  if (!channel.members.has(call.installation.botUser)) throw new SlackError('not_in_channel');
  if (!channel.members.has(user)) throw new SlackError('user_not_in_channel');
  if (input.text('text').length > longestText) throw new SlackError('msg_too_long');
  const { text, blocks = [] } = contentOf(call);
  const threadTs = input.optional('thread_ts');
  const ts = slack.timestamps.next();
  slack.ephemerals.show({
    ts,
    channel: channel.id,
    user,
    botId: call.installation.botId,
    text,
    blocks,
    ...(threadTs === undefined ? {} : { threadTs }),
  });
  return { message_ts: ts };
}

function sayOfMe(call: Call): JsonObject {
  const channel = ownChannel(call, call.input.required('channel'));
  const text = call.input.text('text');
  if (channel.isArchived) throw new SlackError('is_archived');
  if (text === '') throw new SlackError('no_text');
  if (text.length > longestText) throw new SlackError('msg_too_long');
  const message = call.slack.chat.say(channel, botAuthor(call), { text }, { subtype: 'me_message' });
  return { channel: channel.id, ts: message.ts };
}

function permalink(call: Call): JsonObject {
  const channel = visibleChannel(call, call.input.required('channel'));
  const message = messageIn(channel, call.input.required('message_ts'));
  const { domain } = call.slack.workspace(call.installation.team);
  const inThread =
    message.threadTs !== undefined && isReply(message) ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : '';
  const address = `https://${domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}${inThread}`;
  return { channel: channel.id, permalink: address };
}
