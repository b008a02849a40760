import type { RoomId } from '../../model/ids.js';
import type { WatchedRoom, WatchMode } from '../../model/network-adapter.js';

export interface WatchOptions {
  readonly maxHeldPolls: number;
  /** Whether its bot tells what happens there. */
  hasBot(room: WatchedRoom): boolean;
  /** Whether the signaling server tells when something is written there. */
  isSignaled(room: WatchedRoom): boolean;
}

/** Pure: how each room is watched, given the busiest first: by the best of what is there. */
export function chooseWatch(rooms: readonly WatchedRoom[], options: WatchOptions): Map<RoomId, WatchMode> {
  const chosen = new Map<RoomId, WatchMode>();
  let held = 0;
  for (const room of rooms) {
    const mode = pushedBy(room, options) ?? (held < options.maxHeldPolls ? 'held' : 'swept');
    if (mode === 'held') held += 1;
    chosen.set(room.room, mode);
  }
  return chosen;
}

function pushedBy(room: WatchedRoom, { hasBot, isSignaled }: WatchOptions): 'webhook' | 'signaling' | undefined {
  if (hasBot(room)) return 'webhook';
  return isSignaled(room) ? 'signaling' : undefined;
}
