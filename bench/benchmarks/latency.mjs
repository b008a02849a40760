import { rawReads } from '../support/anchors.mjs';
import { atMost, median, quantile, reported } from '../support/figures.mjs';
import { World } from '../support/world.mjs';

const name = 'latency';
const shares = [0.1, 0.5, 0.8];

export async function latency(context) {
  return [...(await fromMatrix(context)), ...(await fromTalk(context))];
}

/** Pushed: measured by the relay at the same rate, and by what two commits must take. */
async function fromMatrix({ sizes, anchors, highest }) {
  const { commit } = await anchors();
  const { bridge: most } = await highest('matrix');
  const worlds = [];
  const rows = [];
  try {
    for (const by of ['relay', 'bridge'])
      worlds.push(await warm(await World.open({ rooms: sizes.rooms, by }), 'matrix'));
    const [relay, bridge] = worlds;
    for (const share of shares) {
      const perSecond = Math.max(1, most * share);
      const of = `Matrix to Talk at ${share * 100} % of the highest rate`;
      const [floor, ours] = await inTurn([relay, bridge], sizes.repeats, 'matrix', perSecond, sizes.latencyMs);
      rows.push(
        reported(name, `${of}: messages per second`, perSecond),
        reported(name, `${of}: p50 of the relay in ms`, floor.p50),
        atMost(name, `${of}: p50 in ms`, floor.p50 + 4 * commit.p50, ours.p50),
        reported(name, `${of}: p99 of the relay in ms`, floor.p99),
        atMost(name, `${of}: p99 in ms`, 2 * (floor.p99 + 4 * commit.p99), ours.p99),
      );
    }
    for (const world of worlds) await world.close();
  } catch (error) {
    await Promise.all(worlds.map((world) => world.abandon()));
    throw error;
  }
  return rows;
}

/** Held requests: the server looks once in a step. */
async function fromTalk({ sizes, highest }) {
  const { bridge: most } = await highest('talk');
  const { heldRooms: rooms, pollStepMs } = sizes;
  const world = await World.open({ rooms, by: 'bridge', reads: 'talk', pollStepMs });
  try {
    await warm(world, 'talk');
    const path = `/ocs/v2.php/apps/spreed/api/v1/chat/${world.rooms[0].talk}?lookIntoFuture=0&limit=200&format=json`;
    const readMs = quantile(await rawReads(world, path, sizes.anchorMs), 0.5);
    const rows = [reported(name, 'one read of a Talk room, p50 in ms', readMs)];
    for (const share of shares) {
      // No schedule in step with the server's own.
      const perSecond = Math.max(1, most * share) * 1.013;
      const of = `Talk to Matrix by held poll at ${share * 100} % of the highest rate`;
      const [{ p50, p99 }] = await inTurn([world], sizes.repeats, 'talk', perSecond, sizes.talkLatencyMs);
      rows.push(
        reported(name, `${of}: messages per second`, perSecond),
        atMost(name, `${of}: p50 in ms`, 0.6 * pollStepMs + readMs, p50),
        atMost(name, `${of}: p99 in ms`, 1.2 * pollStepMs + readMs, p99),
      );
    }
    await world.close();
    return rows;
  } catch (error) {
    await world.abandon();
    throw error;
  }
}

async function warm(world, source) {
  await world.warmUp(source);
  return world;
}

/** Each world's medians of several runs that alternate, so that what else the machine does meets all alike. */
async function inTurn(worlds, repeats, source, perSecond, forMs) {
  const runs = worlds.map(() => []);
  const total = Math.max(1, Math.round((perSecond * forMs) / 1000));
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const [at, world] of worlds.entries()) runs[at].push(await world.drive({ source, perSecond, total }));
  }
  return runs.map((each) => ({ p50: median(each.map(({ p50 }) => p50)), p99: median(each.map(({ p99 }) => p99)) }));
}
