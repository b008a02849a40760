import { z } from 'zod';
import type { SlackClient, Writing } from '../slack.client.js';
import type { SlackTs } from '../slack.ids.js';
import { isObject, type JsonObject } from '../slack.payloads.js';
import { read } from './app.api.js';

const flag = z.boolean().optional().catch(undefined);
const valued = z.object({ value: z.string() }).optional().catch(undefined);
const channel = z.object({
  id: z.string(),
  name: z.string().optional(),
  creator: z.string().optional(),
  is_member: flag,
  is_private: flag,
  is_archived: flag,
  is_im: flag,
  is_mpim: flag,
  topic: valued,
  purpose: valued,
});
export type SlackChannel = z.infer<typeof channel>;

const one = z.object({ channel });
const some = z.object({ channels: z.array(channel) });

/** Which part of a channel is read; both ends belong to it. */
export interface Window {
  /** Absent: from its beginning. */
  readonly oldest?: string;
  readonly latest: string;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined at the end. */
  readonly next: string | undefined;
}

/** The most that Slack gives at once: the fewer pages, the sooner a channel is found. */
const listedAtOnce = 999;

/** Channels: what they are called, who is in, what was said. */
export class ConversationsApi {
  constructor(private readonly client: SlackClient) {}

  /** Undefined where there is none that we may know of. */
  async info(id: string, signal: AbortSignal, timeoutMs?: number): Promise<SlackChannel | undefined> {
    const answer = await this.client.ask({
      method: 'conversations.info',
      args: { channel: id },
      act: 'read',
      accepts: ['channel_not_found'],
      signal,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    return answer['ok'] === true ? read(one, answer).channel : undefined;
  }

  /** Newest first. Replies are not among them. */
  async history(
    id: string,
    window: Window,
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<Page<JsonObject>> {
    return this.#messages('conversations.history', { channel: id, ...windowArgs(window, cursor) }, [], signal);
  }

  /** The thread's first message, then replies, oldest first. Empty where there is no such thread. */
  async replies(
    id: string,
    ts: SlackTs,
    window: Window,
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<Page<JsonObject>> {
    const args = { channel: id, ts, ...windowArgs(window, cursor) };
    return this.#messages('conversations.replies', args, ['thread_not_found'], signal);
  }

  /** Those that we are in. */
  async *ours(signal: AbortSignal): AsyncGenerator<SlackChannel> {
    let cursor: string | undefined;
    do {
      const types = 'public_channel,private_channel';
      const args = { types, ...listArgs(cursor) };
      const answer = await this.client.ask({ method: 'users.conversations', args, act: 'read', signal });
      yield* read(some, answer).channels;
      cursor = cursorIn(answer);
    } while (cursor !== undefined);
  }

  /** The public ones of the workspace; a page may be empty before the end. `lost`: the cursor is not accepted any more. */
  async publicOnes(cursor: string | undefined, signal: AbortSignal): Promise<Page<SlackChannel> | 'lost'> {
    const args = { types: 'public_channel', ...listArgs(cursor) };
    const accepts = cursor === undefined ? [] : ['invalid_cursor'];
    const answer = await this.client.ask({ method: 'conversations.list', args, act: 'read', accepts, signal });
    return answer['ok'] === true ? { items: read(some, answer).channels, next: cursorIn(answer) } : 'lost';
  }

  async join(id: string, signal: AbortSignal): Promise<void> {
    await this.client.ask({ method: 'conversations.join', args: { channel: id }, act: 'write', signal });
  }

  /** `taken`: there is one of that name already. */
  async create(name: string, signal: AbortSignal): Promise<SlackChannel | 'taken'> {
    const call = { method: 'conversations.create', args: { name }, act: 'write', accepts: ['name_taken'] } as const;
    const answer = await this.client.ask({ ...call, signal });
    return answer['ok'] === true ? read(one, answer).channel : 'taken';
  }

  /** `unknown`: there is nobody of that id. */
  async invite(id: string, user: string, signal: AbortSignal): Promise<'invited' | 'unknown'> {
    const accepts = ['already_in_channel', 'cant_invite_self', 'user_not_found', 'users_not_found', 'cant_invite'];
    const args = { channel: id, users: user };
    const answer = await this.client.ask({ method: 'conversations.invite', args, act: 'write', accepts, signal });
    return ['user_not_found', 'users_not_found', 'cant_invite'].includes(String(answer['error']))
      ? 'unknown'
      : 'invited';
  }

  async setTopic(id: string, topic: string, writing: Writing): Promise<void> {
    await this.client.ask({ method: 'conversations.setTopic', args: { channel: id, topic }, act: 'write', ...writing });
  }

  /** `notOurs`: somebody else made the channel, and so may rename it. */
  async rename(id: string, name: string, writing: Writing): Promise<'renamed' | 'notOurs'> {
    const accepts = ['not_authorized'];
    const args = { channel: id, name };
    const answer = await this.client.ask({ method: 'conversations.rename', args, act: 'write', accepts, ...writing });
    return answer['ok'] === true ? 'renamed' : 'notOurs';
  }

  async #messages(
    method: string,
    args: JsonObject,
    accepts: readonly string[],
    signal: AbortSignal,
  ): Promise<Page<JsonObject>> {
    const answer = await this.client.ask({ method, args, act: 'read', accepts, signal });
    const messages = answer['messages'];
    return { items: Array.isArray(messages) ? messages.filter(isObject) : [], next: cursorIn(answer) };
  }
}

function listArgs(cursor: string | undefined): JsonObject {
  return { exclude_archived: true, limit: listedAtOnce, ...(cursor === undefined ? {} : { cursor }) };
}

function windowArgs({ oldest, latest, limit }: Window, cursor: string | undefined): JsonObject {
  const more = cursor === undefined ? {} : { cursor };
  const from = oldest === undefined ? {} : { oldest };
  return { ...from, latest, limit, inclusive: true, include_all_metadata: true, ...more };
}

/** Where the next page begins; undefined at the end. */
export function cursorIn(answer: JsonObject): string | undefined {
  const metadata = answer['response_metadata'];
  const cursor = isObject(metadata) ? metadata['next_cursor'] : undefined;
  return typeof cursor === 'string' && cursor !== '' ? cursor : undefined;
}
