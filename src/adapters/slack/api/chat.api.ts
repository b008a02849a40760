import type { DeliveryKey } from '../../../model/ids.js';
import type { SlackClient, Writing } from '../slack.client.js';
import { alreadySo, brokenAnswer } from '../slack.errors.js';
import { isTs, metadataOf, type SlackTs } from '../slack.ids.js';
import { type SlackText, withKey } from '../to-slack.js';
import { isObject, type JsonObject } from '../slack.payloads.js';

/** In whose name, and where, a message stands. */
export interface PostPlace {
  readonly channel: string;
  readonly username?: string | undefined;
  readonly iconUrl?: string | undefined;
  /** The first message of the thread that it is said in. */
  readonly thread?: SlackTs | undefined;
  /** The channel shows it too. */
  readonly isBroadcast?: boolean;
}

/** Nothing in a text is to be read as a mention or an address: what is one is an element. */
const asWritten = { parse: 'none', link_names: false } as const;

/** Messages and reactions, as they are made, changed and taken away. */
export class ChatApi {
  constructor(private readonly client: SlackClient) {}

  async post(place: PostPlace, text: SlackText, key: DeliveryKey, writing: Writing): Promise<SlackTs> {
    const { channel, username, iconUrl, thread, isBroadcast = false } = place;
    const args = {
      channel,
      ...shown(text, key),
      // As what people say themselves is shown.
      unfurl_links: true,
      unfurl_media: true,
      ...(username === undefined ? {} : { username }),
      ...(iconUrl === undefined ? {} : { icon_url: iconUrl }),
      ...(thread === undefined ? {} : { thread_ts: thread, ...(isBroadcast ? { reply_broadcast: true } : {}) }),
    };
    const answer = await this.client.ask({
      method: 'chat.postMessage',
      args,
      act: 'write',
      place: channel,
      ...writing,
    });
    const { ts } = answer;
    if (typeof ts !== 'string' || !isTs(ts)) throw brokenAnswer('write', 'without the ts of what was posted');
    return ts as SlackTs;
  }

  async update(channel: string, ts: SlackTs, text: SlackText, key: DeliveryKey, writing: Writing): Promise<void> {
    const args = { channel, ts, ...shown(text, key) };
    await this.client.ask({ method: 'chat.update', args, act: 'write', ...writing });
  }

  async delete(channel: string, ts: SlackTs, writing: Writing): Promise<void> {
    await this.client.ask({ method: 'chat.delete', args: { channel, ts }, act: 'write', ...writing });
  }

  /** Shown to one member alone. */
  async whisper(channel: string, user: string, text: string, writing: Writing): Promise<void> {
    const args = { channel, user, text };
    await this.client.ask({ method: 'chat.postEphemeral', args, act: 'write', place: channel, ...writing });
  }

  /** Says it to one member, in the app's own conversation with them. */
  async tell(user: string, text: string, writing: Writing): Promise<void> {
    await this.client.ask({ method: 'chat.postMessage', args: { channel: user, text }, act: 'write', ...writing });
  }

  /** The address of a message, with the thread that it is in; undefined where Slack shows none. */
  async addressOf(channel: string, ts: SlackTs, signal: AbortSignal): Promise<string | undefined> {
    const args = { channel, message_ts: ts };
    const accepts = ['message_not_found', 'channel_not_found', 'not_in_channel'];
    const answer = await this.client.ask({ method: 'chat.getPermalink', args, act: 'read', accepts, signal });
    return typeof answer['permalink'] === 'string' ? answer['permalink'] : undefined;
  }

  async react(channel: string, ts: SlackTs, name: string, writing: Writing): Promise<void> {
    await this.#reaction('reactions.add', channel, ts, name, writing);
  }

  async unreact(channel: string, ts: SlackTs, name: string, writing: Writing): Promise<void> {
    await this.#reaction('reactions.remove', channel, ts, name, writing);
  }

  async pin(channel: string, ts: SlackTs, writing: Writing): Promise<void> {
    const args = { channel, timestamp: ts };
    await this.client.ask({ method: 'pins.add', args, act: 'write', accepts: ['already_pinned'], ...writing });
  }

  async unpin(channel: string, ts: SlackTs, writing: Writing): Promise<void> {
    const args = { channel, timestamp: ts };
    await this.client.ask({ method: 'pins.remove', args, act: 'write', accepts: ['no_pin', 'not_pinned'], ...writing });
  }

  /** The reactions to a message, with everybody who gave one; undefined where it is gone. */
  async reactionsTo(channel: string, ts: SlackTs, signal: AbortSignal): Promise<unknown> {
    const args = { channel, timestamp: ts, full: true };
    const accepts = ['message_not_found', 'no_item_specified'];
    const { message } = await this.client.ask({ method: 'reactions.get', args, act: 'read', accepts, signal });
    return isObject(message) ? (message['reactions'] ?? []) : undefined;
  }

  /** What is so already is as it should be. */
  async #reaction(method: string, channel: string, ts: SlackTs, name: string, writing: Writing): Promise<void> {
    const args = { channel, timestamp: ts, name };
    await this.client.ask({ method, args, act: 'write', accepts: alreadySo, ...writing });
  }
}

function shown(text: SlackText, key: DeliveryKey): JsonObject {
  return { ...withKey(text, key), metadata: metadataOf(key), ...asWritten };
}
