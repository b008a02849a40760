import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import type { SlackSettings } from './slack.settings.js';
import type { SlackAdapter } from './slack.adapter.js';

interface OtherSide {
  readonly team: string;
  readonly person: string;
  readonly channel: string;
  readonly botUser: string;
  readonly botToken: string;
}

let bench: SlackBench;

afterEach(() => bench.close());

async function open(receive: SlackSettings['receive']): Promise<OtherSide> {
  bench = await SlackBench.open({ receive });
  const { sandbox } = bench;
  const team = sandbox.workspaces.add({ name: 'Other' });
  const person = sandbox.workspaces.addUser(team, { realName: 'Otto' });
  const { botUser, botToken } = sandbox.apps.install(bench.app.appId, team);
  const channel = sandbox.channels.create({ team, name: 'there', creator: person, members: [botUser] });
  return { team, person, channel, botUser, botToken };
}

async function begin(...adapters: SlackAdapter[]): Promise<void> {
  for (const adapter of adapters) await bench.begin(adapter);
  await bench.listen(...adapters);
  await until(() => bench.sandbox.isQuiet);
}

/** What was stored, with the workspace whose account stored it. */
const stored = (): string[] =>
  [...bench.ingest.payloads.values()]
    .map(
      ({ body }) =>
        JSON.parse(Buffer.from(body).toString()) as { event: Record<string, string>; self: { team: string } },
    )
    .filter(({ event }) => event['type'] === 'message' && event['subtype'] === undefined)
    .map(({ event, self }) => `${String(event['text'])} @${self.team}`);

it.each(['socketMode', 'eventsApi'] as const)(
  'one app in two workspaces: each account has what is said in its own, on whichever connection it comes (%s)',
  async (receive) => {
    const other = await open(receive);
    await begin(bench.make(), bench.make({ botToken: other.botToken, operators: [other.person] }));
    const wanted: string[] = [];
    for (let at = 0; at < 6; at += 1) {
      bench.sandbox.post(bench.channel, bench.ann, `here ${String(at)}`);
      bench.sandbox.post(other.channel, other.person, `there ${String(at)}`);
      wanted.push(`here ${String(at)} @${bench.team}`, `there ${String(at)} @${other.team}`);
    }
    await until(() => bench.sandbox.isQuiet);
    expect(stored().sort()).toEqual(wanted.sort());
  },
);

it('commands too: the operators of the workspace in which one was typed are asked', async () => {
  const other = await open('socketMode');
  await begin(bench.make(), bench.make({ botToken: other.botToken, operators: [other.person] }));
  for (let at = 0; at < 4; at += 1) {
    const asked = { app: bench.app.appId, channel: other.channel, user: other.person, command: '/crosstalk' };
    const answer = await bench.sandbox.slashCommand({ ...asked, text: 'status' });
    expect(answer).toMatchObject({ answer: { text: 'did status' } });
  }
});

it('over a WebSocket, what is for a workspace that is no account’s is acknowledged and let go', async () => {
  const other = await open('socketMode');
  await begin(bench.make({}, (channel) => channel === bench.channel));
  // What happened before anybody listened was told in vain.
  const { givenUp } = bench.sandbox.eventCounts;
  bench.sandbox.post(other.channel, other.person, 'of nobody');
  await until(() => bench.sandbox.isQuiet);
  expect(bench.sandbox.eventCounts.givenUp).toBe(givenUp);
  expect(stored()).toEqual([]);
});

it('over a WebSocket, what is for an account that does not listen now comes again', async () => {
  const other = await open('socketMode');
  const here = bench.make({}, (channel) => channel === bench.channel);
  const there = bench.make({ botToken: other.botToken });
  await bench.begin(here);
  await bench.listen(here, there);
  bench.sandbox.post(other.channel, other.person, 'too early');
  await until(() => bench.log.some(({ event }) => event === 'an event could not be stored; it will come again'));
  expect(stored()).toEqual([]);
  await bench.begin(there);
  await until(() => {
    bench.sandbox.advance(3000);
    return bench.sandbox.isQuiet;
  });
  expect(stored()).toEqual([`too early @${other.team}`]);
});

it.each(['socketMode', 'eventsApi'] as const)(
  'a guest from another workspace is heard in a channel that workspaces share (%s)',
  async (receive) => {
    bench = await SlackBench.open({ receive });
    const { sandbox, channel } = bench;
    const partner = sandbox.workspaces.add({ name: 'Partner' });
    const guest = sandbox.workspaces.addUser(partner, { realName: 'Gil' });
    await begin(bench.make({}, () => false));
    sandbox.channels.share(channel, partner);
    sandbox.channels.join(channel, guest);
    sandbox.post(channel, guest, 'from the partner');
    await until(() => sandbox.isQuiet);
    expect(stored()).toEqual([`from the partner @${bench.team}`]);
  },
);

it.each(['socketMode', 'eventsApi'] as const)(
  'what is said in a channel that two accounts share is for the one that links it (%s)',
  async (receive) => {
    const other = await open(receive);
    const { sandbox, channel } = bench;
    sandbox.channels.share(channel, other.team);
    sandbox.channels.join(channel, other.botUser);
    const linksIt = (linked: string): boolean => linked === channel;
    await begin(
      bench.make({}, () => false),
      bench.make({ botToken: other.botToken }, linksIt),
    );
    // The app is told once, in the name of the workspace that it came to first.
    sandbox.post(channel, bench.ann, 'to both');
    await until(() => sandbox.isQuiet);
    expect(stored()).toEqual([`to both @${other.team}`]);
  },
);
