import type { ReadUpTo } from '../../model/bridge-event.js';
import { accountId } from '../../model/ids.js';
import { OurUsers } from './matrix.ids.js';
import { MatrixReceipts } from './matrix.receipts.js';

const room = '!team:example.org';
const mia = '@mia:example.org';
const ghost = '@talk_home_users=2fanna:example.org';
const users = new OurUsers({ bot: 'crosstalk', ghostPrefix: 'talk_', serverName: 'example.org' });

/** What is told of these receipts: `person event`. */
function heard(...values: unknown[]): string[] {
  const told: ReadUpTo[] = [];
  const receipts = new MatrixReceipts({
    id: accountId('town'),
    users,
    isLinked: (id) => id === room,
    tell: (upTo) => told.push(upTo),
  });
  receipts.hear(values);
  return told.map(({ actor, message }) => `${actor.id} ${message.id}`);
}

const receipt = (content: unknown, id = room): unknown => ({ type: 'm.receipt', room_id: id, content });
const read = (readers: object): object => ({ $event: { 'm.read': readers } });

describe('matrix.receipts', () => {
  it('people who have read are told of, with when that was', () => {
    const told: ReadUpTo[] = [];
    const receipts = new MatrixReceipts({
      id: accountId('town'),
      users,
      isLinked: () => true,
      tell: (upTo) => told.push(upTo),
    });
    receipts.hear([receipt(read({ [mia]: { ts: Date.parse('2026-01-02T03:04:05.000Z') } }))]);
    expect(told).toEqual([
      {
        kind: 'readUpTo',
        room: { account: 'town', id: room },
        actor: { account: 'town', id: mia, name: '', standing: 'person' },
        at: '2026-01-02T03:04:05.000Z',
        message: { room: { account: 'town', id: room }, id: '$event' },
      },
    ]);
  });

  it('several at once are each told', () => {
    const content = {
      $one: { 'm.read': { [mia]: { ts: 1 } } },
      $two: { 'm.read': { '@noah:example.org': { ts: 2, thread_id: 'main' } } },
    };
    expect(heard(receipt(content))).toEqual([`${mia} $one`, '@noah:example.org $two']);
  });

  it('who has read a thread may have read nothing else', () => {
    expect(heard(receipt(read({ [mia]: { ts: 1, thread_id: '$root' } })))).toEqual([]);
  });

  it('our own users, and rooms that are not linked, are nobody’s business', () => {
    const ours = { [ghost]: { ts: 1 }, '@crosstalk:example.org': { ts: 1 } };
    expect(heard(receipt(read(ours)), receipt(read({ [mia]: { ts: 1 } }), '!other:example.org'))).toEqual([]);
  });

  it.each([
    null,
    'm.receipt',
    { type: 'm.typing', room_id: room, content: { user_ids: [mia] } },
    { type: 'm.receipt', content: read({ [mia]: { ts: 1 } }) },
    receipt(null),
    receipt({ $event: null }),
    receipt({ $event: { 'm.read': 7 } }),
    receipt({ $event: { 'm.read.private': { [mia]: { ts: 1 } } } }),
  ])('what is none of that is nothing: %j', (value) => {
    expect(heard(value)).toEqual([]);
  });

  it.each([[{ ts: 'late' }], [{ ts: 1e300 }], [{}], [null]])('when it was need not be known: %j', (value) => {
    expect(heard(receipt(read({ [mia]: value })))).toEqual([`${mia} $event`]);
  });
});
