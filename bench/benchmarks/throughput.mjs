import { atLeast, median, reported } from '../support/figures.mjs';
import { highestRate } from '../support/highest-rate.mjs';
import { World } from '../support/world.mjs';

const name = 'throughput';
const three = ['talk', 'matrix', 'slack'];

/** What is searched for: pairs of Talk and Matrix, and links of three. */
const searches = {
  matrix: ({ rooms, repeats }) => ({ source: 'matrix', rooms, repeats }),
  // A held request by itself takes up to a step.
  talk: ({ heldRooms: rooms, repeats, pollStepMs }) => ({ source: 'talk', rooms, repeats, limitMs: 1000 + pollStepMs }),
  webhook: ({ rooms, repeats }) => ({ source: 'talk', reads: 'webhook', rooms, repeats }),
  slack: ({ rooms, repeatsOfThree: repeats }) => ({ source: 'slack', rooms, repeats, networks: three }),
  three: ({ rooms, repeatsOfThree: repeats }) => ({
    source: 'matrix',
    rooms,
    repeats,
    networks: three,
    slackPace: 'off',
  }),
};

/** The highest rate of the service and of the relay, in turn, several times: each the median. */
export async function highestRates(sizes, search) {
  const { limitMs = 1000, repeats, ...wanted } = searches[search](sizes);
  const { source } = wanted;
  const found = { bridge: [], relay: [] };
  await inWorlds({ reads: source, ...wanted, pollStepMs: sizes.pollStepMs }, async (worlds) => {
    for (const world of worlds) await world.warmUp(source, wanted.reads);
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (const world of worlds) {
        const from = median(found[world.by]) / 2 || sizes.from;
        found[world.by].push(await highestRate(world, { ...sizes, source, from, limitMs }));
      }
    }
  });
  return { bridge: median(found.bridge), relay: median(found.relay) };
}

export async function throughput({ sizes, has, highest }) {
  const { rooms, heldRooms } = sizes;
  const rows = [];
  if (has('talk', 'matrix')) {
    const [matrix, talk, webhook] = [await highest('matrix'), await highest('talk'), await highest('webhook')];
    rows.push(
      ...shared(`Matrix to Talk, ${rooms} rooms`, matrix),
      reported(name, `Talk to Matrix, ${heldRooms} held rooms: messages per second of the relay`, talk.relay),
      reported(name, `Talk to Matrix, ${heldRooms} held rooms: messages per second`, talk.bridge),
      ...shared(`Talk to Matrix by webhook, ${rooms} rooms`, webhook),
    );
  }
  if (has(...three)) {
    const [all, slack, pace] = [await highest('three'), await highest('slack'), await paced(sizes)];
    const ofThree = `${rooms} rooms of three`;
    rows.push(
      ...shared(`Matrix to Talk and Slack at its pace, ${ofThree}`, pace),
      ...shared(`Matrix to Talk and Slack without its pace, ${ofThree}`, all),
      ...shared(`Slack to Talk and Matrix, ${ofThree}`, slack),
    );
  }
  return rows;
}

function shared(of, { bridge, relay }) {
  return [
    reported(name, `${of}: messages per second of the relay`, relay),
    reported(name, `${of}: messages per second`, bridge),
    atLeast(name, `${of}: share of the relay's rate`, 0.4, bridge / relay),
  ];
}

/** Slack's pace bounds it, about a message a second in each channel: how fast a backlog goes there when its bursts are used up. */
async function paced(sizes) {
  const { rooms, paceBacklog } = sizes;
  const found = {};
  await inWorlds({ rooms, networks: three }, async (worlds) => {
    for (const world of worlds) {
      await world.warmUp('matrix');
      const total = rooms * paceBacklog;
      const arrived = await world.arrived('matrix', await world.write({ source: 'matrix', total }), total);
      found[world.by] = perSecond(arrived.filter(({ to }) => to === 'slack'));
    }
  });
  return found;
}

/** The sum of what each room took in the later half of its messages. */
function perSecond(entries) {
  const rooms = new Map();
  for (const { room, atMs } of entries) rooms.set(room, [...(rooms.get(room) ?? []), atMs]);
  return [...rooms.values()].reduce((sum, atMs) => {
    const half = atMs.slice(Math.floor(atMs.length / 2) - 1);
    return sum + ((half.length - 1) * 1000) / (half.at(-1) - half[0]);
  }, 0);
}

/** Worlds of the relay and of the service, which are judged once more at their end. */
async function inWorlds(options, act) {
  const worlds = [];
  try {
    for (const by of ['relay', 'bridge']) worlds.push(await World.open({ ...options, by }));
    await act(worlds);
    for (const world of worlds) await world.close();
  } catch (error) {
    await Promise.all(worlds.map((world) => world.abandon()));
    throw error;
  }
}
