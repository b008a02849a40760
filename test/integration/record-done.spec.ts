import { accountId, remoteId, roomId, type RoomRef } from '../../src/model/ids.js';
import type { DeliveryResult, WaitingDelivery } from '../../src/model/delivery.js';
import { type Done, recordDone } from '../../src/persistence/delivery-writes.js';
import { laneBatch } from '../../src/workers/lane-worker.js';
import { House, left, leftRoom, MadeUpNetwork, payload, right, rightRoom, sent } from './house.js';

const third = accountId('third');
const thirdRoom: RoomRef = { account: third, id: roomId('c') };

let house: House;
let source: MadeUpNetwork;
/** The lanes to the two other rooms. */
let lanes: string[];

beforeEach(async () => {
  house = await House.open();
  source = house.network(new MadeUpNetwork(left));
  house.network(new MadeUpNetwork(right));
  house.network(new MadeUpNetwork(third));
  [, ...lanes] = await house.link([leftRoom, rightRoom, thirdRoom]);
  // In two shards, both of which have been passed on a few times.
  for (const [shard, lane] of lanes.entries())
    await house.rows(`update lanes set shard = $1 where portal = $2`, [shard, lane]);
  await house.rows(`update shards set fence = 4`);
  await house.ingest.accept(source, [payload('1', sent('1'), sent('2'))]);
});
afterEach(() => house.close());

const due = (lane: string): Promise<WaitingDelivery[]> => house.deliveries.due(lane, laneBatch);

async function done(lane: string, results: readonly DeliveryResult[], fence = '4'): Promise<Done> {
  const found = await house.lane(lane);
  return { lane: found, fence: { shard: found.shard, fence }, results };
}

/** Part 0 was made under this id. */
function delivered(delivery: WaitingDelivery, id: string): DeliveryResult {
  return { delivery, made: [{ part: 0, id: remoteId(id) }], gone: [], hash: Buffer.from(id), state: 'delivered' };
}

function waiting(delivery: WaitingDelivery): DeliveryResult {
  const againAt = new Date('2030-01-01T00:00:00Z');
  const uncertain = { since: againAt, settledAt: againAt };
  return {
    delivery,
    made: [],
    gone: [],
    hash: null,
    state: 'waiting',
    reason: 'no answer',
    attempts: 9,
    againAt,
    uncertain,
  };
}

function ended(delivery: WaitingDelivery, state: 'skipped' | 'parked'): DeliveryResult {
  return { delivery, made: [], gone: [], hash: null, state, reason: 'another reason' };
}

const stored = (lane: string): Promise<unknown[]> =>
  house.rows(`select * from deliveries where lane = $1 order by seq`, [lane]);
const copies = async (lane: string): Promise<unknown[]> =>
  (await house.rows<{ remote: string }>(`select remote from copies where portal = $1 order by remote`, [lane])).map(
    ({ remote }) => remote,
  );
const dueAt = async (lane: string): Promise<unknown> =>
  (await house.rows<{ due_at: Date | null }>(`select due_at from lanes where portal = $1`, [lane]))[0]?.due_at;

describe('record_done, what another replica has finished', () => {
  const finished = [
    `state = 'delivered', event = null`,
    `state = 'skipped', event = null, reason = 'it was deleted there'`,
    `state = 'parked', reason = 'too long'`,
  ];
  const late: readonly ((delivery: WaitingDelivery) => DeliveryResult)[] = [
    waiting,
    (delivery) => delivered(delivery, 'late'),
    (delivery) => ended(delivery, 'skipped'),
    (delivery) => ended(delivery, 'parked'),
  ];
  it.each(finished)('stays as it is, whatever it is told to be: %s', async (how) => {
    const [lane] = lanes as [string];
    const [first] = await due(lane);
    await house.rows(`update deliveries set ${how}, finished_at = '2026-01-02' where uuid = $1::uuid`, [first!.uuid]);
    const before = await stored(lane);
    for (const result of late) {
      expect(await recordDone(house.database, [await done(lane, [result(first!)])])).toEqual(['all']);
      expect(await stored(lane)).toEqual(before);
    }
  });

  it('does not keep what stands beside it from being written', async () => {
    const [lane] = lanes as [string];
    const [first, second] = await due(lane);
    await house.rows(`update deliveries set state = 'delivered', event = null where uuid = $1::uuid`, [first!.uuid]);
    await recordDone(house.database, [await done(lane, [waiting(first!), delivered(second!, 'b')])]);
    expect(await house.states(lane)).toEqual(['delivered', 'delivered']);
    expect(await copies(lane)).toEqual(['b']);
    expect(await dueAt(lane)).toBeNull();
  });

  it('keeps the copy that the other one told of', async () => {
    const [lane] = lanes as [string];
    const [first] = await due(lane);
    expect(await recordDone(house.database, [await done(lane, [delivered(first!, 'theirs')])])).toEqual(['all']);
    expect(await recordDone(house.database, [await done(lane, [delivered(first!, 'late')])])).toEqual(['notAllCopies']);
    expect(await copies(lane)).toEqual(['theirs']);
  });
});

describe('record_done, a shard that is lost', () => {
  it('has nothing of it written, neither copies nor states nor when its lane is due; the other lanes are', async () => {
    const [lost, kept] = lanes as [string, string];
    const [ours, theirs] = [await due(kept), await due(lost)];
    const before = [await stored(lost), await dueAt(lost)];
    const results = (of: readonly WaitingDelivery[], name: string): DeliveryResult[] =>
      of.map((delivery, at) => delivered(delivery, `${name} ${String(at)}`));
    const written = await recordDone(house.database, [
      await done(lost, results(theirs, 'lost'), '3'),
      await done(kept, results(ours, 'kept')),
    ]);
    expect(written).toEqual(['nothing', 'all']);
    expect([await stored(lost), await dueAt(lost)]).toEqual(before);
    expect([await copies(lost), await house.states(lost)]).toEqual([[], ['waiting', 'waiting']]);
    expect([await copies(kept), await house.states(kept)]).toEqual([
      ['kept 0', 'kept 1'],
      ['delivered', 'delivered'],
    ]);
  });

  it.each(['3', '5'])('is one whose fence is %s in place of 4', async (fence) => {
    const [lane] = lanes as [string];
    const [first] = await due(lane);
    expect(await recordDone(house.database, [await done(lane, [delivered(first!, 'a')], fence)])).toEqual(['nothing']);
    expect([await copies(lane), await house.states(lane)]).toEqual([[], ['waiting', 'waiting']]);
  });

  it('is not lost before what was begun under its fence is written, and is renewed meanwhile', async () => {
    const [lane] = lanes as [string];
    const [first] = await due(lane);
    await house.database.transaction(async (tx) => {
      await recordDone(tx, [await done(lane, [delivered(first!, 'a')])]);
      const takeover = house.rows(`select 1 from shards where id = 0 for update nowait`);
      await expect(takeover).rejects.toThrow('could not obtain lock');
      await house.rows(`update shards set renewed_at = now() where id = 0`);
      // Another shard is nobody's to wait for.
      expect(await house.rows(`select 1 from shards where id = 1 for update nowait`)).toHaveLength(1);
    });
    expect(await house.states(lane)).toEqual(['delivered', 'waiting']);
  });
});
