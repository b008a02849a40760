import { z } from 'zod';
import { messageType } from './talk.constants.js';
import { federatedId } from './talk.ids.js';
import { storedPoll } from './talk.poll-payloads.js';

/** What Talk answers, as far as we use it. Source: the OpenAPI description of Talk 22 and recordings of its answers. */

/** PHP writes an empty map as `[]`. */
const emptyMap = z.array(z.unknown()).length(0);

const richParameter = z.record(z.string(), z.unknown());
export type RichParameter = z.infer<typeof richParameter>;

const messageParameters = z
  .union([emptyMap, z.record(z.string(), richParameter)])
  .transform((value): Readonly<Record<string, RichParameter>> => (Array.isArray(value) ? {} : value));

/** The replied, edited, deleted or reacted-to row; some of it is absent where it is gone. */
export const parentRow = z.object({
  id: z.int().nonnegative(),
  actorType: z.string().optional(),
  actorId: z.string().optional(),
  actorDisplayName: z.string().optional(),
  message: z.string().optional(),
  messageParameters: messageParameters.optional(),
  messageType: z.string().optional(),
  deleted: z.boolean().optional(),
  markdown: z.boolean().optional(),
  threadId: z.int().optional(),
  isThread: z.boolean().optional(),
  threadTitle: z.string().optional(),
});
export type ParentRow = z.infer<typeof parentRow>;

/** What the row of an edit says of the edited message: one that answers another has its thread's id. */
export const parentOfEdit = z.object({ id: z.int(), threadId: z.int(), referenceId: z.string().optional() });

/** What the row of a change shows of what was changed; undefined where it shows nothing. */
export function wordsOfParent(
  parent: unknown,
): { readonly message: string; readonly messageParameters: ParentRow['messageParameters'] } | undefined {
  const { message, messageParameters } = parentRow.safeParse(parent).data ?? {};
  return message === undefined ? undefined : { message, messageParameters };
}

const chatRow = z.object({
  id: z.int().nonnegative(),
  actorType: z.string(),
  actorId: z.string(),
  actorDisplayName: z.string(),
  /** Whole seconds. */
  timestamp: z.int().nonnegative(),
  message: z.string(),
  messageParameters,
  systemMessage: z.string(),
  messageType: z.string(),
  referenceId: z.string().optional(),
  parent: parentRow.optional(),
  threadId: z.int().optional(),
  isThread: z.boolean().optional(),
  threadTitle: z.string().optional(),
  /** Whole seconds; 0: it stays. */
  expirationTimestamp: z.int().nonnegative().optional(),
  silent: z.boolean().optional(),
  markdown: z.boolean().optional(),
});
export type ChatRow = z.infer<typeof chatRow>;

/** What the source adds where a row does not say what happened. */
const roomState = z.object({
  name: z.string(),
  description: z.string(),
  avatarVersion: z.string(),
  isCustomAvatar: z.boolean(),
});
export type RoomState = z.infer<typeof roomState>;

const storedRow = z.object({
  token: z.string(),
  /** The id of the account's own user. */
  self: z.string(),
  row: chatRow,
  /** Our own guests that the row names, by their ids: whose they are. What such a one does is our own act. */
  guests: z.record(z.string(), z.object({ account: z.string(), id: z.string() })).optional(),
  /** We did it, by a login that its actor lends us. */
  byUs: z.boolean().optional(),
  /** Present with a row that says only that the room's name, description or picture changed: the room right after. */
  room: roomState.optional(),
  /** It was said in every breakout room of the room. */
  isBroadcast: z.boolean().optional(),
  /** Present with `message_edited` of a reply: what that answers. */
  answered: parentRow.optional(),
  /** Present with `reaction_revoked`: the rows of the reactions that its actor took back from its parent. */
  revoked: z.array(z.int()).optional(),
  /** Present with `federated_user_removed` where that one was invited, and had not accepted. */
  neverCame: z.boolean().optional(),
  /** The file that the row showed is not there any more, which no row of its own tells. `version`: of this change among those of the message. */
  fileGone: z.object({ version: z.int() }).optional(),
  /** Present with rows that tell of a poll: how it stood right after. */
  poll: storedPoll.optional(),
  /** Present with `user_removed` where somebody was banned just then: the ids of those. */
  banned: z.array(z.string()).optional(),
});
export type StoredRow = z.infer<typeof storedRow>;

