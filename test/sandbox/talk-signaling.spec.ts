import { sign } from 'node:crypto';
import { WebSocket } from 'ws';
import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { ask } from './talk-client.js';

type Json = Readonly<Record<string, unknown>>;

/** A client that is told nothing of how the server works. */
class Client {
  readonly #heard: Json[] = [];
  #wake: () => void = () => undefined;
  isOver = false;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.#heard.push(JSON.parse(data.toString('utf8')) as Json);
      this.#wake();
    });
    socket.on('close', () => {
      this.isOver = true;
      this.#wake();
    });
  }

  static async open(talk: TalkSandbox): Promise<Client> {
    const url = talk.state.backends.signaling?.url ?? '';
    const client = new Client(new WebSocket(`${url.replace('http', 'ws')}/spreed`));
    await new Promise((resolve) => client.socket.once('open', resolve));
    return client;
  }

  say(message: Json): void {
    this.socket.send(JSON.stringify(message));
  }

  async next(): Promise<Json> {
    while (this.#heard.length === 0) {
      if (this.isOver) throw new Error('the connection is over');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#heard.shift() ?? {};
  }

  /** What comes next of a kind; what comes before it is dropped. */
  async until(type: string): Promise<Json> {
    for (;;) {
      const message = await this.next();
      if (message['type'] === type) return message;
    }
  }
}

