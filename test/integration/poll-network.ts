import type { Capabilities } from '../../src/model/capabilities.js';
import { leftRoom, MadeUpNetwork, refOf, right } from './house.js';

/** Of the other room: it makes messages, and one poll, `poll there`. */
export function pollNetwork(
  able: Partial<Capabilities>,
  kinds: ConstructorParameters<typeof MadeUpNetwork>[2],
): MadeUpNetwork {
  const target = new MadeUpNetwork(right, 'kept', kinds);
  target.able = able;
  target.onSend = (request) => {
    request.beforeSend();
    if (request.event.kind === 'messageSent') target.made(request);
    if (request.event.kind === 'pollStarted') {
      request.onMade({ part: 0, id: refOf(leftRoom, 'poll there').id, key: request.key(0) });
    }
  };
  return target;
}
