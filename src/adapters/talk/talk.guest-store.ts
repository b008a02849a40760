import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { accountId, userId, type RoomId, type UserRef } from '../../model/ids.js';
import type { StoredRow } from './talk.payloads.js';

/** For whom a guest speaks. */
export type GuestOwner = Pick<UserRef, 'account' | 'id'>;

/** A person's place in a room, as the server knows it. */
export interface StoredSeat {
  /** The guest's id in the room, without its type. */
  readonly actor: string;
  /** What the server calls the guest; absent where it was told no name yet. */
  readonly name?: string;
  /** The program that keeps the guest there. */
  readonly keeper: string;
}

const mostRemembered = 20_000;
const dayMs = 86_400_000;
/** Places are given up in order, but for those of a program that ended meanwhile: the server gave them up long ago. */
const seatsKeptMs = 7 * dayMs;
/** Rows of our own guests are read again after a downtime at most. */
const actorsKeptMs = 30 * dayMs;

/**
 * What must be known of guests after a restart and to other replicas: with which cookies a person's session is known, as whom it is in
 * which room, and which guests are ours.
 */
export class GuestStore {
  readonly #owners = new Map<string, GuestOwner>();

  constructor(
    private readonly store: AccountStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Whose guest it is; undefined for guests that are none of ours. */
  async ownerOf(actor: string): Promise<GuestOwner | undefined> {
    const known = this.#owners.get(actor);
    if (known !== undefined) return known;
    // A guest is written down before it first does anything: where nothing stands, it is somebody else.
    const owner = ownerIn(await this.store.get(actorKey(actor)));
    if (owner !== undefined) this.#remember(actor, owner);
    return owner;
  }

  /** Of the guests whom a row names those that are ours, with whose they are. */
  async oursIn(row: Parameters<typeof guestsNamedIn>[0]): Promise<Pick<StoredRow, 'guests'>> {
    const guests: Record<string, { account: string; id: string }> = {};
    for (const actor of guestsNamedIn(row)) {
      const owner = await this.ownerOf(actor);
      if (owner !== undefined) guests[actor] = { account: owner.account, id: owner.id };
    }
    return Object.keys(guests).length === 0 ? {} : { guests };
  }

  async claim(actor: string, { account, id }: GuestOwner): Promise<void> {
    await this.store.put(actorKey(actor), { account, id, at: this.clock.now().toISOString() });
    this.#remember(actor, { account, id });
  }

  /** The cookies of the person's session, as a browser sends them; empty where there is none. */
  async cookiesOf(owner: GuestOwner): Promise<string> {
    const cookies = fieldIn(await this.store.get(cookiesKey(owner)), 'cookies');
    return typeof cookies === 'string' ? cookies : '';
  }

  async keepCookies(owner: GuestOwner, cookies: string): Promise<void> {
    await this.store.put(cookiesKey(owner), { cookies }, { secret: true });
  }

  async forgetCookies(owner: GuestOwner): Promise<void> {
    await this.store.delete(cookiesKey(owner));
  }

  async seatOf(owner: GuestOwner, room: RoomId): Promise<StoredSeat | undefined> {
    const value = await this.store.get(seatKey(owner, room));
    const [actor, name, keeper] = ['actor', 'name', 'keeper'].map((field) => fieldIn(value, field));
    if (typeof actor !== 'string' || typeof keeper !== 'string') return undefined;
    return { actor, keeper, ...(typeof name === 'string' ? { name } : {}) };
  }

  async keepSeat(owner: GuestOwner, room: RoomId, seat: StoredSeat): Promise<void> {
    await this.store.put(seatKey(owner, room), { ...seat, at: this.clock.now().toISOString() });
  }

  async forgetSeat(owner: GuestOwner, room: RoomId): Promise<void> {
    await this.store.delete(seatKey(owner, room));
  }

  /** Forgets what nobody needs any more. */
  async clean(): Promise<void> {
    await this.#cleanOlder(seatFront, seatsKeptMs);
    await this.#cleanOlder(actorFront, actorsKeptMs);
    const seats = await this.store.list(seatFront);
    for (const { key } of await this.store.list(cookiesFront)) {
      const owner = key.slice(cookiesFront.length);
      if (!seats.some((seat) => seat.key.startsWith(`${seatFront}${owner}/`))) await this.store.delete(key);
    }
  }

  async #cleanOlder(prefix: string, keptMs: number): Promise<void> {
    const oldest = this.clock.now().getTime() - keptMs;
    for (const { key, value } of await this.store.list(prefix)) {
      const at = fieldIn(value, 'at');
      if (typeof at !== 'string' || Date.parse(at) < oldest) await this.store.delete(key);
    }
  }

  #remember(actor: string, owner: GuestOwner): void {
    this.#owners.set(actor, owner);
    const oldest = this.#owners.keys().next();
    if (this.#owners.size > mostRemembered && oldest.done !== true) this.#owners.delete(oldest.value);
  }
}

const mentionFront = 'guest/';

/** Pure: the guests whom a row names: who did it, and who is mentioned there or in what it answers. */
export function guestsNamedIn(row: {
  readonly actorType: string;
  readonly actorId: string;
  readonly parent?: object | undefined;
}): ReadonlySet<string> {
  const named = new Set(row.actorType === 'guests' ? [row.actorId] : []);
  for (const each of [row, row.parent]) {
    const parameters = fieldIn(each, 'messageParameters');
    if (typeof parameters !== 'object' || parameters === null) continue;
    for (const parameter of Object.values(parameters)) {
      const id = fieldIn(parameter, 'id');
      if (fieldIn(parameter, 'type') !== 'guest' || typeof id !== 'string' || !id.startsWith(mentionFront)) continue;
      named.add(id.slice(mentionFront.length));
    }
  }
  return named;
}

/** One text for each person. */
export const ownerKey = ({ account, id }: GuestOwner): string => [account, id].map(encoded).join('/');

/** The person whose text it is. */
export function ownerOfKey(key: string): GuestOwner {
  const [account = '', id = ''] = key.split('/').map((part) => decodeURIComponent(part));
  return { account: accountId(account), id: userId(id) };
}

const actorFront = 'guest-actor/';
const cookiesFront = 'guest-cookies/';
const seatFront = 'guest-seat/';
const actorKey = (actor: string): string => actorFront + encoded(actor);
const cookiesKey = (owner: GuestOwner): string => cookiesFront + ownerKey(owner);
const seatKey = (owner: GuestOwner, room: RoomId): string => `${seatFront}${ownerKey(owner)}/${room}`;

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function ownerIn(value: unknown): GuestOwner | undefined {
  const [account, id] = [fieldIn(value, 'account'), fieldIn(value, 'id')];
  return typeof account === 'string' && typeof id === 'string'
    ? { account: accountId(account), id: userId(id) }
    : undefined;
}

function fieldIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
