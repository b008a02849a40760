import type { ReadUpTo } from '../../model/bridge-event.js';
import { BridgeError } from '../../model/errors.js';
import { remoteId, type RoomId } from '../../model/ids.js';
import type { AdapterContext } from '../../model/network-definition.js';
import { ownerKey } from './talk.guest-store.js';
import type { LentLogin, LentLogins } from './talk.lent-logins.js';
import type { OwnReading } from './talk.own-reading.js';
import type { RoomPeople } from './talk.room-people.js';
import type { TalkSettings } from './talk.settings.js';

export interface LendersReadingParts extends Pick<
  AdapterContext<Pick<TalkSettings, 'ownReadIntervalMs'>>,
  'account' | 'settings' | 'clock' | 'log' | 'isLinked' | 'wasRead' | 'showsRead'
> {
  readonly client: { readonly skewMs: number };
  readonly logins: Pick<LentLogins, 'all'>;
  readonly people: Pick<RoomPeople, 'of'>;
  /** Asks by the login; undefined: it works no more. Throws BridgeErrors. */
  asReader<T>(login: LentLogin, ask: (reading: OwnReading) => Promise<T>): Promise<T | undefined>;
}

/** The last that was said in a room. */
interface Said {
  readonly row: number;
  /** By the server's clock, rounded down. */
  readonly seconds: number;
  /** Whoever belonged to the room when that was said; undefined: nobody has looked yet. */
  members: ReadonlySet<string> | undefined;
}

interface Asked {
  readonly at: string;
  dueMs: number;
  waitMs: number;
  /** By room: how far they had read it, as they were asked last. */
  readonly read: Map<string, number>;
  privacy: { readonly isPrivate: boolean; readonly untilMs: number } | undefined;
}

/** What nobody has read after a day is no news any more, and is not asked about. */
const newForSeconds = 86_400;
/** Somebody who is asked first may have read long ago what was said long ago; what was said lately they have read lately. */
const latelySeconds = 600;
/** Whoever reads nothing is asked ever more seldom, down to this many times the interval. */
const slowest = 10;
const mostRooms = 1000;
/** No more than two requests a second. */
const pauseMs = 500;
const mostRoundMs = 10_000;
const privacyBelievedForMs = 600_000;

/**
 * How far people who lend a login have read rooms in Talk itself. No row tells it, so that they are asked for their own list of rooms: while
 * something was said in a linked room that they have not read, and at no other time. Runs on the account's owner; all in memory.
 */
export class LendersReading {
  readonly #rooms = new Map<RoomId, Said>();
  readonly #lenders = new Map<string, Asked>();
  readonly #startedAt: Date;

  constructor(private readonly parts: LendersReadingParts) {
    this.#startedAt = parts.clock.now();
  }

