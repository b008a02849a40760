import { ScriptedSignaling } from '../../../test/contract/scripted-signaling.js';
import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import type { TypingChanged } from '../../model/bridge-event.js';
import { LoginRefused } from '../../model/errors.js';
import { accountId, roomId, userId, type RoomId } from '../../model/ids.js';
import { systemClock } from '../../workers/system-clock.js';
import { signalingSettings } from './api/signaling.endpoints.js';
import { spreedCapabilities } from './talk.payloads.js';
import { roomsWithSession, TalkSignaling, type TalkSignalingParts } from './talk.signaling.js';
import { typingIn } from './talk.typing.js';

describe('talk.signaling: roomsWithSession', () => {
  it.each<[string, string[], string[], number, string[]]>([
    ['the busiest rooms have one', ['a', 'b', 'c'], [], 2, ['a', 'b']],
    ['who has one keeps it while there is a place', ['a', 'b', 'c'], ['c'], 2, ['c', 'a']],
    ['where every place is taken, the quietest goes for the busiest', ['a', 'b', 'c'], ['b', 'c'], 2, ['b', 'a']],
    ['and only one at a time', ['a', 'b', 'c', 'd'], ['c', 'd'], 2, ['c', 'a']],
    ['a room that is not linked any more has none', ['a'], ['z'], 2, ['a']],
    ['where there are places enough all have one', ['a', 'b'], ['b'], 50, ['b', 'a']],
    ['of fewer places some go at once', ['a', 'b', 'c'], ['a', 'b', 'c'], 1, ['a']],
  ])('%s', (_, busiest, present, most, expected) => {
    expect(roomsWithSession(busiest, new Set(present), most)).toEqual(expected);
  });
});

describe('talk.typing: typingIn', () => {
  const room = { account: accountId('home'), id: roomId('abcd1234') };
  const session = { session: 's', name: '', isFederated: false };

  it.each<[string, Parameters<typeof typingIn>[1], { id: string; name: string }[]]>([
    ['people with an account', [{ ...session, user: 'anna', name: 'Anna' }], [{ id: 'users/anna', name: 'Anna' }]],
    [
      'people in two windows once',
      [
        { ...session, user: 'anna' },
        { ...session, user: 'anna' },
      ],
      [{ id: 'users/anna', name: '' }],
    ],
    [
      'people of another server',
      [{ ...session, user: 'fred@there.test', isFederated: true }],
      [{ id: 'federated_users/fred@there.test', name: '' }],
    ],
    [
      'guests whose actor is known',
      [{ ...session, user: '', actor: { type: 'guests', id: '1f3a' } }],
      [{ id: 'guests/1f3a', name: '' }],
    ],
    ['guests of whom nothing is known are left out', [{ ...session, user: '' }], []],
    ['our own user is nobody', [{ ...session, user: 'alice' }], []],
    [
      'somebody else whose id is ours',
      [{ ...session, user: '', name: 'Alice', actor: { type: 'guests', id: 'alice' } }],
      [{ id: 'guests/alice', name: 'Alice' }],
    ],
  ])('%s', (_, people, expected) => {
    const typing = expected.map((one) => ({ ...one, account: 'home', standing: 'person' }));
    expect(typingIn(room, people, 'alice')).toEqual({ kind: 'typingChanged', room, typing });
  });
});

