import type { DeliveryId } from '../model/ids.js';
import type { DeliveryRepository } from '../persistence/delivery.repository.js';
import type { Wakeups } from './wakeups.js';

export interface Retried {
  readonly delivery: DeliveryId;
  /** `not parked`: there is no such delivery, or it is waiting or done. */
  readonly became: 'put at the end of its lane' | 'not parked';
}

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
      const lane = await this.deliveries.retry(delivery);
      if (lane !== undefined) this.wakeups.tell({ lanes: [lane] });
      retried.push({ delivery, became: lane === undefined ? 'not parked' : 'put at the end of its lane' });
    }
    return retried;
  }
}
