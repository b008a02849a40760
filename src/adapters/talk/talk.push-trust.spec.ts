import { MovedClock } from '../../../test/support/moved-clock.js';
import { roomId } from '../../model/ids.js';
import type { WatchedRoom } from '../../model/network-adapter.js';
import { PushTrust } from './talk.push-trust.js';

const minuteMs = 60_000;

/** Rooms of which was told at these seconds; null: never. */
class Rooms {
  readonly clock = new MovedClock();
  readonly logged: string[] = [];
  readonly trust: PushTrust;
  #told: Readonly<Record<string, number | null>> = {};

  constructor() {
    const note = (_: object, event: string): void => {
      this.logged.push(event);
    };
    const log = { debug: note, info: note, warn: note, error: note };
    this.trust = new PushTrust({ pushRetryMs: minuteMs }, this.clock, log);
  }

  tell(told: Readonly<Record<string, number | null>>): void {
    this.#told = { ...this.#told, ...told };
    this.trust.learn(this.all());
  }

  all(): WatchedRoom[] {
    return Object.entries(this.#told).map(([room, seconds]) => ({
      room: roomId(room),
      watch: 'swept',
      cursor: null,
      pushedAt: seconds === null ? null : new Date(seconds * 1000),
      state: 'open',
    }));
  }

  room(name: string): WatchedRoom {
    const room = this.all().find((each) => each.room === name);
    if (room === undefined) throw new Error(`no room ${name}`);
    return room;
  }

  get believed(): string[] {
    return this.all()
      .filter((room) => this.trust.isBelieved(room))
      .map(({ room }) => room);
  }

  /** The rooms that are looked at now, each with what is seen. */
  look(seen: 'on' | 'off' | 'unseen'): string[] {
    const looked: string[] = [];
    for (let room = this.trust.nextLook(); room !== undefined; room = this.trust.nextLook()) {
      looked.push(room);
      this.trust.lookedAt(room, seen);
    }
    return looked;
  }
}

