import type { Plan, RowId } from '../model/routing.js';
import type { Transaction } from './database.js';

/** What a batch tells of polls. */
export async function writePolls(
  tx: Transaction,
  plan: Pick<Plan, 'polls' | 'pollVotes' | 'ballots' | 'ballotsGone' | 'pollCounts' | 'askedOtherwise' | 'closedPolls'>,
): Promise<void> {
  const { polls, pollVotes, ballots, ballotsGone, pollCounts, askedOtherwise, closedPolls } = plan;
  for (const { message, question, options, results, maxVotes, thread } of polls) {
    await tx.rows(
      `insert into polls (message, question, options, results, max_votes, thread) values ($1, $2, $3, $4, $5, $6)
       on conflict (message) do nothing`,
      [message, question, options, results, maxVotes, thread === null ? null : JSON.stringify(thread)],
    );
  }
  for (const { message, question, options } of askedOtherwise) {
    await tx.rows(`update polls set question = $2, options = $3 where message = $1`, [message, question, options]);
  }
  for (const { message, account, person, portal, choices, version } of pollVotes) {
    await tx.rows(
      `insert into poll_votes (message, account, person, portal, choices, version) values ($1, $2, $3, $4, $5, $6)
       on conflict (message, account, person)
       do update set portal = excluded.portal, choices = excluded.choices, version = excluded.version
        where poll_votes.version < excluded.version`,
      [message, account, person, portal, choices, version.toString()],
    );
  }
  for (const { account, remote, message, poll, person, choices, version } of ballots) {
    await tx.rows(
      `insert into poll_ballots (account, remote, message, poll, person, choices, version) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (account, remote) do update set version = excluded.version`,
      [account, remote, message, poll, person, choices, version.toString()],
    );
  }
  for (const { account, remote } of ballotsGone) {
    await tx.rows(`delete from poll_ballots where account = $1 and remote = $2`, [account, remote]);
  }
  for (const { message, portal, voters, counts, version } of pollCounts) {
    await tx.rows(
      `insert into poll_counts (message, portal, voters, counts, version) values ($1, $2, $3, $4, $5)
       on conflict (message, portal)
       do update set voters = excluded.voters, counts = excluded.counts, version = excluded.version
        where poll_counts.version < excluded.version`,
      [message, portal, voters, counts, version.toString()],
    );
  }
  if (closedPolls.length > 0) {
    await tx.rows(`update polls set closed_at = coalesce(closed_at, now()) where message = any($1)`, [closedPolls]);
  }
}

/** A poll that is gone leaves neither its words nor anybody's choice behind. */
export async function forgetPolls(tx: Pick<Transaction, 'rows'>, messages: readonly RowId[]): Promise<void> {
  await tx.rows(
    `with votes as (delete from poll_votes where message = any($1)),
          ballots as (delete from poll_ballots where message = any($1)),
          counts as (delete from poll_counts where message = any($1)),
          casts as (delete from poll_casts where message = any($1))
     delete from polls where message = any($1)`,
    [messages],
  );
}
