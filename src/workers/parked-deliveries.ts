import type { DeliveryId } from '../model/ids.js';
import type { DeliveryRepository } from '../persistence/delivery.repository.js';
import type { Wakeups } from './wakeups.js';

export interface Retried {
  readonly delivery: DeliveryId;
  /** `skipped`: it was deleted, edited or taken back since. `not parked`: there is no such delivery, or it is waiting or done. */
  readonly became: (typeof words)[keyof typeof words];
}

const words = {
  waiting: 'put at the end of its lane',
  skipped: 'skipped: it is no longer so',
  notParked: 'not parked',
} as const;

/** Deliveries that were set aside, for those who want them tried again. */
export class ParkedDeliveries {
  constructor(
    private readonly deliveries: Pick<DeliveryRepository, 'retry' | 'parked'>,
    private readonly wakeups: Pick<Wakeups, 'tell'>,
  ) {}

  /** One answer for each, in the order that was asked for; `all`: the oldest first. */
  async retry(which: readonly DeliveryId[] | 'all'): Promise<Retried[]> {
    const retried: Retried[] = [];
    for (const delivery of which === 'all' ? await this.deliveries.parked() : which) {
      const retry = await this.deliveries.retry(delivery);
      if (retry.became === 'waiting') this.wakeups.tell({ lanes: [retry.lane] });
      retried.push({ delivery, became: words[retry.became] });
    }
    return retried;
  }
}
