import { FastClock, ScriptedSignaling, type ScriptedConnection } from '../../../test/contract/scripted-signaling.js';
import { LoginRefused, NetworkUnavailable, RateLimited } from '../../model/errors.js';
import { silentLog } from '../../observability/log.js';
import { signalingSettings, type SignalingSettings } from './api/signaling.endpoints.js';
import { SignalingUnfit } from './talk.signaling-errors.js';
import { backendOf, federationOf, proofOf } from './talk.signaling-hello.js';
import { SignalingSession } from './talk.signaling-session.js';
import { signalingAddress } from './talk.signaling-socket.js';

const room = 'abcd1234';
const nextcloud = 'http://cloud.test';

function settingsWith(changes: object): SignalingSettings {
  return signalingSettings.parse({
    signalingMode: 'external',
    userId: 'alice',
    ticket: 'old-ticket',
    helloAuthParams: { '1.0': { userid: 'alice', ticket: 'ticket' }, '2.0': { token: 'jwt' } },
    federation: null,
    ...changes,
  });
}

describe('talk.signaling-session', () => {
  let server: ScriptedSignaling;
  let clock: FastClock;
  let stop: AbortController;
  let running: Promise<void>;
  let session: SignalingSession;
  let visits: number;
  let news: number;
  let typing: string[][];
  let refusals: string[];
  let settings: object;
  let refused: Error | undefined;
  const withoutWelcome = new Map<string, number>();

  beforeEach(async () => {
    server = await ScriptedSignaling.open();
    clock = new FastClock();
    stop = new AbortController();
    [visits, news, typing, refusals, settings, refused] = [0, 0, [], [], {}, undefined];
    withoutWelcome.clear();
  });

  afterEach(async () => {
    stop.abort();
    await running;
    await server.close();
  });

  const begin = (): void => {
    session = new SignalingSession({
      room,
      visits: {
        enter: () => {
          visits += 1;
          if (refused !== undefined) return Promise.reject(refused);
          const given = settingsWith({ server: server.url, ...settings });
          return Promise.resolve({ session: `nextcloud-${visits}`, settings: given });
        },
      },
      nextcloud,
      clock,
      log: silentLog,
      quietMs: 60_000,
      withoutWelcome,
      onNews: () => (news += 1),
      onRefused: ({ code }) => refusals.push(code),
      onTyping: (people) => typing.push(people.map(({ user }) => user)),
    });
    running = session.run(stop.signal);
    running.catch(() => undefined);
  };

  /** In the room, with everything that this told. */
  const entered = async (features?: readonly string[]): Promise<ScriptedConnection> => {
    begin();
    const connection = await server.connection();
    await connection.letIn('S1', features);
    await until(() => session.isIn);
    return connection;
  };

  const chat = {
    type: 'event',
    event: { target: 'room', type: 'message', message: { roomid: room, data: { type: 'chat' } } },
  };
  const joined = (...people: object[]) => ({ type: 'event', event: { target: 'room', type: 'join', join: people } });
  const says = (type: string, from: string) => ({
    type: 'message',
    message: { sender: { type: 'session', sessionid: from, userid: 'anna' }, data: { type } },
  });

  it('says hello with the newer proof where the server takes it, and enters the room with the session of Nextcloud', async () => {
    begin();
    const connection = await server.connection();
    const [hello, entering] = await connection.letIn('S1');
    expect(connection.path).toBe('/spreed');
    expect(hello?.['hello']).toEqual({
      version: '2.0',
      auth: { url: 'http://cloud.test/ocs/v2.php/apps/spreed/api/v3/signaling/backend', params: { token: 'jwt' } },
    });
    expect(entering?.['room']).toEqual({ roomid: room, sessionid: 'nextcloud-1' });
    await until(() => session.isIn && news === 1);
  });

  it('says hello with the ticket where the server takes nothing newer', async () => {
    begin();
    const [hello] = await (await server.connection()).letIn('S1', ['welcome']);
    expect(hello?.['hello']).toMatchObject({
      version: '1.0',
      auth: { params: { userid: 'alice', ticket: 'ticket' } },
    });
  });

  it('says hello after three seconds to a server that says no welcome, and at once for the next hour', async () => {
    begin();
    const first = await server.connection();
    expect((await first.next())['hello']).toMatchObject({ version: '1.0' });
    expect(withoutWelcome.size).toBe(1);
    first.cut();
    const second = await server.connection();
    expect(await second.next()).toMatchObject({ type: 'hello' });
    expect(clock.slept.filter((ms) => ms > 2900 && ms <= 3000)).toHaveLength(1);
  });

  it('an hour later a server that said no welcome may say one again', async () => {
    begin();
    const first = await server.connection();
    await first.next();
    const [[address, untilMs] = ['', 0]] = [...withoutWelcome];
    expect(Math.round((untilMs - clock.monotonicMs()) / 60_000)).toBe(60);
    withoutWelcome.set(address, clock.monotonicMs());
    first.cut();
    const [hello] = await (await server.connection()).letIn('S1', ['welcome', 'hello-v2']);
    expect(hello?.['hello']).toMatchObject({ version: '2.0' });
  });

  it('a server that does not wait for that long is one that says no welcome', async () => {
    begin();
    const first = await server.connection();
    first.say({ type: 'bye', bye: { reason: 'hello_timeout' } });
    await first.over();
    expect((await (await server.connection()).next())['hello']).toMatchObject({ version: '1.0' });
  });

  it('tells of what is new, and of nothing that only looks so', async () => {
    const connection = await entered();
    connection.say(chat);
    await until(() => news === 2);
    connection.say({
      type: 'event',
      event: { target: 'participants', type: 'update', update: { roomid: room, users: [] } },
    });
    await until(() => news === 3);
    connection.say({ type: 'room', room: { roomid: room, properties: { name: 'New' } } });
    await until(() => news === 4);
    connection.say({ type: 'event', event: { target: 'roomlist', type: 'update', update: { roomid: 'another' } } });
    connection.say(joined({ sessionid: 'A', userid: 'anna' }));
    connection.say(says('startedTyping', 'A'));
    await until(() => typing.length > 0);
    expect(news).toBe(4);
  });

  it('a connection that breaks is resumed, with no other session of Nextcloud', async () => {
    const first = await entered();
    first.cut();
    const second = await server.connection();
    second.say({ type: 'welcome', welcome: { features: [] } });
    const hello = await second.next();
    expect(hello['hello']).toEqual({ version: '1.0', resumeid: 'resume-S1' });
    expect(session.isIn).toBe(false);
    second.say({ id: hello['id'], type: 'hello', hello: { sessionid: 'S1', resumeid: 'resume-S1' } });
    await until(() => session.isIn && news === 2);
    expect(visits).toBe(1);
    expect(clock.slept).toContain(1000);
  });

  it('a session that the server does not know any more is begun anew, at once', async () => {
    const first = await entered();
    first.cut();
    const second = await server.connection();
    second.say({ type: 'welcome', welcome: { features: [] } });
    const { id } = await second.next();
    second.say({ id, type: 'error', error: { code: 'no_such_session', message: 'gone' } });
    const third = await server.connection();
    const [hello, entering] = await third.letIn('S2');
    expect(hello?.['hello']).toMatchObject({ version: '2.0' });
    expect(entering?.['room']).toEqual({ roomid: room, sessionid: 'nextcloud-2' });
    await until(() => session.isIn);
  });

  it('a connection that is lost while somebody types: nobody does', async () => {
    const connection = await entered();
    connection.say(joined({ sessionid: 'A', userid: 'anna' }));
    connection.say(says('startedTyping', 'A'));
    await until(() => typing.length === 1);
    connection.cut();
    await until(() => typing.length === 2);
    expect(typing).toEqual([['anna'], []]);
  });

  it('a server that does not answer a hello is given up after a quarter of a minute', async () => {
    begin();
    const first = await server.connection();
    first.say({ type: 'welcome', welcome: { features: [] } });
    await first.next();
    await first.over();
    await server.connection();
    expect(Math.max(...clock.slept)).toBe(15_000);
  });

  it('an error that answers nothing of ours is none of ours; that we are in the room already is no error', async () => {
    begin();
    const connection = await server.connection();
    connection.say({ type: 'welcome', welcome: { features: [] } });
    const { id } = await connection.next();
    connection.say({ id: 'another', type: 'error', error: { code: 'invalid_format', message: 'no' } });
    connection.say({ id, type: 'hello', hello: { sessionid: 'S1', resumeid: 'R1' } });
    const entering = await connection.next();
    connection.say({ id: entering['id'], type: 'error', error: { code: 'already_joined', message: 'twice' } });
    await until(() => session.isIn);
    expect(refusals).toEqual([]);
  });

  it('after a session the pauses begin anew', async () => {
    begin();
    for (let attempts = 0; attempts < 3; attempts += 1) (await server.connection()).cut();
    const connection = await server.connection();
    await connection.letIn('S1');
    await until(() => session.isIn);
    clock.slept.length = 0;
    connection.cut();
    await server.connection();
    expect(clock.slept.filter((ms) => ms % 1000 === 0 && ms < 3000)).toEqual([1000]);
  });

  it('what was refused before a session is not held against the next', async () => {
    begin();
    const refuse = async (connection: ScriptedConnection): Promise<void> => {
      connection.say({ type: 'welcome', welcome: { features: ['hello-v2'] } });
      const { id } = await connection.next();
      connection.say({ id, type: 'error', error: { code: 'token_expired', message: 'The token is expired.' } });
    };
    await refuse(await server.connection());
    const connection = await server.connection();
    await connection.letIn('S1');
    await until(() => session.isIn);
    clock.slept.length = 0;
    connection.say({ type: 'bye', bye: { reason: 'the end' } });
    await refuse(await server.connection());
    await server.connection();
    expect(clock.slept).not.toContain(30_000);
  });

  it('a session that was lost for a minute is not asked for: the settings may name another server by now', async () => {
    const first = await entered();
    const other = await ScriptedSignaling.open();
    settings = { server: other.url };
    first.cut();
    for (let attempts = 0; attempts < 6; attempts += 1) (await server.connection()).cut();
    const [hello] = await (await other.connection()).letIn('S2');
    expect(hello?.['hello']).toMatchObject({ version: '2.0' });
    await until(() => session.isIn);
    stop.abort();
    await running;
    await other.close();
  });

  it('the pauses between attempts double, from one second to sixteen', async () => {
    begin();
    for (let times = 0; times < 7; times += 1) (await server.connection()).cut();
    await server.connection();
    expect(clock.slept.filter((ms) => ms % 1000 === 0 && ms <= 16_000 && ms !== 3000)).toEqual([
      1000, 2000, 4000, 8000, 16_000, 16_000, 16_000,
    ]);
  });

  it('an expired token is replaced by a new one', async () => {
    begin();
    const first = await server.connection();
    first.say({ type: 'welcome', welcome: { features: ['hello-v2'] } });
    const { id } = await first.next();
    first.say({ id, type: 'error', error: { code: 'token_expired', message: 'The token is expired.' } });
    await (await server.connection()).letIn('S1');
    await until(() => session.isIn);
    expect(visits).toBe(2);
    expect(clock.slept).toContain(1000);
  });

  it.each<[string, string, number]>([
    ['a room that is not open to us is tried again after a minute', 'no_such_room', 60_000],
    ['a server that wants fewer requests is left alone for a minute', 'too_many_requests', 60_000],
    ['a server that does not know our Nextcloud is left alone for longer', 'invalid_backend', 300_000],
  ])('%s', async (_, code, pauseMs) => {
    begin();
    const connection = await server.connection();
    connection.say({ type: 'welcome', welcome: { features: [] } });
    const { id } = await connection.next();
    connection.say({ id, type: 'error', error: { code, message: 'no' } });
    await until(() => clock.slept.includes(pauseMs));
    expect([session.isIn, refusals]).toEqual([false, [code]]);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['a room that was deleted', { type: 'room', room: { roomid: '' } }],
    [
      'a room that we were put out of',
      { type: 'event', event: { target: 'roomlist', type: 'disinvite', disinvite: { roomid: room } } },
    ],
  ])('%s is to be read, and not entered again at once', async (_, message) => {
    const connection = await entered();
    connection.say(message);
    await connection.over();
    await until(() => news === 2 && clock.slept.includes(60_000));
    expect(session.isIn).toBe(false);
  });

  it('a session that the server ends is begun anew, not resumed', async () => {
    const connection = await entered();
    connection.say({ type: 'bye', bye: { reason: 'room_session_reconnected' } });
    const [hello] = await (await server.connection()).letIn('S2');
    expect(hello?.['hello']).toMatchObject({ version: '2.0' });
  });

  it('takes its leave when it is not wanted any more', async () => {
    const connection = await entered();
    stop.abort();
    await running;
    expect(await connection.next()).toMatchObject({ type: 'bye', bye: {} });
    await connection.over();
  });

  it('a room in which a session would do harm has none', async () => {
    refused = new SignalingUnfit('joined by its link', 3_600_000);
    begin();
    await until(() => clock.slept.includes(3_600_000));
    expect(server.made).toBe(0);
  });

  it('a refused login ends it', async () => {
    refused = new LoginRefused('revoked');
    begin();
    await expect(running).rejects.toThrow('revoked');
    running = Promise.resolve();
  });

  it('while the server lets nobody in, Nextcloud is asked for what a hello needs no more often than a token lasts', async () => {
    begin();
    // Attempts after 0, 1, 3, 7, 15, 31 and 47 seconds.
    for (let attempts = 0; attempts < 6; attempts += 1) (await server.connection()).cut();
    expect(visits).toBe(1);
    await server.connection();
    expect(visits).toBe(2);
  });

  it('a token that is refused once more is asked for again half a minute later', async () => {
    begin();
    for (let times = 0; times < 2; times += 1) {
      const connection = await server.connection();
      connection.say({ type: 'welcome', welcome: { features: ['hello-v2'] } });
      const { id } = await connection.next();
      connection.say({ id, type: 'error', error: { code: 'token_expired', message: 'The token is expired.' } });
    }
    await until(() => clock.slept.includes(30_000));
    expect([visits, clock.slept.filter((ms) => ms === 1000)]).toEqual([2, [1000]]);
  });

  it('a session that keeps ending as soon as it begins is begun once a minute', async () => {
    begin();
    for (let times = 0; times < 2; times += 1) {
      const connection = await server.connection();
      await connection.letIn(`S${String(times)}`);
      await until(() => session.isIn);
      connection.say({ type: 'bye', bye: { reason: 'room_session_reconnected' } });
    }
    await until(() => clock.slept.includes(60_000));
    expect([visits, news]).toEqual([2, 2]);
  });

  it('a session that lasted is not one that keeps ending', async () => {
    begin();
    for (const lastsMs of [0, 17_000, 0]) {
      const connection = await server.connection();
      await connection.letIn('S1');
      await until(() => session.isIn);
      await clock.sleep(lastsMs);
      connection.say({ type: 'bye', bye: { reason: 'room_session_reconnected' } });
    }
    await server.connection();
    expect(clock.slept).not.toContain(60_000);
  });

  it('a server that says of no session that it knows it is not asked in a loop', async () => {
    begin();
    const connection = await server.connection();
    connection.say({ type: 'welcome', welcome: { features: [] } });
    const { id } = await connection.next();
    connection.say({ id, type: 'error', error: { code: 'no_such_session', message: 'gone' } });
    await server.connection();
    expect(clock.slept).toContain(1000);
  });

  it.each<[string, Error, number]>([
    [
      'does not answer is asked again after half a minute',
      new NetworkUnavailable('gone', { certainty: 'notSent' }),
      30_000,
    ],
    ['says when is asked no sooner', new RateLimited('slowly', { afterMs: 45_000 }), 45_000],
    ['wants to be asked sooner is not', new RateLimited('slowly', { afterMs: 1_000 }), 30_000],
  ])('a Nextcloud that %s', async (_, error, pauseMs) => {
    refused = error;
    begin();
    await until(() => clock.slept.length > 0);
    expect(clock.slept).toEqual([pauseMs]);
  });

  it('who is in the room, however often that changes, is news once in ten seconds', async () => {
    const connection = await entered();
    const changed = {
      type: 'event',
      event: { target: 'participants', type: 'update', update: { roomid: room, users: [] } },
    };
    for (let times = 0; times < 50; times += 1) connection.say(changed);
    connection.say(chat);
    await until(() => news === 3);
    await clock.sleep(10_000);
    connection.say(changed);
    await until(() => news === 4);
  });

  it('a room of another server is entered through our own', async () => {
    settings = {
      federation: {
        server: 'https://hpb.there.test',
        nextcloudServer: 'https://there.test',
        roomId: 'remote99',
        helloAuthParams: { token: 'for-there' },
      },
    };
    begin();
    const [, entering] = await (await server.connection()).letIn('S1', ['welcome', 'hello-v2', 'federation']);
    expect(entering?.['room']).toEqual({
      roomid: room,
      sessionid: 'nextcloud-1',
      federation: {
        signaling: 'https://hpb.there.test',
        url: 'https://there.test/ocs/v2.php/apps/spreed/api/v3/signaling/backend',
        roomid: 'remote99',
        token: 'for-there',
      },
    });
  });

  it('a room of another server has no session where our own server knows no such rooms', async () => {
    settings = { federation: { server: 'https://hpb.there.test', nextcloudServer: 'https://there.test', roomId: 'r' } };
    begin();
    const connection = await server.connection();
    connection.say({ type: 'welcome', welcome: { features: ['hello-v2'] } });
    const { id } = await connection.next();
    connection.say({ id, type: 'hello', hello: { sessionid: 'S1', resumeid: 'R1' } });
    await connection.over();
    await until(() => clock.slept.includes(3_600_000));
  });

  it('who is in the room is known by the list of participants as well', async () => {
    const connection = await entered();
    const users = [{ sessionId: 'G', userId: '', displayName: 'Gwen', actorType: 'guests', actorId: '1f3a' }];
    connection.say({
      type: 'event',
      event: { target: 'participants', type: 'update', update: { roomid: room, users } },
    });
    await until(() => news === 2);
    session.sayTyping(true);
    expect(await connection.next()).toMatchObject({ message: { recipient: { sessionid: 'G' } } });
  });

  it('a room of another server that is cut off counts as one of which nothing is told', async () => {
    const connection = await entered();
    connection.say({ type: 'event', event: { target: 'room', type: 'federation_interrupted' } });
    await until(() => !session.isIn);
    connection.say({ type: 'event', event: { target: 'room', type: 'federation_resumed', resumed: false } });
    await until(() => session.isIn && news === 2);
  });

  it('who types is whose session the server says it is, until they stop, leave or fall silent', async () => {
    const connection = await entered();
    connection.say(joined({ sessionid: 'A', userid: 'anna' }, { sessionid: 'B', userid: 'ben' }));
    connection.say(says('startedTyping', 'A'));
    await until(() => typing.length === 1);
    connection.say(says('startedTyping', 'B'));
    await until(() => typing.length === 2);
    connection.say(says('stoppedTyping', 'A'));
    await until(() => typing.length === 3);
    connection.say({ type: 'event', event: { target: 'room', type: 'leave', leave: ['B'] } });
    await until(() => typing.length === 4);
    connection.say(says('startedTyping', 'A'));
    await until(() => typing.length === 6);
    expect(typing).toEqual([['anna'], ['anna', 'ben'], ['ben'], [], ['anna'], []]);
  });

  it('that we type is said to each session of the room but our own, and to those that come', async () => {
    const connection = await entered();
    connection.say(joined({ sessionid: 'S1', userid: 'alice' }, { sessionid: 'A', userid: 'anna' }));
    connection.say(chat);
    await until(() => news === 2);
    session.sayTyping(true);
    expect(await connection.next()).toEqual({
      type: 'message',
      message: { recipient: { type: 'session', sessionid: 'A' }, data: { type: 'startedTyping', to: 'A' } },
    });
    connection.say(joined({ sessionid: 'B', userid: 'ben' }));
    expect(await connection.next()).toMatchObject({ message: { data: { type: 'startedTyping', to: 'B' } } });
    session.sayTyping(false);
    session.sayTyping(false);
    expect(await connection.next()).toMatchObject({ message: { data: { type: 'stoppedTyping', to: 'A' } } });
    expect(await connection.next()).toMatchObject({ message: { data: { type: 'stoppedTyping', to: 'B' } } });
    session.sayTyping(true);
    expect(await connection.next()).toMatchObject({ message: { data: { type: 'startedTyping', to: 'A' } } });
  });

  it('what is no message, and a message that is none of its own, changes nothing', async () => {
    const connection = await entered();
    connection.say({ type: 'transient', transient: { data: {} } });
    connection.say({ nothing: true });
    connection.say(says('startedTyping', ''));
    connection.say(chat);
    await until(() => news === 2);
    expect(session.isIn).toBe(true);
  });
});

