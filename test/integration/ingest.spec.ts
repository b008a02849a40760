import type { BridgeEvent } from '../../src/model/bridge-event.js';
import { ShardLost } from '../../src/model/errors.js';
import { type DeliveryKey, inboxKey, remoteId, roomId } from '../../src/model/ids.js';
import { Database } from '../../src/persistence/database.js';
import { InboxRepository } from '../../src/persistence/inbox.repository.js';
import { RetentionRepository } from '../../src/persistence/retention.repository.js';
import { WrittenCopies } from '../../src/pipeline/written-copies.js';
import {
  databaseAt,
  deleted,
  edited,
  House,
  left,
  leftRoom,
  MadeUpNetwork,
  noSignal,
  payload,
  person,
  reacted,
  refOf,
  right,
  rightRoom,
  sent,
} from './house.js';

let house: House;
let source: MadeUpNetwork;
let target: MadeUpNetwork;
let lane: string;
const others: Database[] = [];

beforeEach(async () => {
  house = await House.open();
  source = house.network(new MadeUpNetwork(left));
  target = house.network(new MadeUpNetwork(right));
  [, lane = ''] = await house.link();
});

afterEach(async () => {
  for (const database of others.splice(0)) await database.close();
  await house.close();
});

async function inbox(): Promise<string[]> {
  const rows = await house.rows<{ key: string; state: string; note: string | null }>(
    `select key, state, note from inbox order by id`,
  );
  return rows.map(({ key, state, note }) => [key, state, note].filter((part) => part !== null).join(' '));
}

async function count(table: 'inbox' | 'messages' | 'deliveries' | 'held' | 'copies'): Promise<number> {
  const [row] = await house.rows<{ count: number }>(`select count(*)::int as count from ${table}`);
  return row?.count ?? 0;
}

async function anotherIngest() {
  const database = databaseAt(house.url);
  await database.open();
  others.push(database);
  return house.ingestOn(database);
}

const now = () => new Date().toISOString();

