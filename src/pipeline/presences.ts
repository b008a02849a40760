import { BoundedMap } from '../model/bounded-map.js';
import type { PresenceChanged } from '../model/bridge-event.js';
import type { Clock } from '../model/clock.js';
import type { AccountId, RoomRef, UserRef } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import { isSamePresence, isUnseen, type Presence } from '../model/presence.js';
import { roomKey } from '../model/routing.js';

export interface PresencesParts {
  readonly adapters: ReadonlyMap<string, NetworkAdapter>;
  /** The other rooms in which is shown what happens in this one now. */
  beside(room: RoomRef): Promise<readonly RoomRef[]>;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  readonly log: Log;
}

/** Homeservers take whoever says nothing for half a minute for gone. */
const renewMs = 20_000;
/** Networks are asked once a minute at most, and tell nothing of a room that fell silent. */
const believedMs = 300_000;
/** Links that are paused or changed show nothing after so long. */
const routesForMs = 5000;
const showWithinMs = 10_000;
/** From one showing at an account to the next. */
const leastMs = 100;
/** Of one account: more would be said anew every few seconds than anybody reads. */
const mostPeople = 50;
const mostRooms = 10;
const mostRoutes = 500;

interface Known {
  readonly person: UserRef;
  readonly presence: Presence;
  /** Those in which it was told, until when it is believed there. */
  readonly rooms: ReadonlyMap<string, { readonly room: RoomRef; readonly untilMs: number }>;
  dueMs: number;
}

interface Route {
  readonly targets: readonly RoomRef[];
  readonly untilMs: number;
}

type Shown = Pick<Known, 'person' | 'presence'>;

/**
 * Shows how people are who are in linked rooms. In memory alone, the newest wins, and no lane waits for it. The replica that heard it
 * shows it: for that no session is needed that another one has.
 */
export class Presences {
  readonly #known = new Map<string, Known>();
  readonly #routes = new BoundedMap<string, Route>(mostRoutes);
  /** What is to be shown at accounts that are just showing something. */
  readonly #waiting = new Map<AccountId, Map<string, Shown>>();
  readonly #running = new Set<Promise<void>>();
  #wake: () => void = () => undefined;

  constructor(private readonly parts: PresencesParts) {}

  changed({ room, person, presence }: PresenceChanged): void {
    if (person.standing !== 'person' && person.standing !== 'bot') return;
    const nowMs = this.parts.clock.monotonicMs();
    const key = keyOf(person);
    const known = this.#known.get(key);
    if (known === undefined && (isUnseen(presence) || this.#isFull(person.account))) return;
    const isNews = known === undefined || !isSamePresence(known.presence, presence);
    const rooms = new Map([...(known?.rooms ?? [])].filter(([, { untilMs }]) => untilMs > nowMs));
    rooms.delete(roomKey(room));
    const others = [...rooms].slice(1 - mostRooms);
    const told = [roomKey(room), { room, untilMs: nowMs + believedMs }] as const;
    this.#known.set(key, {
      person,
      presence,
      rooms: new Map([...others, told]),
      dueMs: isNews ? nowMs : known.dueMs,
    });
    if (isNews) this.#wake();
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        for (const [key, known] of this.#due()) await this.#spread(key, known, signal);
        const woken = new AbortController();
        this.#wake = () => woken.abort();
        const dueMs = Math.min(...[...this.#known.values()].map((each) => each.dueMs));
        const waitMs = Math.min(Math.max(dueMs - clock.monotonicMs(), 0), believedMs);
        if (!signal.aborted) await clock.sleep(waitMs, woken.signal);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await Promise.all(this.#running);
    }
  }

  #isFull(account: AccountId): boolean {
    return [...this.#known.values()].filter(({ person }) => person.account === account).length >= mostPeople;
  }

  /** What changed, and what is to be said again. */
  #due(): readonly (readonly [string, Known])[] {
    const nowMs = this.parts.clock.monotonicMs();
    return [...this.#known].filter(([, { dueMs }]) => dueMs <= nowMs);
  }

  async #spread(key: string, known: Known, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.parts;
    const nowMs = clock.monotonicMs();
    known.dueMs = nowMs + renewMs;
    const isKnownStill = [...known.rooms.values()].some(({ untilMs }) => untilMs > nowMs);
    // Whether they are there nobody knows any more; what they said of themselves stands.
    const presence: Presence = isKnownStill ? known.presence : { ...known.presence, state: 'offline' };
    try {
      for (const account of await this.#accountsFor(known)) this.#show(account, key, { ...known, presence }, signal);
    } catch (error) {
      // Shown by the next renewal.
      log.debug({ error }, 'not known where to show how somebody is');
      return;
    }
    if ((!isKnownStill || isUnseen(presence)) && this.#known.get(key) === known) this.#known.delete(key);
  }

  async #accountsFor({ rooms }: Known): Promise<ReadonlySet<AccountId>> {
    const accounts = new Set<AccountId>();
    for (const { room } of rooms.values()) for (const { account } of await this.#targetsOf(room)) accounts.add(account);
    return accounts;
  }

  async #targetsOf(room: RoomRef): Promise<readonly RoomRef[]> {
    const nowMs = this.parts.clock.monotonicMs();
    const key = roomKey(room);
    const known = this.#routes.get(key);
    if (known !== undefined && known.untilMs > nowMs) return known.targets;
    const targets = await this.parts.beside(room);
    this.#routes.set(key, { targets, untilMs: nowMs + routesForMs });
    return targets;
  }

  /** One after the other at each account: what changes meanwhile is shown in its place. */
  #show(account: AccountId, key: string, shown: Shown, signal: AbortSignal): void {
    const adapter = this.parts.adapters.get(account);
    if (adapter?.showPresence === undefined) return;
    const waiting = this.#waiting.get(account);
    if (waiting !== undefined) {
      waiting.set(key, shown);
      return;
    }
    this.#waiting.set(account, new Map([[key, shown]]));
    const running = this.#showAll(account, signal).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #showAll(account: AccountId, signal: AbortSignal): Promise<void> {
    const { adapters, clock, log } = this.parts;
    const waiting = this.#waiting.get(account) ?? new Map<string, Shown>();
    for (const [key, { person, presence }] of waiting) {
      if (signal.aborted) break;
      // What comes for the same person from now on is shown after it.
      waiting.delete(key);
      const within = AbortSignal.any([signal, AbortSignal.timeout(showWithinMs)]);
      try {
        await adapters.get(account)?.showPresence?.(person, presence, within);
      } catch (error) {
        log.debug({ account, person: person.id, error }, 'how somebody is could not be shown');
      }
      await clock.sleep(leastMs, signal);
    }
    this.#waiting.delete(account);
  }
}

function keyOf({ account, id }: UserRef): string {
  return `${account}\n${id}`;
}
