import type { Channel } from '../state/channel.js';
import type { JsonObject } from '../state/json.js';
import type { Message } from '../state/message.js';
import { actorOf } from '../state/message.js';
import { channelType } from './channel-view.js';
import type { Look } from './look.js';
import { viewMessage } from './message-view.js';

/** Of something that was said. */
export function saidEvent(look: Look, channel: Channel, message: Message): JsonObject {
  return {
    ...viewMessage(look, channel, message, { place: 'event' }),
    channel: channel.id,
    event_ts: message.ts,
    channel_type: channelType(channel),
  };
}

/** Of a message in a new form; `previous` is how it was shown before. */
export function changedEvent(
  look: Look,
  channel: Channel,
  change: { readonly message: Message; readonly previous: JsonObject; readonly ts: string },
): JsonObject {
  return {
    type: 'message',
    subtype: 'message_changed',
    message: viewMessage(look, channel, change.message),
    previous_message: change.previous,
    channel: channel.id,
    hidden: true,
    ts: change.ts,
    event_ts: change.ts,
    channel_type: channelType(channel),
  };
}

export function deletedEvent(
  channel: Channel,
  deletion: { readonly deletedTs: string; readonly previous: JsonObject; readonly ts: string },
): JsonObject {
  return {
    type: 'message',
    subtype: 'message_deleted',
    previous_message: deletion.previous,
    channel: channel.id,
    hidden: true,
    deleted_ts: deletion.deletedTs,
    ts: deletion.ts,
    event_ts: deletion.ts,
    channel_type: channelType(channel),
  };
}

export function reactionEvent(
  channel: Channel,
  reaction: {
    readonly type: 'reaction_added' | 'reaction_removed';
    readonly user: string;
    readonly name: string;
    readonly message: Message;
    readonly ts: string;
  },
): JsonObject {
  const { type, user, name, message, ts } = reaction;
  const { author } = message;
  const isNameless = author.kind === 'app' && author.username !== undefined;
  return {
    type,
    user,
    reaction: name,
    item: { type: 'message', channel: channel.id, ts: message.ts },
    ...(isNameless ? {} : { item_user: author.kind === 'app' ? author.user : actorOf(author) }),
    event_ts: ts,
  };
}

/** Source: https://docs.slack.dev/reference/events/pin_added */
export function pinEvent(
  look: Look,
  channel: Channel,
  pin: {
    readonly type: 'pin_added' | 'pin_removed';
    readonly user: string;
    readonly message: Message;
    readonly ts: string;
  },
): JsonObject {
  const { type, user, message, ts } = pin;
  const seconds = Math.floor(Number(ts));
  const shown = viewMessage(look, channel, message);
  return {
    type,
    user,
    channel_id: channel.id,
    item: { type: 'message', channel: channel.id, message: shown, created: seconds, created_by: user },
    item_user: actorOf(message.author),
    pin_count: channel.pins.size,
    ...(type === 'pin_added' ? {} : { has_pins: channel.pins.size > 0 }),
    event_ts: ts,
  };
}

/** Beside the message itself, to whom it mentions. */
export function mentionEvent(look: Look, channel: Channel, message: Message): JsonObject {
  const { hidden: _hidden, ...shown } = viewMessage(look, channel, message, { place: 'event' });
  return { ...shown, type: 'app_mention', channel: channel.id, event_ts: message.ts };
}
