import type { BridgeEvent, PollStarted } from '../../src/model/bridge-event.js';
import type { Capabilities } from '../../src/model/capabilities.js';
import { type House, leftRoom, linkedHouse, noSignal, payload, person, refOf, sent } from './house.js';
import { pollNetwork } from './poll-network.js';

const kinds = { messageSent: 'look', messageEdited: 'look', pollStarted: 'look', pollClosed: 'look' } as const;
const native: Partial<Capabilities> = {
  threads: 'plain',
  polls: { are: 'native', minOptions: 2, maxOptions: 20, votes: 'secret' },
};
const happened = { room: leftRoom, actor: person(leftRoom), at: '2026-01-02T03:04:05.000Z' };
const asked: PollStarted = {
  ...happened,
  kind: 'pollStarted',
  message: refOf(leftRoom, 'poll'),
  thread: refOf(leftRoom, '1'),
  ...{ question: 'Tea?', options: ['yes', 'no'], results: 'shown', maxVotes: 1 },
};
const voted: BridgeEvent = { ...happened, kind: 'pollVoted', message: asked.message, choices: [0], version: '2' };
const closed: BridgeEvent = { ...happened, kind: 'pollClosed', message: asked.message, version: '3' };

let house: House;

afterEach(() => house.close());

/** What the other room is asked to do, and in which thread of its own. */
async function come(able: Partial<Capabilities>, ...events: BridgeEvent[]) {
  const target = pollNetwork(able, kinds);
  const linked = await linkedHouse(target);
  ({ house } = linked);
  for (const [at, event] of events.entries()) {
    await house.ingest.accept(linked.source, [payload(String(at), event)]);
    await house.laneWorker(linked.shards).run(await house.lane(linked.lane), () => false, noSignal);
  }
  return target.requests.map(({ event, thread, replyTo }) => [event.kind, thread?.id, replyTo?.id]);
}

describe('a poll that is asked in a thread', () => {
  it('stands in that thread of the other room, and so does what tells of its votes and of its end', async () => {
    expect(await come(native, sent('1'), asked, voted, closed)).toEqual([
      ['messageSent', undefined, undefined],
      ['pollStarted', 'right-1', undefined],
      ['messageSent', 'right-1', 'poll there'],
      ['pollClosed', 'right-1', 'poll there'],
    ]);
  });

  it('is told in words in that thread where there are no polls', async () => {
    expect(await come({ threads: 'plain' }, sent('1'), asked)).toEqual([
      ['messageSent', undefined, undefined],
      ['messageSent', 'right-1', undefined],
    ]);
  });

  it('answers the first message where there are no threads', async () => {
    expect(await come({}, sent('1'), asked)).toEqual(
      [
        ['messageSent', undefined, undefined],
        ['messageSent', 'right-1', 'right-1'],
      ].map(([kind, , answered]) => [kind, undefined, answered]),
    );
  });

  it('stands in the room where the thread was not bridged', async () => {
    expect(await come(native, asked, voted)).toEqual([
      ['pollStarted', undefined, undefined],
      ['messageSent', undefined, 'poll there'],
    ]);
  });
});
