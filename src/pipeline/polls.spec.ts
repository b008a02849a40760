import type { PollCounted, PollStarted, PollVoted } from '../model/bridge-event.js';
import type { RoomPolls } from '../model/capabilities.js';
import { accountId, remoteId, roomId, userId } from '../model/ids.js';
import type { PollBoard } from '../model/poll.js';
import { toPlain } from '../formatting/plain.js';
import { type PollPlace, pollStep } from './poll-deliveries.js';
import { pollAsMessage, pollIn, tallyElsewhere, tallyInWords, wholeTally } from './polls.js';

const poll = {
  question: 'Which day?',
  options: ['Friday', 'Saturday', 'Sunday'],
  results: 'shown',
  maxVotes: 1,
  state: 'open',
} as const;
const board = (more: Partial<PollBoard> = {}): PollBoard => ({ poll, votes: [], counts: [], casts: [], ...more });
const of = (person: string, portal: string, ...choices: number[]) => ({
  account: accountId(portal),
  person: userId(person),
  portal,
  choices,
});
const cast = (person: string, home: string, portal: string, choices: number[], isUnderWay = false) => ({
  ...of(person, home, ...choices),
  portal,
  isUnderWay,
});
const native: RoomPolls = { are: 'native', minOptions: 2, maxOptions: 20, votes: 'secret' };

describe('polls: who is counted where', () => {
  it('a room that counts its own is told of everybody else', () => {
    const votes = [of('mia', 'matrix', 0), of('pia', 'slack', 0), of('noah', 'matrix', 2)];
    expect(tallyElsewhere(board({ votes }), 'talk')).toEqual({ counts: [2, 0, 1], voters: 3, unknown: 0 });
    expect(tallyElsewhere(board({ votes }), 'matrix')).toEqual({ counts: [1, 0, 0], voters: 1, unknown: 0 });
    expect(wholeTally(board({ votes }))).toEqual({ counts: [2, 0, 1], voters: 3, unknown: 0 });
  });

  it('a vote that was taken back is nobody’s', () => {
    const votes = [of('mia', 'matrix')];
    expect(wholeTally(board({ votes }))).toEqual({ counts: [0, 0, 0], voters: 0, unknown: 0 });
  });

  it('one that was cast in the room for its person is counted there, and not told besides', () => {
    const votes = [of('mia', 'matrix', 0), of('pia', 'slack', 1)];
    const casts = [cast('mia', 'matrix', 'talk', [0])];
    expect(tallyElsewhere(board({ votes, casts }), 'talk')).toEqual({ counts: [0, 1, 0], voters: 1, unknown: 0 });
  });

  it('one that is on its way is told when it has come to nothing', () => {
    const votes = [of('mia', 'matrix', 0)];
    const casts = [cast('mia', 'matrix', 'talk', [], true)];
    expect(tallyElsewhere(board({ votes, casts }), 'talk')).toEqual({ counts: [0, 0, 0], voters: 0, unknown: 0 });
  });

  it('one that stands there as it was, while its person chose another, is made good for', () => {
    const votes = [of('mia', 'matrix', 1)];
    const casts = [cast('mia', 'matrix', 'talk', [0])];
    expect(tallyElsewhere(board({ votes, casts }), 'talk')).toEqual({ counts: [-1, 1, 0], voters: 0, unknown: 0 });
  });

  it('those of whom nobody tells who they are, are told without those whom we cast for', () => {
    const votes = [of('mia', 'matrix', 0)];
    const casts = [cast('mia', 'matrix', 'talk', [0])];
    const voters = board({ votes, casts, counts: [{ portal: 'talk', voters: 3, counts: null }] });
    expect(tallyElsewhere(voters, 'matrix')).toEqual({ counts: [0, 0, 0], voters: 2, unknown: 2 });
    expect(wholeTally(voters)).toEqual({ counts: [1, 0, 0], voters: 3, unknown: 2 });
    const counted = board({ votes, casts, counts: [{ portal: 'talk', voters: 3, counts: [2, 1, 0] }] });
    expect(wholeTally(counted)).toEqual({ counts: [2, 1, 0], voters: 3, unknown: 0 });
    expect(tallyElsewhere(counted, 'talk')).toEqual({ counts: [0, 0, 0], voters: 0, unknown: 0 });
  });

  it('a count that may have a vote in it that is on its way does not have it counted twice', () => {
    const votes = [of('mia', 'matrix', 0)];
    const casts = [cast('mia', 'matrix', 'talk', [], true)];
    const counts = [{ portal: 'talk', voters: 1, counts: null }];
    expect(wholeTally(board({ votes, casts, counts }))).toEqual({ counts: [1, 0, 0], voters: 1, unknown: 0 });
  });
});

