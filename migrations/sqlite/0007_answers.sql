-- +goose Up

-- Answers of vendors that were paid for, came complete and could not be used. Their bytes
-- are in the object store.
CREATE TABLE answers (
    object    TEXT    NOT NULL PRIMARY KEY,
    task      TEXT    NOT NULL REFERENCES tasks (id),
    submit_id TEXT    NOT NULL,
    name      TEXT    NOT NULL, -- of the file that a caller gets
    size      INTEGER NOT NULL,
    sha256    TEXT    NOT NULL,
    created   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX answers_task ON answers (task, created);
-- For the oldest ones, and a covering index for their number and size.
CREATE INDEX answers_created ON answers (created, size);
