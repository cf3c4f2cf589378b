-- +goose Up

-- How many places a task takes of its account's limit of running tasks: some vendors
-- count each result. Tasks of earlier versions take one.
ALTER TABLE tasks ADD COLUMN slots INTEGER NOT NULL DEFAULT 1;

-- A covering index for summing up an account's slots against its limit.
DROP INDEX tasks_open;
CREATE INDEX tasks_open ON tasks (vendor, fingerprint, state, slots) WHERE state IN ('submitting', 'running');
