import { type Answer, at, openSetup, type Setup } from './matrix-setup.js';

const ghost = encodeURIComponent('@talk_anna:sandbox.test');
const whoami = '/_matrix/client/v3/account/whoami';
const register = '/_matrix/client/v3/register';
const appserviceLogin = 'm.login.application_service';

describe('accounts and masquerading', () => {
  let setup: Setup;

  beforeEach(async () => {
    setup = await openSetup();
  });

  afterEach(() => setup.close());

  test('a call without a token is 401 M_MISSING_TOKEN, with an unknown one 401 M_UNKNOWN_TOKEN', async () => {
    expect(await setup.client().get(whoami)).toEqual({
      status: 401,
      body: { errcode: 'M_MISSING_TOKEN', error: 'Missing access token' },
    });
    expect(await setup.client('nobody').get(whoami)).toMatchObject({
      status: 401,
      body: { errcode: 'M_UNKNOWN_TOKEN', soft_logout: false },
    });
  });

  test('an application service registers users of its namespaces, once each', async () => {
    const body = { type: appserviceLogin, username: 'talk_anna', inhibit_login: true };
    expect(await setup.bridge.post(register, body)).toEqual({
      status: 200,
      body: { user_id: '@talk_anna:sandbox.test', home_server: 'sandbox.test' },
    });
    expect(await setup.bridge.post(register, body)).toMatchObject({ status: 400, body: { errcode: 'M_USER_IN_USE' } });
    expect(await setup.bridge.post(register, { ...body, username: 'anna' })).toMatchObject({
      status: 400,
      body: { errcode: 'M_EXCLUSIVE' },
    });
    expect(await setup.client('other').post(register, body)).toMatchObject({
      status: 401,
      body: { errcode: 'M_UNKNOWN_TOKEN' },
    });
  });

  test('it speaks for registered users of its namespaces and for nobody else', async () => {
    setup.sandbox.addUser('anna', 'Anna');
    expect(await setup.bridge.get(whoami)).toMatchObject({ status: 200, body: { user_id: '@talkbot:sandbox.test' } });
    expect(await setup.bridge.get(`${whoami}?user_id=${ghost}`)).toMatchObject({
      status: 403,
      body: {
        errcode: 'M_FORBIDDEN',
        error: 'Application service has not registered this user (@talk_anna:sandbox.test)',
      },
    });
    await setup.bridge.post(register, { type: appserviceLogin, username: 'talk_anna' });
    expect(await setup.bridge.get(`${whoami}?user_id=${ghost}`)).toMatchObject({
      status: 200,
      body: { user_id: '@talk_anna:sandbox.test' },
    });
    expect(await setup.bridge.get(`${whoami}?user_id=%40anna%3Asandbox.test`)).toMatchObject({
      status: 403,
      body: {
        errcode: 'M_FORBIDDEN',
        error: 'Application service cannot masquerade as this user (@anna:sandbox.test).',
      },
    });
  });

  test('a person cannot take a name or an alias that the application service reserves', async () => {
    const person = { username: 'talk_bert', password: 'secret', auth: { type: 'm.login.dummy' } };
    expect(await setup.client().post(register, person)).toMatchObject({
      status: 400,
      body: { errcode: 'M_EXCLUSIVE' },
    });
    const anna = setup.sandbox.addUser('anna', 'Anna');
    expect(
      await setup.person(anna).post('/_matrix/client/v3/createRoom', { room_alias_name: 'talk_room' }),
    ).toMatchObject({ status: 400, body: { errcode: 'M_EXCLUSIVE' } });
  });

  test('a person registers, logs in and speaks, under the old prefix too', async () => {
    const person = { username: 'Carl', password: 'secret', auth: { type: 'm.login.dummy' } };
    const registered = await setup.client().post('/_matrix/client/r0/register', person);
    expect(registered).toMatchObject({ status: 200, body: { user_id: '@carl:sandbox.test' } });
    const loggedIn = await setup.client().post('/_matrix/client/v3/login', {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: 'carl' },
      password: 'secret',
    });
    const token = String(loggedIn.body.access_token);
    expect(await setup.client(token).get('/_matrix/client/r0/account/whoami')).toMatchObject({
      body: { user_id: '@carl:sandbox.test', device_id: loggedIn.body.device_id },
    });
  });

  test('a changed profile is written into every room that its user is in', async () => {
    await setup.bridge.post(register, { type: appserviceLogin, username: 'talk_anna' });
    const bert = setup.sandbox.addUser('bert', 'Bert');
    const rooms = [1, 2].map(() => setup.sandbox.createRoom({ creator: bert, public: true }));
    const elsewhere = setup.sandbox.createRoom({ creator: bert, public: true });
    for (const room of rooms) setup.sandbox.join(room, '@talk_anna:sandbox.test');
    const path = `/_matrix/client/v3/profile/${ghost}/displayname?user_id=${ghost}`;
    expect(await setup.bridge.put(path, { displayname: 'Anna (Talk)' })).toEqual({ status: 200, body: {} });
    for (const room of rooms) {
      expect(setup.sandbox.members(room)).toContainEqual({
        userId: '@talk_anna:sandbox.test',
        name: 'Anna (Talk)',
        membership: 'join',
      });
      expect(setup.sandbox.messages(room).at(-1)).toMatchObject({
        type: 'm.room.member',
        stateKey: '@talk_anna:sandbox.test',
        content: { membership: 'join', displayname: 'Anna (Talk)' },
      });
    }
    expect(setup.sandbox.messages(elsewhere).at(-1)?.sender).toBe(bert);
  });

  test('a file is downloaded with a token, and only with one', async () => {
    const uri = setup.sandbox.upload(Buffer.from('hello'), 'text/plain', 'a.txt').slice('mxc://'.length);
    const download = await fetch(`${setup.url}/_matrix/client/v1/media/download/${uri}`, {
      headers: { authorization: 'Bearer as-secret' },
    });
    expect([download.status, download.headers.get('content-type'), await download.text()]).toEqual([
      200,
      'text/plain',
      'hello',
    ]);
    expect((await setup.client().get(`/_matrix/client/v1/media/download/${uri}`)).status).toBe(401);
    expect((await setup.client().get(`/_matrix/media/v3/download/${uri}`)).status).toBe(404);
  });

  test('a user id with a slash reaches its own call', async () => {
    await setup.bridge.post(register, { type: appserviceLogin, username: 'talk_a/b' });
    expect(await setup.client().get('/_matrix/client/v3/profile/%40talk_a%2Fb%3Asandbox.test/displayname')).toEqual({
      status: 200,
      body: { displayname: 'talk_a/b' },
    });
    const bert = setup.sandbox.addUser('bert', 'Bert');
    const room = setup.sandbox.createRoom({ creator: bert, invite: ['@talk_a/b:sandbox.test'] });
    expect(await setup.person(bert).get(at(room, 'state/m.room.member/%40talk_a%2Fb%3Asandbox.test'))).toMatchObject({
      body: { membership: 'invite' },
    });
  });

  test('how people say that they are is shown to others until they said nothing for half a minute, and words go with who goes', async () => {
    const [anna, ben] = [setup.sandbox.addUser('anna', 'Anna'), setup.sandbox.addUser('ben', 'Ben')];
    const status = `/_matrix/client/v3/presence/${encodeURIComponent(anna)}/status`;
    const says = (body: object): Promise<Answer> => setup.person(anna).put(status, body);
    const seen = async (): Promise<unknown> => (await setup.person(ben).get(status)).body;
    expect(await seen()).toEqual({ presence: 'offline' });
    expect((await says({ presence: 'online', status_msg: 'on the meadow' })).status).toBe(200);
    expect(await seen()).toMatchObject({ presence: 'online', status_msg: 'on the meadow', currently_active: true });
    await says({ presence: 'unavailable' });
    expect(await seen()).toMatchObject({ presence: 'unavailable' });
    await says({ presence: 'offline', status_msg: 'gone' });
    expect(await seen()).toEqual({ presence: 'offline', last_active_ago: expect.any(Number) as number });
    expect(await setup.person(ben).put(status, { presence: 'online' })).toMatchObject({
      status: 403,
      body: { errcode: 'M_FORBIDDEN' },
    });
    expect(await says({ presence: 'busy' })).toMatchObject({ status: 400, body: { error: 'Invalid presence state' } });
    expect(await says({ presence: 'online', more: 1 })).toMatchObject({ status: 400 });
  });
});
