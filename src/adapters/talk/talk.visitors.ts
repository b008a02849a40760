import type { RoomId } from '../../model/ids.js';
import { ChatApi } from './api/chat.js';
import { GuestsApi } from './api/guests.js';
import { ParticipantsApi } from './api/participants.js';
import { PollsApi } from './api/polls.js';
import { ReactionsApi } from './api/reactions.js';
import type { TalkClient } from './talk.client.js';
import { CookieJar } from './talk.cookies.js';
import { sessionIn } from './talk.credentials.js';
import { ownerKey, type GuestOwner, type GuestStore } from './talk.guest-store.js';

/** A guest in a room. */
export interface Seat {
  readonly owner: GuestOwner;
  readonly room: RoomId;
  actor: string;
  /** What the server calls the guest. */
  name: string | undefined;
  /** What the guest is to be called. */
  wantedName: string | undefined;
  /** When the server last took it for present; on the clock that never jumps, as are those below. */
  heardMs: number;
  actedMs: number;
  /** When it was written down last. */
  keptMs: number;
}

/** One person's session with the server, which serves every room. */
export interface Visitor {
  readonly owner: GuestOwner;
  readonly jar: CookieJar;
  /** The cookies as they were written down last. */
  keptCookies: string;
  readonly chat: ChatApi;
  readonly reactions: ReactionsApi;
  readonly polls: PollsApi;
  readonly participants: ParticipantsApi;
  readonly guests: GuestsApi;
  readonly seats: Map<RoomId, Seat>;
}

/** Those for whom this program keeps a session: their cookies stand in the store, for whoever takes over. */
export class Visitors {
  readonly #byOwner = new Map<string, Visitor>();

  constructor(
    private readonly client: Pick<TalkClient, 'as'>,
    private readonly store: GuestStore,
  ) {}

  async of(owner: GuestOwner): Promise<Visitor> {
    const key = ownerKey(owner);
    const known = this.#byOwner.get(key);
    if (known !== undefined) return known;
    const cookies = await this.store.cookiesOf(owner);
    const jar = new CookieJar(cookies);
    const door = this.client.as(sessionIn(jar));
    const visitor: Visitor = {
      owner: { account: owner.account, id: owner.id },
      jar,
      keptCookies: cookies,
      chat: new ChatApi(door),
      reactions: new ReactionsApi(door),
      polls: new PollsApi(door),
      participants: new ParticipantsApi(door),
      guests: new GuestsApi(door),
      seats: new Map(),
    };
    this.#byOwner.set(key, visitor);
    return visitor;
  }

  /** Where all of them are. */
  seats(): Seat[] {
    return [...this.#byOwner.values()].flatMap(({ seats }) => [...seats.values()]);
  }

  async keepCookies(visitor: Visitor): Promise<void> {
    const cookies = visitor.jar.header();
    if (cookies === visitor.keptCookies) return;
    await this.store.keepCookies(visitor.owner, cookies);
    visitor.keptCookies = cookies;
  }

  /** The place is no longer this program's to keep. */
  unseat(seat: Seat): void {
    const visitor = this.#byOwner.get(ownerKey(seat.owner));
    if (visitor?.seats.get(seat.room) === seat) visitor.seats.delete(seat.room);
    this.dropIfNowhere(seat.owner);
  }

  /** The place is free for others; who had it may do something elsewhere at this moment. */
  giveUp(seat: Seat): void {
    this.#byOwner.get(ownerKey(seat.owner))?.seats.delete(seat.room);
  }

  /** Who is in no room is not remembered here. */
  dropIfNowhere(owner: GuestOwner): void {
    const key = ownerKey(owner);
    if (this.#byOwner.get(key)?.seats.size === 0) this.#byOwner.delete(key);
  }

  /** The place was given up: whoever comes into it again comes anew. */
  async forget(seat: Seat): Promise<void> {
    this.unseat(seat);
    await this.store.forgetSeat(seat.owner, seat.room);
    if (!this.#byOwner.has(ownerKey(seat.owner))) await this.store.forgetCookies(seat.owner);
  }

  /** The server takes the session for nobody's. */
  async beginAnew(owner: GuestOwner): Promise<void> {
    this.#byOwner.delete(ownerKey(owner));
    await this.store.forgetCookies(owner);
  }
}