describe('ingest', () => {
  it('stores once what comes twice, in one batch and in the next', async () => {
    const given = payload('k1', sent('1'));
    await house.ingest.accept(source, [given, given]);
    await house.ingest.accept(source, [given, payload('k2', sent('2'))]);
    expect(await inbox()).toEqual(['k1 routed', 'k2 routed']);
    expect(await count('deliveries')).toBe(2);
    expect(house.woken).toEqual([lane, lane]);
  });

  it('takes what is said about a payload for nothing new where that is stored with it, and for news where it was before', async () => {
    const about = (key: string, id: string) => ({ ...payload(`${key} gone`, deleted(id, '2')), about: inboxKey(key) });
    await house.ingest.accept(source, [payload('k1', sent('1')), about('k1', '1'), payload('k2', sent('2'))]);
    // Read again from where it was read before.
    await house.ingest.accept(source, [payload('k1', sent('1')), about('k1', '1')]);
    await house.ingest.accept(source, [payload('k2', sent('2')), about('k2', '2')]);
    expect(await inbox()).toEqual([
      'k1 routed',
      'k1 gone ignored it was so already when it was told what it is about',
      'k2 routed',
      'k2 gone routed',
    ]);
  });

  it('stores once what two replicas are told at the same time', async () => {
    const other = await anotherIngest();
    const batch = Array.from({ length: 20 }, (_, at) => payload(`k${String(at)}`, sent(String(at))));
    await Promise.all([
      house.ingest.accept(source, batch),
      other.accept(source, [...batch].reverse()),
      house.ingest.accept(source, batch.slice(5)),
      other.accept(source, batch.slice(0, 5)),
    ]);
    expect([await count('inbox'), await count('messages'), await count('deliveries')]).toEqual([20, 20, 20]);
  });

  it('stores once what two are told at the same time also where no lane keeps them apart', async () => {
    const nowhere = { account: left, id: roomId('not linked') };
    const given = payload('k1', sent('1', {}, nowhere));
    const learn = house.ingestRows.learn.bind(house.ingestRows);
    let learnt = 0;
    let go = (): void => undefined;
    const both = new Promise<void>((resolve) => (go = resolve));
    house.ingestRows.learn = async (...asked) => {
      const answer = await learn(...asked);
      learnt += 1;
      if (learnt === 2) go();
      await both;
      return answer;
    };
    await Promise.all([house.ingest.accept(source, [given]), house.ingest.accept(source, [given])]);
    expect([await inbox(), learnt]).toEqual([['k1 unlinked the room is not linked'], 3]);
  });

  it('an edit waits for the message that another replica is about to have stored', async () => {
    const other = await anotherIngest();
    let edit = Promise.resolve();
    let isDone = false;
    await house.database.transaction(async (tx) => {
      class Within extends Database {
        override transaction<T>(work: (transaction: typeof tx) => Promise<T>): Promise<T> {
          return work(tx);
        }
      }
      await tx.rows(`select 1 from lanes where portal = $1 for no key update`, [lane]);
      edit = other.accept(source, [payload('k2', edited('1', 'new', '2'))]).finally(() => {
        isDone = true;
      });
      const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while (!isDone && (await house.rows(waits)).length === 0);
      const within = new Within({ url: house.url, poolSize: 1, statementTimeoutMs: 8_000 });
      await house.ingestOn(within).accept(source, [payload('k1', sent('1'))]);
    });
    await edit;
    expect(await house.rows(`select kind from deliveries order by seq`)).toEqual([
      { kind: 'messageSent' },
      { kind: 'messageEdited' },
    ]);
  });

  it('one row that the database refuses is malformed, and harms no other', async () => {
    const bad = payload('k2', sent('2', { message: { room: leftRoom, id: remoteId('a\u0000b') } }));
    await house.ingest.accept(source, [payload('k1', sent('1')), bad, payload('k3', sent('3'))]);
    expect((await inbox()).map((row) => row.split(' ').slice(0, 2).join(' '))).toEqual([
      'k1 routed',
      'k2 malformed',
      'k3 routed',
    ]);
    expect(await count('deliveries')).toBe(2);
  });

  it('the one of 32 rows that the database refuses is found by halves, and the others are delivered in their order', async () => {
    let transactions = 0;
    const learn = house.ingestRows.learn.bind(house.ingestRows);
    house.ingestRows.learn = (...given) => {
      transactions += 1;
      return learn(...given);
    };
    const ids = Array.from({ length: 32 }, (_, at) => `k${String(at).padStart(2, '0')}`);
    const rows = ids.map((id) => payload(id, sent(id)));
    rows[13] = payload('k13', sent('13', { message: { room: leftRoom, id: remoteId('a\u0000b') } }));
    await house.ingest.accept(source, rows);
    const routed = await house.rows<{ key: string }>(
      `select i.key from deliveries d join inbox i on i.id = d.inbox order by d.seq`,
    );
    expect(routed.map(({ key }) => key)).toEqual(ids.filter((id) => id !== 'k13'));
    expect((await inbox()).filter((row) => row.includes('malformed'))).toHaveLength(1);
    // All of them twice, the ten halves, and the bad one once more as what it is.
    expect(transactions).toBe(13);
  });

  it('what is too long for an index is malformed, and harms no other', async () => {
    const pages = Array.from({ length: 8_000 }, (_, at) => String.fromCharCode(0x4e00 + ((at * 7_919) % 20_000))).join(
      '',
    );
    const bad = payload('k2', { ...reacted('1', '2'), emoji: pages } as BridgeEvent);
    await house.ingest.accept(source, [payload('k1', sent('1')), bad, payload('k3', sent('3'))]);
    expect((await inbox()).map((row) => row.split(' ').slice(0, 2).join(' '))).toEqual([
      'k1 routed',
      'k2 malformed',
      'k3 routed',
    ]);
  });

  it('a key that the database refuses blocks nothing either', async () => {
    const bad = payload('k\u00002', sent('2'));
    for (let turn = 0; turn < 2; turn += 1) await house.ingest.accept(source, [bad, payload('k3', sent('3'))]);
    expect((await inbox()).map((row) => row.split(' ')[1])).toEqual(['malformed', 'routed']);
  });

  it('a key that PostgreSQL would store as another text is known when it comes again, and is not taken for a similar one', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      await house.ingest.accept(source, [
        payload('k\ud800', sent('2')),
        payload('k\ud801', sent('3')),
        payload('k4', sent('4')),
      ]);
    }
    expect((await inbox()).map((row) => row.replace(/^sha256:\w{64}/, 'hash'))).toEqual([
      'hash routed',
      'hash routed',
      'k4 routed',
    ]);
    expect(await count('deliveries')).toBe(3);
  });

  it('what cannot be read is stored as malformed, and can be replayed', async () => {
    await house.ingest.accept(source, [{ key: inboxKey('k1'), body: Buffer.from('{') }]);
    expect((await inbox())[0]).toMatch(/^k1 malformed /);
    await house.rows(`update inbox set body = $1`, [payload('k1', sent('1')).body]);
    const [stored] = await new InboxRepository(house.database).choose({ malformed: true }, 10);
    expect(stored === undefined ? undefined : await house.ingest.replay(source, stored)).toBe('routed');
    expect(await count('deliveries')).toBe(1);
    expect(await inbox()).toEqual(['k1 routed']);
  });

  it('of a room that is not linked only the key is kept', async () => {
    const elsewhere = { account: left, id: rightRoom.id };
    await house.ingest.accept(source, [payload('k1', sent('1', {}, elsewhere))]);
    expect(await house.rows(`select state, body from inbox`)).toEqual([{ state: 'unlinked', body: null }]);
  });

  it('a change that is told as it happens is newer than what an earlier one says, one that is read again is not', async () => {
    await house.ingest.accept(source, [payload('k1', sent('1')), payload('k2', edited('1', 'two', '9'))]);
    await house.ingest.accept(source, [{ ...payload('k3', edited('1', 'three', '5')), isNews: true }]);
    await house.ingest.accept(source, [payload('k4', edited('1', 'read again', '6'))]);
    expect(await inbox()).toEqual(['k1 routed', 'k2 routed', 'k3 routed', 'k4 ignored stale: a newer change is known']);
  });

  it('the cursor moves with the rows', async () => {
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1'))], house.pulled('c1', shards.fence(0)));
    expect(await house.rooms.cursor(leftRoom)).toBe('c1');
    await house.ingest.accept(source, [], house.pulled('c2', shards.fence(0)));
    expect(await house.rooms.cursor(leftRoom)).toBe('c2');
  });

  it('the cursor stays where the rows could not be stored, and they come again', async () => {
    const shards = house.shards();
    await shards.tick();
    const apply = house.ingestRows.apply.bind(house.ingestRows);
    house.ingestRows.apply = () => Promise.reject(new Error('the connection is gone'));
    const pulled = house.pulled('c1', shards.fence(0));
    await expect(house.ingest.accept(source, [payload('k1', sent('1'))], pulled)).rejects.toThrow();
    expect([await count('inbox'), await house.rooms.cursor(leftRoom)]).toEqual([0, null]);
    house.ingestRows.apply = apply;
    await house.ingest.accept(source, [payload('k1', sent('1'))], pulled);
    expect([await inbox(), await house.rooms.cursor(leftRoom)]).toEqual([['k1 routed'], 'c1']);
  });

  it('what is said before the other room is found waits for it', async () => {
    const [third = ''] = await house
      .rows<{ id: string }>(
        `with room as (insert into portals (link, account, wanted, direction)
                     select link, account, '{"room":"late"}'::jsonb, 'both' from portals where id = $1 returning id, account)
       insert into lanes (portal, account, shard) select id, account, 0 from room returning portal as id`,
        [lane],
      )
      .then((rows) => rows.map(({ id }) => id));
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    expect(await house.rows(`select lane, state from deliveries order by id`)).toEqual([
      { lane, state: 'waiting' },
      { lane: third, state: 'waiting' },
    ]);
    const all = Array.from({ length: 64 }, (_, shard) => shard);
    expect((await house.deliveries.dueLanes(all)).map(({ id }) => id)).toEqual([lane]);
    await house.links.resolved(third, right, roomId('late'));
    expect((await house.deliveries.dueLanes(all)).map(({ id }) => id).sort()).toEqual([lane, third].sort());
  });

  it('what was stored and never came to a room comes there when it is read again', async () => {
    await house.ingest.accept(source, [payload('k1', sent('1')), payload('k2', sent('2'))]);
    await house.rows(`delete from deliveries where id = (select min(id) from deliveries)`);
    const stored = await new InboxRepository(house.database).choose({ account: left, since: new Date(0) }, 10);
    for (const row of stored) expect(await house.ingest.replay(source, row)).toBe('routed');
    expect(await house.rows(`select message, kind from deliveries order by id`)).toEqual([
      { message: '2', kind: 'messageSent' },
      { message: '1', kind: 'messageSent' },
      { message: '2', kind: 'messageEdited' },
    ]);
  });

  it('with the fence lost nothing is stored', async () => {
    const lost = { shard: 0, fence: '77' };
    await expect(
      house.ingest.accept(source, [payload('k1', sent('1'))], house.pulled('c1', lost)),
    ).rejects.toBeInstanceOf(ShardLost);
    expect([await count('inbox'), await house.rooms.cursor(leftRoom)]).toEqual([0, null]);
  });

  it('with the fence lost nothing is stored row by row either', async () => {
    const bad = payload('k2', sent('2', { message: { room: leftRoom, id: remoteId('a\u0000b') } }));
    const shards = house.shards();
    await shards.tick();
    let reads = 0;
    source.read = (given) => {
      reads += 1;
      return MadeUpNetwork.prototype.read.call(source, given);
    };
    const fence = shards.fence(0);
    // The batch fails at its bad row; before it runs again the shard is another's.
    const learn = house.ingestRows.learn.bind(house.ingestRows);
    house.ingestRows.learn = (...given) =>
      learn(...given).catch(async (error: unknown) => {
        await house.rows(`update shards set owner = null, fence = 99 where id = 1`);
        throw error;
      });
    await expect(
      house.ingest.accept(source, [payload('k1', sent('1')), bad], house.pulled('c1', { ...fence, shard: 1 })),
    ).rejects.toBeInstanceOf(ShardLost);
    expect(reads).toBe(2);
    expect([await count('inbox'), await house.rooms.cursor(leftRoom)]).toEqual([0, null]);
  });

  it('deliveries of a lane are numbered without gaps in the order of commits, whoever ingests', async () => {
    const other = await anotherIngest();
    const work = Array.from({ length: 40 }, (_, at) => {
      const there = at % 4 === 0;
      const event = there ? sent(String(at), {}, rightRoom) : sent(String(at));
      return (at % 2 === 0 ? house.ingest : other).accept(there ? target : source, [payload(`k${String(at)}`, event)]);
    });
    await Promise.all(work);
    const seqs = await house.rows<{ seq: string }>(`select seq from deliveries where lane = $1 order by seq`, [lane]);
    expect(seqs.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
    const [row] = await house.rows<{ disorder: number }>(
      `select count(*)::int as disorder from deliveries a join deliveries b on a.lane = b.lane and a.seq < b.seq
        where a.xmin::text::bigint > b.xmin::text::bigint and a.created_at > b.created_at + interval '5 seconds'`,
    );
    expect(row).toEqual({ disorder: 0 });
  });

  it('what happened to many messages is written in as many requests as what happened to one', async () => {
    const requests: number[] = [];
    const apply = house.ingestRows.apply.bind(house.ingestRows);
    house.ingestRows.apply = (tx, ...given) => {
      const rows = tx.rows.bind(tx);
      requests.push(0);
      tx.rows = async <Row>(...asked: Parameters<typeof rows>): Promise<Row[]> => {
        requests.push((requests.pop() ?? 0) + 1);
        return rows<Row>(...asked);
      };
      return apply(tx, ...given);
    };
    const ids = Array.from({ length: 20 }, (_, at) => String(at));
    await house.ingest.accept(source, [payload('said', ...ids.map((id) => sent(id)))]);
    const happened = (id: string): BridgeEvent[] => [
      edited(id, 'once', '2'),
      reacted(id, '👍'),
      { ...reacted(id, '👍'), kind: 'reactionRemoved', version: '2' } as BridgeEvent,
      edited(id, 'twice', '3'),
      ...(Number(id) % 2 === 0 ? [deleted(id, '4')] : []),
    ];
    await house.ingest.accept(source, [payload('one', ...happened('0'))]);
    await house.ingest.accept(source, [payload('many', ...ids.slice(1).reverse().flatMap(happened))]);
    expect(requests[1]).toBe(requests[2]);
    expect(
      await house.rows(
        `select m.version::int, m.deleted_at is not null as deleted, r.state, r.version::int as removed, count(*)::int
           from messages m join reactions r on r.message = m.id group by 1, 2, 3, 4 order by 1`,
      ),
    ).toEqual([
      { version: 3, deleted: false, state: 'removed', removed: 2, count: 10 },
      { version: 4, deleted: true, state: 'removed', removed: 2, count: 10 },
    ]);
  });

  it('echoes and messages that cross between the same rooms do not deadlock', async () => {
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k', ...Array.from({ length: 20 }, (_, at) => sent(String(at))))]);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    const ours = { ...person(rightRoom), standing: 'ours' as const };
    const second = target.requests.map((request, at) =>
      payload(`e${String(at)}`, sent(`late-${String(at)}`, { actor: ours, key: request.key(0) }, rightRoom)),
    );
    const other = await anotherIngest();
    await Promise.all([
      ...second.map((echo) => other.accept(target, [echo])),
      ...second.map((_, at) => house.ingest.accept(source, [payload(`n${String(at)}`, sent(`n${String(at)}`))])),
      ...second.map((_, at) =>
        other.accept(target, [payload(`m${String(at)}`, sent(`m${String(at)}`, {}, rightRoom))]),
      ),
    ]);
    const [row] = await house.rows(
      `select count(*)::int as withdrawn from deliveries where kind = 'messageDeleted' and lane = $1`,
      [lane],
    );
    expect(row).toEqual({ withdrawn: 20 });
  });
});

