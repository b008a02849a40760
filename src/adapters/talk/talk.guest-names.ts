import { skeleton } from '../../formatting/look-alike.js';
import { cleanName, nameWithHandle } from '../../formatting/names.js';
import type { Clock } from '../../model/clock.js';
import { BridgeError } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { TalkClient } from './talk.client.js';
import { actorType } from './talk.constants.js';

export type Named = Pick<Speaker, 'person' | 'profile' | 'networkLabel'>;

/** Longest name that the server stores, in UTF-16 code units. */
const longestName = 250;
const believedForMs = 600_000;
/** Where the room did not say. */
const askedAgainAfterMs = 30_000;
const mostRemembered = 500;
/** Ends as a name does that is told apart already. */
const isToldApart = /\]\s*$/u;

interface Remembered {
  readonly skeletons: ReadonlySet<string>;
  readonly untilMs: number;
}

/** What people of other networks are called in a room: with their network, and told apart from whoever is there by such a name. */
export class GuestNames {
  readonly #taken = new Map<RoomId, Remembered>();

  constructor(
    private readonly client: Pick<TalkClient, 'api'>,
    private readonly clock: Clock,
  ) {}

  async of(room: RoomId, speaker: Named, signal: AbortSignal): Promise<string> {
    return shownName(speaker, await this.#takenIn(room, signal));
  }

  /** As the names of those look who have an account and are in the room. */
  async #takenIn(room: RoomId, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const known = this.#taken.get(room);
    if (known !== undefined && this.clock.monotonicMs() < known.untilMs) return known.skeletons;
    const asked = await this.#ask(room, signal);
    const skeletons = asked ?? known?.skeletons ?? new Set<string>();
    const forMs = asked === undefined ? askedAgainAfterMs : believedForMs;
    this.#taken.delete(room);
    this.#taken.set(room, { skeletons, untilMs: this.clock.monotonicMs() + forMs });
    const oldest = this.#taken.keys().next();
    if (this.#taken.size > mostRemembered && oldest.done !== true) this.#taken.delete(oldest.value);
    return skeletons;
  }

  /** Undefined where the room does not say. */
  async #ask(room: RoomId, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
    try {
      const { data } = await this.client.api.participants.list({ token: room }, signal);
      const people = (data ?? []).filter((one) => one.actorType !== actorType.guests);
      return new Set(people.map(({ displayName }) => skeleton(displayName)));
    } catch (error) {
      // The network's mark on the name is there all the same.
      if (error instanceof BridgeError) return undefined;
      throw error;
    }
  }
}

/** Pure: `Mia (Matrix)`; `Anna [@anna:example.org] (Matrix)` where somebody looks like an Anna by the name. `taken`: skeletons. */
export function shownName({ person, profile, networkLabel }: Named, taken: ReadonlySet<string>): string {
  const name = cleanName(profile.name || person.name);
  const marked = `${name} (${networkLabel})`;
  const isTaken = taken.has(skeleton(name)) || taken.has(skeleton(marked));
  if (!isTaken || isToldApart.test(name)) return marked.slice(0, longestName).toWellFormed();
  return `${nameWithHandle(name, profile.handle ?? person.id)} (${networkLabel})`.slice(0, longestName).toWellFormed();
}
