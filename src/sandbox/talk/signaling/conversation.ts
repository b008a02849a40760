import type { Hub, HubSession, HubUser } from './hub.js';
import { readToken } from './hello-token.js';
import { isMap, textOf, type Json, type NextcloudBackend } from './nextcloud-backend.js';

const helloWithinMs = 2000;

/** What the server is, as it greets. `old`: as a server before version 0.5 is: no welcome, and tickets alone. */
export type HubGeneration = 'usual' | 'old';

const usualFeatures = ['audio-video-permissions', 'incall-all', 'welcome', 'hello-v2', 'switchto', 'join-features'];
const oldFeatures = ['audio-video-permissions', 'incall-all'];

export interface ConversationParts {
  readonly hub: Hub;
  readonly nextcloud: NextcloudBackend;
  readonly generation: HubGeneration;
  nowSeconds(): number;
  send(message: Json): void;
  /** Ends the connection. */
  close(): void;
}

/** What is said over one connection. */
export class Conversation {
  readonly #features: readonly string[];
  readonly #say: (message: Json) => void;
  #timer: NodeJS.Timeout | undefined;
  #session: HubSession | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ConversationParts) {
    this.#features = parts.generation === 'usual' ? usualFeatures : oldFeatures;
    this.#say = (message) => {
      parts.send(message);
      if (message['type'] === 'bye') parts.close();
    };
  }

  begin(): void {
    if (this.parts.generation === 'usual') {
      this.parts.send({ type: 'welcome', welcome: { features: this.#features, version: '2.0.4~sandbox' } });
    }
    this.#timer = setTimeout(() => this.#say({ type: 'bye', bye: { reason: 'hello_timeout' } }), helloWithinMs);
    this.#timer.unref();
  }

  end(): void {
    clearTimeout(this.#timer);
    if (this.#session !== undefined) this.parts.hub.detach(this.#session, this.#say);
  }

  /** One message after the other. */
  hear(text: string): void {
    this.#last = this.#last.then(() => this.#hear(text)).catch(() => this.parts.close());
  }

  async #hear(text: string): Promise<void> {
    const message = parsed(text);
    if (message === undefined) return this.#refuse({}, 'invalid_format');
    const type = textOf(message, 'type');
    if (this.#session === undefined) {
      return type === 'hello' ? this.#hello(message) : this.#refuse(message, 'hello_expected');
    }
    const session = this.#session;
    switch (type) {
      case 'room':
        return this.#room(session, message);
      case 'message':
        return this.#pass(session, message);
      case 'bye':
        this.#session = undefined;
        this.parts.hub.end(session);
        this.#say({ id: message['id'], type: 'bye', bye: {} });
    }
  }

  async #hello(message: Json): Promise<void> {
    const { hub } = this.parts;
    const hello = isMap(message['hello']) ? message['hello'] : {};
    const resumeId = textOf(hello, 'resumeid');
    if (resumeId !== '') {
      const session = hub.resumed(resumeId, this.#say);
      if (session === undefined) return this.#refuse(message, 'no_such_session');
      this.#greet(message, session);
      for (const waiting of session.waiting.splice(0)) this.#say(waiting);
      return;
    }
    clearTimeout(this.#timer);
    const url = textOf(hello['auth'], 'url');
    if (!this.parts.nextcloud.isAt(url)) return this.#refuse(message, 'invalid_backend');
    const user = await this.#userOf(hello, url);
    if (typeof user === 'string') return this.#refuse(message, user);
    this.#greet(message, hub.open(user, url, this.#say));
  }

  /** Who says hello; a word for why it is refused. */
  async #userOf(hello: Json, url: string): Promise<HubUser | string> {
    const { nextcloud, generation, nowSeconds } = this.parts;
    const auth = isMap(hello['auth']) ? hello['auth'] : {};
    switch (textOf(hello, 'version')) {
      case '1.0': {
        const answer = await nextcloud.ask(url, { type: 'auth', auth: { version: '1.0', params: auth['params'] } });
        if (answer['type'] === 'error') return textOf(answer['error'], 'code');
        const { user } = isMap(answer['auth']) ? answer['auth'] : {};
        return { id: textOf(answer['auth'], 'userid'), data: isMap(user) ? user : {} };
      }
      case '2.0': {
        if (generation === 'old') return 'invalid_hello_version';
        const reading = readToken(textOf(auth['params'], 'token'), await nextcloud.tokenKey(), nowSeconds());
        if ('refused' in reading) return reading.refused;
        const { userdata } = reading.claims;
        return { id: textOf(reading.claims, 'sub'), data: isMap(userdata) ? userdata : {} };
      }
      default:
        return 'invalid_hello_version';
    }
  }

  #greet(message: Json, session: HubSession): void {
    clearTimeout(this.#timer);
    this.#session = session;
    const { id: sessionid, resumeId: resumeid, user } = session;
    const server = { features: this.#features, version: '2.0.4~sandbox' };
    const userid = user.id === '' ? {} : { userid: user.id };
    this.#say({ id: message['id'], type: 'hello', hello: { version: '1.0', sessionid, resumeid, ...userid, server } });
  }

  async #room(session: HubSession, message: Json): Promise<void> {
    const { hub, nextcloud } = this.parts;
    const token = textOf(message['room'], 'roomid');
    if (token === '') {
      hub.leave(session, 'and Nextcloud is told');
      this.#say({ id: message['id'], type: 'room', room: { roomid: '' } });
      return;
    }
    if (session.room === token) return this.#refuse(message, 'already_joined');
    const roomSession = textOf(message['room'], 'sessionid');
    const room = { version: '1.0', roomid: token, userid: session.user.id, sessionid: roomSession, action: 'join' };
    const answer = await nextcloud.ask(session.backend, { type: 'room', room });
    if (answer['type'] === 'error') return this.#refuse(message, textOf(answer['error'], 'code'));
    for (const other of hub.inRoom(token)) {
      if (other.roomSession !== roomSession) continue;
      hub.tell(other, { type: 'bye', bye: { reason: 'room_session_reconnected' } });
      hub.leave(other, 'by the word of Nextcloud');
      hub.end(other);
    }
    hub.enter(session, token, roomSession);
    const { properties } = isMap(answer['room']) ? answer['room'] : {};
    hub.describe(token, properties);
    this.#say({ id: message['id'], type: 'room', room: { roomid: token, properties } });
    hub.announce(session);
  }

  /** Passes on what a session says to others, never to itself. */
  #pass(session: HubSession, message: Json): void {
    const { hub } = this.parts;
    const { recipient, data } = isMap(message['message']) ? message['message'] : {};
    const type = textOf(recipient, 'type');
    const sender = {
      type,
      sessionid: session.id,
      ...(session.user.id === '' ? {} : { userid: session.user.id }),
    };
    for (const to of this.#recipients(session, type, recipient)) {
      if (to !== session) hub.tell(to, { type: 'message', message: { sender, data } });
    }
  }

  #recipients(session: HubSession, type: string, recipient: unknown): readonly HubSession[] {
    const { hub } = this.parts;
    switch (type) {
      case 'session': {
        const found = hub.get(textOf(recipient, 'sessionid'));
        return found === undefined ? [] : [found];
      }
      case 'user':
        return hub.ofUser(textOf(recipient, 'userid'));
      case 'room':
        return session.room === '' ? [] : hub.inRoom(session.room);
      default:
        return [];
    }
  }

  #refuse(message: Json, code: string): void {
    this.#say({ id: message['id'], type: 'error', error: { code, message: `The sandbox refuses it: ${code}` } });
  }
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
