import { rawReads } from '../support/anchors.mjs';
import { atMost, median, quantile, reported } from '../support/figures.mjs';
import { World } from '../support/world.mjs';

const name = 'latency';
const names = { talk: 'Talk', matrix: 'Matrix', slack: 'Slack' };

/** Six directions, from Talk in both ways in which it is read. What Slack takes is bounded by its pace in each channel, not by the service: shares of that there. */
export async function latency(context) {
  const { sizes, highest } = context;
  const ofHighest = async (source, shares) => {
    const { bridge } = await highest(source);
    return shares.map((share) => [` at ${share * 100} % of the highest rate`, Math.max(1, bridge * share)]);
  };
  const ofPace = (rooms) =>
    [0.1, 0.5].map((share) => [`, ${rooms} channels at ${share} a second in each`, rooms * share]);
  const { rooms, heldRooms } = sizes;
  const measures = [
    ['matrix', 'talk', pushed, () => ofHighest('matrix', [0.1, 0.5, 0.8])],
    ['talk', 'matrix', held, () => ofHighest('talk', [0.1, 0.5, 0.8])],
    ['talk', 'matrix', pushed, () => ofHighest('webhook', [0.1, 0.5, 0.8])],
    ['matrix', 'slack', pushed, () => ofPace(rooms)],
    ['slack', 'matrix', pushed, () => ofHighest('slack', [0.1, 0.5])],
    ['talk', 'slack', held, () => ofPace(heldRooms)],
    ['talk', 'slack', pushed, () => ofPace(rooms)],
    ['slack', 'talk', pushed, () => ofHighest('slack', [0.1, 0.5])],
  ];
  const rows = [];
  for (const [source, target, measure, rates] of measures) {
    if (context.has(source, target)) rows.push(...(await measure(context, source, target, await rates())));
  }
  return rows;
}

/** Pushed: measured by the relay at the same rate, and by what two commits must take. */
async function pushed({ sizes, anchors }, source, target, rates) {
  const { commit } = await anchors();
  const forMs = source === 'slack' ? sizes.fromSlackMs : sizes.latencyMs;
  // Talk pushes by the webhooks of a bot.
  const [reads, by] = source === 'talk' ? ['webhook', ' by webhook'] : [undefined, ''];
  const worlds = [];
  const rows = [];
  try {
    for (const carrier of ['relay', 'bridge']) {
      const world = await World.open({ rooms: sizes.rooms, by: carrier, networks: [source, target], reads });
      worlds.push(world);
      await world.warmUp(source, reads);
    }
    for (const [at, perSecond] of rates) {
      const of = `${names[source]} to ${names[target]}${by}${at}`;
      const [floor, ours] = await inTurn(worlds, sizes.repeats, source, perSecond, forMs);
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

/** Held requests of Talk: the server looks once in a step. */
async function held({ sizes }, _source, target, rates) {
  const { heldRooms: rooms, pollStepMs } = sizes;
  const world = await World.open({ rooms, by: 'bridge', reads: 'talk', pollStepMs, networks: ['talk', target] });
  try {
    await world.warmUp('talk');
    const path = `/ocs/v2.php/apps/spreed/api/v1/chat/${world.rooms[0].talk}?lookIntoFuture=0&limit=200&format=json`;
    const readMs = quantile(await rawReads(world, path, sizes.anchorMs), 0.5);
    const rows = [reported(name, `Talk to ${names[target]}: one read of a Talk room, p50 in ms`, readMs)];
    for (const [at, rate] of rates) {
      // No schedule in step with the server's own.
      const perSecond = rate * 1.013;
      const of = `Talk to ${names[target]} by held poll${at}`;
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

/** Each world's medians of several runs that alternate, so that what else the machine does meets all alike. */
async function inTurn(worlds, repeats, source, perSecond, forMs) {
  const runs = worlds.map(() => []);
  const total = Math.max(1, Math.round((perSecond * forMs) / 1000));
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const [at, world] of worlds.entries()) runs[at].push(await world.drive({ source, perSecond, total }));
  }
  return runs.map((each) => ({ p50: median(each.map(({ p50 }) => p50)), p99: median(each.map(({ p99 }) => p99)) }));
}
