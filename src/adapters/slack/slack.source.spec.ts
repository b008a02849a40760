import fc from 'fast-check';
import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;

afterEach(() => bench.close());

async function open(options: Parameters<typeof SlackBench.open>[0] = {}): Promise<void> {
  bench = await SlackBench.open(options);
  adapter = bench.make();
  await bench.begin(adapter);
  await until(() => bench.sandbox.isQuiet);
}

const events = (): BridgeEvent[] =>
  bench.arrived(adapter).flatMap(({ result }) => ('events' in result ? result.events : []));
const said = (): string[] =>
  events().flatMap((event) => (event.kind === 'messageSent' ? [JSON.stringify(event.body)] : []));

it.each(['socketMode', 'eventsApi'] as const)(
  'an event is acknowledged only after it is stored (%s)',
  async (receive) => {
    await open({ receive });
    let store = (): void => undefined;
    bench.ingest.before = () =>
      new Promise((resolve) => {
        store = resolve;
      });
    const sent = bench.sandbox.eventCounts.sent;
    bench.sandbox.post(bench.channel, bench.ann, 'hello');
    await until(() => bench.sandbox.eventCounts.sent > sent);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([bench.sandbox.isQuiet, said().length]).toEqual([false, 0]);
    bench.ingest.before = undefined;
    store();
    await until(() => bench.sandbox.isQuiet);
    expect(said()).toHaveLength(1);
  },
);

it('what was received is said to be so when it is stored, not before', async () => {
  await open();
  const storing = bench.holdStoring();
  let isReceived = false;
  const receiving = adapter.source.receive({
    type: 'event_callback',
    event_id: 'Ev1',
    team_id: bench.team,
    event: { type: 'message', channel: bench.channel, user: bench.ann, ts: '1700000000.000100', text: 'hello' },
  });
  void receiving.then(() => (isReceived = true));
  await storing.begun;
  // Whatever could be said without waiting has been by now.
  await new Promise((resolve) => setImmediate(resolve));
  expect([isReceived, said().length]).toEqual([false, 0]);
  storing.letGo();
  await receiving;
  expect(said()).toHaveLength(1);
});

it.each(['socketMode', 'eventsApi'] as const)('what could not be stored comes again (%s)', async (receive) => {
  await open({ receive });
  bench.ingest.fail = new Error('the database is gone');
  bench.sandbox.post(bench.channel, bench.ann, 'hello');
  await until(() => bench.log.some(({ event }) => event === 'an event could not be stored; it will come again'));
  bench.ingest.fail = undefined;
  // What is not acknowledged over a WebSocket is sent again after a while.
  await until(() => {
    bench.sandbox.advance(3000);
    return said().length === 1;
  });
});

it('events that come four times each and in any order are stored once each, and all of them', async () => {
  await open({ events: { copies: 4, spreadMs: 200 } });
  const { sandbox, channel, ann, bert } = bench;
  const kept: string[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('say', 'edit', 'react', 'remove'), { minLength: 5, maxLength: 15 }),
      (acts) => {
        for (const [at, act] of acts.entries()) {
          const ts = sandbox.post(channel, ann, `message ${String(at)}`);
          if (act === 'edit') sandbox.edit(channel, ann, ts, `changed ${String(at)}`);
          if (act === 'react') sandbox.react(channel, bert, ts, '+1');
          if (act === 'remove') sandbox.remove(channel, ann, ts);
          kept.push(...['say', ...(act === 'say' ? [] : [act])]);
        }
        return Promise.resolve();
      },
    ),
    { numRuns: 5 },
  );
  await until(() => sandbox.isQuiet);
  const kinds = {
    messageSent: 'say',
    messageEdited: 'edit',
    reactionAdded: 'react',
    messageDeleted: 'remove',
  } as const;
  const happened = events().flatMap(({ kind }) => (kind in kinds ? [kinds[kind as keyof typeof kinds]] : []));
  expect(happened.sort()).toEqual(kept.sort());
  expect(bench.ingest.told.length).toBeGreaterThan(bench.ingest.payloads.size);
});

