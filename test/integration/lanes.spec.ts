import { jest } from '@jest/globals';
import type { BridgeEvent } from '../../src/model/bridge-event.js';
import type { Lane } from '../../src/model/delivery.js';
import { NetworkUnavailable } from '../../src/model/errors.js';
import { silentLog } from '../../src/observability/log.js';
import { DeliveryRepository } from '../../src/persistence/delivery.repository.js';
import { nothing } from '../../src/pipeline/hand-over.js';
import { Lanes } from '../../src/workers/lanes.js';
import { laneBatch } from '../../src/workers/lane-worker.js';
import type { Shards } from '../../src/workers/shards.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { edited, House, left, MadeUpNetwork, payload, right, sent } from './house.js';

/** Counts how often lanes are read. */
class Counting extends DeliveryRepository {
  asked = 0;

  override due(...given: Parameters<DeliveryRepository['due']>): ReturnType<DeliveryRepository['due']> {
    this.asked += 1;
    return super.due(...given);
  }
}

let house: House;
let source: MadeUpNetwork;
let target: MadeUpNetwork;
let shards: Shards;
let lanes: Lanes;
let repository: Counting;
let id: string;
let lane: Lane;

beforeEach(async () => {
  house = await House.open();
  source = house.network(new MadeUpNetwork(left));
  target = house.network(new MadeUpNetwork(right));
  shards = house.shards();
  await shards.tick();
  [, id = ''] = await house.link();
  lane = await house.lane(id);
  repository = new Counting(house.database);
  const worker = house.laneWorker(shards, {}, repository);
  lanes = new Lanes(repository, worker, shards, systemClock, house.metrics, silentLog);
  house.reserve = () => lanes.reserve();
  house.wake = (woken) => lanes.wake(woken);
});

afterEach(async () => {
  await lanes.stop(1_000);
  await house.close();
});

async function accept(key: string, ...events: BridgeEvent[]): Promise<void> {
  await house.ingest.accept(source, [payload(key, ...events)]);
}

/** Until nothing is under way in any lane. */
async function idle(): Promise<void> {
  await lanes.drain(new Set(Array.from({ length: 64 }, (_, shard) => shard)));
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => sent(String(at)));

