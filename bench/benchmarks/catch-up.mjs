import { rawWrites } from '../support/anchors.mjs';
import { atLeast, reported } from '../support/figures.mjs';
import { World } from '../support/world.mjs';

const name = 'catch-up';

/** The service is stopped, messages are written, it is started: until the last one is there. */
export async function catchUp({ sizes }) {
  const rows = [];
  const world = await World.open({ rooms: sizes.rooms, by: 'bridge', pollStepMs: sizes.pollStepMs });
  try {
    for (const source of ['matrix', 'talk']) {
      await world.warmUp(source);
      for (const many of [false, true]) rows.push(...(await measure(world, sizes, source, many)));
    }
    await world.close();
  } catch (error) {
    await world.abandon();
    throw error;
  }
  return rows;
}

async function measure(world, sizes, source, many) {
  const { delayMs, backlog } = sizes;
  const rooms = many ? world.rooms : world.rooms.slice(0, 1);
  const direction = source === 'matrix' ? 'Matrix to Talk' : 'Talk to Matrix';
  const of = `${direction}, ${backlog} messages, ${many ? `${rooms.length} rooms` : '1 room'}`;
  const target = source === 'matrix' ? 'talk' : 'matrix';
  const clients = many ? 32 : 1;
  const slow = { path: '.', times: 1e9, fault: { do: 'slow', delayMs } };

  await world[target].call('strike', slow);
  const raw = await rawWrites(world, target, { clients, forMs: sizes.anchorMs, rooms });
  const delayed = await perSecond(world, source, rooms, backlog);
  await world[target].call('heal');
  const undelayed = await perSecond(world, source, rooms, backlog);
  const how = many ? `${clients} at a time` : 'one after the other';
  return [
    reported(name, `${of}, answers after ${delayMs} ms: raw HTTP writes per second, ${how}`, raw.perSecond),
    reported(name, `${of}, answers after ${delayMs} ms: messages per second`, delayed),
    atLeast(name, `${of}, answers after ${delayMs} ms: share of raw HTTP`, many ? 0.5 : 0.8, delayed / raw.perSecond),
    reported(name, `${of}, answers at once: messages per second`, undelayed),
  ];
}

/** From the start of the process to the last message. */
async function perSecond(world, source, rooms, total) {
  await world.bridge.stop();
  const run = await world.write({ source, total, rooms });
  const startedMs = world.bridge.start();
  const arrived = await world.arrived(source, run, total, rooms);
  return (total * 1000) / (arrived.at(-1).atMs - startedMs);
}
