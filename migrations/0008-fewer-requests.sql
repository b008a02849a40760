-- A request for each thing that a batch has to know or to write, and one for each lane, was most of what a message cost: now one
-- learns and one stores, and lanes share theirs. The functions for one lane stay for programs of the version before.

-- What deliveries of these lanes made and what became of them. Returns the lanes whose shards are still the caller's; nothing is
-- written of the others. Lanes are locked in the order of their ids and before the copies, as routing does.
create function record_done(
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
   where deliveries.id = news.id and deliveries.id = any(ids) and news.lane = any(ours);
  update lanes set committed_at = now(), reason = news.why,
         failing_since = case when news.why is null then null else coalesce(failing_since, now()) end,
         due_at = (select coalesce(again_at, now()) from deliveries
                    where lane = news.lane and state = 'waiting' order by seq limit 1)
    from unnest(of_lanes, why_held) as news (lane, why)
   where portal = news.lane and portal = any(ours);
  return query select unnest(ours);
end
$$;

-- The first deliveries of each of these lanes, in order; none where its link was paused or its room taken out.
create function due_in_lanes(of_lanes bigint[], most integer)
returns table (
  lane bigint, id bigint, uuid uuid, message bigint, event text, attempts integer, uncertain_since timestamptz,
  settled_at timestamptz, account text, author text, later boolean, made json, read_at timestamptz
) language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return query
  select asked.lane, due.*, clock_timestamp()
    from unnest(of_lanes) with ordinality as asked (lane, place) cross join lateral (
      select d.id, d.uuid, d.message, d.event, d.attempts, d.uncertain_since, d.settled_at, m.account, m.author,
             coalesce(d.again_at > now(), false),
             coalesce((select json_agg(json_build_object('part', c.part, 'id', c.remote) order by c.part)
                         from copies c where c.delivery = d.id), '[]'::json)
        from deliveries d left join messages m on m.id = d.message
       where d.lane = asked.lane and d.state = 'waiting'
         and exists (select 1 from portals p join links l on l.id = p.link
                      where p.id = asked.lane and p.removed_at is null and l.state = 'active')
       order by d.seq limit most) due
   order by asked.place;
end
$$;

-- All that is to be known of a batch before it is routed, in one request: whether the shard of the room that it was pulled from is
-- still the caller's, which of its payloads are stored, ids for those that are not and for new messages, how its rooms are linked,
-- the copies that it speaks of, and our own deliveries whose echoes it brings.
-- Locks the lanes that may get something, in the order of their ids, so that deliveries are numbered in the order of commits and
-- nobody deadlocks; an echo races with the answer to what it echoes, and may have a second copy withdrawn from its own room: that
-- takes the room's own lane.
create function learn_batch(
  the_shard smallint, the_fence bigint, the_account text, keys text[], new_messages integer, room_accounts text[], room_ids text[], brings_echoes boolean[],
  copied_accounts text[], copied_rooms text[], copied text[], echoed uuid[]
) returns table (ours boolean, stored json, inbox_ids json, message_ids json, wiring json, copies json, deliveries json) language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  lanes_to_lock bigint[];
begin
  if the_shard is not null then
    perform 1 from shards where id = the_shard and fence = the_fence for key share;
  end if;
  -- What is pushed belongs to nobody.
  ours := the_shard is null or found;
  select coalesce(json_agg(wires), '[]'::json), array_agg(distinct wires.portal) filter (where wires.other or wires.echoes)
    into wiring, lanes_to_lock
    from (
      select me.account, me.room, l.id::text as link, l.created_at as linked_at, l.options, asked.echoes,
             p.id as portal, p.account as portal_account, p.room as portal_room, p.direction, p.id <> me.id as other, lanes.shard
        from unnest(room_accounts, room_ids, brings_echoes) as asked (account, room, echoes)
       cross join lateral (select * from portals where account = asked.account and room = asked.room and removed_at is null
                           offset 0) me
       cross join lateral (select * from links where links.id = me.link and state = 'active' offset 0) l
       cross join lateral (select * from portals where portals.link = l.id and removed_at is null offset 0) p
        left join lateral (select * from lanes where portal = p.id offset 0) lanes on true
       where p.id = me.id or lanes.portal is not null
       order by p.id) wires;
  perform 1 from lanes where portal = any(lanes_to_lock) order by portal for no key update;
  -- From here on nothing is put into these lanes, and nothing of theirs is written down.
  select coalesce(json_agg(asked.key), '[]'::json) into stored
    from unnest(keys) as asked (key)
   where (select true from inbox i where i.account = the_account and i.key = asked.key);
  select coalesce(json_agg(nextval('inbox_id_seq')::text), '[]'::json) into inbox_ids from unnest(keys);
  select coalesce(json_agg(nextval('messages_id_seq')::text), '[]'::json) into message_ids from generate_series(1, new_messages);
  select coalesce(json_agg(json_build_object(
           'account', c.account, 'room', c.room, 'remote', c.remote, 'message', c.message::text, 'portal', c.portal::text,
           'part', c.part, 'version', m.version::text, 'deleted', m.deleted_at is not null)), '[]'::json)
    into copies
    from unnest(copied_accounts, copied_rooms, copied) as asked (account, room, remote)
   cross join lateral (select * from copies where account = asked.account and room = asked.room and remote = asked.remote
                       offset 0) c
   cross join lateral (select * from messages where id = c.message offset 0) m;
  select coalesce(json_agg(json_build_object(
           'uuid', d.uuid, 'id', d.id::text, 'message', d.message::text, 'state', d.state, 'portal', p.id::text,
           'account', p.account, 'room', p.room, 'part', c.part, 'remote', c.remote)), '[]'::json)
    into deliveries
    from unnest(echoed) as asked (uuid)
   cross join lateral (select * from deliveries where uuid = asked.uuid offset 0) d
   cross join lateral (select * from portals where id = d.lane and room is not null offset 0) p
    left join lateral (select * from copies where delivery = d.id offset 0) c on true;
  return next;
end
$$;

-- What every routed batch writes, in one request: its payloads, the messages that begin with it, their copies, and deliveries in
-- their order at the ends of their lanes, which are locked, and how far the room was read that it was pulled from. Another transaction that stored one of the payloads meanwhile makes
-- it fail as a transaction that is to be repeated.
create function store_batch(
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
    insert into deliveries (uuid, lane, seq, message, inbox, kind, event)
    select new.uuid, new.lane, numbered.first - 1 + row_number() over (partition by new.lane order by new.place),
           new.message, new.inbox, new.kind, new.event
      from unnest(uuids, delivery_lanes, delivery_messages, delivery_inboxes, kinds, events) with ordinality
        as new (uuid, lane, message, inbox, kind, event, place)
      join numbered on numbered.portal = new.lane
     order by new.place;
  end if;
  if new_cursor is not null then
    update rooms set cursor = new_cursor, read_at = now(), state = 'open', reason = null,
           activity_at = case when cardinality(inbox_ids) > 0 then now() else activity_at end
     where account = cursor_account and room = cursor_room;
  end if;
end
$$;

update schema_info set version = 8;
