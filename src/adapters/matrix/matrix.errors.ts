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
import { type Act, type TransportFailure, unavailable } from '../../http/transport-failure.js';

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** `errcode` of the answer; empty where it is none of a homeserver's. */
  readonly errcode: string;
  readonly retryAfterMs: number | undefined;
}

/** What a request is about: decides what its refusal means. */
export type About = 'login' | 'room' | 'message' | 'target' | 'file' | 'upload';

const defaultPauseMs = 1000;
/** A proxy gave up waiting: the homeserver may still be at it. */
const proxyTimeouts: ReadonlySet<number> = new Set([408, 504, 522, 524]);

export function transportError(act: Act, failure: TransportFailure): BridgeError {
  return unavailable('the homeserver', act, failure);
}

/** An answer that says nothing of what was asked for. */
export function brokenAnswer(act: Act, said: string, status = 200, cause?: unknown): BridgeError {
  const unknown = proxyTimeouts.has(status) ? 'unknownAfterTimeout' : 'unknownAfterDisconnect';
  const certainty = act === 'write' ? unknown : 'notSent';
  return new NetworkUnavailable(`the homeserver answered ${said}`, { certainty, cause });
}

/** Every refusing answer, as an error. */
export function refusalError(refusal: Refusal, about: About, act: Act): BridgeError {
  const { status, errcode } = refusal;
  const said = errcode === '' ? String(status) : `${status} ${errcode}`;
  if (status === 429) {
    return new RateLimited(`the homeserver asks for a pause (${said})`, {
      afterMs: refusal.retryAfterMs ?? defaultPauseMs,
    });
  }
  // A proxy's page, or a server that does not know the call, says nothing of room or message.
  if (errcode === '' || errcode === 'M_UNRECOGNIZED' || status >= 500 || status < 400) {
    return brokenAnswer(act, said, status);
  }
  if (status === 401) return new LoginRefused(`the homeserver refused the token (${said})`);
  if (status === 413) return new MessageRefused(`the homeserver refused it as too large (${said})`);
  switch (about) {
    case 'login':
      return new LoginRefused(`the homeserver does not take us for the application service that we are (${said})`);
    case 'file':
      return new TargetGone(`there is no such file (${said})`);
    case 'upload':
      return new MessageRefused(`the homeserver does not take the file (${said})`);
    case 'target':
      return status === 403 ? deletionRefused() : new TargetGone(`it is gone (${said})`);
    case 'room':
      return new RoomClosed(`the room does not let us (${said})`, status === 404 ? 'gone' : 'noPermission');
    case 'message':
      if (status === 403) return new RoomClosed(`the room does not let us (${said})`, 'noPermission');
      if (status === 404) return new RoomClosed(`the room is gone (${said})`, 'gone');
      return new MessageRefused(`the homeserver refused it (${said})`);
  }
}

/** Holding the lane would stop the whole room for one message that a moderator alone may delete. */
export function deletionRefused(): BridgeError {
  return new MessageRefused('the room does not let us delete it');
}

/** The same for one reaction. */
export function reactionRefused(): BridgeError {
  return new MessageRefused('the room does not let us react there');
}

export function pollRefused(): BridgeError {
  return new MessageRefused('the room does not let us ask anything in a poll');
}

/** The homeserver says that the reaction is there, and does not show it. */
export function reactionLost(): BridgeError {
  return new NetworkUnavailable('a reaction that is said to be there is not shown', { certainty: 'notSent' });
}

/** `what`: of the room, for example `name`, `members`. */
export function roomChangeRefused(bot: string, what: string): BridgeError {
  return new MessageRefused(`${bot} may not change the ${what} of the room: give it the power for that`);
}

/** Whatever kept the picture from coming: the room goes on without it. */
export function pictureMissing(cause: unknown): BridgeError {
  return new MessageRefused('the picture of the room could not be had', { cause });
}

export function targetRedacted(): BridgeError {
  return new TargetGone('nothing of it stands in the room any more');
}

export function notOurs(): BridgeError {
  return new Uneditable('somebody else wrote it: we cannot change it');
}

export function roomClosed(message: string, reason: RoomClosedReason): BridgeError {
  return new RoomClosed(message, reason);
}

export function notInRoom(bot: string): RoomClosed {
  return new RoomClosed(`${bot} is not in the room: invite it`, 'notJoined');
}

export function bannedFromRoom(bot: string): RoomClosed {
  return new RoomClosed(`${bot} is banned from the room: lift the ban, then invite it`, 'notJoined');
}

export function loginRefused(message: string): BridgeError {
  return new LoginRefused(message);
}

export function ghostBanned(): BridgeError {
  return new MessageRefused('the person is banned from the room');
}

export function noRoom(text: string): BridgeError {
  return new RoomClosed(`not a Matrix room: ${text}`, 'gone');
}

export function noFile(id: string): BridgeError {
  return new TargetGone(`not the address of a file: ${id}`);
}
