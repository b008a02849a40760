-- What several rooms of one account brought is learned of, stored and written down as read in one transaction: one commit for many
-- rooms. A program before this one goes on with `learn_batch` and `store_batch`.

-- All that is to be known of a batch before it is routed, in one request: whether all shards of the rooms that it was pulled from are
-- still the caller's, which of its payloads are stored, ids for those that are not and for new messages, how its rooms are linked,
-- the copies that it speaks of, and our own deliveries whose echoes it brings.
-- Locks the lanes that may get something, in the order of their ids, so that deliveries are numbered in the order of commits and
-- nobody deadlocks; an echo races with the answer to what it echoes, and may have a second copy withdrawn from its own room: that
-- takes the room's own lane.
create function learn_together(
  of_shards smallint[], of_fences bigint[], the_account text, keys text[], new_messages integer, room_accounts text[], room_ids text[], brings_echoes boolean[],
  copied_accounts text[], copied_rooms text[], copied text[], echoed uuid[]
) returns table (ours boolean, stored json, inbox_ids json, message_ids json, wiring json, copies json, deliveries json) language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  lanes_to_lock bigint[];
begin
  -- What is pushed belongs to nobody.
  select count(*) = cardinality(of_shards) into ours from (
    select shards.id from unnest(of_shards, of_fences) as asked (shard, fence)
      join shards on shards.id = asked.shard and shards.fence = asked.fence
     order by shards.id for key share of shards) fenced;
  select coalesce(json_agg(wires), '[]'::json), array_agg(distinct wires.portal) filter (where wires.other or wires.echoes)
    into wiring, lanes_to_lock
    from (
      select me.account, me.room, l.id::text as link, me.began_at as linked_at, l.options, asked.echoes,
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

-- How far rooms were read. `news`: something came of it that was not known. Whoever writes several rooms locks them in this order.
create function move_cursors(of_account text, read_rooms text[], cursors text[], news boolean[])
returns void language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  perform 1 from rooms where account = of_account and room = any(read_rooms) order by room for no key update;
  update rooms set cursor = asked.cursor, read_at = now(), state = 'open', reason = null,
         -- Our own words are activity too, though their echoes are not stored: the cursor moves past them.
         activity_at = case when asked.is_news or rooms.cursor is distinct from asked.cursor then now() else activity_at end
    from unnest(read_rooms, cursors, news) as asked (room, cursor, is_news)
   where rooms.account = of_account and rooms.room = asked.room and rooms.room = any(read_rooms);
end
$$;

-- What every routed batch writes, in one request: its payloads, the messages that begin with it, their copies, and deliveries in
-- their order at the ends of their lanes, which are locked, and how far the rooms were read that it was pulled from. Another
-- transaction that stored one of the payloads meanwhile makes it fail as a transaction that is to be repeated.
create function store_together(
  inbox_ids bigint[], inbox_accounts text[], keys text[], bodies bytea[], inbox_states text[], notes text[], inbox_messages bigint[],
  message_ids bigint[], message_links bigint[], message_accounts text[], authors text[], sent timestamptz[],
  copied_accounts text[], copied_rooms text[], copied text[], copied_messages bigint[], copied_portals bigint[], copied_parts smallint[],
  copied_deliveries bigint[],
  uuids uuid[], delivery_lanes bigint[], delivery_messages bigint[], delivery_inboxes bigint[], kinds text[], events text[],
  of_account text, read_rooms text[], cursors text[], news boolean[]
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
  if cardinality(cursors) > 0 then
    perform move_cursors(of_account, read_rooms, cursors, news);
  end if;
end
$$;

-- Reads that brought nothing to store: how far the rooms were read, where all their shards are still the caller's.
create function move_cursors_if_ours(of_shards smallint[], of_fences bigint[], of_account text, read_rooms text[], cursors text[])
returns table (ours boolean) language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  select count(*) = cardinality(of_shards) into ours from (
    select shards.id from unnest(of_shards, of_fences) as asked (shard, fence)
      join shards on shards.id = asked.shard and shards.fence = asked.fence
     order by shards.id for key share of shards) fenced;
  if ours then
    perform move_cursors(of_account, read_rooms, cursors, array_fill(false, array[cardinality(cursors)]));
  end if;
  return next;
end
$$;

update schema_info set version = 22;
