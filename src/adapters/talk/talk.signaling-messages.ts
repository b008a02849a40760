import { z } from 'zod';
import { maybeText, text, texts } from './api/fields.js';

/** What a session and a signaling server tell one another. Source: the description of the standalone signaling API, version 1. */

/** A server may say as much as a message holds: so much of it is for the log. */
const mostLogged = 200;

/** Somebody's session in the room. */
export interface SignalingPerson {
  /** Its id on the signaling server. */
  readonly session: string;
  /** Empty for guests. */
  readonly user: string;
  readonly name: string;
  /** Whether the session is of another server. */
  readonly isFederated: boolean;
  /** What Talk calls the person, where it is told. */
  readonly actor?: { readonly type: string; readonly id: string };
}

/** What a server says, as far as it matters here. */
export type SignalingMessage =
  | { readonly type: 'welcome'; readonly features: readonly string[] }
  /** `features` are told here by servers that say no welcome. */
  | {
      readonly type: 'hello';
      readonly id: string | undefined;
      readonly session: string;
      readonly resumeId: string | undefined;
      readonly features: readonly string[];
    }
  /** Where the session is from now on, or what is new of its room; empty: nowhere. */
  | { readonly type: 'room'; readonly id: string | undefined; readonly room: string }
  | { readonly type: 'error'; readonly id: string | undefined; readonly code: string; readonly message: string }
  /** The server ends the session, or confirms that we did. */
  | { readonly type: 'bye'; readonly reason: string }
  /** There is something to read. */
  | { readonly type: 'chat'; readonly room: string }
  | { readonly type: 'joined'; readonly people: readonly SignalingPerson[] }
  | { readonly type: 'left'; readonly sessions: readonly string[] }
  /** People of the room, or what they may do, changed. */
  | { readonly type: 'participants'; readonly room: string; readonly people: readonly SignalingPerson[] }
  | { readonly type: 'roomListed'; readonly room: string; readonly what: 'invite' | 'disinvite' | 'update' }
  /** The way to a room of another server is cut, or there again: `missed` where something may have been lost. */
  | { readonly type: 'federation'; readonly state: 'interrupted' | 'resumed'; readonly missed: boolean }
  /** Another session said it to ours. */
  | { readonly type: 'said'; readonly session: string; readonly user: string; readonly what: string }
  | { readonly type: 'other'; readonly of: string };

const person = z.object({
  sessionid: z.string().min(1),
  userid: text,
  user: z.looseObject({ displayname: text }).optional().catch(undefined),
  federated: z.boolean().optional().catch(undefined),
});

/** Of the list of participants: written by Talk, passed on by the server, with its own session ids. */
const participant = z.looseObject({
  sessionId: z.string().min(1),
  userId: text,
  displayName: text,
  actorType: text,
  actorId: text,
});

const inRoom = z.looseObject({ roomid: text });

const event = z.looseObject({
  target: text,
  type: text,
  join: z.array(z.unknown()).catch([]),
  leave: texts,
  change: z.array(z.unknown()).catch([]),
  resumed: z.boolean().optional().catch(undefined),
  invite: inRoom.optional().catch(undefined),
  disinvite: inRoom.optional().catch(undefined),
  update: inRoom
    .extend({ users: z.array(z.unknown()).catch([]) })
    .optional()
    .catch(undefined),
  message: inRoom
    .extend({ data: z.looseObject({ type: text }).catch({ type: '' }) })
    .optional()
    .catch(undefined),
});

