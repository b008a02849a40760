import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import { TargetGone } from '../../model/errors.js';
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
  // Which channels we are in, and what was missed there, is asked at each start.
  const isOfPeople = (path: string): boolean => !/conversations/.test(path);
  bench.sandbox.faults.watch((_method, path) => isOfPeople(path) && paths.push(path));
  return paths;
};

it('people are called what they chose, else by their own name; bots by theirs', async () => {
  expect(await describeUser(bench.ann)).toMatchObject({ name: 'ann' });
  expect(await describeUser(bench.bert)).toMatchObject({ name: 'Bert Roe' });
  expect(await describeUser('USLACKBOT')).toEqual({ name: 'Slackbot' });
  expect(await describeUser(bench.app.botId)).toEqual({ name: 'Crosstalk' });
  expect(await describeUser('U0NOBODY')).toEqual({ name: 'U0NOBODY' });
});

it('whom the list of the workspace tells nobody asks for; a stranger is asked for once', async () => {
  const { sandbox, channel } = bench;
  const partner = sandbox.workspaces.add({ name: 'Partner' });
  const stranger = sandbox.workspaces.addUser(partner, { realName: 'Stella' });
  sandbox.channels.share(channel, partner);
  sandbox.channels.join(channel, stranger);
  const paths = asked();
  await describeUser(bench.ann);
  await Promise.all([describeUser(stranger), describeUser(stranger), describeUser(stranger)]);
  await describeUser(stranger);
  expect(paths).toEqual(['/api/users.info']);
});

it('a changed profile is known without asking', async () => {
  await describeUser(bench.ann);
  bench.sandbox.workspaces.changeProfile(bench.ann, { displayName: 'Anna' });
  await until(() => bench.sandbox.isQuiet);
  const paths = asked();
  expect(await describeUser(bench.ann)).toMatchObject({ name: 'Anna' });
  expect(paths).toEqual([]);
});

it('a picture of one’s own has a version, and is opened without our token', async () => {
  const { sandbox, url } = { sandbox: bench.sandbox, url: bench.sandbox.url };
  expect((await describeUser(bench.ann)).avatar).toBeUndefined();
  sandbox.workspaces.changeProfile(bench.ann, { picture: `${url}/avatars/own.png` });
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
  sandbox.workspaces.deactivate(bert);
  expect(await describeUser(bert)).toMatchObject({ name: 'Bert Roe' });
  const guest = sandbox.workspaces.addUser(team, { realName: 'Gus Guest', role: 'guest' });
  expect(await describeUser(guest)).toMatchObject({ name: 'Gus Guest' });
  const other = sandbox.workspaces.add({ name: 'Partner' });
  const stranger = sandbox.workspaces.addUser(other, { realName: 'Stella' });
  sandbox.channels.share(channel, other);
  sandbox.channels.join(channel, stranger);
  expect(await describeUser(stranger)).toMatchObject({ name: 'Stella' });
});

it('what a message mentions and nobody tells is not asked for again with the next one', async () => {
  const { sandbox, team, channel, ann } = bench;
  await until(() => sandbox.isQuiet && bench.store.has('listened'));
  const group = sandbox.workspaces.addUserGroup(team, 'crew', [ann]);
  await until(() => sandbox.isQuiet);
  const failing = { do: 'answer', status: 503, body: 'x' } as const;
  const groups = sandbox.faults.add({ path: 'usergroups\\.list', times: 99, fault: failing });
  const paths: string[] = [];
  sandbox.faults.watch((_method, path) => /conversations\.info/.test(path) && paths.push(path));
  for (const nth of [1, 2, 3]) {
    sandbox.post(channel, ann, `${String(nth)}: <#C0SECRET000> of <!subteam^${group}>`);
    await until(() => sandbox.isQuiet);
  }
  expect([paths.length, groups.struck]).toEqual([1, 1]);
  sandbox.faults.clear();
  bench.elapse(60_000);
  sandbox.post(channel, ann, `4: <!subteam^${group}>`);
  await until(() => sandbox.isQuiet);
  expect(JSON.stringify(bench.arrived(adapter).slice(-1))).toContain('crew');
});

