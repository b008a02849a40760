import type { BridgeEvent } from '../model/bridge-event.js';
import { accountId, deliveryId, remoteId, roomId, userId } from '../model/ids.js';
import { defaultLinkOptions } from '../model/link-options.js';
import { copyKey, type Known, type KnownPoll, type Plan, roomKey } from '../model/routing.js';
import { route } from './route.js';

type Name = 'talk' | 'matrix' | 'slack';
const names: readonly Name[] = ['talk', 'matrix', 'slack'];
const roomOf = (name: Name) => ({ account: accountId(name), id: roomId(`room of ${name}`) });
const portalOf = (name: Name) => ({
  portal: name,
  account: accountId(name),
  room: roomOf(name).id,
  direction: 'both' as const,
  shard: 1,
});
const refIn = (name: Name) => ({ room: roomOf(name), id: remoteId(`poll in ${name}`) });

/** Message 5 is a poll that stands in every room. */
function knowing(poll: Partial<KnownPoll> = {}): Known {
  const wiring = names.map((name) => {
    const others = names.filter((other) => other !== name).map(portalOf);
    const own = portalOf(name);
    return [
      roomKey(roomOf(name)),
      { link: '7', linkedAt: new Date(0), options: defaultLinkOptions, own, others },
    ] as const;
  });
  return {
    wiring: new Map(wiring),
    copies: new Map(names.map((name) => [copyKey(refIn(name)), { message: '5', portal: name, part: 0 }])),
    told: new Set(),
    messages: new Map([['5', { version: 0n, deleted: false }]]),
    reactions: new Map(),
    reactionsByRemote: new Map(),
    calls: new Map(),
    polls: new Map([['5', { state: 'open', options: 3, maxVotes: 1, versions: new Map(), ...poll }]]),
    ballots: new Map(),
    deliveries: new Map(),
    parkedByMessage: new Map(),
    reached: new Map(),
  };
}

const base = (name: Name, person = 'mia') => ({
  room: roomOf(name),
  actor: { account: accountId(name), id: userId(person), name: person, standing: 'person' } as const,
  at: '2026-01-02T03:04:05.000Z',
  message: refIn(name),
});
const voted = (name: Name, choices: number[], version: string, person = 'mia'): BridgeEvent => ({
  ...base(name, person),
  kind: 'pollVoted',
  choices,
  version,
});
/** A vote that has an id of its own: what it says of itself. */
const ballot = (row: string, choices: number[], version: string, person = 'mia'): BridgeEvent => ({
  ...voted('matrix', choices, version, person),
  ...{ row: remoteId(row) },
});
const gone = (row: string, version: string, by = 'mia'): BridgeEvent => ({
  ...base('matrix', by),
  kind: 'messageDeleted',
  message: { room: roomOf('matrix'), id: remoteId(row) },
  version,
});
const counted = (name: Name, voters: number, version: string): BridgeEvent => ({
  ...base(name, 'system'),
  kind: 'pollCounted',
  counted: { voters, counts: null },
  version,
});
const closed = (name: Name, version = '9'): BridgeEvent => ({ ...base(name), kind: 'pollClosed', version });

/** Each of these lists of events is one payload. */
function routed(
  payloads: readonly (readonly BridgeEvent[])[],
  known = knowing(),
  from: 'source' | 'replay' = 'source',
): Plan {
  let deliveries = 0;
  return route(
    payloads.map((events, index) => ({
      inbox: String(index),
      account: accountId('any'),
      order: 'kept' as const,
      content: { events },
      from,
    })),
    known,
    {
      now: new Date('2026-01-02T03:04:06Z'),
      heldEventsMs: 600_000,
      firstTold: () => undefined,
      label: (account) => account,
      verify: () => undefined,
      newMessageId: () => '6',
      newDeliveryId: () => deliveryId(`d${String((deliveries += 1))}`),
    },
  );
}

const lines = ({ deliveries }: Plan): string[] => deliveries.map(({ lane, event }) => `${lane} ${event.kind}`);

