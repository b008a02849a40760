import { randomUUID } from 'node:crypto';
import type { Clock } from '../../model/clock.js';
import { BridgeError } from '../../model/errors.js';
import type { Log } from '../../model/network-definition.js';
import type { AccountApi } from './api/account.api.js';

export interface PingParts {
  readonly account: AccountApi;
  readonly clock: Clock;
  readonly log: Log;
  readonly registrationId: string;
  readonly url: string;
  readonly retryMs: number;
  /** Whether the ping with this transaction id came in here. */
  wasHeard(transaction: string): boolean;
}

/** What somebody should do about a failed ping, by the homeserver's words for it. Source: application service API, "Pinging". */
const remedies: Readonly<Record<string, string>> = {
  M_URL_NOT_SET:
    'the registration names no url: write it anew with `crosstalk matrix registration` and restart the homeserver',
  M_CONNECTION_FAILED:
    'the homeserver cannot reach our public listener: check `url` in the settings and the registration',
  M_CONNECTION_TIMEOUT:
    'our public listener did not answer the homeserver in time: check `url` and what stands between',
  M_BAD_STATUS: 'something else answers at `url`, or the hs_token of the registration is not that of the settings',
  M_FORBIDDEN:
    'the homeserver knows our token under another id: write the registration anew and restart the homeserver',
};

/**
 * Has the homeserver ping us until that works once: then it hands over at once what waited while we were away.
 * Each new fault is told once, with what to do.
 */
export async function pingUntilHeard(parts: PingParts, signal: AbortSignal): Promise<void> {
  const { clock, log, retryMs } = parts;
  let told: string | undefined;
  while (!signal.aborted) {
    const fault = await faultOf(parts, signal);
    if (fault === 'stopped') return;
    if (fault === undefined) {
      log.info({ url: parts.url }, 'the homeserver reaches us');
      return;
    }
    if (fault === 'M_UNRECOGNIZED') {
      log.info({}, 'the homeserver knows no ping: it hands over what waits when it next tries');
      return;
    }
    if (fault !== told) {
      log.warn(
        { fault, url: parts.url, remedy: remedies[fault] ?? 'see the homeserver’s log' },
        'the homeserver cannot ping us',
      );
    }
    told = fault;
    await clock.sleep(retryMs, signal);
  }
}

/** Undefined: it works. `stopped`: we gave up waiting. */
async function faultOf(
  { account, registrationId, wasHeard }: PingParts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const transaction = randomUUID();
  try {
    const refusal = await account.ping(registrationId, transaction, signal);
    // Synapse 1.163 says so too after our good answer, where it is handing over already what waited.
    if (refusal?.errcode === 'M_CONNECTION_FAILED' && wasHeard(transaction)) return undefined;
    return refusal === undefined ? undefined : refusal.errcode || String(refusal.status);
  } catch (error) {
    if (error instanceof BridgeError) return error.code === 'abandoned' ? 'stopped' : error.message;
    throw error;
  }
}
