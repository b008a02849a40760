import { mia, Three } from './three.js';
import { type Replica, until, World } from './world.js';

/** A person's client of Talk: it keeps its cookies, as calls need it to. */
class Phone {
  #cookies = new Map<string, string>();

  constructor(
    private readonly world: World,
    private readonly user: string,
    private readonly password: string,
  ) {}

  async ask(method: string, path: string, body?: object): Promise<void> {
    const answer = await fetch(`${this.world.talk.url}/ocs/v2.php/apps/spreed/api/${path}`, {
      method,
      headers: {
        accept: 'application/json',
        'ocs-apirequest': 'true',
        authorization: `Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}`,
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, value);
    }
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
  }

  async joinCall(token: string): Promise<void> {
    await this.ask('GET', `v4/room/${token}`);
    await this.ask('POST', `v4/room/${token}/participants/active`, { force: true });
    await this.ask('POST', `v4/call/${token}`, { flags: 7 });
  }
}

let world: World;
afterEach(() => world.close());

const phoneOf = (user: string): Phone => new Phone(world, user, world.talk.accounts.issueAppPassword(user));
const bot = '@crosstalk:sandbox.test';
/** What the bridge itself says in the first Matrix room: each message with the texts that it has had, in order. */
function notices(): string[][] {
  const said = world.matrix
    .messages(world.rooms[0]!.matrix)
    .filter(({ type, sender }) => type === 'm.room.message' && sender === bot);
  const relation = ({ content }: (typeof said)[number]): string | undefined => {
    const related = content['m.relates_to'] as { rel_type?: string; event_id?: string } | undefined;
    return related?.rel_type === 'm.replace' ? related.event_id : undefined;
  };
  const textOf = ({ content }: (typeof said)[number]): string =>
    String((content['m.new_content'] as { body?: unknown } | undefined)?.body ?? content['body']);
  return said
    .filter((message) => relation(message) === undefined)
    .map((message) => [message, ...said.filter((edit) => relation(edit) === message.eventId)].map(textOf));
}

it('a call is one notice in every linked room, also where the service is killed in the middle of it', async () => {
  world = await World.build({ slack: 'linked' });
  let replica: Replica = world.start();
  await replica.ready();
  const { talk: token, slack = '' } = world.rooms[0]!;
  const inSlack = (): string[] =>
    world.slack.sandbox.messages(slack).flatMap((message) => {
      const text = JSON.stringify([message['text'], message['blocks']]);
      return text.includes('📞') ? [text] : [];
    });
  const anna = phoneOf('anna');
  const ben = phoneOf('ben');
  await anna.joinCall(token);
  await until('the call to be told', () => notices().length === 1 && inSlack().length === 1);
  expect(notices()[0]?.[0]).toBe(`📞 Anna (Talk) started a call: join it (${world.talk.url}/index.php/call/${token})`);
  await replica.kill();
  await ben.joinCall(token);
  replica = world.start();
  await replica.ready();
  await until('Ben to be named', () => notices()[0]?.at(-1)?.endsWith('\nWith Ben') === true);
  await anna.ask('DELETE', `v4/call/${token}`, { all: true });
  await until('the end to be told', () => notices()[0]?.at(-1)?.includes('is over after') === true);
  await until('the end to be told in Slack', () => inSlack()[0]?.includes('is over after') === true);
  expect(notices()[0]?.at(-1)).toMatch(/^📞 The call that Anna \(Talk\) started is over after \d+ s\nWith Ben$/);
  expect([notices().length, inSlack().length]).toEqual([1, 1]);
}, 120_000);

it('what vanishes from a Talk room vanishes from the Matrix room, also where the service was away by then', async () => {
  world = await World.build();
  let replica = world.start();
  await replica.ready();
  const { talk: token, matrix: room } = world.rooms[0]!;
  await phoneOf('anna').ask('POST', `v4/room/${token}/message-expiration`, { seconds: 6 });
  await until('the rule to be told', () =>
    notices().flat().includes('Anna (Talk) has messages vanish after 6 s from now on'),
  );
  world.talk.post(token, 'anna', 'gone soon');
  const shown = () =>
    world.matrix
      .messages(room)
      .find(({ type, sender }) => type === 'm.room.message' && sender.startsWith('@crosstalk_'));
  await until('the message', () => shown()?.content['body'] === 'gone soon');
  await replica.kill();
  replica = world.start();
  await replica.ready();
  await until('the message to vanish', () => shown()?.redactedBy !== undefined);
}, 120_000);

it('who is removed by his ghost is removed from the Talk room, where the link says so', async () => {
  world = await World.build();
  const { talk: token, matrix: room } = world.rooms[0]!;
  const rooms = [
    { account: 'cloud', room: token },
    { account: 'hs', room },
  ];
  const replica = world.start({ change: { links: { team0: { rooms, mirror: { moderation: 'on' } } } } });
  await replica.ready();
  const ghost = '@crosstalk_cloud_users=2fben:sandbox.test';
  world.talk.post(token, 'ben', 'hello');
  await until('Ben', () =>
    world.matrix.members(room).some(({ userId, membership }) => userId === ghost && membership === 'join'),
  );
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/kick`;
  const { homeserver } = world.settings.accounts.hs as { homeserver: string };
  const answer = await fetch(`${homeserver}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.matrix.accessToken('@mia:sandbox.test')}` },
    body: JSON.stringify({ user_id: ghost }),
  });
  expect(answer.status).toBe(200);
  const rows = () => world.talk.messages(token).filter(({ systemMessage }) => systemMessage === 'user_removed');
  await until('Ben to be removed', () => rows().length === 1);
  // The row that tells of it is our own act: nobody is told anything more.
  world.talk.post(token, 'anna', 'and now');
  await until('what is said next', () =>
    world.matrix.messages(room).some(({ content }) => content['body'] === 'and now'),
  );
  expect(notices()).toEqual([]);
}, 120_000);

it('a call that begins on Matrix is told in Talk and Slack, and that it is over', async () => {
  world = await World.build({ slack: 'linked' });
  await world.start().ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  const three = new Three(world);
  const told = (what: string): boolean =>
    (['talk', 'slack'] as const).every(
      (side) => three.shown(side).filter(({ text }) => text.includes(what)).length === 1,
    );
  world.matrix.sendEvent(three.matrixRoom, mia, 'org.matrix.msc4075.rtc.notification', {
    notification_type: 'notification',
    lifetime: 30_000,
    sender_ts: Date.now(),
  });
  await until('the notice', () => told('Mia (Matrix) started a call'));
  world.matrix.sendEvent(three.matrixRoom, mia, 'm.call.hangup', { call_id: '1', version: '1' });
  await until('its end', () => told('The call that Mia (Matrix) started is over'));
  expect(told('started a call')).toBe(false);
});

it('a call of many on Matrix is over when the last has gone out, also where the service was away then', async () => {
  world = await World.build({ slack: 'linked' });
  let replica = world.start();
  await replica.ready();
  const { sandbox, app } = world.slack;
  await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
  const three = new Three(world);
  const told = (what: string): boolean =>
    (['talk', 'slack'] as const).every((side) => {
      const notices = three.shown(side).filter(({ text }) => text.includes('📞'));
      return notices.length === 1 && notices[0]?.text.includes(what) === true;
    });
  const device = (name: string, content: object): void => {
    const type = 'org.matrix.msc3401.call.member';
    world.matrix.sendState(three.matrixRoom, mia, type, `_${mia}_${name}_m.call`, { ...content });
  };
  const isIn = { application: 'm.call', call_id: '', scope: 'm.room', expires: 14_400_000 };
  device('PHONE', isIn);
  world.matrix.sendEvent(three.matrixRoom, mia, 'org.matrix.msc4075.rtc.notification', {
    notification_type: 'notification',
    lifetime: 30_000,
    sender_ts: Date.now(),
  });
  await until('the notice', () => told('Mia (Matrix) started a call'));
  device('LAPTOP', isIn);
  device('PHONE', {});
  three.post('matrix', 'still in it');
  await until('what was said', () => three.idsOf('slack', 'still in it').length === 1);
  expect(told('Mia (Matrix) started a call')).toBe(true);
  await replica.kill();
  device('LAPTOP', {});
  replica = world.start();
  await replica.ready();
  await until('its end', () => told('The call that Mia (Matrix) started is over after'));
}, 120_000);
