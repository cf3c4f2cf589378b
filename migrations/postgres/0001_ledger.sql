-- +goose Up

-- The tables of ../sqlite after all its migrations; a test compares the two. Times are
-- milliseconds since 1970 (0: none), flags are 0 or 1, JSON is text (empty: none).
-- Text that is compared, sorted or indexed has the collation "C": ids are ordered by
-- their bytes, and an index does not depend on the machine's locale library.
CREATE TABLE tasks (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind             TEXT             NOT NULL,
    module           TEXT COLLATE "C" NOT NULL,
    operation        TEXT             NOT NULL,
    model            TEXT COLLATE "C" NOT NULL,
    media            TEXT COLLATE "C" NOT NULL,
    owner            TEXT COLLATE "C" NOT NULL,
    sandbox          INTEGER          NOT NULL,
    parent           TEXT COLLATE "C" NOT NULL,
    idx              INTEGER          NOT NULL,
    is_group         INTEGER          NOT NULL,
    children         INTEGER          NOT NULL,
    retry_of         TEXT             NOT NULL,
    callback         TEXT             NOT NULL,
    input_hash       TEXT COLLATE "C" NOT NULL,
    tags             TEXT             NOT NULL,
    quoted           TEXT             NOT NULL,
    created          BIGINT           NOT NULL,
    slots            INTEGER          NOT NULL DEFAULT 1,

    state            TEXT COLLATE "C" NOT NULL,
    version          BIGINT           NOT NULL,
    retried_as       TEXT             NOT NULL,
    submit_id        TEXT             NOT NULL,
    vendor           TEXT COLLATE "C" NOT NULL,
    base_url         TEXT             NOT NULL,
    fingerprint      TEXT COLLATE "C" NOT NULL,
    attempts         INTEGER          NOT NULL,
    submitted        BIGINT           NOT NULL,
    lease_owner      TEXT             NOT NULL,
    lease_until      BIGINT           NOT NULL,
    run_at           BIGINT           NOT NULL,
    wakes            INTEGER          NOT NULL,
    deadline         BIGINT           NOT NULL,
    spool            TEXT             NOT NULL,
    ticket_id        TEXT COLLATE "C" NOT NULL,
    progress         DOUBLE PRECISION NOT NULL,
    message          TEXT             NOT NULL,
    cancel_requested INTEGER          NOT NULL,
    charged          TEXT             NOT NULL CHECK (charged IN ('no', 'yes', 'unknown')),
    updated          BIGINT           NOT NULL,
    finished         BIGINT           NOT NULL,

    error            TEXT             NOT NULL,
    actual           TEXT             NOT NULL,
    usage            TEXT             NOT NULL,
    warnings         TEXT             NOT NULL,
    ticket           TEXT             NOT NULL,
    answer           TEXT             NOT NULL,
    input            TEXT             NOT NULL
)
-- An update that changes no indexed column is a HOT update: it writes no index if its page
-- has room. Leases, progress and messages are in no index; of what a poll changes only
-- run_at is. The partial indexes of active tasks are small, and must be vacuumed often to
-- stay so.
WITH (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- Partial indexes of active tasks only: their size does not grow with the number of
-- finished tasks.
CREATE INDEX tasks_queued ON tasks (media, run_at) WHERE is_group = 0 AND state = 'queued';
CREATE INDEX tasks_due ON tasks (state, run_at)
    WHERE is_group = 0 AND state IN ('submitting', 'running', 'storing', 'in_doubt');
-- A covering index for summing up an account's slots against its limit.
CREATE INDEX tasks_open ON tasks (vendor, fingerprint, state, slots) WHERE state IN ('submitting', 'running');

CREATE INDEX tasks_children ON tasks (parent, idx) WHERE parent <> '';
CREATE INDEX tasks_ticket ON tasks (ticket_id) WHERE ticket_id <> '';

-- A list is a merge of streams that these indexes return in order: see
-- app/ledger/list.go.
CREATE INDEX tasks_series ON tasks (owner, module, model, id) WHERE parent = '';
CREATE INDEX tasks_state ON tasks (owner, state, module, model, id) WHERE parent = '';

-- For joining an earlier task of the same input, at most some minutes old. With the
-- hour first, new entries are on the same pages.
CREATE INDEX tasks_join ON tasks ((created / 3600000), input_hash) WHERE parent = '' AND input_hash <> '';

-- Enforces once more what the code ensures: charged never changes from yes. A
-- group's charge is the worst of its children's and may change.
-- +goose StatementBegin
CREATE FUNCTION aigc_charged_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was charged stays charged';
END $$;
-- +goose StatementEnd
CREATE TRIGGER tasks_charged_stays BEFORE UPDATE OF charged ON tasks FOR EACH ROW
    WHEN (OLD.charged = 'yes' AND NEW.charged <> 'yes' AND OLD.is_group = 0)
    EXECUTE FUNCTION aigc_charged_stays();

-- seq is the task's version after the transition.
CREATE TABLE task_events (
    task       TEXT COLLATE "C" NOT NULL REFERENCES tasks (id),
    seq        BIGINT           NOT NULL,
    at         BIGINT           NOT NULL,
    from_state TEXT             NOT NULL,
    to_state   TEXT             NOT NULL,
    cause      TEXT             NOT NULL,
    charged    TEXT             NOT NULL,
    note       TEXT             NOT NULL,
    PRIMARY KEY (task, seq)
);

CREATE TABLE task_series (
    owner  TEXT COLLATE "C" NOT NULL,
    module TEXT COLLATE "C" NOT NULL,
    model  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (owner, module, model)
);

CREATE TABLE task_tags (
    owner TEXT COLLATE "C" NOT NULL,
    tag   TEXT COLLATE "C" NOT NULL,
    task  TEXT COLLATE "C" NOT NULL REFERENCES tasks (id),
    PRIMARY KEY (owner, tag, task)
);

CREATE TABLE idempotency (
    owner      TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    input_hash TEXT             NOT NULL,
    task       TEXT COLLATE "C" NOT NULL REFERENCES tasks (id),
    expires    BIGINT           NOT NULL,
    PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_expires ON idempotency (expires);

-- The submissions of the last minute, of accounts with a limit per minute. A task that
-- was requeued and claimed again counts twice, as it does at the vendor.
CREATE TABLE submissions (
    vendor      TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    at          BIGINT           NOT NULL,
    submit_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (vendor, fingerprint, at, submit_id)
);

-- Parked keys; a key in use has no row. probed is when it was last taken by a prober, or
-- parked.
CREATE TABLE vendor_keys (
    vendor      TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    code        TEXT             NOT NULL,
    reason      TEXT             NOT NULL,
    since       BIGINT           NOT NULL,
    until       BIGINT           NOT NULL,
    probed      BIGINT           NOT NULL DEFAULT 0,
    PRIMARY KEY (vendor, fingerprint)
);

-- The accounts that workers announce, without secrets. worker is the id of the worker's
-- spool, limits are 0 for none, models are separated by line ends.
CREATE TABLE vendor_accounts (
    worker      TEXT COLLATE "C" NOT NULL,
    vendor      TEXT COLLATE "C" NOT NULL,
    base_url    TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    sandbox     INTEGER          NOT NULL,
    running     INTEGER          NOT NULL,
    per_minute  INTEGER          NOT NULL,
    models      TEXT             NOT NULL DEFAULT '',
    seen        BIGINT           NOT NULL,
    PRIMARY KEY (worker, vendor, base_url, fingerprint)
);

CREATE TABLE api_keys (
    name    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hash    TEXT             NOT NULL,
    admin   INTEGER          NOT NULL,
    created BIGINT           NOT NULL,
    used    BIGINT           NOT NULL DEFAULT 0 -- the day on which it was last used, by its first millisecond; 0: never
);

-- Since when callers need a key: since the first one was made or configured. Without the
-- row a server on this machine may be open. Revoking keys leaves the row.
CREATE TABLE access (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    since BIGINT  NOT NULL
);

CREATE TABLE assets (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    task     TEXT COLLATE "C" NOT NULL, -- empty for uploads
    idx      INTEGER          NOT NULL,
    role     TEXT             NOT NULL,
    object   TEXT COLLATE "C" NOT NULL UNIQUE,
    thumb    TEXT             NOT NULL,
    name     TEXT             NOT NULL,
    mime     TEXT             NOT NULL,
    width    INTEGER          NOT NULL,
    height   INTEGER          NOT NULL,
    duration BIGINT           NOT NULL, -- nanoseconds
    size     BIGINT           NOT NULL,
    sha256   TEXT             NOT NULL,
    owner    TEXT             NOT NULL,
    sandbox  INTEGER          NOT NULL,
    prompt   TEXT             NOT NULL,
    seed     BIGINT, -- NULL: the vendor returned none
    created  BIGINT           NOT NULL
);
CREATE INDEX assets_task ON assets (task, idx) WHERE task <> '';
CREATE INDEX assets_thumbless ON assets (id) WHERE thumb = '' AND role = 'result';

CREATE INDEX assets_inputs ON assets (created) WHERE role = 'input';
CREATE INDEX assets_swept ON assets (created) WHERE role = 'swept';

-- Which tasks use an input: an asset of the role 'input', which came with a request. It is
-- deleted some time after the last of them ended. 'swept' is the role of an input while it
-- is being deleted: nothing finds it any more.
CREATE TABLE task_inputs (
    asset TEXT COLLATE "C" NOT NULL,
    task  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (asset, task)
);
CREATE INDEX task_inputs_task ON task_inputs (task);

-- What each caller stored on a day: uploads, and inputs that came with requests.
CREATE TABLE upload_use (
    owner TEXT COLLATE "C" NOT NULL,
    day   BIGINT           NOT NULL, -- since 1970, UTC
    files BIGINT           NOT NULL,
    bytes BIGINT           NOT NULL,
    PRIMARY KEY (day, owner)
);

-- The requests of callers that created or joined a task of which no caller was
-- answered yet. waiter is the process that holds the connection.
CREATE TABLE callers (
    task          TEXT COLLATE "C" NOT NULL REFERENCES tasks (id),
    call          TEXT COLLATE "C" NOT NULL, -- random
    owner         TEXT COLLATE "C" NOT NULL,
    input_hash    TEXT COLLATE "C" NOT NULL,
    waiter        TEXT             NOT NULL,
    begun         BIGINT           NOT NULL, -- when the request began
    answering     BIGINT           NOT NULL, -- when its answer was about to be written; 0: not yet
    unanswered_at BIGINT           NOT NULL, -- when its connection ended before the answer was wholly written; 0: it is open
    PRIMARY KEY (task, call)
);
CREATE INDEX callers_input ON callers (owner, input_hash);

-- Answers of vendors that were paid for, came complete and could not be used. Their bytes
-- are in the object store.
CREATE TABLE answers (
    object    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    task      TEXT COLLATE "C" NOT NULL REFERENCES tasks (id),
    submit_id TEXT             NOT NULL,
    name      TEXT             NOT NULL,
    size      BIGINT           NOT NULL,
    sha256    TEXT             NOT NULL,
    created   BIGINT           NOT NULL
);
CREATE INDEX answers_task ON answers (task, created);
CREATE INDEX answers_created ON answers (created, size);

-- The processes that use this ledger, by a random id that each makes when it starts: it
-- is the owner of the process's leases and the waiter of its calls. A row ends with its
-- process.
CREATE TABLE workers (
    id        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    role      TEXT             NOT NULL,
    spool     TEXT             NOT NULL,
    version   TEXT             NOT NULL,
    started   BIGINT           NOT NULL,
    heartbeat BIGINT           NOT NULL
)
WITH (fillfactor = 50);
