import { rawReads } from '../support/anchors.mjs';
import { atMost, median, reported } from '../support/figures.mjs';
import { World } from '../support/world.mjs';

const name = 'cold-start';

/** From the start of the process to the first message that it delivers, with one link and with many. */
export async function coldStart({ sizes }) {
  const empty = await measure(sizes, 1);
  const full = await measure(sizes, sizes.links);
  const beyond = empty.startMs + 2 * full.listMs;
  return [
    reported(name, 'one link: process start to first delivery in ms', empty.startMs),
    reported(name, `${sizes.links} links: one request of the room list in ms`, full.listMs),
    atMost(name, `${sizes.links} links: process start to first delivery in ms`, 5000, full.startMs),
    atMost(name, `${sizes.links} links: the same, by an empty start and 2 room lists, in ms`, beyond, full.startMs),
  ];
}

async function measure(sizes, links) {
  const world = await World.open({ rooms: links, by: 'bridge', pollStepMs: sizes.pollStepMs });
  try {
    const rooms = world.rooms.slice(0, 1);
    await world.drive({ source: 'matrix', perSecond: 10, total: 1, rooms });
    const list = '/ocs/v2.php/apps/spreed/api/v4/room?noStatusUpdate=1&format=json';
    const listMs = median(await rawReads(world, list, sizes.anchorMs));
    const startsMs = [];
    for (let repeat = 0; repeat < 3; repeat += 1) {
      await world.bridge.stop();
      const run = await world.write({ source: 'matrix', total: 1, rooms });
      const startedMs = world.bridge.start();
      const [first] = await world.arrived('matrix', run, 1, rooms);
      startsMs.push(first.atMs - startedMs);
    }
    await world.close();
    return { startMs: median(startsMs), listMs };
  } catch (error) {
    await world.abandon();
    throw error;
  }
}
