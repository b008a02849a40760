-- What people are called and what that looks like, so that two who look the same can be told apart.
create table people (
  account  text not null,
  person   text not null,
  label    text not null,
  skeleton text not null,
  seen_at  timestamptz not null default now(),
  primary key (account, person)
);
create index people_skeleton on people (label, skeleton);

update schema_info set version = 5;
