import type { BridgeEvent, MessageSent, PollStarted } from '../../src/model/bridge-event.js';
import type { Capabilities } from '../../src/model/capabilities.js';
import { type House, leftRoom, linkedHouse, MadeUpNetwork, noSignal, payload, person, refOf } from './house.js';
import { pollNetwork } from './poll-network.js';

const kinds = { messageSent: 'look', messageEdited: 'look', pollStarted: 'look', pollCounted: 'harmless' } as const;
const polls = { minOptions: 2, maxOptions: 20, votes: 'secret' } as const;
const happened = { room: leftRoom, actor: person(leftRoom), at: '2026-01-02T03:04:05.000Z' };
const message = refOf(leftRoom, 'poll');
const asked: PollStarted = {
  ...happened,
  kind: 'pollStarted',
  message,
  ...{ question: 'Tea?', options: ['yes', 'no'], results: 'shown', maxVotes: 1 },
};
const voted: BridgeEvent = { ...happened, kind: 'pollVoted', message, choices: [0], version: '2' };
const words = (text: string): MessageSent['body'] => [{ type: 'paragraph', content: [{ type: 'text', text }] }];
const edited: BridgeEvent = {
  ...happened,
  kind: 'messageEdited',
  message,
  body: words('Cake?'),
  asks: { question: 'Cake?', options: ['sure', 'no'] },
  style: 'text',
  version: '3',
};

let house: House;
let target: MadeUpNetwork;

afterEach(() => house.close());

/** A poll with a vote is asked otherwise: what the other room is asked to do then. */
async function come(able: Partial<Capabilities>, edit: BridgeEvent = edited) {
  target = pollNetwork(able, kinds);
  const linked = await linkedHouse(target);
  ({ house } = linked);
  const tell = async (key: string, event: BridgeEvent): Promise<void> => {
    await house.ingest.accept(linked.source, [payload(key, event)]);
    await house.laneWorker(linked.shards).run(await house.lane(linked.lane), () => false, noSignal);
  };
  await tell('1', asked);
  await tell('2', voted);
  const before = target.requests.length;
  await tell('3', edit);
  return target.requests.slice(before);
}

describe('a poll that is asked otherwise', () => {
  it('is told in an answer to the poll where the room counts its votes, and what stands under it has the new words', async () => {
    const [correction, tally] = await come({ polls: { are: 'native', ...polls } });
    expect(target.said.slice(-2)).toEqual(['✏️ Cake?', '📊 Votes from elsewhere: sure 1']);
    expect(correction).toMatchObject({ event: { kind: 'messageSent' }, replyTo: { id: 'poll there' } });
    expect(tally).toMatchObject({ event: { kind: 'messageEdited' }, target: [{ id: 'right-1' }] });
  });

  it('is edited where it stands in words, which takes nothing of what stands under it', async () => {
    const [edit, tally] = await come({});
    expect(target.said.slice(-2)).toEqual(['Cake?', '📊 Votes: sure 1']);
    expect(edit).toMatchObject({ event: { kind: 'messageEdited' }, target: [{ id: 'right-1' }] });
    expect(tally).toMatchObject({ event: { kind: 'messageEdited' }, target: [{ id: 'right-2' }] });
  });

  it('shows it itself where we count its votes', async () => {
    const requests = await come({ polls: { are: 'counted', ...polls } });
    expect(requests).toMatchObject([
      {
        event: { kind: 'pollCounted' },
        poll: { question: 'Cake?', options: ['sure', 'no'], tally: { counts: [1, 0] } },
      },
    ]);
  });

  it.each(['native', 'counted'] as const)(
    'with more options it stays as it was, and an answer to the poll tells it: %s',
    async (are) => {
      const options = ['yes', 'no', 'later'];
      const grown: BridgeEvent = { ...edited, asks: { question: 'Cake?', options } };
      const requests = await come({ polls: { are, ...polls } }, grown);
      expect(requests).toMatchObject([{ event: { kind: 'messageSent' }, replyTo: { id: 'poll there' } }]);
      expect(target.said.at(-1)).toContain('The poll here keeps the options that it had');
    },
  );
});
