import { addCall, addCallAt, ok, param, type Api, type Call } from './api.js';
import type { SandboxAnswer } from '../http-server.js';
import { forbidden, MatrixError } from './matrix-error.js';
import { jsonBody } from './request-body.js';
import { defaultRoomVersion, roomVersions } from './room-versions.js';

const specificationVersions = ['r0.6.1', ...Array.from({ length: 12 }, (_, index) => `v1.${index + 1}`)];

/** What the server says of itself, and the application service's ping. */
export function addServerCalls(api: Api): void {
  api.router.add('GET', '/_matrix/client/versions', () =>
    ok({ versions: specificationVersions, unstable_features: { 'org.matrix.msc2409': true } }),
  );
  api.router.add('GET', '/.well-known/matrix/client', (request) =>
    ok({ 'm.homeserver': { base_url: `http://${request.headers.host ?? api.server.serverName}` } }),
  );
  addCall(api, 'GET', '/capabilities', () =>
    ok({
      capabilities: {
        'm.room_versions': {
          default: defaultRoomVersion,
          available: Object.fromEntries([...roomVersions.keys()].map((id) => [id, 'stable'])),
        },
        'm.change_password': { enabled: false },
        'm.set_displayname': { enabled: true },
        'm.set_avatar_url': { enabled: true },
      },
    }),
  );
  addCall(api, 'GET', '/pushrules/', () =>
    ok({ global: { override: [], content: [], room: [], sender: [], underride: [] } }),
  );
  addCall(api, 'POST', '/keys/upload', () => ok({ one_time_key_counts: {} }));
  addCall(api, 'POST', '/keys/query', () => ok({ device_keys: {}, failures: {} }));
  addCall(api, 'GET', '/voip/turnServer', () => ok());
  addCallAt(api, 'POST', '/_matrix/client/v1/appservice/:appservice/ping', (call) => ping(api, call));
}

async function ping(
  { server, pusher, appserviceClient }: Api,
  { request, params, requester }: Call,
): Promise<SandboxAnswer> {
  const { appservice } = requester;
  if (appservice === undefined) {
    throw forbidden('Only application services can use the /appservice/ping endpoint');
  }
  if (appservice.id !== param(params, 'appservice')) throw forbidden('Mismatching application service ID in path');
  if (appservice.url === undefined) {
    throw new MatrixError(400, 'M_URL_NOT_SET', 'The application service does not have a URL set');
  }
  const transactionId = jsonBody(request).transaction_id ?? null;
  const startedAtMs = server.nowMs();
  const answer = await appserviceClient.ping(appservice, transactionId);
  switch (answer.outcome) {
    case 'timeout':
      throw new MatrixError(504, 'M_CONNECTION_TIMEOUT', 'Timeout waiting for response');
    case 'failed':
      throw new MatrixError(502, 'M_CONNECTION_FAILED', answer.reason);
    case 'answered':
      break;
  }
  const { status, text } = answer;
  if (status < 200 || status > 299) {
    throw new MatrixError(502, 'M_BAD_STATUS', `HTTP ${status}`, { status, body: text });
  }
  if (!pusher.retryNow()) {
    throw new MatrixError(502, 'M_CONNECTION_FAILED', 'AlreadyCalled: Tried to cancel an already-called event.');
  }
  return ok({ duration_ms: server.nowMs() - startedAtMs });
}
