import { nearest } from '../settings/nearest.js';

/** Pure: what a person wrote is unknown: with what may have been meant, else with what there is. */
export function noSuch(what: string, written: string, known: readonly string[]): string {
  const meant = nearest(written, known);
  const there = known.length === 0 ? 'There are none yet.' : `There are: ${known.join(', ')}.`;
  return `There is no ${what} "${written}". ${meant === undefined ? there : `Did you mean "${meant}"?`}`;
}
