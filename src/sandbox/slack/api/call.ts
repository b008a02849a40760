import type { SandboxRequest } from '../../http-server.js';
import { SlackError } from '../slack-error.js';
import type { Installation } from '../state/apps.js';
import type { Channel } from '../state/channel.js';
import type { JsonObject } from '../state/json.js';
import type { Author, Message } from '../state/message.js';
import type { SlackState } from '../state/slack-state.js';
import { isTimestamp } from '../state/timestamps.js';
import { slackbot, type User } from '../state/workspace.js';
import type { Input } from './input.js';

/** A call that carries no token of a bot. */
export interface OpenCall {
  readonly slack: SlackState;
  readonly request: SandboxRequest;
  readonly input: Input;
  /** Empty where there is none. */
  readonly token: string;
}

/** A call of an app that is installed in a workspace. */
export interface Call extends OpenCall {
  readonly installation: Installation;
}

/** What stands beside `ok: true`. */
export type Answer = JsonObject | Promise<JsonObject>;

interface MethodBase {
  /** Methods that only read take arguments in the query or a form alone. */
  readonly json: 'taken' | 'ignored';
}

export type Method =
  | (MethodBase & { readonly open: true; readonly handle: (call: OpenCall) => Answer })
  | (MethodBase & {
      readonly open: false;
      /** One of them is needed; none: anybody's. */
      readonly scopes: readonly string[];
      readonly handle: (call: Call) => Answer;
    });

export type Methods = Readonly<Record<string, Method>>;

/** A method that changes something. */
export function writes(scopes: readonly string[], handle: (call: Call) => Answer): Method {
  return { open: false, json: 'taken', scopes, handle };
}

/** A method that only reads. */
export function reads(scopes: readonly string[], handle: (call: Call) => Answer): Method {
  return { open: false, json: 'ignored', scopes, handle };
}

/** Throws SlackError `missing_scope` unless the app has one of them. */
export function requireScope({ installation }: Pick<Call, 'installation'>, oneOf: readonly string[]): void {
  if (oneOf.length === 0 || oneOf.some((scope) => installation.scopes.includes(scope))) return;
  throw new SlackError('missing_scope', { needed: oneOf.join(','), provided: installation.scopes.join(',') });
}

const families = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' } as const;

/** Throws SlackError `missing_scope` unless the app has the scope for that kind of channel: `history` is `channels:history` … */
export function requireChannelScope(call: Call, channel: Channel, act: 'read' | 'history'): void {
  requireScope(call, [`${families[channel.kind]}:${act}`]);
}

/** A channel that the app may know of. Throws SlackError `channel_not_found`. */
export function visibleChannel(call: Call, id: string): Channel {
  const channel = call.slack.conversations.get(id);
  if (channel === undefined || !channel.teams.has(call.installation.team)) throw new SlackError('channel_not_found');
  const isMember = channel.members.has(call.installation.botUser);
  if (channel.kind !== 'public' && !isMember) throw new SlackError('channel_not_found');
  return channel;
}

/** A channel that the app is in. Throws SlackError `channel_not_found`, `not_in_channel`. */
export function ownChannel(call: Call, id: string): Channel {
  const channel = visibleChannel(call, id);
  if (!channel.members.has(call.installation.botUser)) throw new SlackError('not_in_channel');
  return channel;
}

/** Throws SlackError `message_not_found`. */
export function messageIn(channel: Channel, ts: string): Message {
  const message = isTimestamp(ts) ? channel.message(ts) : undefined;
  if (message === undefined || message.isTombstone) throw new SlackError('message_not_found');
  return message;
}

/** Somebody whom the app may see: of its workspace, or of one that shares a channel. Throws SlackError `user_not_found`. */
export function visibleUser({ slack, installation }: Call, id: string): User {
  if (id === 'USLACKBOT') return slackbot(installation.team);
  const user = slack.workspaces.user(id);
  if (user === undefined) throw new SlackError('user_not_found');
  if (user.team === installation.team) return user;
  const isMet = slack.conversations.of(installation.team).some(({ members }) => members.has(id));
  if (!isMet) throw new SlackError('user_not_found');
  return user;
}

export function botAuthor({ installation }: Pick<Call, 'installation'>): Extract<Author, { kind: 'app' }> {
  const { team, botId, botUser, app } = installation;
  return { kind: 'app', user: botUser, team, botId, appId: app.id };
}
