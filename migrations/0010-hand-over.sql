-- Those of these deliveries, just stored, before which nothing waits in their lanes, and whose lanes are to deliver: they may begin
-- with them without asking.
create function first_in_lanes(uuids uuid[])
returns table (id bigint, uuid uuid, "readAt" timestamptz) language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return query
  with stored as materialized (
         select d.id, d.uuid, d.lane, d.seq
           from unnest(uuids) as asked (uuid)
          cross join lateral (select * from deliveries where deliveries.uuid = asked.uuid offset 0) d),
       fronts as materialized (
         select lanes_of.lane
           from (select stored.lane, min(stored.seq) as seq from stored group by stored.lane) lanes_of
          where not exists (select 1 from deliveries before
                             where before.lane = lanes_of.lane and before.state = 'waiting' and before.seq < lanes_of.seq)
            and exists (select 1 from portals p join links l on l.id = p.link
                         where p.id = lanes_of.lane and p.removed_at is null and l.state = 'active'))
  select stored.id, stored.uuid, clock_timestamp() from stored join fronts on fronts.lane = stored.lane;
end
$$;

-- What every routed batch writes, in one request: its payloads, the messages that begin with it, their copies, and deliveries in
-- their order at the ends of their lanes, which are locked, and how far the room was read that it was pulled from. Another transaction that stored one of the payloads meanwhile makes
-- it fail as a transaction that is to be repeated.
create or replace function store_batch(
  inbox_ids bigint[], inbox_accounts text[], keys text[], bodies bytea[], inbox_states text[], notes text[], inbox_messages bigint[],
  message_ids bigint[], message_links bigint[], message_accounts text[], authors text[], sent timestamptz[],
  copied_accounts text[], copied_rooms text[], copied text[], copied_messages bigint[], copied_portals bigint[], copied_parts smallint[],
  copied_deliveries bigint[],
  uuids uuid[], delivery_lanes bigint[], delivery_messages bigint[], delivery_inboxes bigint[], kinds text[], events text[],
  cursor_account text, cursor_room text, new_cursor text
) returns void language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  inserted bigint;
begin
  if cardinality(inbox_ids) > 0 then
    -- The words of a deleted message are not kept.
    insert into inbox (id, account, key, body, state, note, message)
    select new.id, new.account, new.key,
           case when exists (select 1 from messages m where m.id = new.message and m.deleted_at is not null) then null else new.body end,
           new.state, new.note, new.message
      from unnest(inbox_ids, inbox_accounts, keys, bodies, inbox_states, notes, inbox_messages)
        as new (id, account, key, body, state, note, message)
    on conflict (account, key) do nothing;
    get diagnostics inserted = row_count;
    if inserted < cardinality(inbox_ids) then
      raise serialization_failure using message = 'the same payload was stored by another transaction';
    end if;
  end if;
  if cardinality(message_ids) > 0 then
    insert into messages (id, link, account, author, sent_at)
    select * from unnest(message_ids, message_links, message_accounts, authors, sent);
  end if;
  if cardinality(copied) > 0 then
    insert into copies (account, room, remote, message, portal, part, delivery)
    select * from unnest(copied_accounts, copied_rooms, copied, copied_messages, copied_portals, copied_parts, copied_deliveries)
    on conflict do nothing;
  end if;
  if cardinality(uuids) > 0 then
    with asked as (select new.lane, count(*) as count from unnest(delivery_lanes) as new (lane) group by new.lane),
         numbered as (update lanes set next_seq = next_seq + asked.count, due_at = coalesce(due_at, now())
                        from asked where lanes.portal = asked.lane and lanes.portal = any(delivery_lanes)
                      returning lanes.portal, lanes.next_seq - asked.count as first)
    insert into deliveries (uuid, lane, seq, message, inbox, kind, event, created_at)
    select new.uuid, new.lane, numbered.first - 1 + row_number() over (partition by new.lane order by new.place),
           new.message, new.inbox, new.kind, new.event, clock_timestamp()
      from unnest(uuids, delivery_lanes, delivery_messages, delivery_inboxes, kinds, events) with ordinality
        as new (uuid, lane, message, inbox, kind, event, place)
      join numbered on numbered.portal = new.lane
     order by new.place;
  end if;
  if new_cursor is not null then
    update rooms set cursor = new_cursor, read_at = now(), state = 'open', reason = null,
           -- Our own words are activity too, though their echoes are not stored: the cursor moves past them.
           activity_at = case when cardinality(inbox_ids) > 0 or rooms.cursor is distinct from new_cursor then now() else activity_at end
     where account = cursor_account and room = cursor_room;
  end if;
end
$$;

-- What lanes did, in one request. Of those whose fence is lost nothing is written.
create or replace function record_done(
  of_lanes bigint[], shards_of smallint[], fences_of bigint[], why_held text[],
  copied_lane bigint[], copied_account text[], copied_room text[], copied text[],
  copied_message bigint[], copied_part smallint[], copied_delivery bigint[], copied_hash bytea[],
  delivery_lane bigint[], ids bigint[], states text[], reasons text[], tried int[],
  again timestamptz[], uncertain timestamptz[], settled timestamptz[]
) returns table (recorded bigint) language plpgsql
-- To plan takes several times as long as to do it, so the plans are kept. They must be good for tables that grow faster than their
-- statistics: so each table is asked by an index for rows that were named, whatever it is joined with (`= any`, or a subquery with
-- `offset 0`, which is not joined in another order).
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  ours bigint[];
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
  return query select unnest(ours);
end
$$;

-- A replica that had lost its shard could write over what the next one had finished, and whose words were gone by then.
update deliveries set state = 'delivered', again_at = null, uncertain_since = null, settled_at = null, finished_at = coalesce(finished_at, now())
 where state = 'waiting' and event is null;
update lanes set due_at = null
 where due_at is not null and not exists (select 1 from deliveries where deliveries.lane = lanes.portal and deliveries.state = 'waiting');

update schema_info set version = 10;