describe('ingest: held events', () => {
  let unordered: MadeUpNetwork;

  beforeEach(async () => {
    unordered = house.network(new MadeUpNetwork(left, 'notKept'));
    await house.rows(`update portals set began_at = now() - interval '1 day'`);
  });

  it('are released, oldest first, by the transaction that makes their target known', async () => {
    const [early, late] = [new Date(Date.now() - 5_000).toISOString(), now()];
    await house.ingest.accept(unordered, [
      payload('k1', reacted('1', '👍', late)),
      payload('k2', reacted('1', '🎉', early)),
    ]);
    expect([await count('held'), await count('deliveries')]).toEqual([2, 0]);
    await house.ingest.accept(unordered, [payload('k3', sent('1'))]);
    expect(await count('held')).toBe(0);
    expect(await inbox()).toEqual(['k1 routed', 'k2 routed', 'k3 routed']);
    const rows = await house.rows<{ event: string }>(`select event from deliveries order by seq`);
    expect(rows.map(({ event }) => (JSON.parse(event) as { emoji?: string }).emoji)).toEqual([undefined, '🎉', '👍']);
  });

  it('are routed by the poll when a delivery made their target known', async () => {
    const unorderedTarget = house.network(new MadeUpNetwork(right, 'notKept'));
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(unordered, [payload('k1', sent('1'))]);
    const reaction: BridgeEvent = {
      kind: 'reactionAdded',
      room: rightRoom,
      actor: person(rightRoom),
      at: now(),
      message: refOf(rightRoom, 'right-1'),
      emoji: '👍',
      version: '1',
    };
    await house.ingest.accept(unorderedTarget, [payload('k2', reaction)]);
    await house.ingest.routeHeld(house.adapters);
    expect(await count('held')).toBe(1);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    await house.ingest.routeHeld(house.adapters);
    expect(await count('held')).toBe(0);
    expect(await house.rows(`select kind from deliveries order by id`)).toEqual([
      { kind: 'messageSent' },
      { kind: 'reactionAdded' },
    ]);
  });

  it('are dropped when their target does not come in time', async () => {
    await house.ingest.accept(unordered, [payload('k1', reacted('1', '👍', now()))]);
    await house.rows(`update held set until = now() - interval '1 second'`);
    await house.ingest.routeHeld(house.adapters);
    expect(await count('held')).toBe(0);
    expect(await inbox()).toEqual(['k1 ignored what it is about never came']);
  });

  it('are not dropped where their target became known just in time', async () => {
    await house.ingest.accept(unordered, [payload('k1', reacted('1', '👍', now())), payload('k2', sent('2'))]);
    await house.rows(`update held set remote = '2', until = now() - interval '1 second'`);
    await house.rows(`update held set event = replace(event, '"id":"1"', '"id":"2"')`);
    await house.ingest.routeHeld(house.adapters);
    expect(await inbox()).toEqual(['k1 routed', 'k2 routed']);
  });

  it('wait on while their link is paused', async () => {
    await house.ingest.accept(unordered, [payload('k1', reacted('1', '👍', now()))]);
    await house.rows(`update held set until = now() - interval '1 second'`);
    await house.rows(`update links set state = 'paused', paused_by = 'person', paused_at = now()`);
    await house.ingest.routeHeld(house.adapters);
    expect(await inbox()).toEqual(['k1 held']);
  });

  it('wait on also where what they wait for is told while their link is paused', async () => {
    await house.ingest.accept(unordered, [payload('k1', reacted('1', '👍', now()))]);
    await house.rows(`update links set state = 'paused', paused_by = 'person', paused_at = now()`);
    await house.ingest.accept(unordered, [payload('k2', sent('1'))]);
    expect([await inbox(), await count('held')]).toEqual([['k1 held', 'k2 unlinked the room is not linked'], 1]);
  });
});

