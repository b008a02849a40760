import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';

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
  /** Only passages of this account count; of any where it is undefined. */
  readonly account: string | undefined;
  readonly action: 'kill' | 'freeze';
  /** How often the point is still passed unharmed. */
  left: number;
}

let armed: Armed | undefined;
/** Whose write has begun, and has not left for the network yet: clients hand it over in the tick in which it begins. */
let sending: string | undefined;

/**
 * Arms one point for this process: `POINT:N:kill` or `POINT:N:freeze`, struck when it is passed for the Nth time;
 * `POINT@ACCOUNT:…` counts the passages of one account only: the source's before and after the inbox's commit, the target's
 * from then on. Throws on anything else.
 */
export function armFailpoint(text: string): void {
  const [, point, account, count, action] = /^(\w+)(?:@([^:@]+))?:([1-9]\d*):(kill|freeze)$/.exec(text) ?? [];
  const known = failpoints.find((name) => name === point);
  if (known === undefined) {
    throw new Error(
      `not a failpoint: ${text}; expected POINT:N:kill or POINT:N:freeze, POINT one of ${failpoints.join(', ')}, ` +
        'with or without @ACCOUNT',
    );
  }
  armed = { point: known, account, action: action === 'kill' ? 'kill' : 'freeze', left: Number(count) - 1 };
  // The only place that knows when a request has left for the network is the HTTP client itself.
  subscribe('undici:request:bodySent', (message) => {
    const { request } = message as { request: { method: string } };
    if (sending === undefined || request.method === 'GET') return;
    const account = sending;
    sending = undefined;
    pass('afterSend', account);
  });
}

/** Marks that the walk is at this point, for this account. Does nothing unless a test armed it. */
export function pass(point: Failpoint, account: string): void {
  if (point === 'beforeSend') sending = account;
  if (armed?.point !== point || (armed.account !== undefined && armed.account !== account)) return;
  if (armed.left > 0) {
    armed.left -= 1;
    return;
  }
  const { action } = armed;
  armed = undefined;
  writeSync(2, `${action} at ${point} of ${account}\n`);
  process.kill(process.pid, action === 'kill' ? 'SIGKILL' : 'SIGSTOP');
}
