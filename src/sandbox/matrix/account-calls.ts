import { addCall, addOpenCall, ok, param, type Api } from './api.js';
import type { SandboxAnswer, SandboxRequest } from '../http-server.js';
import { isObject, type JsonObject } from './events.js';
import type { Homeserver } from './homeserver.js';
import { newSessionId, parseUserId } from './ids.js';
import { exclusive, forbidden, invalidParam, MatrixError, missingParam, unknown } from './matrix-error.js';
import { accessTokenOf, hasAccessToken, unknownToken } from './requester.js';
import { jsonBody, optionalString } from './request-body.js';

const appserviceLogin = 'm.login.application_service';

/** Registration, login, devices, and who one is. */
export function addAccountCalls(api: Api): void {
  const { server } = api;
  addOpenCall(api, 'POST', '/register', (request) => register(server, request));
  addOpenCall(api, 'GET', '/login', () => ok({ flows: [{ type: 'm.login.password' }, { type: appserviceLogin }] }));
  addOpenCall(api, 'POST', '/login', (request) => logIn(server, request));
  addCall(api, 'POST', '/logout', ({ requester }) => {
    server.accounts.logOut(requester.accessToken);
    return ok();
  });
  addCall(api, 'GET', '/account/whoami', ({ requester: { userId, deviceId } }) =>
    ok({ user_id: userId, is_guest: false, ...(deviceId === undefined ? {} : { device_id: deviceId }) }),
  );
  addCall(api, 'GET', '/devices', ({ requester }) =>
    ok({
      devices: server.accounts
        .devices(requester.userId)
        .map(({ deviceId, name }) => deviceBody(requester.userId, deviceId, name)),
    }),
  );
  addCall(api, 'PUT', '/devices/:device', ({ request, params, requester }) => {
    const deviceId = param(params, 'device');
    const name = optionalString(jsonBody(request), 'display_name');
    const mayCreate = requester.appservice?.registration['io.element.msc4190'] === true;
    if (!mayCreate && !server.accounts.hasDevice(requester.userId, deviceId)) {
      throw new MatrixError(404, 'M_NOT_FOUND', 'No device found');
    }
    return { status: server.accounts.addDevice(requester.userId, deviceId, name) ? 201 : 200, body: {} };
  });
  addCall(api, 'DELETE', '/devices/:device', ({ params, requester }) => {
    server.accounts.removeDevice(requester.userId, param(params, 'device'));
    return ok();
  });
}

function deviceBody(userId: string, deviceId: string, name: string | undefined): JsonObject {
  return { user_id: userId, device_id: deviceId, ...(name === undefined ? {} : { display_name: name }) };
}

function register(server: Homeserver, request: SandboxRequest): SandboxAnswer {
  const body = jsonBody(request);
  const { username } = body;
  if (username !== undefined && (typeof username !== 'string' || username.length > 512)) {
    throw unknown(400, 'Invalid username');
  }
  if (body.type === appserviceLogin) return registerForAppservice(server, request, body, username);
  if (hasAccessToken(request)) {
    throw unknown(
      400,
      'An access token should not be provided on requests to /register (except if type is m.login.application_service)',
    );
  }
  return registerPerson(server, body, username?.toLowerCase());
}

function registerForAppservice(
  server: Homeserver,
  request: SandboxRequest,
  body: JsonObject,
  username: string | undefined,
): SandboxAnswer {
  if (!hasAccessToken(request)) {
    throw unknown(400, 'Appservice token must be provided when using a type of m.login.application_service');
  }
  const token = accessTokenOf(request);
  if (username === undefined) throw unknown(400, 'Desired Username is missing or not a string');
  const appservice = server.appserviceOf(token);
  if (appservice === undefined) throw unknownToken('Unrecognised access token');
  const userId = `@${username}:${server.serverName}`;
  if (!appservice.ownsUser(userId)) throw exclusive('Invalid user localpart for this application service.');
  if (appservice.registration['io.element.msc4190'] === true && body.inhibit_login !== true) {
    throw new MatrixError(
      400,
      'IO.ELEMENT.MSC4190.M_APPSERVICE_LOGIN_UNSUPPORTED',
      'This appservice has MSC4190 enabled, so the inhibit_login parameter must be set to true.',
    );
  }
  if (!server.accounts.register(userId, undefined)) throw userInUse();
  return registered(server, userId, body);
}