describe('ingest: deletions where order is kept', () => {
  let kept: MadeUpNetwork;
  let back: string;

  beforeEach(async () => {
    // Into the left room goes what is said in the right one: a deletion there may be of that.
    kept = house.network(new MadeUpNetwork(left, 'kept', undefined, ({ id }) => ({ key: inboxKey(`k ${id}`) })));
    const [lane] = await house.rows<{ portal: string }>(`select portal::text from lanes where account = $1`, [left]);
    back = lane?.portal ?? '';
  });

  const goneBeforeRead = () => house.ingest.accept(kept, [payload('k 1'), payload('k 2', deleted('1', '2'))]);

  it('wait for nothing where what they are about was gone before it was read, and nothing of ours was under way', async () => {
    await goneBeforeRead();
    await house.ingest.routeHeld(house.adapters);
    expect([await count('held'), await inbox()]).toEqual([
      0,
      ['k 1 ignored nothing to bridge', 'k 2 ignored what it is about never came'],
    ]);
  });

  it('wait for what we were told to say before: it may be that, which comes back without our key', async () => {
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(target, [payload('k', sent('of the right', {}, rightRoom))]);
    // Said, deleted and told again before it was written down that it was said.
    await house.ingest.accept(kept, [payload('k left-1'), payload('k 2', deleted('left-1', '2'))]);
    await house.ingest.routeHeld(house.adapters);
    expect(await count('held')).toBe(1);
    await house.laneWorker(shards).run(await house.lane(back), () => false, noSignal);
    await house.ingest.routeHeld(house.adapters);
    expect([await count('held'), (await inbox()).at(-1)]).toEqual([0, 'k 2 routed']);
    expect(await house.rows(`select kind, lane::text from deliveries order by id desc limit 1`)).toEqual([
      { kind: 'messageDeleted', lane },
    ]);
  });

  it('do not wait for what we are told to say later', async () => {
    await goneBeforeRead();
    await house.ingest.accept(target, [payload('k', sent('of the right', {}, rightRoom))]);
    await house.ingest.routeHeld(house.adapters);
    expect(await count('held')).toBe(0);
  });

  it.each(['waiting', 'parked'])('wait where what we were told to say before is %s', async (state) => {
    await house.ingest.accept(target, [payload('k', sent('of the right', {}, rightRoom))]);
    await house.rows(`update deliveries set state = $1`, [state]);
    await goneBeforeRead();
    await house.ingest.routeHeld(house.adapters);
    expect(await count('held')).toBe(1);
  });

  it('wait where what they are about was not told at all: it may be read yet, as after a gap', async () => {
    await house.ingest.accept(kept, [payload('k 2', deleted('1', '2'))]);
    await house.ingest.routeHeld(house.adapters);
    expect(await count('held')).toBe(1);
  });

  it('wait on while their link is paused', async () => {
    await goneBeforeRead();
    await house.rows(`update links set state = 'paused', paused_by = 'person', paused_at = now()`);
    await house.ingest.routeHeld(house.adapters);
    expect(await count('held')).toBe(1);
  });

  it('leave what waits elsewhere: where no order is kept, what a deletion is about may come', async () => {
    const unordered = house.network(
      new MadeUpNetwork(left, 'notKept', undefined, ({ id }) => ({ key: inboxKey(`k ${id}`), sentAt: new Date() })),
    );
    await house.rows(`update portals set began_at = now() - interval '1 day'`);
    await house.ingest.accept(unordered, [payload('k 1'), payload('k 2', { ...deleted('1', '2'), at: now() })]);
    await house.ingest.routeHeld(house.adapters);
    expect(await count('held')).toBe(1);
  });
});

