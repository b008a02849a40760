import { assertNever } from '../model/bridge-event.js';
import type { UserRef } from '../model/ids.js';
import { ShardLost } from '../model/errors.js';
import type { Fence, Transaction } from './database.js';
import type { DeliveryResult, Lane } from '../model/delivery.js';

/**
 * Writes down what was made and what became of each delivery, in one request. Nothing is written where the shard is no longer
 * ours: ShardLost.
 */
export async function recordDeliveries(
  rows: Transaction['rows'],
  lane: Lane,
  { shard, fence }: Fence,
  results: readonly DeliveryResult[],
): Promise<void> {
  const failing = results.findLast((result) => result.state === 'waiting');
  const copies = results.flatMap((result) =>
    result.delivery.message !== null && isOfMessage(result)
      ? result.made.map((copy) => ({ ...copy, hash: result.hash, delivery: result.delivery }))
      : [],
  );
  const [recorded] = await rows<{ ours: boolean }>(
    `select record_deliveries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) as ours`,
    [
      lane.id,
      lane.account,
      lane.room,
      shard,
      fence,
      failing !== undefined && 'reason' in failing ? failing.reason : null,
      copies.map(({ id }) => id),
      copies.map(({ delivery }) => delivery.message),
      copies.map(({ part }) => part),
      copies.map(({ delivery }) => delivery.id),
      copies.map(({ hash }) => hash),
      results.map(({ delivery }) => delivery.id),
      results.map(({ state }) => state),
      results.map((result) => ('reason' in result ? result.reason : null)),
      results.map((result) => (result.state === 'waiting' ? result.attempts : result.delivery.attempts)),
      results.map((result) => (result.state === 'waiting' ? result.againAt : null)),
      results.map((result) => (result.state === 'waiting' ? (result.uncertain?.since ?? null) : null)),
      results.map((result) => (result.state === 'waiting' ? (result.uncertain?.settledAt ?? null) : null)),
    ],
  );
  if (recorded?.ours !== true) throw new ShardLost(`shard ${String(shard)} belongs to another replica`);
}

function isOfMessage({ delivery }: DeliveryResult): boolean {
  return delivery.event.kind === 'messageSent' || delivery.event.kind === 'messageEdited';
}

/** Whether there is more to write than parts and states: a change of what a room shows, or what is to follow a parked one. */
export function hasMore({ delivery, gone, state }: DeliveryResult): boolean {
  const isChange = state === 'delivered' && delivery.event.kind !== 'messageSent';
  return isChange || state === 'parked' || gone.length > 0;
}

/** Writes what a delivery changed besides the parts that it made. */
export async function storeChange(tx: Transaction, lane: Lane, result: DeliveryResult): Promise<void> {
  const { delivery, gone, state } = result;
  if (gone.length > 0) {
    await tx.rows(`delete from copies where account = $1 and room = $2 and remote = any($3)`, [
      lane.account,
      lane.room,
      gone.map(({ id }) => id),
    ]);
  }
  if (state !== 'delivered' || delivery.message === null) return;
  const { event } = delivery;
  switch (event.kind) {
    case 'messageEdited':
      // Without a hash it was found made by a look: what the room shows now is not what the old hash says.
      await tx.rows(`update copies set hash = $3 where message = $1 and portal = $2`, [
        delivery.message,
        lane.id,
        result.hash,
      ]);
      return;
    case 'reactionAdded':
      await tx.rows(
        `insert into reaction_copies (portal, message, emoji, account, person, remote) values ($1, $2, $3, $4, $5, $6)
         on conflict (portal, message, emoji, account, person) do update set remote = excluded.remote`,
        [...reactionKey(lane, delivery.message, event), result.made.at(0)?.id ?? null],
      );
      return;
    case 'reactionRemoved':
      if (event.emoji === undefined) return;
      await tx.rows(
        `delete from reaction_copies where portal = $1 and message = $2 and emoji = $3 and account = $4 and person = $5`,
        reactionKey(lane, delivery.message, { ...event, emoji: event.emoji }),
      );
      return;
    case 'messageSent':
    case 'messageDeleted':
    case 'pollStarted':
    case 'pollVoted':
    case 'pollClosed':
    case 'memberJoined':
    case 'memberLeft':
    case 'roomChanged':
    case 'callChanged':
    case 'threadChanged':
    case 'pinChanged':
      return;
    default:
      assertNever(event);
  }
}

function reactionKey(
  lane: Lane,
  message: string,
  { emoji, actor }: { readonly emoji: string; readonly actor: UserRef },
): string[] {
  return [lane.id, message, emoji, actor.account, actor.id];
}
