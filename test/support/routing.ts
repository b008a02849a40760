import type { BridgeEvent, MessageSent } from '../../src/model/bridge-event.js';
import {
  accountId,
  type DeliveryKey,
  deliveryId,
  deliveryKey,
  type MessageRef,
  remoteId,
  roomId,
  type RoomRef,
  userId,
  type UserRef,
} from '../../src/model/ids.js';
import { defaultLinkOptions } from '../../src/model/link-options.js';
import { copyKey, type Known, type PortalWiring, roomKey } from '../../src/model/routing.js';
import type { Arrival, RouteOptions } from '../../src/pipeline/arrival-route.js';
import { route } from '../../src/pipeline/route.js';

export const rooms: Record<'a' | 'b' | 'c', RoomRef> = {
  a: { account: accountId('left'), id: roomId('a') },
  b: { account: accountId('right'), id: roomId('b') },
  c: { account: accountId('third'), id: roomId('c') },
};
export const names = ['a', 'b', 'c'] as const;
export type Name = (typeof names)[number];
export type Directions = Record<Name, PortalWiring['direction']>;
export const both: Directions = { a: 'both', b: 'both', c: 'both' };

/** Link 7: rooms a, b, c are portals a, b, c. */
export function knowing(directions: Directions = both, options = defaultLinkOptions): Known {
  const portals = names.map((name) => ({
    portal: name,
    account: rooms[name].account,
    room: rooms[name].id,
    direction: directions[name],
    shard: 1,
  }));
  const wiring = new Map(
    portals.map((own) => [
      roomKey({ account: own.account, id: own.room }),
      {
        link: '7',
        linkedAt: new Date('2026-01-01T00:00:00Z'),
        options,
        own,
        others: portals.filter((other) => other !== own),
      },
    ]),
  );
  return {
    wiring,
    copies: new Map(),
    told: new Set(),
    messages: new Map(),
    reactions: new Map(),
    reactionsByRemote: new Map(),
    calls: new Map(),
    polls: new Map(),
    ballots: new Map(),
    deliveries: new Map(),
    parkedByMessage: new Map(),
    reached: new Map(),
  };
}

/** Message 5 came from room a as `m1` and has copies `b1` and `c1`. */
export function knowingMessage(version = 0n, deleted = false): Known {
  const known = knowing();
  known.messages.set('5', { version, deleted });
  known.copies.set(copyKey(ref('a', 'm1')), { message: '5', portal: 'a', part: 0 });
  known.copies.set(copyKey(ref('b', 'b1')), { message: '5', portal: 'b', part: 0 });
  known.copies.set(copyKey(ref('c', 'c1')), { message: '5', portal: 'c', part: 0 });
  return known;
}

export const ref = (room: Name, id: string): MessageRef => ({ room: rooms[room], id: remoteId(id) });
export const by = (room: Name, standing: UserRef['standing'] = 'person', id = 'anna'): UserRef => ({
  account: rooms[room].account,
  id: userId(id),
  name: 'Anna',
  standing,
});
export const at = '2026-01-02T03:04:05.000Z';

export function sent(room: Name, id: string, more: Partial<MessageSent> = {}): MessageSent {
  const body: MessageSent['body'] = [{ type: 'paragraph', content: [{ type: 'text', text: id }] }];
  return {
    kind: 'messageSent',
    room: rooms[room],
    actor: by(room),
    at,
    message: ref(room, id),
    body,
    files: [],
    style: 'text',
    ...more,
  };
}
export const edited = (room: Name, id: string, version: string): BridgeEvent => ({
  kind: 'messageEdited',
  room: rooms[room],
  actor: by(room),
  at,
  message: ref(room, id),
  body: [],
  style: 'text',
  version,
});
export const deleted = (room: Name, id: string, version: string, actor = by(room)): BridgeEvent => ({
  kind: 'messageDeleted',
  room: rooms[room],
  actor,
  at,
  message: ref(room, id),
  version,
});
export const reacted = (room: Name, id: string, version: string, row?: string): BridgeEvent => ({
  kind: 'reactionAdded',
  room: rooms[room],
  actor: by(room),
  at,
  message: ref(room, id),
  emoji: '👍',
  version,
  ...(row === undefined ? {} : { row: remoteId(row) }),
});
export const unreacted = (room: Name, id: string, version: string): BridgeEvent => ({
  kind: 'reactionRemoved',
  room: rooms[room],
  actor: by(room),
  at,
  message: ref(room, id),
  emoji: '👍',
  version,
});

export const keyOf = (delivery: string, part = 0): DeliveryKey => deliveryKey(`${delivery}/${String(part)}`);

export function options(more: Partial<RouteOptions> = {}): RouteOptions {
  let messages = 100;
  let deliveries = 0;
  return {
    now: new Date('2026-01-02T03:05:00.000Z'),
    heldEventsMs: 600_000,
    firstTold: () => undefined,
    label: () => 'Talk',
    verify: (key) => {
      const [delivery, part] = key.split('/');
      return delivery === undefined || delivery === 'forged'
        ? undefined
        : { delivery: deliveryId(delivery), part: Number(part) };
    },
    newMessageId: () => String((messages += 1)),
    newDeliveryId: () => deliveryId(`d${String((deliveries += 1))}`),
    ...more,
  };
}

export function arrival(inbox: string, events: readonly BridgeEvent[], more: Partial<Arrival> = {}): Arrival {
  return { inbox, account: accountId('left'), order: 'kept', content: { events }, from: 'source', ...more };
}

export function routed(known: Known, events: readonly BridgeEvent[], more: Partial<Arrival> = {}) {
  return route(
    events.map((event, index) => arrival(String(index + 1), [event], more)),
    known,
    options(),
  );
}

export const lanesOf = ({ deliveries }: ReturnType<typeof route>) =>
  deliveries.map(({ lane, event }) => [lane, event.kind]);
export const notes = ({ inbox }: ReturnType<typeof route>) =>
  inbox.map(({ state, note }) => (note === null ? state : `${state}: ${note}`));
