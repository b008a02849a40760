/** When trying again makes sense. `later`: the lane is held until it works. */
export type Retry = 'never' | 'later' | { readonly afterMs: number };

/** What is known about the effect of the failed attempt. */
export type Certainty =
  | 'notSent'
  /** The request may have had its effect; the connection broke, so the other side has finished with it soon. */
  | 'unknownAfterDisconnect'
  /** The request may have had its effect, or may have it yet: no answer came in time. */
  | 'unknownAfterTimeout';

export interface Failure {
  readonly retry: Retry;
  readonly certainty: Certainty;
  readonly tell: 'nobody' | 'operator' | 'sender';
}

/** What goes wrong with a network, in words the core acts on. Each adapter's `X.errors.ts` makes them from answers. */
export abstract class BridgeError extends Error {
  abstract readonly code: string;

  constructor(
    message: string,
    readonly failure: Failure,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

/** No answer, a broken one, or 5xx: the network's own trouble. */
export class NetworkUnavailable extends BridgeError {
  readonly code = 'networkUnavailable';
  constructor(message: string, options: { certainty: Certainty; cause?: unknown }) {
    super(message, { retry: 'later', certainty: options.certainty, tell: 'operator' }, options.cause);
  }
}

/** The network asks us to slow down. */
export class RateLimited extends BridgeError {
  readonly code = 'rateLimited';
  constructor(message: string, options: { afterMs: number; cause?: unknown }) {
    super(message, { retry: { afterMs: options.afterMs }, certainty: 'notSent', tell: 'nobody' }, options.cause);
  }
}

/** The login is gone, revoked or wrong: the account is closed until somebody mends it. */
export class LoginRefused extends BridgeError {
  readonly code = 'loginRefused';
  /** A sentence on what mends it, where that is neither name nor password or token. */
  readonly remedy: string | undefined;
  /** `afterMs`: when to try again, where that costs the network nothing; else more and more rarely. */
  constructor(
    message: string,
    { afterMs, cause, remedy }: { afterMs?: number; cause?: unknown; remedy?: string } = {},
  ) {
    const retry = afterMs === undefined ? 'later' : { afterMs };
    super(message, { retry, certainty: 'notSent', tell: 'operator' }, cause);
    this.remedy = remedy;
  }
}

export type RoomClosedReason = 'gone' | 'lobby' | 'readOnly' | 'noPermission' | 'archived' | 'notJoined';

/** The room does not take what we send, or does not let us read, for now. */
export class RoomClosed extends BridgeError {
  readonly code = 'roomClosed';
  constructor(
    message: string,
    readonly reason: RoomClosedReason,
    options: { cause?: unknown } = {},
  ) {
    super(message, { retry: 'later', certainty: 'notSent', tell: 'operator' }, options.cause);
  }
}

/** The network refuses this one message, and would again: too long, empty, malformed. */
export class MessageRefused extends BridgeError {
  readonly code = 'messageRefused';
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { retry: 'never', certainty: 'notSent', tell: 'sender' }, options.cause);
  }
}

/** What the event is about no longer exists there, or can no longer be changed: nothing is left to do. */
export class TargetGone extends BridgeError {
  readonly code = 'targetGone';
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { retry: 'never', certainty: 'notSent', tell: 'nobody' }, options.cause);
  }
}

/** Nobody of ours may change this one message: what it says now can still be said as an answer to it. */
export class Uneditable extends BridgeError {
  readonly code = 'uneditable';
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { retry: 'never', certainty: 'notSent', tell: 'sender' }, options.cause);
  }
}

/** Nobody votes in the room as the person: the vote is told there besides. */
export class VoteNotCast extends BridgeError {
  readonly code = 'voteNotCast';
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { retry: 'never', certainty: 'notSent', tell: 'nobody' }, options.cause);
  }
}

/** A file of the message is not where it was, or not for us: in its place stands what it was. */
export class FileGone extends BridgeError {
  readonly code = 'fileGone';
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { retry: 'never', certainty: 'notSent', tell: 'sender' }, options.cause);
  }
}

/** This replica may no longer act for the lane's or room's shard: another one will. */
export class ShardLost extends BridgeError {
  readonly code = 'shardLost';
  constructor(message: string) {
    super(message, { retry: 'later', certainty: 'notSent', tell: 'nobody' });
  }
}

/** We are stopping, and gave up waiting for the answer. */
export class Abandoned extends BridgeError {
  readonly code = 'abandoned';
  constructor(message: string, options: { certainty: Certainty; cause?: unknown }) {
    super(message, { retry: 'later', certainty: options.certainty, tell: 'nobody' }, options.cause);
  }
}
