import type { AccountId, DeliveryId, InboxKey, RemoteId, RoomId } from '../model/ids.js';
import type { LinkOptions } from '../model/link-options.js';
import {
  copyKey,
  type Known,
  type KnownDelivery,
  type PortalWiring,
  roomKey,
  type RowId,
  type TargetWiring,
  type Wiring,
} from '../model/routing.js';

/** What `learn_together` answers, in one row. */
export interface LearntRow {
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

export interface CopyRow {
  readonly account: AccountId;
  readonly room: RoomId;
  readonly remote: RemoteId;
  readonly message: RowId;
  readonly portal: RowId;
  readonly part: number;
  readonly version: string;
  readonly deleted: boolean;
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

/** Pure: what so few rows say. What only few batches need is not in it yet. */
export function knownOf({ wiring, copies, deliveries }: LearntRow): Known {
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
