-- +goose Up

-- Due queued tasks are queried by media, four times a second: a backlog of videos must
-- not delay images. Other active tasks are queried by state, or by lease owner. Only
-- one process opens the file, so that an index may be replaced.
DROP INDEX tasks_due;
DROP INDEX tasks_lease;
CREATE INDEX tasks_queued ON tasks (media, run_at) WHERE is_group = 0 AND state = 'queued';
CREATE INDEX tasks_due ON tasks (state, run_at, lease_owner)
    WHERE is_group = 0 AND state IN ('submitting', 'running', 'storing', 'in_doubt');

-- For lists by state: finds the few failed tasks of one model among a million of
-- another.
DROP INDEX tasks_state;
CREATE INDEX tasks_state ON tasks (owner, state, module, model, id) WHERE parent = '';

-- A covering index for counting an account's tasks against its limit.
DROP INDEX tasks_open;
CREATE INDEX tasks_open ON tasks (vendor, fingerprint, state) WHERE state IN ('submitting', 'running');
