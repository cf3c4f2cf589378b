-- +goose Up

-- The accounts that workers announce, without secrets. Every process selects the
-- route of a new task from them.
CREATE TABLE vendor_accounts (
    worker      TEXT    NOT NULL, -- id of its spool, which stays the same when the process restarts
    vendor      TEXT    NOT NULL,
    base_url    TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    sandbox     INTEGER NOT NULL,
    running     INTEGER NOT NULL, -- limit of tasks in submitting or running; 0: none
    per_minute  INTEGER NOT NULL, -- limit of submissions per minute; 0: none
    seen        INTEGER NOT NULL, -- when the worker last announced it
    PRIMARY KEY (worker, vendor, base_url, fingerprint)
) WITHOUT ROWID;
