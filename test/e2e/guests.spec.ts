import { type Replica, until, World } from './world.js';

const mia = '@mia:sandbox.test';
const noah = '@noah:sandbox.test';

type Row = Record<string, unknown>;

describe('people of Matrix as guests in Talk', () => {
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
      .find(({ content, redactedBy }) => content['body'] === text && redactedBy === undefined);
  const cameToMatrix = (text: string): Promise<void> => until(`${text} in Matrix`, () => inMatrix(text) !== undefined);
  const named = (name: string): Row[] => rows().filter((each) => each['actorDisplayName'] === name);
  const reactions = (text: string): string[] =>
    world.talk.reactionsTo(room().talk, idOf(text)).map(({ user, emoji }) => `${user} ${emoji}`);
  const open = async (talk: object = {}): Promise<void> => {
    world = await World.build({ talkRooms: 'public', talk });
    replica = world.start();
    await replica.ready();
  };

  afterEach(async () => {
    await world.close();
  });

  it('converse under their names: replies and mentions both ways, edits, deletions, reactions of their own', async () => {
    await open();
    const first = say(mia, 'hello Talk');
    say(noah, 'me too');
    await arrived('me too');
    expect(row('hello Talk')).toMatchObject({ actorType: 'guests', actorDisplayName: 'Mia (Matrix)' });
    expect(row('me too')).toMatchObject({ actorType: 'guests', actorDisplayName: 'Noah (Matrix)' });

    // Answered in Talk, with a mention of the guest, and answered back.
    const answer = `welcome @"guest/${String(row('hello Talk')?.['actorId'])}"`;
    const welcome = world.talk.post(room().talk, 'anna', answer, { replyTo: idOf('hello Talk') });
    const answers = () =>
      world.matrix.messages(room().matrix).find(({ content }) => String(content['formatted_body']).includes('welcome'));
    await until('the answer in Matrix', () => answers() !== undefined);
    expect(answers()?.content).toMatchObject({
      'm.relates_to': { 'm.in_reply_to': { event_id: first } },
      'm.mentions': { user_ids: [mia] },
    });
    say(noah, 'so am I', answers()?.eventId);
    await arrived('so am I');
    expect(row('so am I')).toMatchObject({ actorDisplayName: 'Noah (Matrix)', parent: { id: welcome } });

    // Each reacts as themselves and takes back their own.
    const annas = world.talk.post(room().talk, 'anna', 'look');
    await cameToMatrix('look');
    const look = inMatrix('look')?.eventId ?? '';
    const mias = world.matrix.react(room().matrix, mia, look, '👍');
    world.matrix.react(room().matrix, noah, look, '👍');
    await until('both reactions', () => world.talk.reactionsTo(room().talk, annas).length === 2);
    expect(reactions('look').sort()).toEqual(['Mia (Matrix) 👍', 'Noah (Matrix) 👍']);
    world.matrix.redact(room().matrix, mia, mias);
    await until('one to be taken back', () => reactions('look').length === 1);
    expect(reactions('look')).toEqual(['Noah (Matrix) 👍']);

    // Who sees to the room in Talk changes there what Noah said: nobody may in Matrix, where it is said besides.
    world.talk.edit(room().talk, 'anna', idOf('so am I'), 'so is he');
    const corrections = () =>
      world.matrix.messages(room().matrix).filter(({ content }) => String(content['body']).includes('so is he'));
    await until('the correction', () => corrections().length > 0);
    expect(corrections()).toMatchObject([
      { sender: expect.stringContaining('anna') as string, content: { body: expect.stringContaining('✏️') as string } },
    ]);

    const id = idOf('hello Talk');
    world.matrix.edit(room().matrix, mia, first, 'hello everybody');
    await arrived('hello everybody');
    expect(idOf('hello everybody')).toBe(id);
    world.matrix.redact(room().matrix, mia, first);
    await until('the deletion', () =>
      rows().some((each) => each['id'] === id && each['messageType'] === 'comment_deleted'),
    );

    // Nothing that a guest did came back.
    world.talk.post(room().talk, 'ben', 'the end');
    await cameToMatrix('the end');
    const ghosts = world.matrix.ledger
      .entries(room().matrix)
      .filter(({ actor }) => actor.startsWith('@crosstalk_cloud_guests'));
    expect(ghosts).toEqual([]);
  }, 90_000);

  it('somebody whom the server dropped speaks on under the same name, each message once', async () => {
    await open();
    say(mia, 'one');
    await arrived('one');
    const { state } = world.talk;
    const here = state.rooms.get(room().talk)!;
    for (const attendee of here.attendees.values())
      for (const session of attendee.sessions) session.lastPingSeconds -= 200;
    expect(world.talk.rooms.participants(room().talk).some(({ type }) => type === 'guests')).toBe(false);
    say(mia, 'two');
    say(noah, 'three');
    await arrived('three');
    expect(named('Mia (Matrix)').map(({ message }) => message)).toEqual(['one', 'two']);
  }, 60_000);

  it('a room that is made private amid the talk, and public again, loses and doubles nothing', async () => {
    await open();
    const texts = Array.from({ length: 60 }, (_, at) => `number ${String(at)}`);
    for (const [at, text] of texts.entries()) {
      say(at % 2 === 0 ? mia : noah, text);
      if (at === 20) world.talk.rooms.setPublic(room().talk, false);
      if (at === 40) world.talk.rooms.setPublic(room().talk, true);
      await new Promise((done) => setTimeout(done, 15));
    }
    const shown = (): string[] =>
      rows().flatMap(({ message, systemMessage }) => {
        const found = systemMessage === '' ? /number \d+$/.exec(String(message)) : null;
        return found === null ? [] : [found[0]];
      });
    await until('all of it', () => shown().length >= texts.length);
    say(mia, 'the end');
    await until('the end', () => rows().some(({ message }) => String(message).endsWith('the end')));
    expect(shown()).toEqual(texts);
    expect(rows().some(({ message }) => String(message).startsWith('**'))).toBe(true);
    await until('guests to be back', async () => {
      const text = `back ${String(Date.now())}`;
      say(mia, text);
      await until(text, () => rows().some(({ message }) => String(message).endsWith(text)));
      return row(text)?.['actorDisplayName'] === 'Mia (Matrix)';
    });
  }, 90_000);

  it('kill -9 changes nobody: they are the guests that they were, and take back what they reacted with', async () => {
    await open();
    say(mia, 'before');
    await arrived('before');
    world.talk.post(room().talk, 'anna', 'look');
    await cameToMatrix('look');
    const mias = world.matrix.react(room().matrix, mia, inMatrix('look')?.eventId ?? '', '👍');
    await until('the reaction', () => reactions('look').length === 1);
    await replica.kill();
    world.matrix.redact(room().matrix, mia, mias);
    say(mia, 'after');
    replica = world.start();
    await arrived('after');
    await until('it to be taken back', () => reactions('look').length === 0);
    expect(row('after')?.['actorId']).toBe(row('before')?.['actorId']);
    const noted = world.talk.rooms.participants(room().talk).filter(({ type }) => type === 'guests');
    expect(noted.map(({ name }) => name)).toEqual(['Mia (Matrix)']);
  }, 90_000);

  it('a room for which it is said has our account speak, from the next message on when it is changed', async () => {
    await open();
    const links = {
      team0: {
        rooms: [
          { account: 'cloud', room: room().talk, speaker: 'relay' },
          { account: 'hs', room: room().matrix },
        ],
      },
    };
    await replica.stop();
    replica = world.start({ change: { links } });
    await replica.ready();
    say(mia, 'by the account');
    await until('it', () => rows().some(({ message }) => message === '**Mia** (Matrix): by the account'));
    const { says } = await world.command('links');
    expect(says).toMatch(/SPEAKER/);
    expect(says).toMatch(/cloud .*both +relay/);
  }, 90_000);
});