function registerPerson(server: Homeserver, body: JsonObject, username: string | undefined): SandboxAnswer {
  const localpart = username ?? newSessionId().toLowerCase();
  const password = optionalString(body, 'password');
  const userId = `@${localpart}:${server.serverName}`;
  if (!/^[a-z0-9=_\-./+]*$/.test(localpart)) {
    throw invalidUsername("User ID can only contain characters a-z, 0-9, or '=_-./+'");
  }
  if (localpart === '') throw invalidUsername('User ID cannot be empty');
  if (localpart.startsWith('_')) throw invalidUsername('User ID may not begin with _');
  if (server.appservice?.reservesUser(userId) === true) {
    throw exclusive('This user ID is reserved by an application service.');
  }
  if (userId.length > 255) throw invalidUsername('User ID may not be longer than 255 characters');
  if (server.accounts.has(userId)) throw userInUse();
  if (/^\d+$/.test(localpart)) throw invalidUsername('Numeric user IDs are reserved for guest users.');
  if (!isObject(body.auth) || body.auth.type !== 'm.login.dummy') {
    return {
      status: 401,
      body: { session: newSessionId(), flows: [{ stages: ['m.login.dummy'] }], params: {} },
    };
  }
  if (password === undefined) throw missingParam('Missing params: password');
  server.accounts.register(userId, password);
  return registered(server, userId, body);
}

function registered(server: Homeserver, userId: string, body: JsonObject): SandboxAnswer {
  const answer = { user_id: userId, home_server: server.serverName };
  if (body.inhibit_login === true) return ok(answer);
  const session = openSession(server, userId, body);
  return ok({ ...answer, ...session });
}

function openSession(server: Homeserver, userId: string, body: JsonObject): JsonObject {
  const { accessToken, deviceId } = server.accounts.logIn(
    userId,
    optionalString(body, 'device_id'),
    optionalString(body, 'initial_device_display_name'),
  );
  return { access_token: accessToken, device_id: deviceId };
}

function logIn(server: Homeserver, request: SandboxRequest): SandboxAnswer {
  const body = jsonBody(request);
  switch (body.type) {
    case 'm.login.password':
      return logInWithPassword(server, body);
    case appserviceLogin:
      return logInForAppservice(server, request, body);
    default:
      throw invalidParam('Invalid login submission');
  }
}

function loginUser(server: Homeserver, body: JsonObject): string {
  const identifier = body.identifier;
  const name = isObject(identifier) ? optionalString(identifier, 'user') : optionalString(body, 'user');
  if (name === undefined) throw missingParam('Missing param: identifier');
  return parseUserId(name) === undefined ? `@${name}:${server.serverName}` : name;
}

function loggedIn(server: Homeserver, userId: string, body: JsonObject): SandboxAnswer {
  return ok({ user_id: userId, home_server: server.serverName, ...openSession(server, userId, body) });
}

function logInWithPassword(server: Homeserver, body: JsonObject): SandboxAnswer {
  const password = optionalString(body, 'password');
  if (password === undefined) throw invalidParam('Bad parameter: password');
  const userId = loginUser(server, body).toLowerCase();
  if (!server.accounts.passwordMatches(userId, password)) throw forbidden('Invalid username or password');
  return loggedIn(server, userId, body);
}

function logInForAppservice(server: Homeserver, request: SandboxRequest, body: JsonObject): SandboxAnswer {
  const token = accessTokenOf(request);
  const appservice = server.appserviceOf(token);
  if (appservice === undefined) throw unknownToken('Unrecognised access token');
  if (appservice.registration['io.element.msc4190'] === true) {
    throw new MatrixError(
      400,
      'IO.ELEMENT.MSC4190.M_APPSERVICE_LOGIN_UNSUPPORTED',
      'This appservice has MSC4190 enabled, so appservice login cannot be used.',
    );
  }
  const userId = loginUser(server, body);
  if (!appservice.ownsUser(userId)) throw forbidden('Invalid access_token');
  if (!server.accounts.has(userId)) throw unknown(404, 'No row found (users)');
  return loggedIn(server, userId, body);
}

function userInUse(): MatrixError {
  return new MatrixError(400, 'M_USER_IN_USE', 'User ID already taken.');
}

function invalidUsername(message: string): MatrixError {
  return new MatrixError(400, 'M_INVALID_USERNAME', message);
}
