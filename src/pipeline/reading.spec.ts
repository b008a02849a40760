import { MovedClock } from '../../test/support/moved-clock.js';
import { accountId, remoteId, roomId, userId, type RoomRef } from '../model/ids.js';
import type { Lending } from '../model/lending.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import { silentLog } from '../observability/log.js';
import { Reading } from './reading.js';

const ref = (account: string, id = account): RoomRef => ({ account: accountId(account), id: roomId(id) });

describe('pipeline: reading', () => {
  let clock: MovedClock;
  let marked: string[];
  let known: Map<string, string>;
  let lenders: Set<string>;
  let beside: Map<string, RoomRef[]>;
  let asked: number;
  let looked: number;
  let marking: () => Promise<void>;
  let stop: AbortController;
  let running: Promise<void>;
  let reading: Reading;

  /** As a homeserver marks it that we may act on. */
  let shown: string[];

  const lends = (account: string): { lending: Lending } => ({
    lending: {
      lentBy: ({ id }) => Promise.resolve(lenders.has(id) ? id : undefined),
      markRead: async (room, { id }, message) => {
        marked.push(`${account} ${room}: ${id} ${message}`);
        await marking();
      },
    } as Partial<Lending> as Lending,
  });

  beforeEach(() => {
    clock = new MovedClock();
    marked = [];
    shown = [];
    asked = 0;
    looked = 0;
    known = new Map([
      ['1', 'row 1'],
      ['2', 'row 2'],
      ['3', 'row 3'],
    ]);
    lenders = new Set(['mia', 'noah']);
    beside = new Map([['matrix', [ref('talk'), ref('slack')]]]);
    marking = () => Promise.resolve();
    reading = new Reading({
      adapters: new Map<string, Pick<NetworkAdapter, 'lending' | 'showRead'>>([
        ['talk', lends('talk')],
        ['far', lends('far')],
        [
          'matrix',
          {
            showRead: ({ room, person, message, how }) => {
              shown.push(`${room}: ${person} ${message} ${how}`);
              return marking();
            },
          },
        ],
        ['slack', {}],
      ]),
      beside: ({ account }) => {
        asked += 1;
        return Promise.resolve(beside.get(account) ?? []);
      },
      reached: ({ message }) => {
        looked += 1;
        const row = known.get(message.id);
        // The last sign is its place, in each room.
        const place = BigInt(row?.at(-1) ?? 0);
        return Promise.resolve(row === undefined ? row : { message: remoteId(row), place, read: place });
      },
      clock,
      log: silentLog,
    });
    stop = new AbortController();
    running = reading.run(stop.signal);
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  const reads = (name: string, message: string, room = ref('matrix'), more: { isPrivate?: true } = {}): void => {
    reading.read({
      kind: 'readUpTo',
      room,
      actor: { account: accountId('matrix'), id: userId(name), name: '', standing: 'person' },
      at: '2026-01-02T03:04:05.000Z',
      message: { room, id: remoteId(message) },
      ...more,
    });
  };

  it('what somebody has read whose login is lent is marked where it is', async () => {
    reads('mia', '1');
    await clock.pass(1000);
    expect(marked).toEqual(['talk talk: mia row 1']);
  });

  it('what others have read is marked nowhere', async () => {
    reads('pia', '1');
    await clock.pass(10_000);
    expect(marked).toEqual([]);
  });

  it('who scrolls is marked once, with the last of it, and not again within five seconds', async () => {
    reads('mia', '1');
    reads('mia', '2');
    await clock.pass(1000);
    reads('mia', '1');
    reads('mia', '3');
    await clock.pass(4000);
    expect(marked).toEqual(['talk talk: mia row 2']);
    await clock.pass(1000);
    expect(marked).toEqual(['talk talk: mia row 2', 'talk talk: mia row 3']);
  });

  it('each person and each room by itself', async () => {
    reads('mia', '1');
    reads('noah', '2');
    reads('mia', '3', ref('matrix', 'other'));
    await clock.pass(1000);
    expect(marked).toEqual(['talk talk: mia row 1', 'talk talk: noah row 2', 'talk talk: mia row 3']);
  });

  it('what is not known there yet is looked for again, three times in all', async () => {
    reads('mia', 'new');
    await clock.pass(2000);
    known.set('new', 'row 4');
    await clock.pass(4000);
    expect(marked).toEqual(['talk talk: mia row 4']);
    reads('noah', 'never bridged');
    await clock.pass(60_000);
    expect([asked, looked]).toEqual([1 + 1, 2 + 3]);
  });

  it('a mark that fails is made again, unless more was read', async () => {
    marking = () => Promise.reject(new Error('down'));
    reads('mia', '1');
    await clock.pass(1000);
    reads('mia', '2');
    marking = () => Promise.resolve();
    await clock.pass(60_000);
    expect(marked).toEqual(['talk talk: mia row 1', 'talk talk: mia row 2']);
  });

  it('one room that cannot be marked keeps no other from it', async () => {
    beside.set('matrix', [ref('talk'), ref('far')]);
    marking = () =>
      marked.at(-1)?.startsWith('talk') === true ? Promise.reject(new Error('down')) : Promise.resolve();
    reads('mia', '1');
    await clock.pass(1000);
    expect(marked).toEqual(['talk talk: mia row 1', 'far far: mia row 1']);
  });

  it('a room is marked five times a minute at most, however many read there, and everybody is marked in the end', async () => {
    const people = Array.from({ length: 20 }, (_, at) => `p${String(at)}`);
    for (const name of people) lenders.add(name);
    for (const name of people) reads(name, '1');
    await clock.pass(61_000);
    expect(marked.length).toBeGreaterThanOrEqual(5);
    expect(marked.length).toBeLessThanOrEqual(3 + 5);
    const before = marked.length;
    await clock.pass(60_000);
    expect(marked.length - before).toBeLessThanOrEqual(5);
    await clock.pass(600_000);
    expect(new Set(marked).size).toBe(20);
    expect(marked).toHaveLength(20);
  });

  it('a server that hangs keeps no other one waiting, nor what else the same person reads', async () => {
    beside.set('matrix', [ref('talk'), ref('far')]);
    let end = (): void => undefined;
    const hanging = new Promise<void>((resolve) => (end = resolve));
    marking = () => (marked.at(-1)?.startsWith('talk') === true ? hanging : Promise.resolve());
    const people = Array.from({ length: 12 }, (_, at) => `p${String(at)}`);
    for (const name of people) {
      lenders.add(name);
      reads(name, '1', ref('matrix', `of ${name}`));
    }
    reads('mia', '1', ref('matrix', 'of mia'));
    await clock.pass(1000);
    reads('mia', '2', ref('matrix', 'of mia'));
    await clock.pass(180_000);
    end();
    const far = marked.filter((mark) => mark.startsWith('far'));
    expect(new Set(far).size).toBe(12 + 1);
    expect(far).toContain('far far: mia row 2');
  });

  describe('what a login tells that somebody lends', () => {
    beforeEach(() => {
      beside.set('talk', [ref('matrix'), ref('far')]);
    });

    it('is marked on their own network, and wherever else they lend one', async () => {
      reads('mia', '1', ref('talk'));
      reads('noah', '2', ref('talk'), { isPrivate: true });
      await clock.pass(1000);
      expect(shown).toEqual(['matrix: mia row 1 seen', 'matrix: noah row 2 private']);
      expect(marked).toEqual(['far far: mia row 1', 'far far: noah row 2']);
    });

    it('does not come back, in either direction', async () => {
      reads('mia', '1', ref('talk'));
      await clock.pass(1000);
      reads('mia', '1');
      await clock.pass(10_000);
      reads('mia', '2');
      await clock.pass(10_000);
      reads('mia', '2', ref('talk'));
      await clock.pass(10_000);
      expect(shown).toEqual(['matrix: mia row 1 seen']);
      expect(marked).toEqual(['far far: mia row 1', 'talk talk: mia row 2', 'far far: mia row 2']);
    });

    it('is never taken back', async () => {
      reads('mia', '3');
      await clock.pass(10_000);
      reads('mia', '1', ref('talk'));
      await clock.pass(10_000);
      expect(shown).toEqual([]);
    });

    it('and what is told of the network itself marks none of its other rooms', async () => {
      beside.set('matrix', [ref('matrix', 'other')]);
      reads('mia', '1');
      await clock.pass(10_000);
      expect(shown).toEqual([]);
    });
  });

  it('where nobody lends anything, nothing is asked', async () => {
    const other = new Reading({
      adapters: new Map([['talk', {}]]),
      beside: () => Promise.reject(new Error('asked')),
      reached: () => Promise.reject(new Error('asked')),
      clock,
      log: silentLog,
    });
    const end = new AbortController();
    const until = other.run(end.signal);
    const before = clock.slept.length;
    const room = ref('matrix');
    const actor = { account: room.account, id: userId('mia'), name: '', standing: 'person' } as const;
    other.read({ kind: 'readUpTo', room, actor, at: '', message: { room, id: remoteId('1') } });
    await clock.settle();
    expect(clock.slept.length - before).toBeLessThanOrEqual(1);
    end.abort();
    await until;
  });
});
