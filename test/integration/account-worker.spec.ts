import { LoginRefused } from '../../src/model/errors.js';
import { networkName } from '../../src/model/ids.js';
import { silentLog } from '../../src/observability/log.js';
import { AccountRepository } from '../../src/persistence/account.repository.js';
import { AccountWorker } from '../../src/workers/account-worker.js';
import { Supervisor } from '../../src/workers/supervisor.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { House, left, MadeUpNetwork } from './house.js';

/** Answers each login as the test says; the last answer stays. */
class Guarded extends MadeUpNetwork {
  logins = 0;
  answers: ('accepted' | 'refused')[] = ['accepted'];

  override connect(): Promise<{ login: string; summary: string }> {
    this.logins += 1;
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    return answer === 'accepted' ? super.connect() : Promise.reject(new LoginRefused('the password is wrong'));
  }
}

let house: House;
let network: Guarded;
let accounts: AccountRepository;
let worker: AccountWorker;
let elapsedMs: number;
let stop: AbortController;

beforeEach(async () => {
  house = await House.open();
  network = house.network(new Guarded(left));
  accounts = new AccountRepository(house.database);
  await accounts.declare([{ id: left, network: networkName('madeUp') }]);
  elapsedMs = 0;
  stop = new AbortController();
  const clock = { ...systemClock, monotonicMs: () => elapsedMs };
  worker = new AccountWorker(
    {
      accounts,
      rooms: house.rooms,
      links: { run: () => Promise.resolve() },
      shards: house.shards(),
      supervisor: new Supervisor(clock, house.metrics, silentLog, { firstPauseMs: 1 }),
      clock,
      metrics: house.metrics,
      log: silentLog,
      ownerCheckMs: 5,
      claimLogin: () => undefined,
      onChange: () => undefined,
      wake: () => Promise.resolve(),
    },
    network,
    { accept: () => Promise.resolve() },
  );
});

afterEach(async () => {
  stop.abort();
  await house.close();
});

const alarms = async (): Promise<unknown[]> =>
  (await house.metrics.alarms.get()).values.map(({ value, labels }) => [labels['account'], labels['reason'], value]);
const state = async (): Promise<unknown> =>
  (await house.rows<{ state: string }>(`select state from accounts where id = 'left'`))[0]?.state;

async function loggedIn(times: number): Promise<void> {
  const endMs = Date.now() + 20_000;
  while (network.logins < times || worker.state !== 'open') {
    if (Date.now() > endMs) throw new Error(`logged in ${String(network.logins)} times`);
    await new Promise((later) => setTimeout(later, 2));
  }
}

function run(): Promise<void> {
  return worker.run(stop.signal, () => undefined);
}

describe('AccountWorker', () => {
  it('a refusal that a login does not confirm was old news: no alarm, and the account stays open', async () => {
    const running = run();
    await loggedIn(1);
    worker.loginRefused();
    await loggedIn(2);
    expect([await alarms(), await state()]).toEqual([[], 'open']);
    stop.abort();
    await running;
  });

  it('a refusal that a login confirms closes the account with one alarm, however often it is tried again', async () => {
    network.answers = ['accepted', 'refused'];
    const running = run();
    await loggedIn(1);
    worker.loginRefused();
    await expect(running).rejects.toThrow('the password is wrong');
    await expect(run()).rejects.toThrow('the password is wrong');
    expect([await alarms(), await state()]).toEqual([[['left', 'accountClosed', 1]], 'closed']);
    network.answers = ['accepted'];
    const again = run();
    await loggedIn(4);
    expect([await alarms(), await state()]).toEqual([[['left', 'accountClosed', 1]], 'open']);
    stop.abort();
    await again;
  });

  it('what is accepted at each login and refused each time after raises one alarm, and counts as work once it was open for long', async () => {
    let worked = 0;
    const run = (): Promise<void> => worker.run(stop.signal, () => void (worked += 1));
    const refusedTwice = async (logins: number): Promise<void> => {
      const running = run();
      await loggedIn(logins + 1);
      worker.loginRefused();
      await loggedIn(logins + 2);
      worker.loginRefused();
      await expect(running).rejects.toThrow('the login was refused');
    };
    await refusedTwice(0);
    const before = worked;
    await refusedTwice(2);
    await refusedTwice(4);
    expect([await alarms(), await state(), worked]).toEqual([[['left', 'accountClosed', 1]], 'closed', before]);
    const running = run();
    await loggedIn(7);
    elapsedMs += 60_000;
    while (worked === before) await new Promise((later) => setTimeout(later, 2));
    network.answers = ['refused'];
    worker.loginRefused();
    await expect(running).rejects.toThrow('the password is wrong');
    expect(await alarms()).toEqual([['left', 'accountClosed', 2]]);
  });

  it('a login that is accepted and refused again soon is closed; one that is refused long after is tried once more', async () => {
    const running = run();
    await loggedIn(1);
    worker.loginRefused();
    await loggedIn(2);
    elapsedMs = 60_000;
    worker.loginRefused();
    await loggedIn(3);
    elapsedMs = 119_000;
    worker.loginRefused();
    await expect(running).rejects.toThrow('the login was refused');
    expect([await alarms(), await state()]).toEqual([[['left', 'accountClosed', 1]], 'closed']);
  });
});
