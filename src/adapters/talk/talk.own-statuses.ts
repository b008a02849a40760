import { BoundedMap } from '../../model/bounded-map.js';
import type { Clock } from '../../model/clock.js';
import type { UserRef } from '../../model/ids.js';
import type { Presence } from '../../model/presence.js';
import type { TalkClient } from './talk.client.js';
import { sessionOf } from './talk.credentials.js';
import { ownerKey } from './talk.guest-store.js';
import type { LentLogins } from './talk.lent-logins.js';

export interface OwnStatusParts {
  readonly client: Pick<TalkClient, 'as'>;
  readonly logins: Pick<LentLogins, 'of' | 'secretOf'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** Source: OpenAPI of the app user_status, `heartbeat`. */
const heartbeatPath = '/ocs/v2.php/apps/user_status/api/v1/heartbeat';
/** The server takes whoever gave no sign of life for five minutes for gone. */
const againAfterMs = 240_000;
const maxRemembered = 10_000;

/**
 * People who lend a login of their own, and were told so then, are online or away in Nextcloud while they are elsewhere: by the sign of
 * life that its own page gives. So what they choose there themselves stands, and it ends by itself. What they say of themselves stays
 * where they said it: in Nextcloud it would take the place of their own words.
 */
export class OwnStatuses {
  readonly #given = new BoundedMap<string, { readonly status: string; readonly againMs: number }>(maxRemembered);

  constructor(private readonly parts: OwnStatusParts) {}

  /** Throws BridgeErrors; what failed is tried again in its turn. */
  async show(person: UserRef, { state }: Presence, signal: AbortSignal): Promise<void> {
    const { client, logins, clock } = this.parts;
    const login = await logins.of(person);
    if (login?.uses.includes('presence') !== true) return;
    const key = `${ownerKey(person)} ${login.at}`;
    const status = signOfLife(state);
    const given = this.#given.get(key);
    if (status === undefined || (given?.status === status && given.againMs > clock.monotonicMs())) return;
    const secret = await logins.secretOf(person);
    if (secret === undefined) return;
    this.#given.set(key, { status, againMs: clock.monotonicMs() + againAfterMs });
    const door = client.as(sessionOf({ user: secret.loginName, password: secret.appPassword }));
    try {
      await door.ask({ method: 'PUT', path: heartbeatPath, body: { status }, act: 'write', signal });
    } catch (error) {
      this.#given.delete(key);
      throw error;
    }
  }
}

/** Pure. Undefined: no sign of life is given. */
export function signOfLife(state: Presence['state']): 'online' | 'away' | undefined {
  switch (state) {
    case 'online':
    case 'busy':
    case 'doNotDisturb':
      return 'online';
    case 'away':
      return 'away';
    case 'offline':
      return undefined;
  }
}
