import type { BridgeEvent, CallChanged } from '../../src/model/bridge-event.js';
import { NetworkUnavailable } from '../../src/model/errors.js';
import { remoteId, userId } from '../../src/model/ids.js';
import { WrittenCopies } from '../../src/pipeline/written-copies.js';
import type { Shards } from '../../src/workers/shards.js';
import {
  databaseAt,
  deleted,
  House,
  left,
  leftRoom,
  MadeUpNetwork,
  noSignal,
  payload,
  person,
  refOf,
  rightRoom,
  sent,
  linkedHouse,
} from './house.js';

let house: House;
let source: MadeUpNetwork;
let target: MadeUpNetwork;
let shards: Shards;
let lane: string;

beforeEach(async () => {
  ({ house, source, target, shards, lane } = await linkedHouse());
});
afterEach(() => house.close());

function told(change: CallChanged['change'], version: string, name = 'Anna'): CallChanged {
  const actor = { ...person(leftRoom), id: userId(name), name };
  const at = new Date(Date.UTC(2026, 0, 2, 3, 4, Number(version))).toISOString();
  return { kind: 'callChanged', room: leftRoom, actor, at, version, change };
}
const started = (id: string, version: string) => told({ of: 'start', call: refOf(leftRoom, id) }, version);
const came = (name: string, version: string) => told({ of: 'arrival' }, version, name);
const over = (version: string) => told({ of: 'end', how: 'over', people: [] }, version);

let next = 0;
async function happened(...events: BridgeEvent[]): Promise<void> {
  next += 1;
  await house.ingest.accept(source, [payload(String(next), ...events)]);
}
const run = async (): Promise<void> => {
  await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
};
/** What was sent: the kind, what it is about in the room, as whom, and the text. */
const sends = () =>
  target.requests.map(({ event, target: about, speaker }, index) => [
    event.kind,
    about.map(({ id }) => id).join(' '),
    speaker.as,
    target.said[index],
  ]);

it('a call is one notice of the bridge, which is edited as it goes on', async () => {
  await happened(started('r1', '1'));
  await run();
  await happened(came('Ben', '2'));
  await happened(over('31'));
  await run();
  expect(sends()).toEqual([
    ['messageSent', '', 'bridge', '📞 Anna (left) started a call'],
    ['messageEdited', 'right-1', 'bridge', '📞 Anna (left) started a callWith Ben'],
    ['messageEdited', 'right-1', 'bridge', '📞 The call that Anna (left) started is over after 30 sWith Ben'],
  ]);
  expect(await house.states(lane)).toEqual(['delivered', 'delivered', 'delivered']);
  expect(await house.rows(`select * from calls`)).toEqual([]);
});

it('after a restart in mid-call another replica goes on with the same notice', async () => {
  await happened(started('r1', '1'), came('Ben', '2'));
  await run();
  const database = databaseAt(house.url);
  await database.open();
  const restarted = house.ingestOn(database, new WrittenCopies());
  await restarted.accept(source, [payload('after', came('Cleo', '3'), over('4'))]);
  await database.close();
  await run();
  expect(sends().map(([kind, about]) => [kind, about])).toEqual([
    ['messageSent', ''],
    ['messageEdited', 'right-1'],
    ['messageEdited', 'right-1'],
    ['messageEdited', 'right-1'],
  ]);
  expect(target.said.at(-1)).toContain('With Ben and Cleo');
});

it('a notice of which it is not known whether it was sent is looked for, and sent once', async () => {
  await happened(started('r1', '1'));
  target.onSend = () => {
    throw new NetworkUnavailable('no answer', { certainty: 'unknownAfterTimeout' });
  };
  await run();
  await house.later();
  target.onSend = (request) => {
    target.made(request);
  };
  target.onLook = (asked) =>
    Promise.resolve(asked.map(({ delivery }) => ({ delivery, done: [{ part: 0, id: remoteId('was there') }] })));
  await happened(came('Ben', '2'));
  await run();
  expect(sends().map(([kind, about]) => [kind, about])).toEqual([
    ['messageSent', ''],
    ['messageEdited', 'was there'],
  ]);
});

it('a batch that is stored twice tells of one call', async () => {
  const batch = [payload('k1', started('r1', '1')), payload('k2', came('Ben', '2'))];
  await house.ingest.accept(source, batch);
  await house.ingest.accept(source, batch);
  await run();
  expect(target.said).toHaveLength(2);
});

it('an answer to the notice, and a reaction to it, find it', async () => {
  const back = house.network(new MadeUpNetwork(left));
  await happened(started('r1', '1'));
  await run();
  const [own = ''] = (await house.rows<{ id: string }>(`select id::text from portals where account = 'left'`)).map(
    ({ id }) => id,
  );
  const reply = sent('x', { replyTo: refOf(rightRoom, 'right-1') }, rightRoom);
  await house.ingest.accept(target, [payload('reply', reply)]);
  await house.laneWorker(shards).run(await house.lane(own), () => false, noSignal);
  expect(back.requests.map(({ replyTo }) => replyTo?.id)).toEqual(['r1']);
});

it('a notice that somebody deleted in a room is not changed there any more', async () => {
  await happened(started('r1', '1'));
  await run();
  const removal = { ...deleted('right-1', '1'), room: rightRoom, message: refOf(rightRoom, 'right-1') };
  await house.ingest.accept(target, [payload('removal', removal)]);
  await happened(came('Ben', '2'));
  await happened(over('31'));
  await run();
  expect(sends().map(([kind]) => kind)).toEqual(['messageSent']);
  expect(await house.rows(`select * from calls`)).toEqual([]);
});
