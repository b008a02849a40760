import type { Clock } from '../model/clock.js';
import type { LinkStatus, StatusRepository } from '../persistence/status.repository.js';
import { systemClock } from '../workers/system-clock.js';
import { renderLinks } from './link-table.js';

const lookEveryMs = 100;
const waitMs = 5_000;

/** What became of a link's rooms: looked for until a running service has tried each, or has taken too long. */
export async function roomsTakenUp(
  status: Pick<StatusRepository, 'links' | 'report'>,
  key: string,
  clock: Pick<Clock, 'monotonicMs' | 'sleep'> = systemClock,
): Promise<string> {
  const { replicas } = await status.report();
  const startedMs = clock.monotonicMs();
  for (;;) {
    const link = (await status.links()).find((each) => each.key === key);
    if (link === undefined) return '';
    const isTried =
      link.state !== 'active' || link.portals.every(({ room, problem }) => room !== null || problem !== null);
    if (isTried || replicas.length === 0 || clock.monotonicMs() - startedMs > waitMs) {
      return [renderLinks([link]), ...whatFollows(link, isTried, replicas.length > 0)].join('\n');
    }
    await clock.sleep(lookEveryMs);
  }
}

function whatFollows({ state, portals }: LinkStatus, isTried: boolean, isServed: boolean): string[] {
  if (state !== 'active') return [];
  if (!isServed) return ['No service is running: the link begins when one is started.'];
  if (!isTried) return ['The service has not come to it yet: `crosstalk links` shows when it has.'];
  if (portals.every(({ room }) => room !== null)) return [];
  return ['A room that cannot be had is tried again every few seconds: `crosstalk links` shows when it is there.'];
}
