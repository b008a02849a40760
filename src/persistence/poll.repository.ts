import type { PollBoard, PollCast, PollCount, PollVote } from '../model/poll.js';
import type { Lane } from '../model/delivery.js';
import { type KnownBallot, type KnownPoll, type RowId, voterKey } from '../model/routing.js';
import type { AccountId, MessageRef, UserId } from '../model/ids.js';
import type { Database, Transaction } from './database.js';

/** What is known of polls: by those who route votes, and by those who show them. */
export class PollRepository {
  constructor(private readonly database: Pick<Database, 'rows'>) {}

  /** A poll with all that is known of its votes, in one answer, so that nothing of it is counted twice; undefined where it is none. */
  async board(message: RowId): Promise<PollBoard | undefined> {
    const [row] = await this.database.rows<BoardRow>(
      `select p.question, p.options, p.results, p.max_votes as "maxVotes", p.closed_at is not null as closed, p.thread,
              coalesce((select json_agg(json_build_object('account', v.account, 'person', v.person, 'portal', v.portal::text,
                                                          'choices', v.choices))
                          from poll_votes v where v.message = p.message), '[]'::json) as votes,
              coalesce((select json_agg(json_build_object('portal', c.portal::text, 'voters', c.voters, 'counts', c.counts))
                          from poll_counts c where c.message = p.message), '[]'::json) as counts,
              coalesce((select json_agg(json_build_object('account', c.account, 'person', c.person, 'portal', c.portal::text,
                                                          'choices', c.choices))
                          from poll_casts c where c.message = p.message), '[]'::json) as casts,
              coalesce((select json_agg(json_build_object('portal', d.lane::text, 'event', d.event))
                          from deliveries d
                         where d.message = p.message and d.kind = 'pollVoted' and d.state = 'waiting'), '[]'::json) as waiting
         from polls p where p.message = $1`,
      [message],
    );
    return row === undefined ? undefined : boardOf(row);
  }
}

/** What routing needs to know of the polls among these messages. */
export async function knownPolls(tx: Transaction, messages: readonly RowId[]): Promise<Map<RowId, KnownPoll>> {
  const rows = await tx.rows<KnownRow>(
    `select p.message, p.closed_at is not null as closed, cardinality(p.options) as options, p.max_votes as "maxVotes",
            coalesce((select json_agg(json_build_object('account', v.account, 'person', v.person, 'version', v.version::text))
                        from (select account, person, version from poll_votes where message = p.message
                              union all select '', portal::text, version from poll_counts where message = p.message) v),
                     '[]'::json) as versions
       from polls p where p.message = any($1)`,
    [messages],
  );
  return new Map(
    rows.map(({ message, closed, options, maxVotes, versions }) => [
      message,
      {
        state: closed ? 'closed' : 'open',
        options,
        maxVotes,
        versions: new Map(versions.map((each) => [voterKey(each.account, each.person), BigInt(each.version)])),
      },
    ]),
  );
}

/** The votes that are named by what was deleted, and all others of their people and of those who vote in the batch. */
export async function knownBallots(
  tx: Transaction,
  {
    deleted,
    voters,
  }: {
    readonly deleted: readonly MessageRef[];
    readonly voters: readonly { readonly account: AccountId; readonly id: UserId }[];
  },
  messages: readonly RowId[],
): Promise<KnownBallot[]> {
  const rows = await tx.rows<Omit<KnownBallot, 'version'> & { readonly version: string }>(
    `with people as (
       select message, account, person from poll_ballots
        where (account, remote) in (select * from unnest($1::text[], $2::text[]))
       union
       select message, account, person from unnest($3::bigint[]) as polls (message)
        cross join unnest($4::text[], $5::text[]) as voters (account, person))
     select account, remote, message, poll, person, choices, version::text
       from poll_ballots join people using (message, account, person)`,
    [
      deleted.map(({ room }) => room.account),
      deleted.map(({ id }) => id),
      messages,
      voters.map(({ account }) => account),
      voters.map(({ id }) => id),
    ],
  );
  return rows.map((row) => ({ ...row, version: BigInt(row.version) }));
}

/** A vote was cast in a lane's room for somebody. */
export async function storeCast(
  tx: Transaction,
  lane: Lane,
  message: RowId,
  { account, id }: { readonly account: AccountId; readonly id: UserId },
  choices: readonly number[],
): Promise<void> {
  await tx.rows(
    `insert into poll_casts (message, portal, account, person, choices) values ($1, $2, $3, $4, $5)
     on conflict (message, portal, account, person) do update set choices = excluded.choices`,
    [message, lane.id, account, id, choices],
  );
}

interface BoardRow extends Pick<PollBoard['poll'], 'question' | 'options' | 'results' | 'maxVotes'> {
  readonly closed: boolean;
  readonly thread: string | null;
  readonly votes: readonly PollVote[];
  readonly counts: readonly PollCount[];
  readonly casts: readonly Omit<PollCast, 'isUnderWay'>[];
  readonly waiting: readonly { readonly portal: RowId; readonly event: string }[];
}

interface KnownRow {
  readonly message: RowId;
  readonly closed: boolean;
  readonly options: number;
  readonly maxVotes: number;
  readonly versions: readonly { readonly account: AccountId; readonly person: string; readonly version: string }[];
}

function boardOf(row: BoardRow): PollBoard {
  const { question, options, results, maxVotes, closed, thread, votes, counts, casts, waiting } = row;
  const underWay = new Map<string, PollCast>();
  for (const { portal, event } of waiting) {
    const { actor } = JSON.parse(event) as { readonly actor: { readonly account: AccountId; readonly id: UserId } };
    const cast = { account: actor.account, person: actor.id, portal, choices: [], isUnderWay: true };
    underWay.set(castKey(cast), cast);
  }
  return {
    poll: { question, options, results, maxVotes, state: closed ? 'closed' : 'open' },
    ...(thread === null ? {} : { thread: JSON.parse(thread) as MessageRef }),
    votes,
    counts,
    casts: [...casts.map((cast) => ({ ...cast, isUnderWay: underWay.delete(castKey(cast)) })), ...underWay.values()],
  };
}

const castKey = ({ portal, account, person }: Pick<PollCast, 'portal' | 'account' | 'person'>): string =>
  `${portal}\n${voterKey(account, person)}`;
