-- +goose Up

-- Since when callers need a key: since the first one was made or configured. Without the
-- row a server on this machine may be open. Revoking keys leaves the row.
CREATE TABLE access (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    since INTEGER NOT NULL
);
INSERT INTO access (id, since) SELECT 1, MIN(created) FROM api_keys HAVING COUNT(*) > 0;

-- The day on which a key was last used, by its first millisecond; 0: never.
ALTER TABLE api_keys ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