it('what an event names is stored with it: people, channels and groups', async () => {
  await open();
  const { sandbox, team, channel, ann, bert } = bench;
  const group = sandbox.workspaces.addUserGroup(team, 'crew', [ann]);
  sandbox.post(channel, ann, `<@${bert}> in <#${channel}> of <!subteam^${group}>`);
  await until(() => sandbox.isQuiet);
  expect(said()[0]).toContain('Bert Roe');
  expect(said()[0]).toContain('"label":"team"');
  expect(said()[0]).toContain('crew');
});

it('what a private conversation is called is not asked for', async () => {
  await open();
  const { sandbox, team, channel, ann, app } = bench;
  const direct = sandbox.channels.openDirect(team, [ann, app.botUser]);
  sandbox.post(channel, ann, `see <#${direct}>`, {
    blocks: [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'channel', channel_id: direct }] }],
      },
    ],
  });
  await until(() => sandbox.isQuiet);
  expect(said().join()).toContain(direct);
  expect(await adapter.resolveRoom({ room: '#team' }, 'team', bench.signal)).toBe(channel);
});

it('a name that is not told in time is had from the list of everybody', async () => {
  bench = await SlackBench.open({ settings: { lookupTimeoutMs: 100 } });
  adapter = bench.make();
  bench.sandbox.faults.add({ method: 'POST', path: 'users\\.list', times: 1, fault: { do: 'drop' } });
  bench.sandbox.faults.add({ method: 'POST', path: 'users\\.info', times: 9, fault: { do: 'hang', forMs: 5000 } });
  await bench.begin(adapter);
  bench.sandbox.post(bench.channel, bench.ann, 'hello');
  await until(() => said().length === 1);
  expect(events().filter(({ kind }) => kind === 'messageSent')).toMatchObject([{ actor: { name: 'ann' } }]);
});

it('a name that is waited for holds up what is said after it in its channel, and no other channel', async () => {
  await open();
  const { sandbox, team, channel, ann } = bench;
  const other = sandbox.channels.create({ team, name: 'other', creator: ann, members: [bench.app.botUser] });
  await until(() => sandbox.isQuiet);
  sandbox.faults.add({ path: 'users\\.info', times: 1000, fault: { do: 'hang', forMs: 60_000 } });
  const partner = sandbox.workspaces.add({ name: 'Partner' });
  const stranger = sandbox.workspaces.addUser(partner, { realName: 'Stella' });
  sandbox.channels.share(channel, partner);
  sandbox.channels.join(channel, stranger);
  sandbox.post(channel, stranger, 'of a stranger');
  sandbox.post(channel, ann, 'after the stranger');
  sandbox.post(other, ann, 'in another channel');
  await until(() => said().some((text) => text.includes('in another channel')));
  expect(said().filter((text) => /stranger/.test(text))).toEqual([]);
  sandbox.faults.clear();
  await until(() => said().some((text) => text.includes('after the stranger')));
  expect(said().map((text) => /of a stranger|after the stranger|another channel/.exec(text)?.[0])).toEqual([
    'another channel',
    'of a stranger',
    'after the stranger',
  ]);
});

it('what people tell each other or the app in private is not kept', async () => {
  await open();
  const direct = bench.sandbox.channels.openDirect(bench.team, [bench.ann, bench.app.botUser]);
  const before = bench.ingest.payloads.size;
  bench.sandbox.post(direct, bench.ann, 'a secret');
  // A conversation of several has an id like a channel's.
  await adapter.source.receive({
    type: 'event_callback',
    event_id: 'Ev0SEVERAL',
    team_id: bench.team,
    event: {
      type: 'message',
      channel: 'C0SEVERAL0',
      channel_type: 'mpim',
      user: bench.ann,
      text: 'a secret',
      ts: '1.000000',
    },
  });
  bench.sandbox.workspaces.changeProfile(bench.ann, { displayName: 'Anna' });
  await until(() => bench.sandbox.isQuiet);
  expect(bench.ingest.payloads.size).toBe(before);
});

it('something that is no event is kept as it is, and counted', async () => {
  await open();
  await adapter.source.receive({ type: 'nonsense' });
  const [last] = [...bench.ingest.payloads.values()].slice(-1);
  expect(Buffer.from(last?.body ?? []).toString()).toBe('{"unreadable":{"type":"nonsense"}}');
});
