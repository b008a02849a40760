import { storedBytes } from '../../src/sandbox/stored-bytes.js';
import { filesOn } from './carried-files.js';
import { lendLogins } from './own-logins.js';
import { TwoSides } from './two-sides.js';
import { until, World } from './world.js';

describe('files of people who lend their own login in Talk', () => {
  let world: World;

  const room = (): World['rooms'][number] => world.rooms[0]!;
  /** Who is seen to share which file, with which words, in Talk. */
  const inTalk = (): string[] =>
    world.talk.messages(room().talk).flatMap(({ actorId, message, messageType, messageParameters }) => {
      const { file } = messageParameters as { file?: { name: string } };
      return file === undefined || messageType === 'comment_deleted'
        ? []
        : [`${String(actorId)}: ${file.name}, ${String(message)}`];
    });
  const kept = (user: string): string[] => world.talk.state.files.of(user).map(({ name }) => name);
  const file = (name: string) => ({ name, bytes: storedBytes(Buffer.from(`what ${name} holds`)) });
  const open = async (options: object = {}): Promise<void> => {
    world = await World.build({ ownLogins: true, ...options });
    await world.start().ready();
  };

  afterEach(async () => {
    await world.close();
  });

  it('from Matrix are theirs in Talk, each once, and go with their message; one that is not taken from them comes by the account', async () => {
    await open();
    const sides = new TwoSides(world, room());
    sides.postFiles('matrix', 'mia', '', [file('early.bin')]);
    await until('it by the account', () => inTalk().length === 1);
    await lendLogins(world);
    sides.postFiles('matrix', 'mia', 'look at m1xv0', [file('one.bin')]);
    sides.postFiles('matrix', 'noah', '', [file('two.bin')]);
    await until('both', () => inTalk().length === 3);
    world.talk.faults.add({ method: 'PUT', path: '/files/ben/', fault: { do: 'answer', status: 507, body: '' } });
    sides.postFiles('matrix', 'noah', 'too much', [file('three.bin')]);
    await until('that one too', () => inTalk().length === 4);
    expect(inTalk()).toEqual([
      'bridge: early.bin, **Mia** (Matrix): 📎 early.bin',
      'anna: one.bin, look at m1xv0',
      'ben: two.bin, {file}',
      'bridge: three.bin, **Noah** (Matrix): too much',
    ]);
    expect([kept('anna'), kept('ben')]).toEqual([['one.bin'], ['two.bin']]);
    expect(filesOn.talk(world, room())[1]?.bytes.digest).toBe(file('one.bin').bytes.digest);

    sides.delete('matrix', 'mia', 'm1x');
    await until('the deletion', () => inTalk().length === 3 && kept('anna').length === 0);
    // What they share in Talk itself is theirs on Matrix, and nothing else came back.
    sides.postFiles('talk', 'anna', 'from Talk', [file('four.bin')]);
    const fromTalk = (): unknown[] =>
      world.matrix
        .messages(room().matrix)
        .filter(({ sender, type }) => sender.startsWith('@crosstalk_') && type === 'm.room.message')
        .map(({ content: { body, filename } }) => [body, filename]);
    await until('it in Matrix', () => fromTalk().length > 0);
    expect(fromTalk()).toEqual([['from Talk', 'four.bin']]);
  }, 90_000);

  it('from Slack, several of one message, go one by one as they go there', async () => {
    await open({ slack: 'linked' });
    const { sandbox, app, people } = world.slack;
    const channel = room().slack ?? '';
    await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
    const asked = { app: app.appId, channel, user: people.quinn, command: '/crosstalk', text: 'login' };
    const outcome = await sandbox.slashCommand(asked);
    const said = outcome.kind === 'answered' ? String((outcome.answer as { text?: string }).text) : '';
    expect(said).toContain('Files that you send here go into your own files there');
    world.talk.accounts.grantLogin(/https?:\/\/\S+\/login\/v2\/flow\/\w+/.exec(said)?.[0] ?? '', 'ben');
    const isLent = async (): Promise<boolean> => (await world.command('talk', 'logins')).says.includes('(ben)');
    await until('the login', isLent);

    const ts = sandbox.post(channel, people.quinn, 'three of them', {
      files: ['a.bin', 'b.bin', 'c.bin'].map((name) => ({ ...file(name), mimetype: 'application/octet-stream' })),
    });
    await until('all of them', () => inTalk().length === 3);
    expect(inTalk()).toEqual(['ben: a.bin, three of them', 'ben: b.bin, {file}', 'ben: c.bin, {file}']);
    const shared = sandbox.messages(channel).find((each) => each['ts'] === ts)?.['files'] as { id: string }[];
    sandbox.deleteFile(shared[1]?.id ?? '');
    await until('the second to go', () => kept('ben').join() === 'a.bin,c.bin');
    expect(inTalk()).toHaveLength(2);
    sandbox.remove(channel, people.quinn, ts);
    await until('all to go', () => kept('ben').length === 0 && inTalk().length === 0);
    expect(world.talk.ledger.entries(room().talk).filter(({ actor }) => actor === 'users/bridge')).toEqual([]);
  }, 90_000);
});
