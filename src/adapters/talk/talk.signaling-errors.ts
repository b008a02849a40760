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
