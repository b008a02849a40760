-- People may be seen to speak in a room as themselves, by logins of their own.
alter table portals drop constraint portals_speaker_check;
alter table portals add constraint portals_speaker_check check (speaker in ('auto', 'own', 'guest', 'bridged', 'relay'));

update schema_info set version = 17;
