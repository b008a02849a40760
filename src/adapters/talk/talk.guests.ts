import { randomUUID } from 'node:crypto';
import type { Clock } from '../../model/clock.js';
import { LoginRefused, MessageRefused, NetworkUnavailable, RoomClosed, TargetGone } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { Refused } from './api/refused.js';
import type { GuestBans } from './talk.bans.js';
import type { TalkClient } from './talk.client.js';
import { ClosedRooms } from './talk.closed-rooms.js';
import { actorType } from './talk.constants.js';
import { brokenAnswer, guestBanned, guestGone, guestsUnserved } from './talk.errors.js';
import type { GuestNames } from './talk.guest-names.js';
import { ownerKey, type GuestOwner, type GuestStore } from './talk.guest-store.js';
import type { RoomViews } from './talk.room-views.js';
import type { TalkSettings } from './talk.settings.js';
import { Turns } from './talk.turns.js';
import { Visitors, type Seat, type Visitor } from './talk.visitors.js';
import type { OtherVoices, Spoken, Voice } from './talk.voices.js';

/** A session that was not heard of for 100 s is gone as soon as anybody lists the participants. */
const mostUnheardMs = 90_000;
/** How often it is seen to who is to be kept in a room, and who is not, as a part of the time between two signs of life. */
const looksPerPing = 4;
/** Of what is written down old things are forgotten after days: that a guest is there still is written down again. */
const keptAgainAfterMs = 86_400_000;

export interface GuestParts {
  readonly client: Pick<TalkClient, 'as'>;
  readonly store: GuestStore;
  readonly names: GuestNames;
  readonly rooms: RoomViews;
  readonly bans: GuestBans;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<TalkSettings, 'maxGuestSessions' | 'guestPingMs' | 'guestIdleMs'>;
}

/**
 * People of other networks as guests in public rooms: they come in when they first do something, are kept there while they go on, and
 * leave. When the program ends they stay: whoever takes over finds their sessions as they were, and what they did stays theirs.
 */
export class TalkGuests implements OtherVoices {
  readonly #visitors: Visitors;
  readonly #turns = new Turns();
  readonly #closed: ClosedRooms;
  /** Places that were given up for others; left when there is time. */
  readonly #givenUp = new Set<Seat>();
  /** Names this program among those that share the store. */
  readonly #keeper = randomUUID();

  constructor(private readonly parts: GuestParts) {
    this.#visitors = new Visitors(parts.client, parts.store);
    this.#closed = new ClosedRooms(parts.clock);
  }

