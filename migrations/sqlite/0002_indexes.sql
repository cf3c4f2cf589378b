-- +goose Up

-- What waits for a purchase is looked for by kind, four times a second: a
-- backlog of films must not lie in the way of pictures. The rest of what can
-- still move is looked for by state, or by who holds it. One process opens the
-- file, so an index may be exchanged.
DROP INDEX tasks_due;
DROP INDEX tasks_lease;
CREATE INDEX tasks_queued ON tasks (media, run_at) WHERE is_group = 0 AND state = 'queued';
CREATE INDEX tasks_due ON tasks (state, run_at, lease_owner)
    WHERE is_group = 0 AND state IN ('submitting', 'running', 'storing', 'in_doubt');

-- A few failures of one model are found among a million of another.
DROP INDEX tasks_state;
CREATE INDEX tasks_state ON tasks (owner, state, module, model, id) WHERE parent = '';

-- Caps are counted without looking at the rows.
DROP INDEX tasks_open;
CREATE INDEX tasks_open ON tasks (vendor, fingerprint, state) WHERE state IN ('submitting', 'running');
