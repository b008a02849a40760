import { TalkClient } from '../../src/adapters/talk/talk.client.js';
import type { SignalingPerson } from '../../src/adapters/talk/talk.signaling-messages.js';
import { TalkSignaling } from '../../src/adapters/talk/talk.signaling.js';
import { talkDefinition } from '../../src/adapters/talk/talk.definition.js';
import { TalkVisits } from '../../src/adapters/talk/talk.visits.js';
import { roomId, type RoomId } from '../../src/model/ids.js';
import { silentLog } from '../../src/observability/log.js';
import type { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { systemClock } from '../../src/workers/system-clock.js';

/** A sandbox Talk server with a signaling server beside it, reached through something that can be cut. */
export interface SignalingTown {
  readonly talk: TalkSandbox;
  /** Every connection to the signaling server breaks; new ones work. */
  cut(): void;
  /** Every connection leads nowhere from now on, and nobody is told; new ones work. */
  forget(): void;
  /** The signaling server forgets every session. Resolves when it answers again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** An account of the town, with the sessions that it keeps on the signaling server. */
export class Listener {
  readonly woken: string[] = [];
  /** Who types, as it was told last, by room. */
  readonly typing = new Map<string, readonly SignalingPerson[]>();
  rooms: RoomId[] = [];
  readonly signaling: TalkSignaling;
  readonly #client: TalkClient;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    talk: TalkSandbox,
    user: string,
    rooms: readonly string[],
    changes: Readonly<Record<string, unknown>> = {},
  ) {
    this.rooms = rooms.map(roomId);
    const password = talk.accounts.issueAppPassword(user);
    const given = { url: talk.url, user, password, holdIntervalMs: 50, ...changes };
    const settings = talkDefinition.settingsSchema.parse(given);
    this.#client = new TalkClient(settings, systemClock, silentLog);
    this.#client.use({ user, password });
    this.signaling = new TalkSignaling({
      visits: new TalkVisits(this.#client.browser(), () => Math.floor(Date.now() / 1000)),
      facts: this.#client.facts,
      settings,
      clock: systemClock,
      log: silentLog,
      isToldOf: () => false,
      onTold: () => undefined,
      onTyping: (room, people) => this.typing.set(room, people),
    });
    const unread = { watch: 'swept', cursor: null, pushedAt: null, state: 'open' } as const;
    const watching = {
      rooms: () => Promise.resolve(this.rooms.map((room) => ({ room, ...unread }))),
      wake: (woken: readonly RoomId[]) => {
        this.woken.push(...woken);
        return Promise.resolve();
      },
    };
    this.#running = this.signaling.run(watching, this.#stop.signal);
    this.#running.catch(() => undefined);
  }

  typists(room: string): readonly string[] {
    return (this.typing.get(room) ?? []).map(({ user }) => user);
  }

  /** How often a room was to be read. */
  wakes(room: string): number {
    return this.woken.filter((one) => one === room).length;
  }

  async isIn(room: string): Promise<void> {
    await until(() => this.signaling.isIn(room), `a session in ${room}`);
  }

  async leave(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    await this.#running;
    await this.#client.close();
  }
}

/** What holds with every signaling server. */
export function signalingContract(open: () => Promise<SignalingTown>): void {
  let town: SignalingTown;
  let token: string;
  let other: string;
  const listeners: Listener[] = [];

  const listen = (user: string, rooms: readonly string[], changes = {}): Listener => {
    const listener = new Listener(town.talk, user, rooms, changes);
    listeners.push(listener);
    return listener;
  };

  beforeEach(async () => {
    town = await open();
    token = town.talk.rooms.create({ name: 'Team', owner: 'alice', members: ['bob', 'carol'] });
    other = town.talk.rooms.create({ name: 'Other', owner: 'alice', members: ['bob'] });
    // What is told of rooms that are made is not news for those who come later.
    await town.talk.signalsSent();
  });

  afterEach(async () => {
    for (const listener of listeners.splice(0)) await listener.leave();
    await town.close();
  });

  it('a room in which a session is was to be read once, and is each time that something is written there', async () => {
    const alice = listen('alice', [token, other]);
    await alice.isIn(token);
    await alice.isIn(other);
    await until(() => alice.wakes(token) > 0 && alice.wakes(other) > 0, 'the first look');
    const before = [alice.wakes(token), alice.wakes(other)];
    town.talk.post(token, 'bob', 'hello');
    await until(() => alice.wakes(token) === (before[0] ?? 0) + 1, 'a wake-up');
    expect(alice.wakes(other)).toBe(before[1]);
  });

  it('of edits, deletions and reactions nothing is told', async () => {
    const alice = listen('alice', [token]);
    await alice.isIn(token);
    const id = town.talk.post(token, 'bob', 'first');
    await until(() => alice.wakes(token) === 2, 'a wake-up');
    town.talk.react(token, 'carol', id, '👍');
    town.talk.edit(token, 'bob', id, 'second');
    town.talk.remove(token, 'bob', id);
    town.talk.post(token, 'bob', 'third');
    await until(() => alice.wakes(token) >= 3, 'the last wake-up');
    expect(alice.wakes(token)).toBe(3);
  });

  it('who types is seen by the others, until they stop', async () => {
    const alice = listen('alice', [token]);
    const bob = listen('bob', [token, other]);
    await Promise.all([alice.isIn(token), bob.isIn(token), bob.isIn(other)]);
    await untilShown(bob, token, true, () => alice.typists(token).includes('bob'));
    expect(alice.typists(token)).toEqual(['bob']);
    expect(bob.typists(token)).toEqual([]);
    bob.signaling.showTyping(token, false);
    await until(() => alice.typists(token).length === 0, 'an end');
    await untilShown(alice, token, true, () => bob.typists(token).includes('alice'));
    await alice.leave();
    await until(() => bob.typists(token).length === 0, 'the end of whoever left');
  });

  it('a connection that breaks is resumed: what was written meanwhile is told, and its session is the same', async () => {
    const alice = listen('alice', [token]);
    await alice.isIn(token);
    const sessions = sessionsIn(town.talk, token);
    town.cut();
    await until(() => !alice.signaling.isIn(token), 'the end of the connection');
    const before = alice.wakes(token);
    town.talk.post(token, 'bob', 'while nobody listens');
    await alice.isIn(token);
    await until(() => alice.wakes(token) > before, 'a wake-up');
    expect(sessionsIn(town.talk, token)).toEqual(sessions);
  });

  it('a connection that leads nowhere is noticed, and replaced', async () => {
    const alice = listen('alice', [token], { signalingQuietMs: 1500 });
    await alice.isIn(token);
    town.forget();
    await until(() => !alice.signaling.isIn(token), 'the end of the connection');
    await alice.isIn(token);
    const before = alice.wakes(token);
    town.talk.post(token, 'bob', 'hello');
    await until(() => alice.wakes(token) > before, 'a wake-up');
  });

  it('a server that was restarted knows no session: another one is begun, and the room is read', async () => {
    const alice = listen('alice', [token]);
    await alice.isIn(token);
    const before = alice.wakes(token);
    const restarted = town.restart();
    town.talk.post(token, 'bob', 'while there is no server');
    await restarted;
    await alice.isIn(token);
    await until(() => alice.wakes(token) > before, 'a look at what was missed');
    const after = alice.wakes(token);
    town.talk.post(token, 'bob', 'hello');
    await until(() => alice.wakes(token) > after, 'a wake-up');
  });

  it('a room that we are put out of is read, so that we learn of it, and left', async () => {
    const alice = listen('alice', [token]);
    const carol = listen('carol', [token]);
    await Promise.all([alice.isIn(token), carol.isIn(token)]);
    const before = carol.wakes(token);
    town.talk.rooms.removeMember(token, 'carol');
    await until(() => !carol.signaling.isIn(token) && carol.wakes(token) > before, 'the end of the session');
    expect(alice.signaling.isIn(token)).toBe(true);
  });

  it('a room that is not linked any more is left, and Nextcloud knows no session in it', async () => {
    const alice = listen('alice', [token, other]);
    await Promise.all([alice.isIn(token), alice.isIn(other)]);
    alice.rooms = [roomId(other)];
    await until(() => !alice.signaling.isIn(token), 'the end of the session');
    await until(() => sessionsIn(town.talk, token).length === 0, 'the end of the session at Nextcloud');
    expect(alice.signaling.isIn(other)).toBe(true);
  });

  it('no more rooms have a session than the settings say', async () => {
    const alice = listen('alice', [token, other], { maxSignalingRooms: 1 });
    await alice.isIn(token);
    alice.rooms = [roomId(other), roomId(token)];
    await alice.isIn(other);
    expect(alice.signaling.isIn(token)).toBe(false);
  });
}

function sessionsIn(talk: TalkSandbox, token: string): readonly string[] {
  const attendees = talk.state.rooms.get(token)?.attendees.values() ?? [];
  return [...attendees].flatMap(({ sessions }) => sessions.map(({ id }) => id));
}

/** Whoever has just come may not be known to the one who types: he types on. */
async function untilShown(who: Listener, room: string, isTyping: boolean, isSeen: () => boolean): Promise<void> {
  await until(() => {
    who.signaling.showTyping(room, isTyping);
    return isSeen();
  }, 'somebody who types');
}

export async function until(holds: () => boolean, what: string): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
