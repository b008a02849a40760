import type { Shards } from '../../src/workers/shards.js';
import { deleted, edited, House, MadeUpNetwork, noSignal, payload, right, sent, linkedHouse } from './house.js';

let house: House;
let source: MadeUpNetwork;
let target: MadeUpNetwork;
let shards: Shards;
let lane: string;

beforeEach(async () => {
  ({ house, source, target, shards, lane } = await linkedHouse(
    new MadeUpNetwork(right, 'kept', { messageSent: 'look', messageEdited: 'look', messageDeleted: 'harmless' }),
  ));
});
afterEach(() => house.close());

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
const run = async (): Promise<void> => {
  await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
};
/** The hour passes. */
const later = () => house.rows(`update expirations set due_at = due_at - interval '1 hour'`);
const expire = () => house.ingest.expire(house.adapters);
const outstanding = () => house.rows(`select message from expirations`);

it('a message that vanished from its room by itself is deleted elsewhere when it does, not before', async () => {
  await house.ingest.accept(source, [payload('1', sent('1', { expiresAt: inAnHour }), sent('2'))]);
  await run();
  await expire();
  await run();
  expect(target.said).toEqual(['text of 1', 'text of 2']);
  await later();
  house.woken.length = 0;
  await expire();
  expect(house.woken).toEqual([lane]);
  await run();
  expect(target.said).toEqual(['text of 1', 'text of 2', 'messageDeleted']);
  expect(target.requests.at(-1)?.target.map(({ id }) => id)).toEqual(['right-1']);
  expect(await outstanding()).toEqual([]);
  expect(await house.rows(`select body from inbox where key = '1' and message is not null`)).toEqual([{ body: null }]);
});

it('two replicas delete it once', async () => {
  await house.ingest.accept(source, [payload('1', sent('1', { expiresAt: inAnHour }))]);
  await run();
  await later();
  await Promise.all([expire(), expire(), expire()]);
  await run();
  expect(target.said).toEqual(['text of 1', 'messageDeleted']);
});

it('what was deleted before is not deleted again, and what vanished takes no edit any more', async () => {
  await house.ingest.accept(source, [
    payload('1', sent('1', { expiresAt: inAnHour })),
    payload('2', sent('2', { expiresAt: inAnHour })),
    payload('3', deleted('1', '5')),
  ]);
  await run();
  await later();
  await expire();
  await house.ingest.accept(source, [payload('4', edited('2', 'late', '6'))]);
  await run();
  expect(target.said).toEqual(['text of 1', 'text of 2', 'messageDeleted', 'messageDeleted']);
});

it('waits while its link is paused, and for its delivery', async () => {
  await house.ingest.accept(source, [payload('1', sent('1', { expiresAt: inAnHour }))]);
  await later();
  await house.rows(`update links set state = 'paused', paused_by = 'person', paused_at = now()`);
  await expire();
  expect(await outstanding()).toHaveLength(1);
  await house.rows(`update links set state = 'active', paused_by = null, paused_at = null`);
  await expire();
  await run();
  expect(target.said).toEqual(['text of 1', 'messageDeleted']);
});

it('the copies stay where the link says so', async () => {
  await house.rows(`update links set options = options || '{"expired":"keep"}'`);
  await house.ingest.accept(source, [payload('1', sent('1', { expiresAt: inAnHour }))]);
  expect(await outstanding()).toEqual([]);
});
