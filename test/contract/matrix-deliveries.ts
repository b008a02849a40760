import { createHash } from 'node:crypto';
import { fromPlain } from '../../src/formatting/plain.js';
import type {
  BridgeEvent,
  MemberJoined,
  MemberLeft,
  MessageDeleted,
  MessageEdited,
  MessageSent,
  PollCounted,
  PollStarted,
  ReactionAdded,
  ReactionRemoved,
  RoleChanged,
  RoomChanged,
} from '../../src/model/bridge-event.js';
import {
  accountId,
  type DeliveryKey,
  deliveryId,
  deliveryKey,
  remoteId,
  roomId,
  type RoomId,
  userId,
} from '../../src/model/ids.js';
import type { Copy, DeliveryRequest, Speaker, UncertainDelivery } from '../../src/model/network-adapter.js';

const cloud = accountId('cloud');
const there = { account: cloud, id: roomId('there') };
const anna = { account: cloud, id: userId('users/anna'), name: 'Anna', standing: 'person' as const };

/** The ghost of the person in whose name these deliveries are. */
export const annasGhost = '@crosstalk_cloud_users=2fanna:sandbox.test';

/** A key by its shape, made of the delivery's name and the part. */
export function keyOf(delivery: string, part: number): DeliveryKey {
  const bytes = createHash('sha512').update(`${delivery}/${part}`).digest().subarray(0, 34);
  return deliveryKey(bytes.toString('base64url'));
}

export interface Asked<E extends BridgeEvent> {
  readonly request: DeliveryRequest<E>;
  readonly made: Copy[];
  readonly gone: Copy[];
  /** How often a write was about to go out. */
  readonly writes: () => number;
  readonly uncertain: UncertainDelivery;
}

type Changes<E extends BridgeEvent> = Partial<Omit<DeliveryRequest<E>, 'speaker'>> & {
  readonly speaker?: Partial<Speaker>;
};

function asked<E extends BridgeEvent>(name: string, room: string, event: E, changes: Changes<E>): Asked<E> {
  const made: Copy[] = [];
  const gone: Copy[] = [];
  let writes = 0;
  const delivery = deliveryId(name);
  const request: DeliveryRequest<E> = {
    delivery,
    room: roomId(room),
    event,
    target: [],
    made: [],
    key: (part) => keyOf(name, part),
    onMade: (copy) => made.push(copy),
    onGone: (copy) => {
      gone.push(copy);
    },
    openFile: () => Promise.reject(new Error('there are no files')),
    beforeSend: () => {
      writes += 1;
    },
    ...changes,
    speaker: {
      as: 'ghost',
      person: anna,
      networkLabel: 'Talk',
      profile: { name: 'Anna' },
      openAvatar: () => Promise.reject(new Error('there is no picture')),
      ...changes.speaker,
    },
  };
  const partOf = (key: DeliveryKey): number | undefined => [0, 1, 2, 3].find((part) => keyOf(name, part) === key);
  return { made, gone, writes: () => writes, request, uncertain: { ...request, partOf } };
}

/** A message that Anna wrote on another network. */
export function saying(
  name: string,
  room: RoomId | string,
  text: string,
  changes: Changes<MessageSent> = {},
): Asked<MessageSent> {
  const event: MessageSent = {
    kind: 'messageSent',
    room: there,
    actor: anna,
    at: '2026-11-21T00:00:00.000Z',
    message: { room: there, id: remoteId(name) },
    body: fromPlain(text),
    files: [],
    style: 'text',
  };
  return asked(name, room, event, changes);
}

/** A deletion on another network of what stands here as `target`. */
export function unsaying(
  name: string,
  room: RoomId | string,
  target: readonly Copy[],
  changes: Changes<MessageDeleted> = {},
): Asked<MessageDeleted> {
  const event: MessageDeleted = {
    kind: 'messageDeleted',
    room: there,
    actor: anna,
    at: '2026-11-21T00:00:00.000Z',
    message: { room: there, id: remoteId('1') },
    version: '1',
  };
  return asked(name, room, event, { target, ...changes });
}

const happened = { room: there, actor: anna, at: '2026-11-21T00:00:00.000Z' } as const;
const message = { room: there, id: remoteId('1') } as const;

/** An edit on another network of what stands here as `target`. */
export function editing(
  name: string,
  room: RoomId | string,
  target: readonly Copy[],
  said: string | Pick<MessageEdited, 'body'>,
  changes: Changes<MessageEdited> = {},
): Asked<MessageEdited> {
  const body = typeof said === 'string' ? fromPlain(said) : said.body;
  const event: MessageEdited = { ...happened, kind: 'messageEdited', message, body, style: 'text', version: '1' };
  return asked(name, room, event, { target, ...changes });
}

export function reacting(
  name: string,
  room: RoomId | string,
  target: readonly Copy[],
  emoji: string,
  changes: Changes<ReactionAdded> = {},
): Asked<ReactionAdded> {
  const event: ReactionAdded = { ...happened, kind: 'reactionAdded', message, emoji, version: '1' };
  return asked(name, room, event, { target, ...changes });
}

/** `reaction`: what it was made as, where that is known. */
export function unreacting(
  name: string,
  room: RoomId | string,
  target: readonly Copy[],
  emoji: string,
  changes: Changes<ReactionRemoved> = {},
): Asked<ReactionRemoved> {
  const event: ReactionRemoved = { ...happened, kind: 'reactionRemoved', message, emoji, version: '2' };
  return asked(name, room, event, { target, ...changes });
}

export function joining(name: string, room: RoomId | string, changes: Changes<MemberJoined> = {}): Asked<MemberJoined> {
  return asked(name, room, { ...happened, kind: 'memberJoined', member: anna }, changes);
}

export function leaving(
  name: string,
  room: RoomId | string,
  how: MemberLeft['how'],
  changes: Changes<MemberLeft> = {},
): Asked<MemberLeft> {
  return asked(name, room, { ...happened, kind: 'memberLeft', member: anna, how }, changes);
}

export function seeing(
  name: string,
  room: RoomId | string,
  role: RoleChanged['role'],
  changes: Changes<RoleChanged> = {},
): Asked<RoleChanged> {
  return asked(name, room, { ...happened, kind: 'roleChanged', member: anna, role }, changes);
}

export function changing(
  name: string,
  room: RoomId | string,
  change: RoomChanged['change'],
  changes: Changes<RoomChanged> = {},
): Asked<RoomChanged> {
  return asked(name, room, { ...happened, kind: 'roomChanged', change }, changes);
}

/** What Anna asked in a poll, or what became of it. */
export function asking<E extends PollStarted | PollCounted>(
  name: string,
  room: RoomId | string,
  event: Omit<E, 'room' | 'actor' | 'at' | 'message'>,
  changes: Changes<E> = {},
): Asked<E> {
  const whole = { ...happened, message: { room: there, id: remoteId('poll') }, ...event } as unknown as E;
  return asked(name, room, whole, changes);
}