  async speak<T>(
    room: RoomId,
    speaker: Speaker,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
  ): Promise<Spoken<T>> {
    if (this.#closed.has(room)) return 'refused';
    const owner = speaker.person;
    return this.#turns.take(ownerKey(owner), async () => {
      try {
        const name = await this.parts.names.of(room, speaker, signal);
        return await this.#attempt(room, owner, signal, act, name);
      } catch (error) {
        if (error instanceof RoomClosed) this.#close(room, error);
        else if (error instanceof LoginRefused) await this.#visitors.beginAnew(owner);
        else if (!(error instanceof MessageRefused)) throw error;
        return 'refused';
      } finally {
        this.#visitors.dropIfNowhere(owner);
      }
    });
  }

  async speakAs<T>(
    room: RoomId,
    actor: string,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
  ): Promise<Spoken<T>> {
    const owner = await this.parts.store.ownerOf(actor);
    if (owner === undefined || this.#closed.has(room)) throw guestGone();
    return this.#turns.take(ownerKey(owner), async () => {
      const seat = (await this.#visitors.of(owner)).seats.get(room) ?? (await this.parts.store.seatOf(owner, room));
      if (seat?.actor !== actor) throw guestGone();
      try {
        const spoken = await this.#attempt(room, owner, signal, async (voice) => {
          if (voice.actor !== actor) throw guestGone();
          return act(voice);
        });
        if (spoken === 'refused') throw guestGone();
        return spoken;
      } catch (error) {
        if (!(error instanceof RoomClosed)) throw error;
        this.#close(room, error);
        // Nobody else can do it.
        throw guestGone(error);
      } finally {
        this.#visitors.dropIfNowhere(owner);
      }
    });
  }

  /** The room may let guests in again. */
  knockAgain(room: RoomId): void {
    this.#closed.open(room);
    this.parts.bans.forget(room);
  }

  /** Keeps guests where they are while they do something, and lets them go afterwards. Ends with `signal`, when they stay. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, settings } = this.parts;
    if (settings.maxGuestSessions === 0) return;
    while (!signal.aborted) {
      await clock.sleep(settings.guestPingMs / looksPerPing, signal);
      for (const seat of [...this.#givenUp, ...this.#visitors.seats()]) {
        if (signal.aborted) return;
        await this.#see(seat, signal);
      }
    }
  }

  /** Once more where the server turns out to have dropped the guest since it was heard of last. */
  async #attempt<T>(
    room: RoomId,
    owner: GuestOwner,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
    name?: string,
  ): Promise<Spoken<T>> {
    const visitor = await this.#visitors.of(owner);
    const seat = visitor.seats.get(room);
    // Nobody else gets the place meanwhile.
    if (seat !== undefined) seat.actedMs = this.#now();
    if (seat !== undefined && this.#now() - seat.heardMs < mostUnheardMs) {
      try {
        return { done: await this.#act(visitor, seat, signal, act, name) };
      } catch (error) {
        if (!isDropped(error)) throw error;
        // It may have been by a ban.
        this.parts.bans.forget(room);
      }
    }
    const joined = await this.#join(visitor, room, signal);
    return joined === 'full' ? 'refused' : { done: await this.#act(visitor, joined, signal, act, name) };
  }

  async #act<T>(
    visitor: Visitor,
    seat: Seat,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
    name: string | undefined,
  ): Promise<T> {
    if (name !== undefined) seat.wantedName = name;
    await this.#introduce(visitor, seat, signal);
    seat.actedMs = this.#now();
    const { chat, reactions, polls } = visitor;
    return act({ as: 'guest', chat, reactions, polls, actor: seat.actor });
  }

  /** Joining again, while the server still knows the guest, is a sign of life. */
  async #join(visitor: Visitor, room: RoomId, signal: AbortSignal): Promise<Seat | 'full'> {
    const { owner, seats } = visitor;
    const { store, bans } = this.parts;
    if (!seats.has(room) && !this.#hasPlace()) return 'full';
    const known = seats.get(room);
    const stored = known ?? (await store.seatOf(owner, room));
    if (stored !== undefined && (await bans.has(room, stored.actor, signal))) throw guestBanned();
    const joined = await visitor.participants.join(room, signal).catch((error: unknown) => {
      throw hasFailed(error) ? guestsUnserved(error) : error;
    });
    if (joined.actorType !== actorType.guests) throw brokenAnswer('read', 'a guest as somebody else');
    await this.#visitors.keepCookies(visitor);
    const actor = joined.actorId;
    const now = this.#now();
    const name = stored?.actor === actor ? stored.name : undefined;
    const wantedName = stored?.name;
    const seat: Seat = known ?? { owner, room, actor, name, wantedName, heardMs: now, actedMs: now, keptMs: now };
    // Before it first does anything, so that nobody takes what it does for somebody else's; and again, as long as it stays.
    if (known?.actor !== actor || now - seat.keptMs >= keptAgainAfterMs) {
      await store.claim(actor, owner);
      await this.#keep({ ...seat, actor, name });
      seat.keptMs = now;
    }
    seat.actor = actor;
    seat.name = name;
    seat.heardMs = now;
    seats.set(room, seat);
    return seat;
  }

  async #introduce(visitor: Visitor, seat: Seat, signal: AbortSignal): Promise<void> {
    const { room, wantedName: name } = seat;
    if (name === undefined || seat.name === name) return;
    await visitor.guests.setName(room, name, signal);
    seat.name = name;
    await this.#keep(seat);
  }

  async #keep({ owner, room, actor, name }: Seat): Promise<void> {
    const keeper = this.#keeper;
    await this.parts.store.keepSeat(owner, room, { actor, keeper, ...(name === undefined ? {} : { name }) });
  }

  /** One more may come in; for that the one is let go who has done nothing for longest, if for a while. */
  #hasPlace(): boolean {
    const { maxGuestSessions, guestPingMs } = this.parts.settings;
    const seats = this.#visitors.seats();
    if (seats.length < maxGuestSessions) return true;
    const idlest = seats.reduce<Seat | undefined>(
      (oldest, seat) => (oldest === undefined || seat.actedMs < oldest.actedMs ? seat : oldest),
      undefined,
    );
    if (idlest === undefined || this.#now() - idlest.actedMs < guestPingMs) return false;
    this.#visitors.giveUp(idlest);
    this.#givenUp.add(idlest);
    return true;
  }

  /** Whether it is to be kept in the room, to leave it, or needs nothing now. */
  async #see(seat: Seat, signal: AbortSignal): Promise<void> {
    const { settings, log } = this.parts;
    const now = this.#now();
    const leaves = this.#givenUp.has(seat) || now - seat.actedMs >= settings.guestIdleMs;
    if (!leaves && now - seat.heardMs < settings.guestPingMs) return;
    await this.#turns.take(ownerKey(seat.owner), async () => {
      try {
        if (!(await this.#isOurs(seat))) return;
        await (leaves ? this.#leave(seat, signal) : this.#ping(seat, signal));
      } catch (error) {
        // Whoever does something next comes in again.
        log.debug({ room: seat.room, error }, 'a guest could not be kept in a room');
        // The others are not let in either: each who tries all the same counts as an attack.
        if (error instanceof RoomClosed) this.#close(seat.room, error);
        if (error instanceof RoomClosed || error instanceof TargetGone) this.#visitors.unseat(seat);
      }
    });
  }

  /** Another program keeps the guest since the room became its own: it is that one's to keep and to let go. */
  async #isOurs(seat: Seat): Promise<boolean> {
    const stored = await this.parts.store.seatOf(seat.owner, seat.room);
    if (stored?.keeper === this.#keeper) return true;
    this.#givenUp.delete(seat);
    this.#visitors.unseat(seat);
    return false;
  }

  async #ping(seat: Seat, signal: AbortSignal): Promise<void> {
    const visitor = await this.#visitors.of(seat.owner);
    if (visitor.seats.get(seat.room) !== seat) return;
    if (this.#closed.has(seat.room)) return this.#visitors.unseat(seat);
    await this.#join(visitor, seat.room, signal);
    // Somebody else was given the place meanwhile.
    if (this.#givenUp.has(seat)) return this.#visitors.giveUp(seat);
    await this.#introduce(visitor, seat, signal);
  }

  async #leave(seat: Seat, signal: AbortSignal): Promise<void> {
    const wasGivenUp = this.#givenUp.delete(seat);
    const visitor = await this.#visitors.of(seat.owner);
    const present = visitor.seats.get(seat.room);
    // It came in again, or did something, while it waited for its turn.
    const isWanted = wasGivenUp
      ? present !== undefined
      : present !== seat || this.#now() - seat.actedMs < this.parts.settings.guestIdleMs;
    if (isWanted) return;
    // As whom it was banned stays known.
    if (await this.parts.bans.has(seat.room, seat.actor, signal)) return this.#visitors.unseat(seat);
    await visitor.participants.leaveSession(seat.room, signal);
    await this.#visitors.forget(seat);
  }

  #close(room: RoomId, why: RoomClosed): void {
    this.#closed.close(room);
    this.parts.rooms.forget(room);
    this.parts.log.info({ room, why: why.message }, 'the room does not let guests in: our account speaks for them');
  }

  #now(): number {
    return this.parts.clock.monotonicMs();
  }
}

/** The session is no longer in the room. */
function isDropped(error: unknown): boolean {
  return error instanceof RoomClosed && (error.reason === 'gone' || error.reason === 'notJoined');
}

/** The server failed at just this: what it answers while it cannot tell its signaling server of who comes. */
function hasFailed(error: unknown): error is NetworkUnavailable {
  return error instanceof NetworkUnavailable && error.cause instanceof Refused && error.cause.status === 500;
}
