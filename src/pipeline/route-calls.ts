import { assertNever, type CallChanged, type MessageEdited } from '../model/bridge-event.js';
import { copyKey, type KnownCall, roomKey, type Wiring } from '../model/routing.js';
import { type CallRoute, routeOfCall } from './call-routing.js';
import { ignored, type ArrivalRoute, type Verdict } from './arrival-route.js';

/** What becomes of calls: each is one message of the bridge, sent when it begins, edited as it goes on. */
export class CallRoutes {
  constructor(private readonly on: ArrivalRoute) {}

  change(event: CallChanged, wiring: Wiring): Verdict {
    const known = this.on.known.calls.get(roomKey(event.room));
    const call = routeOfCall(event, known, wiring.options.calls, this.on.options.label(event.room.account));
    switch (call.then) {
      case 'pass':
        return ignored(call.why);
      case 'line':
        this.on.deliver(event, wiring, null);
        return { state: 'routed', message: null };
      case 'begin':
        return this.#start(event, call, known, wiring);
      case 'goOn':
        this.#setCall(event, call.call);
        return this.#noticeEdited(call.edit, known, wiring);
      default:
        return assertNever(call);
    }
  }

  #start(
    event: CallChanged,
    { notice, call, before }: Extract<CallRoute, { then: 'begin' }>,
    known: KnownCall | undefined,
    wiring: Wiring,
  ): Verdict {
    const begun = this.on.known.copies.get(copyKey(notice.message));
    if (begun !== undefined) return ignored('known already', begun.message);
    this.#noticeEdited(before, known, wiring);
    const message = this.on.begin(notice, wiring);
    this.#setCall(event, { message, remote: notice.message.id, call });
    return { state: 'routed', message };
  }

  #noticeEdited(edit: MessageEdited | undefined, call: KnownCall | undefined, wiring: Wiring): Verdict {
    const message = call?.message ?? null;
    if (edit === undefined || message === null) return ignored('the notice of the call stays as it is', message);
    if (this.on.known.messages.get(message)?.deleted === true)
      return ignored('the notice of the call was deleted', message);
    this.on.changeParked(message, edit);
    this.on.deliver(edit, wiring, message);
    return { state: 'routed', message };
  }

  #setCall({ room }: CallChanged, call: KnownCall | null): void {
    if (call === null) this.on.known.calls.delete(roomKey(room));
    else this.on.known.calls.set(roomKey(room), call);
    this.on.plan.calls.push({ room, call });
  }
}
