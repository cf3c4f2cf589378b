-- +goose Up

-- Which tasks use an input: an asset of the role 'input', which came with a request. It is
-- deleted some time after the last of them ended. 'swept' is the role of an input while it
-- is being deleted: nothing finds it any more.
CREATE TABLE task_inputs (
    asset TEXT NOT NULL,
    task  TEXT NOT NULL,
    PRIMARY KEY (asset, task)
) WITHOUT ROWID;
CREATE INDEX task_inputs_task ON task_inputs (task);
CREATE INDEX assets_inputs ON assets (created) WHERE role = 'input';
CREATE INDEX assets_swept ON assets (created) WHERE role = 'swept';

-- What each caller stored on a day: uploads, and inputs that came with requests.
CREATE TABLE upload_use (
    owner TEXT    NOT NULL,
    day   INTEGER NOT NULL, -- since 1970, UTC
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (day, owner)
) WITHOUT ROWID;
