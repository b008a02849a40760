import { randomBytes } from 'node:crypto';
import { anyPorts, until, World } from './world.js';

const mia = '@mia:sandbox.test';
let world: World;

afterEach(async () => {
  await world.close();
});

/** Links in what people of a room see, and how often each text stands there. */
const addressIn = (text: string): string | undefined => /https?:\/\/[^\s)"<>|]+\/files\/[^\s)"<>|]+/.exec(text)?.[0];

it('a file that is larger than the settings let through is linked in every direction, until its message is deleted', async () => {
  world = await World.build({ slack: 'linked' });
  const { talk, matrix, slack } = world;
  const replica = world.start({
    change: {
      listen: { ...anyPorts, public: { ...anyPorts.public, url: world.front.url } },
      files: { maxBytes: 1_000, linkDays: 2 },
    },
  });
  await replica.ready();
  const room = world.rooms[0] as { talk: string; matrix: string; slack: string };
  const film = randomBytes(300_000);

  const inTalk = (): string => JSON.stringify(talk.messages(room.talk).map(({ message }) => message));
  const inMatrix = (): string =>
    JSON.stringify(matrix.messages(room.matrix).map(({ content }) => (content as { body?: string }).body));
  const inSlack = (): string => JSON.stringify(slack.sandbox.messages(room.slack));
  const linkIn = async (name: string, read: () => string): Promise<string> => {
    await until(name, () => addressIn(read()) !== undefined);
    return addressIn(read()) ?? '';
  };
  const fetched = async (address: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(address, { headers });
    return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
  };

  const content = {
    msgtype: 'm.file',
    body: 'from matrix.bin',
    url: matrix.upload(film, 'application/octet-stream', 'from matrix.bin'),
    info: { size: film.length, mimetype: 'application/octet-stream' },
  };
  const sent = matrix.sendEvent(room.matrix, mia, 'm.room.message', content);
  const ofMatrix = await linkIn('the link in Talk', inTalk);
  expect(inTalk()).toContain('from matrix.bin');
  expect(inTalk()).toContain('300 kB: this room takes files up to 1.0 kB; the link holds until');
  await linkIn('the link in Slack', inSlack);
  expect((await fetched(ofMatrix)).bytes.equals(film)).toBe(true);
  expect((await fetched(`${ofMatrix}x`)).status).toBe(401);
  matrix.redact(room.matrix, mia, sent);
  await until('the message to be gone', async () => (await fetched(ofMatrix)).status === 410);

  slack.sandbox.post(room.slack, slack.people.pia, 'look', {
    files: [{ name: 'from slack.bin', mimetype: 'application/octet-stream', bytes: film }],
  });
  const ofSlack = await linkIn('the link in Matrix', () =>
    inMatrix().slice(Math.max(0, inMatrix().indexOf('from slack.bin') - 300)),
  );
  expect((await fetched(ofSlack, { range: 'bytes=299990-' })).bytes.equals(film.subarray(299_990))).toBe(true);
  expect((await fetched(ofSlack)).bytes.equals(film)).toBe(true);

  const share = (room: string, data: Buffer): number =>
    talk.shareFile(room, 'anna', { name: 'plan.bin', mimetype: 'application/octet-stream', data });
  share(room.talk, film);
  const ofTalk = await linkIn('the link of a file of Talk', () => inMatrix().slice(inMatrix().indexOf('plan.bin')));
  expect((await fetched(ofTalk)).bytes.equals(film)).toBe(true);
  const authorization = `Basic ${Buffer.from(`anna:${talk.accounts.issueAppPassword('anna')}`).toString('base64')}`;
  await fetch(`${talk.url}/remote.php/dav/files/anna/plan.bin`, { method: 'DELETE', headers: { authorization } });
  // Where the bridge's account has it, the path is the one of before.
  share(talk.rooms.create({ name: 'Board', owner: 'anna', members: ['bridge'] }), randomBytes(300_000));
  expect((await fetched(ofTalk)).status).toBe(410);
});
