import type { AccountId } from '../model/ids.js';
import type { Database, Fence, Transaction } from './database.js';

export interface ReplicaIdentity {
  readonly id: string;
  readonly host: string;
  readonly process: string;
}

export interface ShardRow {
  readonly id: number;
  readonly owner: string | null;
  /** Of the owner, where it is still known. */
  readonly host: string | null;
  readonly process: string | null;
  /** No owner, or one that did not renew in time. */
  readonly free: boolean;
}

/** How long after the last possible attempt of the former owner a look is conclusive, for each account. */
export type Settling = ReadonlyMap<AccountId, { readonly afterTimeoutMs: number; readonly afterDisconnectMs: number }>;

export interface Takeover {
  readonly shards: readonly number[];
  /** Owners whose process is known to be gone: they need not time out, and what they sent has arrived. */
  readonly gone: readonly string[];
  readonly leaseMs: number;
  /** An owner begins no send later than this after its last renewal. */
  readonly lastSendMs: number;
  readonly settling: Settling;
  /** How many deliveries a lane may have had in flight. */
  readonly batch: number;
}

/** The statements of ownership: all times are PostgreSQL's. */
export class ShardRepository {
  constructor(private readonly database: Database) {}

  /**
   * Renews the replica and those of these shards that are still its own, and returns them. Shards that it gave up for lost are
   * not among them: they run out and are taken over like anybody's.
   */
  async renew(replica: ReplicaIdentity, leaseMs: number, shards: readonly number[]): Promise<Fence[]> {
    const rows = await this.database.rows<{ id: number; fence: string }>(
      `with me as (
         insert into replicas (id, host, process) values ($1, $3, $4)
         on conflict (id) do update set renewed_at = clock_timestamp())
       update shards set renewed_at = clock_timestamp(), free_at = clock_timestamp() + $2 * interval '1 millisecond'
        where owner = $1 and id = any($5) returning id, fence`,
      [replica.id, leaseMs, replica.host, replica.process, shards],
    );
    return rows.map(({ id, fence }) => ({ shard: id, fence }));
  }

  async shards(): Promise<ShardRow[]> {
    return this.database.rows<ShardRow>(
      `select s.id, s.owner, r.host, r.process, (s.owner is null or s.free_at < clock_timestamp()) as free
         from shards s left join replicas r on r.id = s.owner order by s.id`,
    );
  }

  /** The replicas that renewed within a lease. */
  async liveReplicas(leaseMs: number): Promise<ReplicaIdentity[]> {
    return this.database.rows<ReplicaIdentity>(
      `select id, host, process from replicas where renewed_at > clock_timestamp() - $1 * interval '1 millisecond'`,
      [leaseMs],
    );
  }

  /**
   * Takes those of the shards that are free, waiting for transactions of their former owner to end. After an unclean end
   * the first deliveries of each lane are marked as uncertain: the former owner may have made them.
   */
  async takeOver(replica: ReplicaIdentity, takeover: Takeover): Promise<Fence[]> {
    return this.database.transaction(async (tx) => {
      const free = await tx.rows<{ id: number; owner: string | null; last_send: Date | null }>(
        `select id, owner, renewed_at + $3 * interval '1 millisecond' as last_send from shards
          where id = any($1) and (owner is null or free_at < clock_timestamp() or owner = any($2::uuid[]))
          order by id for update`,
        [takeover.shards, takeover.gone, takeover.lastSendMs],
      );
      for (const { id, owner, last_send: lastSend } of free) {
        if (owner === null) continue;
        await this.#markUncertain(tx, id, takeover, takeover.gone.includes(owner) ? null : lastSend);
      }
      const taken = await tx.rows<{ id: number; fence: string }>(
        `update shards set owner = $2, fence = fence + 1, renewed_at = clock_timestamp(),
                free_at = clock_timestamp() + $3 * interval '1 millisecond'
          where id = any($1) returning id, fence`,
        [free.map(({ id }) => id), replica.id, takeover.leaseMs],
      );
      return taken.map(({ id, fence }) => ({ shard: id, fence }));
    });
  }

  /** `lastSend` null: the former owner is known to be gone, only what it already sent may still arrive. */
  async #markUncertain(tx: Transaction, shard: number, takeover: Takeover, lastSend: Date | null): Promise<void> {
    const accounts = [...takeover.settling];
    await tx.rows(
      `with heads as (
         select first.id, greatest(first.created_at, l.committed_at) as since, l.account
           from lanes l
           cross join lateral (select id, created_at from deliveries
                                where lane = l.portal and state = 'waiting' order by seq limit $2) first
          where l.shard = $1),
       settling as (
         select account, coalesce($5::timestamptz + timeout_ms * interval '1 millisecond',
                                  clock_timestamp() + disconnect_ms * interval '1 millisecond') as settled_at
           from unnest($3::text[], $4::int[], $6::int[]) as given (account, timeout_ms, disconnect_ms))
       update deliveries set uncertain_since = least(uncertain_since, heads.since),
                             settled_at = greatest(deliveries.settled_at, settling.settled_at)
         from heads join settling using (account)
        where deliveries.id = heads.id`,
      [
        shard,
        takeover.batch,
        accounts.map(([account]) => account),
        accounts.map(([, { afterTimeoutMs }]) => Math.round(afterTimeoutMs)),
        lastSend,
        accounts.map(([, { afterDisconnectMs }]) => Math.round(afterDisconnectMs)),
      ],
    );
  }

  /** Gives shards back in order: whoever takes them next has nothing to doubt. */
  async release(replica: ReplicaIdentity, shards: readonly number[]): Promise<void> {
    await this.database.rows(`update shards set owner = null, free_at = null where owner = $1 and id = any($2)`, [
      replica.id,
      shards,
    ]);
  }

  /** Tells where the replica receives its operator: `http://127.0.0.1:8781`. */
  async announce(replica: ReplicaIdentity, adminUrl: string): Promise<void> {
    await this.database.rows(
      `insert into replicas (id, host, process, admin_url) values ($1, $2, $3, $4)
       on conflict (id) do update set admin_url = excluded.admin_url`,
      [replica.id, replica.host, replica.process, adminUrl],
    );
  }

  /** The replicas that renewed lately, the last to do so first; without an address before they announced it. */
  async listening(): Promise<{ readonly id: string; readonly adminUrl: string | null }[]> {
    return this.database.rows(
      `select id, admin_url as "adminUrl" from replicas where renewed_at > now() - interval '1 minute'
        order by renewed_at desc`,
    );
  }

  async forget(replica: ReplicaIdentity): Promise<void> {
    await this.database.rows(`delete from replicas where id = $1`, [replica.id]);
  }

  /** Removes replicas that ended long ago without saying so and own nothing. */
  async forgetDead(): Promise<void> {
    await this.database.rows(
      `delete from replicas where renewed_at < clock_timestamp() - interval '1 day'
          and not exists (select 1 from shards where owner = replicas.id)`,
    );
  }
}
