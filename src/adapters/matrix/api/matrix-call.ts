import type { Act } from '../../../http/transport-failure.js';

export interface MatrixCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With the prefix, for example `/_matrix/client/v3/join/…`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Sent as JSON; a buffer or a stream as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** The user in whose name; our own user where there is none. */
  readonly user?: string;
  readonly act: Act;
  readonly signal: AbortSignal;
  /** Default: `requestTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Called right before the request is written to its connection; what it throws keeps the request back and is thrown. */
  readonly beforeSend?: () => void;
}
