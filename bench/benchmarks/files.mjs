import { atMost, reported } from '../support/figures.mjs';
import { World } from '../support/world.mjs';

const name = 'files';
const label = { talk: 'Talk', matrix: 'Matrix', slack: 'Slack' };
const pairs = [
  ['talk', 'matrix'],
  ['talk', 'slack'],
  ['matrix', 'slack'],
];

/** What many large files at once cost in memory, in each direction; each time a new process. */
export async function files({ sizes, has }) {
  const rows = [];
  for (const pair of pairs.filter((each) => has(...each))) {
    for (const source of pair) rows.push(...(await carried(sizes.files, pair, source)));
  }
  return rows;
}

async function carried({ count, bytes }, networks, source) {
  const world = await World.open({
    rooms: count,
    by: 'bridge',
    networks,
    slackPace: 'off',
    ...(source === 'talk' ? { reads: 'webhook' } : {}),
  });
  try {
    await world.warmUp(source, source === 'talk' ? 'webhook' : undefined);
    const before = world.bridge.forgetMostMemory();
    const tookMs = await world.carry(source, bytes);
    const most = world.bridge.mostMemory();
    await world.close();
    const target = networks.find((each) => each !== source);
    const of = `${label[source]} to ${label[target]}, ${count} of ${bytes / 1e6} MB at once`;
    return [
      reported(name, `${of}: memory of the process before, in MB`, before / 1e6),
      atMost(name, `${of}: memory of the process at most, in MB`, 200, most / 1e6),
      reported(name, `${of}: MB per second`, (count * bytes) / 1000 / tookMs),
    ];
  } catch (error) {
    await world.abandon();
    throw error;
  }
}
