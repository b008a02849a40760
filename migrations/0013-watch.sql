-- How a room is watched, as the owner of its account chose it. `held_poll` says the same of held polls, for programs before this one,
-- and stays the authority on them: where the two differ, such a program wrote last.
alter table rooms
  add column watch text not null default 'swept' check (watch in ('webhook', 'signaling', 'held', 'swept')),
  -- When its network told of it by itself: written down where that is news.
  add column pushed_at timestamptz;
update rooms set watch = 'held' where held_poll;

update schema_info set version = 13;