/** A breakout room of the room asks for help, or got it. */
const storedAssistance = z.object({
  token: z.string(),
  assistance: z.object({
    /** What the breakout room is called. */
    room: z.string(),
    state: z.enum(['asked', 'given']),
    /** Whole seconds. */
    at: z.int().nonnegative(),
  }),
});
export type StoredAssistance = z.infer<typeof storedAssistance>;

/** Undefined where a stored payload is something else. */
export function parseStoredAssistance(payload: unknown): StoredAssistance | undefined {
  return storedAssistance.safeParse(payload).data;
}

/** Somebody was found in a room, or not any more, or as a moderator, by looking who is there. */
const storedPerson = z.object({
  token: z.string(),
  person: z.object({
    type: z.string(),
    id: z.string(),
    name: z.string(),
    is: z.enum(['there', 'gone', 'moderator', 'member']),
    /** Whole seconds. */
    at: z.int().nonnegative(),
  }),
});
export type StoredPerson = z.infer<typeof storedPerson>;

/** Undefined where a stored payload is something else. */
export function parseStoredPerson(payload: unknown): StoredPerson | undefined {
  return storedPerson.safeParse(payload).data;
}

const knownPerson = z.object({ name: z.string(), role: z.enum(['moderator', 'member']) });
const knownPeople = z.object({ looks: z.int().catch(0), people: z.record(z.string(), knownPerson).catch({}) });
export type KnownPerson = z.infer<typeof knownPerson>;
export type KnownPeople = z.infer<typeof knownPeople>;

/** Who is shown as a member of a room's linked rooms, by their ids, as the account's store has it. */
export function parseKnownPeople(stored: unknown): KnownPeople {
  return knownPeople.parse(stored ?? {});
}

const welcomed = z.object({ upTo: z.string() });

/** Until when other rooms that came into links were seen; null: never yet. */
export function parseWelcomed(stored: unknown): string | null {
  return welcomed.safeParse(stored).data?.upTo ?? null;
}

const toldOfBreakouts = z.object({
  /** The last message of the breakout rooms that was read; null: none yet. */
  readUpTo: z.number().nullable().catch(null),
  /** Breakout rooms that ask for help, and since when, in whole seconds. */
  asking: z.record(z.string(), z.number()).catch({}),
});
export type ToldOfBreakouts = z.infer<typeof toldOfBreakouts>;

/** What of a room's breakout rooms was told, as the account's store has it. */
export function parseToldOfBreakouts(stored: unknown): ToldOfBreakouts {
  return toldOfBreakouts.parse(stored ?? {});
}

/** Throws where a stored payload is not what the source stores. */
export function parseStoredRow(payload: unknown): StoredRow {
  return storedRow.parse(payload);
}

/** A row as the source needs it: what orders and names it. The rest is checked when it is read. */
const orderedRow = z.looseObject({
  id: z.int().nonnegative(),
  timestamp: z.int().nonnegative(),
  systemMessage: z.string().catch(''),
  actorType: z.string().catch(''),
  actorId: z.string().catch(''),
  actorDisplayName: z.string().catch(''),
  messageType: z.string().catch(''),
  referenceId: z.string().optional().catch(undefined),
  parent: z.looseObject({ id: z.int() }).optional().catch(undefined),
});
export type OrderedRow = z.infer<typeof orderedRow>;

export const orderedRows = z.array(orderedRow);

const aboutFederated = z.looseObject({ federated_user: z.looseObject({ id: z.string(), server: z.string() }) });

/** The actor id of whom of another server a row is about; undefined where it is about nobody like that. */
export function federatedIn(row: OrderedRow): string | undefined {
  const { data } = aboutFederated.safeParse(row['messageParameters']);
  return data === undefined ? undefined : federatedId(data.federated_user.id, data.federated_user.server);
}

/** A row as it reads now. */
const shownRow = z.object({
  id: z.int().nonnegative(),
  actorType: z.string().catch(''),
  actorId: z.string().catch(''),
  actorDisplayName: z.string().catch(''),
  messageType: z.string(),
  /** A deleted message keeps its own. */
  referenceId: z.string().optional().catch(undefined),
  message: z.string(),
  messageParameters,
  lastEditActorType: z.string().optional(),
  lastEditActorId: z.string().optional(),
  /** Whole seconds. */
  lastEditTimestamp: z.int().optional(),
  threadId: z.int().optional().catch(undefined),
  isThread: z.boolean().optional().catch(undefined),
  parent: parentRow.optional().catch(undefined),
});
export type ShownRow = z.infer<typeof shownRow>;
export const shownRows = z.array(shownRow);