describe('polls: what stands under them', () => {
  const words = (...args: Parameters<typeof tallyInWords>): string | undefined => {
    const told = tallyInWords(...args);
    return told === undefined ? undefined : toPlain(told);
  };

  it('says what was chosen, and by how many of whom that is not known', () => {
    const tally = { counts: [2, 0, 1], voters: 4, unknown: 1 };
    expect(words(poll, tally, 'rest')).toBe('📊 Votes from elsewhere: Friday 2 · Sunday 1 · 1 more person voted');
    expect(words({ ...poll, state: 'closed' }, tally, 'all')).toBe(
      '📊 The poll is over: Friday 2 · Sunday 1 · 1 more person voted',
    );
    expect(words(poll, { counts: [-1, 1, 0], voters: 0, unknown: 0 }, 'rest')).toBe(
      '📊 Votes from elsewhere: Friday −1 · Saturday 1',
    );
  });

  it('while results are hidden says how many voted alone', () => {
    const hidden = { ...poll, results: 'hidden' } as const;
    const tally = { counts: [2, 0, 1], voters: 3, unknown: 0 };
    expect(words(hidden, tally, 'rest')).toBe('📊 Votes from elsewhere: 3 people voted');
    expect(words({ ...hidden, state: 'closed' }, tally, 'rest')).toBe('📊 Votes from elsewhere: Friday 2 · Sunday 1');
  });

  it('says nothing where there is nothing to tell; that a poll is over where nobody else tells it', () => {
    const none = { counts: [0, 0, 0], voters: 0, unknown: 0 };
    expect(words(poll, none, 'rest')).toBeUndefined();
    expect(words(poll, none, 'all')).toBeUndefined();
    expect(words({ ...poll, state: 'closed' }, none, 'all')).toBe('📊 The poll is over: nobody voted');
  });
});

describe('polls: how a room shows them', () => {
  const room = { account: accountId('matrix'), id: roomId('!a') };
  const message = { room, id: remoteId('$poll') };
  const actor = { account: room.account, id: userId('mia'), name: 'Mia', standing: 'person' } as const;
  const base = { room, actor, at: '2026-01-02T03:04:05.000Z', message };
  const voted: PollVoted = { ...base, kind: 'pollVoted', choices: [0], version: '1' };
  const counted: PollCounted = { ...base, kind: 'pollCounted', version: '1' };
  const started: PollStarted = { ...base, kind: 'pollStarted', ...poll };
  const now = new Date('2026-01-02T03:05:00Z');
  const copy = (part: number, hash: Buffer | null = null, madeAt = now) => ({
    part,
    id: remoteId(`row ${String(part)}`),
    hash,
    madeAt,
  });
  const place = (more: Partial<PollPlace> = {}): PollPlace => ({
    lane: { id: 'talk' },
    capabilities: { polls: native },
    copies: [copy(0)],
    now,
    as: 'guest',
    networkLabel: 'Matrix',
    ...more,
  });
  const votes = [of('mia', 'matrix', 0)];

  it('as a poll where it has such with as many options, else in words', () => {
    expect(pollIn(3, { polls: native })).toBe('native');
    expect(pollIn(1, { polls: native })).toBe('words');
    expect(pollIn(21, { polls: native })).toBe('words');
    expect(pollIn(3, {})).toBe('words');
    expect(toPlain(pollAsMessage(started).body)).toBe('📊 Which day?\n\n1. Friday\n2. Saturday\n3. Sunday');
  });

  it.each([
    ['guest', 'do'],
    ['own', 'do'],
    ['ghost', 'do'],
    ['relay', 'skip'],
    ['bridged', 'skip'],
  ] as const)('somebody who is seen as %s: %s', (as, then) => {
    expect(pollStep(voted, board({ votes }), place({ as })).then).toBe(then);
  });

  it('nobody votes where others can look up what they chose while results are hidden', () => {
    const hidden = board({ poll: { ...poll, results: 'hidden' }, votes });
    const readable = { polls: { ...native, votes: 'readable' } } as const;
    expect(pollStep(voted, hidden, place()).then).toBe('do');
    expect(pollStep(voted, hidden, place({ capabilities: readable })).then).toBe('skip');
  });

  it('the tally is said once, then edited, and left alone while it is the same', () => {
    const first = pollStep(counted, board({ votes }), place());
    if (first.then !== 'tell') throw new Error('it is told');
    expect(first).toMatchObject({ part: 1, event: { kind: 'messageSent', by: 'bridge', replyTo: message } });
    const same = place({ copies: [copy(0), copy(1, first.hash)] });
    expect(pollStep(counted, board({ votes }), same).then).toBe('skip');
    const more = board({ votes: [...votes, of('pia', 'slack', 1)] });
    expect(pollStep(counted, more, same)).toMatchObject({ part: 1, event: { kind: 'messageEdited' } });
    expect(pollStep(counted, board({ votes: [of('mia', 'matrix')] }), same)).toMatchObject({
      part: 1,
      event: { kind: 'messageEdited' },
    });
    expect(pollStep(counted, board(), place()).then).toBe('skip');
  });

  it('one that is too old to be edited is followed by another', () => {
    const old = copy(1, Buffer.from('other'), new Date('2026-01-01T00:00:00Z'));
    const capabilities = { polls: native, editWindowMs: 3_600_000 };
    expect(pollStep(counted, board({ votes }), place({ copies: [copy(0), old], capabilities }))).toMatchObject({
      part: 2,
      event: { kind: 'messageSent' },
    });
  });

  it('a room whose polls are ours to count shows all votes, its own too', () => {
    const capabilities = { polls: { ...native, are: 'counted' } } as const;
    const step = pollStep(counted, board({ votes }), place({ lane: { id: 'matrix' }, capabilities }));
    if (step.then !== 'show') throw new Error('it is shown');
    expect(step.poll).toEqual({ ...poll, tally: { counts: [1, 0, 0], voters: 1, unknown: 0 } });
    const shown = place({ lane: { id: 'matrix' }, capabilities, copies: [copy(0, step.hash)] });
    expect(pollStep(counted, board({ votes }), shown).then).toBe('skip');
    expect(pollStep(voted, board({ votes }), shown).then).toBe('skip');
  });
});
