import { atLeast, median, reported } from '../support/figures.mjs';
import { highestRate } from '../support/highest-rate.mjs';
import { World } from '../support/world.mjs';

/** The highest rate of the service and of the relay, in turn, several times: each the median. */
export async function highestRates(sizes, source) {
  const found = { bridge: [], relay: [] };
  const rooms = source === 'talk' ? sizes.heldRooms : sizes.rooms;
  // A held request by itself takes up to a step.
  const limitMs = source === 'talk' ? 1000 + sizes.pollStepMs : 1000;
  const worlds = [];
  try {
    for (const by of ['relay', 'bridge']) {
      const world = await World.open({ rooms, by, reads: source, pollStepMs: sizes.pollStepMs });
      worlds.push(world);
      await world.warmUp(source);
    }
    for (let repeat = 0; repeat < sizes.repeats; repeat += 1) {
      for (const world of worlds) {
        const from = median(found[world.by]) / 2 || sizes.from;
        found[world.by].push(await highestRate(world, { ...sizes, source, from, limitMs }));
      }
    }
    for (const world of worlds) await world.close();
  } catch (error) {
    await Promise.all(worlds.map((world) => world.abandon()));
    throw error;
  }
  return { bridge: median(found.bridge), relay: median(found.relay) };
}

export async function throughput({ sizes, highest }) {
  const [matrix, talk] = [await highest('matrix'), await highest('talk')];
  const name = 'throughput';
  return [
    reported(name, `Matrix to Talk, ${sizes.rooms} rooms: messages per second of the relay`, matrix.relay),
    reported(name, `Matrix to Talk, ${sizes.rooms} rooms: messages per second`, matrix.bridge),
    atLeast(name, `Matrix to Talk, ${sizes.rooms} rooms: share of the relay's rate`, 0.4, matrix.bridge / matrix.relay),
    reported(name, `Talk to Matrix, ${sizes.heldRooms} held rooms: messages per second of the relay`, talk.relay),
    reported(name, `Talk to Matrix, ${sizes.heldRooms} held rooms: messages per second`, talk.bridge),
  ];
}
