import type { BridgeEvent, TypingChanged } from '../model/bridge-event.js';
import type { Capabilities } from '../model/capabilities.js';
import type { Clock } from '../model/clock.js';
import type { AccountId, RoomRef, UserRef } from '../model/ids.js';
import type { NetworkAdapter, Speaker } from '../model/network-adapter.js';
import type { Log } from '../model/network-definition.js';
import { roomKey } from '../model/routing.js';

export interface EphemeralParts {
  readonly adapters: ReadonlyMap<string, NetworkAdapter>;
  /** The other rooms in which is shown what happens in this one now. */
  beside(room: RoomRef): Promise<readonly RoomRef[]>;
  /** Who is seen to do it there. */
  choose(person: UserRef, capabilities: Capabilities): Promise<Speaker>;
  /** Whether it is for this replica to show it in the rooms of this account: one alone does. */
  isShownHere(account: AccountId): boolean;
  /** What was heard or learnt here, and only here. */
  tellReplicas(changed: TypingChanged): void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Networks forget who types within 15 to 30 seconds. */
const renewMs = 10_000;
/** Where a network does not say that somebody stopped, nobody types for longer. */
const longestMs = 60_000;
/** What another replica told it tells again with each renewal: where it has not done so twice, it knows better by now, or is gone. */
const longestElsewhereMs = 2.5 * renewMs;
/** Links that are paused or changed show nothing after so long. */
const routesForMs = 5000;
const showWithinMs = 10_000;
/** From one showing in a room to the next, however often people begin and stop. */
const leastMs = 500;
const mostShown = 20;

interface Source {
  readonly room: RoomRef;
  typing: readonly UserRef[];
  untilMs: number;
  targets: readonly RoomRef[];
  routedAtMs: number;
  /** Heard by this replica, which tells the others for as long as it lasts. */
  isOurs: boolean;
}

/**
 * Shows in rooms who types in the others of their links. In memory alone, the newest wins, and no lane waits for it. Each replica knows
 * who types, whichever heard it; the one that has an account shows it there, since it alone has the sessions by which that is done.
 */
export class Ephemeral {
  readonly #sources = new Map<string, Source>();
  readonly #changed = new Set<string>();
  /** Rooms in which something is just being shown; `again`: it is out of date already. */
  readonly #showing = new Map<string, 'now' | 'again'>();
  /** Rooms that could not be told that nobody types there any more: of their sources nothing is left. */
  readonly #unended = new Map<string, { readonly target: RoomRef; readonly untilMs: number }>();
  readonly #running = new Set<Promise<void>>();
  #renewAtMs = 0;
  #wake: () => void = () => undefined;

  constructor(private readonly parts: EphemeralParts) {}

  /** Heard by this replica. */
  typing(changed: TypingChanged): void {
    const isNews = this.#learn(changed, longestMs);
    const source = this.#sources.get(roomKey(changed.room));
    if (source !== undefined) source.isOurs = true;
    // An end that is no news here may be some to a replica whose word crossed ours.
    if (isNews || source === undefined) this.#tellReplicas(source ?? { room: changed.room, typing: [] });
  }

  /** Heard by another replica, which told it, and goes on to: two that heard the same would keep each other from ever forgetting it. */
  typingElsewhere(changed: TypingChanged): void {
    this.#learn(changed, longestElsewhereMs);
    const source = this.#sources.get(roomKey(changed.room));
    if (source !== undefined) source.isOurs = false;
  }

  /** Answers whether it is news. */
  #learn({ room, typing }: TypingChanged, forMs: number): boolean {
    const key = roomKey(room);
    const known = this.#sources.get(key);
    if (known === undefined && typing.length === 0) return false;
    const people = typing.filter(({ standing }) => standing === 'person' || standing === 'bot').slice(0, mostShown);
    const untilMs = this.parts.clock.monotonicMs() + forMs;
    const isNews = known === undefined || !isSame(known.typing, people);
    if (known === undefined) {
      this.#sources.set(key, { room, typing: people, untilMs, targets: [], routedAtMs: -Infinity, isOurs: false });
    } else {
      known.typing = people;
      known.untilMs = untilMs;
    }
    if (isNews) this.#tell(key);
    return isNews;
  }

