import type { Clock } from '../../model/clock.js';
import type { Cursor, RoomId, UserId } from '../../model/ids.js';
import type { PulledBatch, RawPayload } from '../../model/network-adapter.js';
import type { ChatPage } from './api/chat.js';
import type { TalkClient } from './talk.client.js';
import {
  beginning,
  comparePositions,
  later,
  newCursor,
  parseCursor,
  type Position,
  type TalkCursor,
} from './talk.cursor.js';
import { hiddenMessages } from './talk.errors.js';
import { GoneFiles } from './talk.gone-files.js';
import { talkInboxKey, talkUserId } from './talk.ids.js';
import { tellsNews } from './talk.news.js';
import { endOf, inOrder, positionOf, reaches } from './talk.pages.js';
import type { OrderedRow, StoredRow } from './talk.payloads.js';
import type { PollReader } from './talk.poll-reader.js';
import type { ReadMarkers } from './talk.read-markers.js';
import { ReadingRhythm } from './talk.rhythm.js';
import { SeenRows } from './talk.seen-rows.js';
import type { TalkSettings } from './talk.settings.js';
import { RowSupplements } from './talk.supplements.js';

/** A cache of the server can hide later messages from forward reads for 30 s; more than this many pages of them are waited for. */
const mostPagesBack = 25;
const mostAtBeginning = 50;
const mostOverlapPages = 5;
/** So many of its newest rows are read in a busy room, and the whole page once in a second. */
const mostNewest = 20;

type SourceSettings = Pick<
  TalkSettings,
  'pageSize' | 'overlapS' | 'overlapIntervalMs' | 'pollTimeoutS' | 'pollPauseMs' | 'shortPollMs' | 'maxPollPauseMs'
>;

/** Rows from the server, oldest first, and how far the stream was read with them. */
interface Read {
  readonly rows: readonly OrderedRow[];
  readonly upTo: Position;
  readonly rest: PulledBatch['rest'];
  /** All that was read again besides, where the newest rows were read. */
  readonly again?: readonly OrderedRow[];
}

/** What its account knows, and is told of what is read. */
export interface SourceAccount {
  /** The id of the account's own user. */
  self(): string;
  /** Told with every row that is handed on. */
  noticeName(user: UserId, name: string): void;
  /** The same. */
  noticeRow(room: RoomId, systemMessage: string): void;
  /** What of a row is ours, beyond what the account's own user did. `key`: of the delivery by which the poll was made that it shows. */
  oursIn(room: RoomId, row: OrderedRow, key?: string): Promise<Pick<StoredRow, 'guests' | 'byUs'>>;
  isOurGuest(actor: string): Promise<boolean>;
  /** The polls of its rooms. */
  readonly polls: Pick<PollReader, 'of'>;
}

/** Who writes down what rows tell beside what is bridged: told before they are stored. */
export interface RowNotices {
  /** A room begins to be read. */
  began(room: RoomId): Promise<void>;
  noticeRow(room: RoomId, row: OrderedRow): Promise<void>;
}

/**
 * Reads rooms. A batch has no gap before its cursor; rows that the server stored late, behind the cursor, come with a later
 * batch: what was written within the last minute before the cursor is read again now and then.
 */
export class TalkSource {
  readonly #seen = new SeenRows();
  readonly #gone: GoneFiles;
  readonly #supplements: RowSupplements;
  readonly #rhythm: ReadingRhythm;
  /** Rooms whose last batch was one of many: the next ones are read forward at once. */
  readonly #catchingUp = new Set<string>();

  constructor(
    private readonly client: TalkClient,
    private readonly settings: SourceSettings,
    private readonly clock: Clock,
    private readonly account: SourceAccount,
    private readonly markers: Pick<ReadMarkers, 'hadActivity' | 'saw' | 'follow'>,
    private readonly notices: RowNotices,
  ) {
    this.#gone = new GoneFiles(async (room, row) => (await account.oursIn(room, row)).byUs === true);
    this.#supplements = new RowSupplements(client, settings.pageSize, account.polls);
    this.#rhythm = new ReadingRhythm(settings, clock);
  }

  /** Throws BridgeErrors only. */
  async pull(room: RoomId, from: Cursor | null, how: 'wait' | 'now', signal: AbortSignal): Promise<PulledBatch> {
    if (from === null) return this.#begin(room, signal);
    this.#seen.begin(room, from);
    const last = parseCursor(from);
    if (how === 'now' || this.#rhythm.isOverlapDue(room)) {
      const batch = await this.#batch(room, from, last, await this.#readNow(room, last, signal), signal);
      if (batch.cursor === from && batch.rest !== 'more') this.markers.follow(room, last.at.id, signal);
      if (how === 'now' || batch.payloads.length > 0 || batch.rest === 'more') return batch;
    }
    return this.#batch(room, from, last, await this.#readHeld(room, last, signal), signal);
  }

