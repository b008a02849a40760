import type { PinChanged } from '../../model/bridge-event.js';
import { MessageRefused } from '../../model/errors.js';
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
    const { room, event, target, inLine } = request;
    const writing = writingOf(request, signal);
    try {
      // A message of several parts is pinned by its first one, and unpinned whichever of them was.
      if (event.state === 'unpinned') for (const copy of target) await this.chat.unpin(room, tsIn(copy), writing);
      else for (const copy of target.slice(0, 1)) await this.chat.pin(room, tsIn(copy), writing);
    } catch (error) {
      if (!(error instanceof MessageRefused) || inLine === undefined) throw error;
      await this.lines.send({ ...request, event: inLine, target: [] }, signal);
    }
  }
}
