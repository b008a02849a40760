import { resultOf, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { MovedClock } from '../../../test/support/moved-clock.js';
import { toPlain } from '../../formatting/plain.js';
import { roomId } from '../../model/ids.js';
import type { RawPayload } from '../../model/network-adapter.js';
import { silentLog } from '../../observability/log.js';
import { TalkBreakouts } from './talk.breakouts.js';
import { TalkClient } from './talk.client.js';
import { talkSettings } from './talk.settings.js';

const fast = { sweepIntervalMs: 10, idleSweepIntervalMs: 10, holdIntervalMs: 10, fullListIntervalMs: 60_000 };

describe('talk.breakouts', () => {
  let at: TalkAtSandbox;
  let stop: AbortController;
  let running: Promise<void>;
  let kept: Map<string, RawPayload>;
  let adapter: TalkAtSandbox['adapter'];
  /** Rooms that the core reads. */
  let read: string[];
  /** How far the server's clock is ahead of where it was: what is said then is said later. */
  let aheadMs: number;
  /** What storing fails with, as long as there is something. */
  let refusals: Error[];

  const ask = async (user: string, method: string, path: string, body?: object): Promise<unknown> => {
    const login = Buffer.from(`${user}:${at.talk.accounts.issueAppPassword(user)}`).toString('base64');
    const answer = await fetch(`${at.talk.url}/ocs/v2.php/apps/spreed/api/${path}`, {
      method,
      headers: {
        authorization: `Basic ${login}`,
        'ocs-apirequest': 'true',
        accept: 'application/json',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { ocs } = (await answer.json()) as { ocs: { data: unknown } };
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)}`);
    return ocs.data;
  };
  /** Automatic ones: everybody is in one of them. */
  const make = async (amount: number): Promise<void> => {
    await ask('alice', 'POST', `v1/breakout-rooms/${at.token}`, { mode: 1, amount, attendeeMap: '' });
    await ask('alice', 'POST', `v1/breakout-rooms/${at.token}/rooms`);
  };
  const made = async (): Promise<string[]> => {
    const rooms = (await ask('alice', 'GET', `v4/room/${at.token}/breakout-rooms`)) as { token: string }[];
    return rooms.map(({ token }) => token);
  };
  const open = async (amount: number): Promise<string[]> => {
    await make(amount);
    return made();
  };
  const broadcast = (message: string) => ask('bob', 'POST', `v1/breakout-rooms/${at.token}/broadcast`, { message });
  const accept = (payloads: readonly RawPayload[]): Promise<void> => {
    const refusal = refusals.pop();
    if (refusal !== undefined) return Promise.reject(refusal);
    for (const payload of payloads) if (!kept.has(payload.key)) kept.set(payload.key, payload);
    return Promise.resolve();
  };
  const watch = async (): Promise<void> => {
    stop = new AbortController();
    await adapter.start({ accept }, stop.signal);
    const watching = {
      rooms: () =>
        Promise.resolve(
          read.map((token) => ({
            room: roomId(token),
            cursor: null,
            watch: 'swept' as const,
            pushedAt: null,
            state: 'open' as const,
          })),
        ),
      wake: () => Promise.resolve(),
      watch: () => Promise.resolve(),
      joined: () => Promise.resolve({ rooms: [], upTo: '' }),
    };
    running = adapter.pulling.watch(watching, stop.signal);
    running.catch(() => undefined);
  };
  /** Without a watch, by a clock of its own. */
  const alone = (clock: MovedClock) => {
    const login = { user: 'alice', password: at.talk.accounts.issueAppPassword('alice') };
    const client = new TalkClient(talkSettings.parse({ url: at.talk.url, ...login }), clock, silentLog);
    client.use(login);
    const warned: string[] = [];
    const log = { ...silentLog, warn: (_fields: object, event: string) => void warned.push(event) };
    const { store } = at;
    const breakouts = new TalkBreakouts({ client, store, clock, log, self: () => 'alice', isLinked: () => true });
    breakouts.listen({ accept });
    const { signal } = (stop = new AbortController());
    running = Promise.resolve();
    return { breakouts, client, clock, signal, warned };
  };
  const pause = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  /** Another program on the same store. */
  const restart = async (): Promise<void> => {
    await pause();
    adapter = at.make(fast);
    await adapter.connect(new AbortController().signal);
    await watch();
  };
  /** Waits until the room list was answered twice more. */
  const swept = async (): Promise<void> => {
    let lists = 0;
    at.talk.faults.watch((_method, path) => {
      if (path.includes('/v4/room?')) lists += 1;
    });
    await until(() => lists >= 3);
  };
  const asksForHelp = (room: string) =>
    ask('carol', 'POST', `v1/breakout-rooms/${room}/request-assistance`).catch(() =>
      ask('bob', 'POST', `v1/breakout-rooms/${room}/request-assistance`),
    );
  const events = () =>
    [...kept.values()].flatMap((payload) => {
      const result = resultOf(at.adapter, payload);
      return 'events' in result ? result.events : [];
    });
  const texts = () => events().map((event) => (event.kind === 'messageSent' ? toPlain(event.body) : event.kind));
  const begun = () => until(async () => (await at.store.list('breakouts/')).length === 1);

  beforeEach(async () => {
    kept = new Map();
    refusals = [];
    read = [];
    aheadMs = 0;
    at = await talkAtSandbox({ clock: () => Date.now() + aheadMs }, { ...fast, user: 'alice' });
    ({ adapter } = at);
    at.talk.rooms.promote(at.token, 'bob');
  });
  afterEach(async () => {
    await pause();
    await at.close();
  });

  it('what is said to all breakout rooms is told once, of the room that they belong to', async () => {
    const rooms = await open(2);
    await broadcast('too early to be told');
    await watch();
    await begun();
    for (const room of rooms) at.talk.post(room, 'carol', `only in ${room}`);
    await broadcast('five minutes');
    await until(() => events().length === 1);
    expect(events()).toMatchObject([
      { kind: 'messageSent', room: { account: 'home', id: at.token }, actor: { id: 'users/bob' } },
    ]);
    expect(texts()).toEqual(['📣 To all breakout rooms:\n\nfive minutes']);
  });

  it('what was said to them before the first look is told, where their room was linked by then', async () => {
    read = [at.token];
    await watch();
    await swept();
    aheadMs = 60_000;
    const path = `/room/${at.token}/breakout-rooms`;
    const looks = at.talk.faults.add({
      method: 'GET',
      path,
      times: Infinity,
      fault: { do: 'answer', status: 503 },
    });
    await make(2);
    await broadcast('welcome');
    await until(() => looks.struck > 0);
    at.talk.faults.clear();
    const [room = ''] = await made();
    at.talk.post(room, 'carol', 'only here');
    await until(() => events().length === 1);
    await broadcast('five minutes');
    await until(() => events().length === 2);
    expect(texts()).toEqual(['📣 To all breakout rooms:\n\nwelcome', '📣 To all breakout rooms:\n\nfive minutes']);
  });

  it('what was said to them before their room was linked is not told', async () => {
    read = [at.token];
    aheadMs = -60_000;
    await open(2);
    await broadcast('too early to be told');
    await watch();
    await begun();
    aheadMs = 0;
    await broadcast('five minutes');
    await until(() => events().length === 1);
    expect(texts()).toEqual(['📣 To all breakout rooms:\n\nfive minutes']);
  });

  it('nor what was said while it was linked no more', async () => {
    const { breakouts, client, clock, signal } = alone(new MovedClock(new Date(Date.now() - 60_000)));
    breakouts.watched([at.token]);
    breakouts.watched([]);
    await clock.pass(120_000);
    breakouts.watched([at.token]);
    await open(2);
    await broadcast('to whoever is here');
    breakouts.notice((await client.rooms.list({}, signal)).rooms, signal);
    await begun();
    expect(kept.size).toBe(0);
    await client.close();
  });

  it('one that was said while nobody watched is told by the next watch, and none twice', async () => {
    await open(2);
    await watch();
    await begun();
    await pause();
    await broadcast('meanwhile');
    await watch();
    await until(() => events().length === 1);
    await broadcast('and now');
    await until(() => events().length === 2);
    expect(kept.size).toBe(2);
  });

  it('who asks for help is told of, and that it is given', async () => {
    const [room = ''] = await open(2);
    await watch();
    await begun();
    await asksForHelp(room);
    at.talk.post(room, 'bob', 'hello?');
    await until(() => events().length === 1);
    await ask('bob', 'DELETE', `v1/breakout-rooms/${room}/request-assistance`);
    at.talk.post(room, 'bob', 'thanks');
    await until(() => events().length === 2);
    expect(events()).toMatchObject([
      {
        kind: 'roomChanged',
        room: { id: at.token },
        actor: { standing: 'system' },
        change: { of: 'assistance', state: 'asked', room: 'Room 1' },
      },
      { change: { of: 'assistance', state: 'given', room: 'Room 1' } },
    ]);
  });

  it('a room that asks for help still is not told of again by the next program, nor is help that was given meanwhile lost', async () => {
    const [first = '', second = ''] = await open(2);
    await watch();
    await begun();
    await asksForHelp(first);
    await asksForHelp(second);
    at.talk.post(first, 'bob', 'hello?');
    await until(() => events().length === 2);
    await pause();
    await ask('bob', 'DELETE', `v1/breakout-rooms/${first}/request-assistance`);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await restart();
    await until(() => events().length === 3);
    await swept();
    const told = events().map((event) => (event.kind === 'roomChanged' ? event.change : event));
    expect(told).toEqual([
      { of: 'assistance', state: 'asked', room: 'Room 1' },
      { of: 'assistance', state: 'asked', room: 'Room 2' },
      { of: 'assistance', state: 'given', room: 'Room 1' },
    ]);
  });

  it('who asks for help is told of, though what is said in the rooms cannot be read', async () => {
    const [room = ''] = await open(2);
    await watch();
    await begun();
    at.talk.faults.add({ path: `/chat/${room}`, times: Infinity, fault: { do: 'answer', status: 503 } });
    await asksForHelp(room);
    at.talk.post(room, 'bob', 'hello?');
    await until(() => events().length === 1);
    expect(events()).toMatchObject([{ change: { of: 'assistance', state: 'asked', room: 'Room 1' } }]);
  });

  it('what could not be stored is told by the next look', async () => {
    const [room = ''] = await open(2);
    await watch();
    await begun();
    refusals = [new Error('the database is away')];
    await asksForHelp(room);
    at.talk.post(room, 'bob', 'hello?');
    await until(() => refusals.length === 0);
    at.talk.post(room, 'bob', 'is anybody there?');
    await until(() => events().length === 1);
    expect(events()).toMatchObject([{ change: { of: 'assistance', state: 'asked', room: 'Room 1' } }]);
  });

  it('breakout rooms that do not answer hold up no room list', async () => {
    await open(2);
    at.talk.faults.add({ path: '/breakout-rooms', times: Infinity, fault: { do: 'hang', forMs: 60_000 } });
    await watch();
    await swept();
    await swept();
  });

  it('rooms that were taken away are asked for once more, without a complaint', async () => {
    const { breakouts, client, clock, signal, warned } = alone(new MovedClock());
    let asked = 0;
    at.talk.faults.watch((_method, path) => {
      if (path.endsWith('/breakout-rooms')) asked += 1;
    });
    const aMinuteLater = async (): Promise<void> => {
      await clock.pass(60_000);
      breakouts.notice([], signal);
    };
    await open(2);
    asked = 0;
    breakouts.notice((await client.rooms.list({}, signal)).rooms, signal);
    expect(breakouts.listWithinMs).toBe(15_000);
    await until(async () => asked === 1 && (await at.store.list('breakouts/')).length === 1);
    await ask('alice', 'DELETE', `v1/breakout-rooms/${at.token}`);
    await aMinuteLater();
    await until(() => breakouts.listWithinMs === Infinity);
    await aMinuteLater();
    await aMinuteLater();
    expect(asked).toBe(2);
    expect(warned).toEqual([]);
    await client.close();
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
