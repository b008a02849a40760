import type { DeliveryResult, Lane } from '../model/delivery.js';
import type { BridgeEvent, MessageEdited } from '../model/bridge-event.js';
import { asEdited, isOfFiles } from '../model/file-parts.js';
import type { RowId } from '../model/routing.js';
import type { Transaction } from './database.js';

/** What was routed behind a delivery that parks only now says what the delivery is to say, or that it is not to be made at all. */
export async function followParked(tx: Transaction, lane: Lane, results: readonly DeliveryResult[]): Promise<void> {
  for (const { delivery, state } of results) {
    if (state === 'parked') await followOne(tx, lane, delivery);
    else if (state === 'delivered' && delivery.event.kind === 'roomChanged') {
      await supersede(tx, lane, delivery.event.change.of);
    }
  }
}

async function followOne(
  tx: Transaction,
  lane: Lane,
  { id, message, event }: DeliveryResult['delivery'],
): Promise<void> {
  if (message === null || (await cancelIfStale(tx, id, message, event)) || event.kind !== 'messageSent') return;
  const edits = await tx.rows<{ event: string }>(
    `select event from deliveries where lane = $1 and message = $2 and kind = 'messageEdited' and state = 'waiting'
      order by seq`,
    [lane.id, message],
  );
  if (edits.length === 0) return;
  const said = edits.reduce((before, edit) => asEdited(before, JSON.parse(edit.event) as MessageEdited), event);
  await tx.rows(`update deliveries set event = $2 where id = $1`, [id, JSON.stringify(said)]);
}

/** A newer change of the same thing is shown: the parked one would take it back. */
async function supersede(tx: Transaction, lane: Lane, what: string): Promise<void> {
  const parked = await tx.rows<{ id: RowId; event: string }>(
    `select id, event from deliveries where lane = $1 and kind = 'roomChanged' and state = 'parked'`,
    [lane.id],
  );
  for (const { id, event } of parked) {
    const { change } = JSON.parse(event) as Extract<BridgeEvent, { kind: 'roomChanged' }>;
    if (change.of === what) await cancel(tx, id, 'a newer change came');
  }
}

/** Cancels a delivery that would show what is no longer so. */
export async function cancelIfStale(
  tx: Transaction,
  id: RowId,
  message: RowId | null,
  event: BridgeEvent,
): Promise<boolean> {
  const reason = message === null ? undefined : await stale(tx, message, event);
  if (reason === undefined) return false;
  await cancel(tx, id, reason);
  return true;
}

async function stale(tx: Transaction, message: RowId, event: BridgeEvent): Promise<string | undefined> {
  const [known] = await tx.rows<{ version: string; deleted: boolean }>(
    `select version::text, deleted_at is not null as deleted from messages where id = $1`,
    [message],
  );
  if (known?.deleted === true && event.kind !== 'messageDeleted') return 'the message was deleted';
  const isOfWords = event.kind === 'messageEdited' && !isOfFiles(event);
  if (isOfWords && known !== undefined && BigInt(known.version) > BigInt(event.version)) return 'a newer edit came';
  if (event.kind === 'pollVoted') return staleVote(tx, message, event);
  if ((event.kind !== 'reactionAdded' && event.kind !== 'reactionRemoved') || event.emoji === undefined)
    return undefined;
  const [reaction] = await tx.rows<{ state: string }>(
    `select state from reactions where message = $1 and emoji = $2 and account = $3 and person = $4`,
    [message, event.emoji, event.actor.account, event.actor.id],
  );
  const wanted = event.kind === 'reactionAdded' ? 'added' : 'removed';
  return reaction === undefined || reaction.state === wanted ? undefined : 'the reaction changed since';
}

async function staleVote(
  tx: Transaction,
  message: RowId,
  { actor, version }: Extract<BridgeEvent, { kind: 'pollVoted' }>,
): Promise<string | undefined> {
  const [vote] = await tx.rows<{ version: string }>(
    `select version::text from poll_votes where message = $1 and account = $2 and person = $3`,
    [message, actor.account, actor.id],
  );
  return vote === undefined || BigInt(vote.version) > BigInt(version) ? 'another vote came' : undefined;
}

async function cancel(tx: Transaction, id: RowId, reason: string): Promise<void> {
  await tx.rows(
    `update deliveries set state = 'skipped', reason = $2, event = null, finished_at = now() where id = $1`,
    [id, reason],
  );
}
