import { MovedClock } from '../../../test/support/moved-clock.js';
import { accountId, userId } from '../../model/ids.js';
import type { Presence } from '../../model/presence.js';
import type { ShownStatus } from './api/account.api.js';
import { OurUsers } from './matrix.ids.js';
import { MatrixStatuses, toMatrixStatus } from './matrix.statuses.js';

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

  beforeEach(() => {
    clock = new MovedClock();
    [set, looks, refuses, shows, warned] = [[], 0, false, true, 0];
    ghosts = new Set([ghost]);
    const silent = (): void => undefined;
    statuses = new MatrixStatuses({
      users,
      account: {
        setPresence: (user, { presence, status_msg: words = '' }: ShownStatus) => {
          set.push(`${user} ${presence} ${words}`.trimEnd());
          return Promise.resolve(refuses ? 'off' : 'shown');
        },
        presence: () => {
          looks += 1;
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
});
