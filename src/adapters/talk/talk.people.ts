import { isDeepStrictEqual } from 'node:util';
import type { AccountStore } from '../../model/account-store.js';
import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused, RoomClosed } from '../../model/errors.js';
import { inboxKey, roomId, userId, type RoomId } from '../../model/ids.js';
import type { Ingest, RawPayload, WatchedRoom, Watching } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { Participant } from './api/room.answers.js';
import type { TalkClient } from './talk.client.js';
import { bridgeBotUser } from './talk.bridge-bot.js';
import { actorType, intervals, participantType } from './talk.constants.js';
import { actorOf, talkUserId } from './talk.ids.js';
import { LookedRooms } from './talk.looked-rooms.js';
import type { TalkStatuses } from './talk.statuses.js';
import {
  parseKnownPeople,
  parseWelcomed,
  type KnownPeople,
  type KnownPerson,
  type OrderedRow,
  type StoredPerson,
} from './talk.payloads.js';

/** Rows after which others may be in a room, or see to it. Of guests no row tells: they are found with the others. */
const changing: ReadonlySet<string> = new Set([
  'user_added',
  'user_removed',
  'group_added',
  'group_removed',
  'circle_added',
  'circle_removed',
  'guests_disallowed',
  'moderator_promoted',
  'moderator_demoted',
  'guest_moderator_promoted',
  'guest_moderator_demoted',
]);
const moderators: readonly number[] = [
  participantType.owner,
  participantType.moderator,
  participantType.guestModerator,
];

export interface PeopleParts {
  readonly client: Pick<TalkClient, 'api' | 'skewMs'>;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  /** How many are shown of a room; 0: it is not looked who is there. */
  readonly membersShown: number;
  /** The id of the account's own user. */
  self(): string;
  /** How people are, as the list of participants says it beside. */
  readonly statuses: Pick<TalkStatuses, 'isOn' | 'due' | 'tell'>;
  /** Whether a guest is one of ours. */
  isOurGuest(actor: string): Promise<boolean>;
}

interface Found extends KnownPerson {
  readonly type: string;
  readonly id: string;
}

/** How a room was asked last, and when that began. */
interface Asked {
  readonly atMs: number;
  readonly answered: boolean;
}

/**
 * Who is in linked rooms: looked up when a room is begun and after rows that tell of its people, at most once a minute a room; while
 * somebody looks at it, every 3 s; and never else. Whoever reads a room, or hears that somebody looks, writes down that it is to be
 * looked at; the account's owner alone looks.
 */
export class TalkPeople {
  readonly #asked = new Map<RoomId, Asked>();
  readonly #looked: LookedRooms;
  #ingest: Ingest | undefined;

  constructor(private readonly parts: PeopleParts) {
    this.#looked = new LookedRooms(parts.store, parts.clock);
  }

  listen(ingest: Ingest): void {
    this.#ingest = ingest;
  }

  /** The room begins to be read: whoever was shown of it before was shown elsewhere. */
  async began(room: RoomId): Promise<void> {
    const { store, membersShown } = this.parts;
    if (membersShown === 0) return;
    const { looks } = parseKnownPeople(await store.get(knownFront + room));
    if (looks > 0) await store.put(knownFront + room, { looks, people: {} } satisfies KnownPeople);
    await this.#mark(room, 'began');
  }

  /** A row is handed on. */
  async noticeRow(room: RoomId, { id, systemMessage }: OrderedRow): Promise<void> {
    if (this.parts.membersShown > 0 && changing.has(systemMessage)) await this.#mark(room, String(id));
  }

  /** A room that comes into a link later is shown who is in those that were there before. */
  async welcome(joined: Watching['joined']): Promise<void> {
    const { store, membersShown } = this.parts;
    if (membersShown === 0) return;
    const since = parseWelcomed(await store.get(welcomedKey));
    const { rooms, upTo } = await joined(since);
    for (const room of rooms) await this.began(room);
    if (upTo !== since) await store.put(welcomedKey, { upTo });
  }

  /** Somebody types in a room that is linked with this one: they look at it. */
  async somebodyLooks(room: RoomId): Promise<void> {
    if (this.parts.membersShown > 0) await this.#looked.told(room);
  }

  /** Whether somebody looks at a room: it is due within 3 s then. That another replica heard of it is known at the next step. */
  get isLookedAt(): boolean {
    return this.#looked.isAny;
  }

  /**
   * Looks at the rooms that are due, one after the other. Throws LoginRefused; what else fails is tried again in a minute, whoever
   * looks.
   */
  async step(rooms: readonly WatchedRoom[], signal: AbortSignal): Promise<void> {
    const { store, membersShown, statuses } = this.parts;
    if (membersShown === 0 && !statuses.isOn) return;
    const open = new Set(rooms.filter(({ state }) => state === 'open').map(({ room }) => room));
    const marks = new Map(
      (await store.list(dueFront)).map(({ key, value }) => [roomId(key.slice(dueFront.length)), value]),
    );
    const looked = await this.#looked.now();
    const { looking, pushed } = intervals.participants;
    const due = await statuses.due();
    for (const room of new Set([...looked, ...marks.keys(), ...due])) {
      if (signal.aborted) return;
      const isDue = due.has(room);
      const leastMs = looked.has(room) || isDue ? looking : pushed;
      if (open.has(room) && this.#mayAsk(room, leastMs)) await this.#ask(room, marks.get(room), isDue, signal);
    }
  }

  #mayAsk(room: RoomId, leastMs: number): boolean {
    const asked = this.#asked.get(room);
    if (asked === undefined) return true;
    return this.parts.clock.monotonicMs() - asked.atMs >= (asked.answered ? leastMs : intervals.participants.pushed);
  }

