import type { Template } from './recorded.types.js';

type Shape = Readonly<Record<string, Template>>;

/** What most rooms, messages and people have in common; a recorded one says under `~` what it is, and only how it differs. */
const shapes: Readonly<Record<string, Shape>> = {
  room: {
    objectType: '',
    objectId: '',
    participantFlags: 0,
    readOnly: 0,
    hasPassword: false,
    hasCall: false,
    callStartTime: 0,
    callRecording: 0,
    canStartCall: true,
    lastActivity: '‹number›',
    lastReadMessage: '‹number›',
    unreadMessages: '‹number›',
    unreadMention: false,
    unreadMentionDirect: false,
    isFavorite: false,
    canLeaveConversation: true,
    canDeleteConversation: true,
    notificationLevel: 2,
    notificationCalls: 1,
    lobbyState: 0,
    lobbyTimer: 0,
    lastPing: '‹number›',
    sessionId: '0',
    sipEnabled: 0,
    actorType: 'users',
    permissions: 254,
    attendeePermissions: 0,
    callPermissions: 0,
    defaultPermissions: 0,
    canEnableSIP: false,
    attendeePin: '',
    description: '',
    lastCommonReadMessage: '‹number›',
    listable: 0,
    callFlag: 0,
    messageExpiration: 0,
    avatarVersion: '‹text›',
    isCustomAvatar: false,
    breakoutRoomMode: 0,
    breakoutRoomStatus: 0,
    recordingConsent: 0,
    mentionPermissions: 0,
    liveTranscriptionLanguageId: '',
    isArchived: false,
    isImportant: false,
    isSensitive: false,
  },
  message: {
    timestamp: '‹number›',
    isReplyable: true,
    referenceId: '',
    reactions: {},
    expirationTimestamp: 0,
    markdown: true,
    systemMessage: '',
    messageType: 'comment',
    messageParameters: {},
  },
  note: {
    timestamp: '‹number›',
    isReplyable: false,
    referenceId: '',
    reactions: {},
    expirationTimestamp: 0,
    markdown: false,
    messageType: 'system',
  },
  person: {
    inCall: 0,
    lastPing: '‹number›',
    sessionIds: [],
    participantType: 3,
    actorType: 'users',
    permissions: 246,
    attendeePermissions: 0,
    attendeePin: '',
    phoneNumber: '',
    callId: '',
  },
};

/** Which shape a whole object has; undefined for any other. */
export function shapeOf(object: Shape): string | undefined {
  if ('breakoutRoomMode' in object) return 'room';
  if ('systemMessage' in object && 'isReplyable' in object) return object['systemMessage'] === '' ? 'message' : 'note';
  return 'inCall' in object && 'attendeeId' in object ? 'person' : undefined;
}

/** Leaves out what every object of the shape says. `−` names what this one does not say at all. */
export function folded(shape: string, object: Shape): Shape {
  const base = shapes[shape] ?? {};
  const missing = Object.keys(base).filter((key) => !(key in object));
  const own = Object.entries(object).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(base[key]));
  return { '~': shape, ...Object.fromEntries(own), ...(missing.length === 0 ? {} : { '−': missing }) };
}

/** The whole object; one without a shape is as it is. */
export function unfolded(object: Shape): Shape {
  const { '~': shape, '−': missing, ...own } = object;
  const base = typeof shape === 'string' ? shapes[shape] : undefined;
  if (base === undefined) return object;
  const whole = Object.entries({ ...base, ...own });
  const left = Array.isArray(missing) ? missing : [];
  return Object.fromEntries(whole.filter(([key]) => !left.includes(key)));
}