describe('Lanes', () => {
  it('an idle lane begins with what was stored, and does not read it back', async () => {
    await accept('1', sent('1'), sent('2'));
    await idle();
    expect(target.said).toEqual(['text of 1', 'text of 2']);
    expect(await house.states(id)).toEqual(['delivered', 'delivered']);
    expect(repository.asked).toBe(0);
  });

  it('what is handed over is what would have been read', async () => {
    const handed: unknown[] = [];
    house.reserve = () => ({
      keep: (kept) => new Set(kept.map((one) => one.id)),
      begin: ({ byLane }) => handed.push(...(byLane.get(id) ?? [])),
    });
    await accept('1', sent('1'), edited('1', 'other words', '1'), sent('2'));
    const read = await repository.due(id, laneBatch);
    expect(read).toHaveLength(3);
    expect(handed).toEqual(read.map((delivery) => ({ ...delivery, readAt: expect.any(Date) as Date })));
  });

  it('a lane in which something waits already reads it first', async () => {
    const { onSend } = target;
    target.onSend = () => {
      throw new NetworkUnavailable('no answer', { certainty: 'notSent' });
    };
    await accept('1', sent('1'));
    await idle();
    target.onSend = onSend;
    await accept('2', sent('2'));
    await idle();
    expect(target.said).toEqual(['text of 1']);
    await house.later();
    lanes.wake([lane]);
    await idle();
    expect(target.said).toEqual(['text of 1', 'text of 1', 'text of 2']);
  });

  it('a lane that gets what it cannot know alone reads it', async () => {
    await accept('1', sent('1'));
    await idle();
    await accept('2', edited('1', 'other words', '1'));
    await idle();
    expect(repository.asked).toBe(1);
    expect(await house.states(id)).toEqual(['delivered', 'delivered']);
  });

  it('a lane that is at work is woken, and reads what came behind', async () => {
    const { onSend } = target;
    const second = new Promise<void>((stored) => {
      target.onSend = async (request, signal) => {
        target.onSend = onSend;
        await accept('2', sent('2'));
        stored();
        await onSend(request, signal);
      };
    });
    await accept('1', sent('1'));
    await second;
    await idle();
    expect(target.said).toEqual(['text of 1', 'text of 2']);
    expect(repository.asked).toBe(1);
  });

  it('a kept lane begins nothing by a poll or a wake-up, and remembers them', async () => {
    house.reserve = () => {
      const reservation = lanes.reserve();
      return {
        ...reservation,
        begin: (handed) => {
          begin = () => {
            reservation.begin(handed);
          };
        },
      };
    };
    let begin: () => void = () => undefined;
    await accept('1', sent('1'));
    await lanes.poll();
    lanes.wake([lane]);
    await new Promise((later) => setTimeout(later, 50));
    expect([target.said, repository.asked]).toEqual([[], 0]);
    begin();
    await idle();
    expect(target.said).toEqual(['text of 1']);
    // Once more: it may have been woken for something else.
    expect(repository.asked).toBe(1);
  });

  it('nothing is sent of what is handed over where the shard was lost and taken back meanwhile', async () => {
    let sends = 0;
    target.onSend = (request) => {
      request.beforeSend();
      sends += 1;
      target.made(request);
    };
    const reservation = lanes.reserve();
    reservation.keep([lane]);
    const other = house.shards();
    house.reserve = () => ({
      keep: () => new Set([id]),
      begin: (handed) => {
        afterwards = (async () => {
          await house.rows(`update shards set owner = null, fence = fence + 1`);
          await shards.tick();
          await other.tick();
          await other.release();
          await shards.tick();
          reservation.begin(handed);
        })();
      },
    });
    let afterwards = Promise.resolve();
    await accept('1', sent('1'));
    await afterwards;
    await idle();
    expect([sends, await house.states(id)]).toEqual([0, ['waiting']]);
    lanes.wake([lane]);
    await idle();
    expect([sends, await house.states(id)]).toEqual([1, ['delivered']]);
  });

  it('a lane of a link that was paused, or of a room that was taken out, is handed nothing', async () => {
    const learn = house.ingestRows.learn.bind(house.ingestRows);
    house.ingestRows.learn = async (...given) => {
      const learnt = await learn(...given);
      await house.rows(`update links set state = 'paused'`);
      return learnt;
    };
    await accept('1', sent('1'));
    await idle();
    expect([target.said, await house.states(id)]).toEqual([[], ['waiting']]);
  });

  it('a delivery in doubt settles from when it was tried, however long the commit before it took', async () => {
    await house.rows(
      `create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1); return null; end $$`,
    );
    await house.rows(
      `create constraint trigger slow after insert on inbox deferrable initially deferred for each row execute function slow()`,
    );
    let triedAt = new Date(0);
    target.onSend = async (request) => {
      request.beforeSend();
      triedAt = (await house.rows<{ now: Date }>(`select clock_timestamp() as now`))[0]?.now ?? triedAt;
      throw new NetworkUnavailable('no answer in time', { certainty: 'unknownAfterTimeout' });
    };
    await accept('1', sent('1'));
    await idle();
    const [row] = await house.rows<{ settled: Date }>(`select settled_at as settled from deliveries`);
    const { afterTimeoutMs } = target.settling;
    expect((row?.settled.getTime() ?? 0) - triedAt.getTime()).toBeGreaterThanOrEqual(afterTimeoutMs - 100);
  });

  it('a thousand messages at once for one lane are told apart in time', async () => {
    await accept('1', ...numbered(1_000));
    await idle();
    expect(await house.rows(`select state, count(*)::int from deliveries group by state`)).toEqual([
      { state: 'delivered', count: 1_000 },
    ]);
  });

  it('a batch larger than a lane takes at once is read behind the first', async () => {
    await accept('1', ...numbered(laneBatch + 3));
    await idle();
    expect(target.said).toEqual(numbered(laneBatch + 3).map(({ message }) => `text of ${message.id}`));
    expect(repository.asked).toBe(1);
  });

  it('a kept lane is free again where nothing was stored', async () => {
    const apply = jest.spyOn(house.ingestRows, 'apply').mockRejectedValueOnce(new Error('the database went away'));
    await expect(accept('1', sent('1'))).rejects.toThrow('the database went away');
    expect(apply).toHaveBeenCalledTimes(1);
    await idle();
    await accept('1', sent('1'));
    await idle();
    expect(target.said).toEqual(['text of 1']);
  });

  it('a stop waits for no lane that is kept', async () => {
    const reservation = lanes.reserve();
    expect([...reservation.keep([lane])]).toEqual([id]);
    await lanes.stop(10);
    reservation.begin(nothing);
    expect(target.said).toEqual([]);
  });

  it('keeps no lane that another replica runs', () => {
    shards.doubt(lane.shard);
    expect([...lanes.reserve().keep([lane])]).toEqual([]);
  });
});
