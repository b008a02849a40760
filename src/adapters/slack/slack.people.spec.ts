import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import { userId } from '../../model/ids.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;

beforeEach(async () => {
  bench = await SlackBench.open();
  adapter = bench.make();
  await bench.begin(adapter);
});
afterEach(() => bench.close());

const describeUser = (id: string) => adapter.describeUser(userId(id), bench.signal);
const asked = (): string[] => {
  const paths: string[] = [];
  bench.sandbox.faults.watch((_method, path) => paths.push(path));
  return paths;
};

it('people are called what they chose, else by their own name; bots by theirs', async () => {
  expect(await describeUser(bench.ann)).toMatchObject({ name: 'ann' });
  expect(await describeUser(bench.bert)).toMatchObject({ name: 'Bert Roe' });
  expect(await describeUser('USLACKBOT')).toEqual({ name: 'Slackbot' });
  expect(await describeUser(bench.app.botId)).toEqual({ name: 'Crosstalk' });
  expect(await describeUser('U0NOBODY')).toEqual({ name: 'U0NOBODY' });
});

it('somebody is asked for once, and never everybody', async () => {
  const paths = asked();
  await Promise.all([describeUser(bench.ann), describeUser(bench.ann), describeUser(bench.ann)]);
  await describeUser(bench.ann);
  expect(paths).toEqual(['/api/users.info']);
});

it('a changed profile is known without asking', async () => {
  await describeUser(bench.ann);
  bench.sandbox.changeProfile(bench.ann, { displayName: 'Anna' });
  await until(() => bench.sandbox.isQuiet);
  const paths = asked();
  expect(await describeUser(bench.ann)).toMatchObject({ name: 'Anna' });
  expect(paths).toEqual([]);
});

it('a picture of one’s own has a version, and is opened without our token', async () => {
  const { sandbox, url } = { sandbox: bench.sandbox, url: bench.sandbox.url };
  expect((await describeUser(bench.ann)).avatar).toBeUndefined();
  sandbox.changeProfile(bench.ann, { picture: `${url}/avatars/own.png` });
  await until(() => sandbox.isQuiet);
  const { avatar } = await describeUser(bench.ann);
  expect(avatar?.version).not.toBe('');
  if (avatar === undefined) throw new Error('there is no picture');
  const { mime, body } = await adapter.openFile(avatar.file, bench.signal);
  expect(mime).toBe('image/png');
  for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0);
});

it('deactivated members keep their names, and so do guests and strangers of shared channels', async () => {
  const { sandbox, team, bert, channel } = bench;
  sandbox.deactivate(bert);
  expect(await describeUser(bert)).toMatchObject({ name: 'Bert Roe' });
  const guest = sandbox.addUser(team, { realName: 'Gus Guest', role: 'guest' });
  expect(await describeUser(guest)).toMatchObject({ name: 'Gus Guest' });
  const other = sandbox.addWorkspace({ name: 'Partner' });
  const stranger = sandbox.addUser(other, { realName: 'Stella' });
  sandbox.shareChannel(channel, other);
  sandbox.join(channel, stranger);
  expect(await describeUser(stranger)).toMatchObject({ name: 'Stella' });
});
