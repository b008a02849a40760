import { assertNever } from '../model/bridge-event.js';
import type { UserRef } from '../model/ids.js';
import type { Copy } from '../model/network-adapter.js';
import type { RowId } from '../model/routing.js';
import { isOfFiles } from '../model/file-parts.js';
import { firstLine } from '../model/in-line.js';
import { firstToldPart } from '../model/told-reactions.js';
import type { Fence, Transaction } from './database.js';
import type { DeliveryResult, Lane } from '../model/delivery.js';
import { storeCast } from './poll.repository.js';

/** What the deliveries of one lane made, and what became of them. */
export interface Done {
  readonly lane: Lane;
  readonly fence: Fence;
  readonly results: readonly DeliveryResult[];
}

/**
 * What was written down: `all`, or without copies in whose place others stand, so that the echoes of each are to be judged. Nothing
 * where the shard is lost.
 */
export type Written = 'all' | 'notAllCopies' | 'nothing';

/** Writes down what several lanes did, in one request. One answer for each. */
export async function recordDone(
  database: Pick<Transaction, 'call'>,
  done: readonly Done[],
): Promise<readonly Written[]> {
  const results = done.flatMap(({ lane, results }) => results.map((result) => ({ lane, result })));
  const copies = results.flatMap(({ lane, result }) =>
    result.delivery.message !== null && isOfMessage(result)
      ? result.made.filter(isCopy).map((copy) => ({ lane, copy, result, message: result.delivery.message }))
      : [],
  );
  const rows = await database.call<{ recorded: RowId; whole: boolean }>('record_done', [
    done.map(({ lane }) => lane.id),
    done.map(({ fence }) => fence.shard),
    done.map(({ fence }) => fence.fence),
    done.map(whyHeld),
    copies.map(({ lane }) => lane.id),
    copies.map(({ lane }) => lane.account),
    copies.map(({ lane }) => lane.room),
    copies.map(({ copy }) => copy.id),
    copies.map(({ message }) => message),
    copies.map(({ copy }) => copy.part),
    copies.map(({ result }) => result.delivery.id),
    copies.map(({ result }) => result.hash),
    results.map(({ lane }) => lane.id),
    results.map(({ result }) => result.delivery.id),
    results.map(({ result }) => result.state),
    results.map(({ result }) => ('reason' in result ? result.reason : null)),
    results.map(({ result }) => (result.state === 'waiting' ? result.attempts : result.delivery.attempts)),
    results.map(({ result }) => (result.state === 'waiting' ? result.againAt : null)),
    results.map(({ result }) => (result.state === 'waiting' ? (result.uncertain?.since ?? null) : null)),
    results.map(({ result }) => (result.state === 'waiting' ? (result.uncertain?.settledAt ?? null) : null)),
  ]);
  const written = new Map<RowId, Written>(
    rows.map(({ recorded, whole }) => [recorded, whole ? 'all' : 'notAllCopies']),
  );
  return done.map(({ lane }) => written.get(lane.id) ?? 'nothing');
}

function whyHeld({ results }: Done): string | null {
  const failing = results.findLast((result) => result.state === 'waiting');
  return failing !== undefined && 'reason' in failing ? failing.reason : null;
}

/** A line is nobody's message, and no copy. */
function isCopy({ part }: Copy): boolean {
  return part < firstLine;
}

/** A thread's new name may have been told in a line, which is nobody's message: then nothing is known to be shown. */
function isOfMessage({ delivery, hash, made }: DeliveryResult): boolean {
  const { kind } = delivery.event;
  // Said in words, it goes with its message.
  if (kind === 'reactionAdded') return made.every(({ part }) => part >= firstToldPart);
  if (kind === 'pollStarted' || kind === 'pollCounted') return true;
  return kind === 'messageSent' || kind === 'messageEdited' || (kind === 'threadChanged' && hash !== null);
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
    case 'threadChanged':
    case 'messageEdited':
      // The words are shown as before.
      if (isOfFiles(event)) return;
      // Found made by a look, or told in a line: what the room shows now is not what the old hash says.
      await setShown(tx, lane, delivery.message, result.made.every(isCopy) ? result.hash : null);
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
        `delete from copies c using reaction_copies r
          where r.portal = $1 and r.message = $2 and r.emoji = $3 and r.account = $4 and r.person = $5
            and c.message = r.message and c.portal = r.portal and c.remote = r.remote and c.part >= $6`,
        [...reactionKey(lane, delivery.message, { ...event, emoji: event.emoji }), firstToldPart],
      );
      await tx.rows(
        `delete from reaction_copies where portal = $1 and message = $2 and emoji = $3 and account = $4 and person = $5`,
        reactionKey(lane, delivery.message, { ...event, emoji: event.emoji }),
      );
      return;
    case 'pollVoted':
      await storeCast(tx, lane, delivery.message, event.actor, event.choices);
      return;
    case 'pollCounted':
      if (result.shownPart !== undefined) await setPartShown(tx, lane, delivery.message, result.shownPart, result.hash);
      return;
    case 'messageSent':
    case 'messageDeleted':
    case 'pollStarted':
    case 'pollClosed':
    case 'memberJoined':
    case 'memberLeft':
    case 'roleChanged':
    case 'roomChanged':
    case 'callChanged':
    case 'pinChanged':
      return;
    default:
      assertNever(event);
  }
}

/** What one part shows. Without a hash it was found made by a look, and what it shows is not known. */
async function setPartShown(
  tx: Transaction,
  lane: Lane,
  message: RowId,
  part: number,
  hash: Buffer | null,
): Promise<void> {
  await tx.rows(`update copies set hash = $4 where message = $1 and portal = $2 and part = $3`, [
    message,
    lane.id,
    part,
    hash,
  ]);
}

async function setShown(tx: Transaction, lane: Lane, message: RowId, hash: Buffer | null): Promise<void> {
  await tx.rows(`update copies set hash = $3 where message = $1 and portal = $2`, [message, lane.id, hash]);
}

function reactionKey(
  lane: Lane,
  message: string,
  { emoji, actor }: { readonly emoji: string; readonly actor: UserRef },
): string[] {
  return [lane.id, message, emoji, actor.account, actor.id];
}
