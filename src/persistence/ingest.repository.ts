import type { BridgeEvent } from '../model/bridge-event.js';
import type { Call } from '../model/call.js';
import type { StoredDelivery } from '../model/delivery.js';
import type { LinkOptions } from '../model/link-options.js';
import type { AccountId, DeliveryId, InboxKey, MessageRef, RemoteId, RoomId, RoomRef, UserId } from '../model/ids.js';
import {
  copyKey,
  type Known,
  type KnownCall,
  type KnownCopy,
  type KnownDelivery,
  type KnownReaction,
  type Plan,
  type PortalWiring,
  reactionKey,
  remoteKey,
  roomKey,
  type RowId,
  type TargetWiring,
  type Wiring,
} from '../model/routing.js';
import { type Database, type Fence, RaceLost, shardLost, type Transaction } from './database.js';
import { applyPlan, type InboxRow, type RoomRead, type RoomsRead, columns } from './plan-writes.js';
import { knownBallots, knownPolls } from './poll.repository.js';

export interface HeldRow {
  readonly id: RowId;
  readonly inbox: RowId;
  readonly account: AccountId;
  readonly event: BridgeEvent;
}

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

  /** Events that waited for one of these messages, oldest first; they are no longer held afterwards. Those of paused links wait on. */
  async takeHeld(tx: Transaction, targets: readonly MessageRef[]): Promise<HeldRow[]> {
    return inTheirOrder(
      await tx.rows<StoredHeldRow>(
        `delete from held using unnest($1::text[], $2::text[], $3::text[]) as asked (account, room, remote)
          where (held.account, held.room, held.remote) = (asked.account, asked.room, asked.remote) and ${notPaused}
         returning held.id, held.inbox, held.account, held.event`,
        [targets.map(({ room }) => room.account), targets.map(({ room }) => room.id), targets.map(({ id }) => id)],
      ),
    );
  }

  /** Throws RaceLost, behind the locks of `learn`, where something waits for one of these messages that `takeHeld` did not see yet. */
  async assertNoneHeld(tx: Transaction, targets: readonly MessageRef[]): Promise<void> {
    if (targets.length === 0) return;
    const rows = await tx.rows(
      `select 1 from held join unnest($1::text[], $2::text[], $3::text[]) as asked (account, room, remote)
                       using (account, room, remote)
        where ${notPaused} limit 1`,
      [targets.map(({ room }) => room.account), targets.map(({ room }) => room.id), targets.map(({ id }) => id)],
    );
    if (rows.length > 0) throw new RaceLost('what waits for the same message was held meanwhile');
  }

  /** The targets of held events that became known without them, by the done commit of another transaction. */
  async knownTargetsOfHeld(tx: Transaction, limit: number): Promise<MessageRef[]> {
    const rows = await tx.rows<{ account: AccountId; room: RoomId; remote: RemoteId }>(
      `select distinct account, room, remote from held join copies using (account, room, remote)
        where ${notPaused} limit $1`,
      [limit],
    );
    return rows.map(({ account, room, remote }) => ({ room: { account, id: room }, id: remote }));
  }

  /** Events whose target did not come in time, oldest first; they are no longer held afterwards. */
  async takeOverdueHeld(tx: Transaction, limit: number): Promise<HeldRow[]> {
    return inTheirOrder(
      await tx.rows<StoredHeldRow>(
        `delete from held where id in (select id from held where least(until, deliver_at) < now() and ${notPaused}
                                        order by least(until, deliver_at), id limit $1 for update skip locked)
         returning id, inbox, account, event`,
        [limit],
      ),
    );
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

  /** What this payload told is not held any more. */
  async forgetHeld(tx: Transaction, inbox: RowId): Promise<void> {
    await tx.rows(`delete from held where inbox = $1`, [inbox]);
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

type StoredHeldRow = Omit<HeldRow, 'event'> & { readonly event: string };

/** What a paused link is to be told of waits for longer. */
const notPaused = `not exists (select 1 from portals p join links l on l.id = p.link
                                where p.account = held.account and p.room = held.room and p.removed_at is null and l.state = 'paused')`;

/** As they happened. */
function inTheirOrder(rows: readonly StoredHeldRow[]): HeldRow[] {
  return rows
    .map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as BridgeEvent }))
    .sort((a, b) => (a.event.at < b.event.at ? -1 : a.event.at > b.event.at ? 1 : Number(BigInt(a.id) - BigInt(b.id))));
}

