import { Three } from './three.js';
import { until, World } from './world.js';

let world: World;

afterEach(async () => {
  await world.close();
});

it('a file that is deleted or unshared is taken away everywhere, and what stands beside it stays', async () => {
  world = await World.build({ slack: 'linked' });
  const { talk, matrix, slack } = world;
  await world.start().ready();
  const room = world.rooms[0] as { talk: string; matrix: string; slack: string };

  const inTalk = (): string[] =>
    talk.messages(room.talk).flatMap(({ messageParameters }) => {
      const { file } = messageParameters as { file?: { name: string } };
      return file === undefined ? [] : [file.name];
    });
  const inMatrix = (): string[] => {
    const shown = new Map<string, string>();
    for (const { eventId, content, redactedBy, type } of matrix.messages(room.matrix)) {
      if (type !== 'm.room.message' || redactedBy !== undefined) continue;
      const {
        'm.new_content': edited,
        'm.relates_to': relation,
        ...own
      } = content as Record<string, { event_id?: string }>;
      const { filename, body } = (edited ?? own) as { filename?: string; body?: string };
      shown.set(edited === undefined ? eventId : (relation?.event_id ?? ''), filename ?? body ?? '');
    }
    return [...shown.values()];
  };

  const files = ['a.txt', 'b.txt', 'c.txt'].map((name) => ({ name, mimetype: 'text/plain', bytes: Buffer.from(name) }));
  const ts = slack.sandbox.post(room.slack, slack.people.pia, 'three of them', { files });
  await until('three files in Talk', () => inTalk().length === 3);
  await until('three files in Matrix', () => inMatrix().filter((name) => name.endsWith('.txt')).length === 3);
  const [first, second] = (slack.sandbox.messages(room.slack).find((each) => each['ts'] === ts)?.['files'] ?? []) as {
    id: string;
  }[];
  slack.sandbox.deleteFile(second?.id ?? '');
  await until('two files in Talk', () => inTalk().join() === 'a.txt,c.txt');
  await until('two files in Matrix', () => inMatrix().join() === 'a.txt,c.txt');
  slack.sandbox.deleteFile(first?.id ?? '');
  await until('one file in Talk', () => inTalk().join() === 'c.txt');
  await until('one file in Matrix, and its words', () => inMatrix().join() === 'three of them,c.txt');
  const wordsInTalk = (): boolean => JSON.stringify(talk.messages(room.talk)).includes('three of them');
  expect(wordsInTalk()).toBe(true);
  slack.sandbox.remove(room.slack, slack.people.pia, ts);
  await until('nothing in Talk, no words either', () => inTalk().length === 0 && !wordsInTalk());
  await until('nothing in Matrix', () => inMatrix().length === 0);

  const picture = { name: 'd.txt', mimetype: 'text/plain', data: Buffer.from('d') };
  talk.shareFile(room.talk, 'anna', { ...picture, caption: 'with words' });
  talk.shareFile(room.talk, 'anna', { ...picture, name: 'e.txt' });
  await until('both in Matrix', () => inMatrix().join() === 'd.txt,e.txt');
  for (const name of ['d.txt', 'e.txt']) {
    const authorization = `Basic ${Buffer.from(`anna:${talk.accounts.issueAppPassword('anna')}`).toString('base64')}`;
    await fetch(`${talk.url}/remote.php/dav/files/anna/${name}`, { method: 'DELETE', headers: { authorization } });
  }
  talk.post(room.talk, 'ben', 'anything new?');
  await until('neither in Matrix', () => inMatrix().join() === 'with words,anything new?');
  await until('neither in Slack', () => {
    const shown = JSON.stringify(slack.sandbox.messages(room.slack));
    return !shown.includes('"d.txt"') && !shown.includes('"e.txt"');
  });
});

it('words that an edit gives to what is left of several files are said, once', async () => {
  world = await World.build({ slack: 'linked' });
  const { slack } = world;
  await world.start().ready();
  const three = new Three(world);
  const shown = (): string[] => three.shown('matrix').map(({ text }) => text);
  const files = ['a.txt', 'b.txt'].map((name) => ({ name, mimetype: 'text/plain', bytes: Buffer.from(name) }));
  const ts = slack.sandbox.post(three.channel, slack.people.pia, '', { files });
  await until('both', () => shown().join() === 'a.txt,b.txt');
  const [first] = slack.sandbox.messages(three.channel).find((each) => each.ts === ts)?.['files'] as { id: string }[];
  slack.sandbox.deleteFile(first?.id ?? '');
  await until('one', () => shown().join() === 'b.txt');
  three.edit('slack', ts, 'late words');
  await until('the words on Matrix', () => shown().includes('late words'));
  three.edit('slack', ts, 'later words');
  await until('the new words on Matrix', () => shown().join() === 'b.txt,later words');
  three.remove('slack', ts);
  await until('nothing on Matrix', () => shown().length === 0);
});
