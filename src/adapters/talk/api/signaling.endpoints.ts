import { z } from 'zod';
import { limits } from '../talk.constants.js';
import { group, talk } from './endpoint.js';
import { flag, maybeText, nothing, text, texts, whole } from './fields.js';

const session = z.looseObject({
  userId: text,
  actorType: text,
  actorId: text,
  roomId: whole,
  /** Whole seconds. */
  lastPing: whole,
  sessionId: text,
  /** Bits. */
  inCall: whole,
  participantPermissions: whole,
});

/** What a session is told: who is in the room, or what another session sent it. */
const told = z.looseObject({
  type: text,
  data: z.union([z.array(session), z.string()]).catch([]),
});

const iceServers = z
  .array(z.looseObject({ urls: texts, username: maybeText, credential: z.unknown().optional() }))
  .catch([]);

/** Where and how a session connects. `signalingMode` says whether `server` is to be used. */
export const signalingSettings = z.looseObject({
  signalingMode: text,
  userId: z.string().nullable().catch(null),
  hideWarning: flag,
  server: text,
  ticket: text,
  helloAuthParams: z
    .looseObject({
      '1.0': z
        .looseObject({ userid: z.string().nullable().catch(null), ticket: text })
        .optional()
        .catch(undefined),
      '2.0': z.looseObject({ token: text }).optional().catch(undefined),
    })
    .catch({}),
  federation: z
    .looseObject({
      server: text,
      nextcloudServer: text,
      roomId: text,
      helloAuthParams: z.looseObject({ token: text }).catch({ token: '' }),
    })
    .nullable()
    .optional()
    .catch(null),
  stunservers: iceServers,
  turnservers: iceServers,
  sipDialinInfo: text,
});
export type SignalingSettings = z.output<typeof signalingSettings>;

/** Sessions telling one another of themselves. Source: OpenAPI of Talk 22, `internal_signaling`, `signaling`. */
export const signalingEndpoints = group('signaling', {
  settings: talk('v3 GET /signaling/settings', {
    query: { token: z.string().optional() },
    data: signalingSettings,
    statuses: [200, 401, 404],
    absent: 'room',
    needs: 'signaling-v3',
  }),
  // A list of messages, as JSON in a text.
  send: talk('v3 POST /signaling/{token}', {
    body: { messages: z.string() },
    data: nothing,
    statuses: [200, 400],
    needs: 'signaling-v3',
  }),
  // Keeps our session alive; held until there is something to tell.
  pull: talk('v3 GET /signaling/{token}', {
    data: z.array(told),
    statuses: [200, 400, 404, 409],
    absent: 'session',
    needs: 'signaling-v3',
    heldMs: () => limits.heldS * 1000,
  }),
  // What a signaling server asks; it proves itself by a checksum made with the secret that it shares with the server.
  backend: talk('v3 POST /signaling/backend', {
    body: {
      type: z.string(),
      auth: z.record(z.string(), z.unknown()).optional(),
      room: z.record(z.string(), z.unknown()).optional(),
      ping: z.record(z.string(), z.unknown()).optional(),
    },
    besides: { random: z.string().optional(), checksum: z.string().optional() },
    headers: { random: 'spreed-signaling-random', checksum: 'spreed-signaling-checksum' },
    isAnonymous: true,
    data: z.looseObject({ type: text }),
    statuses: [200],
    needs: 'signaling-v3',
  }),
  welcome: talk('v3 GET /signaling/welcome/{serverId}', {
    data: z.looseObject({ version: text, warning: maybeText, features: texts }),
    statuses: [200, 401, 403, 404, 500],
    needs: 'signaling-v3',
  }),
});
