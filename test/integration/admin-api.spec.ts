import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AdminModule } from '../../src/admin/admin.module.js';
import { apiOperations } from '../../src/admin/api-operations.js';
import { LinkChanges } from '../../src/links/link-changes.js';
import { silentLog } from '../../src/observability/log.js';
import { ActivityRepository } from '../../src/persistence/activity.repository.js';
import { InboxRepository } from '../../src/persistence/inbox.repository.js';
import { LinkChangeRepository } from '../../src/persistence/link-change.repository.js';
import { MessageWayRepository } from '../../src/persistence/message-way.repository.js';
import { StatusRepository } from '../../src/persistence/status.repository.js';
import { Replays } from '../../src/pipeline/replays.js';
import { ParkedDeliveries } from '../../src/workers/parked-deliveries.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { MessageRefused } from '../../src/model/errors.js';
import { deleted, House, left, MadeUpNetwork, noSignal, payload, reacted, right, sent } from './house.js';

let house: House;
let network: MadeUpNetwork;
let app: INestApplication;
let lane: string;
const told: unknown[] = [];

beforeEach(async () => {
  house = await House.open();
  house.network(new MadeUpNetwork(left));
  network = house.network(new MadeUpNetwork(right));
  [, lane] = (await house.link()) as [string, string];
  const linkChanges = new LinkChanges(house.database, new LinkChangeRepository(), {
    accounts: new Set([left, right]),
    settled: [],
    settingsPlace: '/etc/crosstalk.yaml',
  });
  told.length = 0;
  app = await NestFactory.create(
    AdminModule.of(
      {
        bridge: { readiness: () => Promise.resolve({ ready: true, waitsFor: [] }) },
        metrics: house.metrics,
        status: new StatusRepository(house.database),
        activity: new ActivityRepository(house.database),
        ways: new MessageWayRepository(house.database),
        linkChanges,
        parkedDeliveries: new ParkedDeliveries(house.deliveries, { tell: (wakeup) => told.push(wakeup) }),
        replays: new Replays(new InboxRepository(house.database), house.ingest, house.adapters),
        clock: systemClock,
        log: silentLog,
      },
      { host: '127.0.0.1', token: 'right', tokenOf: 'start' },
      '/nowhere',
    ),
    { logger: false, forceCloseConnections: true },
  );
  await app.listen(0, '127.0.0.1');
});

afterEach(async () => {
  await app.close();
  await house.close();
});

