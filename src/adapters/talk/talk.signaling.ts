import type { Clock } from '../../model/clock.js';
import { roomId } from '../../model/ids.js';
import type { Watching } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { ServerFacts } from './api/server-facts.js';
import { signalingMode } from './talk.constants.js';
import { wantsMending } from './talk.signaling-pauses.js';
import type { SignalingPerson } from './talk.signaling-messages.js';
import { SignalingSession } from './talk.signaling-session.js';
import type { TalkSettings } from './talk.settings.js';
import type { TalkVisits } from './talk.visits.js';
import { whileWanted } from './talk.while-wanted.js';

export interface TalkSignalingParts {
  readonly visits: Pick<TalkVisits, 'enter'>;
  readonly facts: Pick<ServerFacts, 'capabilities' | 'signalingSettings'>;
  readonly settings: Pick<TalkSettings, 'url' | 'maxSignalingRooms' | 'holdIntervalMs' | 'signalingQuietMs'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the bot tells what happens there, more and no later: then it is not to be read for what this server says as well. */
  isToldOf(room: string): boolean;
  /** The server told of a message in the room: it does that there. */
  onTold(room: string): void;
  /** Exactly these type in the room now; told again while it lasts. */
  onTyping(room: string, people: readonly SignalingPerson[]): void;
}

interface Kept {
  readonly session: SignalingSession;
  readonly leave: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Pure: which rooms have a session from now on. `busiest`: all that are linked, those with the latest activity first. A room that has one
 * keeps it while there is a place; of those that lose theirs, one goes at a time: who comes and goes costs the server something.
 */
export function roomsWithSession(busiest: readonly string[], present: ReadonlySet<string>, most: number): string[] {
  const kept = busiest.filter((room) => present.has(room)).slice(0, most);
  const wanted = busiest.slice(0, most).filter((room) => !present.has(room));
  const free = most - kept.length;
  if (free > 0 || wanted.length === 0) return [...kept, ...wanted.slice(0, free)];
  // All places are taken, one of them by the room that was quiet for longest.
  return [...kept.slice(0, -1), ...wanted.slice(0, 1)];
}

/**
 * Sessions in the busiest linked rooms on Talk's signaling server, which tells at once that something was written there and who types. It
 * is a wake-up, never the record: what is new is read by the cursor. Of edits, deletions and reactions it tells nothing.
 */
export class TalkSignaling {
  readonly #kept = new Map<string, Kept>();
  readonly #withoutWelcome = new Map<string, number>();
  readonly #news = new Set<string>();
  /** Codes of refusals that were told of. */
  readonly #told = new Set<string>();
  #wake: () => void = () => undefined;
  #wasExternal: boolean | undefined;

  constructor(private readonly parts: TalkSignalingParts) {}

  /** Whether the server tells us of this room now. */
  isIn(room: string): boolean {
    return this.#kept.get(room)?.session.isIn ?? false;
  }

  /** Shows in the room that our account types, or no longer. Nothing where we have no session. */
  showTyping(room: string, isTyping: boolean): void {
    this.#kept.get(room)?.session.sayTyping(isTyping);
  }

  /** Until `signal` aborts; then every session has taken its leave. Throws LoginRefused alone. */
  async run(watching: Pick<Watching, 'rooms' | 'wake'>, signal: AbortSignal): Promise<void> {
    if (this.parts.settings.maxSignalingRooms === 0) return;
    const failed = new AbortController();
    const running = AbortSignal.any([signal, failed.signal]);
    try {
      await Promise.all([this.#choose(watching, running, failed), this.#tell(watching, running)]);
      if (failed.signal.aborted) throw failed.signal.reason;
    } finally {
      await this.#keepOnly([]);
    }
  }

  async #choose(watching: Pick<Watching, 'rooms'>, signal: AbortSignal, failed: AbortController): Promise<void> {
    const { settings, clock, log } = this.parts;
    while (!signal.aborted) {
      try {
        const isExternal = await whileWanted(this.#isExternal(), signal);
        const linked = isExternal ? (await watching.rooms()).map(({ room }): string => room) : [];
        if (signal.aborted) return;
        const chosen = roomsWithSession(linked, new Set(this.#kept.keys()), settings.maxSignalingRooms);
        await this.#keepOnly(chosen);
        for (const room of chosen) if (!this.#kept.has(room)) this.#begin(room, failed);
      } catch (error) {
        log.debug({ error }, 'not known yet which rooms are to have a session on the signaling server');
      }
      await clock.sleep(settings.holdIntervalMs, signal);
    }
  }

  /** Older servers do not say it among what they can. Asked when what was said is old, or something changed. */
  async #isExternal(): Promise<boolean> {
    const { facts } = this.parts;
    const { mode: told } = (await facts.capabilities()).config.signaling;
    const mode = told === '' ? (await facts.signalingSettings()).signalingMode : told;
    const isExternal = mode !== signalingMode.internal && mode !== '';
    if (this.#wasExternal !== isExternal) {
      const found = isExternal ? 'a signaling server tells of the busiest rooms' : 'no signaling server';
      this.parts.log.info({ signalingMode: mode }, found);
    }
    this.#wasExternal = isExternal;
    return isExternal;
  }

  #begin(room: string, failed: AbortController): void {
    const { visits, settings, clock, log, isToldOf, onTold, onTyping } = this.parts;
    const session = new SignalingSession({
      room,
      visits,
      nextcloud: settings.url,
      clock,
      log,
      quietMs: settings.signalingQuietMs,
      withoutWelcome: this.#withoutWelcome,
      onNews: (of) => {
        if (of === 'chat') onTold(room);
        if (of !== 'outside' && isToldOf(room)) return;
        this.#news.add(room);
        this.#wake();
      },
      onRefused: (refused) => {
        if (!wantsMending(refused) || this.#told.has(refused.code)) return;
        this.#told.add(refused.code);
        log.warn({ room, error: refused }, 'the signaling server refuses us; the rooms are watched without it');
      },
      onTyping: (people) => onTyping(room, people),
    });
    const leave = new AbortController();
    const ended = session.run(leave.signal).catch((error: unknown) => failed.abort(error));
    this.#kept.set(room, { session, leave, ended });
  }

  async #keepOnly(rooms: readonly string[]): Promise<void> {
    const wanted = new Set(rooms);
    const leaving = [...this.#kept].filter(([room]) => !wanted.has(room));
    for (const [room, { leave }] of leaving) {
      leave.abort();
      this.#kept.delete(room);
    }
    await Promise.all(leaving.map(([, { ended }]) => ended));
  }

  /** Has rooms read that have news; what comes meanwhile is told together, next. */
  async #tell(watching: Pick<Watching, 'wake'>, signal: AbortSignal): Promise<void> {
    const { clock, log, settings } = this.parts;
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    while (!signal.aborted) {
      if (this.#news.size === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      if (signal.aborted) break;
      const rooms = [...this.#news];
      this.#news.clear();
      try {
        await watching.wake(rooms.map(roomId));
      } catch (error) {
        log.debug({ rooms: rooms.length, error }, 'rooms could not be woken; told again');
        for (const room of rooms) this.#news.add(room);
        await clock.sleep(settings.holdIntervalMs, signal);
      }
    }
    signal.removeEventListener('abort', stop);
  }
}
