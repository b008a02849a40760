import { createHash } from 'node:crypto';
import type { SandboxRequest } from '../../http-server.js';
import { Refusal } from '../refusal.js';
import type { Attendee, RemoteRoom, Room } from '../state/room.js';
import { localised } from '../view/federated-view.js';
import { viewRoom } from '../view/room-view.js';
import { attendeeOf, roomOf, talkApi, type Call } from './call.js';
import { ok, type Answer } from './ocs.js';
import { Router } from './router.js';

/**
 * What becomes of a request about a room that another server keeps: `forwarded` is asked there as it is, `session` there with the
 * session that the caller has here, `refused` is not possible.
 */
type Way = 'forwarded' | 'session' | 'join' | 'leave room' | 'leave for good' | 'refused';

interface RemoteCall extends Call {
  readonly request: SandboxRequest;
  readonly room: Room;
  readonly remote: RemoteRoom;
  readonly attendee: Attendee;
}

const ways: readonly (readonly [way: Way, methods: string, path: string])[] = [
  ['forwarded', 'GET POST', 'v1/chat/{token}'],
  ['refused', 'DELETE', 'v1/chat/{token}'],
  ['forwarded', 'PUT DELETE', 'v1/chat/{token}/{messageId:[0-9]+}'],
  ['forwarded', 'GET', 'v1/chat/{token}/{messageId:[0-9]+}/context'],
  ['forwarded', 'POST DELETE', 'v1/chat/{token}/read'],
  ['forwarded', 'GET', 'v1/chat/{token}/mentions'],
  ['forwarded', 'GET', 'v1/chat/{token}/share'],
  ['refused', 'POST', 'v1/chat/{token}/share'],
  ['forwarded', 'GET', 'v1/chat/{token}/share/overview'],
  ['refused', 'POST', 'v1/chat/{token}/summarize'],
  ['forwarded', 'GET', 'v1/chat/{token}/threads/recent'],
  ['forwarded', 'GET PUT', 'v1/chat/{token}/threads/{threadId:[0-9]+}'],
  ['forwarded', 'POST', 'v1/chat/{token}/threads/{threadId:[0-9]+}/notify'],
  ['forwarded', 'GET POST DELETE', 'v1/reaction/{token}/{messageId:[0-9]+}'],
  ['forwarded', 'POST', 'v1/poll/{token}'],
  ['forwarded', 'GET', 'v1/poll/{token}/drafts'],
  ['forwarded', 'POST', 'v1/poll/{token}/draft/{pollId:[0-9]+}'],
  ['forwarded', 'GET POST DELETE', 'v1/poll/{token}/{pollId:[0-9]+}'],
  ['forwarded', 'GET', 'v1/room/{token}/avatar'],
  ['forwarded', 'GET', 'v1/room/{token}/avatar/dark'],
  ['forwarded', 'GET', 'v4/room/{token}/participants'],
  ['forwarded', 'GET', 'v4/room/{token}/capabilities'],
  ['forwarded', 'GET', 'v4/call/{token}'],
  ['forwarded', 'POST', 'v4/call/{token}/ring/{attendeeId:[0-9]+}'],
  ['session', 'POST PUT DELETE', 'v4/call/{token}'],
  ['join', 'POST', 'v4/room/{token}/participants/active'],
  ['leave room', 'DELETE', 'v4/room/{token}/participants/active'],
  ['leave for good', 'DELETE', 'v4/room/{token}/participants/self'],
];

const passedHeaders = ['x-chat-last-given', 'x-nextcloud-has-user-statuses', 'content-type'];
const proxyHash = 'X-Nextcloud-Talk-Proxy-Hash';
const ocsFront = '/ocs/v2.php';

/** Answers for rooms that other servers keep, by asking those in the name of this server's people. */
export class FederationProxy {
  readonly #ways = new Router<Way>();

  constructor() {
    for (const [way, methods, path] of ways)
      for (const method of methods.split(' ')) this.#ways.add(method, `${talkApi}/${path}`, way);
  }

  /** Undefined for a request that this server answers itself. */
  async answer(call: Call, request: SandboxRequest): Promise<Answer | undefined> {
    const room = roomOf(call);
    if (room?.remote === undefined) return undefined;
    const match = this.#ways.find(request.method, request.path.slice(ocsFront.length));
    if (match.kind !== 'found') return undefined;
    const attendee = attendeeOf(call, room);
    if (attendee === undefined) throw new Refusal(404);
    return this.#go(match.handler, { ...call, request, room, remote: room.remote, attendee });
  }

