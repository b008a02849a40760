-- The first message of the thread that a poll was asked in, as JSON; null where it stands in its room. A program before this one asks all polls
-- outside of threads.
alter table polls add column thread text;

update schema_info set version = 21;
