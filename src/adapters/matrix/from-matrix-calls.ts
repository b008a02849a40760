import type { BridgeEvent, CallChanged } from '../../model/bridge-event.js';
import type { MessageRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { pillOf } from './matrix.ids.js';
import { isObject, type JsonObject, type MatrixEvent, type StoredEvent } from './matrix.payloads.js';

/**
 * What tells of calls: who begins one with many says so once (MSC4075), and each device that comes is in the room's state (MSC3401, MSC4143);
 * a call of two has events of its own. When the last has gone out of a call of many, no event says: the source finds it.
 * Source: client-server API, "Voice over IP".
 */
const callTypes = [
  'm.rtc.notification',
  'org.matrix.msc4075.rtc.notification',
  'm.call.invite',
  'm.call.member',
  'org.matrix.msc3401.call.member',
  'm.call.hangup',
] as const;
export type CallType = (typeof callTypes)[number];

export function isCallType(type: string): type is CallType {
  return (callTypes as readonly string[]).includes(type);
}

/** Pure: somebody begins a call, comes into it, or hangs up. */
export function fromCall(
  { event, order, call }: StoredEvent,
  type: CallType,
  base: Pick<BridgeEvent, 'room' | 'actor' | 'at' | 'key'>,
  message: MessageRef,
): ReadResult {
  const changed = (change: CallChanged['change']): ReadResult => ({
    events: [{ ...base, kind: 'callChanged', change, version: order }],
  });
  switch (type) {
    case 'm.rtc.notification':
    case 'org.matrix.msc4075.rtc.notification':
      return changed({ of: 'start', call: message, joinUrl: pillOf(event.room_id) });
    case 'm.call.invite':
      if (event.content['invitee'] !== undefined) return { ignored: `${type}: for one person alone` };
      return changed({ of: 'start', call: message, joinUrl: pillOf(event.room_id) });
    case 'm.call.member':
    case 'org.matrix.msc3401.call.member':
      if (isInCall(event.content)) return changed({ of: 'arrival' });
      if (call === 'over') return changed({ of: 'end', how: 'over', people: [] });
      return { ignored: `${type}: the notice of the call says who came` };
    case 'm.call.hangup':
      return changed({
        of: 'end',
        how: event.content['reason'] === 'invite_timeout' ? 'unanswered' : 'over',
        people: [],
      });
  }
}

export const isCallMember = (type: string): boolean =>
  type === 'm.call.member' || type === 'org.matrix.msc3401.call.member';

/** Earlier clients list each device's memberships; later ones have a state of its own for each. */
export function isInCall({ application, memberships }: JsonObject): boolean {
  return application !== undefined || (Array.isArray(memberships) && memberships.some(isObject));
}

const usualMs = 4 * 3_600_000;
const longestMs = 24 * 3_600_000;

/** Pure: until when, in milliseconds since 1970, somebody counts as one in the call who does not say that they still are. */
export function expiryOf({ content, origin_server_ts: atMs }: MatrixEvent): number {
  const { memberships } = content;
  const all = Array.isArray(memberships) ? memberships.filter(isObject) : [content];
  const lengths = all.map(({ expires }) => (typeof expires === 'number' && expires > 0 ? expires : usualMs));
  return atMs + Math.min(Math.max(usualMs, ...lengths), longestMs);
}
