import { clock, type LogLine, memoryStore, recordingLog } from '../../../test/contract/matrix-bench.js';
import { NetworkUnavailable, RoomClosed } from '../../model/errors.js';
import { SlackChannels } from './slack.channels.js';
import { type MissedParts, SlackMissed } from './slack.missed.js';
import { SlackPresence } from './slack.presence.js';

const begin = new Date('2026-11-21T12:00:00.000Z');
const after = (ms: number): Date => new Date(begin.getTime() + ms);

/** Runs until it sleeps as often as there are pauses to be told. */
async function run(channels: SlackChannels, pauses: number, changes: Partial<MissedParts>) {
  const stop = new AbortController();
  const slept: number[] = [];
  const log: LogLine[] = [];
  const entered: string[] = [];
  const missed = new SlackMissed({
    channels,
    clock: {
      ...clock,
      sleep: (ms) => {
        if (slept.push(ms) === pauses) stop.abort();
        return Promise.resolve();
      },
    },
    log: recordingLog(log),
    againMs: 30_000,
    isLinked: () => true,
    ours: async function* () {
      // We are in none.
    },
    roomsOpened: () => Promise.resolve(),
    isOpen: () => Promise.resolve(true),
    enter: (channel) => Promise.resolve(void entered.push(channel)),
    catchUp: async function* () {
      // Nothing was said.
    },
    ...changes,
  });
  missed.wake('gap');
  await missed.run({ accept: () => Promise.resolve() }, stop.signal);
  return { slept, entered, told: log.map(({ fields }) => fields['act']) };
}

async function twoChannels(): Promise<SlackChannels> {
  const channels = new SlackChannels(memoryStore(new Map()));
  await channels.named('C1', begin, true);
  await channels.named('C2', begin, true);
  return channels;
}

it('a channel that somebody takes us out of, while we look which we are in, is not entered again', async () => {
  const channels = await twoChannels();
  const ours = async function* () {
    await channels.left('C1', after(1000), undefined);
    yield { id: 'C3' };
  };
  expect((await run(channels, 1, { ours })).entered).toEqual(['C2']);
});

it('what fails for now is tried again soon and told once; a channel that does not let us in is left to an event', async () => {
  let attempts = 0;
  const enter = (channel: string): Promise<void> => {
    if (channel === 'C1') return Promise.reject(new RoomClosed('invite us', 'notJoined'));
    attempts += 1;
    return attempts > 2
      ? Promise.resolve()
      : Promise.reject(new NetworkUnavailable('no answer', { certainty: 'notSent' }));
  };
  const { slept, told } = await run(await twoChannels(), 3, { enter });
  expect([slept, told, attempts]).toEqual([[30_000, 30_000, 300_000], ['enter C1', 'enter C2'], 3]);
});

it('channels that could not be entered for a failure of our own are entered when the loop begins anew', async () => {
  const entered: string[] = [];
  const stop = new AbortController();
  const channels = await twoChannels();
  let failures = 1;
  const missed = new SlackMissed({
    channels,
    clock: { ...clock, sleep: () => Promise.resolve(stop.abort()) },
    log: recordingLog([]),
    againMs: 30_000,
    isLinked: () => true,
    ours: async function* () {
      // We are in none.
    },
    isOpen: () => Promise.resolve(true),
    roomsOpened: () => {
      failures -= 1;
      return failures < 0 ? Promise.resolve() : Promise.reject(new Error('the database is away'));
    },
    enter: (channel) => Promise.resolve(void entered.push(channel)),
    catchUp: async function* () {
      // Nothing was said.
    },
  });
  missed.wake('gap');
  const run = () => missed.run({ accept: () => Promise.resolve() }, stop.signal);
  await expect(run()).rejects.toThrow('the database is away');
  await run();
  expect(entered).toEqual(['C1', 'C2']);
});

it('an invitation that comes while one is looked at is looked at too; one that cannot be is looked at again', async () => {
  const answers: (() => Promise<boolean>)[] = [
    () => {
      missed.invited('C1');
      return Promise.resolve(false);
    },
    () => Promise.reject(new NetworkUnavailable('no answer', { certainty: 'notSent' })),
    () => Promise.resolve(true),
  ];
  const stop = new AbortController();
  const opened: string[] = [];
  const missed: SlackMissed = new SlackMissed({
    channels: await twoChannels(),
    clock: { ...clock, sleep: () => new Promise((done) => setImmediate(done)) },
    log: recordingLog([]),
    againMs: 30_000,
    isLinked: () => true,
    ours: async function* () {
      // There was no gap.
    },
    roomsOpened: (rooms) => {
      opened.push(...rooms);
      stop.abort();
      return Promise.resolve();
    },
    isOpen: () => answers.shift()?.() ?? Promise.resolve(false),
    enter: () => Promise.resolve(),
    catchUp: async function* () {
      // Nothing was said.
    },
  });
  missed.invited('C1');
  await Promise.race([
    missed.run({ accept: () => Promise.resolve() }, stop.signal),
    new Promise((done) => setTimeout(done, 1_000).unref()),
  ]);
  stop.abort();
  expect([opened, answers]).toEqual([['C1'], []]);
});

describe('what was missed', () => {
  /** Listens from the beginning on, with these pauses between two looks; from when on channels are to be read. */
  async function missedFrom(pausesMs: number[], blindMs: number): Promise<unknown> {
    const entries = new Map<string, unknown>([['listened', { at: after(-100_000).toISOString() }]]);
    const channels = new SlackChannels(memoryStore(entries));
    await channels.named('C1', after(-1_000_000), true);
    const stop = new AbortController();
    const found: unknown[] = [];
    let elapsedMs = 0;
    const presence = new SlackPresence({
      channels,
      store: memoryStore(entries),
      clock: {
        now: () => after(elapsedMs),
        monotonicMs: () => elapsedMs,
        sleep: () => {
          elapsedMs += pausesMs.shift() ?? 0;
          if (pausesMs.length === 0) stop.abort();
          return Promise.resolve();
        },
      },
      appName: 'Crosstalk',
      markMs: 30_000,
      pollMs: 200,
      blindMs,
      isLinked: () => true,
      self: () => 'U1',
      isListening: () => true,
      enter: () => Promise.resolve(),
      roomClosed: () => Promise.resolve(),
      onDoubt: () => undefined,
      onInvited: () => undefined,
      onMissed: () => {
        found.push(entries.get('unread/C1'));
        entries.delete('unread/C1');
      },
    });
    await presence.watch(stop.signal);
    return found.map((unread) => (unread as { from: string }).from);
  }

  it('begins as long before the last mark as a connection may be gone without anybody knowing', async () => {
    expect(await missedFrom([0], 60_000)).toEqual([after(-160_000).toISOString()]);
    expect(await missedFrom([0], 0)).toEqual([after(-100_000).toISOString()]);
  });

  it('is everything since the last mark, where the process itself stood still', async () => {
    const early = after(-100_000).toISOString();
    expect(await missedFrom([30_000, 60_000, 0], 0)).toEqual([early]);
    expect(await missedFrom([30_000, 90_001, 0], 0)).toEqual([early, after(30_000).toISOString()]);
  });
});
