import { appendFileSync } from 'node:fs';
import { numbersFrom } from '../e2e/numbers.js';

/** How large a run is: 100 is the full one, of which each row takes its share. Undefined: short rounds, as in `npm test`. */
const size = process.env['CROSSTALK_FAULT_ROUNDS'];

/** Whatever is random in people and servers follows it. When what meets what is up to the machine. */
export const seed = Number(process.env['CROSSTALK_FAULT_SEED'] ?? Date.now() % 1_000_000);

export const isFull = size !== undefined;

/** How often something is done: `full` times at `--rounds 100`, at least once; `short` times in `npm test`. */
export function roundsOf({ full, short }: { readonly full: number; readonly short: number }): number {
  return size === undefined ? short : Math.max(1, Math.round((full * Number(size)) / 100));
}

/** Makes everything that is random in this process follow the seed, servers included. */
export function followSeed(): void {
  Math.random = numbersFrom(seed);
}

export interface RowResult {
  readonly row: string;
  readonly fault: string;
  readonly rounds: number;
  /** Messages that people said. */
  readonly sent: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Second copies that the network took after our look and that were deleted again. */
  readonly withdrawn: number;
  /** The longest time from the fault's end to everything having arrived. */
  readonly drainedWithinMs: number;
}

/** For the table that `npm run faults` prints at the end. */
export function tell(result: RowResult): void {
  const file = process.env['CROSSTALK_FAULT_RESULTS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(result)}\n`);
}
