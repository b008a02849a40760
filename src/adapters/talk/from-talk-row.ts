import type { BridgeEvent } from '../../model/bridge-event.js';
import { roomId, type AccountId, type MessageRef, type UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { cleanName } from '../../formatting/names.js';
import { textOf } from './from-talk-text.js';
import { deliveryKeyIn, federatedId, talkMessageRef, talkUserId } from './talk.ids.js';
import type { ChatRow, RichParameter, StoredRow } from './talk.payloads.js';

/** The account that reads, and the base address of its server without a slash at its end. */
export interface TalkReader {
  readonly account: AccountId;
  readonly baseUrl: string;
}

/** What each event of a row says: where, by whom, when. */
export function happened(stored: StoredRow, reader: TalkReader): Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'> {
  const { row } = stored;
  const key = deliveryKeyIn(stored.poll?.key ?? row.referenceId);
  return {
    room: { account: reader.account, id: roomId(stored.token) },
    actor: { ...personRef(stored, reader, actorIn(row)), ...(stored.byUs === true ? { standing: 'ours' } : {}) },
    at: new Date(row.timestamp * 1000).toISOString(),
    ...(key === undefined ? {} : { key }),
  };
}

interface Actor {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

function actorIn(row: ChatRow): Actor {
  // The name of a federated actor may be its address; the parameter then has the short one.
  const parameter: RichParameter | undefined = row.messageParameters['actor'];
  const isAddress = row.actorType === 'federated_users' && row.actorDisplayName.includes('@');
  const name = row.actorDisplayName !== '' && !isAddress ? row.actorDisplayName : textOf(parameter, 'name');
  return { type: row.actorType, id: row.actorId, name: name || row.actorDisplayName };
}

/** Whom a parameter names. Ids of guests begin with what they are; who is of another server has its address. */
export function personIn(parameter: RichParameter): Actor {
  const id = textOf(parameter, 'id');
  const name = textOf(parameter, 'name');
  const server = textOf(parameter, 'server');
  switch (textOf(parameter, 'type')) {
    case 'guest':
      return { type: 'guests', id: id.replace(/^guest\//, ''), name };
    case 'email':
      return { type: 'emails', id: id.replace(/^email\//, ''), name };
    case 'user':
      return server === ''
        ? { type: 'users', id, name }
        : { type: 'federated_users', id: federatedId(id, server), name };
    default:
      return { type: 'phones', id, name };
  }
}

export function personRef(stored: StoredRow, reader: TalkReader, actor: Actor): UserRef {
  return {
    account: reader.account,
    id: talkUserId(actor.type, actor.id),
    name: nameOf(actor),
    standing: standingOf(actor, stored),
  };
}

export function nameOf(actor: Actor): string {
  return actor.name.trim() === '' ? nameWithout(actor) : cleanName(actor.name);
}

/** Guests may have no name, and deleted people have none. */
function nameWithout(actor: Actor): string {
  switch (actor.type) {
    case 'guests':
    case 'emails':
      return 'Guest';
    case 'deleted_users':
      return 'Deleted user';
    default:
      return actor.id;
  }
}

const systemActors: ReadonlySet<string> = new Set(['cli', 'system', 'sample', 'changelog']);

export function standingOf(actor: Actor, { self, guests = {} }: StoredRow): UserRef['standing'] {
  if (actor.type === 'guests' && Object.hasOwn(guests, actor.id)) return 'ours';
  if (actor.type === 'users' && actor.id === self) return 'ours';
  // Only bridges speak as this type, whichever name they put on it.
  if (actor.type === 'bridged' || (actor.type === 'users' && actor.id === 'bridge-bot')) return 'ours';
  if (actor.type !== 'users' && systemActors.has(actor.id)) return 'system';
  return actor.type === 'bots' ? 'bot' : 'person';
}

export function refTo(stored: StoredRow, reader: TalkReader, id: number): MessageRef {
  return talkMessageRef(reader.account, roomId(stored.token), id);
}

type AboutParent<E> = E extends BridgeEvent ? Omit<E, 'room' | 'actor' | 'at' | 'key'> : never;

/** An event about the message that the row is the child of. */
export function onParent(
  stored: StoredRow,
  reader: TalkReader,
  make: (parent: MessageRef) => AboutParent<BridgeEvent>,
): ReadResult {
  const { parent, systemMessage } = stored.row;
  if (parent === undefined) return { ignored: `${systemMessage} without its message` };
  return one({ ...happened(stored, reader), ...make(refTo(stored, reader, parent.id)) });
}

export function one(event: BridgeEvent): ReadResult {
  return { events: [event] };
}