  /** Whether the row was read here already: a wake-up for it is one too many. */
  hasRead(room: string, rowId: number): boolean {
    return this.#seen.wasHanded(room, talkInboxKey(room, { id: rowId, systemMessage: '' }));
  }

  async #begin(room: RoomId, signal: AbortSignal): Promise<PulledBatch> {
    const page = await this.client.chat.readBack(room, { limit: mostAtBeginning }, signal);
    const newest = inOrder(page.rows).at(-1);
    const at = newest === undefined ? beginning : positionOf(newest);
    // Ids follow the order of storing: one that was stored late, and has an older time, has a higher id all the same.
    const highestId = Math.max(at.id, ...page.rows.map((row) => row.id));
    await this.notices.began(room);
    return { payloads: [], cursor: newCursor({ at, began: { id: highestId, seconds: at.seconds } }), rest: 'none' };
  }

  /** The newest page back to the overlap; where it does not reach the cursor, forward from there. */
  async #readNow(room: RoomId, last: TalkCursor, signal: AbortSignal): Promise<Read> {
    if (this.#catchingUp.has(room)) {
      const read = await this.#readForward(room, last, 0, signal);
      if (read !== undefined) return read;
    }
    const isWhole = this.settings.pageSize <= mostNewest || this.#rhythm.isWholePageDue(room);
    const newest = isWhole ? undefined : await this.#readNewest(room, last, signal);
    if (newest !== undefined) return newest;
    const page = await this.client.chat.readBack(room, { limit: this.settings.pageSize }, signal);
    this.markers.saw(room, page.commonRead);
    this.#rhythm.readWholePage(room);
    this.#rhythm.readOverlap(room);
    const rows = inOrder(page.rows);
    if (rows.length === 0) return this.#upToNewest(rows, last);
    if (reaches(rows, last.at))
      return this.#upToNewest(inOrder(await this.#readOverlap(room, last, page, signal)), last);
    const read = await this.#readForward(room, last, 0, signal);
    if (read !== undefined) return { ...read, rest: 'more' };
    // Nothing after the cursor, and later rows all the same: a cache of the server, or a cursor whose own row is gone.
    return this.#upToNewest(inOrder(await this.#readBackTo(room, last.at, page, signal)), last);
  }

  /** Undefined where so few rows do not reach the cursor. */
  async #readNewest(room: RoomId, last: TalkCursor, signal: AbortSignal): Promise<Read | undefined> {
    const page = await this.client.chat.readBack(room, { limit: mostNewest }, signal);
    this.markers.saw(room, page.commonRead);
    const rows = inOrder(page.rows);
    const oldest = rows[0];
    if (oldest === undefined || !reaches(rows, last.at)) return undefined;
    // How many they are says nothing: the server may have left out some that it shows to nobody.
    const isAll = oldest.timestamp < last.at.seconds - this.settings.overlapS;
    return { ...this.#upToNewest(rows, last), rest: isAll ? 'none' : 'late' };
  }

  /** Held by the server until something comes, for as long as no overlap is due. */
  async #readHeld(room: RoomId, last: TalkCursor, signal: AbortSignal): Promise<Read> {
    await this.#rhythm.nextHeld(room, signal);
    const heldS = this.#rhythm.heldS(room);
    const beganMs = this.clock.monotonicMs();
    const read = await this.#readForward(room, last, heldS, signal);
    if (read !== undefined) {
      this.#rhythm.wasAnswered(room);
      return read;
    }
    this.#rhythm.broughtNothing(room, heldS, this.clock.monotonicMs() - beganMs);
    return { rows: [], upTo: last.at, rest: 'none' };
  }

  /** Undefined where nothing is after the cursor, as far as the server says. */
  async #readForward(room: RoomId, last: TalkCursor, heldS: number, signal: AbortSignal): Promise<Read | undefined> {
    const limit = this.settings.pageSize;
    const page = await this.client.chat.readForward(room, { afterId: last.at.id, limit, heldS }, signal);
    const isFull = page.rows.length >= limit;
    if (isFull) this.#catchingUp.add(room);
    else this.#catchingUp.delete(room);
    const upTo = endOf(page, last.at);
    if (page.rows.length === 0 && upTo.id === last.at.id) return undefined;
    return { rows: inOrder(page.rows), upTo, rest: isFull ? 'more' : 'none' };
  }

  /** The rest of the overlap, where so much is written that it is longer than a page; only now and then. */
  async #readOverlap(
    room: RoomId,
    last: TalkCursor,
    newest: ChatPage,
    signal: AbortSignal,
  ): Promise<readonly OrderedRow[]> {
    const floor = last.at.seconds - this.settings.overlapS;
    const rows = [...newest.rows];
    let page = newest;
    for (let pages = 1; pages < mostOverlapPages; pages += 1) {
      const oldest = page.rows.at(-1);
      const isWhole = page.rows.length < this.settings.pageSize || oldest === undefined || oldest.timestamp < floor;
      if (isWhole || (pages === 1 && !this.#rhythm.takeDeepRead(room))) return rows;
      page = await this.client.chat.readBack(room, { beforeId: oldest.id, limit: this.settings.pageSize }, signal);
      rows.push(...page.rows);
    }
    return rows;
  }

  async #readBackTo(room: RoomId, target: Position, newest: ChatPage, signal: AbortSignal): Promise<OrderedRow[]> {
    const rows = [...newest.rows];
    let oldest = newest;
    for (let pages = 1; pages < mostPagesBack; pages += 1) {
      const beforeId = oldest.lastGiven ?? oldest.rows.at(-1)?.id;
      if (beforeId === undefined) return rows;
      oldest = await this.client.chat.readBack(room, { beforeId, limit: this.settings.pageSize }, signal);
      rows.push(...oldest.rows);
      if (reaches(inOrder(oldest.rows), target)) return rows;
    }
    throw hiddenMessages();
  }

  #upToNewest(rows: readonly OrderedRow[], last: TalkCursor): Read {
    const newest = rows.at(-1);
    const upTo = newest === undefined ? last.at : later(last.at, positionOf(newest));
    const floor = last.at.seconds - this.settings.overlapS;
    return { rows: rows.filter((row) => row.timestamp >= floor), upTo, rest: 'none', again: rows };
  }

  /** What of a read is handed on, and the cursor that goes with it: the same one where there is nothing. */
  async #batch(room: RoomId, from: Cursor, last: TalkCursor, read: Read, signal: AbortSignal): Promise<PulledBatch> {
    const { began } = last;
    const fresh = read.rows.filter((row) => {
      const isBefore = began !== undefined && row.id <= began.id;
      return !isBefore && !this.#seen.isStored(room, talkInboxKey(room, row));
    });
    const hasMoved = comparePositions(read.upTo, last.at) !== 0;
    const gone = await this.#gone.payloads(room, this.#known(read, began), read.upTo, (row, fileGone) =>
      bodyOf({ token: room, self: this.account.self(), row, fileGone }),
    );
    if (fresh.length === 0 && !hasMoved) return { payloads: gone, cursor: from, rest: read.rest };
    const payloads = [...(await this.#payloads(room, fresh, read.rows, signal)), ...gone];
    const floor = read.upTo.seconds - this.settings.overlapS;
    const next = newCursor({ at: read.upTo, ...(began !== undefined && began.seconds >= floor ? { began } : {}) });
    const handed = fresh.map((row) => ({ key: talkInboxKey(room, row), seconds: row.timestamp }));
    this.#seen.hand(room, handed, next, floor);
    if (fresh.length > 0) {
      this.#rhythm.hadActivity(room);
      this.markers.hadActivity(room);
    }
    return { payloads, cursor: next, rest: read.rest };
  }

  /** What was read, of others, since the room was linked. */
  #known({ again = [] }: Read, began: Position | undefined): readonly OrderedRow[] {
    const self = this.account.self();
    return again.filter(
      ({ id, actorType, actorId }) => id > (began?.id ?? 0) && !(actorType === 'users' && actorId === self),
    );
  }

  async #payloads(
    room: RoomId,
    fresh: readonly OrderedRow[],
    near: readonly OrderedRow[],
    signal: AbortSignal,
  ): Promise<RawPayload[]> {
    const supplements = await this.#supplements.find(room, fresh, near, signal);
    const nowSeconds = (this.clock.now().getTime() + this.client.skewMs) / 1000;
    const payloads: RawPayload[] = [];
    for (const row of fresh) {
      if (row.actorDisplayName !== '')
        this.account.noticeName(talkUserId(row.actorType, row.actorId), row.actorDisplayName);
      this.account.noticeRow(room, row.systemMessage);
      await this.notices.noticeRow(room, row);
      const ours = await this.account.oursIn(room, row, supplements.get(row.id)?.poll?.key);
      const stored = {
        token: room,
        self: this.account.self(),
        row,
        ...ours,
        ...supplements.get(row.id),
      } satisfies Omit<StoredRow, 'row'> & { row: unknown };
      const isNews = tellsNews(row, nowSeconds) ? { isNews: true as const } : {};
      payloads.push({ key: talkInboxKey(room, row), body: bodyOf(stored), ...isNews });
    }
    return payloads;
  }
}

function bodyOf(stored: Omit<StoredRow, 'row'> & { row: unknown }): Uint8Array {
  return Buffer.from(JSON.stringify(stored), 'utf8');
}
