import type { RoomRef } from '../../src/model/ids.js';
import { silentLog } from '../../src/observability/log.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { Wakeups } from '../../src/workers/wakeups.js';
import { until } from '../contract/matrix-bench.js';
import { House, leftRoom } from './house.js';

let house: House;
let heard: { lanes: readonly string[]; rooms: readonly RoomRef[] }[];
let stop: AbortController;
let listening: Promise<unknown>;

const backends = `select pid from pg_stat_activity where application_name = 'crosstalk wake-ups' and datname = current_database()`;

beforeEach(async () => {
  house = await House.open();
  heard = [];
  stop = new AbortController();
  listening = wakeups()
    .listen((wakeup) => heard.push(wakeup), stop.signal)
    .then(
      () => 'stopped',
      (error: unknown) => error,
    );
  const isListening = `${backends} and query like 'listen%' and state = 'idle'`;
  let there = false;
  while (!there) there = (await house.rows(isListening)).length === 1;
});
afterEach(async () => {
  stop.abort();
  await listening;
  await house.close();
});

const wakeups = (): Wakeups => new Wakeups(house.database, house.url, systemClock, silentLog);

describe('Wakeups, between replicas', () => {
  it('what one tells the other hears', async () => {
    wakeups().tell({ lanes: ['1', '2'], rooms: [leftRoom] });
    await until(() => heard.length > 0, 'the wake-up');
    expect(heard).toEqual([{ lanes: ['1', '2'], rooms: [leftRoom] }]);
  });

  it('what is too long for PostgreSQL is heard as a wake-up that names nothing', async () => {
    const teller = wakeups();
    const rooms = Array.from({ length: 200 }, (_, at) => ({
      ...leftRoom,
      id: `${at}${'ü'.repeat(60)}` as RoomRef['id'],
    }));
    teller.tell({ rooms });
    await until(() => heard.length > 0, 'the wake-up');
    expect(heard).toEqual([{ lanes: [], rooms: [] }]);
  });

  it('a connection that breaks is a failure, and the stop is none', async () => {
    await house.rows(`select pg_terminate_backend(pid) from (${backends}) those`);
    expect(await listening).toBeInstanceOf(Error);
    const ending = wakeups().listen(() => undefined, stop.signal);
    stop.abort();
    expect(await ending).toBeUndefined();
    await expect(wakeups().listen(() => undefined, stop.signal)).resolves.toBeUndefined();
  });
});
