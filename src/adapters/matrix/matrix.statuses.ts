import { BoundedMap } from '../../model/bounded-map.js';
import type { Clock } from '../../model/clock.js';
import type { UserRef } from '../../model/ids.js';
import type { Log } from '../../model/network-definition.js';
import type { Presence } from '../../model/presence.js';
import type { AccountApi, ShownStatus } from './api/account.api.js';
import type { OurUsers } from './matrix.ids.js';

export interface MatrixStatusParts {
  readonly users: Pick<OurUsers, 'ghostOf'>;
  readonly account: Pick<AccountApi, 'setPresence' | 'presence'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly log: Log;
  isKnownGhost(ghost: string): Promise<boolean>;
}

/** A homeserver that shows nobody's is asked again after so long. */
const offForMs = 3_600_000;
const maxRemembered = 10_000;

/** How the people of other networks are, at their ghosts. */
export class MatrixStatuses {
  readonly #shown = new BoundedMap<string, ShownStatus>(maxRemembered);
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

  /** Some homeservers take it without a word and show nobody: the first that is shown is looked at. */
  async #isSeen(ghost: string, { presence }: ShownStatus, signal: AbortSignal): Promise<boolean> {
    if (this.#works === 'yes' || presence !== 'online') return true;
    if ((await this.parts.account.presence(ghost, signal)) !== 'online') return false;
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