/** What `learn_together` answers, in one row. */
interface LearntRow {
  readonly ours: boolean;
  readonly stored: readonly InboxKey[];
  readonly inbox_ids: readonly RowId[];
  readonly message_ids: readonly RowId[];
  readonly wiring: readonly WiringRow[];
  readonly copies: readonly CopyRow[];
  readonly deliveries: readonly DeliveryRow[];
}

interface WiringRow {
  readonly account: AccountId;
  readonly room: RoomId;
  readonly link: RowId;
  readonly linked_at: string;
  readonly options: LinkOptions;
  readonly portal: number;
  readonly portal_account: AccountId;
  readonly portal_room: RoomId | null;
  readonly direction: PortalWiring['direction'];
  /** Whether it is another portal of the room's link than the room's own. */
  readonly other: boolean;
  readonly shard: number | null;
}

interface CopyRow {
  readonly account: AccountId;
  readonly room: RoomId;
  readonly remote: RemoteId;
  readonly message: RowId;
  readonly portal: RowId;
  readonly part: number;
  readonly version: string;
  readonly deleted: boolean;
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

interface DeliveryRow {
  readonly uuid: DeliveryId;
  readonly id: RowId;
  readonly message: RowId | null;
  readonly state: string;
  readonly portal: RowId;
  readonly account: AccountId;
  readonly room: RoomId;
  readonly part: number | null;
  readonly remote: RemoteId | null;
}

function knownOf({ wiring, copies, deliveries }: LearntRow): Known {
  return {
    wiring: wiringOf(wiring),
    copies: new Map(
      copies.map(({ account, room, remote, message, portal, part }) => [
        copyKey({ room: { account, id: room }, id: remote }),
        { message, portal, part },
      ]),
    ),
    told: new Set(),
    messages: new Map(copies.map(({ message, version, deleted }) => [message, { version: BigInt(version), deleted }])),
    reactions: new Map(),
    reactionsByRemote: new Map(),
    calls: new Map(),
    polls: new Map(),
    ballots: new Map(),
    deliveries: deliveriesOf(deliveries),
    parkedByMessage: new Map(),
    reached: new Map(),
  };
}

function wiringOf(rows: readonly WiringRow[]): Map<string, Wiring> {
  const wiring = new Map<string, Wiring>();
  for (const row of rows) {
    if (row.other) continue;
    wiring.set(roomKey({ account: row.account, id: row.room }), {
      link: row.link,
      linkedAt: new Date(row.linked_at),
      options: row.options,
      own: { ...targetOf(row), room: row.room },
      others: rows
        .filter(({ account, room, other }) => other && account === row.account && room === row.room)
        .map(targetOf),
    });
  }
  return wiring;
}

function targetOf({ portal, portal_account: account, portal_room: room, direction, shard }: WiringRow): TargetWiring {
  return { portal: String(portal), account, room, direction, shard };
}

function deliveriesOf(rows: readonly DeliveryRow[]): Map<DeliveryId, KnownDelivery> {
  const deliveries = new Map<DeliveryId, KnownDelivery & { copies: Map<number, RemoteId> }>();
  for (const { uuid, id, message, portal, account, room, state, part, remote } of rows) {
    const known = deliveries.get(uuid) ?? {
      ...{ id, message, portal, account, room },
      copies: new Map<number, RemoteId>(),
      parked: state === 'parked',
    };
    if (part !== null && remote !== null) known.copies.set(part, remote);
    deliveries.set(uuid, known);
  }
  return deliveries;
}
