import {
  type BridgeError,
  LoginRefused,
  MessageRefused,
  NetworkUnavailable,
  RateLimited,
  RoomClosed,
  type RoomClosedReason,
  TargetGone,
  Uneditable,
} from '../../model/errors.js';
import { type TransportFailure, unavailable } from '../../http/transport-failure.js';

/** Whether the request changes something: only then an unknown outcome matters. */
export type Act = 'read' | 'write';

/** What an answer that is no success says. Slack answers most refusals with 200. */
export interface Refusal {
  readonly status: number;
  /** `error` of the answer, a word such as `channel_not_found`; empty where it is none of Slack's. */
  readonly error: string;
  /** `needed` of `missing_scope`. */
  readonly needed?: string | undefined;
  /** What a read was about; by default the app itself. */
  readonly about?: 'app' | 'channel' | 'other';
  /** What `response_metadata.messages` says of what is wrong with the arguments. */
  readonly details?: readonly string[] | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Where Slack asks for a pause without saying how long. */
const defaultPauseMs = 5_000;
const mostDetails = 300;
/** A proxy gave up waiting: Slack may still be at it. */
const proxyTimeouts: ReadonlySet<number> = new Set([408, 504]);

export function transportError(act: Act, failure: TransportFailure): BridgeError {
  return unavailable('Slack', act, failure);
}

/** An answer that says nothing of what was asked for. */
export function brokenAnswer(act: Act, said: string, status = 200, cause?: unknown): BridgeError {
  const unknown = proxyTimeouts.has(status) ? 'unknownAfterTimeout' : 'unknownAfterDisconnect';
  return new NetworkUnavailable(`Slack answered ${said}`, { certainty: act === 'write' ? unknown : 'notSent', cause });
}

/** Every refusing answer, as an error. */
export function refusalError(act: Act, refusal: Refusal): BridgeError {
  const { status, error } = refusal;
  const said = saidBy(refusal);
  if (status === 429 || pauses.has(error)) {
    return new RateLimited(`Slack asks for a pause (${said})`, { afterMs: refusal.retryAfterMs ?? defaultPauseMs });
  }
  if (error === '') return brokenAnswer(act, said, status);
  if (logins.has(error)) return new LoginRefused(`Slack refused the token (${said})`);
  if (error === 'missing_scope') return scopeError(act, refusal);
  const reason = closed.get(error);
  if (reason !== undefined) return new RoomClosed(`the channel does not let us (${said})`, reason);
  if (unheard.has(error)) return new NetworkUnavailable(`Slack answered ${said}`, { certainty: 'notSent' });
  if (uneditable.has(error))
    return new Uneditable(`it cannot be changed any more, or somebody else wrote it (${said})`);
  if (gone.has(error)) return new TargetGone(`it is gone (${said})`);
  if (troubles.has(error) || status >= 500) return brokenAnswer(act, said, status);
  return act === 'read' ? brokenAnswer(act, said, status) : new MessageRefused(`Slack refused it (${said})`);
}

/**
 * The scopes of the manifest are looked at whenever the app logs in. One that a read needs beyond them is about that one thing: a
 * private conversation, for example, which the app need not know.
 */
function scopeError(act: Act, { needed = 'a scope', about = 'app' }: Refusal): BridgeError {
  if (act === 'write' || about === 'app') return missingScope(needed);
  const message = `the app may not read it: it lacks ${needed}`;
  if (about === 'channel') return new RoomClosed(message, 'noPermission');
  return new NetworkUnavailable(message, { certainty: 'notSent' });
}

function saidBy({ status, error, details = [] }: Refusal): string {
  const more = details.join('; ').slice(0, mostDetails).toWellFormed();
  return [error === '' ? String(status) : error, ...(more === '' ? [] : [more])].join(': ');
}

/** Answers that mean that the reaction is as it should be. */
export const alreadySo: readonly string[] = ['already_reacted', 'no_reaction'];

/**
 * The words of the Web API, by what they mean for a lane. What is nowhere here is refused for what the one request says:
 * `msg_too_long`, `invalid_blocks`, `too_many_reactions` … Source: docs.slack.dev, the methods' tables of errors.
 */
const pauses: ReadonlySet<string> = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

const logins: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'team_access_not_granted',
  'two_factor_setup_required',
  'accesslimited',
  'enterprise_is_restricted',
]);

