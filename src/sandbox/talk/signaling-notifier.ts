import { request } from 'node:http';
import type { ChatEvent } from './state/chat.js';
import type { TalkChange } from './state/change.js';
import { actorKey } from './state/actor.js';
import type { Room } from './state/room.js';
import { sessionsOf } from './state/signaling.js';
import type { TalkState } from './state/talk-state.js';
import { proofHeaders, type Json } from './signaling/nextcloud-backend.js';

const timeoutMs = 10_000;
/** Rows of which a signaling server tells nobody, as seen. */
const untold: ReadonlySet<string> = new Set(['message_edited', 'message_deleted', 'reaction_revoked']);

/** Tells the signaling server what happens in rooms: once each, in order, without trying again. */
export class SignalingNotifier {
  readonly #members = new Map<string, ReadonlySet<string>>();
  #last: Promise<void> = Promise.resolve();
  /** Whether the server took what it was told last. */
  #isHeard = true;
  #stop = new AbortController();

  constructor(private readonly talk: TalkState) {
    talk.onChange((change) => this.#changed(change));
    talk.onChat((event) => this.#said(event));
  }

  /** Whether the server took the last of what was to be told by now. */
  async isHeard(): Promise<boolean> {
    await this.#last;
    return this.#isHeard;
  }

  /** When all is told that was to be told by now. */
  settled(): Promise<void> {
    return this.#last;
  }

  open(): void {
    this.#stop = new AbortController();
  }

  /** What was not told yet never is. */
  stop(): void {
    this.#stop.abort();
  }

  #said(event: ChatEvent): void {
    if (event.kind !== 'said' && event.kind !== 'noted') return;
    const { content } = event.message;
    if (content.kind === 'system' && untold.has(content.type)) return;
    this.#tell(event.room.token, { type: 'message', message: { data: { type: 'chat', chat: { refresh: true } } } });
  }

  #changed({ room: token, what }: TalkChange): void {
    if (what === 'message' || what === 'poll') return;
    const room = this.talk.rooms.get(token);
    const before = this.#members.get(token) ?? new Set<string>();
    const now = room === undefined ? new Set<string>() : membersOf(room);
    this.#members.set(token, now);
    if (room === undefined) {
      this.#tell(token, { type: 'delete', delete: { userids: [...before] } });
      return;
    }
    const properties = { name: room.name, type: room.type, 'lobby-state': room.lobbyState, 'read-only': room.readOnly };
    const alluserids = [...now];
    const came = alluserids.filter((user) => !before.has(user));
    const went = [...before].filter((user) => !now.has(user));
    if (came.length > 0) this.#tell(token, { type: 'invite', invite: { userids: came, alluserids, properties } });
    if (went.length > 0) this.#tell(token, { type: 'disinvite', disinvite: { userids: went, alluserids, properties } });
    if (what === 'room') {
      this.#tell(token, { type: 'update', update: { userids: alluserids, properties } });
      return;
    }
    const users = usersOf(room);
    this.#tell(token, { type: 'participants', participants: { changed: users, users } });
  }

  #tell(token: string, told: Json): void {
    const server = this.talk.backends.signaling;
    if (server === undefined) return;
    const { signal } = this.#stop;
    const body = JSON.stringify(told);
    this.#last = this.#last.then(async () => {
      if (signal.aborted) return;
      try {
        const headers = {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          'spreed-signaling-backend': `${this.talk.base}/`,
          ...proofHeaders(server.secret, body),
        };
        const status = await post(`${server.url.replace(/\/+$/, '')}/api/v1/room/${token}`, headers, body, signal);
        this.#isHeard = status < 400;
      } catch {
        // As the real one: whoever missed it reads it later.
        this.#isHeard = false;
      }
    });
  }
}

/** On a connection of its own, as PHP does. Answers the status. */
function post(url: string, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent: false, timeout: timeoutMs, headers, signal });
    sending.on('timeout', () => sending.destroy(new Error('no answer in time')));
    sending.on('error', reject);
    sending.on('response', (response) => {
      response.resume();
      response.on('close', () => resolve(response.statusCode ?? 0));
    });
    sending.end(body);
  });
}

function membersOf(room: Room): ReadonlySet<string> {
  return new Set(
    [...room.attendees.values()].filter(({ actor }) => actor.type === 'users').map(({ actor }) => actor.id),
  );
}

function usersOf(room: Room): readonly Json[] {
  const own = new Map([...room.attendees.values()].flatMap((one) => one.sessions.map(({ id }) => [id, one] as const)));
  return sessionsOf(room).flatMap((session) => {
    const attendee = own.get(session.id);
    if (attendee === undefined) return [];
    const { actor, displayName, participantType } = attendee;
    const { type: actorType, id: actorId } = actor;
    return [
      {
        inCall: session.callFlags,
        lastPing: session.lastPingSeconds,
        sessionId: session.id,
        participantType,
        actorType,
        actorId,
        displayName: displayName === '' ? actorKey(actor) : displayName,
        ...(actorType === 'users' ? { userId: actorId } : {}),
      },
    ];
  });
}