/** A deleted message keeps its row. */
export function isDeletedRow(row: { readonly messageType?: string | undefined }): boolean {
  return row.messageType === messageType.deleted;
}

export const writtenRow = z.looseObject({ id: z.int().nonnegative() });

const lastMessage = z.looseObject({
  id: z.int().nonnegative(),
  referenceId: z.string().optional().catch(undefined),
  /** Whole seconds. */
  timestamp: z.int().catch(0),
  actorType: z.string().catch(''),
  systemMessage: z.string().catch(''),
  /** `comment_deleted` */
  messageType: z.string().catch(''),
  lastEditTimestamp: z.int().catch(0),
  /** How often each was given. */
  reactions: z.record(z.string(), z.int()).catch({}),
});
export type LastMessage = z.infer<typeof lastMessage>;

/** A conversation in the room list. `lastMessage` is absent, or an empty map, where there is none. */
export const talkRoom = z.looseObject({
  token: z.string(),
  type: z.int(),
  name: z.string().catch(''),
  displayName: z.string().catch(''),
  description: z.string().catch(''),
  participantType: z.int().catch(0),
  attendeeId: z.int().catch(0),
  actorType: z.string().catch(''),
  actorId: z.string().catch(''),
  /** What the room was made for: see `roomObject`. */
  objectType: z.string().catch(''),
  objectId: z.string().catch(''),
  readOnly: z.int().catch(0),
  /** Of our account alone. */
  isArchived: z.boolean().catch(false),
  hasPassword: z.boolean().catch(false),
  /** The address of the server whose room it is, where that is another one. */
  remoteServer: z.string().catch(''),
  lobbyState: z.int().catch(0),
  permissions: z.int().catch(0),
  listable: z.int().catch(0),
  /** Whole seconds. */
  lastActivity: z.int().catch(0),
  /** Of whoever asks. */
  lastReadMessage: z.int().optional().catch(undefined),
  avatarVersion: z.string().catch(''),
  isCustomAvatar: z.boolean().catch(false),
  lastMessage: z
    .union([lastMessage, emptyMap])
    .optional()
    .catch(undefined)
    .transform((value) => (Array.isArray(value) ? undefined : value)),
});
export type TalkRoom = z.infer<typeof talkRoom>;
export const talkRooms = z.array(talkRoom);

const capabilityList = z.array(z.string()).catch([]);

export const spreedCapabilities = z.looseObject({
  features: capabilityList,
  'features-local': capabilityList,
  version: z.string().catch(''),
  config: z.looseObject({
    chat: z
      .looseObject({
        'max-length': z.int().positive().catch(1000),
        'typing-privacy': z.int().catch(0),
        'read-privacy': z.int().catch(0),
      })
      .catch({ 'max-length': 1000, 'typing-privacy': 0, 'read-privacy': 0 }),
    signaling: z.looseObject({ mode: z.string().catch('') }).catch({ mode: '' }),
    attachments: z
      .looseObject({ allowed: z.boolean().catch(true), folder: z.string().catch('/Talk') })
      .catch({ allowed: true, folder: '/Talk' }),
  }),
});
export type SpreedCapabilities = z.infer<typeof spreedCapabilities>;

export const serverCapabilities = z.object({
  version: z.looseObject({ string: z.string().catch('') }),
  capabilities: z.looseObject({ spreed: spreedCapabilities.optional() }),
});

export const appPassword = z.object({ apppassword: z.string().min(1) });

export const ownUser = z.looseObject({
  id: z.string().min(1),
  displayname: z.string().optional().catch(undefined),
  'display-name': z.string().optional().catch(undefined),
});

/** Whether a row is what Talk shows in the place of a file that is not shared any more. Its words depend on the language. */
export function isOfGoneFile(row: OrderedRow): boolean {
  const { message, messageParameters } = row as { message?: unknown; messageParameters?: unknown };
  return row.systemMessage === '' && showsGoneFile(message, messageParameters);
}

/** The same of a row that is known to be no system message. */
export function showsGoneFile(message: unknown, messageParameters: unknown): boolean {
  if (typeof message !== 'string' || !message.startsWith('*')) return false;
  // What people say has no actor among its parameters; what they share does, and what it is besides.
  const { actor, file, object } = messageParametersOf(messageParameters);
  return actor !== undefined && file === undefined && object === undefined;
}

function messageParametersOf(given: unknown): Readonly<Record<string, RichParameter>> {
  return messageParameters.safeParse(given).data ?? {};
}
