import { MovedClock } from '../../test/support/moved-clock.js';
import { accountId, roomId, userId, type RoomRef } from '../model/ids.js';
import { silentLog } from '../observability/log.js';
import type { Database } from '../persistence/database.js';
import { Wakeups } from './wakeups.js';

interface Told {
  readonly lanes: string[];
  readonly rooms: RoomRef[];
}

let clock: MovedClock;
let told: Told[];
let bytes: number[];
let notify: () => Promise<void>;
let wakeups: Wakeups;

beforeEach(() => {
  clock = new MovedClock();
  told = [];
  bytes = [];
  notify = () => Promise.resolve();
  const database: Pick<Database, 'rows'> = {
    rows: async (_, parameters) => {
      const text = parameters?.[1];
      await notify();
      bytes.push(Buffer.byteLength(String(text)));
      told.push(JSON.parse(String(text)) as Told);
      return [];
    },
  };
  wakeups = new Wakeups(database as Database, 'postgres://nowhere', clock, silentLog);
});

const ref = (room: string): RoomRef => ({ account: accountId('home'), id: roomId(room) });
const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at));

describe('Wakeups', () => {
  it('what comes within 20 ms is told together, and each once', async () => {
    wakeups.tell({ lanes: ['1', '2'] });
    await clock.pass(19);
    expect(told).toEqual([]);
    wakeups.tell({ lanes: ['2', '3'], rooms: [ref('a'), ref('a')] });
    await clock.pass(1);
    expect(told).toEqual([{ lanes: ['1', '2', '3'], rooms: [ref('a')] }]);
    wakeups.tell({ lanes: ['1'] });
    await clock.pass(20);
    expect(told.slice(1)).toEqual([{ lanes: ['1'], rooms: [] }]);
  });

  it('what comes while something is being told is told next', async () => {
    let go = (): void => undefined;
    notify = () => new Promise((resolve) => (go = resolve));
    wakeups.tell({ lanes: ['1'] });
    await clock.pass(20);
    wakeups.tell({ lanes: ['2'] });
    go();
    notify = () => Promise.resolve();
    await clock.pass(20);
    expect(told.map(({ lanes }) => lanes)).toEqual([['1'], ['2']]);
  });

  it('what is told while the database takes its time does not overtake it: the newest is told last', async () => {
    const answers: (() => void)[] = [];
    notify = () => new Promise((resolve) => answers.push(resolve));
    const anna = { account: accountId('home'), id: userId('anna'), name: 'Anna', standing: 'person' } as const;
    wakeups.tellTyping({ kind: 'typingChanged', room: ref('a'), typing: [anna] });
    await clock.pass(20);
    wakeups.tellTyping({ kind: 'typingChanged', room: ref('a'), typing: [] });
    await clock.pass(20);
    expect(answers).toHaveLength(1);
    answers[0]?.();
    await clock.pass(20);
    answers[1]?.();
    await wakeups.flush();
    expect(told).toMatchObject([{ changed: { typing: [anna] } }, { changed: { typing: [] } }]);
  });

  it('nothing is told of nothing', async () => {
    wakeups.tell({ lanes: [], rooms: [] });
    await clock.pass(100);
    expect([told, clock.slept]).toEqual([[], []]);
  });

  it('many travel in several, all of them', async () => {
    const lanes = numbered(450);
    wakeups.tell({ lanes, rooms: numbered(3).map(ref) });
    await clock.pass(20);
    expect(told.map((each) => each.lanes.length)).toEqual([200, 200, 50]);
    expect(told.flatMap((each) => each.lanes)).toEqual(lanes);
    expect(told.flatMap((each) => each.rooms)).toEqual(numbered(3).map(ref));
  });

  it('what PostgreSQL would not take says nothing in particular: whoever hears it looks for itself', async () => {
    wakeups.tell({ rooms: numbered(150).map((room) => ref(`!${room.padStart(60, 'ü')}:example.org`)) });
    await clock.pass(20);
    expect(told).toEqual([{ lanes: [], rooms: [] }]);
    wakeups.tell({ lanes: ['1'] });
    await clock.pass(20);
    expect(bytes.every((each) => each < 8_000)).toBe(true);
  });

  it('a database that is away harms nothing: what comes later is told', async () => {
    notify = () => Promise.reject(new Error('no connection'));
    wakeups.tell({ lanes: ['1'] });
    await clock.pass(20);
    notify = () => Promise.resolve();
    wakeups.tell({ lanes: ['2'] });
    await clock.pass(20);
    expect(told).toEqual([{ lanes: ['2'], rooms: [] }]);
  });

  it('a flush waits until what was told before is on its way', async () => {
    wakeups.tell({ lanes: ['1'] });
    let flushed = false;
    const flushing = wakeups.flush().then(() => (flushed = true));
    await clock.pass(19);
    expect(flushed).toBe(false);
    await clock.pass(1);
    await flushing;
    expect(told).toHaveLength(1);
    await wakeups.flush();
  });
});
