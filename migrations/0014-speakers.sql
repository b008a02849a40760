-- Who is to be seen to speak in a room; `auto`: the best that it has.
alter table portals add column speaker text not null default 'auto' check (speaker in ('auto', 'guest', 'bridged', 'relay'));

update schema_info set version = 14;