  async #ask(room: RoomId, mark: unknown, withStatuses: boolean, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.parts;
    const atMs = clock.monotonicMs();
    this.#asked.set(room, { atMs, answered: false });
    try {
      await this.#look(room, withStatuses, signal);
      this.#asked.set(room, { atMs, answered: true });
      await this.#done(room, mark);
    } catch (error) {
      if (error instanceof LoginRefused || !(error instanceof BridgeError)) throw error;
      if (signal.aborted) return;
      log.debug({ room, error }, 'it cannot be asked who is in a room');
      // Where we may not see it, or are out: what changes that is told by a row, or begins the room anew.
      if (error instanceof RoomClosed || error.failure.retry === 'never') await this.#done(room, mark);
    }
  }

  async #mark(room: RoomId, by: string): Promise<void> {
    await this.parts.store.put(dueFront + room, { by });
  }

  /** Unless somebody wrote down meanwhile that it is to be looked at once more. */
  async #done(room: RoomId, mark: unknown): Promise<void> {
    const { store } = this.parts;
    const now = await store.get(dueFront + room);
    if (JSON.stringify(now) === JSON.stringify(mark)) await store.delete(dueFront + room);
  }

  async #look(room: RoomId, withStatuses: boolean, signal: AbortSignal): Promise<void> {
    const { client, clock, store, statuses, membersShown } = this.parts;
    const query = { token: room, ...(withStatuses ? { includeStatus: true } : {}) };
    const { data, headers } = await client.api.participants.list(query, signal);
    if (withStatuses) statuses.tell(room, data, headers.hasUserStatuses === true);
    if (membersShown === 0) return;
    const known = parseKnownPeople(await store.get(knownFront + room));
    const there = await this.#shown(data, known);
    const nowS = Math.floor((clock.now().getTime() + client.skewMs) / 1000);
    const payloads = changesBetween(known.people, there).map(({ who, is }) =>
      payloadOf({ token: room, person: { ...who, is, at: nowS } }, known.looks),
    );
    if (payloads.length > 0) await this.#ingest?.accept(payloads);
    const people = Object.fromEntries([...there].map(([key, { name, role }]) => [key, { name, role }]));
    if (payloads.length === 0 && isDeepStrictEqual(people, known.people)) return;
    await store.put(knownFront + room, { looks: known.looks + 1, people } satisfies KnownPeople);
  }

  /** Those who were shown before and are there still, and as many of the others as may be shown. */
  async #shown(participants: readonly Participant[], known: KnownPeople): Promise<ReadonlyMap<string, Found>> {
    const people = new Map<string, Found>();
    for (const participant of participants) {
      const found = await this.#personIn(participant);
      if (found !== undefined) people.set(talkUserId(found.type, found.id), found);
    }
    const byTime = [...people].sort(
      ([a], [b]) => Number(Object.hasOwn(known.people, b)) - Number(Object.hasOwn(known.people, a)),
    );
    return new Map(byTime.slice(0, this.parts.membersShown));
  }

  /**
   * Undefined: not to be shown. Of people of other servers the list does not say whether they accepted; rows do. Guests count once they
   * came and gave a name.
   */
  async #personIn({
    actorType: type,
    actorId: id,
    displayName,
    participantType: rank,
    lastPing,
  }: Participant): Promise<Found | undefined> {
    const role = moderators.includes(rank) ? 'moderator' : 'member';
    switch (type) {
      case actorType.users:
        return id === this.parts.self() || id === bridgeBotUser
          ? undefined
          : { type, id, name: displayName || id, role };
      case actorType.guests:
        if (displayName === '' || (await this.parts.isOurGuest(id))) return undefined;
        return { type, id, name: displayName, role };
      case actorType.emails:
        // One who was only invited is called by an address, which is nobody's business elsewhere.
        return lastPing === 0 || displayName === '' || displayName.includes('@')
          ? undefined
          : { type, id, name: displayName, role };
      default:
        return undefined;
    }
  }
}

const dueFront = 'people-due/';
const knownFront = 'people/';
const welcomedKey = 'people-welcomed';

type Is = StoredPerson['person']['is'];
type Who = Omit<StoredPerson['person'], 'is' | 'at'>;

/** Pure. */
function changesBetween(
  before: KnownPeople['people'],
  now: ReadonlyMap<string, Found>,
): { readonly who: Who; readonly is: Is }[] {
  const changes: { who: Who; is: Is }[] = [];
  for (const [key, { name }] of Object.entries(before)) {
    if (!now.has(key)) changes.push({ who: { ...actorOf(userId(key)), name }, is: 'gone' });
  }
  for (const [key, { type, id, name, role }] of now) {
    const was = Object.hasOwn(before, key) ? before[key] : undefined;
    if (was === undefined) changes.push({ who: { type, id, name }, is: 'there' });
    if ((was?.role ?? 'member') !== role) changes.push({ who: { type, id, name }, is: role });
  }
  return changes;
}

/** The same of two replicas that look at the same time, one of which lost the account meanwhile. */
function payloadOf(stored: StoredPerson, looks: number): RawPayload {
  const { type, id, is } = stored.person;
  const key = inboxKey(`${stored.token}/people/${String(looks)}/${type}/${id}/${is}`);
  return { key, body: Buffer.from(JSON.stringify(stored), 'utf8') };
}
