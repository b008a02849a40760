import {
  Abandoned,
  LoginRefused,
  MessageRefused,
  NetworkUnavailable,
  RateLimited,
  RoomClosed,
  TargetGone,
  type BridgeError,
  type Certainty,
} from '../../model/errors.js';

/** Whether the request changes something: only then an unknown outcome matters. */
export type Act = 'read' | 'write';

/** How an exchange failed below HTTP. */
export interface TransportFailure {
  readonly how: 'broken' | 'timeout' | 'aborted' | 'tooLarge';
  /** Whether the request began to go out. */
  readonly wentOut: boolean;
  readonly cause: unknown;
}

/** What a refusing answer says. */
export interface Refusal {
  readonly status: number;
  /** `data.error` of the answer, a word such as `reply-to`; empty where there is none. */
  readonly word: string;
  /** `meta.statuscode` of an OCS answer. */
  readonly ocsStatus: number | undefined;
  /** Whether the answer is a web page: then something else than Talk answered. */
  readonly isPage: boolean;
  readonly retryAfterMs: number | undefined;
}

const unknownRoute = 998;
const defaultPauseMs = 30_000;

export function transportError(act: Act, failure: TransportFailure): BridgeError {
  const certainty = certaintyAfter(act, failure);
  switch (failure.how) {
    case 'aborted':
      return new Abandoned('gave up waiting for Talk', { certainty, cause: failure.cause });
    case 'timeout':
      return new NetworkUnavailable('Talk did not answer in time', { certainty, cause: failure.cause });
    case 'tooLarge':
      return new NetworkUnavailable('the answer of Talk is too large', { certainty, cause: failure.cause });
    case 'broken':
      return new NetworkUnavailable('the connection to Talk broke', { certainty, cause: failure.cause });
  }
}

function certaintyAfter(act: Act, { how, wentOut }: TransportFailure): Certainty {
  if (act === 'read' || !wentOut) return 'notSent';
  // An abort closes our end only: the server may go on.
  return how === 'timeout' || how === 'aborted' ? 'unknownAfterTimeout' : 'unknownAfterDisconnect';
}

/** An answer with a status of success that is not what was asked for. */
export function brokenAnswer(act: Act, what: string, cause?: unknown): BridgeError {
  return new NetworkUnavailable(`Talk answered ${what}`, { certainty: certaintyOfBroken(act), cause });
}

function certaintyOfBroken(act: Act): Certainty {
  return act === 'read' ? 'notSent' : 'unknownAfterDisconnect';
}

/** Every status that is not a success, as an error. */
export function refusalError(act: Act, refusal: Refusal): BridgeError {
  const { status } = refusal;
  const said = refusal.word === '' ? `${status}` : `${status} ${refusal.word}`;
  if (status === 401) return new LoginRefused(`Talk refused the login (${said})`);
  if (status === 429) {
    return new RateLimited(`Talk asks for a pause (${said})`, { afterMs: refusal.retryAfterMs ?? defaultPauseMs });
  }
  // A proxy's page, or a server whose Talk is switched off or just being updated, says nothing of the room.
  if (refusal.isPage || refusal.ocsStatus === unknownRoute || status >= 500 || status < 400) {
    return brokenAnswer(act, said);
  }
  switch (status) {
    case 400:
    case 413:
      return act === 'read' ? brokenAnswer(act, said) : new MessageRefused(`Talk refused it (${said})`);
    case 403:
      return new RoomClosed(`the room does not let us (${said})`, 'noPermission');
    case 404:
      // With a word the room is there, and what the request is about is not.
      if (act === 'write' && refusal.word !== '') return new TargetGone(`it is gone (${said})`);
      return new RoomClosed(`the room is gone, or we are no member of it (${said})`, 'gone');
    case 405:
      return new TargetGone(`it can no longer be changed (${said})`);
    case 412:
      return new RoomClosed(`the lobby is closed (${said})`, 'lobby');
    default:
      return act === 'read' ? brokenAnswer(act, said) : new MessageRefused(`Talk refused it (${said})`);
  }
}

/** A refused login is not tried again before somebody connects anew: each try counts as an attack on the account. */
export function loginClosed(): BridgeError {
  return new LoginRefused('the login was refused before; not asked again');
}

export function pausedError(afterMs: number): BridgeError {
  return new RateLimited('Talk slows this address down', { afterMs });
}

/** Asking again and again for a room that is gone counts as an attack too. */
export function deadRoom(): BridgeError {
  return new RoomClosed('the room is gone; not asked again yet', 'gone');
}

export function notJoined(message: string): BridgeError {
  return new RoomClosed(message, 'notJoined');
}

export function readOnlyRoom(cause: unknown): BridgeError {
  return new RoomClosed('the room is read-only', 'readOnly', { cause });
}

export function hiddenMessages(): BridgeError {
  return new NetworkUnavailable('the server shows later messages and hides those between', { certainty: 'notSent' });
}

export function fileGone(): BridgeError {
  return new TargetGone('there is no such file');
}

export function talkMissing(): BridgeError {
  return new NetworkUnavailable('the server has no Talk for this account', { certainty: 'notSent' });
}
