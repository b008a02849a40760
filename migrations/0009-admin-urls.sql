-- Where a replica's operator is received, which the settings do not tell where the system chooses the port.
alter table replicas add column admin_url text;

update schema_info set version = 9;
