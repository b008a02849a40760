import type { RoomId } from '../../model/ids.js';
import type { Ban } from './api/bans.endpoints.js';
import { bansIn } from './talk.bans.js';
import type { TalkClient } from './talk.client.js';
import { deliveryKeyIn, talkUserId } from './talk.ids.js';
import type { PollReader } from './talk.poll-reader.js';
import {
  federatedIn,
  type OrderedRow,
  parentOfEdit,
  parentRow,
  type RoomState,
  type StoredRow,
} from './talk.payloads.js';

export type Supplement = Pick<StoredRow, 'room' | 'answered' | 'revoked' | 'banned' | 'neverCame' | 'poll'>;

const aboutRoom: ReadonlySet<string> = new Set([
  'conversation_renamed',
  'description_set',
  'description_removed',
  'avatar_set',
  'avatar_removed',
]);
/** How far back it is looked for what a row undoes that was written long before. */
const mostPages = 50;

/** A ban is dated when it is made, and the row of who goes by it right after. */
const banWithinS = 5;

/** Fetches what rows do not say: how the room is called now, which reaction was taken back, who went by a ban, who had not come, and how a poll stands. */
export class RowSupplements {
  constructor(
    private readonly client: TalkClient,
    private readonly pageSize: number,
    private readonly polls: Pick<PollReader, 'of'>,
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
      } else if (row.systemMessage === 'message_edited') {
        const answered = await this.#answeredBy(room, row, near, signal);
        if (answered !== undefined) found.set(row.id, { answered });
      } else if (row.systemMessage === 'reaction_revoked') {
        found.set(row.id, { revoked: await this.#revokedBy(room, row, near, signal) });
      } else if (row.systemMessage === 'user_removed') {
        bans ??= (await bansIn(this.client, room, signal)) ?? [];
        const then = bans.filter(({ bannedTime }) => Math.abs(bannedTime - row.timestamp) <= banWithinS);
        const banned = then.map((ban) => talkUserId(ban.bannedActorType, ban.bannedActorId));
        if (banned.length > 0) found.set(row.id, { banned });
      } else if (row.systemMessage === 'federated_user_removed') {
        if (await this.#neverCame(room, row, near, signal)) found.set(row.id, { neverCame: true });
      } else {
        const poll = await this.polls.of(room, row, signal);
        if (poll !== undefined) found.set(row.id, { poll });
      }
    }
    return found;
  }

  /** What an edited message answers, of which the row of the edit says no more than that there is something. */
  async #answeredBy(
    room: RoomId,
    { parent }: OrderedRow,
    near: readonly OrderedRow[],
    signal: AbortSignal,
  ): Promise<StoredRow['answered']> {
    const { data: edited } = parentOfEdit.safeParse(parent);
    // Our own words are bridged to nobody.
    if (edited === undefined || edited.threadId === edited.id || deliveryKeyIn(edited.referenceId) !== undefined)
      return;
    const known = near.find((row) => row.id === edited.id);
    return known === undefined
      ? (await this.client.chat.get(room, edited.id, signal))?.parent
      : parentRow.safeParse(known.parent).data;
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
    for await (const rows of this.#before(room, revoked, near, signal)) {
      pairing.meet(rows);
      if (pairing.isClosed(rows.at(-1)?.id ?? revoked.id)) break;
    }
    return pairing.found;
  }

  /** Whether the last that was told of somebody of another server is that somebody else invited him. */
  async #neverCame(
    room: RoomId,
    removed: OrderedRow,
    near: readonly OrderedRow[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const person = federatedIn(removed);
    for await (const rows of this.#before(room, removed, near, signal)) {
      const added = rows.find((row) => row.systemMessage === 'federated_user_added' && federatedIn(row) === person);
      if (added !== undefined) return added.actorId !== person;
    }
    return false;
  }

  /** The rows before one, the newest first: those that were read anyway, then page by page. */
  async *#before(
    room: RoomId,
    { id }: OrderedRow,
    near: readonly OrderedRow[],
    signal: AbortSignal,
  ): AsyncGenerator<readonly OrderedRow[]> {
    const known = near.filter((row) => row.id < id).sort((a, b) => b.id - a.id);
    yield known;
    let oldestId = known.at(-1)?.id ?? id;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const page = await this.client.chat.readBack(room, { beforeId: oldestId, limit: this.pageSize }, signal);
      yield page.rows;
      const next = page.lastGiven ?? page.rows.at(-1)?.id;
      if (next === undefined || next >= oldestId) return;
      oldestId = next;
    }
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
