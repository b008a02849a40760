/** The numbers and words of Talk's API, each named once. Source: the constants of Talk 22, and recordings of its answers. */

export const roomType = { oneToOne: 1, group: 2, public: 3, changelog: 4, formerOneToOne: 5, noteToSelf: 6 } as const;

/** What a room was made for; `room`: it is a breakout room, and its object's id is the parent's token. */
export const roomObject = {
  file: 'file',
  breakoutRoom: 'room',
  passwordOfShare: 'share:password',
  event: 'event',
  phone: 'phone',
  phonePersistent: 'phone_persist',
  phoneTemporary: 'phone_temporary',
  emails: 'emails',
  instantMeeting: 'instant_meeting',
  extendedConversation: 'extended_conversation',
  noteToSelf: 'note_to_self',
  sample: 'sample',
} as const;

export const readOnlyState = { writable: 0, readOnly: 1 } as const;
export const listableScope = { none: 0, users: 1, everyone: 2 } as const;
export const lobbyState = { none: 0, nonModerators: 1 } as const;
export const sipState = { off: 0, withPin: 1, withoutPin: 2 } as const;

export const recordingState = {
  none: 0,
  video: 1,
  audio: 2,
  videoStarting: 3,
  audioStarting: 4,
  failed: 5,
} as const;
export const recordingConsent = { notNeeded: 0, needed: 1, optional: 2 } as const;

/** Who may use `@all`. */
export const mentionPermissions = { everyone: 0, moderators: 1 } as const;
export const startCallRight = { everyone: 0, users: 1, moderators: 2, nobody: 3 } as const;

export const participantType = { owner: 1, moderator: 2, user: 3, guest: 4, selfJoined: 5, guestModerator: 6 } as const;

export const actorType = {
  users: 'users',
  groups: 'groups',
  circles: 'circles',
  guests: 'guests',
  emails: 'emails',
  bridged: 'bridged',
  bots: 'bots',
  federatedUsers: 'federated_users',
  phones: 'phones',
} as const;

/** Actor ids that are nobody's; those of bots begin with `bot-`. */
export const actorId = { commandLine: 'cli', system: 'system', sample: 'sample', changelog: 'changelog' } as const;
export const botIdPrefix = 'bot-';

/** Where somebody is looked up who is added to a room. */
export const participantSource = {
  users: 'users',
  groups: 'groups',
  circles: 'circles',
  teams: 'teams',
  emails: 'emails',
  phones: 'phones',
  federatedUsers: 'federated_users',
} as const;

/** Who can be banned; `ip`: whoever comes from an address. */
export const bannedActor = { users: 'users', guests: 'guests', emails: 'emails', ip: 'ip' } as const;

/** Bits. */
export const permissionBits = {
  default: 0,
  custom: 1,
  startCall: 2,
  joinCall: 4,
  ignoreLobby: 8,
  audio: 16,
  video: 32,
  screen: 64,
  chat: 128,
  /** Since Talk 24; before, `chat` was all that a reaction needed. */
  react: 256,
} as const;
/** Sums of bits, as Talk 22 gives them. */
export const usualPermissions = { highestDefault: 254, highestCustom: 255, participant: 246, moderator: 254 } as const;
export const permissionMethod = { set: 'set', add: 'add', remove: 'remove' } as const;

/** Bits. */
export const callFlags = { out: 0, in: 1, audio: 2, video: 4, phone: 8 } as const;

export const notificationLevel = { default: 0, always: 1, mention: 2, never: 3 } as const;
export const callNotification = { off: 0, on: 1 } as const;
export const sessionState = { inactive: 0, active: 1 } as const;
export const typingPrivacy = { public: 0, private: 1 } as const;
export const readPrivacy = { public: 0, private: 1 } as const;

export const pollStatus = { open: 0, closed: 1, draft: 2 } as const;
export const pollResult = { public: 0, hidden: 1 } as const;
export const unlimitedVotes = 0;

export const breakoutMode = { none: 0, automatic: 1, manual: 2, free: 3 } as const;
export const breakoutStatus = { stopped: 0, started: 1, assistanceAsked: 2 } as const;
export const breakoutRooms = { min: 1, max: 20 } as const;

