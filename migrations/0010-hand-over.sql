-- Those of these deliveries, just stored, before which nothing waits in their lanes: their lane may begin with them without asking.
create function first_in_lanes(uuids uuid[])
returns table (id bigint, uuid uuid, "readAt" timestamptz) language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return query
  select d.id, d.uuid, clock_timestamp()
    from unnest(uuids) as asked (uuid) cross join lateral (select * from deliveries where deliveries.uuid = asked.uuid offset 0) d
   where not exists (select 1 from deliveries before
                      where before.lane = d.lane and before.state = 'waiting' and before.seq < d.seq and before.uuid <> all(uuids));
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
           -- Our own words are activity too, though their echoes are not stored: the cursor moves past them.
           activity_at = case when cardinality(inbox_ids) > 0 or rooms.cursor is distinct from new_cursor then now() else activity_at end
     where account = cursor_account and room = cursor_room;
  end if;
end
$$;

update schema_info set version = 10;