describe('ingest: messages that come before what they answer', () => {
  let unordered: MadeUpNetwork;
  /** Ids end in how long ago they were said. */
  const root = 'root 5000';
  const answer = (id: string, secondsAgo: number, to = root) =>
    sent(id, { thread: refOf(leftRoom, to), at: new Date(Date.now() - secondsAgo * 1000).toISOString() });

  beforeEach(async () => {
    unordered = house.network(
      new MadeUpNetwork(left, 'notKept', undefined, ({ id }) => ({
        key: inboxKey(`k ${id}`),
        sentAt: new Date(Date.now() - Number(id.split(' ')[1] ?? 0)),
      })),
    );
    await house.rows(`update portals set began_at = now() - interval '1 day'`);
  });

  const delivered = async () =>
    (await house.rows<{ event: string }>(`select event from deliveries order by seq`)).map(({ event }) => {
      const { kind, message } = JSON.parse(event) as { kind: string; message: { id: string } };
      return kind === 'messageSent' ? message.id : `${kind} ${message.id}`;
    });
  const makeOverdue = () => house.rows(`update held set deliver_at = now() - interval '1 second'`);

  it('wait for it, each behind the one before, and what is about them behind them; others do not wait', async () => {
    await house.ingest.accept(unordered, [payload('k2', answer('second', 1))]);
    await house.ingest.accept(unordered, [payload('k1', answer('first', 2)), payload('k9', sent('other'))]);
    await house.ingest.accept(unordered, [payload('k3', reacted('second', '👍', now()))]);
    expect([await delivered(), await count('held')]).toEqual([['other'], 3]);
    await house.ingest.accept(unordered, [payload(`k4`, answer('third', 0)), payload(`k ${root}`, sent(root))]);
    expect(await delivered()).toEqual(['other', root, 'first', 'second', 'reactionAdded second', 'third']);
    expect([await count('held'), new Set((await inbox()).map((row) => row.split(' ').at(-1)))]).toEqual([
      0,
      new Set(['routed']),
    ]);
  });

  it('go before one that comes when a delivery has made it known', async () => {
    await house.ingest.accept(unordered, [payload('k1', answer('first', 1))]);
    await house.ingest.accept(unordered, [payload('k', sent('known'))]);
    await house.rows(
      `insert into copies (account, room, remote, message, portal, part)
                      select account, room, $1, message, portal, 1 from copies where remote = 'known'`,
      [root],
    );
    await house.ingest.accept(unordered, [payload('k2', answer('second', 0))]);
    expect(await delivered()).toEqual(['known', 'first', 'second']);
  });

  it('go before one that comes at the same moment as they, and as it, each to another replica', async () => {
    const [second, third] = [await anotherIngest(), await anotherIngest()];
    const waiting = async (most: number) => {
      const asked = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while ((await house.rows(asked)).length < most) await new Promise((go) => setTimeout(go, 10));
    };
    const told: Promise<void>[] = [];
    await house.database.transaction(async (tx) => {
      await tx.rows(`select 1 from lanes for update`);
      told.push(house.ingest.accept(unordered, [payload('k1', answer('first', 2))]));
      await waiting(1);
      told.push(second.accept(unordered, [payload(`k ${root}`, sent(root))]));
      await waiting(2);
      told.push(third.accept(unordered, [payload('k2', answer('second', 1))]));
      await waiting(3);
    });
    await Promise.all(told);
    expect([await delivered(), await count('held')]).toEqual([[root, 'first', 'second'], 0]);
  });

  it('are delivered all the same when it does not come, with what happened to them since', async () => {
    await house.ingest.accept(unordered, [payload('k1', answer('first', 1)), payload('k2', answer('second', 0))]);
    await house.ingest.accept(unordered, [payload('k3', reacted('first', '👍', now()))]);
    await house.ingest.routeHeld(house.adapters);
    expect([await delivered(), await count('held')]).toEqual([[], 3]);
    await makeOverdue();
    await house.ingest.routeHeld(house.adapters);
    expect([await delivered(), await count('held')]).toEqual([['first', 'second', 'reactionAdded first'], 0]);
    expect(await inbox()).toEqual(['k1 routed', 'k2 routed', 'k3 routed']);
  });

  it('are delivered once, however many replicas find that it does not come', async () => {
    const other = await anotherIngest();
    await house.ingest.accept(unordered, [payload('k1', answer('first', 1)), payload('k2', answer('second', 0))]);
    await makeOverdue();
    await Promise.all([house.ingest, other, house.ingest, other].map((each) => each.routeHeld(house.adapters)));
    expect(await delivered()).toEqual(['first', 'second']);
  });

  it('do not wait for what was told and is no message', async () => {
    await house.ingest.accept(unordered, [
      payload(`k ${root}`),
      payload('k1', answer('first', 1)),
      payload('k root 9', { ...sent('root 9'), room: { account: left, id: roomId('elsewhere') } }),
    ]);
    await house.ingest.accept(unordered, [
      payload('k2', answer('second', 0)),
      payload('k3', answer('third', 0, 'root 9')),
    ]);
    expect([await delivered(), await count('held')]).toEqual([['first', 'second', 'third'], 0]);
  });

  it('do not wait for what was said before their room was linked', async () => {
    await house.rows(`update portals set began_at = now() - interval '4 seconds'`);
    await house.ingest.accept(unordered, [payload('k1', answer('first', 1))]);
    expect(await delivered()).toEqual(['first']);
  });

  it('are delivered when their link is resumed, whatever was said while it was paused', async () => {
    await house.ingest.accept(unordered, [payload('k1', answer('first', 1))]);
    await house.rows(`update links set state = 'paused', paused_by = 'person', paused_at = now()`);
    await house.ingest.accept(unordered, [payload('k2', answer('unheard', 0)), payload(`k ${root}`, sent(root))]);
    await house.rows(`update links set state = 'active', paused_by = null, paused_at = null`);
    await house.ingest.accept(unordered, [payload('k3', answer('second', 0))]);
    expect([await delivered(), await count('held')]).toEqual([['first', 'second'], 0]);
  });

  it('are not waited for twice when they are read again', async () => {
    await house.ingest.accept(unordered, [payload('k1', answer('first', 1))]);
    const [stored] = await new InboxRepository(house.database).choose({ account: left, since: new Date(0) }, 10);
    if (stored === undefined) throw new Error('nothing was stored');
    expect([await house.ingest.replay(unordered, stored), await count('held')]).toEqual(['held', 1]);
    await house.ingest.accept(unordered, [payload(`k ${root}`, sent(root))]);
    expect([await delivered(), await inbox()]).toEqual([
      [root, 'first'],
      ['k1 routed', `k ${root} routed`],
    ]);
  });

  it('wait on in a program that knows of no such messages: it drops what it would have dropped', async () => {
    await house.ingest.accept(unordered, [payload('k1', answer('first', 1))]);
    await makeOverdue();
    expect(await house.rows(`select 1 from held where until < now()`)).toEqual([]);
  });
});

