import { sessionInTheWay, participantEndpoints } from '../../src/adapters/talk/api/participants.endpoints.js';
import { fileEndpoints } from '../../src/adapters/talk/api/files.endpoints.js';
import { refusalOf } from '../../src/adapters/talk/api/refused.js';
import { pollEndpoints } from '../../src/adapters/talk/api/polls.endpoints.js';
import { serverEndpoints } from '../../src/adapters/talk/api/server.endpoints.js';
import { TalkClient } from '../../src/adapters/talk/talk.client.js';
import { TalkLogin } from '../../src/adapters/talk/talk.login.js';
import {
  LoginRefused,
  MessageRefused,
  NetworkUnavailable,
  RateLimited,
  RoomClosed,
  TargetGone,
} from '../../src/model/errors.js';
import { silentLog } from '../../src/observability/log.js';
import { systemClock } from '../../src/workers/system-clock.js';
import { memoryStore } from '../contract/talk-at-sandbox.js';
import { capabilitiesAnswer, ExchangeServer } from './exchange-server.js';

const signal = new AbortController().signal;
const token = 'r6q3mf8k';

describe('the client at any endpoint', () => {
  const server = new ExchangeServer();
  let client: TalkClient;
  let url: string;
  /** Warnings of the client. */
  let told: object[];

  beforeAll(async () => {
    url = await server.start();
  });

  afterAll(async () => {
    await server.stop();
  });

  beforeEach(async () => {
    server.forget();
    const times = { requestTimeoutMs: 5000, deadRoomPauseMs: 60_000, capabilitiesMaxAgeMs: 60_000 };
    told = [];
    const warn = (fields: object): void => {
      told.push(fields);
    };
    client = new TalkClient({ url, maxConnections: 4, ...times }, systemClock, { ...silentLog, warn });
    client.use({ user: 'alice', password: 'secret' });
    server.answer(
      capabilitiesAnswer([
        'signaling-v3',
        'talk-polls',
        'bots-v1',
        'chat-read-marker',
        'mutual-calendar-events',
        'upcoming-reminders',
      ]),
    );
    await client.facts.capabilities();
    server.forget();
  });

  afterEach(async () => {
    await client.close();
  });

  const asked = (): string[] => server.arrived.map(({ method, path }) => `${method} ${path}`);
  const errorOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

  describe('a login', () => {
    const settingsOf = (way: object) => ({ url, user: 'alice', ...way });
    const logIn = (way: object): Promise<void> =>
      new TalkLogin(client, memoryStore(), settingsOf(way), silentLog).logIn(signal);
    const headers = () => server.arrived.map(({ headers: { authorization, cookie } }) => ({ authorization, cookie }));

    it('by bearer token shows the token, and is exchanged for nothing', async () => {
      await logIn({ bearerToken: 't0k3n' });
      server.answer({ status: 200, data: [] });
      await client.api.rooms.list({}, signal);
      expect(headers()).toEqual([{ authorization: 'Bearer t0k3n', cookie: undefined }]);
    });

    it('by session cookie keeps the cookies that the server sets', async () => {
      await logIn({ sessionCookie: 'oc_session=a; nc_token=b' });
      server.answer({ status: 200, headers: { 'set-cookie': 'oc_session=c; path=/; HttpOnly' }, data: [] });
      server.answer({ status: 200, data: [] });
      await client.api.rooms.list({}, signal);
      await client.api.rooms.list({}, signal);
      expect(headers()).toEqual([
        { authorization: undefined, cookie: 'oc_session=a; nc_token=b' },
        { authorization: undefined, cookie: 'oc_session=c; nc_token=b' },
      ]);
    });

    it('by session cookie keeps what it learned when it logs in again, until it is refused', async () => {
      await logIn({ sessionCookie: 'oc_session=a' });
      server.answer({ status: 200, headers: { 'set-cookie': 'oc_session=c' }, data: [] });
      server.answer({ status: 401, data: [] });
      server.answer({ status: 200, data: [] });
      await client.api.rooms.list({}, signal);
      client.use({ sessionCookie: 'oc_session=a' });
      expect(await errorOf(client.api.rooms.list({}, signal))).toBeInstanceOf(LoginRefused);
      client.use({ sessionCookie: 'oc_session=a' });
      await client.api.rooms.list({}, signal);
      expect(headers().map(({ cookie }) => cookie)).toEqual(['oc_session=a', 'oc_session=c', 'oc_session=a']);
    });

    it('by app password shows it, and keeps no cookies', async () => {
      server.answer({ status: 403, data: [] });
      await logIn({ password: 'app-password' });
      server.answer({ status: 200, headers: { 'set-cookie': 'oc_session=c' }, data: [] }, { status: 200, data: [] });
      await client.api.rooms.list({}, signal);
      await client.api.rooms.list({}, signal);
      expect(new Set(headers().map(({ cookie }) => cookie))).toEqual(new Set([undefined]));
      expect(headers()[2]).toEqual({ authorization: 'Basic YWxpY2U6YXBwLXBhc3N3b3Jk', cookie: undefined });
    });

    it('that is refused is not shown again; what nobody logged in for is asked on', async () => {
      server.answer({ status: 401, data: [] });
      expect(await errorOf(client.api.rooms.list({}, signal))).toBeInstanceOf(LoginRefused);
      expect(await errorOf(client.api.rooms.list({}, signal))).toBeInstanceOf(LoginRefused);
      server.answer({ status: 200, json: { poll: { token: 't', endpoint: `${url}/poll` }, login: `${url}/flow` } });
      expect((await client.api.server.startLogin({}, signal)).data).toMatchObject({ login: `${url}/flow` });
      expect(headers()[1]).toEqual({ authorization: undefined, cookie: undefined });
      expect(asked()).toHaveLength(2);
    });

    it('is not closed where a bot’s signature is refused', async () => {
      server.answer({ status: 401, data: null }, { status: 200, data: [] });
      await errorOf(client.api.bots.send({ token, message: 'hello', secret: 'wrong' }, signal));
      expect((await client.api.rooms.list({}, signal)).data).toEqual([]);
    });
  });

  it('a changed hash makes capabilities and signaling settings be read again', async () => {
    const settings = { status: 200, data: { signalingMode: 'internal', server: '' } };
    const list = (hash: string) => ({ status: 200, headers: { 'x-nextcloud-talk-hash': hash }, data: [] });
    server.answer(settings, list('one'), list('one'));
    await client.facts.signalingSettings(token);
    await client.api.rooms.list({}, signal);
    await client.api.rooms.list({}, signal);
    await client.facts.capabilities();
    await client.facts.signalingSettings(token);
    expect(asked()).toHaveLength(3);
    server.answer(list('two'), capabilitiesAnswer(['signaling-v3']), settings, settings);
    await client.api.rooms.list({}, signal);
    await client.facts.capabilities();
    await client.facts.signalingSettings();
    await client.facts.signalingSettings(token);
    // For a session in no room at once, for one in the room when it is needed.
    expect(asked().slice(4)).toEqual([
      'GET /ocs/v2.php/cloud/capabilities',
      'GET /ocs/v2.php/apps/spreed/api/v3/signaling/settings',
      'GET /ocs/v2.php/apps/spreed/api/v3/signaling/settings',
    ]);
  });

  it('the headers come with the answer', async () => {
    const headers = { 'x-chat-last-given': '7', 'x-chat-last-common-read': '5', 'x-nextcloud-talk-hash': 'h' };
    server.answer({ status: 200, headers, data: [] });
    expect(await client.api.chat.receive({ token, lookIntoFuture: 0 }, signal)).toEqual({
      status: 200,
      headers: { lastGiven: 7, lastCommonRead: 5, talkHash: 'h', contentType: 'application/json; charset=utf-8' },
      data: [],
    });
  });

  it('a server that slows us down is left alone for as long, whatever is asked', async () => {
    const headers = { 'x-nextcloud-bruteforce-throttled': '5000ms' };
    server.answer({ status: 404, headers, data: { error: 'poll' } });
    expect(await errorOf(client.api.polls.get({ token, pollId: 9 }, signal))).toBeInstanceOf(TargetGone);
    expect(await errorOf(client.api.rooms.list({}, signal))).toBeInstanceOf(RateLimited);
    expect(await errorOf(client.api.server.startLogin({}, signal))).toBeInstanceOf(RateLimited);
    expect(asked()).toHaveLength(1);
  });

  it('a server that slows us down and answers is told of, and asked on', async () => {
    const headers = { 'x-nextcloud-bruteforce-throttled': '200ms' };
    server.answer({ status: 200, headers, data: [] }, { status: 200, data: [] });
    await client.api.rooms.list({}, signal);
    await client.api.rooms.list({}, signal);
    expect(told).toEqual([{ throttledMs: 200 }]);
  });

  it('a poll that is not there does not make its room a dead one; a room that is not there is asked for three times', async () => {
    for (let times = 0; times < 4; times += 1) {
      server.answer({ status: 404, data: { error: 'poll' } });
      const error = await errorOf(client.api.polls.get({ token, pollId: 9 }, signal));
      expect(refusalOf(pollEndpoints.get, error)).toMatchObject({ status: 404, reason: 'poll' });
    }
    server.forget();
    for (let times = 0; times < 6; times += 1) {
      server.answer({ status: 404, data: [] });
      expect(await errorOf(client.api.rooms.get({ token }, signal))).toMatchObject({ reason: 'gone' });
    }
    expect(asked()).toHaveLength(3);
  });

  it('a session that is in the room already is told with what is known of it', async () => {
    server.answer({ status: 409, data: { sessionId: 's1', inCall: 3, lastPing: 1_795_221_516 } });
    const error = await errorOf(client.api.participants.join({ token, force: false }, signal));
    expect(error).toBeInstanceOf(RoomClosed);
    expect(error).toMatchObject({ reason: 'notJoined' });
    expect(sessionInTheWay(error)).toEqual({ sessionId: 's1', inCall: 3, lastPing: 1_795_221_516 });
    expect(refusalOf(pollEndpoints.get, error)).toBeUndefined();
    expect(sessionInTheWay(new Error('other'))).toBeUndefined();
    expect(refusalOf(participantEndpoints.join, error)?.status).toBe(409);
  });

  it('a page in place of an answer is no refusal of the endpoint', async () => {
    server.answer({ status: 404, headers: { 'content-type': 'text/html' }, text: '<h1>Not found</h1>' });
    const error = await errorOf(client.api.polls.get({ token, pollId: 9 }, signal));
    expect(error).toBeInstanceOf(NetworkUnavailable);
  });

  it('a picture that is not there is answered without a page, and is a refusal of the endpoint', async () => {
    server.answer({ status: 404, headers: { 'content-type': 'text/html' }, text: '' });
    const error = await errorOf(client.api.server.userAvatar({ user: 'nobody', size: 64 }, signal));
    expect(error).toBeInstanceOf(TargetGone);
    expect(refusalOf(serverEndpoints.userAvatar, error)?.status).toBe(404);
  });

  it('where a refusal has no word for its reason, its sentence is it', async () => {
    const message = 'Path is already shared with this conversation';
    server.answer({ status: 403, json: { ocs: { meta: { status: 'failure', statuscode: 403, message }, data: [] } } });
    const error = await errorOf(
      client.api.files.share({ shareType: 10, shareWith: token, path: 'Talk/a.txt' }, signal),
    );
    expect(error).toBeInstanceOf(MessageRefused);
    expect((error as Error).message).toContain(`files.share: 403 ${message}`);
    expect(refusalOf(fileEndpoints.share, error)?.reason).toBe(message);
  });

  it('what is of no room says nothing of any, though nobody described the refusal', async () => {
    server.answer({ status: 404, data: [] }, { status: 403, data: [] });
    expect(await errorOf(client.api.matterbridge.version({}, signal))).toBeInstanceOf(TargetGone);
    expect(await errorOf(client.api.calendar.mutual({ token }, signal))).toBeInstanceOf(RoomClosed);
    server.answer({ status: 403, data: [] });
    expect(await errorOf(client.api.chat.upcomingReminders({}, signal))).toBeInstanceOf(MessageRefused);
  });

  it('an empty list in place of a reason means that we are kept out of the room itself', async () => {
    server.answer({ status: 404, data: [] }, { status: 404, data: null });
    expect(await errorOf(client.api.polls.get({ token, pollId: 9 }, signal))).toMatchObject({ reason: 'gone' });
    expect(await errorOf(client.api.polls.get({ token, pollId: 9 }, signal))).toBeInstanceOf(TargetGone);
  });

  it('an answer that is not what the endpoint promises is none', async () => {
    server.answer({ status: 200, data: { name: 'no token' } });
    expect(await errorOf(client.api.chat.markRead({ token }, signal))).toBeInstanceOf(NetworkUnavailable);
  });

  it('what must not go out any more is kept back', async () => {
    const late = new Error('too late');
    const beforeSend = (): never => {
      throw late;
    };
    expect(await errorOf(client.api.chat.markRead({ token }, signal, { beforeSend }))).toBe(late);
    expect(asked()).toEqual([]);
  });
});
