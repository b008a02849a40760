import type { Actor } from './room.js';

export type SystemType =
  | 'conversation_created'
  | 'conversation_renamed'
  | 'description_set'
  | 'description_removed'
  | 'guests_allowed'
  | 'guests_disallowed'
  | 'password_set'
  | 'password_removed'
  | 'read_only'
  | 'read_only_off'
  | 'listable_none'
  | 'listable_users'
  | 'listable_all'
  | 'lobby_none'
  | 'lobby_non_moderators'
  | 'message_expiration_enabled'
  | 'message_expiration_disabled'
  | 'user_added'
  | 'user_removed'
  | 'moderator_promoted'
  | 'moderator_demoted'
  | 'message_edited'
  | 'message_deleted'
  | 'reaction_revoked'
  | 'history_cleared';

/** What a rich object is described with, for example `{type: 'user', id: 'bob', name: 'bob'}`. */
export type RichParameter = Readonly<Record<string, string>>;

export interface SystemDetails {
  /** Whom it was done to. */
  readonly user?: Actor;
  readonly oldName?: string;
  readonly newName?: string;
  readonly seconds?: number;
}

export type Content =
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'object'; readonly object: RichParameter }
  | { readonly kind: 'system'; readonly type: SystemType; readonly details: SystemDetails }
  | { readonly kind: 'deleted'; readonly by: Actor }
  | { readonly kind: 'reaction'; readonly emoji: string }
  | { readonly kind: 'reaction_deleted' };

/** A row of a room's stream. Rows change in place. */
export interface Message {
  readonly id: number;
  readonly actor: Actor;
  /** Reserved when the request began: not the order in which rows were stored. */
  readonly createdSeconds: number;
  content: Content;
  readonly referenceId: string;
  readonly silent: boolean;
  /** The replied, edited, deleted or reacted-to row. */
  readonly parent: Message | undefined;
  /** The topmost parent's id, else the row's own. */
  readonly threadId: number;
  /** 0 is never. */
  readonly expiresSeconds: number;
  lastEdit: { readonly by: Actor; readonly atSeconds: number } | undefined;
  /** The reaction rows on it, oldest first. */
  readonly reactions: Message[];
}

/** Whether it counts as unread: what people say, not what the server notes. */
export function countsAsUnread(message: Message): boolean {
  return message.content.kind === 'comment' || message.content.kind === 'object';
}

export function emojiOf(reaction: Message): string {
  return reaction.content.kind === 'reaction' ? reaction.content.emoji : '';
}
