import {
  LoginRefused,
  MessageRefused,
  NetworkUnavailable,
  RateLimited,
  RoomClosed,
  TargetGone,
  Uneditable,
  type BridgeError,
  type Certainty,
} from '../../model/errors.js';
import { type TransportFailure, unavailable } from '../../http/transport-failure.js';

/** Whether the request changes something: only then an unknown outcome matters. */
export type Act = 'read' | 'write';

/** What a refusing answer says. */
export interface Refusal {
  readonly status: number;
  /** `data.error` of the answer, a word such as `reply-to`, or its sentence; empty where there is none. */
  readonly word: string;
  /** `meta.message` of an OCS answer, a sentence for people; empty where there is none. */
  readonly sentence?: string;
  /** `data` is null: the endpoint itself refused. Where we are kept out of the room, it is an empty list. */
  readonly isOfEndpoint: boolean;
  /** `meta.statuscode` of an OCS answer. */
  readonly ocsStatus: number | undefined;
  /** Whether the answer is a web page: then something else than Talk answered. */
  readonly isPage: boolean;
  readonly retryAfterMs: number | undefined;
  /** Whether the answer has no body at all. */
  readonly isEmpty?: boolean;
  /** What it says besides. */
  readonly data?: unknown;
}

const unknownRoute = 998;
const defaultPauseMs = 30_000;
/** What Talk says of an edit more than 24 hours after the message was sent. */
const tooOld = 'age';

export function transportError(act: Act, failure: TransportFailure): BridgeError {
  return unavailable('Talk', act, failure);
}

/** An answer with a status of success that is not what was asked for. */
export function brokenAnswer(act: Act, what: string, cause?: unknown): BridgeError {
  return new NetworkUnavailable(`Talk answered ${what}`, { certainty: certaintyOfBroken(act), cause });
}

function certaintyOfBroken(act: Act): Certainty {
  return act === 'read' ? 'notSent' : 'unknownAfterDisconnect';
}

/** Every status that is not a success, as an error. */
export function refusalError(act: Act, refusal: Refusal, cause?: Error): BridgeError {
  const { status } = refusal;
  const said = saidIn(refusal);
  if (status === 401) return new LoginRefused(`Talk refused the login (${said})`, { cause });
  // Only guests are answered so, and only for this one message.
  if (status === 429 && refusal.word === 'mentions') return refusedRequest(said, cause);
  if (status === 429) {
    return new RateLimited(`Talk asks for a pause (${said})`, {
      afterMs: refusal.retryAfterMs ?? defaultPauseMs,
      cause,
    });
  }
  // A proxy's page, or a server whose Talk is switched off or just being updated, says nothing of the room.
  if (refusal.isPage || refusal.ocsStatus === unknownRoute || status >= 500 || status < 400) {
    return brokenAnswer(act, said, cause);
  }
  switch (status) {
    case 400:
      if (refusal.word === tooOld) return new TargetGone(`it is too old to be edited (${said})`, { cause });
      return act === 'read' ? brokenAnswer(act, said, cause) : refusedRequest(said, cause);
    case 413:
      return act === 'read' ? brokenAnswer(act, said, cause) : refusedRequest(said, cause);
    case 403:
      // With a word the room lets us in, and just this is not ours to change.
      if (act === 'write' && refusal.word !== '') return notOurs(said, cause);
      return new RoomClosed(`the room does not let us (${said})`, 'noPermission', { cause });
    case 404:
      // The room is there, and what the request is about is not.
      if (act === 'write' && (refusal.word !== '' || refusal.isOfEndpoint)) return targetGone(said, cause);
      return roomGone(said, cause);
    case 405:
      return new TargetGone(`it can no longer be changed (${said})`, { cause });
    case 412:
      return new RoomClosed(`the lobby is closed (${said})`, 'lobby', { cause });
    default:
      return act === 'read' ? brokenAnswer(act, said, cause) : refusedRequest(said, cause);
  }
}

/** An endpoint's own 404 by what is not there: it alone knows. */
export type Missing = 'room' | 'target' | 'session';

/** What the refusals of one endpoint mean where they mean something else than those of a room. */
export interface Refusing {
  /** The endpoint: `poll.vote`. */
  readonly of: string;
  readonly act: Act;
  readonly isDocumented: boolean;
  readonly isOfRoom: boolean;
  /** Nobody's login was shown: a 401 says nothing of it. */
  readonly isAnonymous: boolean;
  /** Answers bytes, so that its own refusals come without Nextcloud's envelope. */
  readonly isBytes: boolean;
  readonly absent: Missing | undefined;
}

