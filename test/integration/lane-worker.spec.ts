import {
  Abandoned,
  LoginRefused,
  MessageRefused,
  NetworkUnavailable,
  RateLimited,
  TargetGone,
} from '../../src/model/errors.js';
import type { BridgeEvent, ThreadChanged } from '../../src/model/bridge-event.js';
import { remoteId } from '../../src/model/ids.js';
import { asLine } from '../../src/model/in-line.js';
import { DeliveryRepository } from '../../src/persistence/delivery.repository.js';
import type { LaneOptions } from '../../src/workers/lane-batch.js';
import type { Shards } from '../../src/workers/shards.js';
import { systemClock } from '../../src/workers/system-clock.js';
import {
  deleted,
  edited,
  House,
  MadeUpNetwork,
  noSignal,
  payload,
  reacted,
  refOf,
  leftRoom,
  rightRoom,
  sent,
  linkedHouse,
} from './house.js';

let house: House;
let source: MadeUpNetwork;
let target: MadeUpNetwork;
let shards: Shards;
let lane: string;

beforeEach(async () => {
  ({ house, source, target, shards, lane } = await linkedHouse());
});
afterEach(() => house.close());

async function run(options: Partial<LaneOptions> = {}, repository?: DeliveryRepository): Promise<void> {
  await house.laneWorker(shards, options, repository).run(await house.lane(lane), () => false, noSignal);
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => sent(String(at)));
const happened = { room: leftRoom, actor: sent('1').actor, at: '2026-01-02T03:04:05.000Z' };
const unavailable = () => new NetworkUnavailable('no answer', { certainty: 'notSent' });
const timeout = () => new NetworkUnavailable('no answer in time', { certainty: 'unknownAfterTimeout' });

