import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, reported } from '../support/figures.mjs';
import { World } from '../support/world.mjs';

const name = 'idle';
const maxHeldPolls = 8;

/** What rooms cost in which nothing happens: memory, processor and requests to Talk; with a bot that tells of them, and without. */
export async function idle({ sizes }) {
  const rows = [];
  let empty;
  for (const count of sizes.idle.rooms) {
    const { bytes, cpu, perMinute } = await measure(sizes, count, count === 0 ? 'matrix' : 'webhook');
    empty ??= bytes;
    const of = `${count} rooms with a bot`;
    rows.push(
      reported(name, `${of}: memory in MiB`, bytes / 2 ** 20),
      reported(name, `${of}: share of a processor in per cent`, cpu),
      atMost(name, `${of}: requests to Talk a minute`, 1.2 * (2 + count / 60), perMinute),
    );
    if (count > 0)
      rows.push(atMost(name, `${of}: memory of each in KiB`, 8, Math.max(0, bytes - empty) / 1024 / count));
  }
  for (const count of sizes.idle.rooms.filter((each) => each > 0)) {
    const { bytes, cpu, perMinute, mostHeld } = await measure(sizes, count, 'matrix');
    const of = `${count} rooms without a bot`;
    rows.push(
      reported(name, `${of}: memory in MiB`, bytes / 2 ** 20),
      reported(name, `${of}: share of a processor in per cent`, cpu),
      reported(name, `${of}: requests to Talk a minute`, perMinute),
      atMost(name, `${of}: held polls at one time`, maxHeldPolls, mostHeld),
    );
  }
  return rows;
}

async function measure({ idle: { settleMs, forMs }, pollStepMs }, rooms, reads) {
  const node = ['--inspect=127.0.0.1:0'];
  const world = await World.open({
    rooms,
    by: 'bridge',
    reads,
    pollStepMs,
    node,
    accounts: { talk: { maxHeldPolls } },
  });
  try {
    await sleep(settleMs);
    await world.talk.call('asked');
    const beforeMs = world.bridge.cpuMs();
    await sleep(forMs);
    const cpu = ((world.bridge.cpuMs() - beforeMs) * 100) / forMs;
    const { requests, mostHeld } = await world.talk.call('asked');
    const bytes = await world.bridge.memory();
    await world.close();
    return { bytes, cpu, perMinute: (requests * 60_000) / forMs, mostHeld };
  } catch (error) {
    await world.abandon();
    throw error;
  }
}
