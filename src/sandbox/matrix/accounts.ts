import { newAccessToken, newDeviceId, parseUserId } from './ids.js';

export interface Profile {
  displayname?: string;
  avatar_url?: string;
}

export interface Session {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
}

interface Account {
  readonly password: string | undefined;
  readonly devices: Map<string, string | undefined>;
}

/** Who is registered, with which password, devices, tokens and profile. */
export class Accounts {
  readonly #accounts = new Map<string, Account>();
  readonly #profiles = new Map<string, Profile>();
  readonly #sessions = new Map<string, Session>();
  readonly #accountData = new Map<string, Record<string, unknown>>();
  readonly #filters = new Map<string, Record<string, unknown>>();

  has(userId: string): boolean {
    return this.#accounts.has(userId);
  }

  users(): IterableIterator<string> {
    return this.#accounts.keys();
  }

  /** Adds a user whose display name is `displayName`, else the localpart. False where there is one already. */
  register(userId: string, password: string | undefined, displayName?: string): boolean {
    if (this.#accounts.has(userId)) return false;
    this.#accounts.set(userId, { password, devices: new Map() });
    this.#profiles.set(userId, { displayname: displayName ?? parseUserId(userId)?.localpart ?? userId });
    return true;
  }

  passwordMatches(userId: string, password: string): boolean {
    const account = this.#accounts.get(userId);
    return account?.password !== undefined && account.password === password;
  }

  /** A new session; with a device that exists already, its earlier tokens end. */
  logIn(userId: string, deviceId = newDeviceId(), deviceName?: string): Session {
    for (const session of this.#sessions.values()) {
      if (session.userId === userId && session.deviceId === deviceId) this.#sessions.delete(session.accessToken);
    }
    this.addDevice(userId, deviceId, deviceName);
    const accessToken = newAccessToken(parseUserId(userId)?.localpart ?? '');
    const session = { userId, deviceId, accessToken };
    this.#sessions.set(accessToken, session);
    return session;
  }

  session(accessToken: string): Session | undefined {
    return this.#sessions.get(accessToken);
  }

  logOut(accessToken: string): void {
    const session = this.#sessions.get(accessToken);
    if (session === undefined) return;
    this.#sessions.delete(accessToken);
    this.#accounts.get(session.userId)?.devices.delete(session.deviceId);
  }

  /** True where the device is new. */
  addDevice(userId: string, deviceId: string, name?: string): boolean {
    const devices = this.#accounts.get(userId)?.devices;
    const added = devices !== undefined && !devices.has(deviceId);
    if (devices !== undefined && (added || name !== undefined)) devices.set(deviceId, name);
    return added;
  }

  removeDevice(userId: string, deviceId: string): void {
    this.#accounts.get(userId)?.devices.delete(deviceId);
  }

  hasDevice(userId: string, deviceId: string): boolean {
    return this.#accounts.get(userId)?.devices.has(deviceId) ?? false;
  }

  devices(userId: string): readonly { readonly deviceId: string; readonly name: string | undefined }[] {
    const devices = this.#accounts.get(userId)?.devices ?? new Map<string, string | undefined>();
    return [...devices].map(([deviceId, name]) => ({ deviceId, name }));
  }

  /** Undefined for somebody who never had a profile. */
  profile(userId: string): Readonly<Profile> | undefined {
    return this.#profiles.get(userId);
  }

  /** An empty value removes the field. */
  setProfile(userId: string, field: keyof Profile, value: string): void {
    const changed = Object.entries({ ...this.#profiles.get(userId), [field]: value });
    this.#profiles.set(userId, Object.fromEntries(changed.filter(([, text]) => text !== '')));
  }

  accountData(userId: string, key: string): Record<string, unknown> | undefined {
    return this.#accountData.get(`${userId}\u0000${key}`);
  }

  setAccountData(userId: string, key: string, content: Record<string, unknown>): void {
    this.#accountData.set(`${userId}\u0000${key}`, content);
  }

  addFilter(userId: string, filter: Record<string, unknown>): string {
    const id = String(this.#filters.size);
    this.#filters.set(`${userId}\u0000${id}`, filter);
    return id;
  }

  filter(userId: string, id: string): Record<string, unknown> | undefined {
    return this.#filters.get(`${userId}\u0000${id}`);
  }
}
