import { addCall, addOpenCall, ok, param, type Api, type Call } from './api.js';
import type { SandboxAnswer } from '../http-server.js';
import type { Profile } from './accounts.js';
import { parseUserId } from './ids.js';
import { badJson, forbidden, invalidParam, MatrixError, missingParam, notFound, unknown } from './matrix-error.js';
import { spreadProfile } from './memberships.js';
import { isPresence } from './presences.js';
import { jsonBody, optionalString } from './request-body.js';

const receiptTypes = ['m.read.private', 'm.read', 'm.fully_read'];

const labels = { displayname: 'Displayname', avatar_url: 'Avatar URL' };

/** Profiles, typing, receipts, account data: what one person shows or keeps. */
export function addPersonCalls(api: Api): void {
  addProfileCalls(api);
  addCall(api, 'PUT', '/rooms/:room/typing/:user', (call) => setTyping(api, call));
  addCall(api, 'POST', '/rooms/:room/receipt/:type/:event', (call) => setReceipt(api, call));
  addCall(api, 'POST', '/rooms/:room/read_markers', (call) => setReadMarkers(api, call));
  addCall(api, 'PUT', '/presence/:user/status', (call) => setPresence(api, call));
  addCall(api, 'GET', '/presence/:user/status', ({ params }) =>
    ok(api.server.presences.get(param(params, 'user'), api.server.nowMs())),
  );
  addAccountDataCalls(api);
}

function addProfileCalls(api: Api): void {
  const { accounts } = api.server;
  addOpenCall(api, 'GET', '/profile/:user', (_request, params) => {
    const userId = param(params, 'user');
    if (parseUserId(userId) !== undefined && accounts.profile(userId) === undefined) {
      throw unknown(404, 'No row found (profiles)');
    }
    const profile = profileOf(api, userId);
    if (profile.displayname === undefined && profile.avatar_url === undefined) throw notFound('Profile was not found');
    return ok(profile);
  });
  for (const field of ['displayname', 'avatar_url'] as const) {
    addOpenCall(api, 'GET', `/profile/:user/${field}`, (_request, params) => {
      const value = profileOf(api, param(params, 'user'))[field];
      return ok(value === undefined ? {} : { [field]: value });
    });
    addCall(api, 'PUT', `/profile/:user/${field}`, ({ request, params, requester }) => {
      const userId = param(params, 'user');
      const body = jsonBody(request);
      if (!(field in body)) throw missingParam(`Missing key '${field}'`);
      const value = body[field] ?? '';
      if (typeof value !== 'string') throw invalidParam(`'${field}' must be a string`);
      if (userId !== requester.userId) {
        throw new MatrixError(400, 'M_FORBIDDEN', `Cannot set another user's ${labels[field].toLowerCase()}`);
      }
      const maxLength = field === 'displayname' ? 256 : 1000;
      if (value.length > maxLength) throw unknown(400, `${labels[field]} is too long (max ${maxLength})`);
      accounts.setProfile(userId, field, value);
      spreadProfile(api.server, userId);
      return ok();
    });
  }
}

function profileOf({ server }: Api, userId: string): Readonly<Profile> {
  if (parseUserId(userId) === undefined) throw invalidParam('Invalid user id');
  const profile = server.accounts.profile(userId);
  if (profile === undefined) throw notFound('Profile was not found');
  return profile;
}

function setTyping({ server }: Api, { request, params, requester }: Call): SandboxAnswer {
  const body = jsonBody(request);
  if (param(params, 'user') !== requester.userId) throw forbiddenTyping();
  const room = server.rooms.get(param(params, 'room'));
  if (room?.joined.has(requester.userId) !== true) {
    throw forbidden(`User ${requester.userId} not in room ${param(params, 'room')}`);
  }
  const timeout = typeof body.timeout === 'number' ? body.timeout : 30_000;
  server.ephemerals.setTyping(room.id, requester.userId, body.typing === true ? Math.min(timeout, 120_000) : 0);
  return ok();
}

function forbiddenTyping(): Error {
  return new MatrixError(400, 'M_FORBIDDEN', "Cannot set another user's typing state");
}

