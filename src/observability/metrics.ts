import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric of the program. Labels come from the model and the settings' accounts; never rooms, people or messages. */
export class Metrics {
  readonly registry = new Registry();

  readonly payloads = this.#counter('crosstalk_payloads_total', 'Payloads stored, by what became of them.', [
    'account',
    'state',
  ]);
  readonly knownPayloads = this.#counter(
    'crosstalk_payloads_known_total',
    'Payloads that told nothing new: stored already, or echoes of known copies.',
    ['account'],
  );
  readonly ingestFailures = this.#counter('crosstalk_ingest_failures_total', 'Batches that could not be stored.', [
    'account',
  ]);
  readonly deliveries = this.#counter('crosstalk_deliveries_total', 'Attempts to deliver, by how they ended.', [
    'account',
    'kind',
    'outcome',
  ]);
  readonly looks = this.#counter('crosstalk_looks_total', 'Deliveries looked for after an unknown outcome.', [
    'account',
    'outcome',
  ]);
  readonly secondCopies = this.#counter(
    'crosstalk_second_copies_total',
    'Messages that a network took twice and that were deleted again.',
    ['account'],
  );
  readonly alarms = this.#counter('crosstalk_alarms_total', 'Lanes, accounts and rooms that need a person.', [
    'account',
    'reason',
  ]);
  readonly reads = this.#counter('crosstalk_room_reads_total', 'Reads of pulled rooms, by their outcome.', [
    'account',
    'outcome',
  ]);
  readonly restarts = this.#counter('crosstalk_worker_restarts_total', 'Loops that were started again.', ['worker']);

  readonly ingestSeconds = this.#histogram('crosstalk_ingest_seconds', 'From a payload at hand to its commit.', [
    'account',
  ]);
  readonly deliverySeconds = this.#histogram('crosstalk_delivery_seconds', 'One attempt to deliver.', ['account']);
  readonly lagSeconds = this.#histogram(
    'crosstalk_lag_seconds',
    "From the source's time of an event to its delivery.",
    ['account'],
  );

  readonly shards = this.#gauge('crosstalk_shards', 'Shards owned by this replica.', []);
  readonly lanesRunning = this.#gauge('crosstalk_lanes_running', 'Lanes being worked on by this replica.', []);
  readonly roomsWatched = this.#gauge(
    'crosstalk_rooms_watched',
    'Rooms read by this replica, by how they are watched.',
    ['mode'],
  );
  readonly waiting = this.#gauge('crosstalk_deliveries_waiting', 'Deliveries that wait, in all lanes.', ['account']);
  readonly parked = this.#gauge('crosstalk_deliveries_parked', 'Deliveries that are parked, in all lanes.', [
    'account',
  ]);
  readonly held = this.#gauge('crosstalk_events_held', 'Events that wait for their target.', []);
  readonly accountsOpen = this.#gauge('crosstalk_account_open', '1 while the account is logged in.', ['account']);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<L extends string>(name: string, help: string, labelNames: readonly L[]): Histogram<L> {
    const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600];
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }
}
