import {
  assertNever,
  type CallChanged,
  type MessageSent,
  type PinChanged,
  type RoomChanged,
} from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import { type Degraded, line, type Resolved } from './degraded.js';
import { noticeOf } from './notices.js';

export function roomChange(event: RoomChanged, { obeys = [] }: Capabilities, resolved: Resolved): Degraded {
  const { options, can, networkLabel } = resolved;
  const { change } = event;
  const { of } = change;
  const isDone = options.moderation === 'on' && (of === 'writing' ? change.why === 'readOnly' : of === 'expiration');
  if (isDone && obeys.includes(of === 'writing' ? 'writing' : 'expiration')) {
    const isTold = of === 'writing' || options.access !== 'off';
    return { event, by: 'bridge', ...(isTold ? { inLine: line(event, noticeOf(event, networkLabel)).event } : {}) };
  }
  switch (of) {
    case 'name':
    case 'topic':
    case 'avatar':
      if (!options[of]) return { skip: `the link does not mirror the room's ${of}` };
      return can('roomChanged') ? { event, by: 'bridge' } : line(event, noticeOf(event, networkLabel));
    case 'group':
      if (options.members === 'off') return { skip: 'the link does not show who comes and goes' };
      return line(event, noticeOf(event, networkLabel));
    case 'access':
    case 'expiration':
    case 'breakoutRooms':
      if (options.access === 'off') return { skip: 'the link does not tell who may enter and write' };
      return line(event, noticeOf(event, networkLabel));
    case 'history':
    case 'writing':
    case 'assistance':
    case 'reach':
      return line(event, noticeOf(event, networkLabel));
    default:
      return assertNever(of);
  }
}

/** What is kept in sight is kept so by the bridge itself; where the room cannot, a line answers the message. */
export function pin(event: PinChanged, { pins, replies }: Capabilities, { can, networkLabel }: Resolved): Degraded {
  const { event: said } = line(event, noticeOf(event, networkLabel));
  const told: MessageSent = replies === 'quote' ? { ...said, replyTo: event.message } : said;
  return pins === 'shown' && can(event.kind) ? { event, by: 'bridge', inLine: told } : { event: told, by: 'bridge' };
}

/** The rest of what calls are is a message of the bridge before it comes here. */
export function call(event: CallChanged, { networkLabel }: Resolved): Degraded {
  const { change } = event;
  if (change.of !== 'recording') return { skip: 'the notice of the call tells it' };
  return line(event, noticeOf({ ...event, change }, networkLabel));
}
