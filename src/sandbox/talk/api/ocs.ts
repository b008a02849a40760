import type { SandboxAnswer } from '../../http-server.js';

/** What an endpoint answers; `data` goes into the OCS envelope. */
export interface Answer {
  readonly status: number;
  readonly data: unknown;
  /** Answered as it is, without the envelope. */
  readonly raw?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const notFoundStatus = 998;
const notLoggedInStatus = 997;

const notFoundReason =
  'Invalid query, please check the syntax. API specifications are here: http://www.freedesktop.org/wiki/Specifications/open-collaboration-services.\n';

export function ok(data: unknown, headers?: Record<string, string>): Answer {
  return { status: 200, data, ...(headers === undefined ? {} : { headers }) };
}

export function created(data: unknown, headers?: Record<string, string>): Answer {
  return { status: 201, data, ...(headers === undefined ? {} : { headers }) };
}

/** 304 and 204 come without a body and without Talk's headers. */
export function envelope(answer: Answer, reason = ''): SandboxAnswer {
  if (answer.status === 304 || answer.status === 204) return { status: answer.status };
  if (answer.raw !== undefined) return { status: answer.status, headers: { ...answer.headers }, body: answer.raw };
  const fine = answer.status >= 200 && answer.status < 300;
  const meta = { status: fine ? 'ok' : 'failure', statuscode: answer.status, message: fine ? 'OK' : reason };
  return {
    status: answer.status,
    body: { ocs: { meta, data: answer.data } },
    ...(answer.headers === undefined ? {} : { headers: { ...answer.headers } }),
  };
}

/** No such endpoint: its own status inside the envelope. */
export function unknownEndpoint(): SandboxAnswer {
  return failure(404, notFoundStatus, notFoundReason);
}

export function notLoggedIn(reason: string, headers?: Record<string, string>): SandboxAnswer {
  return failure(401, notLoggedInStatus, reason, headers);
}

/** The header that keeps other sites' pages away is missing. */
export function missingOcsHeader(): SandboxAnswer {
  return { status: 412, body: { message: 'CSRF check failed' } };
}

function failure(status: number, statuscode: number, message: string, headers?: Record<string, string>): SandboxAnswer {
  const body = { ocs: { meta: { status: 'failure', statuscode, message }, data: [] } };
  return { status, body, ...(headers === undefined ? {} : { headers }) };
}
