-- Each vote by itself, where its network gives it an id: one may be taken away by that alone, and what its person voted before counts again.
-- `poll`: the id of the poll in the room of the vote. A program before this one leaves the table as it is.
create table poll_ballots (
  account text not null,
  remote  text not null,
  message bigint not null,
  poll    text not null,
  person  text not null,
  choices integer[] not null,
  version numeric not null,
  primary key (account, remote)
);
create index poll_ballots_person on poll_ballots (message, account, person);

update schema_info set version = 20;
