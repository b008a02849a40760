import type { Clock } from '../../model/clock.js';
import { BridgeError } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';
import type { RoomsApi } from './api/rooms.api.js';
import type { OurUsers } from './matrix.ids.js';
import { type MatrixEvent, readMember } from './matrix.payloads.js';

export interface InvitationParts {
  readonly users: OurUsers;
  readonly rooms: RoomsApi;
  readonly clock: Clock;
  readonly log: Log;
  /** How long after a failure it is tried again; grows to 64 times. */
  readonly retryMs: number;
  isLinked(room: string): boolean;
}

const maxDoublings = 6;
const maxAttempts = 20;
const notice = 'Crosstalk does not link this room: name it in a link first, then invite again.';

interface Invitation {
  readonly room: string;
  attempts: number;
  dueMs: number;
}

/** Answers invitations of our own user: enters rooms that a link names, declines all others with one notice. */
export class MatrixInvitations {
  readonly #waiting = new Map<string, Invitation>();
  #wake: () => void = () => undefined;

  constructor(private readonly parts: InvitationParts) {}

  /** Looks at an event that was stored. */
  note(event: MatrixEvent): void {
    if (event.type !== 'm.room.member' || event.state_key !== this.parts.users.bot) return;
    const { membership } = readMember(event.content);
    if (membership === 'invite') {
      this.#waiting.set(event.room_id, { room: event.room_id, attempts: 0, dueMs: 0 });
      this.#wake();
      return;
    }
    this.#waiting.delete(event.room_id);
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    while (!signal.aborted) {
      const pause = new AbortController();
      this.#wake = () => {
        pause.abort();
      };
      const nowMs = clock.monotonicMs();
      const due = [...this.#waiting.values()].filter(({ dueMs }) => dueMs <= nowMs);
      for (const invitation of due) await this.#answer(invitation, signal);
      if (due.length > 0) continue;
      const nextMs = Math.min(...[...this.#waiting.values()].map(({ dueMs }) => dueMs - nowMs), 3_600_000);
      await clock.sleep(nextMs, AbortSignal.any([signal, pause.signal]));
    }
  }

  async #answer(invitation: Invitation, signal: AbortSignal): Promise<void> {
    const { clock, log, retryMs } = this.parts;
    const { room } = invitation;
    try {
      await this.#enterOrDecline(room, signal);
      this.#done(invitation);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof BridgeError)) throw error;
      invitation.attempts += 1;
      invitation.dueMs = clock.monotonicMs() + retryMs * 2 ** Math.min(invitation.attempts - 1, maxDoublings);
      const isLast = invitation.attempts >= maxAttempts || error.failure.retry === 'never';
      if (isLast) this.#done(invitation);
      log.warn({ room, attempts: invitation.attempts, again: !isLast, error }, 'an invitation could not be answered');
    }
  }

  async #enterOrDecline(room: string, signal: AbortSignal): Promise<void> {
    const { log, rooms, users } = this.parts;
    const writing = { signal };
    if (!this.parts.isLinked(room)) {
      await rooms.leave(room, users.bot, notice, writing);
      log.info({ room }, 'an invitation into a room that no link names was declined');
      return;
    }
    const entry = await rooms.join(room, users.bot, writing);
    log.info({ room, entered: typeof entry !== 'string' }, 'an invitation into a linked room was answered');
  }

  /** A newer invitation into the same room stays. */
  #done(invitation: Invitation): void {
    if (this.#waiting.get(invitation.room) === invitation) this.#waiting.delete(invitation.room);
  }
}
