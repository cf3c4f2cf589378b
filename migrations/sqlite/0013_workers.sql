-- +goose Up

-- The processes that use this ledger, by a random id that each makes when it starts: it
-- is the owner of the process's leases and the waiter of its calls. A row ends with its
-- process.
CREATE TABLE workers (
    id        TEXT    NOT NULL PRIMARY KEY,
    role      TEXT    NOT NULL, -- all, worker, serve-api …
    spool     TEXT    NOT NULL, -- id of its spool, which stays the same when the process restarts
    version   TEXT    NOT NULL, -- of the program
    started   INTEGER NOT NULL,
    heartbeat INTEGER NOT NULL  -- when it last said that it lives
) WITHOUT ROWID;
