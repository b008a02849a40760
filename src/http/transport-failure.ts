import { Abandoned, type BridgeError, type Certainty, NetworkUnavailable } from '../model/errors.js';

/** `write`: a repetition would be seen, so an unknown outcome matters. `repeatable`: it may be done again at will. */
export type Act = 'read' | 'repeatable' | 'write';

/** How an exchange failed below HTTP. */
export interface TransportFailure {
  readonly how: 'broken' | 'timeout' | 'aborted' | 'tooLarge';
  /** Whether the request began to go out. */
  readonly wentOut: boolean;
  readonly cause: unknown;
}

/** No whole answer came. */
export class TransportError extends Error {
  constructor(readonly failure: TransportFailure) {
    super(failure.how, { cause: failure.cause });
    this.name = 'TransportError';
  }
}

/** What `beforeSend` threw, so that it is told from a failed exchange. */
export class KeptBack extends Error {
  constructor(override readonly cause: unknown) {
    super('kept back');
    this.name = 'KeptBack';
  }
}

/** In the words of the core. `server`: as a sentence names it, for example `the homeserver`. */
export function unavailable(server: string, act: Act, failure: TransportFailure): BridgeError {
  const { cause } = failure;
  const certainty = certaintyAfter(act, failure);
  switch (failure.how) {
    case 'aborted':
      return new Abandoned(`gave up waiting for ${server}`, { certainty, cause });
    case 'timeout':
      return new NetworkUnavailable(`${server} did not answer in time`, { certainty, cause });
    case 'tooLarge':
      return new NetworkUnavailable(`the answer of ${server} is too large`, { certainty, cause });
    case 'broken':
      return new NetworkUnavailable(`the connection to ${server} broke`, { certainty, cause });
  }
}

function certaintyAfter(act: Act, { how, wentOut }: TransportFailure): Certainty {
  if (act !== 'write' || !wentOut) return 'notSent';
  // An abort closes our end only: the server may go on.
  return how === 'timeout' || how === 'aborted' ? 'unknownAfterTimeout' : 'unknownAfterDisconnect';
}
