import { at, openSetup, until, type Client, type Setup } from './matrix-setup.js';

const ghosts = ['@talk_anna:sandbox.test', '@talk_bert:sandbox.test'] as const;
const as = (ghost: string): string => `user_id=${encodeURIComponent(ghost)}`;

describe('events', () => {
  let setup: Setup;
  let anna: string;
  let annas: Client;
  let room: string;

  const send = (path: string, text: string, client = setup.bridge): ReturnType<Client['put']> =>
    client.put(at(room, `send/m.room.message/${path}`), { msgtype: 'm.text', body: text });
  const texts = (): readonly unknown[] =>
    setup.sandbox
      .messages(room)
      .filter(({ type }) => type === 'm.room.message')
      .map(({ content }) => content.body);

  beforeEach(async () => {
    setup = await openSetup();
    anna = setup.sandbox.addUser('anna', 'Anna');
    annas = setup.person(anna);
    room = setup.sandbox.createRoom({ creator: anna, public: true });
    for (const username of ['talk_anna', 'talk_bert']) {
      await setup.bridge.post('/_matrix/client/v3/register', { type: 'm.login.application_service', username });
      setup.sandbox.join(room, `@${username}:sandbox.test`);
    }
  });

  afterEach(() => setup.close());

  test('a transaction id used again answers the first event, whatever ghost uses it', async () => {
    const first = await send(`same?${as(ghosts[0])}`, 'first');
    const second = await send(`same?${as(ghosts[0])}`, 'second');
    const third = await send(`same?${as(ghosts[1])}`, 'third');
    expect(first.body.event_id).toMatch(/^\$/);
    expect([second, third]).toEqual([first, first]);
    expect(texts()).toEqual(['first']);
  });

  test('a refused call may be repeated with its transaction id', async () => {
    const refused = await setup.bridge.put(at(room, `send/m.room.message/again?${as(ghosts[0])}`), {
      msgtype: 'm.text',
    });
    expect(refused).toMatchObject({ status: 400, body: { error: "'body' not in content" } });
    expect((await send(`again?${as(ghosts[0])}`, 'whole')).status).toBe(200);
  });

  test('a restart forgets the transaction ids of the application service, not those of a device', async () => {
    const first = await send(`same?${as(ghosts[0])}`, 'by a ghost');
    const annasFirst = await send('same', 'by Anna', annas);
    await setup.sandbox.restart();
    const second = await send(`same?${as(ghosts[0])}`, 'by a ghost');
    expect(second.status).toBe(200);
    expect(second.body.event_id).not.toBe(first.body.event_id);
    expect(await send('same', 'by Anna', annas)).toEqual(annasFirst);
    expect(texts()).toEqual(['by a ghost', 'by Anna', 'by a ghost']);
  });

  test('a call that is accepted and then dropped has its effect once', async () => {
    setup.sandbox.faults.add({ method: 'PUT', path: '/send/', fault: { do: 'acceptThenDrop' } });
    await expect(send(`key?${as(ghosts[0])}`, 'hello')).rejects.toThrow();
    expect(texts()).toEqual(['hello']);
    expect((await send(`key?${as(ghosts[0])}`, 'hello')).body.event_id).toBe(
      setup.sandbox.messages(room).at(-1)?.eventId,
    );
    expect(texts()).toEqual(['hello']);
  });

  test('a second equal reaction by one person is 400 M_DUPLICATE_ANNOTATION until the first is gone', async () => {
    const target = setup.sandbox.post(room, anna, 'hello');
    const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: '👍' } };
    const react = (transaction: string): ReturnType<Client['put']> =>
      setup.bridge.put(at(room, `send/m.reaction/${transaction}?${as(ghosts[0])}`), content);
    const first = await react('1');
    expect(await react('2')).toEqual({
      status: 400,
      body: { errcode: 'M_DUPLICATE_ANNOTATION', error: "Can't send same reaction twice" },
    });
    expect(() => setup.sandbox.react(room, ghosts[1], target, '👍')).not.toThrow();
    await setup.bridge.put(
      at(room, `redact/${encodeURIComponent(String(first.body.event_id))}/3?${as(ghosts[0])}`),
      {},
    );
    expect((await react('4')).status).toBe(200);
  });

  test('relations are found by kind and type, newest first, page by page', async () => {
    const target = setup.sandbox.post(room, anna, 'hello');
    const [like, heart] = ['👍', '❤️'].map((key) => setup.sandbox.react(room, anna, target, key));
    const edit = setup.sandbox.edit(room, anna, target, 'hello!');
    const path = `/_matrix/client/v1/rooms/${encodeURIComponent(room)}/relations/${encodeURIComponent(target)}`;
    const found = async (rest: string): Promise<readonly unknown[]> =>
      ((await annas.get(path + rest)).body.chunk as { event_id: string }[]).map((event) => event.event_id);
    expect(await found('')).toEqual([edit, heart, like]);
    expect(await found('/m.annotation')).toEqual([heart, like]);
    expect(await found('/m.replace/m.room.message')).toEqual([edit]);
    expect(await found('/m.replace/m.reaction')).toEqual([]);
    const page = await annas.get(`${path}?limit=2`);
    expect(await found(`?limit=2&from=${String(page.body.next_batch)}`)).toEqual([like]);
    const whole = await annas.get(at(room, `event/${encodeURIComponent(target)}`));
    expect(whole.body).toMatchObject({
      content: { body: 'hello' },
      unsigned: { 'm.relations': { 'm.replace': { event_id: edit } } },
    });
  });

  test('pages of messages join without a gap, both ways, and a filter chooses', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => setup.sandbox.post(room, anna, `message ${index}`));
    const read = async (query: string): Promise<{ ids: readonly string[]; end: unknown; start: unknown }> => {
      const { body } = await annas.get(at(room, `messages?${query}`));
      const chunk = body.chunk as { event_id: string }[];
      return { ids: chunk.map((event) => event.event_id), end: body.end, start: body.start };
    };
    const types = encodeURIComponent(JSON.stringify({ types: ['m.room.message'] }));
    const back: string[] = [];
    let from = '';
    for (let page = 0; page < 3; page += 1) {
      const answer = await read(`dir=b&limit=10&filter=${types}${from}`);
      back.push(...answer.ids);
      from = `&from=${String(answer.end)}`;
    }
    expect(back).toEqual(ids.toReversed());
    const last = await read('dir=b&limit=1');
    const newer = setup.sandbox.post(room, anna, 'newer');
    expect((await read(`dir=f&from=${String(last.start)}`)).ids).toEqual([newer]);
    const tenth = await read('dir=b&limit=10');
    expect((await read(`dir=b&limit=100&to=${String(tenth.end)}`)).ids).toEqual(tenth.ids);
    const first = await read('dir=b&limit=1000');
    expect(await read(`dir=b&from=${String(first.end)}`)).toMatchObject({ ids: [], end: undefined });
  });

  test('a redacted event is bare, names its redaction, and the redaction keeps its fields', async () => {
    const target = setup.sandbox.post(room, anna, 'secret');
    const content = { reason: 'mistake', 'org.crosstalk.delivery': 'a key' };
    const { body } = await annas.put(at(room, `redact/${encodeURIComponent(target)}/1`), content);
    expect((await annas.get(at(room, `event/${encodeURIComponent(target)}`))).body).toMatchObject({
      content: {},
      unsigned: {
        redacted_because: { event_id: body.event_id, redacts: target, content: { ...content, redacts: target } },
      },
    });
  });

  test('an event above 65,536 bytes is 413 M_TOO_LARGE', async () => {
    expect((await send(`large?${as(ghosts[0])}`, 'a'.repeat(64_000))).status).toBe(200);
    expect(await send(`larger?${as(ghosts[0])}`, 'a'.repeat(65_000))).toEqual({
      status: 413,
      body: { errcode: 'M_TOO_LARGE', error: 'event too large' },
    });
  });

  test('an application service may say when its event happened, a person may not', async () => {
    const old = await send(`old?${as(ghosts[0])}&ts=1500000000000`, 'old');
    const now = await send('now?ts=1500000000000', 'now', annas);
    const timeOf = async ({ body }: { body: Record<string, unknown> }): Promise<unknown> =>
      (await annas.get(at(room, `event/${encodeURIComponent(String(body.event_id))}`))).body.origin_server_ts;
    expect(await timeOf(old)).toBe(1_500_000_000_000);
    expect(await timeOf(now)).toBeGreaterThan(1_500_000_000_000);
  });

  test('the ledger tells messages, edits, reactions and their ends in the order of their coming', () => {
    const before = setup.sandbox.ledger.entries().length;
    const key = { 'org.crosstalk.delivery': 'key 1' };
    const message = setup.sandbox.sendEvent(room, anna, 'm.room.message', { msgtype: 'm.text', body: 'hello', ...key });
    const edit = setup.sandbox.edit(room, anna, message, 'hello!');
    const reaction = setup.sandbox.react(room, anna, message, '👍');
    const removal = setup.sandbox.redact(room, anna, reaction);
    const deletion = setup.sandbox.redact(room, anna, message);
    const name = setup.sandbox.sendState(room, anna, 'm.room.name', '', { name: 'Team' });
    const common = { room, actor: anna, atMs: expect.any(Number) as unknown };
    expect(setup.sandbox.ledger.entries().slice(before)).toEqual([
      { ...common, order: before + 1, kind: 'message', id: message, text: 'hello', key: 'key 1' },
      { ...common, order: before + 2, kind: 'edit', id: edit, text: 'hello!', target: message },
      { ...common, order: before + 3, kind: 'reaction', id: reaction, text: '👍', target: message },
      { ...common, order: before + 4, kind: 'reactionRemoval', id: removal, target: reaction },
      { ...common, order: before + 5, kind: 'deletion', id: deletion, target: message },
      { ...common, order: before + 6, kind: 'state', id: name, text: 'm.room.name', target: '' },
    ]);
  });

  test('a sync waits for what comes next', async () => {
    const initial = await annas.get('/_matrix/client/v3/sync');
    const joined = initial.body.rooms as { join: Record<string, unknown> };
    expect(Object.keys(joined.join)).toEqual([room]);
    const waiting = annas.get(`/_matrix/client/v3/sync?timeout=30000&since=${String(initial.body.next_batch)}`);
    const [, posted] = await Promise.all([waiting, send(`1?${as(ghosts[0])}`, 'hello')]);
    expect((await waiting).body.rooms).toMatchObject({
      join: { [room]: { timeline: { events: [{ event_id: posted.body.event_id, content: { body: 'hello' } }] } } },
    });
  });

  test('its controls work from another process', async () => {
    const control = setup.client();
    expect(await control.post('/_sandbox/faults', { path: '/whoami', fault: { do: 'answer', status: 503 } })).toEqual({
      status: 200,
      body: {},
    });
    expect((await fetch(`${setup.url}/_matrix/client/v3/account/whoami`)).status).toBe(503);
    expect(await control.post('/_sandbox/faults', { path: '/whoami', fault: { do: 'nothing' } })).toMatchObject({
      status: 400,
    });
    const after = setup.sandbox.ledger.entries().length;
    const eventId = setup.sandbox.post(room, anna, 'hello');
    expect((await control.get(`/_sandbox/ledger?after=${after}`)).body).toMatchObject({
      entries: [{ order: after + 1, id: eventId }],
    });
    expect((await control.get('/_sandbox/state')).body).toMatchObject({ rooms: [{ id: room }] });
    expect(await control.post('/_sandbox/restart')).toEqual({ status: 200, body: {} });
    await until(() => setup.sandbox.isPushed);
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const answer = await control.get('/_matrix/client/versions').catch(() => undefined);
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the sandbox did not come back');
  });
});
