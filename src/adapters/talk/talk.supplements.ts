import { MessageRefused, RoomClosed } from '../../model/errors.js';
import type { RoomId } from '../../model/ids.js';
import type { Ban } from './api/bans.endpoints.js';
import type { TalkClient } from './talk.client.js';
import { talkUserId } from './talk.ids.js';
import type { OrderedRow, RoomState, StoredRow } from './talk.payloads.js';

export type Supplement = Pick<StoredRow, 'room' | 'revoked' | 'banned'>;

const aboutRoom: ReadonlySet<string> = new Set([
  'conversation_renamed',
  'description_set',
  'description_removed',
  'avatar_set',
  'avatar_removed',
]);
/** How far back a reaction is looked for that somebody took back long after. */
const mostPages = 50;

/** A ban is dated when it is made, and the row of who goes by it right after. */
const banWithinS = 5;

/** Fetches what rows do not say: how the room is called now, which reaction was taken back, and who went by a ban. */
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
    let bans: readonly Ban[] | undefined;
    for (const row of rows) {
      if (aboutRoom.has(row.systemMessage)) {
        state ??= await this.#roomState(room, signal);
        found.set(row.id, { room: state });
      } else if (row.systemMessage === 'reaction_revoked') {
        found.set(row.id, { revoked: await this.#revokedBy(room, row, near, signal) });
      } else if (row.systemMessage === 'user_removed') {
        bans ??= await this.#bans(room, signal);
        const then = bans.filter(({ bannedTime }) => Math.abs(bannedTime - row.timestamp) <= banWithinS);
        const banned = then.map((ban) => talkUserId(ban.bannedActorType, ban.bannedActorId));
        if (banned.length > 0) found.set(row.id, { banned });
      }
    }
    return found;
  }

  /** None where our account, as no moderator, may not see them. */
  async #bans(token: RoomId, signal: AbortSignal): Promise<readonly Ban[]> {
    try {
      return (await this.client.api.bans.list({ token }, signal)).data;
    } catch (error) {
      const isRefused = error instanceof RoomClosed && error.reason === 'noPermission';
      if (error instanceof MessageRefused || isRefused) return [];
      throw error;
    }
  }

  async #roomState(room: RoomId, signal: AbortSignal): Promise<RoomState> {
    const { displayName, name, description, avatarVersion, isCustomAvatar } = await this.client.rooms.get(room, signal);
    return { name: displayName || name, description, avatarVersion, isCustomAvatar };
  }

  /**
   * A reaction that is taken back has its own row rewritten to `reaction_deleted`, and `reaction_revoked` is written after it,
   * without a word on which. Read backwards, each `reaction_revoked` of a person on a message has its row somewhere before it:
   * where as many of the one as of the other were met, the row that is looked for is among them. Those that were taken back
   * earlier and are met on the way are named once more, which changes nothing.
   */
  async #revokedBy(
    room: RoomId,
    revoked: OrderedRow,
    near: readonly OrderedRow[],
    signal: AbortSignal,
  ): Promise<number[]> {
    const pairing = new Pairing(revoked);
    const before = near.filter((row) => row.id < revoked.id).sort((a, b) => b.id - a.id);
    pairing.meet(before);
    let oldestId = before.at(-1)?.id ?? revoked.id;
    for (let pages = 0; pages < mostPages && !pairing.isClosed(oldestId); pages += 1) {
      const page = await this.client.chat.readBack(room, { beforeId: oldestId, limit: this.pageSize }, signal);
      pairing.meet(page.rows);
      const next = page.lastGiven ?? page.rows.at(-1)?.id;
      if (next === undefined || next >= oldestId) break;
      oldestId = next;
    }
    return pairing.found;
  }
}

/** The rows of one person's reactions to one message, from the newest to the oldest. */
class Pairing {
  readonly found: number[] = [];
  #open = 1;

  constructor(private readonly revoked: OrderedRow) {}

  meet(rows: readonly OrderedRow[]): void {
    for (const row of rows) {
      if (this.#open === 0) return;
      if (!this.#isSame(row)) continue;
      if (row.systemMessage === 'reaction_revoked') this.#open += 1;
      if (row.systemMessage !== 'reaction_deleted') continue;
      this.#open -= 1;
      this.found.push(row.id);
    }
  }

  /** Whether nothing more is to be met in what is older than a row: a reaction is younger than what it is on. */
  isClosed(oldestId: number): boolean {
    return this.#open === 0 || oldestId <= (this.revoked.parent?.id ?? 0);
  }

  #isSame(row: OrderedRow): boolean {
    const { actorType, actorId, parent } = this.revoked;
    return row.actorType === actorType && row.actorId === actorId && row.parent?.id === parent?.id;
  }
}
