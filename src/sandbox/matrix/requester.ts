import type { SandboxRequest } from '../http-server.js';
import type { Homeserver } from './homeserver.js';
import { forbidden, MatrixError } from './matrix-error.js';
import type { Appservice } from './registration.js';

/** Who makes a call, by its token and, for an application service, by `?user_id=`. */
export interface Requester {
  readonly userId: string;
  readonly accessToken: string;
  readonly deviceId?: string;
  readonly appservice?: Appservice;
}

/** The access token of a call. Throws 401 M_MISSING_TOKEN. */
export function accessTokenOf(request: SandboxRequest): string {
  const header = request.headers.authorization;
  const fromQuery = request.query.get('access_token');
  if (header !== undefined) {
    if (fromQuery !== null) {
      throw missingToken('Mixing Authorization headers and access_token query parameters.');
    }
    const match = /^Bearer ([^ ]+)$/.exec(header);
    if (match?.[1] === undefined) throw missingToken('Invalid Authorization header.');
    return match[1];
  }
  if (fromQuery === null) throw missingToken('Missing access token');
  return fromQuery;
}

export function hasAccessToken(request: SandboxRequest): boolean {
  return request.headers.authorization !== undefined || request.query.has('access_token');
}

/** The requester of a call. Throws 401 where the token is missing or unknown, 403 where the masquerade is not allowed. */
export function requesterOf(server: Homeserver, request: SandboxRequest): Requester {
  const accessToken = accessTokenOf(request);
  const appservice = server.appserviceOf(accessToken);
  if (appservice !== undefined) return masquerade(server, appservice, request, accessToken);
  const session = server.accounts.session(accessToken);
  if (session === undefined) throw unknownToken('Invalid access token passed.');
  return { userId: session.userId, accessToken, deviceId: session.deviceId };
}

function masquerade(
  server: Homeserver,
  appservice: Appservice,
  request: SandboxRequest,
  accessToken: string,
): Requester {
  const userId = request.query.get('user_id') ?? appservice.senderId;
  if (userId !== appservice.senderId) {
    if (!appservice.ownsUser(userId)) {
      throw forbidden(`Application service cannot masquerade as this user (${userId}).`);
    }
    if (!server.accounts.has(userId)) throw forbidden(`Application service has not registered this user (${userId})`);
  }
  const deviceId = request.query.get('device_id') ?? request.query.get('org.matrix.msc3202.device_id');
  if (deviceId === null) return { userId, accessToken, appservice };
  if (!server.accounts.hasDevice(userId, deviceId)) {
    throw new MatrixError(
      400,
      'M_UNKNOWN_DEVICE',
      `Application service trying to use a device that doesn't exist ('${deviceId}' for ${userId})`,
    );
  }
  return { userId, accessToken, appservice, deviceId };
}

function missingToken(message: string): MatrixError {
  return new MatrixError(401, 'M_MISSING_TOKEN', message);
}

export function unknownToken(message: string): MatrixError {
  return new MatrixError(401, 'M_UNKNOWN_TOKEN', message, { soft_logout: false });
}
