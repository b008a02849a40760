export type ActorType = 'users' | 'guests' | 'bots' | 'bridged' | 'emails' | 'federated_users' | 'phones';

export interface Actor {
  readonly type: ActorType;
  readonly id: string;
  /** The name at that moment, of those who have no account. */
  readonly name?: string;
}

/** `users/alice`. */
export type ActorKey = string;

export function actorKey(actor: { readonly type: ActorType; readonly id: string }): ActorKey {
  return `${actor.type}/${actor.id}`;
}
