-- +goose Up

-- Id of the request of a caller that created the task, by which the log lines of all
-- processes about it are found; empty: it was created by an earlier version or by a retry.
ALTER TABLE tasks ADD COLUMN request_id TEXT NOT NULL DEFAULT '';