const uneditable: ReadonlySet<string> = new Set(['edit_window_closed', 'cant_update_message']);

const closed: ReadonlyMap<string, RoomClosedReason> = new Map([
  // Of a private channel that we are not in Slack says the same.
  ['channel_not_found', 'gone'],
  ['not_in_channel', 'notJoined'],
  ['user_not_in_channel', 'notJoined'],
  ['is_archived', 'archived'],
  ['is_inactive', 'archived'],
  ['restricted_action_read_only_channel', 'readOnly'],
  ['posting_to_general_channel_denied', 'readOnly'],
  ['restricted_action', 'noPermission'],
  ['restricted_action_thread_only_channel', 'noPermission'],
  ['no_permission', 'noPermission'],
  ['access_denied', 'noPermission'],
  ['ekm_access_denied', 'noPermission'],
]);

/** What the request is about is no longer there. */
const gone: ReadonlySet<string> = new Set(['message_not_found', 'thread_not_found', 'file_not_found', 'file_deleted']);

/** Slack had not begun: the workspace is being moved, or the request did not come whole. */
const unheard: ReadonlySet<string> = new Set([
  'request_timeout',
  'org_login_required',
  'team_added_to_org',
  'external_channel_migrating',
]);

/** Slack's own trouble: by its words some of it may have been done. */
const troubles: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'service_unavailable',
  'update_failed',
  'method_timeout',
]);

/** It names the scope that somebody has to add: nothing comes through until then. */
export function missingScope(needed: string): BridgeError {
  return new LoginRefused(`the app lacks ${needed}: install it again with the scopes of its manifest`);
}

/** A refused login is not tried again before somebody connects anew. */
export function loginClosed(): BridgeError {
  return new LoginRefused('the token was refused before; not asked again');
}

/** `afterMs`: when it is looked again whether there is another installation, without asking Slack. */
export function loginRefused(message: string, afterMs?: number): BridgeError {
  return new LoginRefused(message, afterMs === undefined ? {} : { afterMs });
}

/** `url`: where the public listener is reached; `afterMs`: when it is looked again whether the app was installed. */
export function notInstalled({ url = '', afterMs }: { url?: string | undefined; afterMs?: number } = {}): BridgeError {
  const address = `${url}/slack/install`;
  return new LoginRefused(`the app is not installed yet: see ${address}, or set botToken`, {
    remedy: `Start Crosstalk, and open ${address} in a browser.`,
    ...(afterMs === undefined ? {} : { afterMs }),
  });
}

export function pausedError(afterMs: number): BridgeError {
  return new RateLimited('Slack asked for a pause that is not over', { afterMs });
}

export function roomClosed(message: string, reason: RoomClosedReason): RoomClosed {
  return new RoomClosed(message, reason);
}

export function notAMessage(): BridgeError {
  return new TargetGone('not a message of Slack');
}

/** Of what Slack has no way to show nothing is left to do. */
export function cannotShow(what: string): BridgeError {
  return new TargetGone(what);
}

/** Whether a message is in the channel could not be seen: there is too much to read. */
export function hiddenMessages(): BridgeError {
  return new NetworkUnavailable('the channel has too many messages since then to look for one', {
    certainty: 'notSent',
  });
}

export function unknownEmoji(emoji: string): BridgeError {
  return new TargetGone(`the workspace has no emoji ${emoji}`);
}

export function privateConversation(id: string): BridgeError {
  return new RoomClosed(`${id} is a private conversation: only channels can be linked`, 'gone');
}

export function noRoom(text: string): BridgeError {
  return new RoomClosed(`not a Slack channel: ${text}`, 'gone');
}

/** Slack has no files without contents. */
export function emptyFile(): BridgeError {
  return new MessageRefused('it is empty');
}

/** Files were shared, and their message is not told yet. */
export function notShownYet(): BridgeError {
  return new NetworkUnavailable('Slack does not show the files yet', { certainty: 'unknownAfterTimeout' });
}

export function fileGone(): BridgeError {
  return new TargetGone('there is no such file');
}
