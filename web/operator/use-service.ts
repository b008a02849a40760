import { useEffect, useState } from 'preact/hooks';
import { type Api, Locked, pause } from './api.js';
import type { Activity, Readiness, Sight, Status } from './api.types.js';

const lookEveryMs = 2_000;
const mostShown = 120;

export interface ServiceView {
  readonly connection: 'asking' | 'live' | 'lost' | 'locked';
  readonly readiness?: Readiness;
  readonly status?: Status;
  readonly activity?: Activity;
}

/** Asks again and again while the page is seen. `again` begins anew, with another token maybe. */
export function useService(api: Api, again: number): ServiceView {
  const [view, show] = useState<ServiceView>({ connection: 'asking' });
  useEffect(() => {
    const gone = new AbortController();
    void (async () => {
      while (!gone.signal.aborted) {
        if (!document.hidden) {
          const next = await look(api, gone.signal);
          if (gone.signal.aborted) return;
          show((before) => ({ ...before, ...next }));
          if (next.connection === 'locked') return;
        }
        await pause(lookEveryMs, gone.signal);
      }
    })();
    return () => gone.abort();
  }, [api, again]);
  return view;
}

async function look(api: Api, signal: AbortSignal): Promise<ServiceView> {
  try {
    const [status, activity, readiness] = await Promise.all([
      api.status(signal),
      api.activity(signal),
      api.readiness(signal),
    ]);
    return { connection: 'live', status, activity, readiness };
  } catch (error) {
    return { connection: error instanceof Locked ? 'locked' : 'lost' };
  }
}

/** The newest deliveries first, each in its last state. */
export function useFeed(api: Api, again: number, flow: 'on' | 'held'): readonly Sight[] {
  const [sights, show] = useState<readonly Sight[]>([]);
  useEffect(() => {
    if (flow === 'held') return undefined;
    const gone = new AbortController();
    void api.follow((sight) => show((before) => withSight(before, sight)), gone.signal);
    return () => gone.abort();
  }, [api, again, flow]);
  return sights;
}

function withSight(before: readonly Sight[], sight: Sight): readonly Sight[] {
  const at = before.findIndex(({ id }) => id === sight.id);
  if (at >= 0) return before.map((each, place) => (place === at ? sight : each));
  const all = [sight, ...before];
  // Ids are whole numbers beyond what a number holds exactly: the longer one is the greater.
  all.sort((one, other) => other.id.length - one.id.length || (one.id < other.id ? 1 : -1));
  return all.slice(0, mostShown);
}
