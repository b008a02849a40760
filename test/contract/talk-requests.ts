import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { accountId, deliveryId, deliveryKey, remoteId, roomId, userId, type DeliveryKey } from '../../src/model/ids.js';
import type { Copy, DeliveryRequest } from '../../src/model/network-adapter.js';
import type { TalkAtSandbox } from './talk-at-sandbox.js';

const account = accountId('elsewhere');
export const there = { account, id: roomId('!there') };
export const eve = { account, id: userId('@eve:there'), name: 'Eve', standing: 'person' as const };
/** What every event of Eve's has. */
export const happened = { room: there, actor: eve, at: '2026-11-21T10:00:00.000Z' };
export const message = { room: there, id: remoteId('$1') };

export const copyOf = (id: number, part = 0): Copy => ({ part, id: remoteId(String(id)) });
export const keyOf = (part: number): DeliveryKey => deliveryKey(`key-of-part-${part}`.padEnd(46, 'x'));

/** What the core hands over for one event of Eve's, and what the adapter told of it. */
export interface Requested<E extends BridgeEvent> {
  readonly request: DeliveryRequest<E>;
  readonly made: Copy[];
  readonly gone: Copy[];
}

export function requested<E extends BridgeEvent>(
  at: Pick<TalkAtSandbox, 'room'>,
  event: E,
  more: Partial<DeliveryRequest<E>> = {},
): Requested<E> {
  const made: Copy[] = [];
  const gone: Copy[] = [];
  const request: DeliveryRequest<E> = {
    delivery: deliveryId('019aa61f-48c6-7727-90cc-17f7c19d6744'),
    room: at.room,
    event,
    speaker: {
      as: 'relay',
      person: eve,
      networkLabel: 'Matrix',
      profile: { name: 'Eve' },
      openAvatar: () => Promise.reject(new Error('none')),
    },
    target: [],
    made: [],
    key: keyOf,
    onMade: (copy) => made.push(copy),
    onGone: (copy) => gone.push(copy),
    openFile: () => Promise.reject(new Error('there are no files')),
    beforeSend: () => undefined,
    ...more,
  };
  return { request, made, gone };
}
