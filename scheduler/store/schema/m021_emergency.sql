-- What a person has put off in việc cần làm; and a kind of command for an output that is to be opened again.

CREATE TABLE todo_off (
        person_id INTEGER NOT NULL REFERENCES person(id),
        key TEXT NOT NULL, -- of the task
        mark TEXT NOT NULL, -- how it looked then: when it changes, it is seen again
        until TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (person_id, key)
    ) WITHOUT ROWID;
-- A CHECK cannot be widened: the table is made anew, as in the step of the campaigns.
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE command_before AS SELECT * FROM command;
DROP TABLE command;
CREATE TABLE command (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('play_now', 'stop', 'replan', 'reopen')),
        args_json TEXT NOT NULL,
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        taken_at TEXT
    );
INSERT INTO command SELECT * FROM command_before;
DROP TABLE command_before;
CREATE INDEX command_waiting ON command(id) WHERE taken_at IS NULL;
