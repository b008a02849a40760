import { subscribe } from 'node:diagnostics_channel';

/** The named points of an event's walk, where tests stop the process to prove that nothing depends on its going on. */
export const failpoints = [
  'beforeInboxCommit',
  'afterInboxCommit',
  'beforeSend',
  'afterSend',
  'afterResponse',
  'beforeDoneCommit',
  'afterDoneCommit',
] as const;

export type Failpoint = (typeof failpoints)[number];

interface Armed {
  readonly point: Failpoint;
  readonly action: 'kill' | 'freeze';
  /** How often the point is still passed unharmed. */
  left: number;
}

let armed: Armed | undefined;
/** A delivery's write has begun, and has not left for the network yet. */
let sending = false;

/**
 * Arms one point for this process: `POINT:N:kill` or `POINT:N:freeze`, struck when it is passed for the Nth time.
 * Throws on anything else.
 */
export function armFailpoint(text: string): void {
  const [point, count, action] = text.split(':');
  const known = failpoints.find((name) => name === point);
  if (known === undefined || !/^[1-9]\d*$/.test(count ?? '') || (action !== 'kill' && action !== 'freeze')) {
    throw new Error(
      `not a failpoint: ${text}; expected POINT:N:kill or POINT:N:freeze, POINT one of ${failpoints.join(', ')}`,
    );
  }
  armed = { point: known, action, left: Number(count) - 1 };
  // The only place that knows when a request has left for the network is the HTTP client itself.
  subscribe('undici:request:bodySent', (message) => {
    const { request } = message as { request: { method: string } };
    if (!sending || request.method === 'GET') return;
    sending = false;
    pass('afterSend');
  });
}

/** Marks that the walk is at this point. Does nothing unless a test armed it. */
export function pass(point: Failpoint): void {
  if (point === 'beforeSend') sending = true;
  if (armed?.point !== point) return;
  if (armed.left > 0) {
    armed.left -= 1;
    return;
  }
  const { action } = armed;
  armed = undefined;
  process.kill(process.pid, action === 'kill' ? 'SIGKILL' : 'SIGSTOP');
}
