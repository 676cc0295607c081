-- What writing and approving leave behind: drafts kept while somebody types, decisions of leaders, cuts of sounds.

-- A kind of job is added, and a CHECK cannot be widened: the table is made anew, as in the step of the campaigns.
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE job_before AS SELECT * FROM job;
DROP TABLE job;
CREATE TABLE job (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL, -- which kinds there are is the worker's to know: no step has to make the table anew again
        args_json TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'ready', 'warning', 'refused')),
        progress REAL NOT NULL DEFAULT 0, -- 0 … 1
        reason TEXT NOT NULL DEFAULT '', details_json TEXT NOT NULL DEFAULT '{}', -- when refused or with a warning
        result TEXT NOT NULL DEFAULT '', -- sha256 of the clip it made
        attempts INTEGER NOT NULL DEFAULT 0,
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        ended_at TEXT
    );
INSERT INTO job SELECT * FROM job_before;
DROP TABLE job_before;
CREATE INDEX job_waiting ON job(id) WHERE state IN ('waiting', 'running');
CREATE INDEX job_announcement ON job(json_extract(args_json, '$.announcement_id'), id);
CREATE TABLE draft (
        person_id INTEGER NOT NULL REFERENCES person(id), -- each person's own
        key TEXT NOT NULL, -- ban-tin-<number> of an announcement, or a random one of a form that is not kept yet
        revision INTEGER NOT NULL, -- grows with every keeping: a tab that knows an older one is told
        version INTEGER NOT NULL DEFAULT 0, -- of the announcement it was written on; 0 = it is new
        title TEXT NOT NULL, text TEXT NOT NULL,
        shape_json TEXT NOT NULL DEFAULT '', -- '' = as the announcement has it
        saved_at TEXT NOT NULL,
        PRIMARY KEY (person_id, key)
    ) WITHOUT ROWID;
CREATE TABLE decision (
        id INTEGER PRIMARY KEY,
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        act TEXT NOT NULL CHECK (act IN ('approve', 'return')),
        person_id INTEGER NOT NULL REFERENCES person(id), -- the leader
        at TEXT NOT NULL,
        audio_sha256 TEXT NOT NULL DEFAULT '', -- the sound that was decided on
        title TEXT NOT NULL, text TEXT NOT NULL, -- as they stood
        reason TEXT NOT NULL DEFAULT '' -- of a return
    );
CREATE INDEX decision_announcement ON decision(announcement_id, id);
-- What is approved already was decided on as it stands.
INSERT INTO decision (announcement_id, act, person_id, at, audio_sha256, title, text)
        SELECT id, 'approve', approver_id, approved_at, approved_sha256, title, text FROM announcement
        WHERE state = 'approved' AND approver_id IS NOT NULL AND approved_at IS NOT NULL
        AND approved_sha256 IS NOT NULL ORDER BY approved_at;
CREATE TABLE trim (
        sha256 TEXT PRIMARY KEY REFERENCES clip(sha256), -- the shorter clip
        from_sha256 TEXT NOT NULL REFERENCES clip(sha256), -- what it was cut from; it stays
        start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, -- of that one
        made_at TEXT NOT NULL,
        made_by INTEGER NOT NULL REFERENCES person(id)
    );
