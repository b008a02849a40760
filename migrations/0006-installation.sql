-- Which master key the installation works with. Null until the first start that writes it.
alter table schema_info add column key_id text;

update schema_info set version = 6;