  async #go(way: Way, call: RemoteCall): Promise<Answer> {
    switch (way) {
      case 'forwarded':
        return forward(call);
      case 'session':
        return forwardWithSession(call);
      case 'join':
        return join(call);
      case 'leave room':
        return leaveRoom(call);
      case 'leave for good':
        await call.talk.federation.leave(call.room, call.attendee);
        return ok(null);
      case 'refused':
        throw new Refusal(406);
    }
  }
}

async function forward(call: RemoteCall): Promise<Answer> {
  const { request, room, remote } = call;
  const path = request.path.replace(`/${room.token}`, `/${remote.token}`);
  return ask(call, {
    method: request.method,
    path: `${path}${request.query.size > 0 ? `?${request.query.toString()}` : ''}`,
    body: request.body,
    type: request.headers['content-type'] ?? '',
  });
}

async function forwardWithSession(call: RemoteCall): Promise<Answer> {
  const { request, remote, talk, room, attendee, cookie, input } = call;
  const session = talk.attendance.sessionOf(room, attendee, cookie.value);
  if (session === undefined) throw new Refusal(404, null);
  const body = {
    sessionId: session.id,
    silent: input.flag('silent'),
    recordingConsent: input.flag('recordingConsent'),
    ...(input.has('flags') ? { flags: input.number('flags') } : {}),
  };
  return askJson(call, request.method, `v4/call/${remote.token}/federation`, body);
}

/** The session is known there by the same id; what the room looks like there is kept. */
async function join(call: RemoteCall): Promise<Answer> {
  const { talk, names, room, remote, attendee, cookie, credential, input } = call;
  const visitor = { user: credential?.user, cookie: cookie.value, cookieIsNew: cookie.isNew };
  const suffix = `#${talk.federation.cloudId(attendee.actor.id)}`;
  const { session } = talk.attendance.join(room, { ...visitor, suffix }, '', input.flag('force', true));
  const answer = await askJson(call, 'POST', `v4/room/${remote.token}/federation/active`, { sessionId: session.id });
  if (answer.status !== 200) {
    talk.attendance.leave(room, attendee, cookie.value);
    return answer;
  }
  const { avatarVersion } = answer.data as { avatarVersion: string };
  remote.avatarVersion = avatarVersion;
  return ok(viewRoom(names, room, attendee, 'with last message', session), { [proxyHash]: hashOf(remote) });
}

async function leaveRoom(call: RemoteCall): Promise<Answer> {
  const { talk, room, remote, attendee, cookie } = call;
  const session = talk.attendance.sessionOf(room, attendee, cookie.value);
  if (session === undefined) return ok(null);
  talk.attendance.leave(room, attendee, cookie.value);
  return askJson(call, 'DELETE', `v4/room/${remote.token}/federation/active`, { sessionId: session.id });
}

interface Question {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: Buffer;
  readonly type: string;
}

function askJson(call: RemoteCall, method: string, path: string, body: unknown): Promise<Answer> {
  const url = `${ocsFront}${talkApi}/${path}`;
  return ask(call, { method, path: url, body: Buffer.from(JSON.stringify(body)), type: 'application/json' });
}

/** Answers 422 where the other server is not reached. */
async function ask(call: RemoteCall, { method, path, body, type }: Question): Promise<Answer> {
  const { remote, talk, attendee, names, room } = call;
  const cloudId = talk.federation.cloudId(attendee.actor.id);
  const login = Buffer.from(`${encodeURIComponent(cloudId)}:${remote.secret}`).toString('base64');
  const response = await fetch(`${remote.server}${path}`, {
    method,
    headers: {
      accept: 'application/json',
      'ocs-apirequest': 'true',
      'x-nextcloud-federation': 'true',
      authorization: `Basic ${login}`,
      ...(type === '' ? {} : { 'content-type': type }),
    },
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  }).catch(() => {
    throw new Refusal(422, { error: 'remote-server' });
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const headers = passed(response.headers);
  if (!(headers['content-type'] ?? '').includes('json'))
    return { status: response.status, data: null, raw: bytes, headers };
  const answer = JSON.parse(bytes.toString('utf8')) as { ocs: { data: unknown } };
  const border = { host: remote.server, hostToken: remote.token, own: names.base, ownToken: room.token };
  const { 'content-type': _type, ...others } = headers;
  const data = localised(answer.ocs.data, border);
  return { status: response.status, data, headers: { ...others, [proxyHash]: hashOf(remote) } };
}

function passed(headers: Headers): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of passedHeaders) {
    const value = headers.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

function hashOf({ server }: RemoteRoom): string {
  return createHash('sha1').update(server).digest('hex');
}