describe('the workspace’s own emoji', () => {
  const bodies = (): unknown[] =>
    bench
      .arrived(adapter)
      .flatMap(({ result }) => ('events' in result ? result.events : []))
      .flatMap((event) => ('body' in event ? [event.body] : []));
  const said = async (text: string): Promise<unknown> => {
    bench.sandbox.post(bench.channel, bench.ann, text);
    const before = bodies().length;
    await until(() => bodies().length > before);
    return bodies().at(-1);
  };
  const address = (name: string): string => `${bench.sandbox.url}/emoji/${bench.team}/${name}.png`;
  const shown = (shortcode: string, picture: string) => [
    {
      type: 'paragraph',
      content: [
        {
          type: 'customEmoji',
          shortcode,
          image: { account: 'town', id: `emoji/${picture}`, name: shortcode, mime: 'application/octet-stream' },
        },
      ],
    },
  ];
  const open = (id: string) =>
    adapter.openFile({ account: adapter.account, id, name: '', mime: '' }, bench.signal).then(({ mime }) => mime);

  it('is told with its picture, whatever its name; another name for everybody’s is that one', async () => {
    const { sandbox, team } = bench;
    sandbox.workspaces.addEmoji(team, 'kazoo');
    sandbox.workspaces.addEmoji(team, 'horn', 'alias:kazoo');
    sandbox.workspaces.addEmoji(team, 'yes', 'alias:thumbsup');
    sandbox.workspaces.addEmoji(team, 'circle', 'alias:circle');
    expect(await said(':kazoo:')).toEqual(shown('kazoo', address('kazoo')));
    expect(await said(':horn:')).toEqual(shown('horn', address('kazoo')));
    expect(await said(':yes:')).toEqual([{ type: 'paragraph', content: [{ type: 'text', text: '👍' }] }]);
    for (const name of ['circle', 'unheard']) {
      expect(await said(`:${name}:`)).toEqual([
        { type: 'paragraph', content: [{ type: 'customEmoji', shortcode: name }] },
      ]);
    }
  });

  it('one that comes later is known as soon as Slack tells of it; who says nothing of any asks for none', async () => {
    const paths = asked();
    await said('hello');
    expect(paths.filter((path) => path.includes('emoji'))).toEqual([]);
    await said(':tuba:');
    bench.sandbox.workspaces.addEmoji(bench.team, 'tuba');
    await until(() => bench.sandbox.isQuiet);
    expect(await said(':tuba:')).toEqual(shown('tuba', address('tuba')));
    expect(paths.filter((path) => path.includes('emoji'))).toHaveLength(2);
  });

  it('while Slack does not tell them, a message does not wait', async () => {
    bench.sandbox.workspaces.addEmoji(bench.team, 'kazoo');
    bench.sandbox.faults.add({ path: 'emoji\\.list', times: 99, fault: { do: 'drop' } });
    expect(await said(':kazoo:')).toEqual([
      { type: 'paragraph', content: [{ type: 'customEmoji', shortcode: 'kazoo' }] },
    ]);
  });

  it('its picture is had without our token, from where Slack keeps such and nowhere else', async () => {
    bench.sandbox.workspaces.addEmoji(bench.team, 'kazoo');
    expect(await open(`emoji/${address('kazoo')}`)).toBe('image/png');
    await expect(open(`emoji/${address('gone')}`)).rejects.toBeInstanceOf(TargetGone);
    for (const elsewhere of [
      'http://169.254.169.254/x',
      'https://evil.example/x',
      'https://slack-edge.com.evil.example/',
    ]) {
      await expect(open(`emoji/${elsewhere}`)).rejects.toBeInstanceOf(TargetGone);
    }
  });
});

