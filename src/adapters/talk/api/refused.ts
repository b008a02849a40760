import type { BridgeError } from '../../../model/errors.js';
import { endpointError, reasonIn, type Refusal } from '../talk.errors.js';
import type { AnyEndpoint, SuccessStatus } from './endpoint.js';

/** What an endpoint answered in place of what it was asked for: the cause of the BridgeError that is thrown for it. */
export class Refused<Status extends number = number> extends Error {
  constructor(
    /** `chat.send` */
    readonly endpoint: string,
    readonly status: Status,
    /** The word or sentence that the answer gives as its reason; empty where there is none. */
    readonly reason: string,
    /** The whole of what was answered. */
    readonly data: unknown,
  ) {
    super(`${endpoint} answered ${status}${reason === '' ? '' : ` ${reason}`}`);
    this.name = 'Refused';
  }
}

/** The documented statuses by which an endpoint refuses. */
export type RefusalStatus<E extends AnyEndpoint> = Exclude<E['statuses'][number], SuccessStatus>;

/** The refusal behind an error, if it is a documented one of this endpoint. */
export function refusalOf<E extends AnyEndpoint>(endpoint: E, error: unknown): Refused<RefusalStatus<E>> | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const refused: Refused | undefined = cause instanceof Refused ? cause : undefined;
  if (refused?.endpoint !== endpoint.name || !endpoint.statuses.includes(refused.status)) return undefined;
  return refused as Refused<RefusalStatus<E>>;
}

/** A refusing answer of this endpoint, as an error. */
export function refusedBy(endpoint: AnyEndpoint): (refusal: Refusal) => BridgeError {
  const { name, act, absent, isAnonymous } = endpoint;
  return (refusal) =>
    endpointError(
      {
        of: name,
        act,
        isDocumented: endpoint.statuses.includes(refusal.status),
        isOfRoom: endpoint.path.includes('{token}'),
        isAnonymous,
        isBytes: endpoint.answers === 'bytes',
        absent,
      },
      refusal,
      new Refused(name, refusal.status, reasonIn(refusal), refusal.data),
    );
}
