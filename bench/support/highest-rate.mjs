import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The highest rate, messages per second, at which the p99 stays below `limitMs` and the backlog does not grow: doubled from
 * `from` until it fails, then halved between. A rate that fails is tried twice, since the machine may have been busy elsewhere.
 */
export async function highestRate(world, { source, from, stepMs, limitMs, narrow, most }) {
  let [holds, fails] = [0, Infinity];
  for (let rate = from, narrowed = 0; narrowed < narrow && holds < most;) {
    if ((await keepsUp(world, source, rate, stepMs, limitMs)) || (await keepsUp(world, source, rate, stepMs, limitMs)))
      holds = Math.max(holds, rate);
    else fails = Math.min(fails, rate);
    if (fails < Infinity && holds > 0) narrowed += 1;
    rate = fails === Infinity ? holds * 2 : holds === 0 ? fails / 2 : Math.sqrt(holds * fails);
    if (rate < 1) return 0;
    await sleep(200);
  }
  return holds;
}

async function keepsUp(world, source, rate, stepMs, limitMs) {
  const total = Math.max(1, Math.round((rate * stepMs) / 1000));
  const { p99, behind } = await world.drive({ source, perSecond: rate, total });
  if (process.env.CROSSTALK_BENCH_VERBOSE !== undefined)
    console.error(`${world.by} from ${source}: ${rate.toFixed(0)}/s p99 ${p99.toFixed(0)} ms, ${behind} behind`);
  return p99 <= limitMs && behind <= (rate * limitMs) / 1000;
}
