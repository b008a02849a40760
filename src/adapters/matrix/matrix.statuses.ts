import { cleanText } from '../../formatting/clean.js';
import { BoundedMap } from '../../model/bounded-map.js';
import type { PresenceChanged } from '../../model/bridge-event.js';
import type { Clock } from '../../model/clock.js';
import { type AccountId, type RoomId, userId, type UserRef } from '../../model/ids.js';
import type { Log } from '../../model/network-definition.js';
import type { Presence } from '../../model/presence.js';
import type { AccountApi, ShownStatus } from './api/account.api.js';
import type { OurUsers } from './matrix.ids.js';
import { isObject } from './matrix.payloads.js';

export interface MatrixStatusParts {
  readonly id: AccountId;
  readonly users: Pick<OurUsers, 'bot' | 'ghostOf' | 'isOurs'>;
  readonly account: Pick<AccountApi, 'setPresence' | 'presence'>;
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>;
  readonly log: Log;
  tell(changed: PresenceChanged): void;
  isKnownGhost(ghost: string): Promise<boolean>;
}

/** A homeserver that shows nobody's is asked again after so long. */
const offForMs = 3_600_000;
const maxRemembered = 10_000;
/**
 * What a homeserver told is told again, of those who did something in a linked room, once it says that it is so still: it tells what
 * changes alone, to one of the replicas, and nothing while it is away.
 */
const againAfterMs = 120_000;
const mostPeople = 50;

interface Heard {
  /** Absent: nothing was told yet. */
  readonly presence?: Presence;
  /** A linked room that they are in; absent: they did nothing yet. */
  readonly room?: RoomId;
}

/** How people are: those of other networks, at their ghosts, and the homeserver's own, of whom it tells. */
export class MatrixStatuses {
  readonly #shown = new BoundedMap<string, ShownStatus>(maxRemembered);
  readonly #heard = new BoundedMap<string, Heard>(maxRemembered);
  /** Who did something in a linked room last, the latest at the end. */
  readonly #lately = new Set<string>();
  #offUntilMs = -Infinity;
  #works: 'unknown' | 'yes' = 'unknown';

  constructor(private readonly parts: MatrixStatusParts) {}

  /** Nobody gets a ghost for it. What a homeserver keeps by itself is said once; that somebody is there it forgets. */
  async show(person: UserRef, presence: Presence, signal: AbortSignal): Promise<void> {
    const { users, account, clock } = this.parts;
    if (clock.monotonicMs() < this.#offUntilMs) return;
    const ghost = users.ghostOf(person);
    const status = toMatrixStatus(presence);
    const shown = this.#shown.get(ghost);
    const isShown = shown?.presence === status.presence && shown.status_msg === status.status_msg;
    if (isShown && status.presence !== 'online') return;
    if (!(await this.parts.isKnownGhost(ghost))) return;
    const outcome = await account.setPresence(ghost, status, signal);
    if (outcome === 'off' || !(await this.#isSeen(ghost, status, signal))) return this.#off();
    this.#shown.set(ghost, status);
  }

  /** What a transaction brings beside its events. */
  hear(values: readonly unknown[]): void {
    for (const value of values) {
      const told = presenceIn(value);
      if (told === undefined || this.parts.users.isOurs(told.user)) continue;
      this.#heard.set(told.user, { ...this.#heard.get(told.user), presence: told.presence });
      this.#tell(told.user);
    }
  }

  /** Somebody did something in a linked room: nothing else says where those are of whom the homeserver tells. */
  noteActivity(user: string, room: RoomId): void {
    if (this.parts.users.isOurs(user)) return;
    const before = this.#heard.get(user);
    this.#heard.set(user, { ...before, room });
    this.#lately.delete(user);
    this.#lately.add(user);
    for (const oldest of this.#lately) if (this.#lately.size > mostPeople) this.#lately.delete(oldest);
    if (before?.room !== room) this.#tell(user);
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const user of this.#lately) await this.#tellAgain(user, signal);
      await this.parts.clock.sleep(againAfterMs, signal);
    }
  }

  async #tellAgain(user: string, signal: AbortSignal): Promise<void> {
    const { account, users, log } = this.parts;
    const heard = this.#heard.get(user);
    if (heard?.presence === undefined || signal.aborted) return;
    try {
      const now = await account.presence(user, users.bot, signal);
      // What it told meanwhile is newer.
      if (now === undefined || this.#heard.get(user) !== heard) return;
      // Words come with what changes.
      const state = stateOf(now);
      if (state !== heard.presence.state) this.#heard.set(user, { ...heard, presence: { ...heard.presence, state } });
      this.#tell(user);
    } catch (error) {
      log.debug({ error }, 'the homeserver does not say how somebody is');
    }
  }

  #tell(user: string): void {
    const { id: account, tell } = this.parts;
    const { room, presence } = this.#heard.get(user) ?? {};
    if (room === undefined || presence === undefined || !this.#lately.has(user)) return;
    const person = { account, id: userId(user), name: '', standing: 'person' } as const;
    tell({ kind: 'presenceChanged', room: { account, id: room }, person, presence });
  }

  /** Some homeservers take it without a word and show nobody: the first that is shown is looked at. */
  async #isSeen(ghost: string, { presence }: ShownStatus, signal: AbortSignal): Promise<boolean> {
    if (this.#works === 'yes' || presence !== 'online') return true;
    if ((await this.parts.account.presence(ghost, ghost, signal)) !== 'online') return false;
    this.#works = 'yes';
    return true;
  }

  #off(): void {
    this.#works = 'unknown';
    this.#offUntilMs = this.parts.clock.monotonicMs() + offForMs;
    this.parts.log.warn(
      { againAfterMs: offForMs },
      'the homeserver shows nobody how others are: switch presence on there, or off in the settings of this account',
    );
  }
}

/**
 * Pure. Whoever is at something else is there all the same, and words say so. A homeserver takes who is idle, and says nothing more, for
 * gone.
 */
export function toMatrixStatus({ state, emoji, text }: Presence): ShownStatus {
  const said = [emoji, text].filter((part) => part !== undefined).join(' ');
  switch (state) {
    case 'online':
      return statusOf('online', said);
    case 'busy':
      return statusOf('online', 'busy', said);
    case 'doNotDisturb':
      return statusOf('online', 'do not disturb', said);
    case 'away':
      return statusOf('unavailable', said);
    case 'offline':
      return statusOf('offline', said);
  }
}

function statusOf(presence: ShownStatus['presence'], ...words: readonly string[]): ShownStatus {
  const line = words.filter((word) => word !== '').join(' · ');
  return { presence, ...(line === '' ? {} : { status_msg: line }) };
}

/** Pure. */
export function presenceIn(value: unknown): { readonly user: string; readonly presence: Presence } | undefined {
  if (!isObject(value) || value['type'] !== 'm.presence' || !isObject(value['content'])) return undefined;
  const { sender: user, content } = value;
  const { presence, status_msg: words } = content;
  if (typeof user !== 'string') return undefined;
  const text = typeof words === 'string' ? oneLine(words) : '';
  return { user, presence: { state: stateOf(presence), ...(text === '' ? {} : { text }) } };
}

function stateOf(presence: unknown): Presence['state'] {
  return presence === 'online' ? 'online' : presence === 'unavailable' ? 'away' : 'offline';
}

const oneLine = (words: string): string => cleanText(words).replaceAll(/\s+/gu, ' ').trim();
