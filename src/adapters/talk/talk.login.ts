import { createHmac } from 'node:crypto';
import type { AccountStore } from '../../model/account-store.js';
import { LoginRefused, RoomClosed } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';
import type { Credentials } from './talk.credentials.js';
import type { TalkSettings } from './talk.settings.js';

const storeKey = 'login';

type LoginSettings = Pick<TalkSettings, 'url' | 'user' | 'password' | 'bearerToken' | 'sessionCookie'>;

/** Pure: what the settings log in with. They set exactly one of three. */
export function credentialsIn({ user, password, bearerToken, sessionCookie }: LoginSettings): Credentials {
  if (bearerToken !== undefined) return { bearerToken };
  if (sessionCookie !== undefined) return { sessionCookie };
  return { user, password: password ?? '' };
}

/** Logs in as the settings say; in place of a real password an app password, for each request with a real one costs a third of a second. */
export class TalkLogin {
  constructor(
    private readonly client: TalkClient,
    private readonly store: AccountStore,
    private readonly settings: LoginSettings,
    private readonly log: Log,
  ) {}

  /** Throws LoginRefused where neither the kept app password nor the one in the settings works. */
  async logIn(signal: AbortSignal): Promise<void> {
    if (this.settings.password === undefined) {
      this.client.use(credentialsIn(this.settings));
      return;
    }
    const kept = await this.#kept();
    if (kept !== undefined && (await this.#works(kept, signal))) return;
    this.client.use(credentialsIn(this.settings));
    const appPassword = await this.#exchange(signal);
    if (appPassword === undefined) return;
    await this.store.put(storeKey, { appPassword, exchangedFor: this.#fingerprint() }, { secret: true });
    this.client.use({ user: this.settings.user, password: appPassword });
    this.log.info({}, 'password exchanged for an app password');
  }

  /** A new app password, undefined where the setting is one already. */
  async #exchange(signal: AbortSignal): Promise<string | undefined> {
    try {
      return await this.client.core.newAppPassword(signal);
    } catch (error) {
      // 403 for a login that is an app password itself.
      if (error instanceof RoomClosed && error.reason === 'noPermission') return undefined;
      throw error;
    }
  }

  async #works(appPassword: string, signal: AbortSignal): Promise<boolean> {
    this.client.use({ user: this.settings.user, password: appPassword });
    try {
      await this.client.core.ownUser(signal);
      return true;
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error;
      await this.store.delete(storeKey);
      this.log.info({}, 'kept app password no longer works');
      return false;
    }
  }

  /** The app password that the present setting was exchanged for. */
  async #kept(): Promise<string | undefined> {
    const value = await this.store.get(storeKey);
    if (typeof value !== 'object' || value === null) return undefined;
    const { appPassword, exchangedFor } = value as { appPassword?: unknown; exchangedFor?: unknown };
    return typeof appPassword === 'string' && exchangedFor === this.#fingerprint() ? appPassword : undefined;
  }

  #fingerprint(): string {
    const { url, user, password } = this.settings;
    return createHmac('sha256', password ?? '')
      .update(`${url}\n${user}`)
      .digest('base64url');
  }
}
