-- A room's call that goes on: the message that tells of it, and what is known of it by now.
create table calls (
  account text not null,
  room    text not null,
  message bigint not null,
  -- The message's origin.
  remote  text not null,
  call    text not null,
  primary key (account, room)
);

-- Messages that vanish from their rooms by themselves, and from then on elsewhere too.
create table expirations (
  message bigint primary key,
  due_at  timestamptz not null
);
create index expirations_due on expirations (due_at);

-- What a link mirrors, whole.
alter table links alter column options set
  default '{"name":true,"topic":true,"avatar":true,"members":"state","clearedHistory":"notice","moderators":"state","calls":"notice","access":"line","expired":"delete","moderation":"off"}';
update links set options = '{"moderators":"state","calls":"notice","access":"line","expired":"delete","moderation":"off"}'::jsonb || options;

update schema_info set version = 15;
