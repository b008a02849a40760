-- What polls ask. It goes with the message, and some time after the poll is over.
create table polls (
  message   bigint primary key,
  question  text not null,
  options   text[] not null,
  results   text not null check (results in ('shown', 'hidden')),
  max_votes integer not null,
  closed_at timestamptz
);
create index polls_closed on polls (closed_at) where closed_at is not null;

-- What each person chose last, and in which room; nothing where they took it back.
create table poll_votes (
  message bigint not null,
  account text not null,
  person  text not null,
  portal  bigint not null,
  choices integer[] not null,
  version numeric not null,
  primary key (message, account, person)
);

-- What a room tells of its votes without saying whose they are.
create table poll_counts (
  message bigint not null,
  portal  bigint not null,
  voters  integer not null,
  counts  integer[],
  version numeric not null,
  primary key (message, portal)
);

-- Votes as they were cast in a room for people of other rooms.
create table poll_casts (
  message bigint not null,
  portal  bigint not null,
  account text not null,
  person  text not null,
  choices integer[] not null,
  primary key (message, portal, account, person)
);

update schema_info set version = 18;
