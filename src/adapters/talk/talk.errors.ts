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
  /** `data.error` of the answer, a word such as `reply-to`, or its sentence; empty where there is none. */
  readonly word: string;
  /** `data` is null: the endpoint itself refused. Where we are kept out of the room, it is an empty list. */
  readonly isOfEndpoint: boolean;
  /** `meta.statuscode` of an OCS answer. */
  readonly ocsStatus: number | undefined;
  /** Whether the answer is a web page: then something else than Talk answered. */
  readonly isPage: boolean;
  readonly retryAfterMs: number | undefined;
}

const unknownRoute = 998;
const defaultPauseMs = 30_000;
/** What Talk says of an edit more than 24 hours after the message was sent. */
const tooOld = 'age';

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
      if (refusal.word === tooOld) return new TargetGone(`it is too old to be edited (${said})`);
      return act === 'read' ? brokenAnswer(act, said) : new MessageRefused(`Talk refused it (${said})`);
    case 413:
      return act === 'read' ? brokenAnswer(act, said) : new MessageRefused(`Talk refused it (${said})`);
    case 403:
      // With a word the room lets us in, and just this is not ours to change.
      if (act === 'write' && refusal.word !== '') return notOurs(said);
      return new RoomClosed(`the room does not let us (${said})`, 'noPermission');
    case 404:
      // The room is there, and what the request is about is not.
      if (act === 'write' && (refusal.word !== '' || refusal.isOfEndpoint))
        return new TargetGone(`it is gone (${said})`);
      return new RoomClosed(`the room is gone, or we are no member of it (${said})`, 'gone');
    case 405:
      return new TargetGone(`it can no longer be changed (${said})`);
    case 412:
      return new RoomClosed(`the lobby is closed (${said})`, 'lobby');
    default:
      return act === 'read' ? brokenAnswer(act, said) : new MessageRefused(`Talk refused it (${said})`);
  }
}

function notOurs(said: string): BridgeError {
  return new MessageRefused(`our account may not change what others wrote: it is no moderator of the room (${said})`);
}

/** The room lets us chat, and refuses just this. */
export function notAllowed(what: string, cause: unknown): BridgeError {
  return new MessageRefused(`the room does not let our account ${what}`, { cause });
}

export function notOneEmoji(): BridgeError {
  return new MessageRefused('Talk takes exactly one emoji as a reaction');
}

export function targetDeleted(cause: unknown): BridgeError {
  return new TargetGone('the message was deleted', { cause });
}

export function unusablePicture(why: string): BridgeError {
  return new MessageRefused(`Talk does not take the picture: ${why}`);
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