describe("sandbox talk: Talk's standalone signaling server", () => {
  let talk: TalkSandbox;
  let token: string;
  let backend: string;
  const clients: Client[] = [];

  beforeEach(async () => {
    talk = new TalkSandbox({ signaling: {} });
    const { url } = await talk.start(0);
    backend = `${url}/ocs/v2.php/apps/spreed/api/v3/signaling/backend`;
    token = talk.rooms.create({ name: 'Team', owner: 'alice', members: ['bob'] });
    await talk.signalsSent();
  });

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.terminate();
    await talk.stop();
  });

  const open = async (): Promise<Client> => {
    const client = await Client.open(talk);
    clients.push(client);
    return client;
  };

  interface Settings {
    readonly signalingMode: string;
    readonly server: string;
    readonly helloAuthParams: { readonly '1.0': Json; readonly '2.0': { readonly token: string } };
  }
  const settingsOf = async (user: string): Promise<Settings> =>
    (await ask(talk.url, user, { path: '/apps/spreed/api/v3/signaling/settings' })).data as Settings;

  const hello = (version: string, params: unknown, url = backend): Json => ({
    id: 'h',
    type: 'hello',
    hello: { version, auth: { url, params } },
  });

  /** A session in the room, as Talk's clients begin one. */
  const enter = async (user: string): Promise<{ client: Client; session: string; resumeId: string }> => {
    const joined = await ask(talk.url, user, {
      method: 'POST',
      path: `/apps/spreed/api/v4/room/${token}/participants/active`,
    });
    const client = await open();
    client.say(hello('2.0', (await settingsOf(user)).helloAuthParams['2.0']));
    const greeting = (await client.until('hello'))['hello'] as Json;
    const { sessionId } = joined.data as { sessionId: string };
    client.say({ id: 'r', type: 'room', room: { roomid: token, sessionid: sessionId } });
    await client.until('room');
    return { client, session: String(greeting['sessionid']), resumeId: String(greeting['resumeid']) };
  };

  it('is named by the settings of the Talk server, which says so among what it can', async () => {
    expect(await settingsOf('alice')).toMatchObject({
      signalingMode: 'external',
      server: talk.state.backends.signaling?.url,
    });
    const { data } = await ask(talk.url, 'alice', { path: '/cloud/capabilities' });
    expect(data).toMatchObject({ capabilities: { spreed: { config: { signaling: { mode: 'external' } } } } });
  });

  it('a Talk server without one says that it signals itself', async () => {
    const alone = new TalkSandbox();
    const { url } = await alone.start(0);
    const { data } = await ask(url, 'alice', { path: '/apps/spreed/api/v3/signaling/settings' });
    expect(data).toMatchObject({ signalingMode: 'internal', server: '' });
    await alone.stop();
  });

  it.each<['1.0' | '2.0']>([['1.0'], ['2.0']])(
    'greets first, and takes what Nextcloud gave for a hello %s',
    async (version) => {
      const client = await open();
      expect(await client.next()).toMatchObject({
        type: 'welcome',
        welcome: { features: expect.arrayContaining(['hello-v2']) as unknown },
      });
      client.say(hello(version, (await settingsOf('alice')).helloAuthParams[version]));
      expect(await client.next()).toMatchObject({ id: 'h', type: 'hello', hello: { userid: 'alice', version: '1.0' } });
    },
  );

  it.each<[string, () => Json | Promise<Json>, string]>([
    [
      'a ticket of somebody else',
      async () => hello('1.0', { ...(await settingsOf('bob')).helloAuthParams['1.0'], userid: 'alice' }),
      'invalid_ticket',
    ],
    [
      'a token that nobody signed',
      async () => hello('2.0', { token: `${(await settingsOf('bob')).helloAuthParams['2.0'].token}x` }),
      'invalid_token',
    ],
    ['no token', () => hello('2.0', {}), 'invalid_token'],
    ['a token of long ago', () => hello('2.0', { token: tokenAt(-3600) }), 'token_expired'],
    ['a token of tomorrow', () => hello('2.0', { token: tokenAt(86_400) }), 'token_not_valid_yet'],
    ['a hello that it does not know', () => hello('3.0', {}), 'invalid_hello_version'],
    ['another Nextcloud', () => hello('1.0', {}, 'https://elsewhere.test/'), 'invalid_backend'],
    [
      'a session that it does not know',
      () => ({ id: 'h', type: 'hello', hello: { version: '1.0', resumeid: 'x' } }),
      'no_such_session',
    ],
    ['a room before a hello', () => ({ id: 'h', type: 'room', room: { roomid: token } }), 'hello_expected'],
  ])('refuses %s', async (_, message, code) => {
    const client = await open();
    client.say(await message());
    expect(await client.until('error')).toMatchObject({ id: 'h', error: { code } });
  });

  /** A token that the Talk server would have given at another time. */
  const tokenAt = (aheadSeconds: number): string => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(Date.now() / 1000) + aheadSeconds;
    const text = `${part({ alg: 'ES256' })}.${part({ iat, exp: iat + 60, sub: 'alice' })}`;
    const key = { key: talk.state.backends.tokenKey.secret, dsaEncoding: 'ieee-p1363' } as const;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  };

  it('sends away who says no hello in two seconds', async () => {
    const client = await open();
    expect(await client.until('bye')).toEqual({ type: 'bye', bye: { reason: 'hello_timeout' } });
  });

  it('lets into a room only whom Nextcloud lets in', async () => {
    const client = await open();
    client.say(hello('2.0', (await settingsOf('carol')).helloAuthParams['2.0']));
    await client.until('hello');
    client.say({ id: 'r', type: 'room', room: { roomid: token, sessionid: 'made up' } });
    expect(await client.until('error')).toMatchObject({ id: 'r', error: { code: 'no_such_room' } });
  });

  it('tells each who is there, and who comes and goes', async () => {
    const alice = await enter('alice');
    const bob = await enter('bob');
    const inside = (await bob.client.until('event'))['event'] as { join: Json[] };
    expect(inside.join).toMatchObject([{ sessionid: alice.session, userid: 'alice', user: { displayname: 'alice' } }]);
    await alice.client.until('event');
    expect(await alice.client.until('event')).toMatchObject({ event: { join: [{ sessionid: bob.session }] } });
    bob.client.say({ id: 'b', type: 'bye', bye: {} });
    await bob.client.until('bye');
    expect(await alice.client.until('event')).toMatchObject({ event: { type: 'leave', leave: [bob.session] } });
    expect(talk.signaling?.sessions).toBe(1);
  });

  it.each(['session', 'user', 'room'])('passes on what is said to a %s, and says who said it', async (type) => {
    const alice = await enter('alice');
    const bob = await enter('bob');
    const recipient = { type, sessionid: alice.session, userid: 'alice' };
    bob.client.say({ type: 'message', message: { recipient, data: { type: 'startedTyping', from: 'forged' } } });
    expect(await alice.client.until('message')).toEqual({
      type: 'message',
      message: {
        sender: { type, sessionid: bob.session, userid: 'bob' },
        data: { type: 'startedTyping', from: 'forged' },
      },
    });
  });

  it('a session waits for its client, and what was said meanwhile with it', async () => {
    const alice = await enter('alice');
    alice.client.socket.terminate();
    talk.post(token, 'bob', 'one');
    talk.post(token, 'bob', 'two');
    await talk.signalsSent();
    const again = await open();
    again.say({ id: 'h', type: 'hello', hello: { version: '1.0', resumeid: alice.resumeId } });
    expect(await again.until('hello')).toMatchObject({ hello: { sessionid: alice.session } });
    const chats: Json[] = [];
    again.say({ id: 'x', type: 'bye', bye: {} });
    for (let message = await again.next(); message['type'] !== 'bye'; message = await again.next()) chats.push(message);
    expect(chats.filter((message) => JSON.stringify(message).includes('"refresh":true'))).toHaveLength(1);
  });

  it('what Nextcloud says unsigned is not heard', async () => {
    const url = `${talk.state.backends.signaling?.url ?? ''}/api/v1/room/${token}`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'spreed-signaling-random': 'x'.repeat(64), 'spreed-signaling-checksum': 'y'.repeat(64) },
      body: JSON.stringify({ type: 'delete', delete: {} }),
    });
    expect(response.status).toBe(403);
  });

  it('a room that is deleted, and one that is renamed, is told of', async () => {
    const alice = await enter('alice');
    talk.rooms.rename(token, 'New');
    expect(await alice.client.until('room')).toMatchObject({ room: { roomid: token, properties: { name: 'New' } } });
    talk.rooms.delete(token);
    expect(await alice.client.until('room')).toEqual({ type: 'room', room: { roomid: '' } });
  });

  it.each<[string, boolean]>([
    ['cut', true],
    ['restart', false],
    ['sendAway', false],
  ])('by its control, connections end: %s', async (what, isKnown) => {
    const alice = await enter('alice');
    const control = `${talk.url}/_sandbox/signaling?do=${what}`;
    expect((await fetch(control, { method: 'POST' })).status).toBe(204);
    while (!alice.client.isOver) await new Promise((resolve) => setTimeout(resolve, 5));
    const again = await open();
    again.say({ id: 'h', type: 'hello', hello: { version: '1.0', resumeid: alice.resumeId } });
    await again.next();
    expect((await again.next())['type']).toBe(isKnown ? 'hello' : 'error');
  });

  it('by its control, connections fall silent', async () => {
    const alice = await enter('alice');
    expect((await fetch(`${talk.url}/_sandbox/signaling?do=hush`, { method: 'POST' })).status).toBe(204);
    let pongs = 0;
    alice.client.socket.on('pong', () => (pongs += 1));
    alice.client.socket.ping();
    const other = await open();
    other.socket.ping();
    await new Promise((resolve) => other.socket.once('pong', resolve));
    expect([pongs, alice.client.isOver]).toEqual([0, false]);
  });

  it('a fault can keep a connection from coming about', async () => {
    talk.faults.add({ method: 'GET', path: '^/spreed', fault: { do: 'answer', status: 503 } });
    const url = talk.state.backends.signaling?.url ?? '';
    const socket = new WebSocket(`${url.replace('http', 'ws')}/spreed`);
    const [error] = await new Promise<[Error]>((resolve) => socket.once('error', (cause) => resolve([cause])));
    expect(error.message).toContain('503');
  });
});
