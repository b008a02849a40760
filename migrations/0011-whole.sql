-- What lanes did, in one request. Of those whose fence is lost nothing is written. `whole`: every copy of the others is written down;
-- else another copy of a delivery stands in its place, and the echo of each is to be judged.
drop function record_done;
create function record_done(
  of_lanes bigint[], shards_of smallint[], fences_of bigint[], why_held text[],
  copied_lane bigint[], copied_account text[], copied_room text[], copied text[],
  copied_message bigint[], copied_part smallint[], copied_delivery bigint[], copied_hash bytea[],
  delivery_lane bigint[], ids bigint[], states text[], reasons text[], tried int[],
  again timestamptz[], uncertain timestamptz[], settled timestamptz[]
) returns table (recorded bigint, whole boolean) language plpgsql
-- To plan takes several times as long as to do it, so the plans are kept. They must be good for tables that grow faster than their
-- statistics: so each table is asked by an index for rows that were named, whatever it is joined with (`= any`, or a subquery with
-- `offset 0`, which is not joined in another order).
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  ours bigint[];
  written bigint := 0;
begin
  select array_agg(fenced.lane) into ours from (
    select asked.lane from unnest(of_lanes, shards_of, fences_of) as asked (lane, shard, fence)
      join shards on shards.id = asked.shard and shards.fence = asked.fence
     order by shards.id for key share of shards) fenced;
  perform 1 from lanes where portal = any(ours) order by portal for no key update;
  -- Where the echo of an earlier attempt told of another copy, that one stays: the echo of this one withdraws it.
  if cardinality(copied) > 0 then
    insert into copies (account, room, remote, message, portal, part, delivery, hash)
    select made.account, made.room, made.remote, made.message, made.lane, made.part, made.delivery, made.hash
      from unnest(copied_lane, copied_account, copied_room, copied, copied_message, copied_part, copied_delivery, copied_hash)
        as made (lane, account, room, remote, message, part, delivery, hash)
     where made.lane = any(ours)
       and coalesce((select first.remote from copies first
                      where first.delivery = made.delivery and first.part = made.part), made.remote) = made.remote
    on conflict (account, room, remote) do update set hash = excluded.hash;
    get diagnostics written = row_count;
  end if;
  -- What is done keeps no words.
  update deliveries set state = news.state, reason = news.reason, attempts = news.attempts, again_at = news.again_at,
         uncertain_since = news.uncertain_since, settled_at = news.settled_at,
         event = case when news.state in ('delivered', 'skipped') then null else event end,
         finished_at = case when news.state = 'waiting' then null else now() end
    from unnest(delivery_lane, ids, states, reasons, tried, again, uncertain, settled)
      as news (lane, id, state, reason, attempts, again_at, uncertain_since, settled_at)
   -- What another replica finished meanwhile stays finished.
   where deliveries.id = news.id and deliveries.id = any(ids) and deliveries.state = 'waiting' and news.lane = any(ours);
  update lanes set committed_at = now(), reason = news.why,
         failing_since = case when news.why is null then null else coalesce(failing_since, now()) end,
         due_at = (select coalesce(again_at, now()) from deliveries
                    where lane = news.lane and state = 'waiting' order by seq limit 1)
    from unnest(of_lanes, why_held) as news (lane, why)
   where portal = news.lane and portal = any(ours);
  return query select unnest(ours), written = (select count(*) from unnest(copied_lane) as lane where lane = any(ours));
end
$$;

update schema_info set version = 11;