describe('LaneWorker', () => {
  it('delivers everything that is due in the order in which it came', async () => {
    await house.ingest.accept(source, [payload('1', ...numbered(70))]);
    await run();
    expect(target.said).toEqual(Array.from({ length: 70 }, (_, at) => `text of ${String(at)}`));
    expect(new Set(await house.states(lane))).toEqual(new Set(['delivered']));
    expect(await house.rows(`select 1 from deliveries where event is not null`)).toEqual([]);
    expect(await house.rows(`select due_at from lanes where portal = $1`, [lane])).toEqual([{ due_at: null }]);
  });

  it('writes nothing down once the shard belongs to another replica', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    target.onSend = async (request) => {
      target.made(request);
      await house.rows(`update shards set fence = fence + 1, owner = null`);
    };
    await run();
    expect(await house.states(lane)).toEqual(['waiting']);
    expect(await house.rows(`select 1 from copies where portal = $1`, [lane])).toEqual([]);
  });

  it('what another replica finished stays finished, where the shard was lost and taken back during a send', async () => {
    const [one, two] = [house.shards(), house.shards()];
    await shards.release();
    await one.tick();
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    const { onSend } = target;
    target.onSend = async (request) => {
      request.beforeSend();
      // Nobody answers; meanwhile the shard passes to another replica, which finds what was made, and back.
      await house.rows(
        `update shards set free_at = now() - interval '1 second', renewed_at = now() - interval '1 minute'`,
      );
      await house.rows(`update replicas set renewed_at = now() - interval '1 minute'`);
      await two.tick();
      target.onLook = ([asked]) =>
        Promise.resolve(
          asked === undefined
            ? []
            : [{ delivery: asked.delivery, done: [{ part: 0, id: remoteId('right-1'), key: request.key(0) }] }],
        );
      await house.laneWorker(two).run(await house.lane(lane), () => false, noSignal);
      await two.release();
      await one.tick();
      throw timeout();
    };
    await house.laneWorker(one).run(await house.lane(lane), () => false, noSignal);
    expect(await house.states(lane)).toEqual(['delivered']);
    target.onSend = onSend;
    await house.ingest.accept(source, [payload('2', sent('2'))]);
    await house.later();
    await house.laneWorker(one).run(await house.lane(lane), () => false, noSignal);
    expect(await house.states(lane)).toEqual(['delivered', 'delivered']);
  });

  it('takes 32 at a time', async () => {
    const limits: number[] = [];
    class Counting extends DeliveryRepository {
      override async due(id: string, limit: number): ReturnType<DeliveryRepository['due']> {
        const rows = await super.due(id, limit);
        limits.push(rows.length);
        return rows;
      }
    }
    await house.ingest.accept(source, [payload('1', ...numbered(70))]);
    await run({}, new Counting(house.database));
    expect(limits).toEqual([32, 32, 6]);
  });

  it('writes down what was done after every 100 ms, not at the end of a batch only', async () => {
    let nowMs = 0;
    const commits: number[] = [];
    class Counting extends DeliveryRepository {
      override commit(...given: Parameters<DeliveryRepository['commit']>): ReturnType<DeliveryRepository['commit']> {
        commits.push(given[2].length);
        return super.commit(...given);
      }
    }
    target.onSend = (request) => {
      nowMs += 60;
      target.made(request);
    };
    await house.ingest.accept(source, [payload('1', ...numbered(5))]);
    const slow = house.laneWorker(shards, {}, new Counting(house.database), {
      ...systemClock,
      monotonicMs: () => nowMs,
    });
    await slow.run(await house.lane(lane), () => false, noSignal);
    expect(commits).toEqual([2, 2, 1]);
  });

  it('repeats the commit until it is written, and does not send again', async () => {
    let failures = 0;
    class Failing extends DeliveryRepository {
      override commit(...given: Parameters<DeliveryRepository['commit']>): ReturnType<DeliveryRepository['commit']> {
        failures += 1;
        return failures <= 2 ? Promise.reject(new Error('no connection')) : super.commit(...given);
      }
    }
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run({}, new Failing(house.database));
    expect(target.said).toEqual(['text of 1']);
    expect(await house.states(lane)).toEqual(['delivered']);
    expect(failures).toBe(3);
  });

  it('parks a delivery that keeps failing where the room answers, and goes on behind it', async () => {
    target.onSend = (request) => {
      if (request.event.kind === 'messageSent' && request.event.message.id === '1') throw unavailable();
      target.made(request);
    };
    await house.ingest.accept(source, [payload('1', sent('1'), sent('2'))]);
    await run();
    expect(await house.states(lane)).toEqual(['waiting: no answer', 'waiting']);
    await house.later();
    await run();
    await house.later();
    await run();
    expect(await house.states(lane)).toEqual(['parked: no answer', 'delivered']);
  });

  it('what may have been made is not parked before a look has found nothing', async () => {
    const asked: unknown[] = [];
    target.onSend = (request) => {
      if (request.event.kind !== 'messageSent' || request.event.message.id !== '1') {
        target.made(request);
        return;
      }
      throw timeout();
    };
    target.onLook = (deliveries) => {
      asked.push(deliveries.length);
      return Promise.resolve(deliveries.map(({ delivery }) => ({ delivery, done: 'notFound' as const })));
    };
    await house.ingest.accept(source, [payload('1', sent('1'), sent('2'))]);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await run();
      expect(await house.states(lane)).toEqual(['waiting: no answer in time', 'waiting']);
      await house.later();
    }
    await run();
    expect(await house.states(lane)).toEqual([
      'parked: was not taken in 3 attempts, none of which was answered',
      'delivered',
    ]);
    expect(asked.length).toBeGreaterThanOrEqual(3);
  });

  it('what may have been made and is found by a look is delivered, however often it failed', async () => {
    target.onSend = () => {
      throw timeout();
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await run();
      await house.later();
    }
    target.onLook = (deliveries) =>
      Promise.resolve(deliveries.map(({ delivery }) => ({ delivery, done: [{ part: 0, id: remoteId('found') }] })));
    await run();
    expect(await house.states(lane)).toEqual(['delivered']);
  });

  it('holds the lane for as long as the room does not answer either', async () => {
    target.onSend = () => {
      throw unavailable();
    };
    target.onProbe = () => Promise.reject(unavailable());
    await house.ingest.accept(source, [payload('1', sent('1'), sent('2'))]);
    for (let turn = 0; turn < 5; turn += 1) {
      await run();
      await house.later();
    }
    expect(await house.states(lane)).toEqual(['waiting: no answer', 'waiting']);
    expect(target.requests).toHaveLength(5);
    const [row] = await house.rows(`select failing_since is not null as failing, reason from lanes where portal = $1`, [
      lane,
    ]);
    expect(row).toEqual({ failing: true, reason: 'no answer' });
  });

  it('is failing no longer as soon as something came through', async () => {
    target.onSend = () => {
      throw unavailable();
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run();
    target.onSend = (request) => {
      target.made(request);
    };
    await house.later();
    await run();
    const [row] = await house.rows(`select failing_since, reason from lanes where portal = $1`, [lane]);
    expect(row).toEqual({ failing_since: null, reason: null });
  });

  it('parks at once what the network would refuse again', async () => {
    target.onSend = () => {
      throw new MessageRefused('too long');
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run();
    expect(await house.states(lane)).toEqual(['parked: too long']);
  });

  it('skips what is about something that no longer exists', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'), edited('1', 'new', '2'), sent('2'))]);
    target.onSend = (request) => {
      if (request.event.kind === 'messageEdited') throw new TargetGone('it was deleted there');
      target.made(request);
    };
    await run();
    expect(await house.states(lane)).toEqual(['delivered', 'skipped: it was deleted there', 'delivered']);
  });

  it('waits for as long as the network asks for, and counts no attempt', async () => {
    target.onSend = () => {
      throw new RateLimited('slower', { afterMs: 3_600_000 });
    };
    await house.ingest.accept(source, [payload('1', sent('1'), sent('2'))]);
    await run();
    await run();
    expect(target.requests).toHaveLength(1);
    const [row] = await house.rows(
      `select attempts, again_at > now() + interval '50 minutes' as late from deliveries where state = 'waiting' order by seq`,
    );
    expect(row).toEqual({ attempts: 0, late: true });
  });

  it('tells that a login was refused, and holds', async () => {
    const told: string[] = [];
    target.onSend = () => {
      throw new LoginRefused('revoked');
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run({ onLoginRefused: (account) => told.push(account) });
    expect(told).toEqual(['right']);
    expect(await house.states(lane)).toEqual(['waiting: revoked']);
  });

  it('ends nothing that is no poll', async () => {
    const closed: BridgeEvent = { ...happened, kind: 'pollClosed', message: refOf(leftRoom, '1'), version: '2' };
    await house.ingest.accept(source, [payload('1', sent('1'), closed)]);
    await run();
    expect(await house.states(lane)).toEqual(['delivered']);
  });

  it('a thread’s new name is shown in its first message, once; in a line it makes no copy of it', async () => {
    target.able = { threads: 'plain' };
    const { body, style } = sent('1');
    const named = (title: string, more: Partial<ThreadChanged> = {}): BridgeEvent => ({
      ...happened,
      kind: 'threadChanged',
      thread: refOf(leftRoom, '1'),
      title,
      ...more,
    });
    const first = { body, style };
    const begun = payload('1', sent('1', { title: 'Plans' }), named('Plans', { first }));
    await house.ingest.accept(source, [begun, payload('2', named('Plans 2027', { first })), payload('3', named('x'))]);
    await run();
    const same = 'skipped: the room shows the same already';
    expect(await house.states(lane)).toEqual(['delivered', same, 'delivered', 'delivered']);
    const [, edit, line] = target.requests;
    expect(edit).toMatchObject({ event: { kind: 'messageEdited' }, target: [{ id: 'right-1' }] });
    expect(line).toMatchObject({ event: { kind: 'messageSent' }, target: [], thread: { id: 'right-1' } });
    const rows = await house.database.rows(`select remote from copies where account = 'right'`);
    expect(rows).toEqual([{ remote: 'right-1' }]);
  });

  it('a line that a network tells of a thread’s new name, which it refused, is no copy either', async () => {
    const { body, style } = sent('1');
    target.able = { threads: 'titled' };
    Object.assign(target.deliver, { threadChanged: target.deliver.messageEdited });
    target.onSend = (request) => {
      request.beforeSend();
      const { event, inLine } = request;
      if (event.kind === 'threadChanged' && inLine !== undefined) target.made(asLine(request, inLine));
      else target.made(request);
    };
    const named: BridgeEvent = {
      ...happened,
      kind: 'threadChanged',
      thread: refOf(leftRoom, '1'),
      title: 'Plans 2027',
      first: { body, style },
    };
    await house.ingest.accept(source, [payload('1', sent('1')), payload('2', named)]);
    await run();
    expect(await house.states(lane)).toEqual(['delivered', 'delivered']);
    expect(target.requests).toHaveLength(2);
    const rows = await house.database.rows(`select remote, hash from copies where account = 'right'`);
    expect(rows).toEqual([{ remote: 'right-1', hash: null }]);
  });
});

