import { z } from 'zod';
import { flag, mapOf, maybeFlag, maybeText, maybeWhole, text, texts, whole } from './fields.js';

const parameters = mapOf(z.record(z.string(), z.unknown())).catch({});
const counts = mapOf(z.int()).catch({});

const saidMessage = {
  id: z.int().nonnegative(),
  token: text,
  actorType: text,
  actorId: text,
  actorDisplayName: text,
  /** Whole seconds. */
  timestamp: whole,
  message: text,
  messageParameters: parameters,
  /** Empty where somebody said something. */
  systemMessage: text,
  messageType: text,
  isReplyable: flag,
  referenceId: text,
  markdown: flag,
  /** How many there are of each emoji. */
  reactions: counts,
  reactionsSelf: texts.optional(),
  /** Whole seconds; 0: never. */
  expirationTimestamp: whole,
  deleted: maybeFlag,
  silent: maybeFlag,
  threadId: maybeWhole,
  isThread: maybeFlag,
  threadTitle: maybeText,
  threadReplies: maybeWhole,
  lastEditActorType: maybeText,
  lastEditActorId: maybeText,
  lastEditActorDisplayName: maybeText,
  /** Whole seconds. */
  lastEditTimestamp: maybeWhole,
  /** Since Talk 23, of a message that is pinned: who pinned it, when, and until when. */
  metaData: z
    .looseObject({
      pinnedActorType: maybeText,
      pinnedActorId: maybeText,
      pinnedActorDisplayName: maybeText,
      pinnedAt: maybeWhole,
      pinnedUntil: maybeWhole,
    })
    .optional()
    .catch(undefined),
};

/** A message as the chat's endpoints answer it. */
export const message = z.looseObject({
  ...saidMessage,
  /** What it replies to, edits, deletes or reacts to. */
  parent: z.looseObject(saidMessage).optional().catch(undefined),
});
export type Message = z.output<typeof message>;

export const messages = z.array(message);

/** The message that was made, where the server shows it to us. */
export const writtenMessage = message.nullable();

/** The newest messages of each kind, as PHP's map. */
export const messagesByKind = mapOf(messages);
export const messagesById = mapOf(message);

export const reminder = z.looseObject({ messageId: whole, timestamp: whole, token: text, userId: text });

export const upcomingReminder = z.looseObject({
  messageId: whole,
  roomToken: text,
  reminderTimestamp: whole,
  actorType: text,
  actorId: text,
  actorDisplayName: text,
  message: text,
  messageParameters: parameters,
});

/** Somebody who can be mentioned. */
export const mentionable = z.looseObject({
  id: text,
  label: text,
  source: text,
  /** What is written behind the `@`. */
  mentionId: text,
  details: maybeText,
  status: maybeText,
  statusIcon: maybeText,
  statusMessage: maybeText,
  statusClearAt: maybeWhole,
});

/** Since Talk 23: a message that is said later. */
export const scheduledMessage = z.looseObject({
  id: z.union([z.int(), z.string()]).transform(String),
  message: text,
  /** Whole seconds. */
  sendAt: whole,
  silent: maybeFlag,
  threadId: maybeWhole,
  threadTitle: maybeText,
});
