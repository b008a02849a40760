import type { Clock } from '../../model/clock.js';
import type { RoomId } from '../../model/ids.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';
import { listableScope, lobbyState, roomType } from './talk.constants.js';
import type { TalkRoom } from './talk.payloads.js';

/** What of a room decides who may speak in it. */
export interface RoomView {
  /** Whether people without an account come in by themselves, and may speak. */
  readonly letsGuestsIn: boolean;
  /** Whether people with an account come in by themselves. */
  readonly letsUsersIn: boolean;
}

interface Remembered {
  readonly view: RoomView;
  readonly untilMs: number;
}

/** System messages after which a room may let others in, or another account moderate. */
const changing: ReadonlySet<string> = new Set([
  'guests_allowed',
  'guests_disallowed',
  'password_set',
  'password_removed',
  'lobby_none',
  'lobby_non_moderators',
  'lobby_timer_reached',
  'listable_none',
  'listable_users',
  'listable_all',
  'read_only',
  'read_only_off',
  'moderator_promoted',
  'moderator_demoted',
]);
const mostRemembered = 5000;
/** Most rooms let nobody in, ever; that one does from now on, its rows tell. */
const closedFactor = 10;

/** One question that is under way. */
interface Asking {
  readonly answer: Promise<RoomView | undefined>;
}

/** Rooms as they were a short while ago. */
export class RoomViews {
  readonly #views = new Map<RoomId, Remembered>();
  readonly #asking = new Map<RoomId, Asking>();

  constructor(
    private readonly client: Pick<TalkClient, 'rooms'>,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly options: { readonly believedForMs: number; readonly timeoutMs: number },
  ) {}

  /** An older view while, or where, the room cannot be asked; undefined where there is none. */
  async of(room: RoomId): Promise<RoomView | undefined> {
    const known = this.#views.get(room);
    if (known === undefined) return this.#ask(room);
    // Nobody waits for what most likely is as it was: what turns out otherwise is refused, and done otherwise.
    if (this.clock.monotonicMs() >= known.untilMs) void this.#ask(room);
    return known.view;
  }

  /** What is remembered of the room, or being asked, may be wrong. */
  forget(room: RoomId): void {
    this.#views.delete(room);
    this.#asking.delete(room);
  }

  /** Whether a row that was read tells that the room is another one now. */
  notice(room: RoomId, systemMessage: string): boolean {
    const tells = changing.has(systemMessage);
    if (tells) this.forget(room);
    return tells;
  }

  /** Those who ask at the same time share the answer. Never rejects. */
  #ask(room: RoomId): Promise<RoomView | undefined> {
    const known = this.#asking.get(room);
    if (known !== undefined) return known.answer;
    const asking: Asking = {
      answer: this.#read(room).then((view) => {
        if (this.#asking.get(room) !== asking) return view;
        this.#asking.delete(room);
        if (view !== undefined) this.#remember(room, view);
        return view;
      }),
    };
    this.#asking.set(room, asking);
    return asking.answer;
  }

  async #read(room: RoomId): Promise<RoomView | undefined> {
    try {
      return viewOf(await this.client.rooms.get(room, AbortSignal.timeout(this.options.timeoutMs)));
    } catch (error) {
      // Whoever writes there next meets the same trouble, and says so.
      this.log.debug({ room, error }, 'it cannot be asked who may speak in a room');
      return undefined;
    }
  }

  #remember(room: RoomId, view: RoomView): void {
    const { believedForMs } = this.options;
    const forMs = view.letsGuestsIn || view.letsUsersIn ? believedForMs : believedForMs * closedFactor;
    this.#views.delete(room);
    this.#views.set(room, { view, untilMs: this.clock.monotonicMs() + forMs });
    const oldest = this.#views.keys().next();
    if (this.#views.size > mostRemembered && oldest.done !== true) this.#views.delete(oldest.value);
  }
}

/** Pure. */
export function viewOf(room: TalkRoom): RoomView {
  const isOpen = room.readOnly === 0 && room.lobbyState === lobbyState.none;
  // A room of another server is read through ours, which has no guests there.
  const isHere = room.remoteServer === '';
  const isPublic = room.type === roomType.public && !room.hasPassword;
  return {
    letsGuestsIn: isHere && isOpen && isPublic,
    letsUsersIn: isHere && isOpen && (isPublic || room.listable !== listableScope.none),
  };
}
