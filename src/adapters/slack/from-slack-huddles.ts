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

/** The `ts` of the message that stands for it, and when something of it was told. */
export interface HuddleTimes {
  readonly ts: string;
  readonly at: string;
}

/** Pure: a huddle begins, by the `ts` of its message. Read late it may be over by now. */
export function huddleBegun(huddle: Huddle, ts: string, place: HuddlePlace): CallChanged[] {
  const begun = began(huddle, ts, place);
  return isOver(huddle) ? [begun, ended(huddle, ts, place)] : [begun];
}

/**
 * Pure: who came, or that it is over. `at`: when that was told. Slack keeps no order, so that this may come before its beginning:
 * it tells that first, which is passed over where it is known.
 */
export function huddleWentOn(huddle: Huddle, { ts, at }: HuddleTimes, place: HuddlePlace): CallChanged[] {
  const begun = began(huddle, ts, place);
  if (isOver(huddle)) return [begun, ended(huddle, at, place)];
  const { room } = place.message;
  const came = (huddle.participants ?? []).map((id): CallChanged => ({
    kind: 'callChanged',
    room,
    actor: place.person(id),
    at: isoOf(at),
    change: { of: 'arrival' },
    version: versionOf(at),
  }));
  return came.length === 0 ? [] : [begun, ...came];
}

function began(
  { created_by: by, huddle_link: joinUrl }: Huddle,
  ts: string,
  { message, person }: HuddlePlace,
): CallChanged {
  return {
    kind: 'callChanged',
    room: message.room,
    actor: person(by),
    at: isoOf(ts),
    change: { of: 'start', call: message, ...(joinUrl === undefined ? {} : { joinUrl }) },
    version: versionOf(ts),
  };
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
