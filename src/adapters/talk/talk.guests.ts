import { randomUUID } from 'node:crypto';
import type { Clock } from '../../model/clock.js';
import { LoginRefused, MessageRefused, RoomClosed } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import { ChatApi } from './api/chat.js';
import { GuestsApi } from './api/guests.js';
import { ParticipantsApi } from './api/participants.js';
import { ReactionsApi } from './api/reactions.js';
import type { TalkClient } from './talk.client.js';
import { actorType } from './talk.constants.js';
import { CookieJar } from './talk.cookies.js';
import { sessionIn } from './talk.credentials.js';
import { brokenAnswer, guestGone } from './talk.errors.js';
import type { GuestNames } from './talk.guest-names.js';
import { ownerKey, type GuestOwner, type GuestStore } from './talk.guest-store.js';
import type { RoomViews } from './talk.room-views.js';
import type { TalkSettings } from './talk.settings.js';
import { Turns } from './talk.turns.js';
import type { OtherVoices, Spoken, Voice } from './talk.voices.js';

/** A session that was not heard of for 100 s is gone as soon as anybody lists the participants. */
const mostUnheardMs = 90_000;
/** How long the relay speaks where a room did not let guests in, before they knock again. */
const closedForMs = 60_000;
/** How often it is seen to who is to be kept in a room, and who is not, as a part of the time between two signs of life. */
const looksPerPing = 4;

/** A guest in a room. */
interface Seat {
  readonly owner: GuestOwner;
  readonly room: RoomId;
  actor: string;
  /** What the server calls the guest. */
  name: string | undefined;
  /** What the guest is to be called. */
  wantedName: string | undefined;
  /** When the server last took it for present; on the clock that never jumps, as is `actedMs`. */
  heardMs: number;
  actedMs: number;
}

/** One person's session with the server, which serves every room. */
interface Visitor {
  readonly owner: GuestOwner;
  readonly jar: CookieJar;
  /** The cookies as they were written down last. */
  keptCookies: string;
  readonly chat: ChatApi;
  readonly reactions: ReactionsApi;
  readonly participants: ParticipantsApi;
  readonly guests: GuestsApi;
  readonly seats: Map<RoomId, Seat>;
}

export interface GuestParts {
  readonly client: Pick<TalkClient, 'as'>;
  readonly store: GuestStore;
  readonly names: GuestNames;
  readonly rooms: RoomViews;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<TalkSettings, 'maxGuestSessions' | 'guestPingMs' | 'guestIdleMs'>;
}

/**
 * People of other networks as guests in public rooms: they come in when they first do something, are kept there while they go on, and
 * leave. When the program ends they stay: whoever takes over finds their sessions as they were, and what they did stays theirs.
 */
export class TalkGuests implements OtherVoices {
  readonly #visitors = new Map<string, Visitor>();
  readonly #turns = new Turns();
  /** Rooms that did not let a guest in, until when the relay speaks there. */
  readonly #closed = new Map<RoomId, number>();
  /** Places that were given up for others; left when there is time. */
  readonly #givenUp = new Set<Seat>();
  /** Names this program among those that share the store. */
  readonly #keeper = randomUUID();

  constructor(private readonly parts: GuestParts) {}

