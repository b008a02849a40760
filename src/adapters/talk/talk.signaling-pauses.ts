import { BridgeError, RoomClosed } from '../../model/errors.js';
import { intervals } from './talk.constants.js';
import { SignalingRefused, SignalingUnfit } from './talk.signaling-errors.js';

const minuteMs = 60_000;
const mendMs = 5 * minuteMs;
/** What takes several requests to Nextcloud. */
const visitAgainMs = 30_000;
const { first, longest } = intervals.signaling.reconnect;
/** A session that is over sooner ended with its beginning: the second in a row is a reason to wait. */
const lastedMs = longest;

/** How long a room goes without a session on the signaling server, after what ended the last one. */
export class SignalingPauses {
  /** In a row, without a session between them; and how many of them what the server refused. */
  #failures = 0;
  #refusals = 0;
  /** In a row. */
  #shortSessions = 0;

  begun(): void {
    this.#failures = 0;
    this.#refusals = 0;
  }

  ended(afterMs: number): void {
    this.#shortSessions = afterMs < lastedMs ? this.#shortSessions + 1 : 0;
  }

  after(error: unknown): number {
    if (error instanceof SignalingUnfit) return error.againAfterMs;
    if (error instanceof RoomClosed) return minuteMs;
    if (error instanceof BridgeError) return visitPauseMs(error);
    if (error instanceof SignalingRefused) {
      const pause = pauseAfterRefusal(error);
      if (pause === 'none') return 0;
      if (pause !== 'soon') return pause.ms;
      this.#refusals += 1;
      if (this.#refusals > 1) return visitAgainMs;
    }
    if (this.#shortSessions > 1) return minuteMs;
    const pauseMs = Math.min(first * 2 ** this.#failures, longest);
    this.#failures = Math.min(this.#failures + 1, 10);
    return pauseMs;
  }
}

function visitPauseMs({ failure: { retry } }: BridgeError): number {
  return Math.max(visitAgainMs, typeof retry === 'object' ? retry.afterMs : 0);
}

/** Pure: whether somebody has to mend something. */
export function wantsMending(refused: SignalingRefused): boolean {
  const pause = pauseAfterRefusal(refused);
  return typeof pause === 'object' && pause.ms === mendMs;
}

/**
 * Pure: how long a refused session waits before it begins anew. `soon`: what it showed was out of date, or the refusal may
 * be over with the next attempt: the usual pause.
 */
function pauseAfterRefusal({ of, code }: SignalingRefused): 'none' | 'soon' | { readonly ms: number } {
  switch (code) {
    // What was to be resumed is over: another hello.
    case 'no_such_session':
      return of === 'resume' ? 'none' : 'soon';
    // Proofs that were out of date, clocks that differ, a Nextcloud that did not answer the server.
    case 'token_expired':
    case 'token_not_valid_yet':
    case 'invalid_ticket':
    case 'hello_expected':
    case 'duplicate_session':
    case 'room_join_failed':
    case 'internal_error':
      return 'soon';
    case 'too_many_requests':
    case 'no_such_room':
      return { ms: minuteMs };
    // Somebody has to mend the server, or the room is not for it.
    default:
      return { ms: mendMs };
  }
}
