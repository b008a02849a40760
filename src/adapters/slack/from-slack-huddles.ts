import type { CallChanged } from '../../model/bridge-event.js';
import type { MessageRef, UserRef } from '../../model/ids.js';
import type { ReadResult } from '../../model/network-adapter.js';
import { personRef, refTo } from './from-slack-happenings.js';
import type { Reading } from './from-slack-inlines.js';
import { isoOf, versionOf } from './slack.ids.js';
import type { Huddle, MessageEvent, SlackMessage } from './slack.payloads.js';

/** Where a huddle is told of, and by whose names. */
interface HuddlePlace {
  /** The message that stands for it; what is said beside the huddle answers it. */
  readonly message: MessageRef;
  readonly person: (id: string) => UserRef;
}

/** The `ts` of the message that stands for it, and when something of it was told. */
interface HuddleTimes {
  readonly ts: string;
  readonly at: string;
}

/** The message that stands for a huddle comes. */
export function huddleStarted(event: MessageEvent, reading: Reading): ReadResult {
  const { room: huddle, ts } = event;
  if (huddle === undefined || ts === undefined) return { ignored: 'a huddle of which nothing is told' };
  return { events: huddleBegun(huddle, ts, huddlePlace(event, ts, reading)) };
}

/** That message changes as people come and go. */
export function huddleChanged(event: MessageEvent, { room: huddle, ts }: SlackMessage, reading: Reading): ReadResult {
  const at = event.event_ts ?? event.ts ?? ts;
  if (huddle === undefined || ts === undefined || at === undefined) {
    return { ignored: 'a huddle of which nothing is told' };
  }
  const events = huddleWentOn(huddle, { ts, at }, huddlePlace(event, ts, reading));
  return events.length === 0 ? { ignored: 'a huddle in which nobody is' } : { events };
}

function huddlePlace(event: MessageEvent, ts: string, reading: Reading): HuddlePlace {
  return { message: refTo(event, ts, reading), person: (user) => personRef({ user }, reading) };
}

/** A huddle begins, by the `ts` of its message. Read late it may be over by now. */
function huddleBegun(huddle: Huddle, ts: string, place: HuddlePlace): CallChanged[] {
  const begun = began(huddle, ts, place);
  return isOver(huddle) ? [begun, ended(huddle, ts, place)] : [begun];
}

/**
 * Who came, or that it is over. `at`: when that was told. Slack keeps no order, so that this may come before its beginning:
 * it tells that first, which is passed over where it is known.
 */
function huddleWentOn(huddle: Huddle, { ts, at }: HuddleTimes, place: HuddlePlace): CallChanged[] {
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
