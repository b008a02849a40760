import { saying } from '../../../test/contract/matrix-deliveries.js';
import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import { RoomClosed } from '../../model/errors.js';
import { roomId } from '../../model/ids.js';
import { bridgeScopes } from '../../sandbox/slack/bridge-app.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;

// With the settings as they are: an outage of a moment is one.
beforeEach(async () => {
  bench = await SlackBench.open();
  adapter = bench.make();
  await adapter.connect(bench.signal);
});
afterEach(() => bench.close());

const stored = (text: string): number =>
  [...bench.ingest.payloads.values()].filter(({ body }) => Buffer.from(body).includes(`"text":"${text}"`)).length;
const link = (channel: string): Promise<string> => adapter.resolveRoom({ room: channel }, 'team', bench.signal);
const isIn = (channel: string): boolean =>
  bench.sandbox.state.conversations.get(channel)?.members.has(bench.app.botUser) ?? false;

/** Logs in, listens, and has read what was missed until then; the answer stops it. */
async function listen(): Promise<() => void> {
  const stop = new AbortController();
  const before = bench.store.get('listened');
  await bench.begin(adapter, stop.signal);
  await until(() => bench.store.get('listened') !== before && !bench.store.has(`unread/${bench.channel}`));
  return () => {
    stop.abort();
  };
}

/** Takes the app out and invites it: nothing from before the invitation is its. */
async function inviteAnew(meanwhile = (): unknown => undefined): Promise<void> {
  const { sandbox, channel, ann, app } = bench;
  sandbox.channels.leave(channel, app.botUser, ann);
  await until(() => bench.store.has(`out/${channel}`));
  meanwhile();
  sandbox.channels.join(channel, app.botUser, ann);
  await until(() => !bench.store.has(`out/${channel}`));
}

async function uninstall(stop: () => void): Promise<void> {
  const before = bench.refused;
  bench.sandbox.apps.uninstall(bench.app.appId, bench.team);
  await until(() => bench.refused > before);
  stop();
  await until(() => bench.sandbox.apps.connections(bench.app.appId) === 0);
}

async function reinstall(): Promise<() => void> {
  bench.sandbox.apps.install(bench.app.appId, bench.team, bench.app.botToken);
  return listen();
}

async function sendingTo(channel: string, id: string): Promise<unknown> {
  const said = saying(id, roomId(channel), `to ${channel}`);
  return adapter.deliver.messageSent?.send(said.request, bench.signal).then(
    () => said.made.length,
    (error: unknown) => (error instanceof RoomClosed ? error.message : error),
  );
}

it('what was said during the shortest time without the app is read', async () => {
  await link(bench.channel);
  const stop = await listen();
  bench.sandbox.post(bench.channel, bench.ann, 'with the app');
  await until(() => stored('with the app') === 1);
  await uninstall(stop);
  bench.sandbox.post(bench.channel, bench.ann, 'without the app');
  await reinstall();
  await until(() => stored('without the app') === 1);
  expect([stored('with the app'), isIn(bench.channel)]).toEqual([1, true]);
});

it.each(['users\\.conversations', 'conversations\\.info', 'conversations\\.join'])(
  'a new installation goes back into its public channels, also where Slack asks for a pause before it answers %s',
  async (path) => {
    await link(bench.channel);
    const stop = await listen();
    await uninstall(stop);
    bench.sandbox.post(bench.channel, bench.ann, 'without the app');
    const limited = { status: 429, headers: { 'retry-after': '1' }, body: '{"ok":false,"error":"ratelimited"}' };
    bench.sandbox.faults.add({ path, fault: { do: 'answer', ...limited } });
    await reinstall();
    await until(() => stored('without the app') === 1);
    expect(isIn(bench.channel)).toBe(true);
  },
);

it('what Slack did not tell while the WebSocket was away is read', async () => {
  await link(bench.channel);
  await listen();
  bench.sandbox.setEventFault({ lost: 1 });
  bench.sandbox.post(bench.channel, bench.ann, 'while nobody was there');
  bench.sandbox.apps.cutConnections(bench.app.appId);
  await until(() => stored('while nobody was there') === 1);
});

it('what was said while nothing ran is read at the start', async () => {
  await link(bench.channel);
  (await listen())();
  await until(() => bench.sandbox.apps.connections(bench.app.appId) === 0);
  bench.sandbox.setEventFault({ lost: 1 });
  bench.sandbox.post(bench.channel, bench.ann, 'while nothing ran');
  adapter = bench.make();
  await listen();
  await until(() => stored('while nothing ran') === 1);
});

