-- What a link mirrors besides what people say, whole.
alter table links add column options jsonb not null
  default '{"name":true,"topic":true,"avatar":true,"members":"state","clearedHistory":"notice"}';

update schema_info set version = 2;