describe('talk.push-trust', () => {
  let rooms: Rooms;

  beforeEach(() => {
    rooms = new Rooms();
  });

  it('a webhook proves its room, and no other', () => {
    rooms.tell({ a: null, b: null });
    expect(rooms.believed).toEqual([]);
    rooms.tell({ a: 10 });
    expect(rooms.believed).toEqual(['a']);
  });

  it('a bot that is on is believed once a webhook came from anywhere', () => {
    rooms.tell({ a: null, b: null });
    expect(rooms.look('on')).toEqual(['a', 'b']);
    expect(rooms.believed).toEqual([]);
    rooms.tell({ a: 10 });
    expect(rooms.believed).toEqual(['a', 'b']);
  });

  it('a room whose bots are not ours to see is believed once it was told of itself, no sooner', () => {
    rooms.tell({ a: null, b: 10 });
    expect(rooms.look('unseen')).toEqual(['a']);
    expect(rooms.believed).toEqual(['b']);
    rooms.tell({ a: 11 });
    expect(rooms.believed).toEqual(['a', 'b']);
  });

  it('how often a room failed is not forgotten when all are put in doubt', async () => {
    rooms.tell({ a: 10, b: 11 });
    rooms.trust.failed(rooms.room('a'));
    await rooms.clock.pass(minuteMs / 2);
    rooms.trust.doubtAll(rooms.all());
    expect(rooms.look('on')).toEqual(['a', 'b']);
    expect(rooms.believed).toEqual(['b']);
    await rooms.clock.pass(minuteMs / 2);
    expect(rooms.believed).toEqual(['a', 'b']);
    rooms.trust.failed(rooms.room('a'));
    rooms.look('on');
    await rooms.clock.pass(3 * minuteMs);
    expect(rooms.believed).toEqual(['b']);
  });

  it('rooms that are told of need no look; the others one at once, then one a day', async () => {
    rooms.tell({ a: 10, b: null });
    expect(rooms.look('off')).toEqual(['b']);
    await rooms.clock.pass(24 * 60 * minuteMs - 1);
    expect(rooms.look('off')).toEqual([]);
    await rooms.clock.pass(1);
    expect(rooms.look('off')).toEqual(['b']);
  });

  it('a message that was not told of ends it, until the next webhook', () => {
    rooms.tell({ a: 10, b: 11 });
    rooms.trust.failed(rooms.room('a'));
    expect(rooms.believed).toEqual(['b']);
    rooms.tell({});
    expect(rooms.believed).toEqual(['b']);
    rooms.tell({ a: 12 });
    expect(rooms.believed).toEqual(['a', 'b']);
    expect(rooms.logged).toHaveLength(1);
  });

  it('a room that failed is looked at, and believed again after pauses that grow where its bot is on or not ours to see', async () => {
    for (const seen of ['on', 'unseen'] as const) {
      rooms = new Rooms();
      rooms.tell({ a: 10, b: 11 });
      for (const pauseMs of [minuteMs, 4 * minuteMs, 16 * minuteMs]) {
        rooms.trust.failed(rooms.room('a'));
        expect(rooms.look(seen)).toEqual(['a']);
        await rooms.clock.pass(pauseMs - 1);
        expect(rooms.believed).toEqual(['b']);
        await rooms.clock.pass(1);
        expect(rooms.believed).toEqual(['a', 'b']);
      }
      rooms.trust.worked(roomId('a'));
      rooms.trust.failed(rooms.room('a'));
      rooms.look(seen);
      await rooms.clock.pass(minuteMs);
      expect(rooms.believed).toEqual(['a', 'b']);
    }
  });

  it('a bot that was off and was turned on is believed at once; one that stays off is not', async () => {
    rooms.tell({ a: 10, b: 11 });
    rooms.trust.failed(rooms.room('a'));
    rooms.trust.turnedOn(roomId('a'));
    expect(rooms.believed).toEqual(['a', 'b']);
    rooms.trust.failed(rooms.room('b'));
    rooms.look('off');
    await rooms.clock.pass(60 * minuteMs);
    expect(rooms.believed).toEqual(['a']);
  });

  it('where three rooms in a row fail none is believed until a webhook comes from anywhere: said once, and once that it is over', () => {
    rooms.tell({ a: 10, b: 11, c: 12, d: 13 });
    for (const room of ['a', 'b', 'c']) rooms.trust.failed(rooms.room(room));
    expect(rooms.believed).toEqual([]);
    rooms.tell({});
    expect(rooms.believed).toEqual([]);
    expect(rooms.logged).toHaveLength(4);
    rooms.tell({ b: 20 });
    expect(rooms.believed).toEqual(['b', 'd']);
    expect(rooms.logged).toHaveLength(5);
  });

  it('rooms that fail one by one, while others work, leave the others alone', () => {
    rooms.tell({ a: 10, b: 11, c: 12, d: 13 });
    for (const room of ['a', 'b', 'c']) {
      rooms.trust.failed(rooms.room(room));
      rooms.trust.worked(roomId('d'));
    }
    expect(rooms.believed).toEqual(['d']);
  });

  it('where the bot is found off while it tells nothing anywhere, every room is looked at, once', () => {
    rooms.tell({ a: 10, b: 11, c: 12, d: 13 });
    for (const room of ['a', 'b', 'c']) rooms.trust.failed(rooms.room(room));
    rooms.trust.wasOff(rooms.all());
    rooms.trust.wasOff(rooms.all());
    expect(rooms.look('on').sort()).toEqual(['a', 'b', 'c', 'd']);
    rooms.trust.wasOff(rooms.all());
    expect(rooms.look('on')).toEqual([]);
  });

  it('a room that was not ours to see is looked at when we became its moderator', () => {
    rooms.tell({ a: null });
    rooms.look('unseen');
    rooms.trust.maySee(roomId('a'));
    expect(rooms.look('on')).toEqual(['a']);
    rooms.trust.maySee(roomId('a'));
    expect(rooms.look('on')).toEqual([]);
  });

  it('nothing is remembered of rooms that are not linked any more', () => {
    rooms.tell({ a: null });
    rooms.trust.learn([]);
    expect(rooms.trust.nextLook()).toBeUndefined();
  });
});
