-- How rooms stand beside what is said in them. Only those of which there is something to say have a row.
create table room_standings (
  account   text not null,
  room      text not null,
  -- Why the room lets us read and not write, for now; null: it lets us write.
  mute      text,
  -- Whether a line of the bridge told the people of the linked rooms: then another one tells when it is over.
  mute_told boolean not null default false,
  -- What else the operator may want to know.
  note      text,
  primary key (account, room)
);

update schema_info set version = 16;
