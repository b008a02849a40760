import { ShardLost } from '../../src/model/errors.js';
import { remoteId, roomId, type RoomRef } from '../../src/model/ids.js';
import type { Transaction } from '../../src/persistence/database.js';
import type { Shards } from '../../src/workers/shards.js';
import { House, left, MadeUpNetwork, payload, right, sent } from './house.js';

const names = ['1', '2', '3', '4'];
const roomOf = (name: string): RoomRef => ({ account: left, id: roomId(name) });

let house: House;
let source: MadeUpNetwork;
let shards: Shards;

beforeEach(async () => {
  house = await House.open();
  source = house.network(new MadeUpNetwork(left));
  house.network(new MadeUpNetwork(right));
  shards = house.shards();
  await shards.tick();
  const both = 'both' as const;
  const portals = (name: string) =>
    [left, right].map((account) => ({ account, wanted: { room: name }, direction: both }));
  await house.links.declare(names.map((name) => ({ key: `team ${name}`, portals: portals(name) })));
  for (const account of [left, right]) {
    for (const { portal, wanted } of await house.links.unresolved(account)) {
      if ('room' in wanted) await house.links.resolved(portal, account, roomId(wanted.room));
    }
  }
});

afterEach(() => house.close());

/** One room has something to store: what comes while that is done is asked for meanwhile. */
function said(name: string, id: string, fence = shards.fence(Number(name))): Promise<void> {
  const event = sent(id, {}, roomOf(name));
  return house.ingest.accept(source, [payload(`${name} ${id}`, event)], house.pulled(id, fence, roomOf(name)));
}

/** What each transaction learned of, as it began. */
function transactions(): string[][] {
  const seen: string[][] = [];
  const learn = house.ingestRows.learn.bind(house.ingestRows);
  house.ingestRows.learn = (tx: Transaction, asked) => {
    seen.push([...asked.keys]);
    return learn(tx, asked);
  };
  return seen;
}

async function cursors(): Promise<(string | null)[]> {
  return Promise.all(names.map((name) => house.rooms.cursor(roomOf(name))));
}

async function stored(): Promise<string[]> {
  const rows = await house.rows<{ key: string; state: string }>(`select key, state from inbox order by key`);
  return rows.map(({ key, state }) => `${key}: ${state}`);
}