/** A refusal of an endpoint that says what its statuses mean. */
export function endpointError(refusing: Refusing, refusal: Refusal, cause: Error): BridgeError {
  const { act, isDocumented, isOfRoom, absent } = refusing;
  const { status, word } = refusal;
  const said = `${refusing.of}: ${saidIn({ ...refusal, word: reasonIn(refusal) })}`;
  const isPage = refusal.isPage && !(refusing.isBytes && refusal.isEmpty === true);
  if (isPage || refusal.ocsStatus === unknownRoute) return refusalError(act, refusal, cause);
  // What nobody described says of a room what it says everywhere, and of no room nothing.
  const isKnown = isDocumented || (!isOfRoom && (status === 403 || status === 404));
  if (!isKnown) return refusalError(act, refusal, cause);
  switch (status) {
    case 400:
      return word === tooOld ? refusalError(act, refusal, cause) : refusedRequest(said, cause);
    case 401:
      return refusing.isAnonymous ? refusedRequest(said, cause) : refusalError(act, refusal, cause);
    case 403:
      return word === '' && isOfRoom
        ? new RoomClosed(`the room does not let us (${said})`, 'noPermission', { cause })
        : new MessageRefused(`our account may not do it (${said})`, { cause });
    case 404:
      return missing(absent ?? missingBy(refusal, isOfRoom), said, cause);
    case 405:
      return isOfRoom ? refusalError(act, refusal, cause) : refusedRequest(said, cause);
    case 409:
      return isOfRoom
        ? new RoomClosed(`another session is in the room (${said})`, 'notJoined', { cause })
        : refusedRequest(said, cause);
    case 410:
      return targetGone(said, cause);
    case 412:
      return word === '' ? refusalError(act, refusal, cause) : refusedRequest(said, cause);
    case 406:
    case 413:
    case 501:
      return refusedRequest(said, cause);
    default:
      return refusalError(act, refusal, cause);
  }
}

/** It was refused, which may be said of what was stored too, and it could not be looked whether it was. */
export function unsureRefusal(cause: unknown): BridgeError {
  return brokenAnswer('write', 'that it refuses it, and does not show whether it stored it', cause);
}

/** What a refusal says of why; empty where it does not. */
export function reasonIn({ word, sentence = '' }: Refusal): string {
  return word === '' ? sentence : word;
}

/** Kept out of a room we are answered an empty list; the endpoint itself says null or a word. */
function missingBy(refusal: Refusal, isOfRoom: boolean): Missing {
  return !isOfRoom || refusal.word !== '' || refusal.isOfEndpoint ? 'target' : 'room';
}

function missing(what: Missing, said: string, cause: Error): BridgeError {
  switch (what) {
    case 'room':
      return roomGone(said, cause);
    case 'target':
      return targetGone(said, cause);
    case 'session':
      return new RoomClosed(`our session is not in the room (${said})`, 'notJoined', { cause });
  }
}

function saidIn({ status, word }: Refusal): string {
  return word === '' ? `${status}` : `${status} ${word}`;
}

function refusedRequest(said: string, cause?: Error): BridgeError {
  return new MessageRefused(`Talk refused it (${said})`, { cause });
}

function targetGone(said: string, cause?: Error): BridgeError {
  return new TargetGone(`it is gone (${said})`, { cause });
}

function roomGone(said: string, cause?: Error): BridgeError {
  return new RoomClosed(`the room is gone, or we are no member of it (${said})`, 'gone', { cause });
}

function notOurs(said: string, cause?: Error): BridgeError {
  return new MessageRefused(`our account may not change what others wrote: it is no moderator of the room (${said})`, {
    cause,
  });
}

/** The server does not have it: asking would only show that. */
export function lacksCapability(of: string, capability: string): BridgeError {
  return new MessageRefused(`this server cannot do it: ${of} needs the capability "${capability}"`);
}

/** Nothing is called so, and asking would ask for something else. The name is not said again: it may be a secret. */
export function unnameable(what: string): BridgeError {
  return new TargetGone(`there is no such ${what}: nothing, "." and ".." name none`);
}

/** The room lets us chat, and refuses just this. */
export function notAllowed(what: string, cause: unknown): BridgeError {
  return new MessageRefused(`the room does not let our account ${what}`, { cause });
}

/** Talk knows nobody by that id, or not in this room. */
export function personUnknown(cause?: unknown): BridgeError {
  return new MessageRefused('the room has nobody like that', { cause });
}

export function ourOwnAccount(): BridgeError {
  return new MessageRefused('it is the account that bridges the room, which does nothing to itself');
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

export function guestGone(cause?: unknown): BridgeError {
  return new TargetGone('the guest that did it is no longer in the room, and nobody else can take it back', { cause });
}

export function reactorGone(): BridgeError {
  return new TargetGone('whoever it was reacts for us no more, and nobody else can take it back');
}

/** It would be said in spite of a moderator there, and knocking again has the server keep all guests out. */
export function guestBanned(): BridgeError {
  return new TargetGone('a moderator has banned the person, as a guest, from the room');
}

/** Somebody else may speak for them: that takes no session in the room. */
export function guestsUnserved(cause: Error): BridgeError {
  return new RoomClosed(`the server fails at letting a guest in (${cause.message})`, 'notJoined', { cause });
}

/** Only moderators change what others said, and those who say things in our account's place are others. */
export function uneditable(cause: Error): BridgeError {
  return new Uneditable(cause.message, { cause });
}

export function hiddenMessages(): BridgeError {
  return new NetworkUnavailable('the server shows later messages and hides those between', { certainty: 'notSent' });
}

/** It was made, and its message is not among the newest. */
export function pollHidden(cause?: unknown): BridgeError {
  const certainty = 'unknownAfterDisconnect';
  return new NetworkUnavailable('the message of a poll that was made is not shown yet', { certainty, cause });
}

export function talkMissing(): BridgeError {
  return new NetworkUnavailable('the server has no Talk for this account', { certainty: 'notSent' });
}
