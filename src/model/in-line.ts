import type { EventKind, EventOf } from './bridge-event.js';
import { MessageRefused } from './errors.js';
import type { Deliver, DeliveryRequest } from './network-adapter.js';

/** Does what is asked of a network. What that refuses is told in a line, where the link tells of such. Throws what `attempt` throws else. */
export async function orInLine<K extends EventKind>(
  request: DeliveryRequest<EventOf<K>>,
  lines: Deliver<'messageSent'>,
  signal: AbortSignal,
  attempt: () => Promise<void>,
  isRefusal = (error: unknown): boolean => error instanceof MessageRefused,
): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (!isRefusal(error) || request.inLine === undefined) throw error;
    await lines.send({ ...request, event: request.inLine, target: [] }, signal);
  }
}