describe('LaneWorker, by PostgreSQL’s clock', () => {
  /** A wall clock that is wrong by so much. */
  const off = (minutes: number) => ({ ...systemClock, now: () => new Date(Date.now() + minutes * 60_000) });
  const runBy = async (clock: typeof systemClock) =>
    house.laneWorker(shards, {}, undefined, clock).run(await house.lane(lane), () => false, noSignal);

  it.each([-10, 10])('waits after a failure for no more and no less, with our own %i minutes off', async (minutes) => {
    target.onSend = () => {
      throw unavailable();
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await runBy(off(minutes));
    const soon = `again_at > now() and again_at < now() + interval '1 minute'`;
    expect(await house.rows(`select ${soon} as soon from deliveries`)).toEqual([{ soon: true }]);
  });

  it('sends again only when it is settled, with our own ahead', async () => {
    target.onSend = () => {
      throw timeout();
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await runBy(off(10));
    await house.rows(`update deliveries set again_at = null`);
    await runBy(off(10));
    expect([target.requests.length, target.looks.length]).toEqual([1, 1]);
    expect(await house.states(lane)).toEqual(['waiting: waits until it is certain that it was not sent']);
  });
});

describe('LaneWorker, in doubt', () => {
  it('looks before it sends again, and takes what it finds for done', async () => {
    target.onSend = () => {
      throw timeout();
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run();
    target.onLook = (asked) =>
      Promise.resolve(asked.map(({ delivery }) => ({ delivery, done: [{ part: 0, id: remoteId('found') }] })));
    await house.rows(`update deliveries set again_at = null`);
    await run();
    expect(target.requests).toHaveLength(1);
    expect(await house.states(lane)).toEqual(['delivered']);
    expect(await house.deliveries.copiesOfRef(refOf(leftRoom, '1'), lane)).toMatchObject([{ part: 0, id: 'found' }]);
  });

  it('sends again only after it was not found and settled', async () => {
    target.onSend = () => {
      throw timeout();
    };
    await house.ingest.accept(source, [payload('1', sent('1'), sent('2'))]);
    await run();
    target.onSend = (request) => {
      target.made(request);
    };
    await house.rows(`update deliveries set again_at = null`);
    await run();
    expect(target.looks).toHaveLength(1);
    expect(target.requests).toHaveLength(1);
    expect(await house.states(lane)).toEqual(['waiting: waits until it is certain that it was not sent', 'waiting']);
    await house.later();
    await run();
    expect(target.looks).toHaveLength(2);
    expect(target.said).toEqual(['text of 1', 'text of 1', 'text of 2']);
    expect(await house.states(lane)).toEqual(['delivered', 'delivered']);
  });

  it('looks for one edit of a message at a time: which of two came through could not be told', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'), sent('2'))]);
    await run();
    await house.ingest.accept(source, [
      payload('2', edited('1', 'one', '2'), edited('2', 'other', '2'), edited('1', 'two', '3')),
    ]);
    await house.rows(
      `update deliveries set uncertain_since = now(), settled_at = now() - interval '1 day' where state = 'waiting'`,
    );
    await run();
    const asked = target.looks.map((look) =>
      look.map(({ event }) => (event.kind === 'messageEdited' ? event.message.id : '')),
    );
    expect(asked).toEqual([['1', '2'], ['1']]);
    expect(target.said.slice(2)).toEqual(['one', 'other', 'two']);
  });

  it('sends nothing while the look fails', async () => {
    target.onSend = () => {
      throw timeout();
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run();
    await house.later();
    target.onLook = () => Promise.reject(unavailable());
    await run();
    expect(target.requests).toHaveLength(1);
    expect(await house.states(lane)).toEqual(['waiting: could not look whether it was sent: no answer']);
    const [row] = await house.rows(`select uncertain_since is not null as doubted from deliveries`);
    expect(row).toEqual({ doubted: true });
  });

  it('repeats at once what is harmless', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'), reacted('1', '👍'))]);
    target.onSend = (request) => {
      if (request.event.kind === 'reactionAdded' && target.requests.length === 2) throw timeout();
      target.made(request);
    };
    await run();
    await house.rows(`update deliveries set again_at = null`);
    await run();
    expect(target.looks).toEqual([]);
    expect(target.said).toEqual(['text of 1', 'reactionAdded', 'reactionAdded']);
  });

  it('keeps the parts that were made, and sends the rest only', async () => {
    target.onSend = (request) => {
      target.made(request, 0);
      throw unavailable();
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run();
    let known: unknown;
    target.onSend = (request) => {
      known = request.made;
      target.made(request, 1);
    };
    await house.later();
    await run();
    expect(known).toEqual([{ part: 0, id: 'right-1' }]);
    expect(await house.deliveries.copiesOfRef(refOf(leftRoom, '1'), lane)).toMatchObject([
      { part: 0, id: 'right-1' },
      { part: 1, id: 'right-2' },
    ]);
  });

  it('an edit that was found made is not taken for what the room shows no longer', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run();
    await house.ingest.accept(source, [payload('2', edited('1', 'other', '2'))]);
    target.onSend = () => {
      throw timeout();
    };
    await run();
    target.onLook = (asked) => Promise.resolve(asked.map(({ delivery }) => ({ delivery, done: 'alreadySo' })));
    target.onSend = () => undefined;
    await house.later();
    await run();
    await house.ingest.accept(source, [payload('3', edited('1', 'text of 1', '3'))]);
    await run();
    expect(target.said).toEqual(['text of 1', 'other', 'text of 1']);
  });

  it('abandoned at the stop it is written down as in doubt', async () => {
    const stop = new AbortController();
    target.onSend = (_request, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Abandoned('we are stopping', { certainty: 'unknownAfterDisconnect' }));
        });
        stop.abort();
      });
    await house.ingest.accept(source, [payload('1', sent('1'), sent('2'))]);
    await house.laneWorker(shards).run(await house.lane(lane), () => false, stop.signal);
    const rows = await house.rows(
      `select state, uncertain_since is not null as doubted, settled_at > now() as unsettled from deliveries order by seq`,
    );
    expect(rows).toEqual([
      { state: 'waiting', doubted: true, unsettled: true },
      { state: 'waiting', doubted: false, unsettled: null },
    ]);
  });

  it('begins nothing new once it is stopping', async () => {
    await house.ingest.accept(source, [payload('1', ...numbered(5))]);
    await house.laneWorker(shards).run(await house.lane(lane), () => target.requests.length >= 2, noSignal);
    expect(await house.states(lane)).toEqual(['delivered', 'delivered', 'waiting', 'waiting', 'waiting']);
  });

  it('where the lease is nearly over nothing more is sent, and what was sent is written down', async () => {
    let elapsedMs = 0;
    const clock = { ...systemClock, monotonicMs: () => performance.now() + elapsedMs };
    shards = house.shards({ clock });
    await house.rows(`update shards set owner = null`);
    await shards.tick();
    await house.ingest.accept(source, [payload('1', ...numbered(3))]);
    target.onSend = (request) => {
      if (target.requests.length === 2) elapsedMs = 55_000;
      request.beforeSend();
      target.made(request);
    };
    await run();
    expect(await house.states(lane)).toMatchObject(['delivered', expect.stringMatching('^waiting'), 'waiting']);
    await shards.tick();
    elapsedMs = 0;
    await house.later();
    await run();
    expect(target.said).toEqual(['text of 0', 'text of 1', 'text of 1', 'text of 2']);
  });

  it('what could not be written down at the stop leaves the shard in doubt', async () => {
    const stop = new AbortController();
    class Broken extends DeliveryRepository {
      override commit(): ReturnType<DeliveryRepository['commit']> {
        stop.abort();
        return Promise.reject(new Error('no connection'));
      }
    }
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    const broken = house.laneWorker(shards, {}, new Broken(house.database));
    await expect(broken.run(await house.lane(lane), () => false, stop.signal)).rejects.toThrow('no connection');
    await shards.release();
    await house.rows(`update shards set free_at = now() - interval '1 second' where owner is not null`);
    await house.shards().tick();
    const [row] = await house.rows(`select uncertain_since is not null as doubted from deliveries`);
    expect(row).toEqual({ doubted: true });
  });
});

