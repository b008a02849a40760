import { createHmac, randomBytes } from 'node:crypto';
import type { Fault } from '../../src/sandbox/fault-script.js';
import { installBot, watched as byWebhook } from '../e2e/bot.js';
import { until, World } from '../e2e/world.js';
import { followSeed, isFull, roundsOf, seed, tell } from './rounds.js';
import { pause } from './town.js';

const minuteMs = 60_000;
const windowMs = isFull ? minuteMs : 20_000;
const mostRequests = 10;
const rounds = roundsOf({ full: 10, short: 1 });

/** How Talk is asked unless the settings say otherwise: here it counts how often. */
const unscaled = {
  sweepIntervalMs: 3_000,
  pollPauseMs: 500,
  holdIntervalMs: 10_000,
  requestTimeoutMs: 30_000,
  overlapIntervalMs: 3_000,
};

const storms: Record<string, Fault> = {
  'a storm of 304': { do: 'answer', status: 304 },
  '503 for every read': { do: 'answer', status: 503 },
  'a web page for every read': { do: 'html' },
  'broken connections for every read': { do: 'drop' },
};

/** A room whose reads are struck, and what was said in it meanwhile. */
interface Struck {
  readonly name: string;
  readonly room: World['rooms'][number];
  readonly text: string;
  readonly reads: { readonly struck: number };
}

/** How many requests come, and the longest time without one. */
async function watched(forMs: number, { reads }: Struck): Promise<{ requests: number; longestPauseMs: number }> {
  const beganMs = performance.now();
  const begunAt = reads.struck;
  let [seen, lastMs, longestPauseMs] = [begunAt, beganMs, 0];
  while (performance.now() - beganMs < forMs) {
    await pause(20);
    longestPauseMs = Math.max(longestPauseMs, performance.now() - lastMs);
    if (reads.struck > seen) [seen, lastMs] = [reads.struck, performance.now()];
  }
  return { requests: seen - begunAt, longestPauseMs };
}

describe(`requests while a Talk server answers nothing of use (seed ${String(seed)})`, () => {
  let world: World;

  beforeAll(async () => {
    followSeed();
    world = await World.build({ rooms: Object.keys(storms).length, talk: unscaled });
    // Pauses after failures as they are unless the settings say otherwise.
    await world.start({ change: { delivery: {} } }).ready();
  });
  afterAll(() => world.close());

  it.each(Array.from({ length: rounds }, (_, at) => at + 1))(
    `a storm in each of several rooms, time %d: at most ${String(mostRequests)} for a room in a minute, and what was said meanwhile comes afterwards`,
    async (time) => {
      const struck = Object.entries(storms).map(([name, fault], at): Struck => {
        const room = world.rooms[at];
        if (room === undefined) throw new Error('the world has too few rooms');
        const rule = { method: 'GET', path: `/chat/${room.talk}\\?`, times: 100_000, fault };
        return { name, room, text: `said in ${name}, time ${String(time)}`, reads: world.talk.faults.add(rule) };
      });
      await until('the storms to begin', () => struck.every(({ reads }) => reads.struck > 0), 90_000);
      const counts = await Promise.all(struck.map((one) => watched(windowMs, one)));
      for (const [at, { requests, longestPauseMs }] of counts.entries()) {
        const many = requests > mostRequests;
        // Also before a minute is over it must have slowed down to the pace that the promise allows.
        const hurried = longestPauseMs < minuteMs / mostRequests;
        expect({ storm: struck[at]?.name, many, hurried }).toEqual({
          storm: struck[at]?.name,
          many: false,
          hurried: false,
        });
      }
      for (const { room, text } of struck) world.talk.post(room.talk, 'anna', text);
      await pause(1_000);
      world.talk.faults.clear();
      const cleared = performance.now();
      const arrived = ({ room, text }: Struck): number =>
        world.matrix.ledger.entries(room.matrix).filter((entry) => entry.text?.includes(text) === true).length;
      for (const one of struck) {
        await until(`what was ${one.text} to arrive`, () => arrived(one) > 0, 60_000);
        tell({
          row: 'storms',
          fault: `${one.name}, ${String(windowMs / 1_000)} s`,
          rounds: 1,
          sent: 1,
          lost: 0,
          duplicated: 0,
          reordered: 0,
          withdrawn: 0,
          drainedWithinMs: Math.round(performance.now() - cleared),
        });
      }
      expect(struck.map(arrived)).toEqual(struck.map(() => 1));
    },
    360_000,
  );
});

describe(`requests while a bot tells of nothing (seed ${String(seed)})`, () => {
  const perSecond = 1_000;
  let world: World;

  beforeAll(async () => {
    followSeed();
    world = await World.build({ rooms: 1, talk: { ...unscaled, maxHeldPolls: 0 } });
  });
  afterAll(() => world.close());

  it(`a thousand calls a second for a room: at most ${String(mostRequests)} requests for it in a minute, and what was said meanwhile comes`, async () => {
    const replica = world.start({ change: { delivery: {} } });
    await replica.ready();
    const { url, secret } = await installBot(world);
    await byWebhook(replica, 'webhook', 1);
    const [room] = world.rooms;
    if (room === undefined) throw new Error('the world has no room');
    let asked = 0;
    world.talk.faults.watch((_, path) => {
      if (path.includes(room.talk)) asked += 1;
    });
    const storm = new AbortController();
    const calls = callAll(url, secret, room.talk, perSecond, storm.signal);
    await pause(windowMs);
    const askedInVain = asked;
    const saidMs = performance.now();
    world.talk.post(room.talk, 'anna', 'said in the storm');
    await until('what was said to arrive', () =>
      world.matrix.ledger.entries(room.matrix).some((entry) => entry.text?.includes('said in the storm') === true),
    );
    const tookMs = Math.round(performance.now() - saidMs);
    storm.abort();
    const answered = await calls;
    tell({
      row: 'storms',
      fault: `${String(answered)} calls of a bot for nothing, ${String(windowMs / 1_000)} s`,
      rounds: 1,
      sent: 1,
      lost: 0,
      duplicated: 0,
      reordered: 0,
      withdrawn: 0,
      drainedWithinMs: tookMs,
    });
    expect(answered).toBeGreaterThan((perSecond / 10) * (windowMs / 1_000));
    expect(askedInVain).toBeLessThanOrEqual(mostRequests);
  }, 360_000);
});

/** Calls as the bot does, and each with a random of its own. Returns how many were taken. */
async function callAll(
  url: string,
  secret: string,
  room: string,
  perSecond: number,
  signal: AbortSignal,
): Promise<number> {
  const body = JSON.stringify({ type: 'Create', target: { type: 'Collection', id: room } });
  let taken = 0;
  const call = async (): Promise<void> => {
    const random = randomBytes(32).toString('hex');
    const headers = {
      'x-nextcloud-talk-random': random,
      'x-nextcloud-talk-signature': createHmac('sha256', secret).update(random).update(body).digest('hex'),
    };
    const answer = await fetch(url, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    if (answer.status === 200) taken += 1;
  };
  while (!signal.aborted) {
    const nextMs = performance.now() + 100;
    await Promise.all(Array.from({ length: perSecond / 10 }, call));
    await pause(Math.max(0, nextMs - performance.now()));
  }
  return taken;
}
