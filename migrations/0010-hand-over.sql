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

update schema_info set version = 10;
