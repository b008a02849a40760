import { skeleton } from '../../formatting/look-alike.js';
import type { Clock } from '../../model/clock.js';
import { BridgeError } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { TalkClient } from './talk.client.js';
import { actorType, participantType } from './talk.constants.js';

/** Those who are in a room, but for guests. */
export interface People {
  /** As their names look. */
  readonly skeletons: ReadonlySet<string>;
  /** The ids of users of the server who belong to the room: who came by its link alone goes with his session. */
  readonly members: ReadonlySet<string>;
}

const believedForMs = 600_000;
/** Where the room did not say. */
const askedAgainAfterMs = 30_000;
const mostRemembered = 500;
/** System messages after which others are in the room. */
const changing: ReadonlySet<string> = new Set([
  'user_added',
  'user_removed',
  'group_added',
  'group_removed',
  'circle_added',
  'circle_removed',
]);

interface Remembered {
  readonly people: People;
  readonly untilMs: number;
}

const nobody: People = { skeletons: new Set(), members: new Set() };

/** Who is in rooms, as it was a short while ago. */
export class RoomPeople {
  readonly #known = new Map<RoomId, Remembered>();

  constructor(
    private readonly client: Pick<TalkClient, 'api'>,
    private readonly clock: Clock,
  ) {}

  /** What is known from before, or nobody, where the room does not say. */
  async of(room: RoomId, signal: AbortSignal): Promise<People> {
    const known = this.#known.get(room);
    if (known !== undefined && this.clock.monotonicMs() < known.untilMs) return known.people;
    const asked = await this.#ask(room, signal);
    const people = asked ?? known?.people ?? nobody;
    const forMs = asked === undefined ? askedAgainAfterMs : believedForMs;
    this.#known.delete(room);
    this.#known.set(room, { people, untilMs: this.clock.monotonicMs() + forMs });
    const oldest = this.#known.keys().next();
    if (this.#known.size > mostRemembered && oldest.done !== true) this.#known.delete(oldest.value);
    return people;
  }

  forget(room: RoomId): void {
    this.#known.delete(room);
  }

  /** A row of the room was read: it may tell that others are there now. */
  notice(room: RoomId, systemMessage: string): void {
    if (changing.has(systemMessage)) this.forget(room);
  }

  async #ask(room: RoomId, signal: AbortSignal): Promise<People | undefined> {
    try {
      const { data } = await this.client.api.participants.list({ token: room }, signal);
      const people = (data ?? []).filter((one) => one.actorType !== actorType.guests);
      const members = people.filter(
        (one) => one.actorType === actorType.users && one.participantType !== participantType.selfJoined,
      );
      return {
        skeletons: new Set(people.map(({ displayName }) => skeleton(displayName))),
        members: new Set(members.map(({ actorId }) => actorId)),
      };
    } catch (error) {
      // What depends on it is done as carefully as where nobody is known.
      if (error instanceof BridgeError) return undefined;
      throw error;
    }
  }
}
