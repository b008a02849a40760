import type { AccountId, RemoteId, RoomId, UserId, UserRef } from './ids.js';

/** Somebody of another account who may lend us a login of their own. */
export type Lender = Pick<UserRef, 'account' | 'id'>;

/** Each login that an account was lent has an entry of its own in the account's store, whose key begins so. They are counted by that. */
export const lentFront = 'own-login/';

/** What a login does beside speaking: it sends its lender's files from files of their own, shows that they are there, and has read what they have read, in their own network. */
export const loginUses = ['files', 'presence', 'reading'] as const;
export type LoginUse = (typeof loginUses)[number];

/** Where a person allows the login, and how it is taken back there, as the end of a sentence: `in Nextcloud, under …`. */
export interface AskedLogin {
  readonly address: string;
  readonly forMs: number;
  readonly takenBackAt: string;
  /** The person is to be told of these before they allow it. */
  readonly uses: readonly LoginUse[];
}

/** What becomes of a login. `as`: what its user is called. */
export type LendingNews =
  | { readonly of: 'lent'; readonly as: string }
  /** It was the account's own, or works for nothing. */
  | { readonly of: 'unusable'; readonly why: string }
  /** Nobody allowed it in time. */
  | { readonly of: 'expired' }
  /** Taken back where it is from. */
  | { readonly of: 'revoked'; readonly as: string };

/** `asked`: what is allowed later is to be taken back there. `untold`: it is forgotten here, and its network could not be told: so is this. */
export type GivenBack =
  | { readonly was: 'nothing' }
  | { readonly was: 'asked'; readonly takenBackAt: string }
  | { readonly was: 'lent' | 'untold'; readonly as: string; readonly takenBackAt: string };

/** How an account is lent logins by people of other accounts, to speak there as who they are. */
export interface Lending {
  /**
   * The same as before while that waits for the person. `allowed`: the person did, and is told what becomes of it as soon as the network
   * says whose it is. `busy`: too many wait. Throws BridgeErrors.
   */
  ask(lender: Lender, signal: AbortSignal): Promise<AskedLogin | 'busy' | 'allowed'>;
  /** Ends what was lent, and what was asked. Throws no BridgeErrors. */
  giveBack(lender: Lender, signal: AbortSignal): Promise<GivenBack>;
  /** What the user is called whose login is lent; undefined: none is. */
  lentBy(lender: Lender): Promise<string | undefined>;
  /** Whether the person can speak there by a login of their own. */
  speaksIn(room: RoomId, lender: Lender): Promise<boolean>;
  /**
   * The person has read a room up to that message, as far as it is known elsewhere. Never takes back what they have read there. Throws
   * BridgeErrors. Does nothing where the person was not told of it before they lent the login. Absent: that is kept to itself.
   */
  markRead?(room: RoomId, lender: Lender, message: RemoteId, signal: AbortSignal): Promise<void>;
  /** Pure: who on the first account is the same as somebody on the other one, by a login that was lent. */
  personOn(account: AccountId, user: Lender): UserId | undefined;
}