/** `locked`: moderators may not set it up. */
export const botState = { off: 0, on: 1, locked: 2 } as const;
/** Bits. */
export const botFeatures = { webhook: 1, response: 2, event: 4, reaction: 8 } as const;

export const invitationState = { pending: 0, accepted: 1 } as const;

/** `messageType` of a message. */
export const messageType = {
  comment: 'comment',
  system: 'system',
  objectShared: 'object_shared',
  command: 'command',
  deleted: 'comment_deleted',
  reaction: 'reaction',
  reactionDeleted: 'reaction_deleted',
  voice: 'voice-message',
  recordedAudio: 'record-audio',
  recordedVideo: 'record-video',
} as const;

/**
 * `systemMessage` of rows by which Talk tells what happened. Source: facts of Talk 22, and of 23 the last two. Texts of such rows
 * depend on their reader: only their kind and their parameters are read.
 */
export const systemMessages = [
  'conversation_created',
  'conversation_renamed',
  'description_set',
  'description_removed',
  'avatar_set',
  'avatar_removed',
  'call_started',
  'call_joined',
  'call_left',
  'call_missed',
  'call_tried',
  'call_ended',
  'call_ended_everyone',
  'recording_started',
  'recording_stopped',
  'recording_failed',
  'audio_recording_started',
  'audio_recording_stopped',
  'read_only',
  'read_only_off',
  'listable_none',
  'listable_users',
  'listable_all',
  'lobby_none',
  'lobby_non_moderators',
  'lobby_timer_reached',
  'guests_allowed',
  'guests_disallowed',
  'password_set',
  'password_removed',
  'user_added',
  'user_removed',
  'group_added',
  'group_removed',
  'circle_added',
  'circle_removed',
  'phone_added',
  'phone_removed',
  'federated_user_added',
  'federated_user_removed',
  'moderator_promoted',
  'moderator_demoted',
  'guest_moderator_promoted',
  'guest_moderator_demoted',
  'message_deleted',
  'message_edited',
  'message_expiration_enabled',
  'message_expiration_disabled',
  'history_cleared',
  'file_shared',
  'object_shared',
  'reaction',
  'reaction_deleted',
  'reaction_revoked',
  'poll_voted',
  'poll_closed',
  'thread_created',
  'thread_renamed',
  'breakout_rooms_started',
  'breakout_rooms_stopped',
  'message_pinned',
  'message_unpinned',
] as const;
export type SystemMessage = (typeof systemMessages)[number];

/** What is shared in a room, as the list of it is asked for. */
export const sharedItem = {
  audio: 'audio',
  deckCard: 'deckcard',
  file: 'file',
  location: 'location',
  media: 'media',
  other: 'other',
  poll: 'poll',
  recording: 'recording',
  voice: 'voice',
} as const;

export const signalingMode = { internal: 'internal', external: 'external', cluster: 'conversation_cluster' } as const;

/** A share of a file into a room, among the kinds of shares that Nextcloud has. */
export const shareIntoRoom = 10;

export const limits = {
  /** Where the capability `config.chat.max-length` says nothing: before Talk 16.0.2. */
  messageCharsOfOld: 1000,
  messageChars: 32_000,
  descriptionChars: 2000,
  nameChars: 255,
  sessionIdChars: 512,
  chatPage: 200,
  contextPage: 100,
  /** How long a read of the chat may be held, in seconds. */
  heldS: 30,
  /** Messages of guests that mention somebody, in 24 hours, for each address that they come from. */
  guestMentionsPerDay: 50,
  /** Above this number of participants none has a status. */
  statusesUpTo: 1000,
} as const;

/** The times that Talk's own clients keep, in milliseconds. */
export const intervals = {
  /** From one successful poll of a room to the next. */
  poll: 500,
  roomList: 30_000,
  /** Who is in a room: while somebody looks at it, else, and where changes are pushed. */
  participants: { looking: 3000, usual: 15_000, pushed: 60_000 },
  /** For a signaling server's first word; from a lost connection to the next, twice as long each time. */
  signaling: { welcome: 3000, reconnect: { first: 1000, longest: 16_000 } },
} as const;

export const avatarSizes = [64, 512] as const;

/** The values of a list of constants, as a choice. */
export function valuesOf<const T extends Readonly<Record<string, string | number>>>(names: T): T[keyof T][] {
  return Object.values(names) as T[keyof T][];
}
