import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, median, quantile, reported } from '../support/figures.mjs';
import { World } from '../support/world.mjs';

const name = 'isolation';
/** So that the room that hung is through soon after; a request of it is given up and looked for in this time. */
const patience = (ms) => ({ requestTimeoutMs: ms, settling: { afterTimeoutMs: ms + 1000 } });

export async function isolation({ sizes }) {
  return [...(await ofOneRoom(sizes)), ...(await ofOneNetwork(sizes))];
}

/** One target room hangs: what the others notice. */
async function ofOneRoom(sizes) {
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
    const target = world[source === 'talk' ? 'matrix' : 'talk'];
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
    const silent = hung[source === 'talk' ? 'matrix' : 'talk'];
    const others = ({ room }) => room !== silent;
    const p99 = (run) => windowed(run.latencies.filter(others), size.windowMs);
    return { healthy: median([p99(before), p99(after)]), hanging: p99(during), count };
  } catch (error) {
    await world.abandon();
    throw error;
  }
}

/** Slack answers nothing: what people in Talk and Matrix notice, in the same links of three. */
async function ofOneNetwork({ isolationOfThree: size, pollStepMs, patienceMs }) {
  const { rooms, perSecond, healthyMs, forMs, windowMs } = size;
  // Each room by a held request, so that what is compared waits for no sweep.
  const accounts = { talk: { maxHeldPolls: rooms }, slack: patience(patienceMs) };
  const world = await World.open({ rooms, by: 'bridge', networks: ['talk', 'matrix', 'slack'], pollStepMs, accounts });
  // Not in step with each other, nor with the server's looks.
  const both = async (ms) => {
    const total = Math.round((perSecond * ms) / 1000);
    const plans = [
      { source: 'matrix', perSecond, total },
      { source: 'talk', perSecond: perSecond * 1.013, total },
    ];
    const [matrix, talk] = await Promise.all(plans.map((plan) => world.drive(plan)));
    return { talk: p99(matrix, 'talk'), matrix: p99(talk, 'matrix') };
  };
  const p99 = (run, target) =>
    windowed(
      run.latencies.filter(({ to }) => to === target),
      windowMs,
    );
  try {
    for (const source of ['matrix', 'talk']) await world.warmUp(source);
    await world.untilHeld(rooms);
    const before = await both(healthyMs);
    await world.slack.call('strike', { path: '.', times: 1e9, fault: { do: 'hang', forMs: 60_000 } });
    const [during] = await Promise.all([both(forMs), sleep(forMs).then(() => world.slack.call('heal'))]);
    const after = await both(healthyMs);
    await world.close();
    return ['talk', 'matrix'].flatMap((target) => {
      const of = `${target === 'talk' ? 'Matrix to Talk' : 'Talk to Matrix'}, ${rooms} rooms of three`;
      const healthy = median([before[target], after[target]]);
      return [
        reported(name, `${of}, all well: p99 in ms`, healthy),
        reported(name, `${of}, Slack hangs: p99 in ms`, during[target]),
        atMost(name, `${of}: p99 while Slack hangs, by that of a healthy run`, 1.2, during[target] / healthy),
      ];
    });
  } catch (error) {
    await world.abandon();
    throw error;
  }
}

/** The median of each window's p99, so that one hiccup of the machine does not decide. */
function windowed(latencies, windowMs) {
  const windows = new Map();
  for (const { dueMs, ms } of latencies) {
    const window = Math.floor(dueMs / windowMs);
    windows.set(window, [...(windows.get(window) ?? []), ms]);
  }
  return median([...windows.values()].map((window) => quantile(window, 0.99)));
}
