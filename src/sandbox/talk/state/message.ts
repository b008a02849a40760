import type { Actor, ActorKey } from './actor.js';
import type { StoredFile } from './stored-file.js';

export type SystemType =
  | 'conversation_created'
  | 'conversation_renamed'
  | 'description_set'
  | 'description_removed'
  | 'avatar_set'
  | 'avatar_removed'
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
  | 'guest_moderator_promoted'
  | 'guest_moderator_demoted'
  | 'federated_user_added'
  | 'federated_user_removed'
  | 'phone_added'
  | 'call_started'
  | 'call_joined'
  | 'call_left'
  | 'call_missed'
  | 'call_ended'
  | 'call_ended_everyone'
  | 'breakout_rooms_started'
  | 'breakout_rooms_stopped'
  | 'recording_started'
  | 'recording_stopped'
  | 'audio_recording_started'
  | 'audio_recording_stopped'
  | 'recording_failed'
  | 'message_pinned'
  | 'message_unpinned'
  | 'message_edited'
  | 'message_deleted'
  | 'reaction_revoked'
  | 'history_cleared'
  | 'poll_voted'
  | 'poll_closed'
  | 'thread_created'
  | 'thread_renamed';

/** What a rich object is described with, for example `{type: 'user', id: 'bob', name: 'bob'}`. */
export type RichParameter = Readonly<Record<string, string>>;

export interface SystemDetails {
  /** Whom it was done to. */
  readonly user?: Actor;
  readonly oldName?: string;
  readonly newName?: string;
  readonly seconds?: number;
  /** Those who were in a call. */
  readonly people?: readonly Actor[];
  /** Whether nobody's device makes a sound for it. */
  readonly isSilent?: boolean;
  /** What it is about, by its name in the text. */
  readonly objects?: Readonly<Record<string, RichParameter>>;
}

/** What a message is when it came with a file. */
export type FileMessageType = 'comment' | 'voice-message' | 'record-audio' | 'record-video';

export type Content =
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'object'; readonly object: RichParameter }
  | {
      readonly kind: 'file';
      readonly file: StoredFile;
      /** Empty where there is none. */
      readonly caption: string;
      readonly messageType: FileMessageType;
    }
  | { readonly kind: 'system'; readonly type: SystemType; readonly details: SystemDetails }
  | { readonly kind: 'deleted'; readonly by: Actor }
  | { readonly kind: 'reaction'; readonly emoji: string }
  | { readonly kind: 'reaction_deleted' };

/** A titled thread, kept by the row that opened it. */
export interface Thread {
  title: string;
  replies: number;
  last: Message;
  /** How each who chose wants to be told. */
  readonly levels: Map<ActorKey, number>;
}

/** What keeps a message in sight. */
export interface Pin {
  readonly by: Actor;
  readonly atSeconds: number;
  /** 0 is for ever. */
  readonly untilSeconds: number;
  readonly hiddenFor: Set<ActorKey>;
}

/** A row of a room's stream. Rows change in place. */
export interface Message {
  readonly id: number;
  readonly actor: Actor;
  /** Reserved when the request began: not the order in which rows were stored. */
  readonly createdSeconds: number;
  content: Content;
  readonly referenceId: string;
  readonly silent: boolean;
  /** Whether its `@all` was one when it was written; else it stays text. */
  readonly mentionsAll: boolean;
  /** The replied, edited, deleted or reacted-to row. */
  readonly parent: Message | undefined;
  /** The topmost parent. */
  readonly root: Message | undefined;
  /** Set on the row that opened a thread. */
  thread: Thread | undefined;
  pin: Pin | undefined;
  /** 0 is never. */
  readonly expiresSeconds: number;
  lastEdit: { readonly by: Actor; readonly atSeconds: number } | undefined;
  /** The reaction rows on it, oldest first. */
  readonly reactions: Message[];
}

/** Whether it counts as unread: what people say, not what the server notes. */
export function countsAsUnread(message: Message): boolean {
  const { kind } = message.content;
  return kind === 'comment' || kind === 'object' || kind === 'file';
}

/** The topmost parent, else the row itself. */
export function rootOf(message: Message): Message {
  return message.root ?? message;
}

export function emojiOf(reaction: Message): string {
  return reaction.content.kind === 'reaction' ? reaction.content.emoji : '';
}
