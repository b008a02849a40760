import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { accountId, userId, type UserRef } from '../../model/ids.js';
import type { Lender } from '../../model/lending.js';
import type { Presence } from '../../model/presence.js';
import { LentLogins } from './talk.lent-logins.js';
import { TalkClient } from './talk.client.js';
import { OwnStatuses } from './talk.own-statuses.js';
import { TalkLending } from './talk.lending.js';

const signal = new AbortController().signal;
const mia: Lender = { account: accountId('hs'), id: userId('@mia:there') };
const person: UserRef = { ...mia, name: '', standing: 'person' };

describe('how people who lend a login are shown by it', () => {
  let at: TalkAtSandbox;
  let stop: AbortController;
  const open = async (presence: boolean): Promise<void> => {
    let wasTold = (): void => undefined;
    const told = new Promise<void>((resolve) => (wasTold = resolve));
    const lendingChanged = (): Promise<void> => Promise.resolve(wasTold());
    at = await talkAtSandbox({}, { loginPollMs: 20, presence }, { lendingChanged });
    const { lending } = at.adapter;
    if (!(lending instanceof TalkLending)) throw new Error('it lends nothing');
    stop = new AbortController();
    const running = lending.run(stop.signal);
    const asked = await lending.ask(mia, signal);
    if (typeof asked === 'string') throw new Error(asked);
    expect(asked.uses.includes('presence')).toBe(presence);
    at.talk.accounts.grantLogin(asked.address, 'bob');
    await told;
    stop.abort();
    await running;
  };
  const show = async (presence: Presence, who = person): Promise<void> =>
    at.adapter.showPresence?.(who, presence, signal);
  const bob = (): string => at.talk.accounts.status('bob').status;

  afterEach(() => at.close());

  it('they are online and away as they are elsewhere; that they are gone the server finds by itself', async () => {
    await open(true);
    await show({ state: 'online', text: 'on the meadow' });
    expect(at.talk.accounts.status('bob')).toEqual({ status: 'online', icon: null, message: null });
    await show({ state: 'away' });
    expect(bob()).toBe('away');
    await show({ state: 'doNotDisturb' });
    expect(bob()).toBe('online');
    await show({ state: 'offline' });
    expect(bob()).toBe('online');
  });

  it('what they chose there themselves stands', async () => {
    await open(true);
    at.talk.accounts.setStatus('bob', { status: 'dnd', icon: '📕', message: 'reading' });
    await show({ state: 'online' });
    expect(at.talk.accounts.status('bob')).toEqual({ status: 'dnd', icon: '📕', message: 'reading' });
  });

  it('nothing is shown of those who lend none', async () => {
    await open(true);
    await show({ state: 'online' }, { ...person, id: userId('@noah:there') });
    expect(bob()).toBe('offline');
  });

  it('nor by whose login was lent before they could be told so', async () => {
    await open(false);
    expect(at.adapter.showPresence).toBeUndefined();
    expect(await lentIn(at)).toMatchObject({ user: 'bob', uses: ['files', 'reading'] });
  });

  it('a sign of life is given every four minutes, and whenever it becomes another', async () => {
    await open(true);
    let nowMs = 0;
    const logins = new LentLogins(at.store, {
      now: () => new Date(),
      monotonicMs: () => nowMs,
      sleep: () => Promise.resolve(),
    });
    const asked: unknown[] = [];
    const given = ({ body }: { body?: unknown }): Promise<object> => {
      asked.push(body);
      return Promise.resolve({ status: 200, headers: {}, data: {} });
    };
    let ask = given;
    const client = { as: () => ({ ask: (call: object) => ask(call) }) } as unknown as TalkClient;
    const statuses = new OwnStatuses({ client, logins, clock: { monotonicMs: () => nowMs } });
    for (; nowMs < 480_000; nowMs += 20_000) await statuses.show(person, { state: 'online' }, signal);
    await statuses.show(person, { state: 'away' }, signal);
    expect(asked).toEqual([{ status: 'online' }, { status: 'online' }, { status: 'away' }]);
    ask = () => Promise.reject(new Error('down'));
    await expect(statuses.show(person, { state: 'online' }, signal)).rejects.toThrow('down');
    ask = given;
    await statuses.show(person, { state: 'online' }, signal);
    expect(asked.at(-1)).toEqual({ status: 'online' });
  });
});

async function lentIn({ store }: TalkAtSandbox): Promise<unknown> {
  return (await store.list('own-login/'))[0]?.value;
}