describe('route: polls', () => {
  it('one that begins is known from then on', () => {
    const asked = { question: 'Tea?', options: ['yes', 'no'], results: 'shown', maxVotes: 1 } as const;
    const message = { room: roomOf('matrix'), id: remoteId('new') };
    const known = knowing();
    const plan = routed([[{ ...base('matrix'), message, kind: 'pollStarted', ...asked }]], known);
    expect(plan.polls).toEqual([{ message: '6', ...asked, thread: null }]);
    expect(lines(plan)).toEqual(['talk pollStarted', 'slack pollStarted']);
    expect(known.polls.get('6')).toMatchObject({ state: 'open', options: 2 });
  });

  it('the thread that it is asked in is known from then on', () => {
    const asked = { question: 'Tea?', options: ['yes', 'no'], results: 'shown', maxVotes: 1 } as const;
    const message = { room: roomOf('matrix'), id: remoteId('new') };
    const thread = { room: roomOf('matrix'), id: remoteId('root') };
    const plan = routed([[{ ...base('matrix'), message, thread, kind: 'pollStarted', ...asked }]]);
    expect(plan.polls).toMatchObject([{ thread }]);
  });

  it('a vote is written down, goes to the other rooms, and all are shown how the poll stands, its own room too', () => {
    const plan = routed([[voted('matrix', [1], '3')]]);
    expect(plan.pollVotes).toEqual([
      { message: '5', account: 'matrix', person: 'mia', portal: 'matrix', choices: [1], version: 3n },
    ]);
    expect(lines(plan)).toEqual([
      'talk pollVoted',
      'slack pollVoted',
      'talk pollCounted',
      'slack pollCounted',
      'matrix pollCounted',
    ]);
    expect(plan.inbox).toMatchObject([{ state: 'routed', message: '5' }]);
  });

  it('of what somebody chooses counts what there is, each once, and no more than is let', () => {
    expect(routed([[voted('matrix', [7, 2, 2, 0], '3')]]).pollVotes[0]?.choices).toEqual([2]);
    const many = knowing({ maxVotes: 0 });
    expect(routed([[voted('matrix', [7, 2, 2, 0], '3')]], many).pollVotes[0]?.choices).toEqual([2, 0]);
  });

  it('each person’s newest vote stays, whoever else voted meanwhile', () => {
    const plan = routed([
      [voted('matrix', [1], '5')],
      [voted('matrix', [2], '4')],
      [voted('matrix', [0], '3', 'noah')],
    ]);
    expect(plan.pollVotes.map(({ person, choices }) => [person, choices])).toEqual([
      ['mia', [1]],
      ['noah', [0]],
    ]);
    expect(plan.inbox[1]).toMatchObject({ state: 'ignored', note: 'stale: a newer change is known' });
  });

  it('what a room tells without names is kept for that room, the newest', () => {
    const plan = routed([[counted('talk', 2, '5')], [counted('talk', 1, '4')]]);
    expect(plan.pollCounts).toEqual([{ message: '5', portal: 'talk', voters: 2, counts: null, version: 5n }]);
    expect(lines(plan)).toEqual(['matrix pollCounted', 'slack pollCounted', 'talk pollCounted']);
  });

  it('what comes with the end comes before it, and how the poll stands is shown once, behind', () => {
    const end = [
      voted('talk', [0], '9', 'anna'),
      voted('talk', [1], '9', 'ben'),
      counted('talk', 0, '9'),
      closed('talk'),
    ];
    const plan = routed([end]);
    expect(plan.closedPolls).toEqual(['5']);
    expect(lines(plan).filter((line) => line.startsWith('matrix'))).toEqual([
      'matrix pollVoted',
      'matrix pollVoted',
      'matrix pollClosed',
      'matrix pollCounted',
    ]);
  });

  it('a poll that is over takes no votes and is not ended again', () => {
    const plan = routed([[closed('talk')], [voted('matrix', [1], '10')], [closed('matrix', '11')]]);
    expect(plan.pollVotes).toEqual([]);
    expect(plan.inbox.slice(1)).toMatchObject([
      { state: 'ignored', note: 'stale: the poll is over' },
      { state: 'ignored', note: 'stale: the poll is over' },
    ]);
  });

  it('votes in what is no poll, and in one that was deleted, are none', () => {
    const none = knowing();
    none.polls.clear();
    expect(routed([[voted('matrix', [1], '3')]], none).inbox).toMatchObject([{ note: 'what it is about is no poll' }]);
    const gone = knowing();
    gone.messages.set('5', { version: 3n, deleted: true });
    expect(routed([[voted('matrix', [1], '4')]], gone).inbox).toMatchObject([{ note: 'stale: deleted already' }]);
  });

  it('what a room tells of votes at its own end counts where the poll was ended elsewhere first, and is cast nowhere', () => {
    const atEnd = [
      { ...voted('talk', [1], '8', 'ben'), atEnd: true } as const,
      { ...counted('talk', 0, '8'), atEnd: true } as const,
      closed('talk', '8'),
    ];
    const plan = routed([atEnd], knowing({ state: 'closed' }));
    expect(plan.pollVotes).toMatchObject([{ person: 'ben', choices: [1], portal: 'talk' }]);
    expect(plan.pollCounts).toMatchObject([{ portal: 'talk', voters: 0 }]);
    expect(plan.closedPolls).toEqual([]);
    expect(plan.deliveries.map(({ event, lane }) => [event.kind, lane])).toEqual(
      ['matrix', 'slack', 'talk'].map((lane) => ['pollCounted', lane]),
    );
    expect(routed([[voted('talk', [1], '8', 'ben')]], knowing({ state: 'closed' })).pollVotes).toEqual([]);
  });
});

