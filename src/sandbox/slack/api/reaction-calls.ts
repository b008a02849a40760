import { SlackError } from '../slack-error.js';
import type { Channel } from '../state/channel.js';
import { isKnownEmoji } from '../state/emoji.js';
import type { JsonObject } from '../state/json.js';
import type { Message } from '../state/message.js';
import { isTimestamp } from '../state/timestamps.js';
import { reactionsOf, viewMessage } from '../view/message-view.js';
import { messageIn, ownChannel, reads, visibleChannel, writes, type Call, type Methods } from './call.js';

export const reactionMethods: Methods = {
  'reactions.add': writes(['reactions:write'], add),
  'reactions.remove': writes(['reactions:write'], remove),
  'reactions.get': reads(['reactions:read'], get),
};

function itemOf(call: Call): { readonly channel: Channel; readonly message: Message } {
  const { input } = call;
  const ts = input.text('timestamp');
  if (input.text('channel') === '' || ts === '') throw new SlackError('no_item_specified');
  if (!isTimestamp(ts)) throw new SlackError('bad_timestamp');
  const channel = ownChannel(call, input.text('channel'));
  return { channel, message: messageIn(channel, ts) };
}

function nameOf(call: Call): string {
  const name = call.input.required('name').replaceAll(/^:|:$/g, '');
  const custom = call.slack.workspace(call.installation.team).emoji;
  if (!isKnownEmoji(name, custom)) throw new SlackError('invalid_name');
  return name;
}

function add(call: Call): JsonObject {
  const name = nameOf(call);
  const { channel, message } = itemOf(call);
  if (channel.isArchived) throw new SlackError('is_archived');
  call.slack.chat.react(channel, message, call.installation.botUser, name);
  return {};
}

function remove(call: Call): JsonObject {
  const name = nameOf(call);
  const { channel, message } = itemOf(call);
  call.slack.chat.unreact(channel, message, call.installation.botUser, name);
  return {};
}

function get(call: Call): JsonObject {
  const ts = call.input.text('timestamp');
  if (call.input.text('channel') === '' || ts === '') throw new SlackError('no_item_specified');
  const channel = visibleChannel(call, call.input.text('channel'));
  const message = messageIn(channel, ts);
  const shown = { ...viewMessage(call.slack.look(), channel, message), reactions: reactionsOf(message) };
  return { type: 'message', channel: channel.id, message: shown };
}
