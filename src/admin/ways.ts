import { deliveryId } from '../model/ids.js';
import type { MessageWay, MessageWayRepository } from '../persistence/message-way.repository.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Answers what became of one message. */
export class Ways {
  constructor(private readonly repository: MessageWayRepository) {}

  /** By a message's id on its network, or a delivery's. None where it is not known. */
  async find(id: string): Promise<MessageWay[]> {
    const ofDelivery = uuid.test(id) ? await this.repository.ofDelivery(deliveryId(id.toLowerCase())) : [];
    return ofDelivery.length > 0 ? ofDelivery : this.repository.ofRemote(id);
  }
}
