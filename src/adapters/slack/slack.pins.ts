import type { PinChanged } from '../../model/bridge-event.js';
import { orInLine } from '../../model/in-line.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { ChatApi } from './api/chat.api.js';
import { tsIn, writingOf } from './slack.deliver.js';

/** Keeps messages in sight, or no longer. What Slack lets nobody pin, or no more of, is told in a line. */
export class PinDelivery implements Deliver<'pinChanged'> {
  readonly repeat = 'harmless';

  constructor(
    private readonly chat: Pick<ChatApi, 'pin' | 'unpin'>,
    private readonly lines: Deliver<'messageSent'>,
  ) {}

  async send(request: DeliveryRequest<PinChanged>, signal: AbortSignal): Promise<void> {
    const { room, event, target } = request;
    const writing = writingOf(request, signal);
    await orInLine(request, this.lines, signal, async () => {
      // A message of several parts is pinned by its first one, and unpinned whichever of them was.
      if (event.state === 'unpinned') for (const copy of target) await this.chat.unpin(room, tsIn(copy), writing);
      else for (const copy of target.slice(0, 1)) await this.chat.pin(room, tsIn(copy), writing);
    });
  }
}
