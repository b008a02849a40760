import type { CallChanged } from '../../model/bridge-event.js';
import type { MessageRef, UserRef } from '../../model/ids.js';
import { isoOf, versionOf } from './slack.ids.js';
import type { Huddle } from './slack.payloads.js';

/** Where a huddle is told of, and by whose names. */
export interface HuddlePlace {
  /** The message that stands for it; what is said beside the huddle answers it. */
  readonly message: MessageRef;
  readonly person: (id: string) => UserRef;
}

/** Pure: a huddle begins. Read late it may be over by now. */
export function huddleBegun(huddle: Huddle, ts: string, { message, person }: HuddlePlace): CallChanged[] {
  const { created_by: by, huddle_link: joinUrl } = huddle;
  const change = { of: 'start', call: message, ...(joinUrl === undefined ? {} : { joinUrl }) } as const;
  const begun: CallChanged = {
    kind: 'callChanged',
    room: message.room,
    actor: person(by),
    at: isoOf(ts),
    change,
    version: versionOf(ts),
  };
  return isOver(huddle) ? [begun, ended(huddle, ts, { message, person })] : [begun];
}

/** Pure: who came, or that it is over. `at`: when that was told. */
export function huddleWentOn(huddle: Huddle, at: string, place: HuddlePlace): CallChanged[] {
  if (isOver(huddle)) return [ended(huddle, at, place)];
  const { room } = place.message;
  return (huddle.participants ?? []).map((id) => ({
    kind: 'callChanged',
    room,
    actor: place.person(id),
    at: isoOf(at),
    change: { of: 'arrival' },
    version: versionOf(at),
  }));
}

function ended(huddle: Huddle, told: string, { message, person }: HuddlePlace): CallChanged {
  const { created_by: by, date_end: endedAt = 0, participant_history: people = [] } = huddle;
  return {
    kind: 'callChanged',
    room: message.room,
    actor: person(by),
    // To whole seconds, which may be the very one of the beginning.
    at: Number(told) > endedAt ? isoOf(told) : new Date(endedAt * 1000).toISOString(),
    change: { of: 'end', how: 'over', people: people.map(person) },
    version: versionOf(told),
  };
}

function isOver({ has_ended: hasEnded, date_end: endedAt = 0 }: Huddle): boolean {
  return hasEnded === true || endedAt > 0;
}
