import type { CallChanged, MessageSent } from '../model/bridge-event.js';
import type { Call, CallGuest } from '../model/call.js';
import type { UserRef } from '../model/ids.js';
import type { Inline, RichText } from '../model/rich-text.js';
import { duration } from './duration.js';

/** While a call goes on, one who comes after these changes its notice no more: hundreds may come within a minute. */
const namedWhileItGoesOn = 8;
const namedAtItsEnd = 20;
/** So many are kept apart; whoever comes after them is one of many more. */
const mostKnown = 500;

export type CallStart = Extract<CallChanged['change'], { of: 'start' }>;
type CallArrival = Extract<CallChanged['change'], { of: 'arrival' }>;
type CallEnd = Extract<CallChanged['change'], { of: 'end' }>;

/** Pure: what is known of a call that somebody begins. */
export function callBegun({ actor, at }: CallChanged, { joinUrl, attention }: CallStart): Call {
  return {
    startedAt: at,
    people: [guestOf(actor)],
    ...(joinUrl === undefined ? {} : { joinUrl }),
    ...(attention === undefined ? {} : { attention }),
  };
}

/** Pure: what the bridge says when a call begins. */
export function noticeOfCall(event: CallChanged, start: CallStart, call: Call, networkLabel: string): MessageSent {
  const { room, actor, at } = event;
  return {
    kind: 'messageSent',
    room,
    actor,
    at,
    message: start.call,
    body: runningNotice(call, networkLabel),
    files: [],
    style: 'notice',
    by: 'bridge',
    ...(start.attention === undefined ? {} : { attention: start.attention }),
  };
}

/** What is known of a call from now on, null where it has ended, and what its notice says then. */
export interface CallStep {
  readonly call: Call | null;
  readonly body: RichText | 'the same';
}

/** Pure: what becomes of a call that goes on. */
export function callAfter(
  call: Call,
  { actor, at }: CallChanged,
  change: CallArrival | CallEnd,
  networkLabel: string,
): CallStep {
  if (change.of === 'end') {
    return { call: null, body: endedNotice(callWith(call, change.people), change.how, at, networkLabel) };
  }
  const next = callWith(call, [actor]);
  const body = runningNotice(next, networkLabel);
  const isSame = JSON.stringify(body) === JSON.stringify(runningNotice(call, networkLabel));
  return { call: next, body: isSame ? 'the same' : body };
}

/** Pure: what the notice says of a call of whose end nobody told. */
export function forgottenNotice(call: Call, networkLabel: string): RichText {
  return endedNotice(call, 'over', undefined, networkLabel);
}

/** The same call where all of them are known. */
function callWith(call: Call, people: readonly UserRef[]): Call {
  const known = new Set<string>(call.people.map(({ id }) => id));
  const came = [...new Map(people.map((person) => [person.id, person])).values()].filter(({ id }) => !known.has(id));
  const room = mostKnown - call.people.length;
  if (came.length === 0 || room <= 0) return call;
  return { ...call, people: [...call.people, ...came.slice(0, room).map(guestOf)] };
}

function runningNotice({ joinUrl, people: [first, ...others] }: Call, networkLabel: string): RichText {
  const content: Inline[] = [text(`📞 ${nameOf(first, networkLabel)} started a call`)];
  if (joinUrl !== undefined) content.push(text(': '), { type: 'link', url: joinUrl, content: [text('join it')] });
  if (others.length > 0) {
    const named = others.slice(0, namedWhileItGoesOn).map(({ name }) => name);
    content.push(
      { type: 'break' },
      text(`With ${enumerated(others.length > named.length ? [...named, 'others'] : named)}`),
    );
  }
  return [{ type: 'paragraph', content }];
}

/** `at`: when the call ended; absent where nobody told. */
function endedNotice(
  { startedAt, people: [first, ...others] }: Call,
  how: CallEnd['how'],
  at: string | undefined,
  networkLabel: string,
): RichText {
  const name = nameOf(first, networkLabel);
  const took = at === undefined ? '' : ` after ${duration(Math.max(0, Date.parse(at) - Date.parse(startedAt)))}`;
  const said =
    how === 'unanswered' ? `${name} called, and nobody answered` : `The call that ${name} started is over${took}`;
  const content: Inline[] = [text(`📞 ${said}`)];
  if (others.length > 0) content.push({ type: 'break' }, text(`With ${enumerated(listed(others))}`));
  return [{ type: 'paragraph', content }];
}

function listed(others: readonly CallGuest[]): readonly string[] {
  const named = others.slice(0, namedAtItsEnd).map(({ name }) => name);
  const rest = others.length - named.length;
  if (rest === 0) return named;
  return [...named, others.length + 1 >= mostKnown ? 'many more' : `${String(rest)} more`];
}

function guestOf({ id, name }: UserRef): CallGuest {
  return { id, name };
}

function nameOf(guest: CallGuest | undefined, networkLabel: string): string {
  return guest === undefined ? `Somebody (${networkLabel})` : `${guest.name} (${networkLabel})`;
}

function text(words: string): Inline {
  return { type: 'text', text: words };
}

/** `a`, `a and b`, `a, b and c` */
function enumerated(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
