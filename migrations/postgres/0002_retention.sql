-- +goose Up

-- When the results and the kept answers of a finished task were removed because of their
-- age; 0: they were not. The row stays.
ALTER TABLE tasks ADD COLUMN removed BIGINT NOT NULL DEFAULT 0;

-- 1: the task was queued when a backup was made, and this ledger is the backup. It is not
-- submitted until an operator releases it, since the original may have submitted it.
ALTER TABLE tasks ADD COLUMN held INTEGER NOT NULL DEFAULT 0;

-- The process that deletes what is too old: one of those that run tasks.
CREATE TABLE sweeper (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    owner TEXT    NOT NULL -- id of a process in workers; if it is not there, another one takes over
);
