import { randomText } from '../state/random-text.js';
import type { Json } from './nextcloud-backend.js';

const idLength = 64;

/** Who opened a session, as Nextcloud says it. */
export interface HubUser {
  /** Empty for guests. */
  readonly id: string;
  /** What Nextcloud tells of it to others. */
  readonly data: Json;
}

/** One client's session. It outlives its connection for a while. */
export interface HubSession {
  /** What others know it by. */
  readonly id: string;
  /** What only its client knows. */
  readonly resumeId: string;
  readonly user: HubUser;
  /** Where Nextcloud checks it. */
  readonly backend: string;
  room: string;
  /** Its session in that room, as Nextcloud knows it. */
  roomSession: string;
  /** Undefined while it has no connection. */
  say: ((message: Json) => void) | undefined;
  /** What is said while it has none; of refreshed chats only one. */
  readonly waiting: Json[];
  expiry: NodeJS.Timeout | undefined;
}

/** All sessions, and what they are told. */
export class Hub {
  readonly #sessions = new Map<string, HubSession>();
  /** What Nextcloud said of rooms, as JSON. */
  readonly #properties = new Map<string, string>();

  constructor(
    /** How long a session waits for its client to come back. */
    private readonly expireMs: number,
    /** Told when a session leaves its room. */
    private readonly onLeft: (session: HubSession) => void,
  ) {}

  get count(): number {
    return this.#sessions.size;
  }

  inRoom(token: string): readonly HubSession[] {
    return [...this.#sessions.values()].filter(({ room }) => room === token);
  }

  ofUser(user: string): readonly HubSession[] {
    return [...this.#sessions.values()].filter((session) => session.user.id === user);
  }

  get(id: string): HubSession | undefined {
    return this.#sessions.get(id);
  }

  open(user: HubUser, backend: string, say: (message: Json) => void): HubSession {
    const [id, resumeId] = [randomText(idLength, 'secret'), randomText(idLength, 'secret')];
    const session: HubSession = {
      id,
      resumeId,
      user,
      backend,
      room: '',
      roomSession: '',
      say,
      waiting: [],
      expiry: undefined,
    };
    this.#sessions.set(id, session);
    return session;
  }

  resumed(resumeId: string, say: (message: Json) => void): HubSession | undefined {
    const session = [...this.#sessions.values()].find((each) => each.resumeId === resumeId);
    if (session === undefined) return undefined;
    clearTimeout(session.expiry);
    session.say?.({ type: 'bye', bye: { reason: 'session_resumed' } });
    session.say = say;
    return session;
  }

  tell(session: HubSession, message: Json): void {
    if (session.say !== undefined) session.say(message);
    else if (!isRefresh(message) || !session.waiting.some(isRefresh)) session.waiting.push(message);
  }

  /** The connection is gone: the session waits for its client for a while. */
  detach(session: HubSession, say: (message: Json) => void): void {
    if (session.say !== say) return;
    session.say = undefined;
    session.expiry = setTimeout(() => this.end(session), this.expireMs);
    session.expiry.unref();
  }

  end(session: HubSession): void {
    clearTimeout(session.expiry);
    this.#sessions.delete(session.id);
    this.leave(session, 'and Nextcloud is told');
  }

  /** Answers whether that is something new. */
  describe(token: string, properties: unknown): boolean {
    const text = JSON.stringify(properties ?? null);
    const isNew = this.#properties.get(token) !== text;
    this.#properties.set(token, text);
    return isNew;
  }

  /** Everybody hears of it who stays. */
  enter(session: HubSession, room: string, roomSession: string): void {
    this.leave(session, 'and Nextcloud is told');
    session.room = room;
    session.roomSession = roomSession;
  }

  announce(session: HubSession): void {
    const others = this.inRoom(session.room).filter((other) => other !== session);
    if (others.length > 0) this.tell(session, roomEvent('join', others.map(entryOf)));
    for (const one of this.inRoom(session.room)) this.tell(one, roomEvent('join', [entryOf(session)]));
  }

  leave(session: HubSession, how: 'and Nextcloud is told' | 'by the word of Nextcloud'): void {
    if (session.room === '') return;
    const { room } = session;
    if (how === 'and Nextcloud is told') this.onLeft({ ...session });
    session.room = '';
    session.roomSession = '';
    for (const other of this.inRoom(room)) this.tell(other, roomEvent('leave', [session.id]));
  }

  /** As a restart does: nobody is told. */
  forgetAll(): void {
    for (const session of this.#sessions.values()) clearTimeout(session.expiry);
    this.#sessions.clear();
    this.#properties.clear();
  }
}

function roomEvent(type: 'join' | 'leave', list: readonly unknown[]): Json {
  return { type: 'event', event: { target: 'room', type, [type]: list } };
}

function entryOf({ id, user, roomSession }: HubSession): Json {
  return {
    sessionid: id,
    ...(user.id === '' ? {} : { userid: user.id }),
    user: user.data,
    roomsessionid: roomSession,
  };
}

/** Whether it says that the chat is to be read. */
function isRefresh(message: Json): boolean {
  return JSON.stringify(message).includes('"refresh":true');
}