it('a reply in a thread that was begun long before is read, and what stands before is not', async () => {
  const root = bench.sandbox.post(bench.channel, bench.ann, 'an old thread');
  bench.sandbox.post(bench.channel, bench.ann, 'an old reply', { thread: root });
  for (let count = 0; count < 100; count += 1)
    bench.sandbox.post(bench.channel, bench.bert, `since then ${String(count)}`);
  await link(bench.channel);
  const stop = await listen();
  await inviteAnew();
  await until(() => bench.sandbox.isQuiet);
  bench.ingest.payloads.clear();
  await uninstall(stop);
  bench.sandbox.post(bench.channel, bench.bert, 'a late reply', { thread: root });
  await reinstall();
  await until(() => stored('a late reply') === 1);
  expect([stored('an old thread'), stored('an old reply'), stored('since then 99')]).toEqual([0, 0, 0]);
});

it('a private channel is read from where it was last heard, once it invites the app again', async () => {
  const { sandbox, team, ann, app } = bench;
  const secret = sandbox.channels.create({
    team,
    name: 'secret',
    creator: ann,
    isPrivate: true,
    members: [app.botUser],
  });
  await link(secret);
  const stop = await listen();
  await uninstall(stop);
  sandbox.post(secret, ann, 'said in private');
  await reinstall();
  await until(() => bench.log.some(({ event }) => event === 'what was missed cannot be read yet'));
  expect(await sendingTo(secret, 'a')).toBe(
    `the app sees no channel ${secret}: where it is a private one, say \`/invite @Crosstalk\` there; where it was deleted, end the link`,
  );
  expect([bench.rooms.alarms, [...bench.rooms.closed.keys()]]).toEqual([1, [secret]]);
  sandbox.channels.join(secret, app.botUser, ann);
  await until(() => stored('said in private') === 1 && bench.rooms.closed.size === 0);
});

it('taken out and invited again, a channel is read after a later outage, and not what was said without the app', async () => {
  const { sandbox, channel, ann, app } = bench;
  await link(channel);
  const stop = await listen();
  await inviteAnew(() => sandbox.post(channel, ann, 'among ourselves'));
  stop();
  await until(() => sandbox.apps.connections(app.appId) === 0);
  sandbox.setEventFault({ lost: 1 });
  sandbox.post(channel, ann, 'after the invitation');
  await listen();
  await until(() => stored('after the invitation') === 1);
  expect(stored('among ourselves')).toBe(0);
});

it('an app that was uninstalled while nothing ran goes back into its public channels at the start', async () => {
  await link(bench.channel);
  (await listen())();
  await until(() => bench.sandbox.apps.connections(bench.app.appId) === 0);
  bench.sandbox.apps.uninstall(bench.app.appId, bench.team);
  bench.sandbox.post(bench.channel, bench.ann, 'while uninstalled');
  const { botToken } = bench.sandbox.apps.install(bench.app.appId, bench.team);
  adapter = bench.make({ botToken });
  await listen();
  await until(() => stored('while uninstalled') === 1);
  expect(isIn(bench.channel)).toBe(true);
});

it('what is sent into a public channel that the app is not in has it enter, unless somebody took it out', async () => {
  const { sandbox, team, ann, app } = bench;
  sandbox.apps.setScopes(
    app.appId,
    team,
    bridgeScopes.filter((scope) => scope !== 'chat:write.public'),
  );
  const other = sandbox.channels.create({ team, name: 'other', creator: ann });
  expect([await sendingTo(other, 'a'), isIn(other)]).toEqual([1, true]);
  await link(bench.channel);
  await listen();
  sandbox.channels.leave(bench.channel, app.botUser, ann);
  await until(() => bench.store.has(`out/${bench.channel}`));
  expect([await sendingTo(bench.channel, 'b'), isIn(bench.channel)]).toEqual([
    `somebody took the app out of the channel ${bench.channel}: say \`/invite @Crosstalk\` there`,
    false,
  ]);
  await link(bench.channel);
  expect([await sendingTo(bench.channel, 'c'), isIn(bench.channel)]).toEqual([1, true]);
});

