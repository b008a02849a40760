import { setTimeout } from 'node:timers/promises';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { networkName } from '../../src/model/ids.js';
import type { Log } from '../../src/model/network-definition.js';
import { silentLog } from '../../src/observability/log.js';
import { AccountRepository } from '../../src/persistence/account.repository.js';
import { RetentionRepository } from '../../src/persistence/retention.repository.js';
import { StatusRepository } from '../../src/persistence/status.repository.js';
import { Housekeeping } from '../../src/workers/housekeeping.js';
import { House, right } from './house.js';

let house: House;
let lane: string;

beforeEach(async () => {
  house = await House.open();
  [, lane = ''] = await house.link();
});

afterEach(() => house.close());

function housekeeping(log: Log = silentLog): Housekeeping {
  const { database, shardRows, metrics } = house;
  return new Housekeeping(new RetentionRepository(database), shardRows, new StatusRepository(database), metrics, log, {
    payloadDays: 30,
    alarmAfterMs: 3_600_000,
  });
}

async function failingFor(minutes: number | null): Promise<void> {
  await house.rows(
    `update lanes set failing_since = now() - $2 * interval '1 minute', reason = 'no answer' where portal = $1`,
    [lane, minutes],
  );
}

const alarms = async () => (await house.metrics.alarms.get()).values.map(({ value, labels }) => ({ value, labels }));

@Module({})
class ByTheClock {
  static of(kept: Housekeeping): DynamicModule {
    return {
      module: ByTheClock,
      imports: [ScheduleModule.forRoot()],
      providers: [{ provide: Housekeeping, useValue: kept }],
    };
  }
}

describe('Housekeeping', () => {
  it('raises one alarm for a lane that fails for too long, and one more after it worked in between', async () => {
    const told: object[] = [];
    const kept = housekeeping({ ...silentLog, error: (fields) => told.push(fields) });
    await failingFor(59);
    await kept.alarm();
    expect(await alarms()).toEqual([]);
    await failingFor(61);
    await kept.alarm();
    await kept.alarm();
    expect(await alarms()).toEqual([{ value: 1, labels: { account: 'right', reason: 'laneFailing' } }]);
    expect(told).toMatchObject([{ lane, account: 'right', reason: 'no answer' }]);
    await failingFor(null);
    await kept.alarm();
    await failingFor(61);
    await kept.alarm();
    expect(await alarms()).toMatchObject([{ value: 2 }]);
  });

  it('raises none for a lane of a closed account, which has raised its own, and one if it goes on failing', async () => {
    const kept = housekeeping();
    const accounts = new AccountRepository(house.database);
    await accounts.declare([{ id: right, network: networkName('madeUp') }]);
    await accounts.closed(right, 'the login was refused');
    await failingFor(61);
    await kept.alarm();
    expect(await alarms()).toEqual([]);
    await accounts.opened(right, 'login', 'made up');
    await kept.alarm();
    expect(await alarms()).toEqual([{ value: 1, labels: { account: 'right', reason: 'laneFailing' } }]);
  });

  it('counts, looks for alarms every minute and cleans up every hour, each by itself', async () => {
    const app = await NestFactory.createApplicationContext(ByTheClock.of(housekeeping()), { logger: false });
    try {
      const registry = app.get(SchedulerRegistry);
      expect(registry.getIntervals()).toHaveLength(1);
      const jobs = [...registry.getCronJobs().values()];
      expect(jobs.map(({ cronTime }) => String(cronTime.source)).sort()).toEqual(['*/1 * * * *', '0 0-23/1 * * *']);
      await failingFor(61);
      for (const job of jobs) await job.fireOnTick();
      // The clock waits for nobody.
      for (let turn = 0; turn < 500 && (await alarms()).length === 0; turn += 1) await setTimeout(20);
      expect(await alarms()).toMatchObject([{ value: 1 }]);
    } finally {
      await app.close();
    }
  });
});
