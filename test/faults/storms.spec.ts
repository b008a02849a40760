import type { Fault } from '../../src/sandbox/fault-script.js';
import { type Replica, until, World } from '../e2e/world.js';
import { followSeed, isFull, roundsOf, seed, tell } from './rounds.js';
import { pause } from './town.js';

const minuteMs = 60_000;
const windowMs = isFull ? minuteMs : 20_000;
const mostRequests = 10;
const rounds = roundsOf({ full: 10, short: 1 });

/** How Talk is asked unless the settings say otherwise: here it counts how often. */
const unscaled = { sweepIntervalMs: 3_000, holdIntervalMs: 10_000, requestTimeoutMs: 30_000, overlapIntervalMs: 3_000 };

const storms: Record<string, Fault> = {
  'a storm of 304': { do: 'answer', status: 304 },
  '503 for every read': { do: 'answer', status: 503 },
  'a web page for every read': { do: 'html' },
  'broken connections for every read': { do: 'drop' },
};

/** How many requests come, and the longest time without one. */
async function watched(forMs: number, struck: () => number): Promise<{ requests: number; longestPauseMs: number }> {
  const beganMs = performance.now();
  const begunAt = struck();
  let [seen, lastMs, longestPauseMs] = [begunAt, beganMs, 0];
  while (performance.now() - beganMs < forMs) {
    await pause(20);
    longestPauseMs = Math.max(longestPauseMs, performance.now() - lastMs);
    if (struck() > seen) [seen, lastMs] = [struck(), performance.now()];
  }
  return { requests: seen - begunAt, longestPauseMs };
}

describe(`requests while a Talk server answers nothing of use (seed ${String(seed)})`, () => {
  let world: World;
  let replica: Replica;

  beforeAll(async () => {
    followSeed();
    world = await World.build({ talk: unscaled });
    // Pauses after failures as they are unless the settings say otherwise.
    replica = world.start({ change: { delivery: {} } });
    await replica.ready();
  });
  afterAll(() => world.close());

  it.each(
    Object.entries(storms).flatMap(([name, fault]) => Array.from({ length: rounds }, () => [name, fault] as const)),
  )(
    `%s: at most ${String(mostRequests)} for a room in a minute, and what was said meanwhile comes afterwards`,
    async (name, fault) => {
      const [room] = world.rooms;
      if (room === undefined) throw new Error('the world has no rooms');
      const text = `said in ${name} ${String(performance.now())}`;
      const before = world.talk.faults.struck;
      world.talk.faults.add({ method: 'GET', path: '/chat/[a-z0-9]+\\?', times: 100_000, fault });
      await until('the storm to begin', () => world.talk.faults.struck > before, 90_000);
      const { requests, longestPauseMs } = await watched(windowMs, () => world.talk.faults.struck);
      expect(requests).toBeLessThanOrEqual(mostRequests);
      // Also before a minute is over it must have slowed down to the pace that the promise allows.
      expect(longestPauseMs).toBeGreaterThanOrEqual(minuteMs / mostRequests);
      world.talk.post(room.talk, 'anna', text);
      await pause(1_000);
      world.talk.faults.clear();
      const cleared = performance.now();
      const arrived = (): number =>
        world.matrix.ledger.entries(room.matrix).filter((entry) => entry.text?.includes(text) === true).length;
      await until('what was said to arrive', () => arrived() > 0, 60_000);
      expect(arrived()).toBe(1);
      tell({
        row: 'storms',
        fault: `${name}, ${String(windowMs / 1_000)} s`,
        rounds: 1,
        sent: 1,
        lost: 0,
        duplicated: 0,
        reordered: 0,
        withdrawn: 0,
        drainedWithinMs: Math.round(performance.now() - cleared),
      });
    },
    360_000,
  );
});
