import { MovedClock } from '../../../test/support/moved-clock.js';
import { LoginRefused, NetworkUnavailable } from '../../model/errors.js';
import { accountId, roomId } from '../../model/ids.js';
import type { Presence } from '../../model/presence.js';
import { silentLog } from '../../observability/log.js';
import type { SlackUser } from './api/people.api.js';
import { presenceIn, SlackStatuses } from './slack.statuses.js';

const channel = 'C0FA1R0001';
const anna = 'U0ANNA0001';

describe('slack.statuses', () => {
  let clock: MovedClock;
  let active: Set<string>;
  let profiles: Map<string, Partial<SlackUser>>;
  let asked: string[];
  let told: string[];
  let answer: () => Promise<void>;
  let stop: AbortController;
  let running: Promise<void>;
  let statuses: SlackStatuses;

  beforeEach(() => {
    clock = new MovedClock();
    [active, asked, told] = [new Set([anna]), [], []];
    profiles = new Map();
    answer = () => Promise.resolve();
    statuses = new SlackStatuses({
      account: accountId('town'),
      people: {
        isActive: async (id) => {
          asked.push(id);
          await answer();
          return id.startsWith('U0NOBODY') ? undefined : active.has(id);
        },
        user: (id) => Promise.resolve({ id, ...profiles.get(id) }),
      },
      clock,
      log: silentLog,
      everyMs: 60_000,
      isLinked: (id) => id === channel,
      tell: ({ room, person, presence: { state, emoji = '', text = '' } }) =>
        told.push(`${room.id} ${person.id} ${state} ${emoji}${text}`.trimEnd()),
    });
    stop = new AbortController();
    running = statuses.run(stop.signal);
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  const said = async (more: object = {}): Promise<void> => {
    statuses.heard({ type: 'message', channel, user: anna, text: 'hello', ...more });
    await clock.pass(1000);
  };

  it.each<[Partial<NonNullable<SlackUser['profile']>>, boolean, Presence]>([
    [{}, true, { state: 'online' }],
    [{ status_text: '', status_emoji: '' }, false, { state: 'away' }],
    [
      { status_text: 'tea &amp; cake', status_emoji: ':tent:' },
      true,
      { state: 'online', emoji: '⛺', text: 'tea & cake' },
    ],
    [{ status_text: 'at the :house:', status_emoji: ':kazoo:' }, true, { state: 'online', text: ':kazoo: at the 🏠' }],
  ])('%j, there: %s', (profile, isActive, presence) => {
    const room = { account: accountId('town'), id: roomId(channel) };
    expect(presenceIn(room, { id: anna, profile }, isActive)).toEqual({
      kind: 'presenceChanged',
      room,
      person: { account: 'town', id: anna, name: '', standing: 'person' },
      presence,
    });
  });

  it('who said something is asked about at once, and once a minute for ten minutes', async () => {
    await said();
    expect(told).toEqual([`${channel} ${anna} online`]);
    await clock.pass(59_000);
    expect(asked).toHaveLength(2);
    await clock.pass(3_600_000);
    expect(asked).toHaveLength(10);
  });

  it('who goes on speaking is asked about no more often', async () => {
    for (let second = 0; second < 119; second += 1) await said();
    expect(asked).toHaveLength(2);
    active.clear();
    await clock.pass(1000);
    expect(asked).toHaveLength(3);
    expect(told.at(-1)).toBe(`${channel} ${anna} away`);
  });

  it('a status that changes is told without being asked for, of those who are known to be there or away', async () => {
    const changed = { type: 'user_change', user: { id: anna, profile: { status_text: 'back soon' } } };
    statuses.heard(changed);
    expect(told).toEqual([]);
    await said();
    statuses.heard(changed);
    expect(told).toEqual([`${channel} ${anna} online`, `${channel} ${anna} online back soon`]);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['another channel', { channel: 'C0THER0001' }],
    ['what is edited', { subtype: 'message_changed' }],
    ['a bot', { bot_id: 'B0BU1LD001' }],
    ['no message', { type: 'reaction_added' }],
    ['nobody', { user: undefined }],
  ])('%s is nobody’s business', async (_, more) => {
    await said(more);
    expect(asked).toEqual([]);
  });

  it('twenty people at most, those who spoke last', async () => {
    for (let at = 10; at < 40; at += 1) statuses.heard({ type: 'message', channel, user: `U0SPEAKR${at}` });
    await clock.pass(1000);
    expect(asked).toHaveLength(20);
    expect(asked[0]).toBe('U0SPEAKR20');
  });

  it('a bot’s user, and whom nobody may know of, is nothing to tell', async () => {
    profiles.set(anna, { is_bot: true });
    await said();
    await said({ user: 'U0NOBODY01' });
    expect([asked.length, told]).toEqual([2, []]);
  });

  it('what cannot be asked now is asked in a minute', async () => {
    answer = () => Promise.reject(new NetworkUnavailable('not now', { certainty: 'notSent' }));
    await said();
    expect([asked.length, told]).toEqual([1, []]);
    answer = () => Promise.resolve();
    await clock.pass(59_000);
    expect(told).toEqual([`${channel} ${anna} online`]);
  });

  it('a refused login ends it', async () => {
    answer = () => Promise.reject(new LoginRefused('revoked'));
    const ended = expect(running).rejects.toThrow(LoginRefused);
    await said();
    await ended;
    running = Promise.resolve();
  });
});
