import { RoomClosed } from '../../model/errors.js';
import type { EventKind, EventOf } from '../../model/bridge-event.js';
import type { RoomId } from '../../model/ids.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';

/** Enters a channel that says that we are not in it, and sends once more. */
export class EnteringDelivery<K extends EventKind> implements Deliver<K> {
  readonly repeat: Deliver<K>['repeat'];

  /** `enter` throws RoomClosed, saying what is to be done, where we cannot enter by ourselves. */
  constructor(
    private readonly delivery: Deliver<K>,
    private readonly enter: (room: RoomId, signal: AbortSignal) => Promise<void>,
  ) {
    this.repeat = delivery.repeat;
  }

  async send(request: DeliveryRequest<EventOf<K>>, signal: AbortSignal): Promise<void> {
    let isBegun = false;
    const watched: DeliveryRequest<EventOf<K>> = {
      ...request,
      onMade: (copy) => {
        isBegun = true;
        request.onMade(copy);
      },
      onGone: (copy) => {
        isBegun = true;
        request.onGone(copy);
      },
    };
    try {
      await this.delivery.send(watched, signal);
    } catch (error) {
      // Of a private channel that we are not in Slack says that there is none.
      const isOutside = error instanceof RoomClosed && (error.reason === 'notJoined' || error.reason === 'gone');
      if (!isOutside) throw error;
      await this.enter(request.room, signal);
      // What is there already the core counts first.
      if (isBegun) throw error;
      await this.delivery.send(request, signal);
    }
  }
}
