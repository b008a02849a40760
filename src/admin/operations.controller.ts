import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { accountId, deliveryId } from '../model/ids.js';
import { type ReplayReport, Replays } from '../pipeline/replays.js';
import { ParkedDeliveries, type Retried } from '../workers/parked-deliveries.js';
import { replayBody, type ReplayBody, retryBody, type RetryBody } from './api.schemas.js';
import { Checked } from './checked.js';

/** What is done again at a person's word. */
@Controller('api')
export class OperationsController {
  constructor(
    private readonly parked: ParkedDeliveries,
    private readonly replays: Replays,
  ) {}

  @Post('retry')
  @HttpCode(200)
  async retry(@Body(new Checked(retryBody)) body: RetryBody): Promise<{ retried: Retried[] }> {
    return { retried: await this.parked.retry('all' in body ? 'all' : body.deliveries.map(deliveryId)) };
  }

  @Post('replay')
  @HttpCode(200)
  replay(@Body(new Checked(replayBody)) body: ReplayBody): Promise<ReplayReport> {
    return this.replays.replay(
      'since' in body ? { account: accountId(body.account), since: new Date(body.since) } : body,
    );
  }
}
