-- +goose Up

-- The accounts that workers have, as they announce them: never a secret. From
-- here, in every role, the route of a new task is chosen.
CREATE TABLE vendor_accounts (
    worker      TEXT    NOT NULL, -- its spool's id, which outlives the process
    vendor      TEXT    NOT NULL,
    base_url    TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    sandbox     INTEGER NOT NULL,
    running     INTEGER NOT NULL, -- limit of tasks submitted and not finished; 0: none
    per_minute  INTEGER NOT NULL, -- limit of submissions a minute; 0: none
    seen        INTEGER NOT NULL, -- the worker's last heartbeat
    PRIMARY KEY (worker, vendor, base_url, fingerprint)
) WITHOUT ROWID;