describe('talk.signaling', () => {
  let server: ScriptedSignaling;
  let stop: AbortController;
  let warned: string[];
  let enter: TalkSignalingParts['visits']['enter'];
  let capabilities: TalkSignalingParts['facts']['capabilities'];

  beforeEach(async () => {
    server = await ScriptedSignaling.open();
    stop = new AbortController();
    warned = [];
    const settings = signalingSettings.parse({
      signalingMode: 'external',
      userId: 'alice',
      ticket: 't',
      helloAuthParams: {},
      federation: null,
      server: server.url,
    });
    enter = () => Promise.resolve({ session: 'nextcloud', settings });
    const known = spreedCapabilities.parse({ config: { chat: {}, signaling: { mode: 'external' } } });
    capabilities = () => Promise.resolve(known);
  });

  afterEach(() => server.close());

  const run = (rooms: readonly string[], wake: (woken: readonly RoomId[]) => Promise<void>): Promise<void> => {
    const note = (_: object, event: string): void => void warned.push(event);
    const signaling = new TalkSignaling({
      visits: { enter: (room, signal) => enter(room, signal) },
      facts: {
        capabilities: () => capabilities(),
        signalingSettings: () => Promise.reject(new Error('nobody asks')),
      },
      settings: { url: 'http://cloud.test', maxSignalingRooms: 50, holdIntervalMs: 10, signalingQuietMs: 60_000 },
      clock: systemClock,
      log: { debug: () => undefined, info: () => undefined, warn: note, error: note },
      isToldOf: () => false,
      onTold: () => undefined,
      onTyping: () => undefined,
    });
    const known = { watch: 'swept', cursor: null, pushedAt: null, state: 'open' } as const;
    const linked = rooms.map((room) => ({ room: roomId(room), ...known }));
    return signaling.run({ rooms: () => Promise.resolve(linked), wake }, stop.signal);
  };

  it('a refused login ends it', async () => {
    enter = () => Promise.reject(new LoginRefused('revoked'));
    await expect(run(['a'], () => Promise.resolve())).rejects.toThrow('revoked');
  });

  it('a stop does not wait for a Nextcloud that does not say whether there is a signaling server', async () => {
    capabilities = () => new Promise(() => undefined);
    const running = run(['a'], () => Promise.resolve());
    await systemClock.sleep(20);
    stop.abort();
    await running;
    expect(server.made).toBe(0);
  });

  it('a room that could not be woken is woken again', async () => {
    const woken: string[] = [];
    const running = run(['a'], (rooms) => {
      woken.push(...rooms);
      return woken.length < 3 ? Promise.reject(new Error('the database is away')) : Promise.resolve();
    });
    await (await server.connection()).letIn('S1');
    await until(() => woken.length === 3);
    stop.abort();
    await running;
    expect(woken).toEqual(['a', 'a', 'a']);
  });

  it('what somebody has to mend is said once, however many rooms are refused', async () => {
    const running = run(['a', 'b'], () => Promise.resolve());
    for (let times = 0; times < 2; times += 1) {
      const connection = await server.connection();
      connection.say({ type: 'welcome', welcome: {} });
      const { id } = await connection.next();
      connection.say({ id, type: 'error', error: { code: 'invalid_backend', message: 'no' } });
      await connection.over();
    }
    stop.abort();
    await running;
    expect(warned).toEqual(['the signaling server refuses us; the rooms are watched without it']);
  });
});

