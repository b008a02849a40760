import { SlackError } from '../slack-error.js';
import type { Channel } from '../state/channel.js';
import type { JsonObject } from '../state/json.js';
import type { Message } from '../state/message.js';
import { isTimestamp } from '../state/timestamps.js';
import { viewMessage } from '../view/message-view.js';
import { messageIn, ownChannel, reads, writes, type Call, type Methods } from './call.js';

export const pinMethods: Methods = {
  'pins.add': writes(['pins:write'], add),
  'pins.remove': writes(['pins:write'], remove),
  'pins.list': reads(['pins:read'], list),
};

/** Throws SlackError `no_item_specified`, `bad_timestamp`, `message_not_found`. */
function itemOf(call: Call): { readonly channel: Channel; readonly message: Message } {
  const ts = call.input.text('timestamp');
  if (ts === '') throw new SlackError('no_item_specified');
  if (!isTimestamp(ts)) throw new SlackError('bad_timestamp');
  const channel = ownChannel(call, call.input.required('channel'));
  return { channel, message: messageIn(channel, ts) };
}

function add(call: Call): JsonObject {
  const { channel, message } = itemOf(call);
  call.slack.chat.pin(channel, message, call.installation.botUser);
  return {};
}

function remove(call: Call): JsonObject {
  const { channel, message } = itemOf(call);
  call.slack.chat.unpin(channel, message, call.installation.botUser);
  return {};
}

/** The latest first. */
function list(call: Call): JsonObject {
  const channel = ownChannel(call, call.input.required('channel'));
  const items = [...channel.pins].toReversed().flatMap(([ts, { user, atSeconds }]) => {
    const message = channel.message(ts);
    if (message === undefined) return [];
    const shown = viewMessage(call.slack.look(), channel, message);
    return [{ type: 'message', channel: channel.id, created: atSeconds, created_by: user, message: shown }];
  });
  return { items };
}