describe('with the limits of Slack', () => {
  const fail = { do: 'answer', status: 503, body: 'x' } as const;
  const paused = (afterS: number) => {
    const body = JSON.stringify({ ok: false, error: 'ratelimited' });
    return { do: 'answer', status: 429, headers: { 'retry-after': String(afterS) }, body } as const;
  };
  const names = (): string[] =>
    bench
      .arrived(adapter)
      .flatMap(({ result }) => ('events' in result ? result.events : []))
      .flatMap((event) => (event.kind === 'messageSent' ? [event.actor.name] : []));

  async function open(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await bench.close();
    bench = await SlackBench.open({ sandbox: { rateLimits: {} }, settings });
    adapter = bench.make();
  }

  it('a crowd that speaks at once is shown by names, though nobody was known', async () => {
    await open();
    const { sandbox, team, channel } = bench;
    const people = Array.from({ length: 150 }, (_, nth) =>
      sandbox.workspaces.addUser(team, { realName: `Person ${String(nth)}` }),
    );
    for (const person of people) sandbox.channels.join(channel, person);
    const paths = asked();
    sandbox.faults.add({ method: 'POST', path: 'users\\.list', times: 1, fault: fail });
    await bench.begin(adapter);
    await until(() => paths.includes('/api/users.list'));
    for (const person of people) sandbox.post(channel, person, 'hello');
    await until(() => names().length >= 150, 'the messages');
    await until(() => sandbox.isQuiet);
    expect(names().filter((name) => !name.startsWith('Person '))).toEqual([]);
    expect(paths.filter((path) => path === '/api/users.info').length).toBeLessThanOrEqual(40);
  });

  it('a pause is waited for: the list tells whom we may not ask for', async () => {
    await open({ lookupTimeoutMs: 500 });
    const { sandbox, channel, bert } = bench;
    sandbox.faults.add({ method: 'POST', path: 'users\\.list', times: 1, fault: paused(1) });
    sandbox.faults.add({ method: 'POST', path: 'users\\.info', times: 99, fault: paused(60) });
    await bench.begin(adapter);
    sandbox.post(channel, bert, 'hello');
    await until(() => names().length === 1, 'the message');
    expect(names()).toEqual(['Bert Roe']);
  });

  it('who was known is shown by that name for as long as nobody tells it anew', async () => {
    await open({ namesMaxAgeMs: 1 });
    const { sandbox, channel, bert } = bench;
    await bench.begin(adapter);
    expect(await describeUser(bert)).toMatchObject({ name: 'Bert Roe' });
    sandbox.faults.add({ method: 'POST', path: 'users\\.(info|list)', times: 99, fault: fail });
    sandbox.post(channel, bert, 'hello');
    await until(() => names().length === 1, 'the message');
    expect(names()).toEqual(['Bert Roe']);
  });

  it('whom nobody tells within our patience is somebody, and the next one is not waited for', async () => {
    await open({ lookupTimeoutMs: 20 });
    const { sandbox, channel, ann, bert } = bench;
    const struck = sandbox.faults.add({ method: 'POST', path: 'users\\.(info|list)', times: 9999, fault: fail });
    await bench.begin(adapter);
    sandbox.post(channel, bert, 'hello');
    await until(() => names().length === 1, 'the first message');
    expect(struck.struck).toBeGreaterThan(2);
    sandbox.post(channel, ann, 'hello');
    await until(() => names().length === 2, 'the second message');
    expect(names()).toEqual(['somebody', 'somebody']);
  });

  it('who stops while a name is waited for stores nothing without it: the event comes again', async () => {
    await open({ lookupTimeoutMs: 2000 });
    const { sandbox, channel, bert } = bench;
    sandbox.faults.add({ method: 'POST', path: 'users\\.(info|list)', times: 9999, fault: paused(60) });
    const stop = new AbortController();
    await bench.begin(adapter, stop.signal);
    sandbox.post(channel, bert, 'hello');
    await until(() => sandbox.eventCounts.sent > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop.abort();
    sandbox.faults.clear();
    await bench.begin(bench.make());
    await until(() => {
      sandbox.advance(3000);
      return names().length === 1;
    }, 'the message');
    expect(names()).toEqual(['Bert Roe']);
  });
});