describe('ingest: echoes', () => {
  const echoOf = (id: string, key: DeliveryKey) =>
    sent(id, { actor: { ...person(rightRoom), standing: 'ours' }, key }, rightRoom);
  const echoes = () => house.rows(`select key from inbox where account = $1`, [right]);

  it.each([
    ['this process', () => house.ingest],
    ['another', () => house.ingestOn(house.database, new WrittenCopies())],
  ])('the echo of a copy that %s wrote down is not stored, however often it is read', async (_, ingest) => {
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    const echo = payload('echo', echoOf('right-1', keyOf(target.requests[0])));
    await ingest().accept(target, [echo, payload('new', sent('2', {}, rightRoom))]);
    await ingest().accept(target, [echo]);
    expect(await echoes()).toEqual([{ key: 'new' }]);
    expect(await house.rows(`select remote from copies where account = $1 order by remote`, [right])).toEqual([
      { remote: '2' },
      { remote: 'right-1' },
    ]);
  });

  it('the database is not asked about the echo of a copy that this process wrote down', async () => {
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    const closed = house.ingestOn(databaseAt(house.url));
    const key = keyOf(target.requests[0]);
    await closed.accept(target, [payload('echo', echoOf('right-1', key))]);
    await expect(closed.accept(target, [payload('another', echoOf('right-2', key))])).rejects.toThrow();
  });

  it('past echoes the cursor moves only while the room is ours', async () => {
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    const echo = payload('echo', echoOf('right-1', keyOf(target.requests[0])));
    const fence = shards.fence(0);
    await house.ingest.accept(target, [echo], house.pulled('c1', fence, rightRoom));
    expect(await house.rooms.cursor(rightRoom)).toBe('c1');
    await house.rows(`update shards set fence = fence + 1`);
    await expect(house.ingest.accept(target, [echo], house.pulled('c2', fence, rightRoom))).rejects.toThrow(ShardLost);
    expect(await house.rooms.cursor(rightRoom)).toBe('c1');
  });

  it('our own words are activity of their room, though their echoes are not stored; what is read again is none', async () => {
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    const echo = payload('echo', echoOf('right-1', keyOf(target.requests[0])));
    const activity = async () =>
      (await house.rows<{ at: Date | null }>(`select activity_at as at from rooms where account = $1`, [right]))[0]?.at;
    await house.ingest.accept(target, [echo], house.pulled('c1', shards.fence(0), rightRoom));
    const first = await activity();
    expect(first).toBeInstanceOf(Date);
    await house.ingest.accept(target, [echo], house.pulled('c1', shards.fence(0), rightRoom));
    expect(await activity()).toEqual(first);
    expect(await echoes()).toEqual([]);
  });

  it('an echo that tells of a copy is stored, once', async () => {
    await house.ingest.accept(source, [payload('k1', sent('1'))]);
    const [delivery] = await house.deliveries.due(lane, 1);
    if (delivery === undefined) throw new Error('nothing is due');
    const echo = payload('echo', echoOf('right-1', house.keys.make(delivery.uuid, 0)));
    await house.ingest.accept(target, [echo]);
    await house.ingest.accept(target, [echo]);
    expect(await echoes()).toEqual([{ key: 'echo' }]);
    expect(await house.rows(`select remote from copies where account = $1`, [right])).toEqual([{ remote: 'right-1' }]);
  });
});

