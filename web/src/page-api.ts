import type {
  PageAct,
  PageEvent,
  PageRefusal,
  PageUpload,
  RefusalKind,
  SideName,
} from '../../src/sandbox/page.types.js';
import type { Change } from './page-state.js';

const token = new URLSearchParams(location.search).get('token') ?? '';
const askAgainMs = 1500;

/** Tells of everything that happens, for as long as the page is open. */
export function follow(tell: (change: Change) => void): void {
  const events = new EventSource(`api/events?token=${encodeURIComponent(token)}`);
  events.onmessage = ({ data }: MessageEvent<string>) => {
    for (const event of JSON.parse(data) as PageEvent[]) tell(event);
  };
  events.onerror = () => {
    tell({ type: 'connection', connection: 'lost' });
    // Where it is closed, the browser has given up: we learn why, and go on.
    if (events.readyState !== EventSource.CLOSED) return;
    void whyClosed().then((why) => {
      if (why === 'locked') tell({ type: 'connection', connection: 'locked' });
      else setTimeout(() => follow(tell), askAgainMs);
    });
  };
}

async function whyClosed(): Promise<'locked' | 'away'> {
  try {
    const { status } = await fetch('api/state', { headers: { 'x-crosstalk-token': token } });
    return status === 403 ? 'locked' : 'away';
  } catch {
    return 'away'; // Nobody listens.
  }
}

/** Undefined where it was taken; else why not. `away`: the sandbox does not answer. */
export type Outcome = RefusalKind | 'away' | undefined;

export function act(what: PageAct): Promise<Outcome> {
  return post('api/act', what);
}

/** Sends a file in somebody's name. */
export function share(what: PageUpload, file: File): Promise<Outcome> {
  const query = new URLSearchParams({ ...what });
  return posted(`api/file?${query.toString()}`, 'application/octet-stream', file);
}

/** Where a file of a side is to be had. */
export function fileAddress(side: SideName, id: string): string {
  return `api/file?${new URLSearchParams({ side, id, token }).toString()}`;
}

/** Kills the service. */
export function kill(): Promise<Outcome> {
  return post('api/kill', {});
}

function post(path: string, body: object): Promise<Outcome> {
  return posted(path, 'application/json', JSON.stringify(body));
}

async function posted(path: string, type: string, body: string | File): Promise<Outcome> {
  try {
    const headers = { 'content-type': type, 'x-crosstalk-token': token };
    const answer = await fetch(path, { method: 'POST', headers, body });
    return answer.ok ? undefined : ((await answer.json()) as PageRefusal).kind;
  } catch {
    return 'away';
  }
}
