-- What people say of the clock, and where the chains' ends are noted outside. The table of checkpoints is made anew
-- because a day may be closed a second time after a clock that ran ahead was put right.

CREATE TABLE clock_word (
        id INTEGER PRIMARY KEY,
        asked_at TEXT NOT NULL, -- the hour that was said to be right
        asked_by INTEGER NOT NULL REFERENCES person(id),
        confirmed_at TEXT, -- NULL = a second person has not agreed
        confirmed_by INTEGER REFERENCES person(id),
        journal_seq INTEGER -- the row that tells it: rows before it no longer say how late it is
    );
CREATE TABLE anchored (
        name TEXT PRIMARY KEY, -- of the file of anchors that goes with this database
        since TEXT NOT NULL
    );
CREATE TABLE checkpoint_new (
        number INTEGER PRIMARY KEY,
        day TEXT NOT NULL, -- the day it closes
        payload TEXT NOT NULL, -- the signed text, byte for byte
        signature TEXT NOT NULL UNIQUE -- Ed25519, in hex
    );
INSERT INTO checkpoint_new SELECT number, day, payload, signature FROM checkpoint ORDER BY number;
DROP TABLE checkpoint;
ALTER TABLE checkpoint_new RENAME TO checkpoint;
CREATE INDEX checkpoint_day ON checkpoint(day);
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint stays as it was signed'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint stays as it was signed'); END;
