-- What gave way to an approval: told on its sheet, and to whoever wrote what was moved.

CREATE TABLE gave_way (
        submission_id INTEGER NOT NULL REFERENCES submission(id),
        slot_id TEXT NOT NULL, -- the planner's own, which has its row anew with each plan
        was TEXT NOT NULL, -- its start before
        PRIMARY KEY (submission_id, slot_id)
    ) WITHOUT ROWID;
