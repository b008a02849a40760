import type { Clock } from '../../model/clock.js';
import type { Log } from '../../model/network-definition.js';
import type { Invitation } from './api/federation.endpoints.js';
import { Beside } from './talk.beside.js';
import type { TalkClient } from './talk.client.js';
import { invitationState } from './talk.constants.js';
import type { TalkSettings } from './talk.settings.js';

export type InvitationRule = TalkSettings['invitations'];

/** How long it is believed that those that wait are the ones that were looked at. */
const lookAgainMs = 600_000;
const tryAgainMs = 60_000;

/**
 * Pure. Who invites must be of the server that the room is on: what another server says of its own people alone is to be
 * believed.
 */
export function answerTo(
  { inviterCloudId, remoteServerUrl }: Pick<Invitation, 'inviterCloudId' | 'remoteServerUrl'>,
  { acceptFrom, others }: InvitationRule,
): 'accept' | InvitationRule['others'] {
  const inviter = cloudIdIn(inviterCloudId);
  const isOfServer = inviter.server === hostOf(remoteServerUrl);
  const isAllowed = acceptFrom.map(cloudIdIn).some(({ user, server }) => {
    return server === inviter.server && (user === '*' || user === inviter.user);
  });
  return isOfServer && isAllowed ? 'accept' : others;
}

/**
 * Answers invitations into rooms of other servers, as the settings say. The room list tells how many wait; answering goes on
 * beside it, because our server asks the other one, which may take its time.
 */
export class TalkInvitations {
  /** How many are left waiting by the last look. */
  #left = 0;
  #lookDueMs = 0;
  readonly #beside: Beside;

  constructor(
    private readonly client: Pick<TalkClient, 'api'>,
    private readonly rule: InvitationRule,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#beside = new Beside(log, 'invitations could not be answered');
  }

  /** So many wait. What fails is logged and tried again in a minute; a refused login the next room list tells of. */
  notice(waiting: number, signal: AbortSignal): void {
    if (this.#beside.isBusy) return;
    const isNews = waiting !== this.#left;
    this.#left = waiting;
    if (waiting === 0 || (!isNews && this.clock.monotonicMs() < this.#lookDueMs)) return;
    this.#beside.begin(() => this.#answerAll(signal), signal);
  }

  async #answerAll(signal: AbortSignal): Promise<void> {
    this.#lookDueMs = this.clock.monotonicMs() + lookAgainMs;
    try {
      const { data } = await this.client.api.federation.invitations({}, signal);
      const pending = data.filter(({ state }) => state === invitationState.pending);
      let left = pending.length;
      for (const invitation of pending) if (await this.#answer(invitation, signal)) left -= 1;
      // One that came meanwhile makes them more than these.
      this.#left = left;
    } catch (error) {
      this.#failed(error, {}, signal);
    }
  }

  /** Whether it is answered. One that cannot be keeps no other waiting. */
  async #answer(invitation: Invitation, signal: AbortSignal): Promise<boolean> {
    const { id, localToken, inviterCloudId } = invitation;
    const fields = { room: localToken, inviter: inviterCloudId };
    try {
      switch (answerTo(invitation, this.rule)) {
        case 'accept':
          await this.client.api.federation.accept({ id }, signal);
          this.log.info(fields, 'an invitation into a room of another server is accepted');
          return true;
        case 'decline':
          await this.client.api.federation.decline({ id }, signal);
          this.log.info(fields, 'an invitation into a room of another server is declined');
          return true;
        case 'wait':
          this.log.info(fields, 'an invitation into a room of another server waits for a person');
          return false;
      }
    } catch (error) {
      this.#failed(error, fields, signal);
      return false;
    }
  }

  #failed(error: unknown, fields: object, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#lookDueMs = this.clock.monotonicMs() + tryAgainMs;
    this.log.warn({ ...fields, error }, 'invitations could not be answered');
  }
}

/** `anna@https://cloud.example.org/` */
function cloudIdIn(written: string): { readonly user: string; readonly server: string } {
  const at = written.lastIndexOf('@');
  return { user: written.slice(0, Math.max(at, 0)), server: hostOf(written.slice(at + 1)) };
}

/** Without the protocol, which people leave out. */
function hostOf(url: string): string {
  return url
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '')
    .toLowerCase();
}
