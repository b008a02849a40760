-- When a copy was made: some rooms take edits for a while only.
alter table copies add column made_at timestamptz not null default now();

-- For whom a reaction stands in a portal's room. One account may stand there for many people: it takes its reaction back
-- with the last of them. `remote`: the reaction's own id there, where it has one.
create table reaction_copies (
  portal  bigint not null,
  message bigint not null,
  emoji   text not null,
  account text not null,
  person  text not null,
  remote  text,
  primary key (portal, message, emoji, account, person)
);

update schema_info set version = 3;