describe('ingest: what is forgotten', () => {
  it("a deleted message's payloads are emptied at once, those of its edits and echoes too", async () => {
    const shards = house.shards();
    await shards.tick();
    await house.ingest.accept(source, [payload('k1', sent('1')), payload('k2', edited('1', 'new', '5'))]);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
    const ours = { ...person(rightRoom), standing: 'ours' as const };
    const key = keyOf(target.requests[0]);
    // The echo comes before the answer is written down.
    await house.rows(`delete from copies where delivery is not null`);
    await house.ingest.accept(target, [payload('echo', sent('right-1', { actor: ours, key }, rightRoom))]);
    await house.ingest.accept(source, [payload('k3', edited('1', 'stale', '2')), payload('other', sent('2'))]);
    await house.ingest.accept(source, [payload('k4', deleted('1', '6'))]);
    await house.ingest.accept(source, [payload('k5', edited('1', 'after', '7'))]);
    const kept = await house.rows<{ key: string }>(`select key from inbox where body is not null order by id`);
    expect(kept).toEqual([{ key: 'other' }]);
  });

  it('old payloads are emptied and their keys kept; those that could not be read stay', async () => {
    await house.ingest.accept(source, [
      payload('k1', sent('1')),
      { key: inboxKey('k2'), body: Buffer.from('{') },
      payload('k3', sent('3')),
    ]);
    await house.rows(`update inbox set received_at = now() - interval '31 days' where key <> 'k3'`);
    const retention = new RetentionRepository(house.database);
    expect([await retention.emptyPayloads(30), await retention.emptyPayloads(30)]).toEqual([1, 0]);
    expect(await house.rows(`select key, body is null as emptied from inbox order by id`)).toEqual([
      { key: 'k1', emptied: true },
      { key: 'k2', emptied: false },
      { key: 'k3', emptied: false },
    ]);
  });

  it('deliveries that were made long ago are forgotten, those that are not made never', async () => {
    await house.ingest.accept(source, [payload('k1', sent('1'), sent('2'), sent('3'))]);
    await house.rows(
      `update deliveries set state = case seq when 1 then 'delivered' when 2 then 'parked' else state end,
              finished_at = now() - interval '31 days'`,
    );
    expect(await new RetentionRepository(house.database).forgetDeliveries(30)).toBe(1);
    expect(await house.states(lane)).toEqual(['parked', 'waiting']);
  });
});

function keyOf(request: { key(part: number): DeliveryKey } | undefined): DeliveryKey {
  if (request === undefined) throw new Error('nothing was sent');
  return request.key(0);
}
