import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import { RateLimited, RoomClosed } from '../../model/errors.js';
import type { WantedRoom } from '../../model/network-adapter.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;

beforeEach(async () => {
  bench = await SlackBench.open();
  adapter = bench.make();
  await adapter.connect(bench.signal);
});
afterEach(() => bench.close());

const resolve = (wanted: WantedRoom | string): Promise<string> =>
  adapter.resolveRoom(typeof wanted === 'string' ? { room: wanted } : wanted, 'team', bench.signal);
const refusal = (wanted: WantedRoom | string): Promise<unknown> =>
  resolve(wanted).then(
    () => 'it was had',
    (error: unknown) => (error instanceof RoomClosed ? [error.reason, error.message] : error),
  );

it('a channel is found by its id, its name, a mention and its address', async () => {
  const { channel } = bench;
  for (const written of [
    channel,
    '#team',
    'team',
    `<#${channel}|team>`,
    `https://acme.slack.com/archives/${channel}`,
  ]) {
    expect(await resolve(written)).toBe(channel);
  }
});

it('a public channel is entered, a private one has to invite us', async () => {
  const { sandbox, team, ann, app } = bench;
  const open = sandbox.channels.create({ team, name: 'open', creator: ann });
  expect(await resolve('#open')).toBe(open);
  expect(sandbox.state.conversations.get(open)?.members.has(app.botUser)).toBe(true);
  const closed = sandbox.channels.create({ team, name: 'closed', creator: ann, isPrivate: true });
  expect(await refusal(closed)).toEqual([
    'gone',
    `not a Slack channel: ${closed} (a private channel is seen once the app is invited into it)`,
  ]);
  sandbox.channels.join(closed, app.botUser, ann);
  expect(await resolve('#closed')).toBe(closed);
});

it('an archived channel, and one that there is not, cannot be had', async () => {
  bench.sandbox.channels.archive(bench.channel, bench.ann);
  expect(await refusal(bench.channel)).toEqual([
    'archived',
    'the channel #team is archived: take it out of the archive',
  ]);
  expect(await refusal('#nowhere')).toMatchObject(['gone', expect.stringContaining('#nowhere') as string]);
});

it('a channel is made once for a link, its people are invited, and a name that is taken is said', async () => {
  const wanted = { create: { name: 'Große Runde!', invite: [bench.bert, 'U0NOBODY'] } };
  const made = await resolve(wanted);
  expect(bench.sandbox.channels.describe(made).name).toBe('große-runde');
  expect(bench.sandbox.state.conversations.get(made)?.members.has(bench.bert)).toBe(true);
  expect(await resolve(wanted)).toBe(made);
  // We ended before we had written down which it is.
  bench.store.clear();
  expect(await resolve(wanted)).toBe(made);
  bench.store.clear();
  expect(await refusal({ create: { name: 'team', invite: [] } })).toEqual([
    'noPermission',
    'there is a channel #team already, which somebody else made',
  ]);
});

it('a channel is described by its name and topic, else by its purpose', async () => {
  bench.sandbox.channels.setPurpose(bench.channel, bench.ann, 'why');
  expect(await adapter.describeRoom(bench.room, bench.signal)).toEqual({ name: 'team', topic: 'why' });
  bench.sandbox.channels.setTopic(bench.channel, bench.ann, 'what');
  expect(await adapter.describeRoom(bench.room, bench.signal)).toEqual({ name: 'team', topic: 'what' });
});

it('private conversations are refused, and the login stays: their scopes are not the app’s', async () => {
  const { sandbox, team, ann, bert, app } = bench;
  const direct = sandbox.channels.openDirect(team, [ann, app.botUser]);
  const several = sandbox.channels.openDirect(team, [ann, bert, app.botUser]);
  expect(await refusal(direct)).toEqual(['gone', `${direct} is a private conversation: only channels can be linked`]);
  expect(await refusal(several)).toEqual(['noPermission', 'the app may not read it: it lacks mpim:read']);
  expect(await resolve('#team')).toBe(bench.channel);
});

describe('among very many channels', () => {
  const pages = (): unknown[] => {
    const asked: unknown[] = [];
    bench.sandbox.faults.watch((_method, path) => {
      if (path.endsWith('/conversations.list')) asked.push(path);
    });
    return asked;
  };
  const make = (count: number): void => {
    const { sandbox, team, ann } = bench;
    for (let nth = 0; nth < count; nth += 1) {
      sandbox.channels.create({ team, name: `channel-${String(nth)}`, creator: ann });
    }
  };

  it('one is found over the pauses that Slack asks for, and no page is read twice', async () => {
    make(3500);
    const { sandbox, team, ann } = bench;
    const zebra = sandbox.channels.create({ team, name: 'zebra', creator: ann });
    const body = JSON.stringify({ ok: false, error: 'ratelimited' });
    const fault = { do: 'answer', status: 429, headers: { 'retry-after': '1' }, body } as const;
    const asked = pages();
    sandbox.faults.add({ method: 'POST', path: 'conversations\\.list', after: 2, fault });
    expect(await refusal('#zebra')).toBeInstanceOf(RateLimited);
    expect(asked).toHaveLength(3);
    // Another name that is looked for meanwhile asks for no page of its own.
    expect(await resolve('#channel-1500')).toMatch(/^C/);
    let found: unknown;
    await until(async () => {
      found = await refusal('#zebra');
      return found === 'it was had';
    });
    expect(await resolve('#zebra')).toBe(zebra);
    // Two, the refused one, and the other two.
    expect(asked).toHaveLength(5);
  });

  it('a search that found nothing is not repeated at once, and one in a single page is', async () => {
    const asked = pages();
    await refusal('#nowhere');
    await refusal('#nowhere');
    expect(asked).toHaveLength(2);
    make(1000);
    await refusal('#nowhere');
    await refusal('#elsewhere');
    expect(asked).toHaveLength(4);
  });

  it('a channel that was renamed since it was read is not taken for another', async () => {
    make(1200);
    const { sandbox, ann } = bench;
    const renamed = await resolve('#channel-1100');
    sandbox.channels.leave(renamed, bench.app.botUser, ann);
    sandbox.channels.rename(renamed, ann, 'other-name');
    expect(await refusal('#channel-1100')).toMatchObject(['gone', expect.stringContaining('#channel-1100') as string]);
  });
});
