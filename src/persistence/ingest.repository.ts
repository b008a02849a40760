import type { BridgeEvent } from '../model/bridge-event.js';
import type { Call } from '../model/call.js';
import type { StoredDelivery } from '../model/delivery.js';
import type { AccountId, DeliveryId, InboxKey, MessageRef, RemoteId, RoomId, RoomRef, UserId } from '../model/ids.js';
import {
  copyKey,
  type Known,
  type KnownCall,
  type KnownCopy,
  type KnownReaction,
  type Plan,
  reactionKey,
  remoteKey,
  roomKey,
  type RowId,
} from '../model/routing.js';
import { type Database, type Fence, shardLost, type Transaction } from './database.js';
import { applyPlan, type InboxRow, type RoomRead, type RoomsRead, columns } from './plan-writes.js';
import { type CopyRow, knownOf, type LearntRow } from './learnt-rows.js';
import { knownBallots, knownPolls } from './poll.repository.js';

/** What a batch brings and refers to. */
export interface Asked {
  /** Of the rooms that the batch was pulled from. */
  readonly fences: readonly Fence[];
  readonly account: AccountId;
  readonly keys: readonly InboxKey[];
  /** How many messages begin with it at most. */
  readonly newMessages: number;
  readonly rooms: readonly { readonly room: RoomRef; readonly bringsEchoes: boolean }[];
  /** Those of whose calls it tells. */
  readonly calls: readonly RoomRef[];
  /** Whether stored payloads are read again. */
  readonly readAgain: boolean;
  /** Whether any of its events is about a poll, not a new one. */
  readonly tellsOfPolls: boolean;
  /** Whether any of its events is about a message, not a new one. */
  readonly changesSomething: boolean;
  readonly messages: readonly MessageRef[];
  /** Those among them that are gone. Each may be a vote; else the other parts of what it belongs to, in the same room, are to be known. */
  readonly deleted: readonly MessageRef[];
  /** Messages that may have been told by these payloads, and are waited for where they were not. */
  readonly answered: readonly { readonly message: MessageRef; readonly key: InboxKey }[];
  readonly reactionRows: readonly { readonly account: AccountId; readonly remote: RemoteId }[];
  readonly voters: readonly { readonly account: AccountId; readonly id: UserId }[];
  readonly deliveries: readonly DeliveryId[];
}

/** What the database knows of a batch, and the ids for what the batch adds. */
export interface Learnt {
  readonly known: Known;
  readonly stored: ReadonlySet<InboxKey>;
  /** As many as there are keys. */
  readonly inboxIds: readonly RowId[];
  readonly messageIds: readonly RowId[];
}

/** The statements of the first of the two commits: what a batch needs to know, and what it writes. */
export class IngestRepository {
  constructor(private readonly newDeliveryId: () => DeliveryId) {}

  /**
   * Locks the lanes that may get something from the batch: until the transaction ends nothing else is put into them. Throws
   * ShardLost where a room that it was pulled from is another replica's.
   */
  async learn(tx: Transaction, asked: Asked): Promise<Learnt> {
    const fences = eachOnce(asked.fences);
    const [learnt] = await tx.call<LearntRow>('learn_together', [
      ...columns(fences, ['shard', 'fence']),
      asked.account,
      asked.keys,
      asked.newMessages,
      asked.rooms.map(({ room }) => room.account),
      asked.rooms.map(({ room }) => room.id),
      asked.rooms.map(({ bringsEchoes }) => bringsEchoes),
      asked.messages.map(({ room }) => room.account),
      asked.messages.map(({ room }) => room.id),
      asked.messages.map(({ id }) => id),
      asked.deliveries,
    ]);
    if (learnt === undefined) throw new Error('learn_together returned nothing');
    if (!learnt.ours) throw shardLost(...fences);
    const { stored, inbox_ids: inboxIds, message_ids: messageIds } = learnt;
    const known = await this.#more(tx, knownOf(learnt), asked);
    return { known, stored: new Set(stored), inboxIds, messageIds };
  }