/** Calls an operation of the document by its name, and holds the answer against the document. */
async function ask(id: string, { name = '', query = '', body }: { name?: string; query?: string; body?: object } = {}) {
  const operation = apiOperations.find((each) => each.id === id)!;
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const answer = await fetch(`http://127.0.0.1:${port}${operation.path.replace('{name}', name)}${query}`, {
    method: operation.method.toUpperCase(),
    headers: { authorization: 'Bearer right', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect({ status: answer.status, text }).toMatchObject({ status: 200 });
  expect(text).not.toContain('text of');
  const json = JSON.parse(text) as unknown;
  if (operation.answer !== 'document') operation.answer.schema.parse(json);
  return json;
}

async function deliverAll(): Promise<void> {
  const shards = house.shards();
  await shards.tick();
  await house.laneWorker(shards).run(await house.lane(lane), () => false, noSignal);
}

const accept = (key: string, ...events: Parameters<typeof payload>[1][]): Promise<void> =>
  house.ingest.accept(house.adapters.get(left)!, [payload(key, ...events)]);

describe('the HTTP API on a real database', () => {
  it('answers as its document says: status, activity, links, ways', async () => {
    await accept('1', sent('m1'));
    await accept('2', reacted('m1', '👍'));
    await deliverAll();
    await accept('3', sent('m2'));

    expect(await ask('readStatus')).toMatchObject({
      links: [{ key: 'team', state: 'active', portals: [{ account: 'left' }, { lane: { waiting: 1 } }] }],
      parked: [],
    });
    expect(await ask('readLinks')).toMatchObject([{ key: 'team', portals: [{ room: 'a' }, { room: 'b' }] }]);
    const activity = (await ask('readActivity')) as {
      minutes: { delivered: number; waiting: number }[];
      deliveryMs: { half: number };
      rooms: { account: string; deliverMs: number | null; readMs: number | null; waitingSince: string | null }[];
    };
    expect(activity.minutes).toHaveLength(15);
    const sum = (state: 'delivered' | 'waiting') => activity.minutes.reduce((all, minute) => all + minute[state], 0);
    expect([sum('delivered'), sum('waiting')]).toEqual([2, 1]);
    expect(activity.deliveryMs.half).toBeGreaterThan(0);
    expect(
      activity.rooms.map(({ account, deliverMs, readMs, waitingSince }) => [
        account,
        deliverMs !== null,
        readMs !== null,
        waitingSince !== null,
      ]),
    ).toEqual([
      ['left', false, true, false],
      ['right', true, false, true],
    ]);
  });

  it('one message’s way is found by its ids on both networks and by its delivery', async () => {
    await accept('1', sent('m1'));
    await accept('2', reacted('m1', '👍'));
    await deliverAll();
    const [way, ...others] = (await ask('readWays', { query: '?id=m1' })) as {
      deliveries: { delivery: string }[];
    }[];
    expect(others).toEqual([]);
    expect(way).toMatchObject({
      link: 'team',
      message: { deletedAt: null },
      inbox: [
        { account: 'left', state: 'routed' },
        { account: 'left', state: 'routed' },
      ],
      deliveries: [
        { account: 'right', room: 'b', kind: 'messageSent', state: 'delivered' },
        { account: 'right', room: 'b', kind: 'reactionAdded', state: 'delivered' },
      ],
      copies: [
        { account: 'left', room: 'a', id: 'm1', part: 0, delivery: null },
        { account: 'right', room: 'b', id: 'right-1', part: 0, delivery: way!.deliveries[0]!.delivery },
      ],
    });
    expect(await ask('readWays', { query: '?id=right-1' })).toEqual([way]);
    expect(await ask('readWays', { query: `?id=${way!.deliveries[1]!.delivery}` })).toEqual([way]);
    expect(await ask('readWays', { query: '?id=unknown' })).toEqual([]);
    expect(await ask('readWays', { query: '?id=01980a52-3c4e-7bd1-9a55-0c1d2e3f4a5b' })).toEqual([]);
  });

  it('a deleted message’s way says so', async () => {
    await accept('1', sent('m1'));
    await accept('2', deleted('m1', '2'));
    expect(await ask('readWays', { query: '?id=m1' })).toMatchObject([
      { message: { deletedAt: expect.stringMatching(/^\d{4}-/) as string } },
    ]);
  });

  it('what is parked is shown with its reason, and tried again', async () => {
    network.onSend = () => {
      throw new MessageRefused('a room that cannot');
    };
    await accept('1', sent('m1'));
    await deliverAll();
    const { parked } = (await ask('readStatus')) as { parked: { delivery: string; reason: string }[] };
    expect(parked).toMatchObject([{ account: 'right', kind: 'messageSent', reason: 'a room that cannot' }]);
    const id = parked[0]!.delivery;
    const unknown = '01980a52-3c4e-7bd1-9a55-0c1d2e3f4a5b';
    expect(await ask('retry', { body: { deliveries: [id, unknown] } })).toEqual({
      retried: [
        { delivery: id, became: 'put at the end of its lane' },
        { delivery: unknown, became: 'not parked' },
      ],
    });
    expect(told).toEqual([{ lanes: [lane] }]);
    expect(await ask('retry', { body: { all: true } })).toEqual({ retried: [] });
    expect(await house.states(lane)).toEqual(['waiting']);
  });

  it('links are paused, resumed, ended, brought back and made', async () => {
    expect(await ask('pause', { name: 'team' })).toEqual({ change: 'changed' });
    expect(await ask('pause', { name: 'team' })).toEqual({ change: 'was so' });
    expect(await ask('resume', { name: 'team', body: { from: 'where it stopped' } })).toEqual({ change: 'changed' });
    await house.rows(`update links set owner = 'database'`);
    expect(await ask('unlink', { name: 'team' })).toEqual({ change: 'changed' });
    expect(await ask('readLinks')).toEqual([]);
    expect(await ask('readLinks', { query: '?all=true' })).toMatchObject([{ key: 'team', state: 'ended' }]);
    expect(await ask('relink', { name: 'team' })).toEqual({ change: 'changed' });
    const rooms = [
      { account: 'left', room: 'c' },
      { account: 'right', create: { name: 'Crew' }, direction: 'in' },
    ];
    expect(await ask('link', { name: 'crew', body: { rooms, mirror: { topic: false } } })).toEqual({
      link: 'made',
      state: 'active',
    });
    expect(await ask('readLinks')).toMatchObject([
      { key: 'crew', owner: 'database', mirror: { topic: false }, portals: [{ room: null }, { direction: 'in' }] },
      { key: 'team', state: 'active' },
    ]);
  });

  it('stored payloads are read again', async () => {
    await accept('1', sent('m1'));
    expect(await ask('replay', { body: { account: 'left', since: '2026-01-01T00:00:00Z' } })).toEqual({
      became: { routed: 1 },
      rest: 'none',
      mostAtOnce: 10_000,
    });
    expect(await ask('replay', { body: { malformed: true } })).toMatchObject({ became: {} });
  });

  it('gives its document', async () => {
    expect(await ask('readDocument')).toMatchObject({ openapi: '3.1.0', info: { title: 'Crosstalk' } });
  });
});

describe('what passes by', () => {
  it('names where it came from and where it goes, never what was said', async () => {
    await accept('1', sent('m1'));
    await deliverAll();
    await accept('2', reacted('m1', '👍'));
    const sights = await new ActivityRepository(house.database).sights(50, []);
    expect(sights).toMatchObject([
      {
        kind: 'messageSent',
        state: 'delivered',
        link: 'team',
        from: { account: 'left', room: 'a' },
        to: { account: 'right', room: 'b' },
      },
      { kind: 'reactionAdded', state: 'waiting', from: { account: 'left', room: 'a' } },
    ]);
    expect(JSON.stringify(sights)).not.toContain('text of');
  });

  it('what waited is found again though newer ones have come', async () => {
    await accept('1', sent('m1'));
    await accept('2', sent('m2'));
    const repository = new ActivityRepository(house.database);
    const [newest] = await repository.sights(1, []);
    const both = await repository.sights(1, [String(Number(newest!.id) - 1)]);
    expect(both.map(({ id }) => Number(newest!.id) - Number(id))).toEqual([1, 0]);
  });
});
