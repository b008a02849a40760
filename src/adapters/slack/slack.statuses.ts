import type { PresenceChanged } from '../../model/bridge-event.js';
import type { Clock } from '../../model/clock.js';
import { BridgeError, LoginRefused } from '../../model/errors.js';
import { roomId, userId, type AccountId, type RoomId } from '../../model/ids.js';
import type { Log } from '../../model/network-definition.js';
import type { Presence } from '../../model/presence.js';
import { fromShortcode } from '../../formatting/emoji.js';
import { type PeopleApi, readUser, type SlackUser } from './api/people.api.js';
import { oneLine, unescaped, withEmoji } from './from-slack-inlines.js';
import type { JsonObject } from './slack.payloads.js';

export interface StatusParts {
  readonly account: AccountId;
  readonly people: Pick<PeopleApi, 'user' | 'isActive'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How often somebody is asked about. */
  readonly everyMs: number;
  isLinked(channel: string): boolean;
  tell(changed: PresenceChanged): void;
}

interface Known {
  room: RoomId;
  untilMs: number;
  dueMs: number;
  /** Absent: not answered yet. */
  isActive?: boolean;
}

/** After that nobody asks any more how somebody is. */
const spokeForMs = 600_000;
/** Slack takes 50 such questions a minute. */
const mostPeople = 20;
const said: ReadonlySet<unknown> = new Set([undefined, 'file_share', 'me_message', 'thread_broadcast']);

/**
 * How people are who said something in linked channels within ten minutes, 20 at most: each is asked about once a minute, since Slack
 * tells bots nothing of who is there. A status that changes meanwhile it tells. Each replica asks about those whom it heard.
 */
export class SlackStatuses {
  readonly #known = new Map<string, Known>();
  #wake: () => void = () => undefined;

  constructor(private readonly parts: StatusParts) {}

  /** Told each event after it was stored. */
  heard(event: JsonObject): void {
    const { type, subtype, user, channel, bot_id: bot } = event;
    if (type === 'user_change') this.#changed(user);
    if (type !== 'message' || !said.has(subtype) || bot !== undefined) return;
    if (typeof user !== 'string' || typeof channel !== 'string' || !this.parts.isLinked(channel)) return;
    this.#spoke(user, roomId(channel));
  }

  /** Until `signal` aborts. Throws LoginRefused. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        for (const [user, known] of this.#due()) if (!this.#isOver(signal)) await this.#ask(user, known, signal);
        const woken = new AbortController();
        this.#wake = () => woken.abort();
        const dueMs = Math.min(...[...this.#known.values()].map((each) => each.dueMs));
        const waitMs = Math.min(Math.max(dueMs - clock.monotonicMs(), 0), spokeForMs);
        if (!this.#isOver(signal)) await clock.sleep(waitMs, woken.signal);
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Asked anew after every wait. */
  #isOver(signal: AbortSignal): boolean {
    return signal.aborted;
  }

  #spoke(user: string, room: RoomId): void {
    const nowMs = this.parts.clock.monotonicMs();
    const known = this.#known.get(user);
    // Whoever spoke last is the last to be forgotten.
    this.#known.delete(user);
    const told = { room, untilMs: nowMs + spokeForMs };
    this.#known.set(user, known === undefined ? { ...told, dueMs: nowMs } : Object.assign(known, told));
    for (const oldest of this.#known.keys()) if (this.#known.size > mostPeople) this.#known.delete(oldest);
    if (known === undefined) this.#wake();
  }

  #changed(value: unknown): void {
    const user = readUser(value);
    const known = user === undefined ? undefined : this.#known.get(user.id);
    if (user !== undefined && known?.isActive !== undefined) this.#tell(user, known, known.isActive);
  }

  #due(): readonly (readonly [string, Known])[] {
    const nowMs = this.parts.clock.monotonicMs();
    for (const [user, { untilMs }] of this.#known) if (untilMs <= nowMs) this.#known.delete(user);
    return [...this.#known].filter(([, { dueMs }]) => dueMs <= nowMs);
  }

  async #ask(id: string, known: Known, signal: AbortSignal): Promise<void> {
    const { people, clock, everyMs, log, account } = this.parts;
    known.dueMs = clock.monotonicMs() + everyMs;
    try {
      const isActive = await people.isActive(id, { signal });
      const user = isActive === undefined ? undefined : await people.user(id, { signal });
      if (isActive === undefined || user === undefined || user.is_bot === true) return;
      known.isActive = isActive;
      this.#tell(user, known, isActive);
    } catch (error) {
      if (error instanceof LoginRefused || !(error instanceof BridgeError)) throw error;
      log.debug({ account, person: id, error }, 'it cannot be asked how somebody is');
    }
  }

  #tell(user: SlackUser, { room }: Known, isActive: boolean): void {
    const { account, tell } = this.parts;
    tell(presenceIn({ account, id: room }, user, isActive));
  }
}

/** Pure. Who does nothing, and who is not there, are one for Slack. */
export function presenceIn(room: PresenceChanged['room'], user: SlackUser, isActive: boolean): PresenceChanged {
  const { status_text: words = '', status_emoji: name = '' } = user.profile ?? {};
  const emoji = fromShortcode(name);
  // An emoji of the workspace's own is nowhere else: its name is.
  const text = oneLine(`${emoji === undefined ? name : ''} ${withEmoji(unescaped(words))}`);
  const state: Presence['state'] = isActive ? 'online' : 'away';
  return {
    kind: 'presenceChanged',
    room,
    person: { account: room.account, id: userId(user.id), name: '', standing: 'person' },
    presence: { state, ...(emoji === undefined ? {} : { emoji }), ...(text === '' ? {} : { text }) },
  };
}
