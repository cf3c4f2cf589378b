-- +goose Up

-- The requests of callers that created or joined a task of which no caller was
-- answered yet. With the first caller that was answered the rows of a task are
-- deleted, and rows that are too old to be joined are deleted after a while.
CREATE TABLE callers (
    task          TEXT    NOT NULL REFERENCES tasks (id),
    call          TEXT    NOT NULL, -- random
    owner         TEXT    NOT NULL,
    input_hash    TEXT    NOT NULL,
    waiter        TEXT    NOT NULL, -- the process that holds the connection: random at every start
    begun         INTEGER NOT NULL, -- when the request began
    answering     INTEGER NOT NULL, -- when its answer was about to be written; 0: not yet
    unanswered_at INTEGER NOT NULL, -- when its connection ended before the answer was wholly written; 0: it is open
    PRIMARY KEY (task, call)
) WITHOUT ROWID;

-- For joining a task by the hash of its input.
CREATE INDEX callers_input ON callers (owner, input_hash);
