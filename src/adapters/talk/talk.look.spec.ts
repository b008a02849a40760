import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { accountId, deliveryId, deliveryKey, remoteId, roomId, userId, type DeliveryKey } from '../../model/ids.js';
import type { UncertainDelivery } from '../../model/network-adapter.js';

const signal = new AbortController().signal;
const there = { account: accountId('elsewhere'), id: roomId('!there') };
const happened = {
  room: there,
  actor: { account: there.account, id: userId('@eve:there'), name: 'Eve', standing: 'person' as const },
  at: '2026-11-21T10:00:00.000Z',
  message: { room: there, id: remoteId('$1') },
};
const sent: BridgeEvent = { ...happened, kind: 'messageSent', body: [], files: [], style: 'text' };
const deleted: BridgeEvent = { ...happened, kind: 'messageDeleted', version: '2' };
const keyOf = (name: string, part = 0): DeliveryKey => deliveryKey(`${name}-${part}-`.padEnd(46, 'x'));

describe('talk.look', () => {
  let at: TalkAtSandbox;

  const uncertain = (name: string, more: Partial<UncertainDelivery> = {}): UncertainDelivery => ({
    delivery: deliveryId(name),
    room: at.room,
    event: sent,
    speaker: {
      as: 'relay',
      person: happened.actor,
      networkLabel: 'Matrix',
      profile: { name: 'Eve' },
      openAvatar: () => Promise.reject(new Error('none')),
    },
    target: [],
    partOf: (key) => [0, 1, 2].find((part) => keyOf(name, part) === key),
    ...more,
  });
  const look = (deliveries: readonly UncertainDelivery[], since = new Date()) =>
    at.adapter.wasDone(deliveries, since, signal);
  const post = (key: DeliveryKey | string): number => at.talk.post(at.token, 'alice', 'x', { referenceId: key });

  beforeEach(async () => {
    at = await talkAtSandbox({}, { pageSize: 5 });
  });

  afterEach(async () => {
    await at.close();
  });

  it('finds the parts that were made, in their order, over many pages', async () => {
    const second = post(keyOf('a', 1));
    for (let index = 0; index < 12; index += 1) post(index % 2 === 0 ? 'somebody else’s' : '');
    const first = post(keyOf('a', 0));
    expect(await look([uncertain('a'), uncertain('b')])).toEqual([
      {
        delivery: 'a',
        done: [
          { part: 0, id: String(first), key: keyOf('a', 0) },
          { part: 1, id: String(second), key: keyOf('a', 1) },
        ],
      },
      { delivery: 'b', done: 'notFound' },
    ]);
  });

  it('a message that was made and deleted since was made', async () => {
    const id = post(keyOf('a'));
    at.talk.remove(at.token, 'alice', id);
    expect(await look([uncertain('a')])).toEqual([
      { delivery: 'a', done: [{ part: 0, id: String(id), key: keyOf('a') }] },
    ]);
  });

  it('looks back to when nothing was attempted yet, and no further', async () => {
    for (let index = 0; index < 20; index += 1) at.talk.commitLate(at.token, 'bob', 'old', 3600);
    post(keyOf('a'));
    let pages = 0;
    const next = at.talk.faults.next.bind(at.talk.faults);
    at.talk.faults.next = (method, path) => {
      pages += 1;
      return next(method, path);
    };
    await look([uncertain('b')]);
    expect(pages).toBeLessThanOrEqual(3);
  });

  it('a clock of the server that is an hour behind does not matter', async () => {
    const hourMs = 3_600_000;
    await at.close();
    at = await talkAtSandbox({ clock: () => Date.now() - hourMs });
    const id = post(keyOf('a'));
    const date = new Date(Date.now() - hourMs).toUTCString();
    at.talk.faults.add({ path: '/v4/room/', fault: { do: 'answer', status: 503, headers: { date } } });
    await expect(at.adapter.describeRoom(at.room, signal)).rejects.toThrow('503');
    expect(await look([uncertain('a')])).toEqual([
      { delivery: 'a', done: [{ part: 0, id: String(id), key: keyOf('a') }] },
    ]);
  });

  it('a deletion was done when nothing of its target stands any more', async () => {
    const gone = post('one');
    const stands = post('two');
    at.talk.remove(at.token, 'alice', gone);
    const deletion = (name: string, ...ids: number[]): UncertainDelivery =>
      uncertain(name, { event: deleted, target: ids.map((id, part) => ({ part, id: remoteId(String(id)) })) });
    expect(await look([deletion('a', gone), deletion('b', gone, stands), deletion('c', 999_999)])).toEqual([
      { delivery: 'a', done: 'alreadySo' },
      { delivery: 'b', done: 'notFound' },
      { delivery: 'c', done: 'alreadySo' },
    ]);
  });

  it('an empty room holds nothing', async () => {
    at.talk.state.rooms.get(at.token)?.log.clear();
    expect(await look([uncertain('a')])).toEqual([{ delivery: 'a', done: 'notFound' }]);
  });
});