  async speak<T>(
    room: RoomId,
    speaker: Speaker,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
  ): Promise<Spoken<T>> {
    if (this.#isClosed(room)) return 'refused';
    const owner = speaker.person;
    return this.#turns.take(ownerKey(owner), async () => {
      try {
        const name = await this.parts.names.of(room, speaker, signal);
        return await this.#attempt(room, owner, signal, act, name);
      } catch (error) {
        if (error instanceof RoomClosed) this.#close(room, error);
        else if (error instanceof LoginRefused) await this.#beginAnew(owner);
        else if (!(error instanceof MessageRefused)) throw error;
        return 'refused';
      } finally {
        this.#dropIfNowhere(ownerKey(owner));
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
    if (owner === undefined) throw guestGone();
    return this.#turns.take(ownerKey(owner), async () => {
      const seat = (await this.#visitor(owner)).seats.get(room) ?? (await this.parts.store.seatOf(owner, room));
      if (seat?.actor !== actor) throw guestGone();
      try {
        const spoken = await this.#attempt(room, owner, signal, async (voice) => {
          if (voice.actor !== actor) throw guestGone();
          return act(voice);
        });
        if (spoken === 'refused') throw guestGone();
        return spoken;
      } catch (error) {
        // Nobody else can do it.
        throw error instanceof RoomClosed ? guestGone(error) : error;
      } finally {
        this.#dropIfNowhere(ownerKey(owner));
      }
    });
  }

  /** The room may let guests in again. */
  knockAgain(room: RoomId): void {
    this.#closed.delete(room);
  }

  /** Keeps guests where they are while they do something, and lets them go afterwards. Ends with `signal`, when they stay. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, settings, store } = this.parts;
    if (settings.maxGuestSessions === 0 || signal.aborted) return;
    await store.clean().catch((error: unknown) => log.warn({ error }, 'old guests could not be forgotten'));
    while (!signal.aborted) {
      await clock.sleep(settings.guestPingMs / looksPerPing, signal);
      for (const seat of [...this.#givenUp, ...this.#seats()]) {
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
    const visitor = await this.#visitor(owner);
    const seat = visitor.seats.get(room);
    if (seat !== undefined && this.#now() - seat.heardMs < mostUnheardMs) {
      try {
        return { done: await this.#act(visitor, seat, signal, act, name) };
      } catch (error) {
        if (!isDropped(error)) throw error;
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
    const { chat, reactions } = visitor;
    return act({ as: 'guest', chat, reactions, actor: seat.actor });
  }

  /** Joining again, while the server still knows the guest, is a sign of life. */
  async #join(visitor: Visitor, room: RoomId, signal: AbortSignal): Promise<Seat | 'full'> {
    const { owner, seats } = visitor;
    const { store } = this.parts;
    if (!seats.has(room) && !this.#hasPlace()) return 'full';
    const stored = seats.get(room) ?? (await store.seatOf(owner, room));
    const joined = await visitor.participants.join(room, signal);
    if (joined.actorType !== actorType.guests) throw brokenAnswer('read', 'a guest as somebody else');
    await this.#keepCookies(visitor);
    const actor = joined.actorId;
    const now = this.#now();
    const name = stored?.actor === actor ? stored.name : undefined;
    const known = seats.get(room);
    const wantedName = stored?.name;
    const seat: Seat = known ?? { owner, room, actor, name, wantedName, heardMs: now, actedMs: now };
    // Both before it first does anything, so that nobody takes what it does for somebody else's.
    if (stored?.actor !== actor) await store.claim(actor, owner);
    if (known?.actor !== actor) await this.#keep({ ...seat, actor, name });
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
    const seats = this.#seats();
    if (seats.length < maxGuestSessions) return true;
    const idlest = seats.reduce<Seat | undefined>(
      (oldest, seat) => (oldest === undefined || seat.actedMs < oldest.actedMs ? seat : oldest),
      undefined,
    );
    if (idlest === undefined || this.#now() - idlest.actedMs < guestPingMs) return false;
    this.#visitors.get(ownerKey(idlest.owner))?.seats.delete(idlest.room);
    this.#givenUp.add(idlest);
    return true;
  }

  /** Whether it is to be kept in the room, to leave it, or needs nothing now. */
  async #see(seat: Seat, signal: AbortSignal): Promise<void> {
    const { settings, log } = this.parts;
    const now = this.#now();
    const leaves = this.#givenUp.has(seat) || now - seat.actedMs >= settings.guestIdleMs;
    if (!leaves && now - seat.heardMs < settings.guestPingMs) return;
    try {
      await this.#turns.take(ownerKey(seat.owner), async () => {
        if (!(await this.#isOurs(seat))) return;
        await (leaves ? this.#leave(seat, signal) : this.#ping(seat, signal));
      });
    } catch (error) {
      // Whoever does something next comes in again.
      log.debug({ room: seat.room, error }, 'a guest could not be kept in a room');
      if (error instanceof RoomClosed) this.#unseat(seat);
    }
  }

  /** Another program keeps the guest since the room became its own: it is that one's to keep and to let go. */
  async #isOurs(seat: Seat): Promise<boolean> {
    const stored = await this.parts.store.seatOf(seat.owner, seat.room);
    if (stored?.keeper === this.#keeper) return true;
    this.#givenUp.delete(seat);
    this.#unseat(seat);
    return false;
  }

  async #ping(seat: Seat, signal: AbortSignal): Promise<void> {
    const visitor = await this.#visitor(seat.owner);
    if (visitor.seats.get(seat.room) !== seat) return;
    await this.#join(visitor, seat.room, signal);
    await this.#introduce(visitor, seat, signal);
  }

  async #leave(seat: Seat, signal: AbortSignal): Promise<void> {
    const wasGivenUp = this.#givenUp.delete(seat);
    const visitor = await this.#visitor(seat.owner);
    const present = visitor.seats.get(seat.room);
    // It came in again, or did something, while it waited for its turn.
    const isWanted = wasGivenUp
      ? present !== undefined
      : present !== seat || this.#now() - seat.actedMs < this.parts.settings.guestIdleMs;
    if (isWanted) return;
    await visitor.participants.leaveSession(seat.room, signal);
    await this.#forget(seat);
  }

  async #forget(seat: Seat): Promise<void> {
    const { store } = this.parts;
    this.#unseat(seat);
    await store.forgetSeat(seat.owner, seat.room);
    if (!this.#visitors.has(ownerKey(seat.owner))) await store.forgetCookies(seat.owner);
  }

  #unseat(seat: Seat): void {
    const key = ownerKey(seat.owner);
    const visitor = this.#visitors.get(key);
    if (visitor?.seats.get(seat.room) === seat) visitor.seats.delete(seat.room);
    this.#dropIfNowhere(key);
  }

  /** Who is in no room is not remembered here; the cookies stand in the store. */
  #dropIfNowhere(key: string): void {
    if (this.#visitors.get(key)?.seats.size === 0) this.#visitors.delete(key);
  }

  /** The server takes the session for nobody's. */
  async #beginAnew(owner: GuestOwner): Promise<void> {
    this.#visitors.delete(ownerKey(owner));
    await this.parts.store.forgetCookies(owner);
  }

  async #visitor(owner: GuestOwner): Promise<Visitor> {
    const key = ownerKey(owner);
    const known = this.#visitors.get(key);
    if (known !== undefined) return known;
    const cookies = await this.parts.store.cookiesOf(owner);
    const jar = new CookieJar(cookies);
    const door = this.parts.client.as(sessionIn(jar));
    const visitor: Visitor = {
      owner: { account: owner.account, id: owner.id },
      jar,
      keptCookies: cookies,
      chat: new ChatApi(door),
      reactions: new ReactionsApi(door),
      participants: new ParticipantsApi(door),
      guests: new GuestsApi(door),
      seats: new Map(),
    };
    this.#visitors.set(key, visitor);
    return visitor;
  }

  async #keepCookies(visitor: Visitor): Promise<void> {
    const cookies = visitor.jar.header();
    if (cookies === visitor.keptCookies) return;
    await this.parts.store.keepCookies(visitor.owner, cookies);
    visitor.keptCookies = cookies;
  }

  #seats(): Seat[] {
    return [...this.#visitors.values()].flatMap(({ seats }) => [...seats.values()]);
  }

  #isClosed(room: RoomId): boolean {
    const untilMs = this.#closed.get(room);
    if (untilMs === undefined) return false;
    if (this.#now() < untilMs) return true;
    this.#closed.delete(room);
    return false;
  }

  #close(room: RoomId, why: RoomClosed): void {
    this.#closed.set(room, this.#now() + closedForMs);
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
