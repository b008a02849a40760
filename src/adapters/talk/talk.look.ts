import type { EventKind, MessageEdited } from '../../model/bridge-event.js';
import type { Copy, Outcome, UncertainDelivery } from '../../model/network-adapter.js';
import type { RoomId } from '../../model/ids.js';
import type { TalkAuthors } from './talk.authors.js';
import type { TalkClient } from './talk.client.js';
import { wordsOfEdit } from './talk.changes.js';
import { hiddenMessages } from './talk.errors.js';
import { deliveryKeyIn, rowIdOf, talkMessageId } from './talk.ids.js';
import { bridgeBotUser } from './talk.bridge-bot.js';
import { isDeletedRow, type OrderedRow, type ShownRow } from './talk.payloads.js';
import type { TextsOf } from './talk.posting.js';
import type { PollReader } from './talk.poll-reader.js';
import { isShown } from './to-talk.js';

/** The server's clock is known to a second, and a request takes its time before its row is dated. */
const marginMs = 60_000;
/** An edit is dated when it is made. One that is taken for older than it is, is made once more, which changes nothing. */
const editMarginS = 1;
const mostPages = 100;

/** What leaves a row with a key behind; of a poll that is ended and a thread that is renamed that may be a line. */
const posted: ReadonlySet<EventKind> = new Set([
  'messageSent',
  'messageEdited',
  'pollStarted',
  'pollClosed',
  'threadChanged',
]);

type FoundCopies = ReadonlyMap<UncertainDelivery, ReadonlyMap<number, Copy>>;

/** Finds out what earlier attempts left behind: one look a room for what was posted, one for each message that was edited. */
export class TalkLook {
  constructor(
    private readonly client: TalkClient,
    private readonly pageSize: number,
    /** The id of the account's own user. */
    private readonly self: () => string,
    private readonly textsOf: TextsOf,
    private readonly authors: Pick<TalkAuthors, 'behind'>,
    private readonly polls: Pick<PollReader, 'of'>,
  ) {}

  async wasDone(deliveries: readonly UncertainDelivery[], since: Date, signal: AbortSignal): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const room of new Set(deliveries.map((delivery) => delivery.room))) {
      const inRoom = deliveries.filter((delivery) => delivery.room === room);
      const found = await this.#findPosted(room, inRoom, since, signal);
      // What is sent in order is made in order: after a message that is not there nothing was made.
      let isComplete = true;
      for (const delivery of inRoom) {
        const copies = [...(found.get(delivery)?.values() ?? [])].sort((a, b) => a.part - b.part);
        const isNew = delivery.event.kind === 'messageSent' || delivery.event.kind === 'pollStarted';
        if (isNew && copies.length === 0) isComplete = false;
        const done = copies.length > 0 ? copies : await this.#otherwise(delivery, isComplete, since, signal);
        outcomes.push({ delivery: delivery.delivery, done });
      }
    }
    return outcomes;
  }

  async #otherwise(
    delivery: UncertainDelivery,
    isComplete: boolean,
    since: Date,
    signal: AbortSignal,
  ): Promise<'alreadySo' | 'notFound'> {
    const { event } = delivery;
    if (event.kind === 'messageDeleted') {
      return (await this.#areGone(delivery.room, delivery.target, signal)) ? 'alreadySo' : 'notFound';
    }
    if (event.kind !== 'messageEdited' || !isComplete) return 'notFound';
    return (await this.#isEdited(delivery, event, since, signal)) ? 'alreadySo' : 'notFound';
  }

  async #findPosted(
    room: RoomId,
    deliveries: readonly UncertainDelivery[],
    since: Date,
    signal: AbortSignal,
  ): Promise<FoundCopies> {
    const posting = deliveries.filter(({ event }) => posted.has(event.kind));
    const found = new Map<UncertainDelivery, Map<number, Copy>>(posting.map((delivery) => [delivery, new Map()]));
    if (posting.length === 0) return found;
    const fromSeconds = Math.floor((since.getTime() + this.client.skewMs - marginMs) / 1000);
    const asksPoll = posting.some(({ event }) => event.kind === 'pollStarted');
    for await (const row of this.#newestRows(room, fromSeconds, signal)) {
      const { id, referenceId } = row;
      const key = deliveryKeyIn((asksPoll ? (await this.polls.of(room, row, signal))?.key : undefined) ?? referenceId);
      if (key === undefined) continue;
      for (const [delivery, copies] of found) {
        const part = delivery.partOf(key);
        if (part !== undefined) copies.set(part, { part, id: talkMessageId(id), key });
      }
    }
    return found;
  }

  async *#newestRows(room: RoomId, fromSeconds: number, signal: AbortSignal): AsyncGenerator<OrderedRow> {
    let beforeId: number | undefined;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const page = await this.client.chat.readBack(
        room,
        { limit: this.pageSize, ...(beforeId === undefined ? {} : { beforeId }) },
        signal,
      );
      for (const row of page.rows) if (row.timestamp >= fromSeconds) yield row;
      const oldest = page.rows.at(-1);
      if (oldest !== undefined && oldest.timestamp < fromSeconds) return;
      beforeId = page.lastGiven ?? oldest?.id;
      if (beforeId === undefined) return;
    }
    throw hiddenMessages();
  }

  /** Whether every part shows what the edit says, by our own hand and since then, and no part is missing or too many. */
  async #isEdited(
    { room, target, speaker }: UncertainDelivery,
    edit: MessageEdited,
    since: Date,
    signal: AbortSignal,
  ): Promise<boolean> {
    const event = wordsOfEdit(edit);
    const count = (await this.textsOf(event, speaker, 'relay')).length;
    const fromSeconds = Math.floor((since.getTime() + this.client.skewMs) / 1000) - editMarginS;
    for (let part = 0; part < count; part += 1) {
      const copy = target.find((each) => each.part === part);
      const row = copy === undefined ? undefined : await this.#row(room, copy, signal);
      if (row === undefined || !(await this.#isOurEdit(row, fromSeconds))) return false;
      const { as } = await this.authors.behind(row.actorType, row.actorId);
      const text = (await this.textsOf(event, speaker, as))[part] ?? '';
      if (!isShown(text, row)) return false;
    }
    return this.#areGone(
      room,
      target.filter((copy) => copy.part >= count),
      signal,
    );
  }

  async #isOurEdit(row: ShownRow, fromSeconds: number): Promise<boolean> {
    const { lastEditActorType = '', lastEditActorId = '', lastEditTimestamp = 0 } = row;
    if (lastEditActorType !== 'users' || lastEditTimestamp < fromSeconds) return false;
    if (lastEditActorId === this.self() || lastEditActorId === bridgeBotUser) return true;
    return (await this.authors.behind(lastEditActorType, lastEditActorId)).as === 'own';
  }

  /** Whether every part is deleted, or was never there. */
  async #areGone(room: RoomId, parts: readonly Copy[], signal: AbortSignal): Promise<boolean> {
    for (const copy of parts) {
      const row = await this.#row(room, copy, signal);
      if (row !== undefined && !isDeletedRow(row)) return false;
    }
    return true;
  }

  async #row(room: RoomId, copy: Copy, signal: AbortSignal): Promise<ShownRow | undefined> {
    const id = rowIdOf(copy.id);
    return id === undefined ? undefined : this.client.chat.get(room, id, signal);
  }
}
