import { MovedClock } from '../../../test/support/moved-clock.js';
import type { PresenceChanged } from '../../model/bridge-event.js';
import { accountId, roomId, userId } from '../../model/ids.js';
import type { Presence } from '../../model/presence.js';
import type { ShownStatus } from './api/account.api.js';
import { OurUsers } from './matrix.ids.js';
import { MatrixStatuses, presenceIn, toMatrixStatus } from './matrix.statuses.js';

const users = new OurUsers({ bot: 'crosstalk', ghostPrefix: 'talk_', serverName: 'example.org' });
const ghost = '@talk_home_users=2fanna:example.org';
const { signal } = new AbortController();

describe('matrix.statuses', () => {
  let clock: MovedClock;
  let set: string[];
  let looks: number;
  let refuses: boolean;
  let shows: boolean;
  let ghosts: Set<string>;
  let warned: number;
  let statuses: MatrixStatuses;
  let told: PresenceChanged[];
  /** Of its own people. */
  let answer: (user: string) => Promise<string | undefined>;

  beforeEach(() => {
    clock = new MovedClock();
    answer = () => Promise.resolve('online');
    [set, looks, refuses, shows, warned] = [[], 0, false, true, 0];
    ghosts = new Set([ghost]);
    const silent = (): void => undefined;
    told = [];
    statuses = new MatrixStatuses({
      id: accountId('town'),
      tell: (changed) => told.push(changed),
      users,
      account: {
        setPresence: (user, { presence, status_msg: words = '' }: ShownStatus) => {
          set.push(`${user} ${presence} ${words}`.trimEnd());
          return Promise.resolve(refuses ? 'off' : 'shown');
        },
        presence: (of, by) => {
          looks += 1;
          if (of !== by) return answer(of);
          return Promise.resolve(shows ? 'online' : 'offline');
        },
      },
      clock,
      log: { debug: silent, info: silent, error: silent, warn: () => (warned += 1) },
      isKnownGhost: (user) => Promise.resolve(ghosts.has(user)),
    });
  });

  const show = (presence: Presence): Promise<void> =>
    statuses.show(
      { account: accountId('home'), id: userId('users/anna'), name: 'Anna', standing: 'person' },
      presence,
      signal,
    );

  it.each<[Presence, ShownStatus]>([
    [{ state: 'online' }, { presence: 'online' }],
    [
      { state: 'online', emoji: '🏖', text: 'on the meadow' },
      { presence: 'online', status_msg: '🏖 on the meadow' },
    ],
    [
      { state: 'away', text: 'back soon' },
      { presence: 'unavailable', status_msg: 'back soon' },
    ],
    [{ state: 'busy' }, { presence: 'online', status_msg: 'busy' }],
    [
      { state: 'busy', emoji: '💬', text: 'In a call' },
      { presence: 'online', status_msg: 'busy · 💬 In a call' },
    ],
    [{ state: 'doNotDisturb' }, { presence: 'online', status_msg: 'do not disturb' }],
    [
      { state: 'offline', emoji: '🌴' },
      { presence: 'offline', status_msg: '🌴' },
    ],
  ])('%j is shown as %j', (presence, status) => {
    expect(toMatrixStatus(presence)).toEqual(status);
  });

  it('that somebody is there is said each time, since it is forgotten; everything else once', async () => {
    for (let times = 0; times < 3; times += 1) await show({ state: 'online' });
    for (let times = 0; times < 3; times += 1) await show({ state: 'away' });
    await show({ state: 'away', text: 'back soon' });
    expect(set).toEqual([
      `${ghost} online`,
      `${ghost} online`,
      `${ghost} online`,
      `${ghost} unavailable`,
      `${ghost} unavailable back soon`,
    ]);
    expect(looks).toBe(1);
  });

  it('nobody gets a ghost for it, and who has one later is shown then', async () => {
    ghosts.clear();
    await show({ state: 'away' });
    expect(set).toEqual([]);
    ghosts.add(ghost);
    await show({ state: 'away' });
    expect(set).toEqual([`${ghost} unavailable`]);
  });

  it.each(['refuses it', 'takes it and shows nobody'])(
    'a homeserver that %s is told of once, and asked again in an hour',
    async (how) => {
      if (how === 'refuses it') refuses = true;
      else shows = false;
      for (let times = 0; times < 3; times += 1) await show({ state: 'online' });
      expect([set.length, warned]).toEqual([1, 1]);
      [refuses, shows] = [false, true];
      await clock.pass(3_600_000);
      await show({ state: 'online' });
      expect([set.length, warned]).toEqual([2, 1]);
    },
  );

  describe('of whom the homeserver tells', () => {
    const mia = '@mia:example.org';
    const room = roomId('!team:example.org');
    const is = (presence: string, sender = mia): unknown => ({ type: 'm.presence', sender, content: { presence } });

    it.each([
      [{ presence: 'online', currently_active: true, user_id: mia }, { state: 'online' }],
      [
        { presence: 'unavailable', status_msg: ' back\n soon ' },
        { state: 'away', text: 'back soon' },
      ],
      [{ presence: 'offline', status_msg: null }, { state: 'offline' }],
      [{ presence: 'busy' }, { state: 'offline' }],
    ])('%j is %j', (content, presence) => {
      expect(presenceIn({ type: 'm.presence', sender: mia, content })).toEqual({ user: mia, presence });
    });

    it.each([
      null,
      'm.presence',
      { type: 'm.typing', room_id: room, content: { user_ids: [] } },
      { type: 'm.presence', sender: mia },
      { type: 'm.presence', content: { presence: 'online' } },
    ])('what is none of that is nothing: %j', (value) => {
      expect(presenceIn(value)).toBeUndefined();
    });

    it('who did something in a linked room is told of, whichever comes first', () => {
      statuses.hear([is('online')]);
      expect(told).toEqual([]);
      statuses.noteActivity(mia, room);
      statuses.noteActivity(mia, room);
      statuses.hear([is('unavailable')]);
      const person = { account: 'town', id: mia, name: '', standing: 'person' };
      const at = { kind: 'presenceChanged', room: { account: 'town', id: room }, person };
      expect(told).toEqual([
        { ...at, presence: { state: 'online' } },
        { ...at, presence: { state: 'away' } },
      ]);
    });

    it('our own users are nobody’s business', () => {
      statuses.noteActivity(ghost, room);
      statuses.hear([is('online', ghost), is('online', '@crosstalk:example.org')]);
      expect(told).toEqual([]);
    });

    it('it is told again only as the homeserver says by then: it may have told another replica, or be away', async () => {
      const stop = new AbortController();
      const running = statuses.run(stop.signal);
      const answers: Record<string, () => Promise<string | undefined>> = {
        '@left:example.org': () => Promise.resolve('offline'),
        '@hidden:example.org': () => Promise.resolve(undefined),
        '@unasked:example.org': () => Promise.reject(new Error('away')),
      };
      answer = (user) => answers[user]?.() ?? Promise.resolve('online');
      for (const user of ['@here:example.org', ...Object.keys(answers)]) {
        statuses.noteActivity(user, room);
        statuses.hear([is('online', user)]);
      }
      told.length = 0;
      await clock.pass(120_000);
      expect(told.map(({ person, presence }) => `${person.id} ${presence.state}`)).toEqual([
        '@here:example.org online',
        '@left:example.org offline',
      ]);
      stop.abort();
      await running;
    });

    it('it is told again every two minutes, of the fifty who did something last', async () => {
      const stop = new AbortController();
      const running = statuses.run(stop.signal);
      for (let at = 0; at < 60; at += 1) {
        statuses.noteActivity(`@p${at}:example.org`, room);
        statuses.hear([is('online', `@p${at}:example.org`)]);
      }
      told.length = 0;
      await clock.pass(120_000);
      expect(told).toHaveLength(50);
      expect(told.at(-1)?.person.id).toBe('@p59:example.org');
      stop.abort();
      await running;
    });
  });
});
