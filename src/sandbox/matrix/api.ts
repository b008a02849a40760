import type { SandboxAnswer, SandboxRequest } from '../http-server.js';
import type { AppserviceClient } from './appservice-client.js';
import type { AppservicePusher } from './appservice-pusher.js';
import type { Homeserver } from './homeserver.js';
import type { MediaStore } from './media-store.js';
import { notFound } from './matrix-error.js';
import { requesterOf, type Requester } from './requester.js';
import type { Room } from './room.js';
import type { PathParams, Router } from './router.js';
import type { TransactionIds } from './transaction-ids.js';

/** What the groups of calls work with. */
export interface Api {
  readonly server: Homeserver;
  readonly router: Router;
  readonly transactionIds: TransactionIds;
  readonly appserviceClient: AppserviceClient;
  readonly pusher: AppservicePusher;
  readonly media: MediaStore;
}

export interface Call {
  readonly request: SandboxRequest;
  readonly params: PathParams;
  readonly requester: Requester;
}

export type CallHandler = (call: Call) => Promise<SandboxAnswer> | SandboxAnswer;

/** Where calls of the client-server API live: today's prefix and the one of old clients. */
const prefixes = ['/_matrix/client/v3', '/_matrix/client/r0'];

export const ok = (body: unknown = {}): SandboxAnswer => ({ status: 200, body });

/** Adds a call that needs a token, under both prefixes. */
export function addCall(api: Api, method: string, pattern: string, handler: CallHandler): void {
  for (const prefix of prefixes) addCallAt(api, method, prefix + pattern, handler);
}

/** Adds a call that needs a token, under its whole path. */
export function addCallAt(api: Api, method: string, pattern: string, handler: CallHandler): void {
  api.router.add(method, pattern, (request, params) =>
    handler({ request, params, requester: requesterOf(api.server, request) }),
  );
}

/** Adds a call that anybody may make, under both prefixes. */
export function addOpenCall(
  api: Api,
  method: string,
  pattern: string,
  handler: (request: SandboxRequest, params: PathParams) => Promise<SandboxAnswer> | SandboxAnswer,
): void {
  for (const prefix of prefixes) api.router.add(method, prefix + pattern, handler);
}

/** A part of the path that the pattern promises. */
export function param(params: PathParams, name: string): string {
  const value = params[name];
  if (value === undefined) throw new Error(`the route has no ${name}`);
  return value;
}

/** The room of a path, where its version matters. Throws 404 M_NOT_FOUND. */
export function knownRoom(server: Homeserver, roomId: string): Room {
  const room = server.rooms.get(roomId);
  if (room === undefined) throw notFound(`Could not find room_version for ${roomId}`);
  return room;
}
