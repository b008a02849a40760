import { at, openSetup, until, type Setup } from './matrix-setup.js';

describe('application service transactions', () => {
  let setup: Setup;
  let anna: string;
  let room: string;

  beforeEach(async () => {
    setup = await openSetup();
    anna = setup.sandbox.addUser('anna', 'Anna');
    await setup.bridge.post('/_matrix/client/v3/register', {
      type: 'm.login.application_service',
      username: 'talkbot',
    });
    room = setup.sandbox.createRoom({ creator: anna, public: true });
    await setup.bridge.post(`/_matrix/client/v3/join/${encodeURIComponent(room)}`);
    await until(() => setup.sandbox.isPushed, 'the join');
    setup.appservice.pushes.length = 0;
  });

  afterEach(() => setup.close());

  test('an event comes with the hs_token, whole, in its own form', async () => {
    const eventId = setup.sandbox.post(room, anna, 'hello');
    await until(() => setup.appservice.pushes.length === 1);
    const [push] = setup.appservice.pushes;
    expect(push?.authorization).toBe('Bearer hs-secret');
    const [event] = push?.events ?? [];
    expect(event).toMatchObject({
      event_id: eventId,
      room_id: room,
      sender: '@anna:sandbox.test',
      type: 'm.room.message',
      content: { msgtype: 'm.text', body: 'hello' },
      unsigned: { age: expect.any(Number) as unknown },
      origin_server_ts: expect.any(Number) as unknown,
    });
    expect(event).not.toHaveProperty('state_key');
  });

  test('a room without a user of the service is none of its business', async () => {
    const elsewhere = setup.sandbox.createRoom({ creator: anna });
    setup.sandbox.post(elsewhere, anna, 'private');
    const eventId = setup.sandbox.post(room, anna, 'public');
    await until(() => setup.sandbox.isPushed);
    expect(setup.appservice.eventIds).toEqual([eventId]);
  });

  test('transactions come one at a time, in order, with at most 100 events, under growing ids', async () => {
    const ids = Array.from({ length: 450 }, (_, index) => setup.sandbox.post(room, anna, `message ${index}`));
    await until(() => setup.appservice.eventIds.length === 450);
    expect(setup.appservice.eventIds).toEqual(ids);
    expect(setup.appservice.mostInFlight).toBe(1);
    expect(setup.appservice.pushes.map(({ events }) => events.length)).toEqual([100, 100, 100, 100, 50]);
    const numbers = setup.appservice.pushes.map(({ id }) => Number(id));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  });

  test('a transaction that is not answered 200 comes again under its id, and nothing passes it', async () => {
    setup.appservice.statuses = [500, 503];
    const first = setup.sandbox.post(room, anna, 'first');
    await until(() => setup.appservice.pushes.length >= 1);
    const second = setup.sandbox.post(room, anna, 'second');
    await until(() => setup.sandbox.isPushed);
    const pushes = setup.appservice.pushes.map(({ id, events }) => [id, events[0]?.event_id]);
    const [id] = pushes[0] ?? [];
    expect(pushes).toEqual([
      [id, first],
      [id, first],
      [id, first],
      [String(Number(id) + 1), second],
    ]);
  });

  test('the pauses between attempts double', async () => {
    setup.appservice.statuses = [500, 500, 500, 500, 500];
    setup.sandbox.post(room, anna, 'hello');
    await until(() => setup.sandbox.isPushed);
    const times = setup.appservice.pushes.map(({ atMs }) => atMs);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    [20, 40, 80, 160, 320].forEach((pauseMs, index) => {
      expect(pauses[index]).toBeGreaterThanOrEqual(pauseMs - 2);
    });
  });

  test('a ping makes waiting transactions come at once', async () => {
    await setup.close();
    setup = await openSetup({ pushBackoffMs: 3_600_000 });
    const bert = setup.sandbox.addUser('bert', 'Bert');
    setup.appservice.statuses = [500];
    const bertsRoom = setup.sandbox.createRoom({ creator: bert, invite: ['@talkbot:sandbox.test'] });
    // Its answer is on its way when the push has come.
    await until(() => setup.sandbox.pendingTransactions()[0]?.failures === 1);
    expect(setup.sandbox.pendingTransactions()).toMatchObject([{ id: 1, failures: 1 }]);
    const answer = await setup.bridge.post('/_matrix/client/v1/appservice/bridge/ping', { transaction_id: 'mine' });
    expect(answer).toEqual({ status: 200, body: { duration_ms: expect.any(Number) as unknown } });
    expect(setup.appservice.pings).toEqual([{ transaction_id: 'mine' }]);
    await until(() => setup.sandbox.isPushed);
    expect(setup.appservice.pushes.map(({ id }) => id)).toEqual(['1', '1']);
    expect(setup.appservice.pushes[1]?.events[0]).toMatchObject({
      room_id: bertsRoom,
      state_key: '@talkbot:sandbox.test',
      content: { membership: 'invite' },
      unsigned: { invite_room_state: expect.any(Array) as unknown },
    });
  });

  test('a ping says what is wrong', async () => {
    setup.appservice.pingStatus = 418;
    expect(await setup.bridge.post('/_matrix/client/v1/appservice/bridge/ping')).toMatchObject({
      status: 502,
      body: { errcode: 'M_BAD_STATUS', status: 418, body: '{}' },
    });
    expect(await setup.bridge.post('/_matrix/client/v1/appservice/other/ping')).toMatchObject({
      status: 403,
      body: { errcode: 'M_FORBIDDEN' },
    });
    await setup.appservice.close();
    expect(await setup.bridge.post('/_matrix/client/v1/appservice/bridge/ping')).toMatchObject({
      status: 502,
      body: { errcode: 'M_CONNECTION_FAILED' },
    });
    await setup.appservice.listen();
  });

  test('a replay comes with the same id or with another one', async () => {
    const eventId = setup.sandbox.post(room, anna, 'hello');
    await until(() => setup.sandbox.isPushed);
    expect(await setup.sandbox.replayTransaction('sameId')).toBe(true);
    expect(await setup.sandbox.replayTransaction('otherId')).toBe(true);
    expect(setup.appservice.eventIds).toEqual([eventId, eventId, eventId]);
    const [first, same, other] = setup.appservice.pushes.map(({ id }) => Number(id));
    expect([same, other]).toEqual([first, (first ?? 0) + 1]);
  });

  test('a push fault repeats as many transactions as it says', async () => {
    setup.sandbox.setPushFault({ repeat: 'sameId', times: 1 });
    const first = setup.sandbox.post(room, anna, 'first');
    await until(() => setup.sandbox.isPushed);
    const second = setup.sandbox.post(room, anna, 'second');
    await until(() => setup.sandbox.isPushed);
    expect(setup.appservice.eventIds).toEqual([first, first, second]);
  });

  test('a push fault leaves a transaction behind until a later one fails: it comes first then', async () => {
    setup.sandbox.setPushFault({ strand: true, times: 1 });
    const behind = setup.sandbox.post(room, anna, 'behind');
    await until(() => setup.sandbox.pendingTransactions().length === 1);
    const later = setup.sandbox.post(room, anna, 'later');
    await until(() => setup.appservice.eventIds.length === 1);
    expect(setup.appservice.eventIds).toEqual([later]);
    setup.appservice.status = 500;
    const last = setup.sandbox.post(room, anna, 'last');
    await until(() => setup.appservice.pushes.length >= 2);
    setup.appservice.status = 200;
    await until(() => setup.sandbox.isPushed);
    expect(setup.appservice.eventIds.slice(-2)).toEqual([behind, last]);
  });

  test('a restart keeps what waits, and the ids go on growing', async () => {
    setup.appservice.status = 500;
    const eventId = setup.sandbox.post(room, anna, 'hello');
    await until(() => setup.appservice.pushes.length >= 1);
    await setup.sandbox.restart();
    setup.appservice.status = 200;
    await until(() => setup.sandbox.isPushed);
    const before = Number(setup.appservice.pushes[0]?.id);
    expect(setup.appservice.pushes.at(-1)).toMatchObject({ id: String(before), events: [{ event_id: eventId }] });
    setup.sandbox.post(room, anna, 'later');
    await until(() => setup.sandbox.isPushed);
    expect(Number(setup.appservice.pushes.at(-1)?.id)).toBe(before + 1);
  });

  test('what is said while it restarts comes afterwards', async () => {
    const restarting = setup.sandbox.restart();
    const eventId = setup.sandbox.post(room, anna, 'meanwhile');
    await restarting;
    await until(() => setup.sandbox.isPushed);
    expect(setup.appservice.eventIds).toContain(eventId);
  });

  test('typing and receipts come where the registration asks for them', async () => {
    const eventId = setup.sandbox.post(room, anna, 'hello');
    const client = setup.person(anna);
    await client.put(at(room, `typing/${encodeURIComponent(anna)}`), { typing: true, timeout: 30000 });
    await client.post(at(room, `receipt/m.read/${encodeURIComponent(eventId)}`));
    const ephemeral = (): readonly unknown[] => setup.appservice.pushes.flatMap((push) => push.ephemeral);
    await until(() => ephemeral().length === 2);
    expect(ephemeral()).toEqual([
      { type: 'm.typing', room_id: room, content: { user_ids: [anna] } },
      {
        type: 'm.receipt',
        room_id: room,
        content: { [eventId]: { 'm.read': { [anna]: { ts: expect.any(Number) as unknown } } } },
      },
    ]);
  });

  test('how people are comes too, where it changes, of those with whom there is a room', async () => {
    const ben = setup.sandbox.addUser('ben', 'Ben');
    const say = (user: string, presence: string): Promise<unknown> =>
      setup.person(user).put(`/_matrix/client/v3/presence/${encodeURIComponent(user)}/status`, { presence });
    await say(ben, 'online');
    for (const presence of ['online', 'online', 'unavailable']) await say(anna, presence);
    const told = (): unknown[] => setup.appservice.pushes.flatMap((push) => push.ephemeral);
    await until(() => told().length === 2);
    expect(told()).toMatchObject([
      { type: 'm.presence', sender: anna, content: { user_id: anna, presence: 'online', currently_active: true } },
      { type: 'm.presence', sender: anna, content: { user_id: anna, presence: 'unavailable' } },
    ]);
  });

  test('a redacted event that still waits comes without its text', async () => {
    setup.appservice.statuses = [500];
    const eventId = setup.sandbox.post(room, anna, 'secret');
    await until(() => setup.appservice.pushes.length === 1);
    setup.sandbox.redact(room, anna, eventId);
    await until(() => setup.sandbox.isPushed);
    expect(setup.appservice.pushes[1]?.events[0]).toMatchObject({
      event_id: eventId,
      content: {},
      unsigned: { redacted_because: { type: 'm.room.redaction', redacts: eventId } },
    });
  });

  test('an alias of the namespace that nobody knows is asked for', async () => {
    setup.appservice.onAsk = async (path) => {
      if (path !== '/_matrix/app/v1/rooms/#talk_team:sandbox.test') return false;
      await setup.bridge.post('/_matrix/client/v3/createRoom', { room_alias_name: 'talk_team', preset: 'public_chat' });
      return true;
    };
    const answer = await setup.person(anna).post('/_matrix/client/v3/join/%23talk_team%3Asandbox.test');
    expect(answer).toEqual({ status: 200, body: { room_id: setup.sandbox.roomIdOf('#talk_team:sandbox.test') } });
  });
});
