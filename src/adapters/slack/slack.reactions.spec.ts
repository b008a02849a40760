import { changing, reacting, saying, unreacting, type Asked } from '../../../test/contract/matrix-deliveries.js';
import { SlackBench, until } from '../../../test/contract/slack-bench.js';
import type { BridgeEvent } from '../../model/bridge-event.js';
import { RateLimited, TargetGone } from '../../model/errors.js';
import { remoteId } from '../../model/ids.js';
import type { Copy } from '../../model/network-adapter.js';
import type { SlackAdapter } from './slack.adapter.js';

let bench: SlackBench;
let adapter: SlackAdapter;
let target: Copy[];

beforeEach(async () => {
  bench = await SlackBench.open();
  bench.sandbox.workspaces.addEmoji(bench.team, 'kazoo', 'https://example.org/kazoo.png');
  adapter = bench.make();
  await adapter.connect(bench.signal);
  target = [{ part: 0, id: remoteId(bench.sandbox.post(bench.channel, bench.ann, 'hello')) }];
});
afterEach(() => bench.close());

const send = (asked: Asked<BridgeEvent>): Promise<void> => {
  const entry = adapter.deliver[asked.request.event.kind];
  if (entry === undefined) throw new Error('cannot');
  return entry.send(asked.request as never, bench.signal);
};
const reactions = (): unknown[] => {
  const message = bench.sandbox.messages(bench.channel).find(({ ts }) => ts === target[0]?.id);
  return ((message?.['reactions'] ?? []) as { name: string }[]).map(({ name }) => name);
};

it('a reaction is made once, with its tone, however often it is told', async () => {
  const waved = reacting('a', bench.room, target, '👋🏽');
  await send(waved);
  await send(waved);
  expect(waved.made).toEqual([
    { part: 0, id: 'wave::skin-tone-4' },
    { part: 0, id: 'wave::skin-tone-4' },
  ]);
  expect(reactions()).toEqual(['wave::skin-tone-4']);
});

it('an emoji of the workspace’s own is known; another one cannot be shown', async () => {
  await send(reacting('a', bench.room, target, ':kazoo:'));
  expect(reactions()).toEqual(['kazoo']);
  await expect(send(reacting('b', bench.room, target, ':tuba:'))).rejects.toBeInstanceOf(TargetGone);
});

it('while the workspace does not tell its emoji a reaction waits; only an answer says that there is none', async () => {
  const fault = { do: 'answer', status: 429, headers: { 'retry-after': '1' }, body: '{"ok":false}' } as const;
  bench.sandbox.faults.add({ method: 'POST', path: 'emoji\\.list', fault });
  await expect(send(reacting('a', bench.room, target, ':kazoo:'))).rejects.toBeInstanceOf(RateLimited);
  await expect(send(reacting('b', bench.room, target, ':kazoo:'))).rejects.toBeInstanceOf(RateLimited);
  await until(() =>
    send(reacting('c', bench.room, target, ':kazoo:')).then(
      () => true,
      () => false,
    ),
  );
  expect(reactions()).toEqual(['kazoo']);
});

it('a text that was sent while the emoji were not told makes no reaction fail later', async () => {
  bench.sandbox.faults.add({ method: 'POST', path: 'emoji\\.list', fault: { do: 'drop' } });
  await adapter.deliver.messageSent?.send(saying('a', bench.room, 'hello').request, bench.signal);
  expect(bench.sandbox.faults.struck).toBe(1);
  await send(reacting('b', bench.room, target, ':kazoo:'));
  expect(reactions()).toEqual(['kazoo']);
});

it('what was made is taken back, also where it is gone already or nothing was written down', async () => {
  const made = reacting('a', bench.room, target, '👍');
  await send(made);
  const [reaction] = made.made;
  await send(unreacting('b', bench.room, target, '👍', reaction === undefined ? {} : { reaction }));
  expect(reactions()).toEqual([]);
  await send(unreacting('c', bench.room, target, '👍'));
});

it('of what is gone no reaction is made', async () => {
  bench.sandbox.remove(bench.channel, bench.ann, target[0]?.id ?? '');
  await expect(send(reacting('a', bench.room, target, '👍'))).rejects.toBeInstanceOf(TargetGone);
  await send(unreacting('b', bench.room, target, '👍'));
});

describe('what becomes of the channel', () => {
  it('a topic is set, once', async () => {
    await send(changing('a', bench.room, { of: 'topic', topic: 'what we do' }));
    const before = bench.sandbox.messages(bench.channel).length;
    await send(changing('b', bench.room, { of: 'topic', topic: 'what we do' }));
    expect(bench.sandbox.channels.describe(bench.channel).topic).toBe('what we do');
    expect(bench.sandbox.messages(bench.channel)).toHaveLength(before);
  });

  it('a channel that somebody else made keeps its name', async () => {
    await expect(send(changing('a', bench.room, { of: 'name', name: 'Other' }))).rejects.toBeInstanceOf(TargetGone);
    const own = await adapter.resolveRoom({ create: { name: 'Ours', invite: [] } }, 'link', bench.signal);
    await send(changing('b', own, { of: 'name', name: 'Große Runde!' }));
    expect(bench.sandbox.channels.describe(own).name).toBe('große-runde');
  });

  it('it has no picture, and keeps its history', async () => {
    await expect(send(changing('a', bench.room, { of: 'avatar', avatar: null }))).rejects.toBeInstanceOf(TargetGone);
    await expect(send(changing('b', bench.room, { of: 'history', cleared: 'all' }))).rejects.toBeInstanceOf(TargetGone);
  });
});