function setPresence({ server }: Api, { request, params, requester }: Call): SandboxAnswer {
  if (param(params, 'user') !== requester.userId) {
    throw new MatrixError(403, 'M_FORBIDDEN', 'Can only set your own presence state');
  }
  const { presence, status_msg: words, ...rest } = jsonBody(request);
  const isText = words === undefined || words === null || typeof words === 'string';
  if (Object.keys(rest).length > 0 || !isText) throw unknown(400, 'Unable to parse state');
  if (!isPresence(presence)) throw unknown(400, 'Invalid presence state');
  server.presences.set(requester.userId, { presence, words: words ?? undefined }, server.nowMs());
  return ok();
}

function setReceipt({ server }: Api, { request, params, requester }: Call): SandboxAnswer {
  const type = param(params, 'type');
  const eventId = param(params, 'event');
  if (!eventId.startsWith('$')) throw unknown(400, 'A valid room ID and event ID must be specified');
  if (!receiptTypes.includes(type)) throw unknown(400, `Receipt type must be ${receiptTypes.join(', ')}`);
  const threadId = optionalString(jsonBody(request, { empty: 'allowed' }), 'thread_id');
  const room = server.rooms.get(param(params, 'room'));
  if (room?.event(eventId) === undefined || type === 'm.fully_read') return ok();
  if (!room.joined.has(requester.userId)) throw forbidden("You don't have permission to access that event.");
  server.ephemerals.setReceipt(room.id, { userId: requester.userId, eventId, type, threadId, atMs: server.nowMs() });
  return ok();
}

function setReadMarkers({ server }: Api, { request, params, requester }: Call): SandboxAnswer {
  const body = jsonBody(request);
  const room = server.rooms.get(param(params, 'room'));
  if (room?.joined.has(requester.userId) !== true) {
    throw forbidden(`User ${requester.userId} not in room ${param(params, 'room')}`);
  }
  for (const type of ['m.read', 'm.read.private']) {
    const eventId = optionalString(body, type);
    if (eventId === undefined || room.event(eventId) === undefined) continue;
    const receipt = { userId: requester.userId, eventId, type, threadId: undefined, atMs: server.nowMs() };
    server.ephemerals.setReceipt(room.id, receipt);
  }
  return ok();
}

function addAccountDataCalls(api: Api): void {
  const { accounts } = api.server;
  const paths = ['/user/:user/account_data/:type', '/user/:user/rooms/:room/account_data/:type'];
  for (const path of paths) {
    const keyOf = (params: Readonly<Record<string, string>>): string =>
      `${params.room ?? ''}\u0000${param(params, 'type')}`;
    addCall(api, 'GET', path, ({ params, requester }) => {
      checkOwn(param(params, 'user'), requester.userId, 'get account data');
      const content = accounts.accountData(requester.userId, keyOf(params));
      if (content === undefined) throw notFound('Account data not found');
      return ok(content);
    });
    addCall(api, 'PUT', path, ({ request, params, requester }) => {
      checkOwn(param(params, 'user'), requester.userId, 'add account data');
      accounts.setAccountData(requester.userId, keyOf(params), jsonBody(request));
      return ok();
    });
  }
  addCall(api, 'POST', '/user/:user/filter', ({ request, params, requester }) => {
    checkOwn(param(params, 'user'), requester.userId, 'create filters');
    return ok({ filter_id: accounts.addFilter(requester.userId, jsonBody(request)) });
  });
  addCall(api, 'GET', '/user/:user/filter/:filter', ({ params, requester }) => {
    checkOwn(param(params, 'user'), requester.userId, 'get filters');
    const filter = accounts.filter(requester.userId, param(params, 'filter'));
    if (filter === undefined) throw notFound('No such filter');
    return ok(filter);
  });
}

function checkOwn(userId: string, requesterId: string, what: string): void {
  if (parseUserId(userId) === undefined) throw badJson('Invalid user id');
  if (userId !== requesterId) throw forbidden(`Cannot ${what} for other users.`);
}
