import { noSuch } from '../links/no-such.js';
import type { AccountId } from '../model/ids.js';
import type { NetworkAdapter } from '../model/network-adapter.js';
import type { InboxChoice, InboxRepository } from '../persistence/inbox.repository.js';
import type { IngestService } from './ingest.js';

const mostAtOnce = 10_000;

/** What was asked for cannot be; the message says why. Nothing was read. */
export class ReplayRefused extends Error {}

/** What became of a payload that was read again. `gone`: its account is in the settings no more. */
export type ReadAgain = Awaited<ReturnType<IngestService['replay']>> | 'gone';

export interface ReplayReport {
  /** How many payloads became what; what none became is left out. */
  readonly became: Readonly<Partial<Record<ReadAgain, number>>>;
  /** `maybe`: as many were read as are at once, and there may be more. */
  readonly rest: 'none' | 'maybe';
  readonly mostAtOnce: number;
}

/** Reads stored payloads again, in the order in which they came. */
export class Replays {
  constructor(
    private readonly inbox: Pick<InboxRepository, 'choose'>,
    private readonly ingest: Pick<IngestService, 'replay'>,
    private readonly adapters: ReadonlyMap<AccountId, NetworkAdapter>,
  ) {}

  /** Throws ReplayRefused. */
  async replay(choice: InboxChoice): Promise<ReplayReport> {
    if ('account' in choice && !this.adapters.has(choice.account))
      throw new ReplayRefused(noSuch('account', choice.account, [...this.adapters.keys()]));
    const payloads = await this.inbox.choose(choice, mostAtOnce);
    const became: Partial<Record<ReadAgain, number>> = {};
    for (const payload of payloads) {
      const adapter = this.adapters.get(payload.account);
      const what = adapter === undefined ? 'gone' : await this.ingest.replay(adapter, payload);
      became[what] = (became[what] ?? 0) + 1;
    }
    return { became, rest: payloads.length === mostAtOnce ? 'maybe' : 'none', mostAtOnce };
  }
}
