import type { RoomChanged } from '../model/bridge-event.js';
import { type RoomRef, userId } from '../model/ids.js';

/** Pure: what the other rooms are told where the bridge lost a room, or has it back. `why`: what somebody can do, for a person. */
export function reachChanged(room: RoomRef, state: 'lost' | 'back', why: string, now: Date): RoomChanged {
  return {
    kind: 'roomChanged',
    room,
    actor: { account: room.account, id: userId(''), name: '', standing: 'system' },
    at: now.toISOString(),
    change: { of: 'reach', state, why },
  };
}