  /** Something was said in a room: a row, with its time. */
  noticeNew(room: RoomId, row: number, seconds: number): void {
    const known = this.#rooms.get(room);
    if (known !== undefined && known.row >= row) return;
    this.#rooms.delete(room);
    this.#rooms.set(room, { row, seconds, members: undefined });
    const [oldest] = this.#rooms.keys();
    if (this.#rooms.size > mostRooms && oldest !== undefined) this.#rooms.delete(oldest);
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, settings } = this.parts;
    const roundMs = Math.min(mostRoundMs, Math.ceil(settings.ownReadIntervalMs / 3));
    while (!signal.aborted) {
      this.#forgetOld();
      if (this.#rooms.size > 0) await this.#round(signal);
      await clock.sleep(roundMs, signal);
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { clock, logins, showsRead } = this.parts;
    const lent = (await logins.all()).filter(({ uses, owner }) => uses.includes('reading') && showsRead(owner.account));
    this.#forgetOthers(new Set(lent.map(({ owner }) => ownerKey(owner))));
    for (const login of lent) {
      const asked = this.#askedOf(login);
      if (signal.aborted || clock.monotonicMs() < asked.dueMs) continue;
      const unread = await this.#unreadBy(login, asked, signal);
      if (unread.length === 0) continue;
      const hasMoved = await this.#ask(login, asked, unread, signal).catch((error: unknown) => this.#failed(error));
      if (hasMoved) asked.waitMs = this.#intervalMs;
      asked.dueMs = clock.monotonicMs() + asked.waitMs;
      if (!hasMoved) asked.waitMs = Math.min(asked.waitMs * 2, slowest * this.#intervalMs);
      await clock.sleep(pauseMs, signal);
    }
  }

  get #intervalMs(): number {
    return this.parts.settings.ownReadIntervalMs;
  }

  async #unreadBy({ user }: LentLogin, { read }: Asked, signal: AbortSignal): Promise<readonly Said[]> {
    const unread: Said[] = [];
    for (const [room, said] of this.#rooms) {
      if ((read.get(room) ?? 0) >= said.row || !this.parts.isLinked(room)) continue;
      said.members ??= (await this.parts.people.of(room, signal)).members;
      if (said.members.has(user)) unread.push(said);
    }
    return unread;
  }

  /** Whether they have read more than before. Throws BridgeErrors. */
  async #ask(login: LentLogin, asked: Asked, unread: readonly Said[], signal: AbortSignal): Promise<boolean> {
    const { clock, asReader } = this.parts;
    const since = Math.min(...unread.map(({ seconds }) => seconds));
    const marks = await asReader(login, (reading) => reading.marks(since, signal));
    const news = [...(marks ?? [])].filter(([room, row]) => this.#isNews(login, asked, room, row));
    if (news.length > 0 && (asked.privacy === undefined || asked.privacy.untilMs <= clock.monotonicMs())) {
      const isPrivate = await asReader(login, (reading) => reading.isPrivate(signal));
      if (isPrivate === undefined) return false;
      asked.privacy = { isPrivate, untilMs: clock.monotonicMs() + privacyBelievedForMs };
    }
    // Who marks a room as unread has read on from there.
    for (const [room, row] of marks ?? []) if (this.#rooms.has(room)) asked.read.set(room, row);
    for (const [room, row] of news) this.#tell(login, room, row, asked.privacy?.isPrivate === true);
    return news.length > 0;
  }

  /** What they were not asked before counts where they have read all that was said lately: elsewhere they may have read more since. */
  #isNews({ at }: LentLogin, { read }: Asked, room: RoomId, row: number): boolean {
    const said = this.#rooms.get(room);
    if (said === undefined || !this.parts.isLinked(room)) return false;
    const before = read.get(room);
    if (before !== undefined) return row > before;
    const beganSeconds = Math.max(this.#startedAt.getTime(), Date.parse(at)) / 1000;
    return row >= said.row && said.seconds >= beganSeconds + this.parts.client.skewMs / 1000 - latelySeconds;
  }

  #tell({ owner }: LentLogin, room: RoomId, row: number, isPrivate: boolean): void {
    const { account, clock, wasRead } = this.parts;
    const at = { account, id: room };
    const upTo: ReadUpTo = {
      kind: 'readUpTo',
      room: at,
      actor: { ...owner, name: '', standing: 'person' },
      at: clock.now().toISOString(),
      message: { room: at, id: remoteId(String(row)) },
      ids: 'ascending',
      ...(isPrivate ? { isPrivate } : {}),
    };
    wasRead(upTo);
  }

  #askedOf({ owner, at }: LentLogin): Asked {
    const key = ownerKey(owner);
    const known = this.#lenders.get(key);
    if (known?.at === at) return known;
    const asked = { at, dueMs: 0, waitMs: this.#intervalMs, read: new Map(), privacy: undefined };
    this.#lenders.set(key, asked);
    return asked;
  }

  #forgetOld(): void {
    const { clock, client } = this.parts;
    const oldest = (clock.now().getTime() + client.skewMs) / 1000 - newForSeconds;
    for (const [room, { seconds }] of this.#rooms) {
      if (seconds >= oldest) continue;
      this.#rooms.delete(room);
      for (const { read } of this.#lenders.values()) read.delete(room);
    }
  }

  #forgetOthers(lenders: ReadonlySet<string>): void {
    for (const key of this.#lenders.keys()) if (!lenders.has(key)) this.#lenders.delete(key);
  }

  #failed(error: unknown): false {
    if (!(error instanceof BridgeError)) throw error;
    this.parts.log.debug({ error }, 'it could not be asked how far somebody has read');
    return false;
  }
}
