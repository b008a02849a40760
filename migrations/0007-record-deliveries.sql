-- The second of the two commits of a message in one request: what a lane's deliveries made and what became of them. False, and
-- nothing is written, where the shard belongs to another replica. The lane is locked before the copies, as routing does.
create function record_deliveries(
  the_lane bigint, the_account text, the_room text, the_shard smallint, the_fence bigint, why_held text,
  copied text[], copied_message bigint[], copied_part smallint[], copied_delivery bigint[], copied_hash bytea[],
  ids bigint[], states text[], reasons text[], tried int[], again timestamptz[], uncertain timestamptz[], settled timestamptz[]
) returns boolean language plpgsql
-- To plan takes several times as long as to do it, so the plans are kept; and since the tables grow faster than their
-- statistics, none that reads a whole table.
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  perform 1 from shards where id = the_shard and fence = the_fence for key share;
  if not found then
    return false;
  end if;
  perform 1 from lanes where portal = the_lane for no key update;
  -- Where the echo of an earlier attempt told of another copy, that one stays: the echo of this one withdraws it.
  if cardinality(copied) > 0 then
    insert into copies (account, room, remote, message, portal, part, delivery, hash)
    select the_account, the_room, made.remote, made.message, the_lane, made.part, made.delivery, made.hash
      from unnest(copied, copied_message, copied_part, copied_delivery, copied_hash) as made (remote, message, part, delivery, hash)
     where not exists (select 1 from copies first
                        where first.delivery = made.delivery and first.part = made.part and first.remote <> made.remote)
    on conflict (account, room, remote) do update set hash = excluded.hash;
  end if;
  -- What is done keeps no words.
  update deliveries set state = news.state, reason = news.reason, attempts = news.attempts, again_at = news.again_at,
         uncertain_since = news.uncertain_since, settled_at = news.settled_at,
         event = case when news.state in ('delivered', 'skipped') then null else event end,
         finished_at = case when news.state = 'waiting' then null else now() end
    from unnest(ids, states, reasons, tried, again, uncertain, settled)
      as news (id, state, reason, attempts, again_at, uncertain_since, settled_at)
   where deliveries.id = news.id;
  update lanes set committed_at = now(), reason = why_held,
         failing_since = case when why_held is null then null else coalesce(failing_since, now()) end,
         due_at = (select coalesce(again_at, now()) from deliveries
                    where lane = the_lane and state = 'waiting' order by seq limit 1)
   where portal = the_lane;
  return true;
end
$$;

-- The first deliveries of a lane, in order; none where its link was paused or its room taken out.
create function due_deliveries(the_lane bigint, most integer)
returns table (
  id bigint, uuid uuid, message bigint, event text, attempts integer, uncertain_since timestamptz, settled_at timestamptz,
  account text, author text, later boolean, made json
) language plpgsql stable set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return query
  select d.id, d.uuid, d.message, d.event, d.attempts, d.uncertain_since, d.settled_at, m.account, m.author,
         coalesce(d.again_at > now(), false),
         coalesce((select json_agg(json_build_object('part', c.part, 'id', c.remote) order by c.part)
                     from copies c where c.delivery = d.id), '[]'::json)
    from deliveries d left join messages m on m.id = d.message
   where d.lane = the_lane and d.state = 'waiting'
     and exists (select 1 from portals p join links l on l.id = p.link
                  where p.id = the_lane and p.removed_at is null and l.state = 'active')
   order by d.seq limit most;
end
$$;

update schema_info set version = 7;
