import type { RoomId } from '../../model/ids.js';
import type { TalkClient } from './talk.client.js';
import type { OrderedRow, RoomState, StoredRow } from './talk.payloads.js';

export type Supplement = Pick<StoredRow, 'room' | 'revoked'>;

const aboutRoom: ReadonlySet<string> = new Set([
  'conversation_renamed',
  'description_set',
  'description_removed',
  'avatar_set',
  'avatar_removed',
]);
const mostPages = 5;

/** Fetches what rows do not say: how the room is called now, and which reaction was taken back. */
export class RowSupplements {
  constructor(
    private readonly client: TalkClient,
    private readonly pageSize: number,
  ) {}

  /** By row id. `near`: rows that were read anyway. */
  async find(
    room: RoomId,
    rows: readonly OrderedRow[],
    near: readonly OrderedRow[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, Supplement>> {
    const found = new Map<number, Supplement>();
    let state: RoomState | undefined;
    for (const row of rows) {
      if (aboutRoom.has(row.systemMessage)) {
        state ??= await this.#roomState(room, signal);
        found.set(row.id, { room: state });
      } else if (row.systemMessage === 'reaction_revoked') {
        found.set(row.id, { revoked: await this.#revokedBy(room, row, near, signal) });
      }
    }
    return found;
  }

  async #roomState(room: RoomId, signal: AbortSignal): Promise<RoomState> {
    const { displayName, name, description, avatarVersion, isCustomAvatar } = await this.client.rooms.get(room, signal);
    return { name: displayName || name, description, avatarVersion, isCustomAvatar };
  }

  /** A reaction that is taken back has its own row rewritten to `reaction_deleted` before `reaction_revoked` is written. */
  async #revokedBy(
    room: RoomId,
    revoked: OrderedRow,
    near: readonly OrderedRow[],
    signal: AbortSignal,
  ): Promise<number[]> {
    const isMeant = (row: OrderedRow): boolean =>
      row.systemMessage === 'reaction_deleted' &&
      row.actorType === revoked.actorType &&
      row.actorId === revoked.actorId &&
      row.parent?.id === revoked.parent?.id;
    const close = near.filter((row) => isMeant(row) && row.id < revoked.id);
    if (close.length > 0) return close.map((row) => row.id);
    let beforeId = revoked.id;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const page = await this.client.chat.readBack(room, { beforeId, limit: this.pageSize }, signal);
      const meant = page.rows.filter(isMeant);
      if (meant.length > 0) return meant.map((row) => row.id);
      const oldest = page.rows.at(-1);
      // A reaction is later than what it is on.
      if (oldest === undefined || oldest.id <= (revoked.parent?.id ?? 0)) return [];
      beforeId = page.lastGiven ?? oldest.id;
    }
    return [];
  }
}
