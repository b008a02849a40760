-- What a link mirrors, whole. A reaction that is said in words is a copy of its message, whose parts are numbered from 2000.
alter table links alter column options set
  default '{"name":true,"topic":true,"avatar":true,"members":"state","clearedHistory":"notice","moderators":"state","calls":"notice","access":"line","expired":"delete","moderation":"off","otherReactions":"off"}';
update links set options = '{"otherReactions":"off"}'::jsonb || options;

update schema_info set version = 19;
