import { avatarEndpoints } from './avatars.endpoints.js';
import { banEndpoints } from './bans.endpoints.js';
import { botEndpoints } from './bots.endpoints.js';
import { breakoutRoomEndpoints } from './breakout-rooms.endpoints.js';
import { calendarEndpoints } from './calendar.endpoints.js';
import { callEndpoints } from './calls.endpoints.js';
import { chatEndpoints } from './chat.endpoints.js';
import { dialInEndpoints } from './dial-in.endpoints.js';
import type { AnyEndpoint, Given } from './endpoint.js';
import type { Answered, How, MethodOf } from './endpoint-call.js';
import { federationEndpoints } from './federation.endpoints.js';
import { fileRoomEndpoints } from './file-rooms.endpoints.js';
import { fileEndpoints } from './files.endpoints.js';
import { guestEndpoints } from './guests.endpoints.js';
import { hostedSignalingEndpoints } from './hosted-signaling.endpoints.js';
import { liveTranscriptionEndpoints } from './live-transcription.endpoints.js';
import { matterbridgeEndpoints } from './matterbridge.endpoints.js';
import { participantEndpoints } from './participants.endpoints.js';
import { pollEndpoints } from './polls.endpoints.js';
import { reactionEndpoints } from './reactions.endpoints.js';
import { recordingEndpoints } from './recordings.endpoints.js';
import { roomEndpoints } from './rooms.endpoints.js';
import { serverEndpoints } from './server.endpoints.js';
import { settingEndpoints } from './settings.endpoints.js';
import { signalingEndpoints } from './signaling.endpoints.js';
import { threadEndpoints } from './threads.endpoints.js';

/** Every endpoint, by group and method. */
export const endpoints = {
  rooms: roomEndpoints,
  chat: chatEndpoints,
  participants: participantEndpoints,
  calls: callEndpoints,
  signaling: signalingEndpoints,
  polls: pollEndpoints,
  reactions: reactionEndpoints,
  threads: threadEndpoints,
  avatars: avatarEndpoints,
  bans: banEndpoints,
  bots: botEndpoints,
  breakoutRooms: breakoutRoomEndpoints,
  federation: federationEndpoints,
  recordings: recordingEndpoints,
  guests: guestEndpoints,
  files: fileEndpoints,
  fileRooms: fileRoomEndpoints,
  calendar: calendarEndpoints,
  settings: settingEndpoints,
  dialIn: dialInEndpoints,
  liveTranscription: liveTranscriptionEndpoints,
  matterbridge: matterbridgeEndpoints,
  hostedSignaling: hostedSignalingEndpoints,
  server: serverEndpoints,
} as const;

/** The same, for those who find them by name. */
export const endpointGroups: Readonly<Record<string, Readonly<Record<string, AnyEndpoint>>>> = endpoints;

/** Every endpoint as a method: `api.chat.send({ token, message }, signal)`. */
export type TalkApi = {
  readonly [Group in keyof typeof endpoints]: {
    readonly [Name in keyof (typeof endpoints)[Group]]: MethodOf<(typeof endpoints)[Group][Name]>;
  };
};

type Call = (endpoint: AnyEndpoint, args: Given, signal: AbortSignal, how?: How) => Promise<Answered<unknown>>;

/** Every endpoint as a method that calls `call`. */
export function talkApi(call: Call): TalkApi {
  const methodsOf = (group: Readonly<Record<string, AnyEndpoint>>): object =>
    Object.fromEntries(
      Object.entries(group).map(([name, endpoint]) => [
        name,
        (args: Given, signal: AbortSignal, how?: How) => call(endpoint, args, signal, how),
      ]),
    );
  const groups = Object.entries(endpointGroups).map(([name, group]): [string, object] => [name, methodsOf(group)]);
  return Object.fromEntries(groups) as unknown as TalkApi;
}