  /** Whoever said something types no longer. */
  stored(events: readonly BridgeEvent[]): void {
    for (const { kind, room, actor } of events) {
      const source = kind === 'messageSent' ? this.#sources.get(roomKey(room)) : undefined;
      if (source?.typing.some(({ id }) => id === actor.id) !== true) continue;
      source.typing = source.typing.filter(({ id }) => id !== actor.id);
      this.#tell(roomKey(room));
      this.#tellReplicas(source);
    }
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        for (const key of this.#due(signal)) await this.#spread(key, signal);
        if (this.#changed.size > 0) continue;
        const woken = new AbortController();
        this.#wake = () => woken.abort();
        const isIdle = this.#sources.size === 0 && this.#unended.size === 0;
        const waitMs = isIdle ? longestMs : Math.max(this.#renewAtMs - clock.monotonicMs(), 1);
        if (!signal.aborted) await clock.sleep(waitMs, woken.signal);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await Promise.all(this.#running);
    }
  }

  #tellReplicas({ room, typing }: Pick<Source, 'room' | 'typing'>): void {
    this.parts.tellReplicas({ kind: 'typingChanged', room, typing });
  }

  #tell(key: string): void {
    this.#changed.add(key);
    this.#wake();
  }

  /** What changed; everything, when it is time to say it again. */
  #due(signal: AbortSignal): readonly string[] {
    const nowMs = this.parts.clock.monotonicMs();
    for (const [key, source] of this.#sources) {
      if (source.untilMs > nowMs || source.typing.length === 0) continue;
      source.typing = [];
      this.#changed.add(key);
    }
    const isTime = nowMs >= this.#renewAtMs;
    if (isTime) {
      this.#renewAtMs = nowMs + renewMs;
      for (const source of this.#sources.values()) if (source.isOurs) this.#tellReplicas(source);
      this.#endAgain(nowMs, signal);
    }
    const due = isTime ? [...this.#sources.keys()] : [...this.#changed];
    this.#changed.clear();
    return due;
  }

  /** Not for longer than anybody is seen to type anyway. */
  #endAgain(nowMs: number, signal: AbortSignal): void {
    for (const [key, { target, untilMs }] of this.#unended) {
      if (untilMs > nowMs) this.#show(target, signal);
      else this.#unended.delete(key);
    }
  }

  async #spread(key: string, signal: AbortSignal): Promise<void> {
    const source = this.#sources.get(key);
    if (source === undefined) return;
    const before = source.targets;
    try {
      source.targets = await this.#routes(source);
    } catch (error) {
      // Shown by the next renewal.
      this.parts.log.debug({ error }, 'not known where to show who types');
      return;
    }
    for (const target of source.targets) this.#show(target, signal);
    for (const target of before) {
      if (!source.targets.some((each) => roomKey(each) === roomKey(target))) this.#show(target, signal);
    }
    if (source.typing.length === 0) this.#sources.delete(key);
  }

  async #routes(source: Source): Promise<readonly RoomRef[]> {
    const nowMs = this.parts.clock.monotonicMs();
    if (nowMs - source.routedAtMs < routesForMs) return source.targets;
    const routes = await this.parts.beside(source.room);
    source.routedAtMs = nowMs;
    return routes;
  }

  /** One after the other in each room: what changes meanwhile is shown next. */
  #show(target: RoomRef, signal: AbortSignal): void {
    const key = roomKey(target);
    const { adapters, isShownHere } = this.parts;
    if (adapters.get(target.account)?.showTyping === undefined || !isShownHere(target.account)) return;
    const isShowing = this.#showing.has(key);
    this.#showing.set(key, isShowing ? 'again' : 'now');
    if (isShowing) return;
    const running = this.#showUntilTrue(target, signal).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #showUntilTrue(target: RoomRef, signal: AbortSignal): Promise<void> {
    const key = roomKey(target);
    do {
      this.#showing.set(key, 'now');
      try {
        await this.#showOnce(target, AbortSignal.any([signal, AbortSignal.timeout(showWithinMs)]));
        this.#unended.delete(key);
      } catch (error) {
        this.#failed(target);
        this.parts.log.debug({ account: target.account, room: target.id, error }, 'who types could not be shown');
      }
      await this.parts.clock.sleep(leastMs, signal);
    } while (this.#showing.get(key) === 'again' && !signal.aborted);
    this.#showing.delete(key);
  }

  /** Who still types is shown with the next renewal by itself. */
  #failed(target: RoomRef): void {
    const key = roomKey(target);
    if (this.#unended.has(key) || this.#typingFor(target).length > 0) return;
    this.#unended.set(key, { target, untilMs: this.parts.clock.monotonicMs() + longestMs });
    this.#wake();
  }

  async #showOnce(target: RoomRef, signal: AbortSignal): Promise<void> {
    const adapter = this.parts.adapters.get(target.account);
    if (adapter?.showTyping === undefined || signal.aborted) return;
    const people = this.#typingFor(target);
    const capabilities = await adapter.capabilities(target.id);
    const speakers = await Promise.all(people.map((person) => this.parts.choose(person, capabilities)));
    await adapter.showTyping(target.id, speakers, signal);
  }

  #typingFor(target: RoomRef): readonly UserRef[] {
    const key = roomKey(target);
    const sources = [...this.#sources.values()].filter(({ targets }) => targets.some((each) => roomKey(each) === key));
    return sources.flatMap(({ typing }) => typing).slice(0, mostShown);
  }
}

function isSame(before: readonly UserRef[], now: readonly UserRef[]): boolean {
  return before.length === now.length && before.every(({ id }, index) => now[index]?.id === id);
}
