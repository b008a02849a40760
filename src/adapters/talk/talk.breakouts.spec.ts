import { resultOf, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { toPlain } from '../../formatting/plain.js';
import type { RawPayload } from '../../model/network-adapter.js';

const fast = { sweepIntervalMs: 10, idleSweepIntervalMs: 10, holdIntervalMs: 10, fullListIntervalMs: 60_000 };

describe('talk.breakouts', () => {
  let at: TalkAtSandbox;
  let stop: AbortController;
  let running: Promise<void>;
  let kept: Map<string, RawPayload>;

  const ask = async (user: string, method: string, path: string, body?: object): Promise<unknown> => {
    const login = Buffer.from(`${user}:${at.talk.issueAppPassword(user)}`).toString('base64');
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
  const open = async (amount: number): Promise<string[]> => {
    await ask('alice', 'POST', `v1/breakout-rooms/${at.token}`, { mode: 1, amount, attendeeMap: '' });
    await ask('alice', 'POST', `v1/breakout-rooms/${at.token}/rooms`);
    const rooms = (await ask('alice', 'GET', `v4/room/${at.token}/breakout-rooms`)) as { token: string }[];
    return rooms.map(({ token }) => token);
  };
  const watch = async (): Promise<void> => {
    stop = new AbortController();
    const accept = (payloads: readonly RawPayload[]): Promise<void> => {
      for (const payload of payloads) if (!kept.has(payload.key)) kept.set(payload.key, payload);
      return Promise.resolve();
    };
    await at.adapter.start({ accept }, stop.signal);
    const watching = {
      rooms: () => Promise.resolve([]),
      wake: () => Promise.resolve(),
      watch: () => Promise.resolve(),
    };
    running = at.pulling.watch(watching, stop.signal);
    running.catch(() => undefined);
  };
  const pause = async (): Promise<void> => {
    stop.abort();
    await running.catch(() => undefined);
  };
  const events = () =>
    [...kept.values()].flatMap((payload) => {
      const result = resultOf(at.adapter, payload);
      return 'events' in result ? result.events : [];
    });
  const begun = () => until(async () => (await at.store.list('breakouts/')).length === 1);

  beforeEach(async () => {
    kept = new Map();
    at = await talkAtSandbox({}, { ...fast, user: 'alice' });
    at.talk.promote(at.token, 'bob');
  });
  afterEach(async () => {
    await pause();
    await at.close();
  });

  it('what is said to all breakout rooms is told once, of the room that they belong to', async () => {
    const rooms = await open(2);
    await ask('bob', 'POST', `v1/breakout-rooms/${at.token}/broadcast`, { message: 'too early to be told' });
    await watch();
    await begun();
    for (const room of rooms) at.talk.post(room, 'carol', `only in ${room}`);
    await ask('bob', 'POST', `v1/breakout-rooms/${at.token}/broadcast`, { message: 'five minutes' });
    await until(() => events().length === 1);
    expect(events()).toMatchObject([
      { kind: 'messageSent', room: { account: 'home', id: at.token }, actor: { id: 'users/bob' } },
    ]);
    const [told] = events();
    expect(told?.kind === 'messageSent' ? toPlain(told.body) : '').toBe('📣 To all breakout rooms:\n\nfive minutes');
  });

  it('one that was said while nobody watched is told by the next watch, and none twice', async () => {
    await open(2);
    await watch();
    await begun();
    await pause();
    await ask('bob', 'POST', `v1/breakout-rooms/${at.token}/broadcast`, { message: 'meanwhile' });
    await watch();
    await until(() => events().length === 1);
    await ask('bob', 'POST', `v1/breakout-rooms/${at.token}/broadcast`, { message: 'and now' });
    await until(() => events().length === 2);
    expect(kept.size).toBe(2);
  });

  it('who asks for help is told of, and that it is given', async () => {
    const [room = ''] = await open(2);
    await watch();
    await begun();
    await ask('carol', 'POST', `v1/breakout-rooms/${room}/request-assistance`).catch(() =>
      ask('bob', 'POST', `v1/breakout-rooms/${room}/request-assistance`),
    );
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
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
