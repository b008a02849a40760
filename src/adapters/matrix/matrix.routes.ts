import type { PublicAnswer, PublicCall, PublicRequest, PublicRoute } from '../../model/network-definition.js';
import { answerWith, hashOf, MatrixSource } from './matrix.source.js';

/** A transaction has at most 100 events and 100 ephemeral ones of 64 KiB each, and what servers add to them. */
const maxBodyBytes = 32 * 1024 * 1024;

type Handler = (source: MatrixSource, request: PublicRequest) => Promise<PublicAnswer>;

/** The addresses that homeservers call. All accounts share them and are told apart by their tokens. */
export function matrixRoutes(sources: readonly MatrixSource[]): readonly PublicRoute[] {
  if (sources.length === 0) return [];
  const callerOf = (call: PublicCall): MatrixSource | PublicAnswer => {
    const token = tokenIn(call);
    if (token === undefined) return answerWith(401, 'M_MISSING_TOKEN');
    const hash = hashOf(token);
    // All are compared, so that the time tells nothing.
    const [source] = sources.filter((each) => each.admits(hash));
    return source ?? answerWith(403, 'M_FORBIDDEN');
  };
  const route = (method: PublicRoute['method'], path: string, handler: Handler): PublicRoute => ({
    method,
    path,
    maxBodyBytes,
    refusal: (call) => {
      const caller = callerOf(call);
      return caller instanceof MatrixSource ? undefined : caller;
    },
    handle: (request) => {
      const caller = callerOf(request);
      return caller instanceof MatrixSource ? handler(caller, request) : Promise.resolve(caller);
    },
  });
  const transaction: Handler = (source, { params, body }) => source.receive(params['txnId'] ?? '', body);
  const user: Handler = (source, { params }) => source.hasUser(params['userId'] ?? '');
  // Rooms are made before their aliases are told anybody: one that is asked for does not exist.
  const alias: Handler = () => Promise.resolve(answerWith(404, 'M_NOT_FOUND'));
  return [
    route('PUT', '/_matrix/app/v1/transactions/:txnId', transaction),
    route('POST', '/_matrix/app/v1/ping', (source, { body }) => Promise.resolve(source.hearPing(body))),
    route('GET', '/_matrix/app/v1/users/:userId', user),
    route('GET', '/_matrix/app/v1/rooms/:alias', alias),
    // Before version 1.0 of the application service API.
    route('PUT', '/transactions/:txnId', transaction),
    route('GET', '/users/:userId', user),
    route('GET', '/rooms/:alias', alias),
  ];
}

/** From the header or, as before 1.4, from the address; both must agree. */
function tokenIn({ headers, query }: PublicCall): string | undefined {
  const inHeader = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
  const inQuery = query.get('access_token') ?? undefined;
  if (inHeader !== undefined && inQuery !== undefined && inHeader !== inQuery) return '';
  return inHeader ?? inQuery;
}
