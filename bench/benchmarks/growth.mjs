import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, reported } from '../support/figures.mjs';
import { World } from '../support/world.mjs';

const name = 'growth';

/** What more rooms cost while the same number of messages is written in them, with a bot that tells of them: how steep each figure grows. */
export async function growth({ sizes }) {
  const rows = [];
  const points = [];
  for (const count of sizes.growth.rooms) {
    const point = await measure(sizes, count);
    points.push({ count, ...point });
    const of = `${count} rooms, ${sizes.growth.perSecond} messages a second in all`;
    rows.push(
      reported(name, `${of}: requests to Talk for each message`, point.requests),
      reported(name, `${of}: processor for each message in ms`, point.cpuMs),
      reported(name, `${of}: p99 in ms`, point.p99),
      reported(name, `${of}: memory in MiB`, point.bytes / 2 ** 20),
    );
  }
  const grows = (measure, target, of) => atMost(name, `slope of ${measure}, log by log`, target, slope(points, of));
  return [
    ...rows,
    grows('requests for each message', 0.1, ({ requests }) => requests),
    grows('processor for each message', 0.1, ({ cpuMs }) => cpuMs),
    grows('p99', 0.1, ({ p99 }) => p99),
    grows('memory', 1, ({ bytes }) => bytes),
  ];
}

async function measure({ growth: { perSecond, forMs, settleMs }, pollStepMs }, rooms) {
  const node = ['--inspect=127.0.0.1:0'];
  const world = await World.open({ rooms, by: 'bridge', reads: 'webhook', pollStepMs, node });
  const total = Math.max(1, Math.round((perSecond * forMs) / 1000));
  try {
    await world.drive({ source: 'talk', perSecond, total: Math.min(total, rooms) });
    await sleep(settleMs);
    await world.talk.call('asked');
    const beforeMs = world.bridge.cpuMs();
    const { p99 } = await world.drive({ source: 'talk', perSecond, total });
    const cpuMs = (world.bridge.cpuMs() - beforeMs) / total;
    const { requests } = await world.talk.call('asked');
    const bytes = await world.bridge.memory();
    await world.close();
    return { p99, cpuMs, requests: requests / total, bytes };
  } catch (error) {
    await world.abandon();
    throw error;
  }
}

/** Of the straight line that fits best through the logarithms of both. */
function slope(points, of) {
  const xs = points.map(({ count }) => Math.log(count));
  const ys = points.map((point) => Math.log(Math.max(of(point), Number.MIN_VALUE)));
  const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const [x, y] = [mean(xs), mean(ys)];
  const over = xs.reduce((sum, each, at) => sum + (each - x) * (ys[at] - y), 0);
  return over / xs.reduce((sum, each) => sum + (each - x) ** 2, 0);
}
