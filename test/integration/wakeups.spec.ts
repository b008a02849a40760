import type { TypingChanged } from '../../src/model/bridge-event.js';
import { type RoomRef, userId } from '../../src/model/ids.js';
import { silentLog } from '../../src/observability/log.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { Wakeups } from '../../src/workers/wakeups.js';
import { until } from '../contract/matrix-bench.js';
import { House, leftRoom, person } from './house.js';

let house: House;
let heard: { lanes: readonly string[]; rooms: readonly RoomRef[] }[];
let typing: TypingChanged[];
let own: Wakeups;
let stop: AbortController;
let listening: Promise<unknown>;

const backends = `select pid from pg_stat_activity where application_name = 'crosstalk wake-ups' and datname = current_database()`;

beforeEach(async () => {
  house = await House.open();
  heard = [];
  typing = [];
  stop = new AbortController();
  own = wakeups();
  listening = own
    .listen({ wakeup: (wakeup) => heard.push(wakeup), typing: (changed) => typing.push(changed) }, stop.signal)
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

const nothing = { wakeup: () => undefined, typing: () => undefined };
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

  const types = (count: number, name = 'Anna'): TypingChanged => ({
    kind: 'typingChanged',
    room: leftRoom,
    typing: Array.from({ length: count }, (_, at) => ({ ...person(leftRoom), id: userId(`${name} ${at}`), name })),
  });

  it('who types is told to the others, of each room the newest, and never comes back to who told it', async () => {
    own.tellTyping(types(3));
    const teller = wakeups();
    teller.tellTyping(types(1));
    teller.tellTyping(types(2));
    await until(() => typing.length > 0, 'who types');
    teller.tellTyping(types(0));
    await until(() => typing.length > 1, 'who types no longer');
    expect(typing).toEqual([types(2), types(0)]);
    expect(heard).toEqual([]);
  });

  it('of more who type than PostgreSQL takes, some do', async () => {
    wakeups().tellTyping(types(20, 'ü'.repeat(300)));
    await until(() => typing.length > 0, 'who types');
    expect(typing).toEqual([types(5, 'ü'.repeat(300))]);
  });

  it('a connection that breaks is a failure, and the stop is none', async () => {
    await house.rows(`select pg_terminate_backend(pid) from (${backends}) those`);
    expect(await listening).toBeInstanceOf(Error);
    const ending = wakeups().listen(nothing, stop.signal);
    stop.abort();
    expect(await ending).toBeUndefined();
    await expect(wakeups().listen(nothing, stop.signal)).resolves.toBeUndefined();
  });
});
