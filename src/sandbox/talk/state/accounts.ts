import type { SandboxUser } from '../settings.js';
import { randomText } from './random-text.js';

export interface User {
  readonly id: string;
  displayName: string;
  password: string;
  readonly admin: boolean;
  readonly createsRooms: boolean;
  /** Whether others are not told what was read and who writes. */
  readonly privacy: { read: 0 | 1; typing: 0 | 1 };
  /** Where clients put what is sent to rooms, and where what others send stands. */
  attachmentFolder: string;
  status: UserStatus;
  /** A PNG or GIF; absent: the server draws one. */
  picture: Buffer | undefined;
}

/** What others are shown of somebody beside the name. */
export interface UserStatus {
  readonly status: 'online' | 'away' | 'dnd' | 'busy' | 'offline';
  readonly icon: string | null;
  readonly message: string | null;
}

export const offline: UserStatus = { status: 'offline', icon: null, message: null };
/** What the server sets while somebody is in a call. */
export const inCall: UserStatus = { status: 'busy', icon: '💬', message: 'In a call' };

export interface Credential {
  readonly user: User;
  readonly by: 'password' | 'appPassword';
  readonly secret: string;
}

const defaultAttachmentFolder = '/Talk';

/** People and what they log in with. */
export class Accounts {
  readonly #users = new Map<string, User>();
  readonly #appPasswords = new Map<string, string>();

  add(user: SandboxUser): User {
    const whole: User = {
      id: user.id,
      displayName: user.displayName ?? user.id,
      password: user.password ?? `pw-${user.id}-12345678`,
      admin: user.admin ?? false,
      createsRooms: user.createsRooms ?? true,
      privacy: { read: 0, typing: 0 },
      attachmentFolder: defaultAttachmentFolder,
      status: offline,
      picture: undefined,
    };
    this.#users.set(user.id, whole);
    return whole;
  }

  get(id: string): User | undefined {
    return this.#users.get(id);
  }

  all(): readonly User[] {
    return [...this.#users.values()];
  }

  /** The id itself where nobody has it. */
  displayName(id: string): string {
    return this.#users.get(id)?.displayName ?? id;
  }

  /** Without a slash at its end. */
  attachmentFolder(id: string): string {
    return (this.#users.get(id)?.attachmentFolder ?? defaultAttachmentFolder).replace(/\/+$/, '');
  }

  /** Answers undefined where the two do not belong together. */
  check(id: string, secret: string): Credential | undefined {
    const user = this.#users.get(id);
    if (user === undefined) return undefined;
    if (user.password === secret) return { user, by: 'password', secret };
    return this.#appPasswords.get(secret) === id ? { user, by: 'appPassword', secret } : undefined;
  }

  /** Answers undefined for what is nobody's app password. */
  owner(secret: string): Credential | undefined {
    const user = this.#users.get(this.#appPasswords.get(secret) ?? '');
    return user === undefined ? undefined : { user, by: 'appPassword', secret };
  }

  /** 72 letters and digits, as Nextcloud's. */
  issueAppPassword(id: string): string {
    const secret = randomText(72, 'secret');
    this.#appPasswords.set(secret, id);
    return secret;
  }

  appPasswords(id: string): readonly string[] {
    return [...this.#appPasswords].flatMap(([secret, owner]) => (owner === id ? [secret] : []));
  }

  revoke(secret: string): void {
    this.#appPasswords.delete(secret);
  }

  /** Every app password of that person. */
  revokeAll(id: string): void {
    for (const [secret, owner] of this.#appPasswords) if (owner === id) this.#appPasswords.delete(secret);
  }
}
