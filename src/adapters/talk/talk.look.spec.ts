import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { copyOf } from '../../../test/contract/talk-requests.js';
import { fromPlain } from '../../formatting/plain.js';
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

  it('finds the line in which it told of a thread’s new name', async () => {
    const line = post(keyOf('a'));
    const event: BridgeEvent = { ...happened, kind: 'threadChanged', thread: happened.message, title: 'Tea' };
    expect(await look([uncertain('a', { event }), uncertain('b', { event })])).toEqual([
      { delivery: 'a', done: [{ part: 0, id: String(line), key: keyOf('a') }] },
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

  describe('of edits', () => {
    const edited = (text: string): BridgeEvent => ({
      ...happened,
      kind: 'messageEdited',
      body: fromPlain(text),
      style: 'text',
      version: '2',
    });
    const edit = (name: string, text: string, ...ids: number[]): UncertainDelivery =>
      uncertain(name, { event: edited(text), target: ids.map((id, part) => copyOf(id, part)) });
    const shown = (text: string): string => `**Eve** (Matrix): ${text}`;

    it('one was made when our account changed the message since, and it shows just that', async () => {
      const id = post('key');
      at.talk.edit(at.token, 'alice', id, shown('new'));
      expect(await look([edit('a', 'new', id), edit('b', 'newer', id)])).toEqual([
        { delivery: 'a', done: 'alreadySo' },
        { delivery: 'b', done: 'notFound' },
      ]);
    });

    it('one was not made where the same words stand unedited, by another hand, or from before', async () => {
      const unedited = at.talk.post(at.token, 'alice', shown('new'));
      const byOther = post('key');
      at.talk.edit(at.token, 'bob', byOther, shown('new'));
      const before = post('other');
      at.talk.edit(at.token, 'alice', before, shown('new'));
      const later = new Date(Date.now() + 3000);
      expect(await look([edit('a', 'new', unedited), edit('b', 'new', byOther)])).toEqual([
        { delivery: 'a', done: 'notFound' },
        { delivery: 'b', done: 'notFound' },
      ]);
      expect(await look([edit('c', 'new', before)], later)).toEqual([{ delivery: 'c', done: 'notFound' }]);
    });

    it('after a message that was not made, nothing was', async () => {
      const id = post('key');
      at.talk.edit(at.token, 'alice', id, shown('new'));
      expect(await look([uncertain('message'), edit('edit', 'new', id)])).toEqual([
        { delivery: 'message', done: 'notFound' },
        { delivery: 'edit', done: 'notFound' },
      ]);
    });

    it('parts that it added are found by their keys', async () => {
      const id = post('key');
      const added = post(keyOf('a', 1));
      expect(await look([edit('a', 'new', id)])).toEqual([
        { delivery: 'a', done: [{ part: 1, id: String(added), key: keyOf('a', 1) }] },
      ]);
    });

    it('one that took parts away was made when they are gone', async () => {
      const [first, second] = [post('one'), post('two')];
      at.talk.edit(at.token, 'alice', first, shown('new'));
      expect(await look([edit('a', 'new', first, second)])).toEqual([{ delivery: 'a', done: 'notFound' }]);
      at.talk.remove(at.token, 'alice', second);
      expect(await look([edit('a', 'new', first, second)])).toEqual([{ delivery: 'a', done: 'alreadySo' }]);
    });

    it('one of what is gone was not made', async () => {
      const id = post('one');
      at.talk.remove(at.token, 'alice', id);
      expect(await look([edit('a', 'new', id), edit('b', 'new', 999_999)])).toEqual([
        { delivery: 'a', done: 'notFound' },
        { delivery: 'b', done: 'notFound' },
      ]);
    });
  });

  it('an empty room holds nothing', async () => {
    at.talk.state.rooms.get(at.token)?.log.clear();
    expect(await look([uncertain('a')])).toEqual([{ delivery: 'a', done: 'notFound' }]);
  });
});
