import type { BridgeEvent, PollStarted } from '../../src/model/bridge-event.js';
import { remoteId } from '../../src/model/ids.js';
import { RetentionRepository } from '../../src/persistence/retention.repository.js';
import { deleted, House, left, leftRoom, MadeUpNetwork, payload, person, refOf, right } from './house.js';

let house: House;
let source: MadeUpNetwork;
let keys = 0;

beforeEach(async () => {
  house = await House.open();
  source = house.network(new MadeUpNetwork(left));
  house.network(new MadeUpNetwork(right));
  await house.link();
});

afterEach(() => house.close());

const happened = { room: leftRoom, actor: person(leftRoom), at: '2026-01-02T03:04:05.000Z' };
const asked: PollStarted = {
  ...happened,
  kind: 'pollStarted',
  message: refOf(leftRoom, 'poll'),
  ...{ question: 'Tea?', options: ['yes', 'no', 'later'], results: 'shown', maxVotes: 1 },
};
const voted = (row: string, choice: number, version: string): BridgeEvent => ({
  ...happened,
  kind: 'pollVoted',
  message: asked.message,
  choices: [choice],
  version,
  row: remoteId(row),
});

/** Each event is a batch of its own, as over days. */
async function come(...events: BridgeEvent[]): Promise<void> {
  for (const event of events) await house.ingest.accept(source, [payload(`k${String((keys += 1))}`, event)]);
}

const choices = async () => (await house.rows<{ choices: number[] }>(`select choices from poll_votes`))[0]?.choices;
const ballots = async () =>
  (await house.rows<{ remote: string }>(`select remote from poll_ballots order by remote`)).map(({ remote }) => remote);
const told = async () =>
  (await house.rows<{ kind: string }>(`select kind from deliveries order by id`)).map(({ kind }) => kind);

describe('votes with ids of their own', () => {
  it('one that is deleted batches later counts no more, and the one before it does again', async () => {
    await come(asked, voted('v1', 0, '3'), voted('v2', 1, '4'));
    expect(await ballots()).toEqual(['v1', 'v2']);
    await come(deleted('v2', '5'));
    expect([await choices(), await ballots()]).toEqual([[0], ['v1']]);
    await come(deleted('v1', '6'));
    expect([await choices(), await ballots()]).toEqual([[], []]);
    await come(voted('v3', 2, '7'));
    expect(await choices()).toEqual([2]);
  });

  it('the room of the vote is shown how its poll stands now, as all others are', async () => {
    await come(asked, voted('v1', 0, '3'));
    const before = (await told()).length;
    await come(deleted('v1', '5'));
    expect((await told()).slice(before).sort()).toEqual(['pollCounted', 'pollCounted', 'pollVoted']);
  });

  it('a vote and its deletion in one batch find what was voted before', async () => {
    await come(asked, voted('v1', 0, '3'));
    await house.ingest.accept(source, [payload('both-1', voted('v2', 1, '4')), payload('both-2', deleted('v2', '5'))]);
    expect([await choices(), await ballots()]).toEqual([[0], ['v1']]);
  });

  it('nothing is left of them where the poll is deleted, or forgotten after its end', async () => {
    await come(asked, voted('v1', 0, '3'), deleted('poll', '4'));
    expect(await ballots()).toEqual([]);
    await come({ ...asked, message: refOf(leftRoom, 'other') });
    await come({
      ...happened,
      kind: 'pollVoted',
      message: refOf(leftRoom, 'other'),
      choices: [1],
      version: '6',
      row: remoteId('v9'),
    });
    expect(await ballots()).toEqual(['v9']);
    await house.rows(`update polls set closed_at = now() - interval '40 days'`);
    await new RetentionRepository(house.database).forgetPolls(30);
    expect(await ballots()).toEqual([]);
  });
});
