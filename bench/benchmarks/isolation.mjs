import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, median, quantile, reported } from '../support/figures.mjs';
import { World } from '../support/world.mjs';

const name = 'isolation';
/** So that the room that hung is through soon after; a request of it is given up and looked for in this time. */
const patience = (ms) => ({ requestTimeoutMs: ms, settling: { afterTimeoutMs: ms + 1000 } });

/** One target room hangs: what the others notice. */
export async function isolation({ sizes }) {
  const rows = [];
  for (const source of ['matrix', 'talk']) {
    const { healthy, hanging, count } = await measure(sizes, source);
    const of = source === 'matrix' ? `Matrix to Talk, ${count} rooms` : `Talk to Matrix, ${count} held rooms`;
    const ratio = hanging / healthy;
    rows.push(
      reported(name, `${of}, all well: p99 in ms`, healthy),
      reported(name, `${of}, one hangs: p99 of the others in ms`, hanging),
      source === 'matrix'
        ? atMost(name, `${of}: p99 of the others while one hangs, by that of a healthy run`, 1.2, ratio)
        : reported(name, `${of}: p99 of the others while one hangs, by that of a healthy run`, ratio),
    );
  }
  return rows;
}

async function measure({ isolation: size, heldRooms, pollStepMs, patienceMs }, source) {
  const count = source === 'talk' ? heldRooms : size.rooms;
  const accounts = { talk: patience(patienceMs), matrix: patience(patienceMs) };
  const world = await World.open({ rooms: count, by: 'bridge', reads: source, pollStepMs, accounts });
  try {
    await world.warmUp(source);
    const plan = { source, perSecond: size.perSecond, total: Math.round((size.perSecond * size.forMs) / 1000) };
    const before = await world.drive(plan);
    const { target } = world.sides(source);
    const [hung] = world.rooms;
    await target.call('strike', {
      method: source === 'talk' ? 'PUT' : 'POST',
      path: source === 'talk' ? `/rooms/${encodeURIComponent(hung.matrix)}/send/` : `/chat/${hung.talk}`,
      times: 1_000_000,
      fault: { do: 'hang', forMs: 60_000 },
    });
    // A room that is not healed has no figures: the run after it would be measured against a hanging one.
    const healed = sleep(size.forMs).then(() => target.call('heal'));
    const [during] = await Promise.all([world.drive(plan), healed]);
    const after = await world.drive(plan);
    await world.close();
    const p99 = (run) => windowed(run.latencies, hung[source === 'talk' ? 'matrix' : 'talk'], size.windowMs);
    return { healthy: median([p99(before), p99(after)].sort((a, b) => b - a)), hanging: p99(during), count };
  } catch (error) {
    await world.abandon();
    throw error;
  }
}

/** The median of each window's p99, so that one hiccup of the machine does not decide. */
function windowed(latencies, hung, windowMs) {
  const windows = new Map();
  for (const { room, dueMs, ms } of latencies) {
    if (room === hung) continue;
    const window = Math.floor(dueMs / windowMs);
    windows.set(window, [...(windows.get(window) ?? []), ms]);
  }
  return median([...windows.values()].map((window) => quantile(window, 0.99)));
}
