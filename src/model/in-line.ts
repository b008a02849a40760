import type { BridgeEvent, EventKind, EventOf, MessageSent } from './bridge-event.js';
import { MessageRefused } from './errors.js';
import type { Deliver, DeliveryRequest } from './network-adapter.js';

/** A line that tells of something is nobody's message: its parts are numbered from here, and are no copies of what it is about. */
export const firstLine = 30_000;

/** The request that tells in a line what was asked for. What a poll asks is the message itself, also in words. */
export function asLine(request: DeliveryRequest<BridgeEvent>, line: MessageSent): DeliveryRequest<MessageSent> {
  const said = { ...request, event: line, target: [] };
  if (request.event.kind === 'pollStarted') return said;
  return {
    ...said,
    made: request.made.map((copy) => ({ ...copy, part: copy.part - firstLine })),
    key: (part) => request.key(firstLine + part),
    onMade: (copy) => {
      request.onMade({ ...copy, part: firstLine + copy.part });
    },
  };
}

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
    await lines.send(asLine(request, request.inLine), signal);
  }
}
