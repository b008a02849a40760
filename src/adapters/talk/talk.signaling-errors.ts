/** What a session asked of a signaling server. */
export type SignalingRequest = 'hello' | 'resume' | 'room';

/** A signaling server refused what a session asked. */
export class SignalingRefused extends Error {
  constructor(
    readonly of: SignalingRequest,
    /** `no_such_session` */
    readonly code: string,
    message: string,
  ) {
    super(`the signaling server refused the ${of} (${code}): ${message}`);
    this.name = 'SignalingRefused';
  }
}

/** The connection broke, or nothing came over it in time. */
export class SignalingLost extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SignalingLost';
  }
}

/** The room cannot have a session of ours, for now. */
export class SignalingUnfit extends Error {
  constructor(
    message: string,
    readonly againAfterMs: number,
  ) {
    super(message);
    this.name = 'SignalingUnfit';
  }
}

const minuteMs = 60_000;
const mendMs = 5 * minuteMs;

/** Pure: whether somebody has to mend something. */
export function wantsMending(refused: SignalingRefused): boolean {
  const pause = pauseAfterRefusal(refused);
  return typeof pause === 'object' && pause.ms === mendMs;
}

/**
 * Pure: how long a refused session waits before it begins anew. `soon`: what it showed was out of date, or the refusal may
 * be over with the next attempt: the usual pause.
 */
export function pauseAfterRefusal({ code }: SignalingRefused): 'none' | 'soon' | { readonly ms: number } {
  switch (code) {
    // What was to be resumed is over: another hello.
    case 'no_such_session':
      return 'none';
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
