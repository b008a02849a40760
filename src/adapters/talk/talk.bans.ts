import type { Clock } from '../../model/clock.js';
import { MessageRefused, RoomClosed } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { Ban } from './api/bans.endpoints.js';
import type { TalkClient } from './talk.client.js';
import { bannedActor } from './talk.constants.js';

/** So long one answer serves all who are seen to one after the other. */
const sharedForMs = 2_000;
/** How long it is not asked again where our account may not see who is banned. */
const unseenForMs = 600_000;
const mostRemembered = 1_000;

/** Who may not come into a room; undefined where our account, as no moderator, may not see that. */
export async function bansIn(
  client: Pick<TalkClient, 'api'>,
  token: RoomId,
  signal: AbortSignal,
): Promise<readonly Ban[] | undefined> {
  try {
    return (await client.api.bans.list({ token }, signal)).data;
  } catch (error) {
    const isRefused = error instanceof RoomClosed && error.reason === 'noPermission';
    if (error instanceof MessageRefused || isRefused) return undefined;
    throw error;
  }
}

/**
 * Which of our guests moderators have banned. The server bans the address of a banned guest who knocks again, which is that of all
 * our guests: so it is looked up before anybody knocks.
 */
export class GuestBans {
  readonly #known = new Map<RoomId, { readonly guests: ReadonlySet<string>; readonly untilMs: number }>();

  constructor(
    private readonly client: Pick<TalkClient, 'api'>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  async has(room: RoomId, guest: string, signal: AbortSignal): Promise<boolean> {
    const known = this.#known.get(room);
    if (known !== undefined && this.clock.monotonicMs() < known.untilMs) return known.guests.has(guest);
    const bans = await bansIn(this.client, room, signal);
    const banned = (bans ?? []).filter(({ bannedActorType }) => bannedActorType === bannedActor.guests);
    const guests = new Set(banned.map(({ bannedActorId }) => bannedActorId));
    this.#known.delete(room);
    this.#known.set(room, {
      guests,
      untilMs: this.clock.monotonicMs() + (bans === undefined ? unseenForMs : sharedForMs),
    });
    const oldest = this.#known.keys().next();
    if (this.#known.size > mostRemembered && oldest.done !== true) this.#known.delete(oldest.value);
    return guests.has(guest);
  }

  /** What is known of the room may be wrong. */
  forget(room: RoomId): void {
    this.#known.delete(room);
  }
}
