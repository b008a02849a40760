import { addCall, addOpenCall, ok, param, type Api, type Call } from './api.js';
import type { SandboxAnswer } from '../http-server.js';
import { createRoom } from './create-room.js';
import { parseAlias } from './ids.js';
import { forbidden, invalidParam, notFound, unknown } from './matrix-error.js';
import { changeMembership, type MembershipAction } from './memberships.js';
import { jsonBody, requiredString } from './request-body.js';
import { removeAlias, requestAlias } from './room-directory.js';

/** Rooms, their aliases and who is in them. */
export function addRoomCalls(api: Api): void {
  const { server } = api;
  addCall(api, 'POST', '/createRoom', ({ request, requester }) => {
    const room = createRoom(server, requester.userId, requester.appservice, jsonBody(request));
    return ok({ room_id: room.id });
  });
  addOpenCall(api, 'GET', '/directory/room/:alias*', async (_request, params) => {
    const alias = param(params, 'alias');
    return ok({ room_id: await findAlias(api, alias), servers: [server.serverName] });
  });
  addCall(api, 'PUT', '/directory/room/:alias*', ({ request, params, requester }) => {
    requestAlias(server, requester, param(params, 'alias'), requiredString(jsonBody(request), 'room_id'));
    return ok();
  });
  addCall(api, 'DELETE', '/directory/room/:alias*', ({ params, requester }) => {
    removeAlias(server, requester, param(params, 'alias'));
    return ok();
  });
  addDirectoryCalls(api);
  addMembershipCalls(api);
}

function addDirectoryCalls(api: Api): void {
  const { server } = api;
  addOpenCall(api, 'GET', '/directory/list/room/:room', (_request, params) => {
    const room = server.rooms.get(param(params, 'room'));
    if (room === undefined) throw notFound('Unknown room');
    return ok({ visibility: room.directory });
  });
  const setVisibility = ({ request, params }: Call): SandboxAnswer => {
    const room = server.rooms.get(param(params, 'room'));
    if (room === undefined) throw notFound('Unknown room');
    room.directory = jsonBody(request).visibility === 'private' ? 'private' : 'public';
    return ok();
  };
  addCall(api, 'PUT', '/directory/list/room/:room', setVisibility);
  addCall(api, 'PUT', '/directory/list/appservice/:network/:room', setVisibility);
  addCall(api, 'GET', '/rooms/:room/aliases', ({ params, requester }) => {
    const room = server.rooms.get(param(params, 'room'));
    if (room?.joined.has(requester.userId) !== true) throw forbidden(`User ${requester.userId} not in room`);
    return ok({ aliases: [...room.aliases] });
  });
}

function addMembershipCalls(api: Api): void {
  const { server } = api;
  addCall(api, 'GET', '/joined_rooms', ({ requester }) =>
    ok({ joined_rooms: [...server.joinedRooms(requester.userId)] }),
  );
  addCall(api, 'POST', '/join/:room*', async ({ request, params, requester }) => {
    const target = param(params, 'room');
    const roomId = await resolveRoom(api, target);
    const content = jsonBody(request, { empty: 'allowed' });
    delete content.third_party_signed;
    changeMembership(server, { by: requester.userId, target: requester.userId, roomId, action: 'join', content });
    return ok({ room_id: roomId });
  });
  const actions: readonly MembershipAction[] = ['join', 'invite', 'leave', 'kick', 'ban', 'unban'];
  for (const action of actions) {
    addCall(api, 'POST', `/rooms/:room/${action}`, (call) => changeInRoom(api, call, action));
    addCall(api, 'PUT', `/rooms/:room/${action}/:txn`, (call) =>
      api.transactionIds.once(call.request.path, call.requester, () => changeInRoom(api, call, action)),
    );
  }
  addCall(api, 'POST', '/rooms/:room/forget', ({ params, requester }) => {
    const membership = server.rooms.get(param(params, 'room'))?.membership(requester.userId);
    if (membership !== undefined && membership !== 'leave' && membership !== 'ban') {
      throw unknown(400, `User ${requester.userId} in room ${param(params, 'room')}`);
    }
    server.rooms.get(param(params, 'room'))?.forget(requester.userId);
    return ok();
  });
}

function changeInRoom({ server }: Api, { request, params, requester }: Call, action: MembershipAction): SandboxAnswer {
  const body = jsonBody(request, { empty: 'allowed' });
  const roomId = param(params, 'room');
  const aboutOthers = action === 'invite' || action === 'kick' || action === 'ban' || action === 'unban';
  const target = aboutOthers ? requiredString(body, 'user_id') : requester.userId;
  const content = 'reason' in body ? { reason: body.reason } : {};
  changeMembership(server, { by: requester.userId, target, roomId, action, content });
  return ok(action === 'join' ? { room_id: roomId } : {});
}

async function resolveRoom(api: Api, idOrAlias: string): Promise<string> {
  if (idOrAlias.startsWith('!')) return idOrAlias;
  if (parseAlias(idOrAlias) !== undefined) return findAlias(api, idOrAlias);
  throw unknown(400, `${idOrAlias} was not legal room ID or room alias`);
}

/** The room of an alias; for one of the application service's that nobody knows, the service is asked to make it. */
async function findAlias({ server, appserviceClient }: Api, alias: string): Promise<string> {
  if (parseAlias(alias) === undefined) throw invalidParam('Room alias invalid');
  const known = server.aliases.get(alias);
  if (known !== undefined) return known.roomId;
  const { appservice } = server;
  if (
    appservice?.ownsAlias(alias) === true &&
    (await appserviceClient.ask(appservice, `/rooms/${encodeURIComponent(alias)}`))
  ) {
    const made = server.aliases.get(alias);
    if (made !== undefined) return made.roomId;
  }
  throw notFound(`Room alias ${alias} not found`);
}
