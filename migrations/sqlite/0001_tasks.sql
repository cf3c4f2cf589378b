-- +goose Up

-- Times are milliseconds since 1970 (0: none), flags are 0 or 1, JSON is text
-- (empty: none). Immutable columns come first, then those that transitions change,
-- and long ones last, so that reading the state of a row reads few pages.
CREATE TABLE tasks (
    id               TEXT    NOT NULL PRIMARY KEY,
    kind             TEXT    NOT NULL,
    module           TEXT    NOT NULL,
    operation        TEXT    NOT NULL,
    model            TEXT    NOT NULL,
    media            TEXT    NOT NULL,
    owner            TEXT    NOT NULL,
    sandbox          INTEGER NOT NULL,
    parent           TEXT    NOT NULL,
    idx              INTEGER NOT NULL,
    is_group         INTEGER NOT NULL,
    children         INTEGER NOT NULL,
    retry_of         TEXT    NOT NULL,
    callback         TEXT    NOT NULL,
    input_hash       TEXT    NOT NULL,
    tags             TEXT    NOT NULL,
    quoted           TEXT    NOT NULL,
    created          INTEGER NOT NULL,

    state            TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    retried_as       TEXT    NOT NULL,
    submit_id        TEXT    NOT NULL,
    vendor           TEXT    NOT NULL,
    base_url         TEXT    NOT NULL,
    fingerprint      TEXT    NOT NULL,
    attempts         INTEGER NOT NULL,
    submitted        INTEGER NOT NULL,
    lease_owner      TEXT    NOT NULL,
    lease_until      INTEGER NOT NULL,
    run_at           INTEGER NOT NULL,
    wakes            INTEGER NOT NULL,
    deadline         INTEGER NOT NULL,
    spool            TEXT    NOT NULL,
    ticket_id        TEXT    NOT NULL,
    progress         REAL    NOT NULL,
    message          TEXT    NOT NULL,
    cancel_requested INTEGER NOT NULL,
    charged          TEXT    NOT NULL CHECK (charged IN ('no', 'yes', 'unknown')),
    updated          INTEGER NOT NULL,
    finished         INTEGER NOT NULL,

    error            TEXT    NOT NULL,
    actual           TEXT    NOT NULL,
    usage            TEXT    NOT NULL,
    warnings         TEXT    NOT NULL,
    ticket           TEXT    NOT NULL,
    answer           TEXT    NOT NULL,
    input            TEXT    NOT NULL
);

-- Partial indexes of active tasks only: their size does not grow with the number of
-- finished tasks.
CREATE INDEX tasks_due ON tasks (state, run_at)
    WHERE is_group = 0 AND state IN ('queued', 'submitting', 'running', 'storing', 'in_doubt');
CREATE INDEX tasks_lease ON tasks (lease_owner) WHERE lease_owner <> '';
CREATE INDEX tasks_open ON tasks (vendor, fingerprint) WHERE state IN ('submitting', 'running');

CREATE INDEX tasks_children ON tasks (parent, idx) WHERE parent <> '';
CREATE INDEX tasks_ticket ON tasks (ticket_id) WHERE ticket_id <> '';

-- A list is a merge of streams that these indexes return in order: see
-- app/ledger/list.go.
CREATE INDEX tasks_series ON tasks (owner, module, model, id) WHERE parent = '';
CREATE INDEX tasks_state ON tasks (owner, state, id) WHERE parent = '';

-- For joining an earlier task of the same input, at most some minutes old. With the
-- hour first, new entries are on the same pages; ordered by hash alone, each insert
-- would write a different page.
CREATE INDEX tasks_join ON tasks (created / 3600000, input_hash) WHERE parent = '' AND input_hash <> '';

-- Enforces once more what the code ensures: charged never changes from yes. A
-- group's charge is the worst of its children's and may change.
-- +goose StatementBegin
CREATE TRIGGER tasks_charged_stays AFTER UPDATE OF charged ON tasks
    WHEN OLD.charged = 'yes' AND NEW.charged <> 'yes' AND OLD.is_group = 0
BEGIN
    SELECT RAISE(ABORT, 'what was charged stays charged');
END;
-- +goose StatementEnd

-- seq is the task's version after the transition.
CREATE TABLE task_events (
    task       TEXT    NOT NULL REFERENCES tasks (id),
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL,
    cause      TEXT    NOT NULL,
    charged    TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    PRIMARY KEY (task, seq)
) WITHOUT ROWID;

CREATE TABLE task_series (
    owner  TEXT NOT NULL,
    module TEXT NOT NULL,
    model  TEXT NOT NULL,
    PRIMARY KEY (owner, module, model)
) WITHOUT ROWID;

CREATE TABLE task_tags (
    owner TEXT NOT NULL,
    tag   TEXT NOT NULL,
    task  TEXT NOT NULL REFERENCES tasks (id),
    PRIMARY KEY (owner, tag, task)
) WITHOUT ROWID;

CREATE TABLE idempotency (
    owner      TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    input_hash TEXT    NOT NULL,
    task       TEXT    NOT NULL REFERENCES tasks (id),
    expires    INTEGER NOT NULL,
    PRIMARY KEY (owner, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_expires ON idempotency (expires);

-- The submissions of the last minute, of accounts with a limit per minute. A task that
-- was requeued and claimed again counts twice, as it does at the vendor.
CREATE TABLE submissions (
    vendor      TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    submit_id   TEXT    NOT NULL,
    PRIMARY KEY (vendor, fingerprint, at, submit_id)
) WITHOUT ROWID;

-- Parked keys; a key in use has no row.
CREATE TABLE vendor_keys (
    vendor      TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    code        TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    PRIMARY KEY (vendor, fingerprint)
) WITHOUT ROWID;

CREATE TABLE api_keys (
    name    TEXT    NOT NULL PRIMARY KEY,
    hash    TEXT    NOT NULL,
    admin   INTEGER NOT NULL,
    created INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE assets (
    id       TEXT    NOT NULL PRIMARY KEY,
    task     TEXT    NOT NULL, -- empty for uploads
    idx      INTEGER NOT NULL,
    role     TEXT    NOT NULL,
    object   TEXT    NOT NULL UNIQUE,
    thumb    TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    mime     TEXT    NOT NULL,
    width    INTEGER NOT NULL,
    height   INTEGER NOT NULL,
    duration INTEGER NOT NULL, -- nanoseconds
    size     INTEGER NOT NULL,
    sha256   TEXT    NOT NULL,
    owner    TEXT    NOT NULL,
    sandbox  INTEGER NOT NULL,
    prompt   TEXT    NOT NULL,
    seed     INTEGER, -- NULL: the vendor returned none
    created  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX assets_task ON assets (task, idx) WHERE task <> '';
CREATE INDEX assets_thumbless ON assets (id) WHERE thumb = '' AND role = 'result';