describe('what closes a channel is told once, with what is to be done, and that it is open again', () => {
  const closed = (): string | undefined => bench.rooms.closed.get(bench.channel);
  const takenOut = (): string =>
    `somebody took the app out of the channel ${bench.channel}: say \`/invite @Crosstalk\` there`;

  it('somebody takes the app out, and invites it', async () => {
    const { sandbox, channel, ann, app } = bench;
    await link(channel);
    await listen();
    sandbox.channels.leave(channel, app.botUser, ann);
    await until(() => closed() !== undefined && sandbox.isQuiet);
    expect([closed(), await sendingTo(channel, 'a'), bench.rooms.alarms]).toEqual([takenOut(), takenOut(), 1]);
    sandbox.channels.join(channel, app.botUser, ann);
    await until(() => closed() === undefined);
    expect(await sendingTo(channel, 'a')).toBe(1);
  });

  it('an invitation that nobody was there to hear is found at the next start', async () => {
    const { sandbox, channel, ann, app } = bench;
    await link(channel);
    const stop = await listen();
    sandbox.channels.leave(channel, app.botUser, ann);
    await until(() => closed() !== undefined && sandbox.isQuiet);
    stop();
    await until(() => sandbox.apps.connections(app.appId) === 0);
    sandbox.setEventFault({ lost: 1 });
    sandbox.post(channel, ann, 'among ourselves');
    sandbox.channels.join(channel, app.botUser, ann);
    await bench.begin(adapter);
    await until(() => closed() === undefined);
    sandbox.setEventFault(undefined);
    sandbox.post(channel, ann, 'with the app again');
    await until(() => stored('with the app again') === 1);
    expect([stored('among ourselves'), await sendingTo(channel, 'a')]).toEqual([0, 1]);
  });

  it('an invitation that is older than the removal, and is told after it, opens nothing', async () => {
    const { sandbox, channel, ann, app, team } = bench;
    await link(channel);
    await listen();
    sandbox.channels.leave(channel, app.botUser, ann);
    await until(() => closed() !== undefined && sandbox.isQuiet);
    await adapter.source.receive({
      type: 'event_callback',
      event_id: 'EvLATE',
      team_id: team,
      event: { type: 'member_joined_channel', channel, user: app.botUser, event_ts: '1600000000.000100' },
    });
    expect(closed()).toBe(takenOut());
  });

  it.each([false, true])('it is archived, and taken out of the archive (private: %s)', async (isPrivate) => {
    const { sandbox, team, ann, app } = bench;
    const channel = sandbox.channels.create({ team, name: 'old', creator: ann, isPrivate, members: [app.botUser] });
    await link(channel);
    await listen();
    sandbox.channels.archive(channel, ann);
    await until(() => bench.rooms.closed.has(channel));
    expect(bench.rooms.closed.get(channel)).toBe('the channel #old is archived: take it out of the archive');
    sandbox.channels.unarchive(channel, ann);
    await until(() => !bench.rooms.closed.has(channel));
    expect(bench.rooms.alarms).toBe(1);
  });

  it('Slack does not say at once how it is', async () => {
    adapter = bench.make({ markMs: 50 });
    await adapter.connect(bench.signal);
    await link(bench.channel);
    await listen();
    bench.sandbox.faults.add({ path: '/api/conversations.info', fault: { do: 'answer', status: 500 } });
    bench.sandbox.channels.archive(bench.channel, bench.ann);
    await until(() => closed() !== undefined);
    expect(closed()).toBe('the channel #team is archived: take it out of the archive');
  });

  it('it is deleted', async () => {
    await link(bench.channel);
    await listen();
    bench.sandbox.channels.delete(bench.channel, bench.ann);
    await until(() => closed() !== undefined);
    expect(closed()).toContain('where it was deleted, end the link');
  });

  it('of a channel that no link names nothing is told', async () => {
    const { sandbox, ann, app, channel } = bench;
    adapter = bench.make({}, () => false);
    await bench.begin(adapter);
    sandbox.channels.archive(channel, ann);
    sandbox.channels.unarchive(channel, ann);
    sandbox.channels.leave(channel, app.botUser, ann);
    await until(() => sandbox.isQuiet);
    expect(bench.rooms.alarms).toBe(0);
  });
});

it('that the app was uninstalled is acknowledged: the session after it is not told again', async () => {
  await link(bench.channel);
  const stop = await listen();
  const { givenUp } = bench.sandbox.eventCounts;
  await uninstall(stop);
  const { sent } = bench.sandbox.eventCounts;
  await reinstall();
  await until(() => bench.sandbox.isQuiet);
  expect(bench.sandbox.eventCounts.givenUp).toBe(givenUp);
  bench.sandbox.post(bench.channel, bench.ann, 'healthy');
  await until(() => stored('healthy') === 1);
  expect([bench.refused, sent > 0]).toEqual([1, true]);
});

it('that an earlier login was lost is no news to a later one', async () => {
  await link(bench.channel);
  await listen();
  const told = (event: string, happenedAtMs: number): Promise<void> =>
    adapter.source.receive({
      type: 'event_callback',
      event_id: `Ev${event}`,
      event_time: Math.floor(happenedAtMs / 1000),
      team_id: bench.team,
      event: { type: event, tokens: { bot: [bench.app.botUser] } },
    });
  await told('app_uninstalled', Date.now() - 60_000);
  await told('tokens_revoked', Date.now() - 60_000);
  await until(() => bench.log.filter(({ event }) => event.startsWith('Slack tells again that')).length === 2);
  expect(await sendingTo(bench.channel, 'a')).toBe(1);
  expect(bench.refused).toBe(0);
  await told('tokens_revoked', Date.now() + 1000);
  await until(() => bench.refused === 1);
});
