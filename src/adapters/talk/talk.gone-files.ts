import { BoundedMap } from '../../model/bounded-map.js';
import type { RoomId } from '../../model/ids.js';
import type { RawPayload } from '../../model/network-adapter.js';
import type { Position } from './talk.cursor.js';
import { editOrder, goneFileKey } from './talk.ids.js';
import { isOfGoneFile, type OrderedRow } from './talk.payloads.js';

const mostRemembered = 20_000;

/** Files that were deleted or unshared: no row tells of it, so it is seen at rows that are read once more. */
export class GoneFiles {
  readonly #told = new BoundedMap<string, true>(mostRemembered);

  /**
   * What is to be told of rows that were read. `fresh`: those among them that are handed on for the first time; what they showed was
   * gone before, and nobody has a copy. `body`: a payload's body.
   */
  payloads(
    room: RoomId,
    rows: readonly OrderedRow[],
    fresh: readonly OrderedRow[],
    newest: Position,
    body: (row: OrderedRow, fileGone: { since: 'before' | 'now'; version: number }) => Uint8Array,
  ): RawPayload[] {
    return rows.filter(isOfGoneFile).flatMap((row) => {
      const key = goneFileKey(room, row.id);
      if (this.#told.get(key) === true) return [];
      this.#told.set(key, true);
      const since = fresh.includes(row) ? 'before' : 'now';
      return [{ key, body: body(row, { since, version: editOrder(newest) + 1 }) }];
    });
  }
}
