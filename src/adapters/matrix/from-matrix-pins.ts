import type { PinChanged } from '../../model/bridge-event.js';
import { isIdText } from './matrix.ids.js';
import type { JsonObject } from './matrix.payloads.js';

/** The events that an `m.room.pinned_events` names, each once. */
export function pinnedIn({ pinned }: JsonObject): readonly string[] {
  const all: readonly unknown[] = Array.isArray(pinned) ? pinned : [];
  return [...new Set(all.filter((id) => typeof id === 'string').filter((id) => id.startsWith('$') && isIdText(id)))];
}

/** What was pinned and unpinned from one state to the next. */
export function pinsChanged(
  before: JsonObject,
  now: JsonObject,
): readonly { readonly event: string; readonly state: PinChanged['state'] }[] {
  const [were, are] = [pinnedIn(before), pinnedIn(now)];
  return [
    ...were.filter((event) => !are.includes(event)).map((event) => ({ event, state: 'unpinned' as const })),
    ...are.filter((event) => !were.includes(event)).map((event) => ({ event, state: 'pinned' as const })),
  ];
}