  /** What only few batches need: what became of what is answered, calls, reactions, parked deliveries, and where a message is. */
  async #more(tx: Transaction, learnt: Known, asked: Asked): Promise<Known> {
    const unknown = asked.answered.filter(({ message }) => !learnt.copies.has(copyKey(message)));
    const known = unknown.length === 0 ? learnt : { ...learnt, told: await this.#told(tx, asked.keys, unknown) };
    if (asked.deleted.some((each) => known.copies.has(copyKey(each)))) await this.#parts(tx, asked.deleted, known);
    if (asked.reactionRows.length > 0) await this.#reactions(tx, asked.reactionRows, known);
    const ballots = asked.deleted.length === 0 ? [] : await knownBallots(tx, asked, [...known.messages.keys()]);
    for (const ballot of ballots) known.ballots.set(remoteKey(ballot.account, ballot.remote), ballot);
    if (asked.tellsOfPolls || ballots.length > 0) {
      const polls = new Set([...known.messages.keys(), ...ballots.map(({ message }) => message)]);
      for (const [message, poll] of await knownPolls(tx, [...polls])) known.polls.set(message, poll);
    }
    const noticed = asked.calls.length === 0 ? [] : await this.#calls(tx, asked.calls, known);
    const changed = [...(asked.readAgain || asked.changesSomething ? known.messages.keys() : []), ...noticed];
    if (changed.length === 0) return known;
    const reached = asked.readAgain ? await this.#reached(tx, changed) : known.reached;
    return { ...known, reached, parkedByMessage: await this.#parked(tx, changed) };
  }

  /** Those that are stored, or come with the batch. */
  async #told(tx: Transaction, coming: Asked['keys'], answered: Asked['answered']): Promise<Known['told']> {
    const rows = await tx.rows<{ key: InboxKey }>(
      `select asked.key from unnest($1::text[], $2::text[]) as asked (account, key)
        where (select true from inbox i where i.account = asked.account and i.key = asked.key)`,
      [answered.map(({ message }) => message.room.account), answered.map(({ key }) => key)],
    );
    return new Set([...coming, ...rows.map(({ key }) => key)]);
  }

