-- Entries are listed by what their keys begin with. Only in the order of its bytes does an index find those: where the database
-- sorts as people of some language do, each listing read the whole table.
alter table account_store alter column key type text collate "C";

update schema_info set version = 23;
