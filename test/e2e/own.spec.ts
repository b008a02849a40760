import { askedLogin, lendLogins, saidTo } from './own-logins.js';
import { type Replica, until, World } from './world.js';

const mia = '@mia:sandbox.test';
const noah = '@noah:sandbox.test';

type Row = Record<string, unknown>;

describe('people who lend their own login in Talk', () => {
  let world: World;
  let replica: Replica;

  const room = (): World['rooms'][number] => world.rooms[0]!;
  const rows = (): readonly Row[] => world.talk.messages(room().talk);
  const row = (text: string): Row | undefined =>
    rows().find(({ message, messageType }) => messageType === 'comment' && message === text);
  const idOf = (text: string): number => Number(row(text)?.['id']);
  const say = (user: string, text: string, replyTo?: string): string =>
    world.matrix.post(room().matrix, user, text, replyTo === undefined ? {} : { replyTo });
  const arrived = (text: string): Promise<void> => until(`${text} in Talk`, () => row(text) !== undefined);
  const inMatrix = (text: string) =>
    world.matrix
      .messages(room().matrix)
      .filter(({ content, redactedBy }) => content['body'] === text && redactedBy === undefined);
  const cameToMatrix = (text: string): Promise<void> => until(`${text} in Matrix`, () => inMatrix(text).length > 0);
  const reactions = (text: string): string[] =>
    world.talk.reactionsTo(room().talk, idOf(text)).map(({ user, emoji }) => `${user} ${emoji}`);
  const ofGhosts = (): string[] =>
    world.matrix.ledger
      .entries(room().matrix)
      .filter(({ actor, kind }) => actor.startsWith('@crosstalk_cloud') && kind !== 'state')
      .map(({ actor, kind, text }) => `${actor.replace(/^@crosstalk_cloud_users=2f|:.*$/g, '')} ${kind} ${text ?? ''}`);
  const open = async (options: object = {}): Promise<void> => {
    world = await World.build({ ownLogins: true, ...options });
    replica = world.start();
    await replica.ready();
  };

  afterEach(async () => {
    await world.close();
  });

  it('converse as who they are, from Matrix and in Talk itself, each thing once on each side', async () => {
    await open();
    say(mia, 'before the login');
    await until('it', () => rows().some(({ message }) => message === '**Mia** (Matrix): before the login'));
    await lendLogins(world);

    // The address was told to nobody else, and commands are not bridged.
    const shared = world.matrix.messages(room().matrix).map(({ content }) => String(content['body']));
    expect(shared.filter((text) => text.includes('/login/'))).toEqual([]);
    expect(rows().filter(({ message }) => String(message).includes('crosstalk'))).toEqual([]);

    const first = say(mia, 'hello Talk');
    await arrived('hello Talk');
    expect(row('hello Talk')).toMatchObject({ actorType: 'users', actorId: 'anna' });
    world.talk.post(room().talk, 'anna', 'and hello from Talk itself', { replyTo: idOf('hello Talk') });
    await cameToMatrix('and hello from Talk itself');
    const [own] = inMatrix('and hello from Talk itself');
    expect(own?.content).toMatchObject({ 'm.relates_to': { 'm.in_reply_to': { event_id: first } } });
    say(noah, 'answered', own?.eventId);
    await arrived('answered');
    expect(row('answered')).toMatchObject({ actorId: 'ben', parent: { id: idOf('and hello from Talk itself') } });

    // Reactions, one of each way on the same message.
    const mias = world.matrix.react(room().matrix, mia, own?.eventId ?? '', '👍');
    await until('the reaction', () => reactions('and hello from Talk itself').length === 1);
    world.talk.react(room().talk, 'ben', idOf('and hello from Talk itself'), '🎉');
    await until('Ben’s in Matrix', () => ofGhosts().some((each) => each.startsWith('ben reaction')));
    expect(reactions('and hello from Talk itself')).toEqual(['anna 👍', 'ben 🎉']);
    world.matrix.redact(room().matrix, mia, mias);
    await until('it to be taken back', () => reactions('and hello from Talk itself').length === 1);

    const id = idOf('hello Talk');
    world.matrix.edit(room().matrix, mia, first, 'hello everybody');
    await arrived('hello everybody');
    expect(rows().find((each) => each['id'] === id)).toMatchObject({ lastEditActorId: 'anna' });
    world.talk.edit(room().talk, 'anna', idOf('and hello from Talk itself'), 'from Talk itself, changed');
    await until('the edit', () => ofGhosts().some((each) => each.includes('changed')));
    world.matrix.redact(room().matrix, mia, first);
    await until('the deletion', () =>
      rows().some((each) => each['id'] === id && each['messageType'] === 'comment_deleted'),
    );

    // Mentions: both are known to be one.
    world.talk.post(room().talk, 'ben', 'look @anna');
    const mentions = () =>
      world.matrix.messages(room().matrix).find(({ content }) => String(content['body']).startsWith('look '));
    await until('the mention', () => mentions() !== undefined);
    expect(mentions()?.content).toMatchObject({ 'm.mentions': { user_ids: [mia] } });

    world.talk.post(room().talk, 'ben', 'the end');
    await cameToMatrix('the end');
    expect(ofGhosts().filter((each) => !each.startsWith('ben'))).toEqual([
      'anna message and hello from Talk itself',
      'anna edit from Talk itself, changed',
    ]);
    expect(inMatrix('the end')).toHaveLength(1);
    expect((await world.command('status')).says).toContain('2 own logins lent');

    // An operator takes one back: the others speak for the person from then on, who is told nothing.
    expect((await world.command('talk', 'logins')).says).toContain(`hs ${mia}  as Anna (anna)`);
    const revoked = await world.command('talk', 'logins', 'revoke', 'hs', mia);
    expect(revoked.says).toContain('is deleted, here and on the server');
    say(mia, 'spoken for');
    await until('it', () => rows().some(({ message }) => message === '**Mia** (Matrix): spoken for'));
    expect(saidTo(world, 'mia').at(-1)).toContain('from now on');
  }, 90_000);

  it('a login that is asked for survives kill -9, and so does what was lent', async () => {
    await open();
    const address = await askedLogin(world, 'mia');
    await replica.kill();
    world.talk.accounts.grantLogin(address, 'anna');
    replica = world.start();
    await until('it to be told', () => saidTo(world, 'mia').at(-1)?.includes('speak as Anna from now on') === true);
    say(mia, 'one');
    await arrived('one');
    await replica.kill();
    say(mia, 'two');
    replica = world.start();
    await arrived('two');
    expect([row('one')?.['actorId'], row('two')?.['actorId']]).toEqual(['anna', 'anna']);
  }, 90_000);

  it('taken back amid the talk, from here and from there: nothing is lost, doubled or out of order', async () => {
    await open();
    await lendLogins(world);
    const texts = Array.from({ length: 80 }, (_, at) => `number ${String(at)}`);
    for (const [at, text] of texts.entries()) {
      say(at % 2 === 0 ? mia : noah, text);
      if (at === 20) world.talk.accounts.revokeAppPassword('anna');
      if (at === 50) world.matrix.post(room().matrix, noah, '!crosstalk logout');
      await new Promise((done) => setTimeout(done, 15));
    }
    const shown = (): [string, unknown][] =>
      rows().flatMap(({ message, systemMessage, actorId }): [string, unknown][] => {
        const found = systemMessage === '' ? /number \d+$/.exec(String(message)) : null;
        return found === null ? [] : [[found[0], actorId]];
      });
    await until('all of it', () => shown().length >= texts.length);
    expect(shown().map(([text]) => text)).toEqual(texts);
    expect(new Set(shown().map(([, actor]) => actor))).toEqual(new Set(['anna', 'ben', 'bridge']));
    expect(
      shown()
        .slice(-4)
        .map(([, actor]) => actor),
    ).toEqual(['bridge', 'bridge', 'bridge', 'bridge']);
    expect((await world.command('talk', 'logins')).says).toBe('Nobody lends a login.');
    await until('Noah to be answered', () => saidTo(world, 'noah').at(-1)?.includes('no longer speak') === true);
    expect(saidTo(world, 'mia').filter((text) => text.includes('was taken back there'))).toHaveLength(1);
    world.talk.post(room().talk, 'ben', 'the end');
    await cameToMatrix('the end');
    expect(ofGhosts()).toEqual(['ben message the end']);
  }, 90_000);

  it('what came from elsewhere and was changed there is changed by them in Talk after that, in all rooms that let it', async () => {
    await open({ slack: 'linked' });
    await lendLogins(world);
    const first = say(mia, 'hello');
    await arrived('hello');
    world.matrix.edit(room().matrix, mia, first, 'hello from Matrix');
    await arrived('hello from Matrix');
    const inSlack = (text: string): boolean =>
      world.slack.sandbox.messages(room().slack ?? '').some((message) => message.text === text);
    await until('the edit in Slack', () => inSlack('hello from Matrix'));
    world.talk.edit(room().talk, 'anna', idOf('hello from Matrix'), 'hello from Talk');
    await until('the edit of Talk in Slack', () => inSlack('hello from Talk'));
    world.matrix.edit(room().matrix, mia, first, 'hello from Matrix again');
    await arrived('hello from Matrix again');
    await until('the last word in Slack', () => inSlack('hello from Matrix again'));
  }, 90_000);

  it('people of Slack lend theirs by the slash command, and are told in the app’s own conversation', async () => {
    await open({ slack: 'linked' });
    const { sandbox, app, team, people } = world.slack;
    await until('the WebSocket', () => sandbox.apps.connections(app.appId) === 1);
    const ask = async (text: string): Promise<string> => {
      const channel = room().slack ?? '';
      const asked = { app: app.appId, channel, user: people.quinn, command: '/crosstalk', text };
      const outcome = await sandbox.slashCommand(asked);
      return outcome.kind === 'answered' ? String((outcome.answer as { text?: string }).text) : outcome.reason;
    };
    const address = /https?:\/\/\S+\/login\/v2\/flow\/\w+/.exec(await ask('login'))?.[0] ?? '';
    world.talk.accounts.grantLogin(address, 'ben');
    const direct = sandbox.channels.openDirect(team, [people.quinn, app.botUser]);
    const told = (): string[] => sandbox.messages(direct).map(({ text }) => String(text));
    await until('it to be told', () => told().some((text) => text.includes('speak as Ben from now on')));
    sandbox.post(room().slack ?? '', people.quinn, 'as Ben');
    await arrived('as Ben');
    expect(row('as Ben')).toMatchObject({ actorType: 'users', actorId: 'ben' });
    expect(await ask('login')).toContain('speak as Ben already');
    expect(await ask('logout')).toContain('deleted, here and there');
    sandbox.post(room().slack ?? '', people.quinn, 'as anybody');
    await until('it', () => rows().some(({ message }) => message === '**Quinn** (Slack): as anybody'));
  }, 90_000);
});
