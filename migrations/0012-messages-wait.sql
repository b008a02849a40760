-- Until when a message waits for what it answers; it is delivered all the same then. A program before this one drops what has an
-- `until`, and leaves these alone.
alter table held
  add column deliver_at timestamptz,
  alter column until drop not null;

-- Since when a room is in its link.
alter table portals add column began_at timestamptz not null default now();
update portals set began_at = links.created_at from links where links.id = portals.link;

-- All that is to be known of a batch before it is routed, in one request: whether the shard of the room that it was pulled from is
-- still the caller's, which of its payloads are stored, ids for those that are not and for new messages, how its rooms are linked,
-- the copies that it speaks of, and our own deliveries whose echoes it brings.
-- Locks the lanes that may get something, in the order of their ids, so that deliveries are numbered in the order of commits and
-- nobody deadlocks; an echo races with the answer to what it echoes, and may have a second copy withdrawn from its own room: that
-- takes the room's own lane.
create or replace function learn_batch(
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

update schema_info set version = 12;
