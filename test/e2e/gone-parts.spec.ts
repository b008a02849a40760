import { until, World } from './world.js';

const mia = '@mia:sandbox.test';

let world: World;

afterEach(async () => {
  await world.close();
});

interface Shown {
  readonly id: string;
  readonly text: string;
}

describe('one part of a message that a moderator deletes', () => {
  let room: { talk: string; matrix: string; slack: string };

  const inTalk = (): Shown[] =>
    world.talk.messages(room.talk).flatMap(({ id, message, messageParameters, messageType, systemMessage }) => {
      const { file } = messageParameters as { file?: { name: string } };
      const isMessage = systemMessage === '' && messageType !== 'comment_deleted';
      return isMessage ? [{ id: String(id), text: file?.name ?? String(message) }] : [];
    });
  const inMatrix = (): Shown[] =>
    world.matrix.messages(room.matrix).flatMap(({ eventId: id, content, redactedBy, type }) => {
      const { filename, body } = content as { filename?: string; body?: string };
      return type === 'm.room.message' && redactedBy === undefined ? [{ id, text: filename ?? body ?? '' }] : [];
    });
  const inSlack = (): Shown[] =>
    world.slack.sandbox.messages(room.slack).flatMap(({ ts, text, subtype }) => {
      const isMessage = subtype !== 'tombstone' && subtype !== 'channel_join';
      return isMessage ? [{ id: String(ts), text: String(text) }] : [];
    });
  const texts = (shown: readonly Shown[]): string => shown.map(({ text }) => text).join();
  const filesIn = (shown: readonly Shown[]): string => texts(shown.filter(({ text }) => text.endsWith('.txt')));
  const idOf = (shown: readonly Shown[], wanted: string): string => shown.find(({ text }) => text === wanted)?.id ?? '';

  beforeEach(async () => {
    world = await World.build({ slack: 'linked' });
    room = world.rooms[0] as typeof room;
  });

  it('is gone alone where it is a file', async () => {
    const { talk, matrix, slack } = world;
    const replica = world.start();
    await replica.ready();
    const names = ['a.txt', 'b.txt', 'c.txt'];
    const files = names.map((name) => ({ name, mimetype: 'text/plain', bytes: Buffer.from(name) }));
    slack.sandbox.post(room.slack, slack.people.pia, '', { files });
    await until('three files in Talk', () => filesIn(inTalk()) === 'a.txt,b.txt,c.txt');
    await until('three files in Matrix', () => filesIn(inMatrix()) === 'a.txt,b.txt,c.txt');

    talk.remove(room.talk, 'anna', Number(idOf(inTalk(), 'b.txt')));
    await until('two files in Matrix', () => filesIn(inMatrix()) === 'a.txt,c.txt');
    // A file of Pia's is not ours to delete, which the outcome says.
    await until('the refusal of Slack', async () =>
      /kind="messageEdited",outcome="parked"\} 1/.test(await (await replica.metrics()).text()),
    );
    expect(JSON.stringify(slack.sandbox.messages(room.slack))).toContain('"b.txt"');
    expect(filesIn(inTalk())).toBe('a.txt,c.txt');

    matrix.redact(room.matrix, mia, idOf(inMatrix(), 'a.txt'));
    await until('one file in Talk', () => filesIn(inTalk()) === 'c.txt');
    expect(filesIn(inMatrix())).toBe('c.txt');

    // Nothing that is said later brings them back.
    talk.post(room.talk, 'anna', 'what else?');
    await until('what is said later', () => texts(inMatrix()).includes('what else?'));
    expect([filesIn(inTalk()), filesIn(inMatrix())]).toEqual(['c.txt', 'c.txt']);
  });

  it('takes the whole text with it, in its own room too', async () => {
    const { talk, matrix } = world;
    await world.start().ready();
    // What Mia said herself the bridge may delete as a moderator.
    const levels = matrix.messages(room.matrix).findLast(({ type }) => type === 'm.room.power_levels')?.content ?? {};
    const users = { ...(levels['users'] as object), '@crosstalk:sandbox.test': 50 };
    matrix.sendState(room.matrix, mia, 'm.room.power_levels', '', { ...levels, users });
    const id = matrix.post(room.matrix, mia, 'word '.repeat(9_000));
    await until('two parts in Talk', () => inTalk().length === 2);
    await until('four parts in Slack', () => inSlack().length === 4);

    talk.remove(room.talk, 'anna', Number(inTalk().at(-1)?.id));
    await until('nothing in Talk', () => inTalk().length === 0);
    await until('nothing in Slack', () => inSlack().length === 0);
    await until('nothing in Matrix', () => !inMatrix().some((each) => each.id === id));
  });
});
