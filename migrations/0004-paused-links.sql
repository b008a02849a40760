-- Who paused a link, and since when: a person, whose pause outlives restarts, or its leaving the settings, which ends with its return.
alter table links
  add column paused_by text check (paused_by in ('person', 'settings')),
  add column paused_at timestamptz;
update links set paused_by = case owner when 'database' then 'settings' else 'person' end, paused_at = now() where state = 'paused';

-- Where the room had been read to when its link was paused; from when on what was pushed is to be asked for, and since when it is.
alter table portals
  add column paused_cursor text,
  add column catch_up_from timestamptz,
  add column catch_up_asked_at timestamptz;
create index portals_catch_up on portals (account) where catch_up_asked_at is not null;

-- What came while a link was paused, to be taken in after all.
create index inbox_unlinked on inbox (account, received_at) where state = 'unlinked';

update schema_info set version = 4;
