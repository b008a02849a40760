import type { Homeserver } from './homeserver.js';
import { parseAlias } from './ids.js';
import { exclusive, forbidden, invalidParam, MatrixError, notFound, unknown } from './matrix-error.js';
import type { Requester } from './requester.js';
import { sendLevel, userLevel } from './power-levels.js';
import type { Room } from './room.js';

/** Points an alias to a room. Throws 409 where it points somewhere already. */
export function assignAlias(server: Homeserver, alias: string, room: Room, creator: string): void {
  if (server.aliases.has(alias)) throw unknown(409, `Room alias ${alias} already exists`);
  server.aliases.set(alias, { roomId: room.id, creator });
  room.aliases.add(alias);
}

/** `PUT /directory/room/{alias}`. */
export function requestAlias(server: Homeserver, requester: Requester, alias: string, roomId: string): void {
  const parsed = parseAlias(alias);
  if (parsed === undefined) throw invalidParam('Room alias invalid');
  const room = server.rooms.get(roomId);
  if (room === undefined) throw unknown(400, 'Room does not exist');
  if (alias.length > 255) throw invalidParam("Can't create aliases longer than 255 characters");
  if (requester.appservice !== undefined) {
    if (!requester.appservice.ownsAlias(alias)) {
      throw exclusive('This application service has not reserved this kind of alias.');
    }
  } else {
    if (!room.joined.has(requester.userId)) throw forbidden('You must be in the room to create an alias for it');
    if (server.appservice?.reservesAlias(alias) === true) {
      throw exclusive('This alias is reserved by an application service.');
    }
  }
  if (/\s/.test(parsed.localpart)) throw unknown(400, 'Invalid characters in room alias');
  if (parsed.serverName !== server.serverName) throw unknown(400, 'Room alias must be local');
  assignAlias(server, alias, room, requester.userId);
}

/** `DELETE /directory/room/{alias}`. */
export function removeAlias(server: Homeserver, requester: Requester, alias: string): void {
  if (parseAlias(alias) === undefined) throw invalidParam('Room alias invalid');
  if (requester.appservice !== undefined) {
    if (!requester.appservice.ownsAlias(alias)) {
      throw exclusive('This application service has not reserved this kind of alias');
    }
    unassign(server, alias);
    return;
  }
  const known = server.aliases.get(alias);
  if (known === undefined) throw notFound('Unknown room alias');
  const room = server.rooms.get(known.roomId);
  const power = room?.power();
  const mayModerate =
    power !== undefined && userLevel(power, requester.userId) >= sendLevel(power, 'm.room.canonical_alias', 'state');
  if (known.creator !== requester.userId && !mayModerate) {
    throw forbidden("You don't have permission to delete the alias.");
  }
  if (server.appservice?.reservesAlias(alias) === true) {
    throw exclusive('This alias is reserved by an application service.');
  }
  unassign(server, alias);
  if (room !== undefined) dropCanonicalAlias(server, requester.userId, room, alias);
}

function unassign(server: Homeserver, alias: string): void {
  const known = server.aliases.get(alias);
  server.aliases.delete(alias);
  if (known !== undefined) server.rooms.get(known.roomId)?.aliases.delete(alias);
}

function dropCanonicalAlias(server: Homeserver, userId: string, room: Room, alias: string): void {
  const current = room.state('m.room.canonical_alias');
  if (current === undefined) return;
  const content = { ...current.content };
  const alternatives: unknown = content.alt_aliases;
  const listed = Array.isArray(alternatives) && alternatives.includes(alias);
  if (content.alias !== alias && !listed) return;
  if (content.alias === alias) delete content.alias;
  if (listed) {
    const others = (alternatives as unknown[]).filter((other) => other !== alias);
    if (others.length > 0) content.alt_aliases = others;
    else delete content.alt_aliases;
  }
  try {
    server.send(room.id, { type: 'm.room.canonical_alias', sender: userId, content, stateKey: '' });
  } catch (error) {
    // The alias is gone all the same: whoever may delete it need not be allowed to change the room's state.
    if (!(error instanceof MatrixError)) throw error;
  }
}
