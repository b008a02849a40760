import { readCloudId, writeCloudId } from '../state/cloud-id.js';

type Json = Record<string, unknown>;

/** The server whose people and rooms an answer names, and the one at which it is read. */
export interface Border {
  /** Where the answer comes from, without a slash at its end. */
  readonly host: string;
  readonly hostToken: string;
  readonly own: string;
  readonly ownToken: string;
}

/** Fields that name an actor: `Type` and `Id` follow. */
const actorFields = ['actor', 'lastEditActor', 'pinnedActor'] as const;

/** Pure: an answer of a room's own server as this server's people are shown it: their own as users, all others as people of theirs. */
export function localised(value: unknown, border: Border): unknown {
  if (Array.isArray(value)) return value.map((item) => localised(item, border));
  if (typeof value !== 'object' || value === null) return value;
  const map: Json = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, localised(item, border)]));
  for (const field of actorFields) {
    const actor = localActor(map[`${field}Type`], map[`${field}Id`], border);
    if (actor !== undefined) Object.assign(map, { [`${field}Type`]: actor.type, [`${field}Id`]: actor.id });
  }
  if (map['token'] === border.hostToken) map['token'] = border.ownToken;
  return isPerson(map) ? localPerson(map, border) : map;
}

function localActor(
  type: unknown,
  id: unknown,
  { host, own }: Border,
): { readonly type: string; readonly id: string } | undefined {
  if (typeof id !== 'string') return undefined;
  if (type === 'users') return { type: 'federated_users', id: writeCloudId({ user: id, server: host }) };
  const person = type === 'federated_users' ? readCloudId(id) : undefined;
  return person?.server === own ? { type: 'users', id: person.user } : undefined;
}

function isPerson(map: Json): boolean {
  return map['type'] === 'user' && typeof map['id'] === 'string' && typeof map['name'] === 'string';
}

function localPerson(map: Json, { host, own }: Border): Json {
  if (map['server'] === undefined) return { ...map, server: host };
  if (map['server'] !== own) return map;
  const { server: _server, ...person } = map;
  return person;
}

/** Pure: a message as its own server tells other servers of it: everybody is named with their server. */
export function abroad(message: Readonly<Json>, host: string): Json {
  const border: Border = { host, hostToken: '', own: '', ownToken: '' };
  const { actorType, actorId, actorDisplayName, timestamp, expirationTimestamp } = message;
  const actor = localActor(actorType, actorId, border);
  return {
    actorType: actor?.type ?? actorType,
    actorId: actor?.id ?? actorId,
    actorDisplayName,
    timestamp,
    expirationTimestamp,
    messageType: message['messageType'],
    systemMessage: message['systemMessage'],
    message: message['message'],
    messageParameters: localised(message['messageParameters'], border),
  };
}
