import {
  BridgeError,
  type Certainty,
  LoginRefused,
  RateLimited,
  RoomClosed,
  TargetGone,
  VoteNotCast,
} from '../model/errors.js';
import type { NetworkAdapter } from '../model/network-adapter.js';

export interface RetryOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** After so many attempts a delivery that alone keeps failing is a candidate for parking. */
  readonly parkAfterAttempts: number;
}

export interface Attempt {
  /** Attempts before this one. */
  readonly attempts: number;
  readonly startedAt: Date;
  readonly failedAt: Date;
  /** 0 to 1: spreads the retries of many lanes. */
  readonly random: number;
}

export type Decision =
  | { readonly then: 'skip' | 'park'; readonly reason: string }
  /** Hold the lane. `probe`: if the room answers, it is this delivery that is at fault: park it. */
  | {
      readonly then: 'again';
      readonly reason: string;
      readonly againAt: Date;
      readonly attempts: number;
      readonly uncertain: { readonly since: Date; readonly settledAt: Date } | null;
      readonly probe: 'room' | 'none';
    };

/** Pure: what follows from a failed attempt. */
export function decide(
  error: unknown,
  attempt: Attempt,
  settling: NetworkAdapter['settling'],
  options: RetryOptions,
): Decision {
  const reason = error instanceof Error ? error.message : String(error);
  // An adapter translates what it knows; of anything else nothing is known, not even whether it was sent.
  if (!(error instanceof BridgeError)) {
    return again(reason, attempt, uncertainty('unknownAfterTimeout', attempt, settling), options, 'room');
  }
  if (error instanceof TargetGone || error instanceof VoteNotCast) return { then: 'skip', reason };
  if (error.failure.retry === 'never') return { then: 'park', reason };
  const uncertain = uncertainty(error.failure.certainty, attempt, settling);
  if (typeof error.failure.retry === 'object') {
    const againAt = new Date(attempt.failedAt.getTime() + error.failure.retry.afterMs);
    return { then: 'again', reason, againAt, attempts: attempt.attempts, uncertain, probe: 'none' };
  }
  const closed = error instanceof LoginRefused || error instanceof RoomClosed || error instanceof RateLimited;
  return again(reason, attempt, uncertain, options, closed ? 'none' : 'room');
}

function again(
  reason: string,
  attempt: Attempt,
  uncertain: { since: Date; settledAt: Date } | null,
  options: RetryOptions,
  probe: 'room' | 'none',
): Decision {
  const attempts = attempt.attempts + 1;
  const backoffMs = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempts - 1, 20));
  const jitteredMs = Math.round(backoffMs * (0.75 + attempt.random / 2));
  return {
    then: 'again',
    reason,
    attempts,
    againAt: new Date(attempt.failedAt.getTime() + jitteredMs),
    uncertain,
    probe: attempts >= options.parkAfterAttempts ? probe : 'none',
  };
}

function uncertainty(
  certainty: Certainty,
  attempt: Attempt,
  settling: NetworkAdapter['settling'],
): { since: Date; settledAt: Date } | null {
  switch (certainty) {
    case 'notSent':
      return null;
    case 'unknownAfterDisconnect':
      return {
        since: attempt.startedAt,
        settledAt: new Date(attempt.failedAt.getTime() + settling.afterDisconnectMs),
      };
    case 'unknownAfterTimeout':
      return { since: attempt.startedAt, settledAt: new Date(attempt.startedAt.getTime() + settling.afterTimeoutMs) };
  }
}