describe('ingest, what rooms of one account bring', () => {
  it('while another is being stored is stored together next, and each cursor moves with it', async () => {
    const seen = transactions();
    const first = said('1', 'a');
    while (seen.length === 0) await new Promise((done) => setImmediate(done));
    await Promise.all([first, ...names.slice(1).map((name) => said(name, 'b'))]);
    expect(seen).toEqual([['1 a'], ['2 b', '3 b', '4 b']]);
    expect(await cursors()).toEqual(['a', 'b', 'b', 'b']);
    expect(await house.rows(`select count(*)::int as count from deliveries`)).toEqual([{ count: 4 }]);
    expect(new Set(house.woken).size).toBe(4);
  });

  it('is never stored beside or with what the same room brought before: its cursor ends where it was read last', async () => {
    const seen = transactions();
    await Promise.all([said('1', 'a'), said('1', 'b'), said('2', 'c'), said('1', 'd')]);
    expect(seen).toEqual([['1 a', '2 c'], ['1 b'], ['1 d']]);
    expect(await cursors()).toEqual(['d', 'c', null, null]);
    const rows = await house.rows<{ key: string }>(
      `select i.key from deliveries d join inbox i on i.id = d.inbox where i.key like '1 %' order by d.seq`,
    );
    expect(rows.map(({ key }) => key)).toEqual(['1 a', '1 b', '1 d']);
  });

  it('is stored for each by itself where one has a row that the database refuses', async () => {
    const bad = payload('bad', sent('x', { message: { room: roomOf('2'), id: remoteId('a\u0000b') } }, roomOf('2')));
    const pulled = house.pulled('b', shards.fence(2), roomOf('2'));
    await Promise.all([said('1', 'a'), house.ingest.accept(source, [bad], pulled), said('3', 'c')]);
    expect(await stored()).toEqual(['1 a: routed', '3 c: routed', 'bad: malformed']);
    expect(await cursors()).toEqual(['a', 'b', 'c', null]);
  });

  it('is stored where the room is ours, though another room is not any more', async () => {
    const given = await Promise.allSettled([said('1', 'a'), said('2', 'b', { shard: 2, fence: '77' }), said('3', 'c')]);
    expect(given.map((each) => (each.status === 'rejected' ? (each.reason as unknown) : 'stored'))).toEqual([
      'stored',
      expect.any(ShardLost),
      'stored',
    ]);
    expect([await stored(), await cursors()]).toEqual([
      ['1 a: routed', '3 c: routed'],
      ['a', null, 'c', null],
    ]);
  });

  it('is nowhere where the transaction fails, and no cursor has moved', async () => {
    const apply = house.ingestRows.apply.bind(house.ingestRows);
    house.ingestRows.apply = async (...given) => {
      await apply(...given);
      throw new Error('the connection is gone');
    };
    const given = await Promise.allSettled([said('1', 'a'), said('2', 'b')]);
    expect(given.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([await stored(), await cursors()]).toEqual([[], [null, null, null, null]]);
  });

  it('moves the cursors in one statement where there is nothing to store, of all rooms that are ours', async () => {
    const seen = transactions();
    const nothing = (name: string, fence = shards.fence(Number(name))): Promise<void> =>
      house.ingest.accept(source, [], house.pulled('z', fence, roomOf(name)));
    await Promise.all([nothing('1'), nothing('2')]);
    const lost = Promise.allSettled([nothing('3'), nothing('4', { shard: 4, fence: '77' })]);
    expect((await lost).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect([seen, await cursors()]).toEqual([[], ['z', 'z', 'z', null]]);
  });

  it('is activity of the rooms alone that brought something', async () => {
    await Promise.all(names.map((name) => said(name, 'a')));
    await house.rows(`update rooms set activity_at = null`);
    // The same place again: one with something that was stored late, one with what is known.
    const again = (name: string, key: string): Promise<void> =>
      house.ingest.accept(
        source,
        [payload(key, sent(key, {}, roomOf(name)))],
        house.pulled('a', shards.fence(1), roomOf(name)),
      );
    await Promise.all([again('1', '1 late'), again('2', '2 a')]);
    expect(await house.rows(`select room from rooms where account = $1 and activity_at is not null`, [left])).toEqual([
      { room: '1' },
    ]);
  });

  it('waits for no other account', async () => {
    const seen = transactions();
    const other = house.network(new MadeUpNetwork(right));
    const there = { account: right, id: roomId('1') };
    await Promise.all([
      said('1', 'a'),
      house.ingest.accept(other, [payload('there', sent('t', {}, there))], house.pulled('t', shards.fence(1), there)),
    ]);
    expect(seen.sort()).toEqual([['1 a'], ['there']]);
  });
});

describe('rooms that are written together', () => {
  it('are locked in one order, whoever writes them: nobody waits for one that waits', async () => {
    const ids = names.map((name) => roomId(name));
    const backwards = [...ids].reverse();
    const times = Array.from({ length: 25 }, (_, at) => at);
    for (const at of times) {
      await Promise.all([
        ...names.map(async (name, which) => {
          // Some together, some beside each other.
          for (let turns = 0; turns < which * (at % 3); turns += 1) await new Promise((done) => setImmediate(done));
          await said(name, String(at));
        }),
        house.rooms.wake(left, backwards),
        house.rooms.pushed(left, backwards),
        house.rooms.watch(left, new Map(backwards.map((id) => [id, at % 2 === 0 ? 'swept' : 'held']))),
        house.rooms.takeWoken(times),
        house.rooms.reopened(left, backwards),
      ]);
    }
    const [row] = await house.rows<{ deadlocks: number }>(
      `select deadlocks::int from pg_stat_database where datname = current_database()`,
    );
    expect([row, await cursors()]).toEqual([{ deadlocks: 0 }, names.map(() => '24')]);
  });
});