describe('route: polls that are asked otherwise', () => {
  const terms = (...options: string[]) => ({ question: 'Cake?', options });
  const edited = (version: string, ...options: string[]): BridgeEvent => ({
    ...base('matrix'),
    kind: 'messageEdited',
    body: [],
    asks: terms(...options),
    style: 'text',
    version,
  });

  it('have their new words, are told so, and are shown anew in all rooms', () => {
    const plan = routed([[edited('3', 'a', 'b', 'c')]]);
    expect(plan.askedOtherwise).toEqual([{ message: '5', ...terms('a', 'b', 'c') }]);
    expect(lines(plan)).toEqual([
      'talk messageEdited',
      'slack messageEdited',
      'talk pollCounted',
      'slack pollCounted',
      'matrix pollCounted',
    ]);
    expect(plan.versions).toEqual([{ message: '5', version: 3n, deleted: false }]);
  });

  it('an older edit changes nothing', () => {
    const plan = routed([[edited('3', 'a', 'b', 'c')], [edited('2', 'd', 'e', 'f')]]);
    expect(plan.askedOtherwise).toHaveLength(1);
  });

  it.each([
    ['more options', ['a', 'b', 'c', 'd']],
    ['fewer', ['a', 'b']],
  ])('with %s they stay as they were, with the votes that were given, and that is told', (_, options) => {
    const plan = routed([[voted('matrix', [2], '2')], [edited('3', ...options)], [voted('talk', [2], '4', 'ben')]]);
    expect(plan.askedOtherwise).toEqual([]);
    expect(plan.pollVotes.map(({ choices }) => choices)).toEqual([[2], [2]]);
    const told = plan.deliveries.filter(({ inbox }) => inbox === '1');
    expect(told.map(({ lane, event }) => `${lane} ${event.kind}`)).toEqual([
      'talk messageEdited',
      'slack messageEdited',
    ]);
    expect(told[0]?.event).toMatchObject({ asks: { ...terms(...options), kept: 3 } });
    expect(plan.inbox[1]).toMatchObject({ state: 'routed', message: '5' });
  });

  it('with as many options as at first they are followed again', () => {
    const plan = routed([[edited('3', 'a', 'b')], [edited('4', 'd', 'e', 'f')]]);
    expect(plan.askedOtherwise).toEqual([{ message: '5', ...terms('d', 'e', 'f') }]);
    expect(plan.deliveries.at(-1)?.event).toMatchObject({ kind: 'pollCounted' });
  });

  it('what is no poll any more stays as it was', () => {
    const known = knowing();
    known.polls.clear();
    expect(routed([[edited('3', 'a', 'b', 'c')]], known).inbox).toMatchObject([
      { note: 'what it is about is no poll' },
    ]);
  });
});

