import type { SandboxUser } from './settings.js';
import type { UserStatus } from './state/accounts.js';
import type { TalkState } from './state/talk-state.js';

/** The server's users, and the logins with which their programs come. */
export class TalkAccounts {
  constructor(private readonly state: TalkState) {}

  add(user: SandboxUser): void {
    this.state.accounts.add(user);
  }

  /** How somebody is, as others see it. */
  setStatus(user: string, status: UserStatus): void {
    this.state.user(user).status = status;
  }

  /** The same, as it is now. */
  status(user: string): UserStatus {
    return this.state.user(user).status;
  }

  /** Every app password of that person stops working. */
  revokeAppPassword(user: string): void {
    this.state.accounts.revokeAll(user);
  }

  /** A login with which a test need not ask for one over HTTP. */
  issueAppPassword(user: string): string {
    return this.state.accounts.issueAppPassword(this.state.user(user).id);
  }

  /** Those of a user that nobody gave back. */
  appPasswords(user: string): readonly string[] {
    return this.state.accounts.appPasswords(user);
  }

  /** Grants a login flow, as the person who opens its `login` address does. */
  grantLogin(loginUrl: string, user: string): void {
    const flow = loginUrl.slice(loginUrl.lastIndexOf('/') + 1);
    if (!this.state.logins.grant(flow, user)) throw new Error('no such login flow or user');
  }

  /** Gives somebody the rooms that a new user finds, as the first list of their rooms does. */
  listRooms(user: string): void {
    this.state.starterRooms.giveTo(this.state.user(user));
  }
}
