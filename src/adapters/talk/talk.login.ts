import { createHmac } from 'node:crypto';
import type { AccountStore } from '../../model/account-store.js';
import { LoginRefused, RoomClosed } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';
import type { TalkClient } from './talk.client.js';
import type { TalkSettings } from './talk.settings.js';

const storeKey = 'login';

/** Logs in with an app password: every request with a real one would cost the server a third of a second. */
export class TalkLogin {
  constructor(
    private readonly client: TalkClient,
    private readonly store: AccountStore,
    private readonly settings: Pick<TalkSettings, 'url' | 'user' | 'password'>,
    private readonly log: Log,
  ) {}

  /** Throws LoginRefused where neither the kept app password nor the one in the settings works. */
  async logIn(signal: AbortSignal): Promise<void> {
    const kept = await this.#kept();
    if (kept !== undefined && (await this.#works(kept, signal))) return;
    this.client.use(this.settings);
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
    return createHmac('sha256', password).update(`${url}\n${user}`).digest('base64url');
  }
}