const envelope = z.looseObject({
  id: maybeText,
  type: z.string(),
  welcome: z.looseObject({ features: texts }).optional().catch(undefined),
  hello: z
    .looseObject({
      sessionid: text,
      resumeid: maybeText,
      server: z.looseObject({ features: texts }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  room: inRoom.optional().catch(undefined),
  error: z.looseObject({ code: text, message: text }).optional().catch(undefined),
  bye: z.looseObject({ reason: text }).optional().catch(undefined),
  event: event.optional().catch(undefined),
  message: z
    .looseObject({
      sender: z.looseObject({ sessionid: text, userid: text }),
      data: z.looseObject({ type: text }),
    })
    .optional()
    .catch(undefined),
});
type Envelope = z.output<typeof envelope>;
type Event = z.output<typeof event>;

/** Pure: what a server said. Strange fields are read as nothing; undefined for what is no message at all. */
export function readSignaling(json: string): SignalingMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = envelope.safeParse(value);
  return parsed.success ? messageIn(parsed.data) : undefined;
}

function messageIn({
  id,
  type,
  welcome,
  hello,
  room,
  error,
  bye,
  event: happened,
  message,
}: Envelope): SignalingMessage {
  const answers = id ?? undefined;
  if (type === 'welcome' && welcome !== undefined) return { type, features: welcome.features };
  if (type === 'hello' && hello !== undefined) {
    const { sessionid: session, resumeid, server } = hello;
    return { type, id: answers, session, resumeId: resumeid ?? undefined, features: server?.features ?? [] };
  }
  if (type === 'room') return { type, id: answers, room: room?.roomid ?? '' };
  if (type === 'error') return { type, id: answers, code: short(error?.code), message: short(error?.message) };
  if (type === 'bye') return { type, reason: short(bye?.reason) };
  if (type === 'event' && happened !== undefined) return eventIn(happened);
  if (type === 'message' && message !== undefined) {
    const { sender, data } = message;
    return { type: 'said', session: sender.sessionid, user: sender.userid, what: data.type };
  }
  return { type: 'other', of: type };
}

/** Words for the log. */
function short(text = ''): string {
  return text.slice(0, mostLogged);
}

function eventIn(happened: Event): SignalingMessage {
  const { target, type, join, change, leave, resumed, update, message } = happened;
  const of = `event ${target} ${type}`;
  switch (target) {
    case 'room':
      if (type === 'join') return { type: 'joined', people: join.flatMap(personIn) };
      if (type === 'change') return { type: 'joined', people: change.flatMap(personIn) };
      if (type === 'leave') return { type: 'left', sessions: leave };
      if (type === 'message' && message?.data.type === 'chat') return { type: 'chat', room: message.roomid };
      if (type === 'federation_interrupted') return { type: 'federation', state: 'interrupted', missed: false };
      if (type === 'federation_resumed') return { type: 'federation', state: 'resumed', missed: resumed !== true };
      return { type: 'other', of };
    case 'participants':
      if (type !== 'update' || update === undefined) return { type: 'other', of };
      return { type: 'participants', room: update.roomid, people: update.users.flatMap(participantIn) };
    case 'roomlist':
      if (type !== 'invite' && type !== 'disinvite' && type !== 'update') return { type: 'other', of };
      return { type: 'roomListed', room: happened[type]?.roomid ?? '', what: type };
    default:
      return { type: 'other', of };
  }
}

function personIn(value: unknown): SignalingPerson[] {
  const { success, data } = person.safeParse(value);
  if (!success) return [];
  const { sessionid: session, userid: user, user: told, federated = false } = data;
  return [{ session, user, name: told?.displayname ?? '', isFederated: federated }];
}

function participantIn(value: unknown): SignalingPerson[] {
  const { success, data } = participant.safeParse(value);
  if (!success) return [];
  const { sessionId: session, userId: user, displayName: name, actorType, actorId } = data;
  const actor = actorType === '' || actorId === '' ? {} : { actor: { type: actorType, id: actorId } };
  return [{ session, user, name, isFederated: false, ...actor }];
}

/** The room of another server that a session is to be in. */
export interface FederatedRoom {
  readonly signaling: string;
  readonly url: string;
  readonly roomid: string;
  readonly token: string;
}

/** How a session proves who it is. */
export type HelloProof =
  | { readonly version: '1.0'; readonly params: { readonly userid: string; readonly ticket: string } }
  | { readonly version: '2.0'; readonly params: { readonly token: string } };

/** Pure: what we say, as it is sent. Talk's clients say to each session that somebody types, and so do we. */
export const signalingWords = {
  /** `backend`: where the server has the proof checked. */
  hello: (id: string, { version, params }: HelloProof, backend: string): string =>
    JSON.stringify({ id, type: 'hello', hello: { version, auth: { url: backend, params } } }),
  resume: (id: string, resumeId: string): string =>
    JSON.stringify({ id, type: 'hello', hello: { version: '1.0', resumeid: resumeId } }),
  room: (id: string, room: string, nextcloudSession: string, federation?: FederatedRoom): string =>
    JSON.stringify({
      id,
      type: 'room',
      room: { roomid: room, sessionid: nextcloudSession, ...(federation === undefined ? {} : { federation }) },
    }),
  typing: (state: 'startedTyping' | 'stoppedTyping', session: string): string =>
    JSON.stringify({
      type: 'message',
      message: { recipient: { type: 'session', sessionid: session }, data: { type: state, to: session } },
    }),
  bye: (id: string): string => JSON.stringify({ id, type: 'bye', bye: {} }),
} as const;
