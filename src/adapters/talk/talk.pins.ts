import type { PinChanged } from '../../model/bridge-event.js';
import { orInLine } from '../../model/in-line.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { TalkClient } from './talk.client.js';
import { rowIdOf } from './talk.ids.js';
import { withReason } from './talk.rights.js';

/** Keeps messages in sight, or no longer. Only a moderator may: else a line tells it. */
export class PinDelivery implements Deliver<'pinChanged'> {
  /** What is pinned already stays so, without a row. */
  readonly repeat = 'harmless';

  constructor(
    private readonly client: TalkClient,
    private readonly lines: Deliver<'messageSent'>,
  ) {}

  async send(request: DeliveryRequest<PinChanged>, signal: AbortSignal): Promise<void> {
    const { room: token, event, target } = request;
    const { client } = this;
    const ids = target.map(({ id }) => rowIdOf(id)).filter((id) => id !== undefined);
    const how = { beforeSend: (): void => request.beforeSend() };
    const pin = async (): Promise<void> => {
      // A message of several parts is pinned by its first one, and unpinned whichever of them was.
      const changed = event.state === 'pinned' ? ids.slice(0, 1) : ids;
      for (const messageId of changed) {
        const act = event.state === 'pinned' ? client.api.chat.pin : client.api.chat.unpin;
        await act({ token, messageId }, signal, how);
      }
    };
    const wish = { client, token, signal, beyondChat: 'pin messages' };
    await orInLine(request, this.lines, signal, () => withReason(wish, pin));
  }
}
