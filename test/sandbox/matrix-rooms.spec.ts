import { at, openSetup, type Client, type Setup } from './matrix-setup.js';

const ghostId = '@talk_anna:sandbox.test';
const asGhost = `user_id=${encodeURIComponent(ghostId)}`;

describe('rooms, memberships and power', () => {
  let setup: Setup;
  let anna: string;
  let bert: string;
  let annas: Client;
  let berts: Client;

  beforeEach(async () => {
    setup = await openSetup();
    anna = setup.sandbox.addUser('anna', 'Anna');
    bert = setup.sandbox.addUser('bert', 'Bert');
    annas = setup.person(anna);
    berts = setup.person(bert);
    await setup.bridge.post('/_matrix/client/v3/register', {
      type: 'm.login.application_service',
      username: 'talk_anna',
    });
  });

  afterEach(() => setup.close());

  test('a taken alias is 400 M_ROOM_IN_USE and leads to the first room', async () => {
    const body = { room_alias_name: 'team', name: 'Team', preset: 'public_chat' };
    const first = await annas.post('/_matrix/client/v3/createRoom', body);
    expect(await berts.post('/_matrix/client/v3/createRoom', body)).toMatchObject({
      status: 400,
      body: { errcode: 'M_ROOM_IN_USE' },
    });
    expect(await berts.post('/_matrix/client/v3/join/%23team%3Asandbox.test')).toEqual({
      status: 200,
      body: { room_id: first.body.room_id },
    });
  });

  test('nobody enters a private room uninvited, and nobody speaks in a room that he is not in', async () => {
    const room = setup.sandbox.createRoom({ creator: anna });
    const message = { msgtype: 'm.text', body: 'hello' };
    expect(await berts.post(at(room, 'join'))).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    expect(await berts.put(at(room, 'send/m.room.message/1'), message)).toMatchObject({
      status: 403,
      body: { errcode: 'M_FORBIDDEN' },
    });
    await annas.post(at(room, 'invite'), { user_id: bert });
    expect((await berts.put(at(room, 'send/m.room.message/2'), message)).status).toBe(403);
    expect((await berts.post(at(room, 'join'))).status).toBe(200);
    expect((await berts.put(at(room, 'send/m.room.message/3'), message)).status).toBe(200);
  });

  test('a ghost without the power to speak is 403 M_FORBIDDEN until it has it', async () => {
    const room = setup.sandbox.createRoom({ creator: anna, public: true, roomVersion: '11' });
    setup.sandbox.join(room, ghostId);
    const levels = { users: { [anna]: 100 }, events_default: 10 };
    setup.sandbox.sendState(room, anna, 'm.room.power_levels', '', levels);
    const send = (transaction: string): ReturnType<Client['put']> =>
      setup.bridge.put(at(room, `send/m.room.message/${transaction}?${asGhost}`), { msgtype: 'm.text', body: 'hello' });
    expect(await send('1')).toMatchObject({
      status: 403,
      body: {
        errcode: 'M_FORBIDDEN',
        error: "You don't have permission to post that to the room. user_level (0) < send_level (10)",
      },
    });
    const raised = { ...levels, users: { [anna]: 100, [ghostId]: 10 } };
    setup.sandbox.sendState(room, anna, 'm.room.power_levels', '', raised);
    expect((await send('2')).status).toBe(200);
    expect((await setup.bridge.put(at(room, `state/m.room.name?${asGhost}`), { name: 'Mine' })).status).toBe(403);
    expect((await setup.bridge.post(at(room, `kick?${asGhost}`), { user_id: anna })).status).toBe(403);
  });

  test('somebody redacts his own event, and another’s only with power', async () => {
    const room = setup.sandbox.createRoom({ creator: anna, public: true });
    setup.sandbox.join(room, bert);
    const annasEvent = setup.sandbox.post(room, anna, 'by Anna');
    const bertsEvent = setup.sandbox.post(room, bert, 'by Bert');
    expect((await berts.put(at(room, `redact/${encodeURIComponent(annasEvent)}/1`), {})).status).toBe(403);
    expect((await berts.put(at(room, `redact/${encodeURIComponent(bertsEvent)}/2`), {})).status).toBe(200);
    expect((await annas.put(at(room, `redact/${encodeURIComponent(bertsEvent)}/3`), {})).status).toBe(200);
  });

  test('in a room of version 12 creators stand above all levels, and the room’s id names no server', async () => {
    const { body } = await annas.post('/_matrix/client/v3/createRoom', {
      room_version: '12',
      preset: 'trusted_private_chat',
      invite: [bert],
    });
    const room = String(body.room_id);
    expect(room).toMatch(/^![A-Za-z0-9_-]{43}$/);
    const create = await annas.get(at(room, 'state/m.room.create?format=event'));
    expect(create.body).toMatchObject({
      event_id: `$${room.slice(1)}`,
      content: { room_version: '12', additional_creators: [bert] },
    });
    expect((await annas.get(at(room, 'state/m.room.power_levels'))).body).toMatchObject({
      users: {},
      events: { 'm.room.tombstone': 150 },
    });
    const levels = (users: Record<string, number>): Record<string, unknown> => ({
      users,
      events: { 'm.room.tombstone': 150 },
    });
    expect(await annas.put(at(room, 'state/m.room.power_levels'), levels({ [bert]: 100 }))).toMatchObject({
      status: 400,
      body: { error: `Creator user ${bert} must not appear in content.users` },
    });
    setup.sandbox.join(room, bert);
    setup.sandbox.invite(room, anna, ghostId);
    setup.sandbox.join(room, ghostId);
    setup.sandbox.sendState(room, bert, 'm.room.power_levels', '', levels({ [ghostId]: 100 }));
    expect((await setup.bridge.post(at(room, `kick?${asGhost}`), { user_id: anna })).status).toBe(403);
    const tombstone = { replacement_room: '!next', body: 'moved' };
    expect((await setup.bridge.put(at(room, `state/m.room.tombstone?${asGhost}`), tombstone)).status).toBe(403);
    expect((await berts.put(at(room, 'state/m.room.tombstone'), tombstone)).status).toBe(200);
  });

  test.each(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])(
    'a room of version %s names its creator, and a redaction its target outside the content',
    async (version) => {
      const { body } = await annas.post('/_matrix/client/v3/createRoom', { room_version: version });
      const room = String(body.room_id);
      expect(room).toMatch(/^![A-Za-z]{18}:sandbox\.test$/);
      expect((await annas.get(at(room, 'state/m.room.create'))).body).toEqual({ room_version: version, creator: anna });
      const target = setup.sandbox.post(room, anna, 'hello');
      const key = { 'org.crosstalk.delivery': 'a key', reason: 'typo' };
      const redaction = await annas.put(at(room, `redact/${encodeURIComponent(target)}/1`), key);
      const last = setup.sandbox.messages(room).at(-1);
      expect(last).toMatchObject({ eventId: redaction.body.event_id, content: key, redacts: target });
      expect(last?.content).not.toHaveProperty('redacts');
    },
  );

  test('a member who left reads up to his leaving and no further', async () => {
    const room = setup.sandbox.createRoom({ creator: anna, public: true });
    setup.sandbox.join(room, bert);
    const before = setup.sandbox.post(room, anna, 'before');
    setup.sandbox.leave(room, bert);
    const after = setup.sandbox.post(room, anna, 'after');
    expect((await berts.get(at(room, `event/${encodeURIComponent(before)}`))).status).toBe(200);
    expect((await berts.get(at(room, `event/${encodeURIComponent(after)}`))).status).toBe(404);
    const page = await berts.get(at(room, 'messages?dir=b&limit=2'));
    expect(page.body.chunk).toMatchObject([{ type: 'm.room.member' }, { event_id: before }]);
  });
});
