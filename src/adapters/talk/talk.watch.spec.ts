import { Reader, talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { NetworkUnavailable, RoomClosed } from '../../model/errors.js';
import { roomId, type Cursor, type RoomId } from '../../model/ids.js';
import type { WatchedRoom, Watching, WatchMode } from '../../model/network-adapter.js';
import { silentLog } from '../../observability/log.js';
import { systemClock } from '../../workers/system-clock.js';
import { BotSecrets } from './talk.bot-secrets.js';
import { newCursor } from './talk.cursor.js';
import { rereadAfterMs } from './talk.watch.js';

class Watched implements Watching {
  readonly woken: RoomId[][] = [];
  readonly held: RoomId[][] = [];
  readonly modes = new Map<RoomId, WatchMode>();
  active: (Pick<WatchedRoom, 'room'> & Partial<WatchedRoom>)[] = [];

  rooms = () =>
    Promise.resolve(
      this.active.map((room) => ({
        cursor: null,
        pushedAt: null,
        state: 'open' as const,
        ...room,
        watch: this.modes.get(room.room) ?? 'swept',
      })),
    );
  wake = (rooms: readonly RoomId[]) => {
    this.woken.push([...rooms]);
    return Promise.resolve();
  };
  watch = (modes: ReadonlyMap<RoomId, WatchMode>) => {
    for (const [room, mode] of modes) this.modes.set(room, mode);
    this.held.push(this.by('held'));
    return Promise.resolve();
  };
  joined = () => Promise.resolve({ rooms: [], upTo: '' });

  by(mode: WatchMode): RoomId[] {
    return [...this.modes].filter(([, is]) => is === mode).map(([room]) => room);
  }

  get all(): RoomId[] {
    return this.woken.flat();
  }
}

const fast = { sweepIntervalMs: 10, idleSweepIntervalMs: 10, holdIntervalMs: 10, fullListIntervalMs: 60_000 };

describe('talk.watch', () => {
  let at: TalkAtSandbox;
  let watched: Watched;
  /** Undefined: all are. */
  let linked: ReadonlySet<string> | undefined;
  let stop: AbortController;
  let running: Promise<void>;

  const start = async (settings = {}, prepare: () => void = () => undefined): Promise<void> => {
    linked = undefined;
    at = await talkAtSandbox({}, { ...fast, ...settings }, { isLinked: (room) => linked?.has(room) ?? true });
    watched = new Watched();
    stop = new AbortController();
    prepare();
    running = at.pulling.watch(watched, stop.signal);
    running.catch(() => undefined);
  };

  /** Waits until the list was read twice more, so that what happened before was seen. */
  const swept = async (): Promise<void> => {
    let requests = 0;
    const { faults } = at.talk;
    const next = faults.next.bind(faults);
    faults.next = (method, path) => {
      if (path.includes('/v4/room?')) requests += 1;
      return next(method, path);
    };
    await until(() => requests >= 3);
    faults.next = next;
  };

  afterEach(async () => {
    stop.abort();
    await running;
    await at.close();
  });

  it('wakes a room in which something was written, and no other', async () => {
    await start();
    const other = at.talk.rooms.create({ name: 'Other', owner: 'alice', members: ['bob'] });
    await swept();
    watched.woken.length = 0;
    at.talk.post(other, 'bob', 'hello');
    await until(() => watched.all.includes(roomId(other)));
    await swept();
    expect(new Set(watched.all)).toEqual(new Set([other]));
  });

  it('wakes no room that is not linked', async () => {
    await start();
    const other = at.talk.rooms.create({ name: 'Other', owner: 'alice', members: ['bob'] });
    await swept();
    linked = new Set([other]);
    watched.woken.length = 0;
    at.talk.post(at.token, 'bob', 'hello');
    at.talk.post(other, 'bob', 'hello');
    await until(() => watched.all.length > 0);
    await swept();
    expect(watched.all).toEqual([other]);
  });

  it('has rooms read last whose last word is our own', async () => {
    await start();
    const rooms = ['A', 'B', 'C', 'D'].map((name) => at.talk.rooms.create({ name, owner: 'alice', members: ['bob'] }));
    await swept();
    stop.abort();
    await running;
    watched.woken.length = 0;
    for (const [index, room] of rooms.entries()) {
      const isEcho = index % 2 === 0;
      at.talk.post(room, isEcho ? 'alice' : 'bob', 'hello', isEcho ? { referenceId: 'k'.repeat(46) } : {});
    }
    stop = new AbortController();
    running = at.pulling.watch(watched, stop.signal);
    await swept();
    const at0 = (room: string | undefined) => watched.all.findIndex((woken) => woken === room);
    const [a, b, c, d] = rooms;
    expect(watched.all).toHaveLength(4);
    expect(Math.max(at0(b), at0(d))).toBeLessThan(Math.min(at0(a), at0(c)));
  });

  it('wakes a room once for what was written, not again for a repeat in the list', async () => {
    await start();
    await swept();
    watched.woken.length = 0;
    at.talk.post(at.token, 'bob', 'hello');
    await swept();
    await swept();
    expect(watched.all).toEqual([at.token]);
  });

  it('at the start wakes only the rooms with something later than what was read of them', async () => {
    let read, unread, silent: RoomId;
    await start({}, () => {
      const rooms = ['Read', 'Unread', 'Never said anything in'].map((name) =>
        at.talk.rooms.create({ name, owner: 'alice', members: ['bob'] }),
      );
      [read, unread, silent] = rooms.map(roomId) as [RoomId, RoomId, RoomId];
      const readUpTo = (token: RoomId): Cursor => {
        const rows = at.talk.messages(token) as readonly { readonly id: number; readonly timestamp: number }[];
        const { id, timestamp: seconds } = rows.reduce((last, row) => (row.id > last.id ? row : last));
        return newCursor({ at: { id, seconds } });
      };
      watched.active = [
        { room: at.room, cursor: null },
        { room: read, cursor: readUpTo(read) },
        { room: silent, cursor: readUpTo(silent) },
        { room: unread, cursor: readUpTo(unread) },
      ];
      at.talk.post(unread, 'bob', 'hello');
    });
    await swept();
    expect(watched.all).toHaveLength(2 + starterRooms(watched.all, watched.active));
    expect(watched.all).toContain(at.room);
    expect(watched.all).toContain(unread);
  });

  it('does not wake a room for what was read from it already', async () => {
    await start();
    const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    await swept();
    stop.abort();
    await running;
    watched.woken.length = 0;
    at.talk.post(at.token, 'bob', 'hello');
    await reader.read();
    stop = new AbortController();
    running = at.pulling.watch(watched, stop.signal);
    await swept();
    expect(watched.all).toEqual([]);
  });

  it('gives a held request one sweep to bring what is new, then ends it', async () => {
    await start({ maxHeldPolls: 1 }, () => {
      watched.active = [{ room: at.room }];
    });
    await until(() => watched.held.length > 0);
    await swept();
    watched.woken.length = 0;
    at.talk.post(at.token, 'bob', 'hello');
    await until(() => watched.all.length > 0);
    expect(watched.all).toEqual([at.token]);
  });

  it('wakes a room that vanished from the whole list, and again when it is back', async () => {
    await start({ fullListIntervalMs: 20 });
    await swept();
    watched.woken.length = 0;
    at.talk.rooms.removeMember(at.token, 'alice', 'bob');
    await until(() => watched.all.includes(at.room));
    await expect(at.pulling.pull(at.room, null, 'now', stop.signal)).rejects.toBeInstanceOf(RoomClosed);
    watched.woken.length = 0;
    at.talk.rooms.addMember(at.token, 'alice', 'bob');
    await until(() => watched.all.includes(at.room));
    expect((await at.pulling.pull(at.room, null, 'now', stop.signal)).payloads).toEqual([]);
  });

  it('grants held requests to the rooms with the latest activity, no more than it may, and only when they change', async () => {
    await start({ maxHeldPolls: 2 }, () => {
      watched.active = ['aaaa', 'bbbb', 'cccc'].map((token) => ({ room: roomId(token) }));
    });
    await swept();
    expect(watched.held).toEqual([['aaaa', 'bbbb']]);
    watched.active = [...watched.active].reverse();
    await until(() => watched.held.length > 1);
    expect(watched.held).toEqual([
      ['aaaa', 'bbbb'],
      ['bbbb', 'cccc'],
    ]);
  });

  describe('where the bot tells what happens', () => {
    const told = (room: RoomId = at.room): void => {
      watched.active = [{ room, pushedAt: new Date(tellsMs) }];
    };
    const readAll = (): void => {
      const read = newCursor({ at: { id: 1_000_000, seconds: Math.floor(Date.now() / 1000) + 60 } });
      watched.active = watched.active.map((room) => ({ ...room, cursor: read }));
    };
    let tellsMs = 0;

    beforeEach(async () => {
      tellsMs = 1_000;
      await start({ pushPatienceMs: 50, pushRetryMs: 60_000, fullListIntervalMs: 20 }, () => {
        told();
      });
      await swept();
      watched.woken.length = 0;
    });

    it('holds no request for it', () => {
      expect(watched.by('webhook')).toEqual([at.room]);
      expect(watched.held.flat()).toEqual([]);
    });

    it('a message that was read in time leaves it so', async () => {
      readAll();
      at.talk.post(at.token, 'bob', 'hello');
      await swept();
      await swept();
      expect([watched.by('webhook'), watched.all]).toEqual([[at.room], []]);
    });

    it('a message that it did not tell of is read, and the room is watched otherwise until it tells again', async () => {
      at.talk.post(at.token, 'bob', 'hello');
      await until(() => watched.all.length > 0);
      await until(() => watched.by('held').length > 0);
      expect([watched.all, watched.by('webhook')]).toEqual([[at.room], []]);
      tellsMs = 2_000;
      told();
      await until(() => watched.by('webhook').length > 0);
    });

    it.each<[string, (message: number) => void]>([
      ['an edit', (message) => at.talk.edit(at.token, 'bob', message, 'hello, all')],
      ['a reaction', (message) => at.talk.react(at.token, 'carol', message, '👍')],
      ['a deletion', (message) => at.talk.remove(at.token, 'bob', message)],
    ])('%s of the last message of which no call came is found by the whole list, once', async (_, change) => {
      readAll();
      const message = at.talk.post(at.token, 'bob', 'hello');
      await swept();
      expect(watched.all).toEqual([]);
      change(message);
      await until(() => watched.all.length > 0);
      await swept();
      expect([watched.all, watched.by('webhook')]).toEqual([[at.room], [at.room]]);
    });

    it('a room that is closed fails nobody', async () => {
      watched.active = watched.active.map((room) => ({ ...room, state: 'closed' }));
      at.talk.post(at.token, 'bob', 'hello');
      await until(() => watched.all.length > 0);
      await swept();
      expect([watched.all, watched.by('webhook')]).toEqual([[at.room], [at.room]]);
    });

    it('what no bot is told of is read at once, and is no failure', async () => {
      at.talk.rooms.rename(at.token, 'Other name', 'bob');
      await until(() => watched.all.length > 0);
      await swept();
      expect([watched.all, watched.by('webhook')]).toEqual([[at.room], [at.room]]);
    });
  });

  it('how a room is watched changes as soon as the bot failed, not when it is chosen next', async () => {
    await start({ pushPatienceMs: 50, holdIntervalMs: 3_600_000 }, () => {
      watched.active = [{ room: at.room, pushedAt: new Date(1_000) }];
    });
    await swept();
    expect(watched.by('webhook')).toEqual([at.room]);
    at.talk.post(at.token, 'bob', 'hello');
    await until(() => watched.by('held').length > 0);
  });

  it('rooms that fail one by one, while the bot has others read in time, are not taken for a bot that tells nothing', async () => {
    const failing: RoomId[] = [];
    await start({ pushPatienceMs: 50, maxHeldPolls: 0 }, () => {
      for (const name of ['A', 'B', 'C'])
        failing.push(roomId(at.talk.rooms.create({ name, owner: 'alice', members: ['bob'] })));
      watched.active = [at.room, ...failing].map((room) => ({ room, pushedAt: new Date(1_000) }));
    });
    const reader = await new Reader(at.adapter, at.pulling, at.room).begin();
    await swept();
    const [first = '', second = '', third = ''] = failing;
    const fails = async (room: string): Promise<void> => {
      at.talk.post(room, 'bob', 'nobody tells of it');
      await until(() => watched.by('swept').includes(roomId(room)));
    };
    await fails(first);
    await fails(second);
    stop.abort();
    await running;
    at.talk.post(at.token, 'bob', 'read in time');
    await reader.read();
    stop = new AbortController();
    running = at.pulling.watch(watched, stop.signal);
    await swept();
    await fails(third);
    expect(watched.by('webhook')).toEqual([at.room]);
  });

  it('a server that hangs over the bots of a room keeps no room waiting', async () => {
    await start({}, () => {
      watched.active = [{ room: at.room }];
    });
    at.talk.faults.add({ path: '/bot/', fault: { do: 'hang', forMs: 60_000 } });
    await new BotSecrets(at.store, systemClock, silentLog).make('http://127.0.0.1:1/talk/home/webhook');
    await until(() => at.talk.faults.struck > 0);
    watched.woken.length = 0;
    at.talk.post(at.token, 'bob', 'hello');
    await until(() => watched.all.length > 0);
    await swept();
  });

  it('an error ends it, and a later run goes on where it was', async () => {
    await start();
    await swept();
    watched.woken.length = 0;
    at.talk.faults.add({ path: '/v4/room[?]', fault: { do: 'answer', status: 503 } });
    await expect(running).rejects.toBeInstanceOf(NetworkUnavailable);
    at.talk.post(at.token, 'bob', 'while nobody watched');
    running = at.pulling.watch(watched, stop.signal);
    await until(() => watched.all.length > 0);
    expect(watched.all).toEqual([at.token]);
  });

  it('wake-ups that were not taken are made again', async () => {
    await start();
    await swept();
    const { wake } = watched;
    watched.wake = () => Promise.reject(new Error('the database is away'));
    at.talk.post(at.token, 'bob', 'hello');
    await expect(running).rejects.toThrow('the database is away');
    watched.wake = wake;
    watched.woken.length = 0;
    running = at.pulling.watch(watched, stop.signal);
    await until(() => watched.all.length > 0);
    expect(watched.all).toEqual([at.token]);
  });

  it('asks for what changed only, not for the whole list', async () => {
    await start();
    await swept();
    const asked: string[] = [];
    const { faults } = at.talk;
    const next = faults.next.bind(faults);
    faults.next = (method, path) => {
      asked.push(path);
      return next(method, path);
    };
    await swept();
    expect(asked.every((path) => path.includes('modifiedSince='))).toBe(true);
  });
});

describe('talk.watch: rereadAfterMs', () => {
  const minuteMs = 60_000;

  it.each<[WatchMode, number, number]>([
    ['swept', 0, 10_000],
    ['swept', 10 * minuteMs - 1, 10_000],
    ['swept', 10 * minuteMs, minuteMs],
    ['signaling', 11 * minuteMs - 1, minuteMs],
    ['swept', 11 * minuteMs, 5 * minuteMs],
    ['signaling', 16 * minuteMs - 1, 5 * minuteMs],
    ['signaling', 16 * minuteMs, 60 * minuteMs],
    ['webhook', 0, 60 * minuteMs],
  ])(
    'a room that is watched by %s, %d ms after something was written there, is read again after %d',
    (by, quiet, after) => {
      expect(rereadAfterMs(quiet, by)).toBe(after);
    },
  );
});

/** Rooms that a new account has anyway. */
function starterRooms(woken: readonly RoomId[], active: readonly { readonly room: RoomId }[]): number {
  return woken.filter((room) => !active.some((each) => each.room === room)).length;
}

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