describe('LaneWorker, about earlier messages', () => {
  it('a reply answers the copy that was made a moment before', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'), sent('2', { replyTo: refOf(leftRoom, '1') }))]);
    await run();
    expect(target.requests[1]?.replyTo).toMatchObject({ part: 0, id: 'right-1' });
  });

  it('what is said in a thread goes into the thread that was begun a moment before', async () => {
    target.able = { threads: 'plain' };
    await house.ingest.accept(source, [payload('1', sent('1'), sent('2', { thread: refOf(leftRoom, '1') }))]);
    await run();
    expect(target.requests[1]?.thread).toMatchObject({ part: 0, id: 'right-1' });
  });

  it('a reply to something that is not there goes with a short quote', async () => {
    const quoted = { name: 'Ben', text: 'long ago' };
    await house.ingest.accept(source, [payload('1', sent('2', { replyTo: refOf(leftRoom, '1'), quoted }))]);
    await run();
    expect(target.said).toEqual(['[quote]text of 2']);
    expect(target.requests[0]?.replyTo).toBeUndefined();
  });

  it('an edit to what the room shows already is skipped', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'), edited('1', 'text of 1', '2'))]);
    await run();
    expect(await house.states(lane)).toEqual(['delivered', 'skipped: the room shows the same already']);
  });

  it('edits of one message come one by one, and the last one stands', async () => {
    await house.ingest.accept(source, [
      payload('1', sent('1'), edited('1', 'one', '2'), edited('1', 'two', '3'), edited('1', 'two', '4')),
    ]);
    await run();
    expect(target.said).toEqual(['text of 1', 'one', 'two']);
  });

  it('what is about a parked message is skipped, and the message says the latest when it is retried', async () => {
    target.onSend = () => {
      throw new MessageRefused('too long');
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run();
    target.onSend = (request) => {
      target.made(request);
    };
    await house.ingest.accept(source, [payload('2', edited('1', 'short', '2'), reacted('1', '👍'), sent('2'))]);
    await run();
    const [parked] = await house.deliveries.parked();
    expect(parked === undefined ? undefined : await house.deliveries.retry(parked)).toEqual({
      became: 'waiting',
      lane,
    });
    await run();
    expect(target.said).toEqual(['text of 1', 'text of 2', 'short']);
  });

  it('a parked message that is deleted is never sent', async () => {
    target.onSend = () => {
      throw new MessageRefused('too long');
    };
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    await run();
    await house.ingest.accept(source, [payload('2', deleted('1', '2'))]);
    expect(await house.deliveries.parked()).toEqual([]);
    await run();
    expect(target.requests).toHaveLength(1);
  });

  it('a message that was sent twice after all is committed with the copy that came first', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    target.onSend = async (request) => {
      const key = request.key(0);
      await house.ingest.accept(target, [
        payload('echo', sent('early', { key, actor: { ...sent('x').actor, standing: 'ours' } }, rightRoom)),
      ]);
      target.made(request);
    };
    await run();
    expect(await house.states(lane)).toEqual(['delivered']);
    expect(await house.deliveries.copiesOfRef(refOf(leftRoom, '1'), lane)).toMatchObject([{ id: 'early' }]);
  });

  it('of two copies of one message the later one is withdrawn, whichever answer was written down', async () => {
    await house.ingest.accept(source, [payload('1', sent('1'))]);
    const actor = { ...sent('x').actor, standing: 'ours' as const };
    target.onSend = async (request) => {
      const key = request.key(0);
      if (request.event.kind === 'messageSent')
        await house.ingest.accept(target, [payload('first', sent('early', { key, actor }, rightRoom))]);
      target.made(request);
    };
    await run();
    const [made] = target.requests;
    if (made === undefined) throw new Error('nothing was sent');
    await house.ingest.accept(target, [payload('second', sent('right-1', { key: made.key(0), actor }, rightRoom))]);
    await run();
    expect(target.requests.map(({ event, target: copies }) => [event.kind, copies.map(({ id }) => id)])).toEqual([
      ['messageSent', []],
      ['messageDeleted', ['right-1']],
    ]);
  });
});
