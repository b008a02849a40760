import type { Transaction } from './database.js';

/** PostgreSQL's channel by which replicas and commands wake each other. */
export const wakeupChannel = 'crosstalk';

/** The one by which replicas tell each other who types. */
export const typingChannel = 'crosstalk_typing';

/** Tells every replica, when the transaction is committed, that links have changed. It only hastens: they look from time to time. */
export async function tellOfLinks(tx: Transaction): Promise<void> {
  await tx.rows(`select pg_notify($1, $2)`, [wakeupChannel, JSON.stringify({ lanes: [], rooms: [] })]);
}