describe('talk.adapter: the signaling server', () => {
  let at: TalkAtSandbox;
  let stop: AbortController;
  let running: Promise<void>[];

  const watch = (adapter: TalkAtSandbox['adapter'], woken: string[], pushedAt: Date | null = null): void => {
    const rooms = [
      {
        room: at.room,
        watch: 'swept' as const,
        cursor: null,
        pushedAt,
        state: 'open' as const,
      },
    ];
    const watching = {
      rooms: () => Promise.resolve(rooms),
      wake: (all: readonly string[]) => {
        woken.push(...all);
        return Promise.resolve();
      },
      watch: () => Promise.resolve(),
      joined: () => Promise.resolve({ rooms: [], upTo: '' }),
    };
    const ends = adapter.pulling.watch(watching, stop.signal);
    ends.catch(() => undefined);
    running.push(ends);
  };

  beforeEach(() => {
    stop = new AbortController();
    running = [];
  });

  afterEach(async () => {
    stop.abort();
    await Promise.all(running);
    await at.close();
  });

  const person = { account: accountId('x'), id: userId('mia'), name: 'Mia', standing: 'person' } as const;
  const openAvatar = () => Promise.reject(new Error('no picture'));
  const mia = { as: 'relay', person, networkLabel: 'Matrix', profile: { name: 'Mia' }, openAvatar } as const;

  /** The room list is asked so rarely that it wakes nobody. */
  const seldom = { sweepIntervalMs: 3_600_000, holdIntervalMs: 50 };

  it('wakes a room as soon as something is written there', async () => {
    at = await talkAtSandbox({ signaling: {} }, seldom);
    const woken: string[] = [];
    watch(at.adapter, woken);
    await until(() => at.talk.signaling?.sessionsIn(at.token) === 1 && woken.length > 0);
    const before = woken.length;
    at.talk.post(at.token, 'bob', 'hello');
    await until(() => woken.length > before);
    expect(new Set(woken.slice(before))).toEqual(new Set([at.room]));
  });

  it('a room of which a bot tells is woken by the bot, and by the server where we are put out of it', async () => {
    at = await talkAtSandbox({ signaling: {} }, seldom);
    const woken: string[] = [];
    watch(at.adapter, woken, new Date());
    // By the first room list.
    await until(() => at.talk.signaling?.sessionsIn(at.token) === 1 && woken.length > 0);
    const before = woken.length;
    at.talk.post(at.token, 'bob', 'hello');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(woken).toHaveLength(before);
    at.talk.rooms.removeMember(at.token, 'alice', 'bob');
    await until(() => woken.length > before);
  });

  it('a message that it tells of has it believed at once, however long it was not to be after it told of none', async () => {
    const seldomTried = { pushPatienceMs: 50, pushRetryMs: 3_600_000 };
    at = await talkAtSandbox(
      { signaling: {} },
      { sweepIntervalMs: 10, idleSweepIntervalMs: 10, holdIntervalMs: 10, ...seldomTried },
    );
    const modes: string[] = [];
    const watched = () => ({ room: at.room, watch: 'swept', cursor: null, pushedAt: null, state: 'open' }) as const;
    const watching = {
      rooms: () => Promise.resolve([watched()]),
      wake: () => Promise.resolve(),
      watch: (changed: ReadonlyMap<string, string>) => Promise.resolve(void modes.push(...changed.values())),
      joined: () => Promise.resolve({ rooms: [], upTo: '' }),
    };
    const ends = at.adapter.pulling.watch(watching, stop.signal);
    ends.catch(() => undefined);
    running.push(ends);
    await until(() => modes.includes('signaling'));
    const { backends } = at.talk.state;
    const server = backends.signaling;
    if (server === undefined) throw new Error('there is no signaling server');
    backends.signaling = { ...server, secret: 'that the server does not take' };
    at.talk.post(at.token, 'bob', 'nobody is told of it');
    await until(() => modes.at(-1) === 'held');
    await at.talk.signalsSent();
    backends.signaling = server;
    const before = modes.length;
    at.talk.post(at.token, 'bob', 'it is told');
    await until(() => modes.slice(before).includes('signaling'));
  });

  it('tells who types, in words of the core, and shows it', async () => {
    const told: TypingChanged[] = [];
    at = await talkAtSandbox({ signaling: {} }, seldom, { typing: (changed) => told.push(changed) });
    const bob = at.make({ user: 'bob', password: at.talk.accounts.issueAppPassword('bob'), ...seldom });
    await bob.connect(stop.signal);
    watch(at.adapter, []);
    watch(bob, []);
    await until(() => {
      void bob.showTyping?.(at.room, [mia], stop.signal);
      return told.length > 0;
    });
    expect(told[0]).toEqual({
      kind: 'typingChanged',
      room: { account: 'home', id: at.room },
      typing: [{ account: 'home', id: 'users/bob', name: 'bob', standing: 'person' }],
    });
    await bob.showTyping?.(at.room, [], stop.signal);
    await until(() => told.at(-1)?.typing.length === 0);
  });

  it('shows nobody who types where the account keeps that private', async () => {
    const told: TypingChanged[] = [];
    at = await talkAtSandbox({ signaling: {} }, seldom, { typing: (changed) => told.push(changed) });
    const user = at.talk.state.accounts.get('bob');
    if (user === undefined) throw new Error('there is no bob');
    user.privacy.typing = 1;
    const bob = at.make({ user: 'bob', password: at.talk.accounts.issueAppPassword('bob'), ...seldom });
    await bob.connect(stop.signal);
    const woken: string[] = [];
    watch(at.adapter, woken);
    watch(bob, []);
    await until(() => at.talk.signaling?.sessionsIn(at.token) === 2 && woken.length > 0);
    await bob.showTyping?.(at.room, [mia], stop.signal);
    const before = woken.length;
    at.talk.post(at.token, 'bob', 'what is said after that');
    await until(() => woken.length > before);
    expect(told).toEqual([]);
  });

  it('shows nobody who types where the settings do not want it', async () => {
    at = await talkAtSandbox({ signaling: {} }, { typing: false });
    expect(at.adapter.showTyping).toBeUndefined();
  });

  it('a server that has none is told of once, and the room list wakes rooms as ever', async () => {
    at = await talkAtSandbox({}, { sweepIntervalMs: 10, holdIntervalMs: 10 });
    const woken: string[] = [];
    watch(at.adapter, woken);
    await until(() => woken.length > 0);
    at.talk.post(at.token, 'bob', 'hello');
    const before = woken.length;
    await until(() => woken.length > before);
    expect(at.logged.filter(({ event }) => event === 'no signaling server')).toHaveLength(1);
  });
});

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
