import { CatchUp, type Recalling } from '../../src/links/catch-up.js';
import { LinkChanges } from '../../src/links/link-changes.js';
import type { RoomId } from '../../src/model/ids.js';
import type { RawPayload } from '../../src/model/network-adapter.js';
import { silentLog } from '../../src/observability/log.js';
import { CatchUpRepository } from '../../src/persistence/catch-up.repository.js';
import { LinkChangeRepository } from '../../src/persistence/link-change.repository.js';
import { StatusRepository } from '../../src/persistence/status.repository.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { House, left, MadeUpNetwork, payload, right, sent } from './house.js';

type Recall = (room: RoomId, since: Date, signal: AbortSignal) => AsyncIterable<readonly RawPayload[]>;

/** A network that pushes, and can be asked afterwards. */
class PushingNetwork extends MadeUpNetwork implements Recalling {
  readonly asked: { readonly room: RoomId; readonly since: Date }[] = [];
  recall: Recall = () => batches();
  readonly catchUp: Recall = (room, since, signal) => {
    this.asked.push({ room, since });
    return this.recall(room, since, signal);
  };
}

async function* batches(...each: readonly (readonly RawPayload[])[]): AsyncIterable<readonly RawPayload[]> {
  for (const batch of each) yield await Promise.resolve(batch);
}

let house: House;
let source: PushingNetwork;
let lane: string;
let changes: LinkChanges;
let catchUp: CatchUp;
let stop: AbortController;
let running: Promise<void>;
let mine: boolean;

beforeEach(async () => {
  house = await House.open();
  source = new PushingNetwork(left);
  house.network(source);
  house.network(new MadeUpNetwork(right));
  [, lane = ''] = await house.link();
  changes = new LinkChanges(house.database, new LinkChangeRepository(), {
    accounts: new Set([left, right]),
    settled: [],
    settingsPlace: '',
  });
  catchUp = new CatchUp(new CatchUpRepository(house.database), systemClock, silentLog, {
    againMs: 20,
    ingest: (adapter, payloads) => house.ingest.accept(adapter, payloads),
  });
  mine = true;
  stop = new AbortController();
  running = catchUp.run(source, () => mine, stop.signal);
});

afterEach(async () => {
  stop.abort();
  await running;
  await house.close();
});

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await systemClock.sleep(10);
}

const queued = async () =>
  (await house.rows<{ event: string }>(`select event from deliveries where lane = $1 order by seq`, [lane])).map(
    ({ event }) => (JSON.parse(event) as { message: { id: string } }).message.id,
  );

const caughtUp = async () =>
  (await house.rows(`select 1 from portals where account = 'left' and catch_up_asked_at is not null`)).length === 0;

it('what was pushed while the link was paused is asked for and queued, once, after what was queued before', async () => {
  await house.ingest.accept(source, [payload('k1', sent('1'))]);
  const before = new Date(Date.now() - 60_000);
  await changes.pause('team');
  await house.ingest.accept(source, [payload('k2', sent('2'))]);
  source.recall = () => batches([payload('k1', sent('1')), payload('k2', sent('2'))], [payload('k3', sent('3'))]);
  await changes.resume('team', 'where it stopped');
  catchUp.wake();
  await until(caughtUp);
  expect(await queued()).toEqual(['1', '2', '3']);
  expect(source.asked).toHaveLength(1);
  expect(source.asked[0]?.room).toBe('a');
  expect(source.asked[0]?.since.getTime()).toBeGreaterThan(before.getTime());
  await house.ingest.accept(source, [payload('k2', sent('2'))]);
  expect(await queued()).toEqual(['1', '2', '3']);
});

it('what was said before the room was linked is not asked for', async () => {
  const [linked] = await house.rows<{ at: Date }>(`select catch_up_from as at from portals where account = 'left'`);
  await changes.pause('team');
  await changes.resume('team', 'where it stopped');
  catchUp.wake();
  await until(caughtUp);
  expect(source.asked.map(({ since }) => since)).toEqual([linked?.at]);
});

it('what came in a pause that was ended without catching up stays away, however short ago', async () => {
  await changes.pause('team');
  await house.ingest.accept(source, [payload('k1', sent('1'))]);
  await changes.resume('team', 'now');
  await changes.pause('team');
  source.recall = () => batches([payload('k1', sent('1')), payload('k2', sent('2'))]);
  await changes.resume('team', 'where it stopped');
  await until(caughtUp);
  expect(await queued()).toEqual(['2']);
});

it('a failure is shown and tried again', async () => {
  let tries = 0;
  source.recall = () => {
    tries += 1;
    if (tries < 3) throw new Error('the homeserver is away');
    return batches([payload('k1', sent('1'))]);
  };
  await changes.pause('team');
  mine = false;
  await changes.resume('team', 'where it stopped');
  const [link] = await new StatusRepository(house.database).links();
  expect(link?.portals[0]?.catchesUpFrom).toMatch(/^\d{4}-/);
  mine = true;
  await until(async () => {
    const rows = await house.rows<{ problem: string | null }>(`select problem from portals where account = 'left'`);
    return rows[0]?.problem === 'cannot catch up yet: the homeserver is away' || tries >= 3;
  });
  await until(caughtUp);
  expect(await queued()).toEqual(['1']);
  expect(await house.rows(`select problem from portals where account = 'left'`)).toEqual([{ problem: null }]);
});

it('a link that is paused again meanwhile catches up from its first pause', async () => {
  await house.rows(`update portals set catch_up_from = now() - interval '1 hour'`);
  await changes.pause('team');
  const [first] = await house.rows<{ paused_at: Date }>(`select paused_at from links`);
  source.recall = async function* () {
    yield [payload('k1', sent('1'))];
    await changes.pause('team');
    source.recall = () => batches([payload('k1', sent('1'))], [payload('k2', sent('2'))]);
    yield [payload('k2', sent('2'))];
  };
  await changes.resume('team', 'where it stopped');
  await until(async () => (await house.rows(`select 1 from links where state = 'paused'`)).length > 0);
  await changes.resume('team', 'where it stopped');
  await until(caughtUp);
  expect(await queued()).toEqual(['1', '2']);
  expect(source.asked[1]?.since).toEqual(new Date((first?.paused_at.getTime() ?? 0) - 10_000));
});

it('only the owner of the account asks', async () => {
  mine = false;
  await changes.pause('team');
  await changes.resume('team', 'where it stopped');
  catchUp.wake();
  await systemClock.sleep(100);
  expect(source.asked).toEqual([]);
});
