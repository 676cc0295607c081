-- What the page has set, backups, and an airing that is for one output alone.

CREATE TABLE setting_change (
        id INTEGER PRIMARY KEY,
        batch INTEGER NOT NULL, -- what was changed in one act is taken back in one
        key TEXT NOT NULL, -- section.key of config.toml, or zone:NAME.key
        value_json TEXT, -- NULL = set no longer: what config.toml or its default says holds
        before_json TEXT NOT NULL, -- what held until then
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL
    );
CREATE INDEX setting_change_key ON setting_change(key, id);
CREATE TRIGGER setting_change_no_update BEFORE UPDATE ON setting_change
        BEGIN SELECT RAISE(ABORT, 'changes of settings are append-only'); END;
CREATE TRIGGER setting_change_no_delete BEFORE DELETE ON setting_change
        BEGIN SELECT RAISE(ABORT, 'changes of settings are append-only'); END;
CREATE TABLE guide_step (
        name TEXT PRIMARY KEY, -- a step of the first set-up that is behind us
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL
    );
CREATE TABLE backup_run (
        id INTEGER PRIMARY KEY,
        folder TEXT NOT NULL,
        asked_by INTEGER NOT NULL REFERENCES person(id),
        asked_at TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'good', 'failed')),
        progress REAL NOT NULL DEFAULT 0,
        file TEXT NOT NULL DEFAULT '', -- its name in the folder, once it is whole
        bytes INTEGER NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '',
        details_json TEXT NOT NULL DEFAULT '{}',
        ended_at TEXT
    );
CREATE INDEX backup_run_state ON backup_run(state);
-- the one output it is for; '' = all of its zone
ALTER TABLE slot ADD COLUMN output TEXT NOT NULL DEFAULT '';
