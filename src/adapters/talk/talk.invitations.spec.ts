import { NetworkUnavailable, TargetGone } from '../../model/errors.js';
import type { Invitation } from './api/federation.endpoints.js';
import { answerTo, TalkInvitations, type InvitationRule } from './talk.invitations.js';

const anna = { inviterCloudId: 'anna@cloud.example.org', remoteServerUrl: 'https://cloud.example.org' };

describe('talk.invitations: answerTo', () => {
  it.each<[string, typeof anna, string[], 'accept' | 'wait']>([
    ['of a person who may', anna, ['anna@cloud.example.org'], 'accept'],
    ['of anybody on a server that may', anna, ['*@cloud.example.org'], 'accept'],
    ['written with protocol and slash', anna, ['anna@https://Cloud.example.org/'], 'accept'],
    [
      'told with protocol',
      { ...anna, inviterCloudId: 'anna@https://cloud.example.org' },
      ['anna@cloud.example.org'],
      'accept',
    ],
    [
      'of a person with an @ in the name',
      { ...anna, inviterCloudId: 'a@b@cloud.example.org' },
      ['a@b@cloud.example.org'],
      'accept',
    ],
    ['of another person', anna, ['ben@cloud.example.org'], 'wait'],
    ['of the same name on another server', anna, ['anna@other.example.org'], 'wait'],
    [
      'to a room that is not on the server of who invites',
      { ...anna, remoteServerUrl: 'https://evil.example.org' },
      ['*@cloud.example.org'],
      'wait',
    ],
    ['where nobody may', anna, [], 'wait'],
    ['of nobody', { inviterCloudId: '', remoteServerUrl: '' }, ['*@cloud.example.org'], 'wait'],
  ])('an invitation %s', (_, invitation, acceptFrom, answer) => {
    expect(answerTo(invitation, { acceptFrom, others: 'wait' })).toBe(answer);
  });

  it('what is not accepted is declined where the settings say so', () => {
    expect(answerTo(anna, { acceptFrom: [], others: 'decline' })).toBe('decline');
  });
});

describe('talk.invitations', () => {
  const signal = new AbortController().signal;
  let nowMs: number;
  let asked: string[];
  let logged: object[];
  let waiting: Partial<Invitation>[];
  /** What goes wrong, by what was asked. */
  let fails: Partial<Record<string, Error | Promise<never>>>;

  const invitationsBy = (rule: InvitationRule): TalkInvitations => {
    const note = async (what: string) => {
      asked.push(what);
      const fault = await fails[what];
      if (fault !== undefined) throw fault;
      return { data: waiting };
    };
    const federation = {
      invitations: () => note('list'),
      accept: ({ id }: { id: number }) => note(`accept ${id}`),
      decline: ({ id }: { id: number }) => note(`decline ${id}`),
    };
    const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
    const warn = (fields: object): void => {
      logged.push(fields);
    };
    const log = { debug: nothing, info: nothing, warn, error: nothing };
    return new TalkInvitations({ api: { federation } } as never, rule, clock, log);
  };

  /** Told of so many, and every answer given that can be. */
  const noticed = async (invitations: TalkInvitations, count: number): Promise<void> => {
    invitations.notice(count, signal);
    for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(() => {
    nowMs = 0;
    asked = [];
    logged = [];
    fails = {};
    waiting = [
      { ...anna, id: 1, state: 1, localToken: 'aaaa1111' },
      { ...anna, id: 2, state: 0, localToken: 'bbbb2222' },
      { ...anna, id: 3, state: 0, localToken: 'cccc3333', inviterCloudId: 'ben@cloud.example.org' },
    ];
  });

  it('those that wait are answered by the rule, each once; nothing is asked while none waits', async () => {
    const invitations = invitationsBy({ acceptFrom: ['anna@cloud.example.org'], others: 'decline' });
    await noticed(invitations, 0);
    expect(asked).toEqual([]);
    await noticed(invitations, 2);
    expect(asked).toEqual(['list', 'accept 2', 'decline 3']);
  });

  it('those that are left waiting are looked at when their number changes, else every ten minutes', async () => {
    const invitations = invitationsBy({ acceptFrom: [], others: 'wait' });
    for (nowMs = 0; nowMs < 1_200_000; nowMs += 3000) await noticed(invitations, 2);
    expect(asked).toEqual(['list', 'list']);
    await noticed(invitations, 3);
    expect(asked).toEqual(['list', 'list', 'list']);
  });

  it('one that comes while others are answered is news, though as many wait as before', async () => {
    const invitations = invitationsBy({ acceptFrom: ['anna@cloud.example.org'], others: 'wait' });
    await noticed(invitations, 2);
    waiting = [{ ...anna, id: 4, state: 0, localToken: 'dddd4444' }, ...waiting.slice(2)];
    nowMs = 3000;
    await noticed(invitations, 2);
    expect(asked).toEqual(['list', 'accept 2', 'list', 'accept 4']);
  });

  it('one that cannot be answered keeps no other waiting', async () => {
    const invitations = invitationsBy({ acceptFrom: ['anna@cloud.example.org'], others: 'decline' });
    fails['accept 2'] = new TargetGone('the other server is not reached');
    await noticed(invitations, 2);
    expect(asked).toEqual(['list', 'accept 2', 'decline 3']);
    expect(logged).toEqual([{ room: 'bbbb2222', inviter: 'anna@cloud.example.org', error: fails['accept 2'] }]);
    waiting = waiting.slice(0, 2);
    for (; nowMs < 60_000; nowMs += 3000) await noticed(invitations, 1);
    expect(asked).toEqual(['list', 'accept 2', 'decline 3']);
    await noticed(invitations, 1);
    expect(asked).toEqual(['list', 'accept 2', 'decline 3', 'list', 'accept 2']);
  });

  it('whoever tells how many wait is kept waiting by no other server, which is asked once at a time', async () => {
    const invitations = invitationsBy({ acceptFrom: ['anna@cloud.example.org'], others: 'wait' });
    let answer: (fault: never) => void = nothing;
    fails['accept 2'] = new Promise((resolve) => {
      answer = resolve;
    });
    await noticed(invitations, 2);
    await noticed(invitations, 3);
    expect(asked).toEqual(['list', 'accept 2']);
    answer(undefined as never);
    await noticed(invitations, 3);
    await noticed(invitations, 3);
    expect(asked).toEqual(['list', 'accept 2', 'list', 'accept 2']);
  });

  it('what fails is tried again in a minute, and told', async () => {
    const invitations = invitationsBy({ acceptFrom: [], others: 'wait' });
    fails['list'] = new NetworkUnavailable('not now', { certainty: 'notSent' });
    for (nowMs = 0; nowMs < 120_000; nowMs += 3000) await noticed(invitations, 2);
    expect(asked).toEqual(['list', 'list']);
    expect(logged).toEqual([{ error: fails['list'] }, { error: fails['list'] }]);
  });

  it('an end on request is no failure', async () => {
    const stop = new AbortController();
    const invitations = invitationsBy({ acceptFrom: [], others: 'wait' });
    fails['list'] = new NetworkUnavailable('given up', { certainty: 'notSent' });
    invitations.notice(2, stop.signal);
    stop.abort();
    await noticed(invitations, 2);
    expect(logged).toEqual([]);
  });
});

function nothing(): void {
  return;
}
