import { MovedClock } from '../../../test/support/moved-clock.js';
import { roomId, type RoomId } from '../../model/ids.js';
import type { WatchedRoom, WatchMode } from '../../model/network-adapter.js';
import { newCursor } from './talk.cursor.js';
import { talkRoom, type TalkRoom } from './talk.payloads.js';
import { bringsByItself, PushJudge } from './talk.push-judge.js';
import { PushTrust } from './talk.push-trust.js';

const a = roomId('a');
const bound = { sweepIntervalMs: 3_000, pushPatienceMs: 5_000, pushRetryMs: 60_000 };

/** A judge of rooms whose room list shows messages, on a clock that a spec moves. */
class Court {
  readonly clock = new MovedClock();
  readonly logged: string[] = [];
  readonly read = new Set<string>();
  readonly woken: RoomId[] = [];
  readonly trust: PushTrust;
  readonly judge: PushJudge;
  rooms: WatchedRoom[] = [];
  #ids = 0;

  constructor() {
    const note = (_: object, event: string): void => void this.logged.push(event);
    const log = { debug: note, info: note, warn: note, error: note };
    this.trust = new PushTrust(bound, this.clock, log);
    const source = { hasRead: (room: string, id: number): boolean => this.read.has(`${room} ${String(id)}`) };
    this.judge = new PushJudge({ source, trust: this.trust, settings: bound, clock: this.clock, log });
    this.is('a', {});
  }

  /** How a room is as the database has it; told of unless it is said otherwise. */
  is(name: string, changes: Partial<WatchedRoom>): void {
    const before = { room: roomId(name), watch: 'webhook', cursor: null, state: 'open' } as const;
    const others = this.rooms.filter(({ room }) => room !== name);
    this.rooms = [...others, { ...before, pushedAt: new Date(1_000), ...changes }];
    this.trust.learn(this.rooms);
  }

  /** The room list shows something that was said. Returns its id. */
  shows(name: string, by: WatchMode): number {
    this.#ids += 1;
    this.judge.await(said(name, this.#ids), by, this.clock.monotonicMs());
    return this.#ids;
  }

  async passes(ms: number): Promise<'failed' | 'well'> {
    await this.clock.pass(ms);
    return this.judge.judge(
      () => Promise.resolve(this.rooms),
      (rooms) => Promise.resolve(void this.woken.push(...rooms)),
    );
  }

  believes(name: string): boolean {
    return this.trust.isBelieved({ room: roomId(name) });
  }
}

function said(token: string, id: number, changes: object = {}): TalkRoom {
  return talkRoom.parse({
    token,
    type: 2,
    lastMessage: { id, timestamp: 100 + id, actorType: 'users', systemMessage: '', ...changes },
  });
}

describe('talk.push-judge', () => {
  let court: Court;

  beforeEach(() => {
    court = new Court();
  });

  it.each<[WatchMode, string, object, boolean]>([
    ['webhook', 'what a person says', {}, true],
    ['signaling', 'what a guest says', { actorType: 'guests' }, true],
    ['webhook', 'what a bot says', { actorType: 'bots' }, false],
    ['webhook', 'what became of the room', { systemMessage: 'conversation_renamed' }, false],
    ['held', 'what became of the room', { systemMessage: 'conversation_renamed' }, true],
    ['swept', 'what a person says', {}, false],
  ])('a room that is watched by %s brings %s by itself: %#', (by, _, changes, brings) => {
    expect(bringsByItself(by, said('a', 1, changes).lastMessage)).toBe(brings);
  });

  it('a held request has one sweep to bring what there is, and its end is no failure', async () => {
    court.shows('a', 'held');
    expect([await court.passes(2_999), court.woken]).toEqual(['well', []]);
    expect([await court.passes(1), court.woken, court.believes('a')]).toEqual(['well', [a], true]);
    expect([await court.passes(60_000), court.woken]).toEqual(['well', [a]]);
  });

  it('a bot has its patience; then the room is read, and is not believed to be told of', async () => {
    court.shows('a', 'webhook');
    expect([await court.passes(4_999), court.woken, court.believes('a')]).toEqual(['well', [], true]);
    expect([await court.passes(1), court.woken, court.believes('a')]).toEqual(['failed', [a], false]);
  });

  it('what another replica has read meanwhile is known by the cursor', async () => {
    const id = court.shows('a', 'webhook');
    court.is('a', { cursor: newCursor({ at: { id, seconds: 100 + id } }) });
    expect([await court.passes(5_000), court.woken, court.believes('a')]).toEqual(['well', [], true]);
    court.shows('a', 'webhook');
    expect([await court.passes(5_000), court.woken]).toEqual(['failed', [a]]);
  });

  it('a room that is closed, or not linked any more, fails nobody', async () => {
    court.is('a', { state: 'closed' });
    court.shows('a', 'webhook');
    court.shows('gone', 'webhook');
    await court.passes(5_000);
    expect([court.woken, court.believes('a'), court.logged]).toEqual([[a], true, []]);
  });

  it('a signaling server that did not tell is not believed for the room, longer each time, until it works again', async () => {
    for (const pauseMs of [60_000, 240_000]) {
      court.shows('a', 'signaling');
      expect(await court.passes(5_000)).toBe('failed');
      await court.clock.pass(pauseMs - 1);
      expect(court.judge.believesSignaling(a)).toBe(false);
      await court.clock.pass(1);
      expect(court.judge.believesSignaling(a)).toBe(true);
    }
    const id = court.shows('a', 'signaling');
    court.read.add(`a ${String(id)}`);
    expect(await court.passes(5_000)).toBe('well');
    court.shows('a', 'signaling');
    await court.passes(5_000);
    await court.clock.pass(60_000);
    expect(court.judge.believesSignaling(a)).toBe(true);
    expect(court.believes('a')).toBe(true);
  });

  it('what one way brought says nothing of another: a held request that brings a message proves no bot', async () => {
    court.shows('a', 'webhook');
    await court.passes(5_000);
    const id = court.shows('a', 'held');
    court.read.add(`a ${String(id)}`);
    await court.passes(1_000);
    expect(court.trust.hasFailed(a)).toBe(true);
    const later = court.shows('a', 'webhook');
    court.read.add(`a ${String(later)}`);
    await court.passes(1_000);
    expect(court.trust.hasFailed(a)).toBe(false);
  });
});
