import { Injectable } from '@nestjs/common';
import { Cron, CronExpression, Interval } from '@nestjs/schedule';
import type { Log } from '../model/network-definition.js';
import type { Metrics } from '../observability/metrics.js';
import type { RetentionRepository } from '../persistence/retention.repository.js';
import type { ShardRepository } from '../persistence/shard.repository.js';
import type { StatusRepository } from '../persistence/status.repository.js';

export interface HousekeepingOptions {
  readonly payloadDays: number;
  readonly alarmAfterMs: number;
}

/** What is done by the clock, and would be missed by nobody for an hour. */
@Injectable()
export class Housekeeping {
  readonly #alarmed = new Set<string>();

  constructor(
    private readonly retention: RetentionRepository,
    private readonly shards: ShardRepository,
    private readonly status: StatusRepository,
    private readonly metrics: Metrics,
    private readonly log: Log,
    private readonly options: HousekeepingOptions,
  ) {}

  @Interval(15_000)
  async count(): Promise<void> {
    await this.#attempt('counting', async () => {
      const counts = await this.status.counts();
      this.metrics.waiting.reset();
      this.metrics.parked.reset();
      for (const { account, waiting, parked } of counts) {
        this.metrics.waiting.set({ account }, waiting);
        this.metrics.parked.set({ account }, parked);
      }
      this.metrics.held.set(await this.status.heldCount());
    });
  }

  /** One alarm for a lane that has been failing for too long; it is told again only after it worked in between. */
  @Cron(CronExpression.EVERY_MINUTE)
  async alarm(): Promise<void> {
    await this.#attempt('alarms', async () => {
      const failing = await this.status.failingLanes(this.options.alarmAfterMs);
      const now = new Set(failing.map(({ lane }) => lane));
      for (const lane of this.#alarmed) if (!now.has(lane)) this.#alarmed.delete(lane);
      for (const { lane, account, reason, since } of failing) {
        if (this.#alarmed.has(lane)) continue;
        this.#alarmed.add(lane);
        this.metrics.alarms.inc({ account, reason: 'laneFailing' });
        this.log.error({ lane, account, reason, since }, 'a lane has been held for too long: somebody should look');
      }
    });
  }

  @Cron(CronExpression.EVERY_HOUR)
  async retain(): Promise<void> {
    await this.#attempt('retention', async () => {
      const { payloadDays } = this.options;
      while ((await this.retention.emptyPayloads(payloadDays)) > 0);
      while ((await this.retention.forgetDeliveries(payloadDays)) > 0);
      while ((await this.retention.forgetPolls(payloadDays)) > 0);
      await this.shards.forgetDead();
    });
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn({ what, error }, 'housekeeping failed and is tried again in its turn');
    }
  }
}
