import { assertNever } from '../model/bridge-event.js';
import type { UserRef } from '../model/ids.js';
import type { Transaction } from './database.js';
import type { DeliveryResult, Lane } from '../model/delivery.js';

/** The parts of messages that were made: by a new message or by an edit that made it longer. */
export async function storeCopies(tx: Transaction, lane: Lane, results: readonly DeliveryResult[]): Promise<void> {
  const copies = results.flatMap((result) =>
    result.delivery.message !== null && isOfMessage(result)
      ? result.made.map((copy) => ({ ...copy, hash: result.hash, delivery: result.delivery }))
      : [],
  );
  if (copies.length === 0) return;
  // Where the echo of an earlier attempt told of another copy, that one stays: the echo of this one withdraws it.
  await tx.rows(
    `insert into copies (account, room, remote, message, portal, part, delivery, hash)
     select $1, $2, made.remote, made.message, $3, made.part, made.delivery, made.hash
       from unnest($4::text[], $5::bigint[], $6::smallint[], $7::bigint[], $8::bytea[]) as made (remote, message, part, delivery, hash)
      where not exists (select 1 from copies first
                         where first.delivery = made.delivery and first.part = made.part and first.remote <> made.remote)
     on conflict (account, room, remote) do update set hash = excluded.hash`,
    [
      lane.account,
      lane.room,
      lane.id,
      copies.map(({ id }) => id),
      copies.map(({ delivery }) => delivery.message),
      copies.map(({ part }) => part),
      copies.map(({ delivery }) => delivery.id),
      copies.map(({ hash }) => hash),
    ],
  );
}

function isOfMessage({ delivery }: DeliveryResult): boolean {
  return delivery.event.kind === 'messageSent' || delivery.event.kind === 'messageEdited';
}

/** What a delivery changed besides the parts that it made. */
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

/** The state of each delivery. What is done keeps no words. */
export async function storeResults(tx: Transaction, results: readonly DeliveryResult[]): Promise<void> {
  await tx.rows(
    `update deliveries set state = news.state, reason = news.reason, attempts = news.attempts, again_at = news.again_at,
            uncertain_since = news.uncertain_since, settled_at = news.settled_at,
            event = case when news.state in ('delivered', 'skipped') then null else event end,
            finished_at = case when news.state = 'waiting' then null else now() end
       from unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[])
         as news (id, state, reason, attempts, again_at, uncertain_since, settled_at)
      where deliveries.id = news.id`,
    [
      results.map(({ delivery }) => delivery.id),
      results.map(({ state }) => state),
      results.map((result) => ('reason' in result ? result.reason : null)),
      results.map((result) => (result.state === 'waiting' ? result.attempts : result.delivery.attempts)),
      results.map((result) => (result.state === 'waiting' ? result.againAt : null)),
      results.map((result) => (result.state === 'waiting' ? (result.uncertain?.since ?? null) : null)),
      results.map((result) => (result.state === 'waiting' ? (result.uncertain?.settledAt ?? null) : null)),
    ],
  );
}