describe('talk.signaling-session: what is told to whom', () => {
  it.each<[string, string, string, string]>([
    ['https becomes wss', 'https://hpb.test/standalone/', 'https://cloud.test', 'wss://hpb.test/standalone/spreed'],
    ['an address of a WebSocket stays one', 'wss://hpb.test', 'https://cloud.test', 'wss://hpb.test/spreed'],
    ['http becomes ws', 'http://127.0.0.1:8080', 'http://127.0.0.1:8090', 'ws://127.0.0.1:8080/spreed'],
  ])('%s', (_, named, cloud, address) => {
    expect(signalingAddress(named, cloud)).toBe(address);
  });

  it.each<[string, string, string]>([
    ['a server without TLS beside a Nextcloud with it', 'http://hpb.test', 'https://cloud.test'],
    ['no address', '', 'https://cloud.test'],
    ['an address of something else', 'file:///etc/passwd', 'http://cloud.test'],
  ])('%s is told nothing', (_, named, cloud) => {
    expect(() => signalingAddress(named, cloud)).toThrow(/signaling server/);
  });

  it('the backend is the server with its path, named once', () => {
    const path = '/ocs/v2.php/apps/spreed/api/v3/signaling/backend';
    expect(backendOf('https://cloud.test/nextcloud/')).toBe(`https://cloud.test/nextcloud${path}`);
    expect(backendOf(`https://cloud.test${path}`)).toBe(`https://cloud.test${path}`);
  });

  it('an older Nextcloud gives a ticket alone', () => {
    const settings = settingsWith({ helloAuthParams: {} });
    expect(proofOf(settings, ['hello-v2'])).toEqual({
      version: '1.0',
      params: { userid: 'alice', ticket: 'old-ticket' },
    });
  });

  it('a room of our own server is in no federation', () => {
    expect(federationOf(settingsWith({}))).toBeUndefined();
    expect(federationOf(settingsWith({ federation: { server: '' } }))).toBeUndefined();
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (let waits = 0; !isSo(); waits += 1) {
    if (waits > 2000) throw new Error('never');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
