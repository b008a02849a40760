import { BoundedMap } from '../../model/bounded-map.js';
import type { RoomId } from '../../model/ids.js';
import type { RawPayload } from '../../model/network-adapter.js';
import type { Position } from './talk.cursor.js';
import { editOrder, goneFileKey, talkInboxKey } from './talk.ids.js';
import { isOfGoneFile, type OrderedRow } from './talk.payloads.js';

const mostRemembered = 20_000;

/** Files that were deleted or unshared: no row tells of it, so it is seen at rows that are read, as often as they are. */
export class GoneFiles {
  /** Of rows of such files, by what is told of them. */
  readonly #ours = new BoundedMap<string, boolean>(mostRemembered);

  constructor(
    /** Whether a row tells what we did: what goes of our own copies changes nothing elsewhere. */
    private readonly isOurs: (room: RoomId, row: OrderedRow) => Promise<boolean>,
  ) {}

  /**
   * What is to be told of rows that were read. Where a row itself is told with it, the file was gone before, and nobody has a copy: only the
   * inbox knows that for sure. `body`: a payload's body.
   */
  async payloads(
    room: RoomId,
    rows: readonly OrderedRow[],
    newest: Position,
    body: (row: OrderedRow, fileGone: { readonly version: number }) => Uint8Array,
  ): Promise<RawPayload[]> {
    const told: RawPayload[] = [];
    for (const row of rows.filter(isOfGoneFile)) {
      const key = goneFileKey(room, row.id);
      const isOurs = this.#ours.get(key) ?? (await this.isOurs(room, row));
      this.#ours.set(key, isOurs);
      if (isOurs) continue;
      told.push({ key, body: body(row, { version: editOrder(newest) + 1 }), about: talkInboxKey(room, row) });
    }
    return told;
  }
}
