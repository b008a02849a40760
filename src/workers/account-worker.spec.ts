import { MovedClock } from '../../test/support/moved-clock.js';
import { LoginRefused } from '../model/errors.js';
import { accountId, type RoomId, roomId } from '../model/ids.js';
import type { NetworkAdapter, Pulling, Watching } from '../model/network-adapter.js';
import { silentLog } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import type { AccountRepository } from '../persistence/account.repository.js';
import type { RoomRow } from '../persistence/room.repository.js';
import { AccountWorker } from './account-worker.js';
import type { Shards } from './shards.js';
import { Supervisor } from './supervisor.js';

const account = accountId('home');
const checkMs = 1_000;

/** An account whose network and owner are as a spec says, on a clock that the spec moves. */
class Login {
  readonly clock = new MovedClock();
  readonly metrics = new Metrics();
  readonly stop = new AbortController();
  /** What happened, in its order. */
  readonly acts: string[] = [];
  owned = true;
  connect: () => Promise<{ login: string; summary: string }> = () => Promise.resolve({ login: 'me', summary: 'as me' });
  watch: (watching: Watching, signal: AbortSignal) => Promise<void> = (_, signal) => aborted(signal);
  /** How long it takes a loop to end. */
  endsAfterMs = 0;
  others = new Map<string, typeof account>();
  readonly worker: AccountWorker;

  constructor(kind: 'pulled' | 'pushed' = 'pulled') {
    const loop = async (name: string, run: Promise<void>): Promise<void> => {
      this.acts.push(`${name} begins`);
      try {
        await run;
      } finally {
        if (this.endsAfterMs > 0) await this.clock.sleep(this.endsAfterMs);
        this.acts.push(`${name} ends`);
      }
    };
    const pulling: Pick<Pulling, 'watch'> = {
      watch: (watching, signal) => loop('watch', this.watch(watching, signal)),
    };
    const adapter = {
      account,
      connect: () => {
        this.acts.push('connect');
        return this.connect();
      },
      start: () => {
        this.acts.push('start');
        return Promise.resolve();
      },
      ...(kind === 'pulled' ? { pulling } : {}),
    } as unknown as NetworkAdapter;
    const accounts: Pick<AccountRepository, 'opened' | 'closed'> = {
      opened: (_, login) => Promise.resolve(void this.acts.push(`open as ${login}`)),
      closed: (_, reason) => Promise.resolve(void this.acts.push(`closed: ${reason}`)),
    };
    this.worker = new AccountWorker(
      {
        accounts: accounts as AccountRepository,
        rooms: {
          ofAccount: () =>
            Promise.resolve([
              {
                room: roomId('a'),
                activityAt: null,
                watch: 'held',
                cursor: null,
                pushedAt: null,
                closed: 'gone',
              } as RoomRow,
            ]),
          watch: (_, modes) => Promise.resolve(void this.acts.push(`watch ${[...modes].join()}`)),
          joined: (account, since) => Promise.resolve({ rooms: [roomId(account)], upTo: `${String(since)} and on` }),
        },
        links: { run: (_, __, signal) => loop('links', aborted(signal)) },
        shards: { owns: () => this.owned } as unknown as Shards,
        supervisor: new Supervisor(this.clock, this.metrics, silentLog, { firstPauseMs: 10_000 }),
        clock: this.clock,
        metrics: this.metrics,
        log: silentLog,
        ownerCheckMs: checkMs,
        claimLogin: (login) => this.others.get(login),
        onChange: () => void this.acts.push(`is ${this.worker.state}`),
        wake: (_, rooms: readonly RoomId[]) => Promise.resolve(void this.acts.push(`wake ${rooms.join()}`)),
      },
      adapter,
      { accept: () => Promise.resolve() },
    );
  }

  /** Runs until it waits. Its end, whatever it is, is `ended`. */
  async begin(): Promise<{ ended: Promise<unknown> }> {
    const ended = this.worker
      .run(this.stop.signal, () => void this.acts.push('works'))
      .then(
        () => 'stopped',
        (error: unknown) => error,
      );
    await this.clock.settle();
    return { ended };
  }