describe('route: votes that are deleted', () => {
  const votesOf = ({ pollVotes }: Plan) => pollVotes.map(({ person, choices, version }) => [person, choices, version]);

  it('the only one leaves none behind: it is taken back elsewhere, and all are shown how the poll stands', () => {
    const plan = routed([[ballot('v1', [1], '3')], [gone('v1', '4')]]);
    expect(votesOf(plan)).toEqual([
      ['mia', [1], 3n],
      ['mia', [], 4n],
    ]);
    expect(plan.ballotsGone).toEqual([{ account: 'matrix', remote: 'v1' }]);
    expect(lines(plan).slice(5)).toEqual([
      'talk pollVoted',
      'slack pollVoted',
      'talk pollCounted',
      'slack pollCounted',
      'matrix pollCounted',
    ]);
    expect(plan.deliveries[5]?.event).toMatchObject({ choices: [], message: refIn('matrix'), version: '4' });
    expect(plan.inbox[1]).toMatchObject({ state: 'routed', message: '5' });
  });

  it('what the person voted before counts again, and can be deleted in its turn', () => {
    const plan = routed([
      [ballot('v1', [0], '3')],
      [ballot('v2', [1], '4')],
      [ballot('v3', [2], '5')],
      [gone('v3', '6')],
      [gone('v2', '7')],
      [gone('v1', '8')],
    ]);
    expect(votesOf(plan).slice(3)).toEqual([
      ['mia', [1], 6n],
      ['mia', [0], 7n],
      ['mia', [], 8n],
    ]);
  });

  it('one that counts no more takes nothing away', () => {
    const plan = routed([[ballot('v1', [0], '3')], [ballot('v2', [1], '4')], [gone('v1', '5')], [gone('v2', '6')]]);
    expect(plan.inbox[2]).toMatchObject({ state: 'ignored', note: 'another vote of the same person counts' });
    expect(votesOf(plan).slice(2)).toEqual([['mia', [], 6n]]);
  });

  it('one that a moderator deletes was its person’s, and nobody else’s vote changes', () => {
    const plan = routed([[ballot('v1', [0], '3')], [ballot('n1', [1], '4', 'noah')], [gone('v1', '5', 'moderator')]]);
    expect(votesOf(plan).slice(2)).toEqual([['mia', [], 5n]]);
    const told = plan.deliveries.filter(({ event }) => event.kind === 'pollVoted').at(-1);
    expect(told?.event.actor).toEqual({ account: 'matrix', id: 'mia', name: '', standing: 'person' });
  });

  it('a deletion under a clock that was set back is newer than its vote', () => {
    expect(votesOf(routed([[ballot('v1', [0], '9')], [gone('v1', '4')]])).at(-1)).toEqual(['mia', [], 10n]);
  });

  it('a vote that is read again after it was deleted stays so, also when the one before it is deleted', () => {
    const known = knowing();
    routed([[ballot('v1', [0], '3')], [ballot('v2', [1], '4')], [gone('v2', '5')]], known);
    const again = routed([[ballot('v2', [1], '4')]], known, 'replay');
    expect(again.ballots).toEqual([]);
    expect(votesOf(routed([[gone('v1', '6')]], known))).toEqual([['mia', [], 6n]]);
  });

  it('one that comes late counts when the newer one is deleted', () => {
    const plan = routed([[ballot('v2', [1], '4')], [ballot('v1', [0], '3')], [gone('v2', '5')]]);
    expect(votesOf(plan)).toEqual([
      ['mia', [1], 4n],
      ['mia', [0], 5n],
    ]);
  });

  it('after the end it is cast nowhere, and told under the poll', () => {
    const plan = routed([[ballot('v1', [1], '3')], [closed('matrix')], [gone('v1', '10')]]);
    expect(plan.pollVotes.at(-1)).toMatchObject({ choices: [] });
    expect(lines(plan).slice(-3)).toEqual(['talk pollCounted', 'slack pollCounted', 'matrix pollCounted']);
    expect(lines(plan).filter((line) => line.endsWith('pollVoted'))).toHaveLength(2);
  });

  it('one in a poll that is gone, or forgotten, changes nothing', () => {
    const known = knowing();
    routed([[ballot('v1', [1], '3')]], known);
    known.messages.set('5', { version: 4n, deleted: true });
    expect(routed([[gone('v1', '5')]], known).inbox).toMatchObject([{ note: 'stale: deleted already' }]);
    known.polls.clear();
    expect(routed([[gone('v1', '5')]], known).inbox).toMatchObject([{ note: 'what it is about is no poll' }]);
  });
});