  /** All that stands in the same rooms of the messages to which these belong. */
  async #parts(tx: Transaction, deleted: Asked['deleted'], known: Known): Promise<void> {
    const rows = await tx.rows<PartRow>(
      `select c.account, c.room, c.remote, c.message, c.portal, c.part, c.hash,
              exists (select 1 from deliveries d where d.id = c.delivery and d.state = 'waiting') as unfinished
         from unnest($1::text[], $2::text[], $3::text[]) as asked (account, room, remote)
         join copies gone using (account, room, remote)
         join copies c on c.message = gone.message and c.portal = gone.portal`,
      [deleted.map(({ room }) => room.account), deleted.map(({ room }) => room.id), deleted.map(({ id }) => id)],
    );
    for (const { account, room, remote, ...copy } of rows) {
      known.copies.set(copyKey({ room: { account, id: room }, id: remote }), copy);
    }
  }

  /** Returns the messages that tell of them. */
  async #calls(tx: Transaction, rooms: Asked['calls'], known: Known): Promise<RowId[]> {
    const rows = await tx.rows<CallRow>(
      `select c.account, c.room, c.message, c.remote, c.call, m.version::text, m.deleted_at is not null as deleted
         from calls c join messages m on m.id = c.message
        where (c.account, c.room) in (select * from unnest($1::text[], $2::text[]))`,
      [rooms.map(({ account }) => account), rooms.map(({ id }) => id)],
    );
    for (const { account, room, message, remote, call, version, deleted } of rows) {
      known.messages.set(message, { version: BigInt(version), deleted });
      known.calls.set(roomKey({ account, id: room }), { message, remote, call: JSON.parse(call) as Call });
    }
    return rows.map(({ message }) => message);
  }

  async #reached(tx: Transaction, messages: readonly RowId[]): Promise<Known['reached']> {
    const rows = await tx.rows<{ message: RowId; portal: RowId }>(
      `select message, portal from copies where message = any($1)
       union select message, lane from deliveries
              where message = any($1) and kind = 'messageSent' and state in ('waiting', 'parked')`,
      [messages],
    );
    const reached = new Map<RowId, Set<RowId>>();
    for (const { message, portal } of rows) reached.set(message, (reached.get(message) ?? new Set()).add(portal));
    return reached;
  }

  async #reactions(tx: Transaction, asked: Asked['reactionRows'], known: Known): Promise<void> {
    const rows = await tx.rows<ReactionRow>(
      `select message, emoji, account, person, state, version::text, remote from reactions
        where message = any($1)
           or (account, remote) in (select * from unnest($2::text[], $3::text[]))`,
      [[...known.messages.keys()], asked.map(({ account }) => account), asked.map(({ remote }) => remote)],
    );
    for (const row of rows) {
      const reaction: KnownReaction = { ...row, version: BigInt(row.version) };
      known.reactions.set(reactionKey(row.message, row.emoji, row.account, row.person), reaction);
      if (row.remote !== null) known.reactionsByRemote.set(remoteKey(row.account, row.remote), reaction);
    }
  }

  async #parked(tx: Transaction, messages: readonly RowId[]): Promise<Known['parkedByMessage']> {
    const rows = await tx.rows<{ id: RowId; lane: RowId; message: RowId }>(
      `select id, lane, message from deliveries where message = any($1) and state = 'parked'`,
      [messages],
    );
    const parked = new Map<RowId, { delivery: RowId; portal: RowId }[]>();
    for (const { id, lane, message } of rows) {
      parked.set(message, [...(parked.get(message) ?? []), { delivery: id, portal: lane }]);
    }
    return parked;
  }

  /** The ends of messages that have vanished from their rooms by themselves, the first first; those of paused links wait on. */
  async takeExpired(tx: Transaction, limit: number): Promise<BridgeEvent[]> {
    const rows = await tx.rows<ExpiredRow>(
      `with due as (
         delete from expirations where message in (
           select e.message from expirations e
            where e.due_at <= now()
              and not exists (select 1 from messages m join links l on l.id = m.link where m.id = e.message and l.state = 'paused')
            order by e.due_at limit $1 for update of e skip locked)
         returning message, due_at)
       select c.account, c.room, c.remote, m.account as "authorAccount", m.author, due.due_at as at
         from due join messages m on m.id = due.message and m.deleted_at is null
         join copies c on c.message = due.message and c.delivery is null and c.part = 0
        order by due.due_at, due.message`,
      [limit],
    );
    return rows.map(({ account, room, remote, authorAccount, author, at }) => ({
      kind: 'messageDeleted',
      room: { account, id: room },
      // What the author is called is looked up where it is shown.
      actor: { account: authorAccount, id: author, name: '', standing: 'person' },
      at: at.toISOString(),
      message: { room: { account, id: room }, id: remote },
      version: '0',
    }));
  }

  /** Those of these deliveries, stored in the same transaction, that their lanes are to begin with. */
  async firstInLanes(tx: Transaction, deliveries: readonly DeliveryId[]): Promise<readonly StoredDelivery[]> {
    return deliveries.length === 0 ? [] : tx.call<StoredDelivery>('first_in_lanes', [deliveries]);
  }

  /** What was read in these rooms of one account brought nothing to store. Throws ShardLost where one of them is another replica's. */
  async moveCursors(
    database: Database,
    account: AccountId,
    reads: readonly (RoomRead & { readonly fence: Fence })[],
  ): Promise<void> {
    const fences = eachOnce(reads.map(({ fence }) => fence));
    const [row] = await database.call<{ ours: boolean }>('move_cursors_if_ours', [
      ...columns(fences, ['shard', 'fence']),
      account,
      reads.map(({ room }) => room.id),
      reads.map(({ cursor }) => cursor),
    ]);
    if (row?.ours !== true) throw shardLost(...fences);
  }

  /** Writes the whole plan. `rows` are the payloads that are new to the inbox; `read`: how far which rooms were read with them. */
  async apply(tx: Transaction, plan: Plan, rows: readonly InboxRow[], read: RoomsRead): Promise<void> {
    await applyPlan(tx, plan, rows, read, this.newDeliveryId);
  }
}

/** A shard counts once, however many rooms of it were read. */
function eachOnce(fences: readonly Fence[]): readonly Fence[] {
  return [...new Map(fences.map((one) => [`${String(one.shard)} ${one.fence}`, one])).values()];
}

type PartRow = KnownCopy & Pick<CopyRow, 'account' | 'room' | 'remote'>;

interface ExpiredRow {
  readonly account: AccountId;
  readonly room: RoomId;
  readonly remote: RemoteId;
  readonly authorAccount: AccountId;
  readonly author: UserId;
  readonly at: Date;
}

type CallRow = Omit<KnownCall, 'call'> & {
  readonly account: AccountId;
  readonly room: RoomId;
  readonly call: string;
  readonly version: string;
  readonly deleted: boolean;
};

interface ReactionRow {
  readonly message: RowId;
  readonly emoji: string;
  readonly account: AccountId;
  readonly person: string;
  readonly state: 'added' | 'removed';
  readonly version: string;
  readonly remote: RemoteId | null;
}