  take(): string[] {
    return this.acts.splice(0);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

let login: Login;
afterEach(async () => {
  login.stop.abort();
  await login.clock.pass(100_000);
});

describe('AccountWorker', () => {
  it('listens before the account is said to be open, and only then resolves and watches its rooms', async () => {
    login = new Login();
    await login.begin();
    expect(login.take()).toEqual([
      ...['connect', 'start', 'open as me', 'is open', 'works'],
      ...['links begins', 'watch begins'],
    ]);
    await login.clock.pass(60_000);
    expect(login.take()).toEqual([]);
  });

  it('watches no rooms of a network that tells by itself', async () => {
    login = new Login('pushed');
    await login.begin();
    expect(login.take()).toEqual(['connect', 'start', 'open as me', 'is open', 'works', 'links begins']);
  });

  it('logs in and listens also where another replica owns the account, and takes it up when it is ours', async () => {
    login = new Login();
    login.owned = false;
    await login.begin();
    await login.clock.pass(10_000);
    expect(login.take()).toEqual(['connect', 'start', 'open as me', 'is open', 'works']);
    login.owned = true;
    await login.clock.pass(checkMs);
    expect(login.take()).toEqual(['links begins', 'watch begins']);
  });

  it('gives up what only the owner does when it is the owner no longer, and begins again when it has ended', async () => {
    login = new Login();
    await login.begin();
    login.take();
    login.owned = false;
    login.endsAfterMs = 5_000;
    await login.clock.pass(checkMs);
    login.owned = true;
    await login.clock.pass(4_999);
    expect(login.take()).toEqual([]);
    await login.clock.pass(1);
    expect(login.take().sort()).toEqual(['links ends', 'watch ends']);
    await login.clock.pass(checkMs);
    expect(login.take()).toEqual(['links begins', 'watch begins']);
  });

  it('the watch sees which rooms there are, and has them read and watched', async () => {
    login = new Login();
    let rooms: unknown;
    let joined: unknown;
    login.watch = async (watching, signal) => {
      rooms = await watching.rooms();
      joined = await watching.joined(null);
      await watching.wake([roomId('b'), roomId('a')]);
      await watching.watch(new Map([[roomId('a'), 'webhook']]));
      await aborted(signal);
    };
    await login.begin();
    expect(rooms).toEqual([{ room: 'a', watch: 'held', cursor: null, pushedAt: null, state: 'closed' }]);
    expect(joined).toEqual({ rooms: ['home'], upTo: 'null and on' });
    expect(login.take().slice(-2)).toEqual(['wake b,a', 'watch a,webhook']);
  });

  it('a watch whose login is refused has the account log in anew', async () => {
    login = new Login();
    let watches = 0;
    login.watch = (_, signal) =>
      (watches += 1) === 1 ? Promise.reject(new LoginRefused('the password is wrong')) : aborted(signal);
    await login.begin();
    await login.clock.pass(checkMs);
    const acts = login.take();
    expect(acts.filter((act) => act === 'connect')).toHaveLength(2);
    expect(acts.slice(-2)).toEqual(['links begins', 'watch begins']);
    expect(login.worker.state).toBe('open');
  });

  it('a login that another account has is refused, with a sentence that names that account', async () => {
    login = new Login();
    login.others.set('me', accountId('first'));
    const { ended } = await login.begin();
    expect(await ended).toBeInstanceOf(LoginRefused);
    const [connects, closed, is, ...rest] = login.take();
    expect([connects, closed?.includes('first'), is, rest]).toEqual(['connect', true, 'is closed', []]);
  });

  it('a network that does not answer closes the account with one alarm, however often it is tried', async () => {
    login = new Login();
    login.connect = () => Promise.reject(new Error('no answer'));
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(await (await login.begin()).ended).toEqual(new Error('no answer'));
    expect(login.take().filter((act) => act.startsWith('closed'))).toEqual(Array(3).fill('closed: no answer'));
    expect((await login.metrics.alarms.get()).values).toMatchObject([
      { value: 1, labels: { account: 'home', reason: 'accountClosed' } },
    ]);
    expect((await login.metrics.accountsOpen.get()).values).toMatchObject([{ value: 0 }]);
  });

  it('ends at the stop with all that it began, and closes nothing', async () => {
    login = new Login();
    const { ended } = await login.begin();
    login.take();
    login.endsAfterMs = 2_000;
    login.stop.abort();
    await login.clock.pass(2_000);
    expect(await ended).toBe('stopped');
    expect(login.take().sort()).toEqual(['links ends', 'watch ends']);
    expect(login.worker.state).toBe('open');
  });
});
