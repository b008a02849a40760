import { assertNever, type CallChanged, type MessageEdited, type MessageSent } from '../model/bridge-event.js';
import type { Call } from '../model/call.js';
import type { LinkOptions } from '../model/link-options.js';
import type { KnownCall } from '../model/routing.js';
import type { RichText } from '../model/rich-text.js';
import { callAfter, callBegun, forgottenNotice, noticeOfCall } from './calls.js';

/**
 * What becomes of what is told of a call. `begin`: its notice is sent; `before`: what that of the one before says from now on.
 * `goOn`: what is known of it from now on, null where it has ended; `edit`: what its notice says then, absent where that is the same.
 */
export type CallRoute =
  | { readonly then: 'pass'; readonly why: string }
  | { readonly then: 'line' }
  | { readonly then: 'begin'; readonly notice: MessageSent; readonly call: Call; readonly before?: MessageEdited }
  | { readonly then: 'goOn'; readonly call: KnownCall | null; readonly edit?: MessageEdited };

/** Pure. `known`: the call that goes on in the room, as far as it was told. */
export function routeOfCall(
  event: CallChanged,
  known: KnownCall | undefined,
  told: LinkOptions['calls'],
  networkLabel: string,
): CallRoute {
  const { change } = event;
  switch (change.of) {
    case 'arrival':
    case 'end': {
      if (known === undefined) return { then: 'pass', why: 'the call began before it could be told of' };
      // An older payload may be read again: it is about a call that is over.
      if (event.at < known.call.startedAt) return { then: 'pass', why: 'it tells of an earlier call' };
      const { call, body } = callAfter(known.call, event, change, networkLabel);
      const next = call === null ? null : { ...known, call };
      return body === 'the same'
        ? { then: 'goOn', call: next }
        : { then: 'goOn', call: next, edit: noticeEdited(event, known, body) };
    }
    case 'start': {
      if (told === 'off') return notTold;
      const call = callBegun(event, change);
      const notice = noticeOfCall(event, change, call, networkLabel);
      if (known === undefined) return { then: 'begin', notice, call };
      // A room has one call at a time: that the one before has ended was not told.
      return {
        then: 'begin',
        notice,
        call,
        before: noticeEdited(event, known, forgottenNotice(known.call, networkLabel)),
      };
    }
    case 'recording':
      return told === 'off' ? notTold : { then: 'line' };
    default:
      return assertNever(change);
  }
}

const notTold: CallRoute = { then: 'pass', why: 'the link does not tell of calls' };

function noticeEdited({ room, actor, at, version }: CallChanged, { remote }: KnownCall, body: RichText): MessageEdited {
  const message = { room, id: remote };
  return { kind: 'messageEdited', room, actor, at, message, body, style: 'notice', by: 'bridge', version };
}
