-- The tables of the first release. What the columns mean is told in docs/data.md.

CREATE TABLE person (
        id INTEGER PRIMARY KEY,
        login TEXT NOT NULL UNIQUE COLLATE NOCASE,
        name TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('editor', 'approver', 'admin')),
        password_hash TEXT NOT NULL, -- argon2id; '' = cannot sign in (the machine's own person)
        active INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL
    );
CREATE TABLE web_session (
        token_hash TEXT PRIMARY KEY, -- sha256 of the cookie: a stolen database opens no session
        person_id INTEGER NOT NULL REFERENCES person(id),
        csrf TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL
    );
CREATE TABLE login_attempt (
        id INTEGER PRIMARY KEY,
        login TEXT NOT NULL,
        address TEXT NOT NULL,
        at TEXT NOT NULL,
        ok INTEGER NOT NULL
    );
CREATE INDEX login_attempt_at ON login_attempt(at);
CREATE TABLE setup_token (
        token_hash TEXT PRIMARY KEY,
        created_at TEXT NOT NULL,
        used_at TEXT -- NULL while it can still make the first person
    );
CREATE TABLE act (
        key TEXT PRIMARY KEY, -- one per drawn form: the same form sent twice acts once
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL,
        result TEXT -- where the first answer led; NULL while it is still being done
    );
CREATE TABLE dispatch (
        id INTEGER PRIMARY KEY,
        file_name TEXT NOT NULL, -- for display only
        original_sha256 TEXT NOT NULL UNIQUE, -- of the bytes as they came; the same file twice is one dispatch
        text TEXT NOT NULL, -- tidied text the excerpts point into
        fields_json TEXT NOT NULL, -- as read, then as the officer corrected it: the keys of `dispatch read --json`
        excerpts_json TEXT NOT NULL, -- field -> [[value, start, end], …]
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id)
    );
CREATE TABLE clip (
        sha256 TEXT PRIMARY KEY, -- of the master WAV file in the library
        title TEXT NOT NULL,
        origin TEXT NOT NULL CHECK (origin IN ('speech', 'upload', 'recorded', 'bundled')),
        file_name TEXT NOT NULL DEFAULT '', -- of the upload, for display only
        original_sha256 TEXT, -- the untouched upload in the library
        frames INTEGER NOT NULL CHECK (frames > 0),
        lufs REAL, true_peak_dbtp REAL,
        warnings_json TEXT NOT NULL DEFAULT '[]',
        engine TEXT NOT NULL DEFAULT '', voice TEXT NOT NULL DEFAULT '', -- who spoke, for speech
        said TEXT NOT NULL DEFAULT '', -- what was said, for speech
        cache_key TEXT, -- text + engine + voice + speed + normaliser version
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        retired_at TEXT -- set: offered no more, airs no more
    );
CREATE INDEX clip_cache_key ON clip(cache_key) WHERE cache_key IS NOT NULL;
CREATE TABLE announcement (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1, -- grows with each change of text or sound
        state TEXT NOT NULL DEFAULT 'draft'
            CHECK (state IN ('draft', 'submitted', 'approved', 'returned', 'withdrawn', 'expired')),
        audio_sha256 TEXT REFERENCES clip(sha256),
        heard INTEGER NOT NULL DEFAULT 0, -- its author has listened to this very sound
        priority INTEGER NOT NULL DEFAULT 3 CHECK (priority IN (1, 2, 3)),
        author_id INTEGER NOT NULL REFERENCES person(id),
        dispatch_id INTEGER REFERENCES dispatch(id),
        return_reason TEXT NOT NULL DEFAULT '',
        approver_id INTEGER REFERENCES person(id),
        approved_at TEXT,
        approved_sha256 TEXT, -- the sound that approval speaks of
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    );
CREATE TABLE campaign (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        dispatch_id INTEGER REFERENCES dispatch(id),
        state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'stopped')),
        windows_json TEXT NOT NULL, -- ["05:00-06:30", …]
        base INTEGER NOT NULL,
        boost_kind TEXT NOT NULL DEFAULT 'none' CHECK (boost_kind IN ('none', 'factor', 'target', 'every')),
        boost_value REAL NOT NULL DEFAULT 1,
        weekdays_json TEXT NOT NULL, -- [0, …, 6], Monday = 0
        start TEXT NOT NULL, end TEXT NOT NULL, -- days, both included
        min_gap_ms INTEGER NOT NULL,
        chime INTEGER NOT NULL, repeat INTEGER NOT NULL,
        priority INTEGER NOT NULL DEFAULT 3 CHECK (priority IN (1, 2, 3)),
        zone TEXT NOT NULL,
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id)
    );
CREATE TABLE slot (
        id TEXT PRIMARY KEY,
        day TEXT NOT NULL,
        zone TEXT NOT NULL,
        start TEXT NOT NULL,
        length_ms INTEGER NOT NULL,
        campaign_id INTEGER REFERENCES campaign(id),
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        audio_sha256 TEXT NOT NULL,
        chime INTEGER NOT NULL DEFAULT 0, repeat INTEGER NOT NULL DEFAULT 1,
        priority INTEGER NOT NULL,
        "trigger" TEXT NOT NULL,
        operator_id INTEGER REFERENCES person(id), -- who pressed, for manual ones
        outcome TEXT CHECK (outcome IN
            ('played', 'partial', 'pre_empted', 'missed', 'refused', 'failed', 'cancelled')), -- its one end
        reason TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL
    );
CREATE INDEX slot_day ON slot(day, start);
CREATE INDEX slot_open ON slot(start) WHERE outcome IS NULL;
CREATE TABLE refusal (
        day TEXT NOT NULL,
        campaign_id INTEGER NOT NULL REFERENCES campaign(id),
        ordinal INTEGER NOT NULL,
        reason TEXT NOT NULL,
        details_json TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (day, campaign_id, ordinal)
    );
CREATE TABLE airing (
        slot_id TEXT NOT NULL REFERENCES slot(id),
        zone TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        armed_at TEXT NOT NULL, -- inserted before the first sample: a second insert fails, nothing plays twice
        started_at TEXT,
        played_ms INTEGER NOT NULL DEFAULT 0, -- measured so far
        ended_at TEXT,
        PRIMARY KEY (slot_id, zone, attempt)
    );
CREATE TABLE job (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('speech', 'ingest')),
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
CREATE TABLE command (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('play_now', 'stop', 'replan')),
        args_json TEXT NOT NULL,
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        taken_at TEXT
    );
CREATE TABLE heartbeat (
        process TEXT PRIMARY KEY, -- playout, web, studio
        pid INTEGER NOT NULL,
        at TEXT NOT NULL,
        state_json TEXT NOT NULL DEFAULT '{}' -- playout: what is on air and how its outputs are, as measured
    );
CREATE TABLE journal (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL, -- when the row was written
        kind TEXT NOT NULL, -- airing | clock | station
        day TEXT NOT NULL,
        slot_id TEXT, campaign_id INTEGER, announcement_id INTEGER,
        title TEXT NOT NULL DEFAULT '',
        dispatch_number TEXT NOT NULL DEFAULT '',
        zone TEXT NOT NULL DEFAULT '',
        priority INTEGER,
        "trigger" TEXT NOT NULL DEFAULT '',
        planned_start TEXT, actual_start TEXT, actual_end TEXT,
        planned_ms INTEGER, played_ms INTEGER, -- measured: frames the outputs accepted
        outcome TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
        text_sha256 TEXT NOT NULL DEFAULT '', audio_sha256 TEXT NOT NULL DEFAULT '', voice TEXT NOT NULL DEFAULT '',
        author TEXT NOT NULL DEFAULT '', approver TEXT NOT NULL DEFAULT '', approved_at TEXT,
        operator TEXT NOT NULL DEFAULT '',
        outputs_json TEXT NOT NULL DEFAULT '{}', -- output -> "ok" or why not
        note TEXT NOT NULL DEFAULT '',
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE -- sha256 of every other column, in order, as JSON
    );
CREATE INDEX journal_day ON journal(day, seq);
CREATE UNIQUE INDEX journal_slot ON journal(slot_id) WHERE kind = 'airing';
CREATE INDEX journal_campaign ON journal(campaign_id);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER slot_one_end BEFORE UPDATE OF outcome ON slot WHEN OLD.outcome IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a slot ends once'); END;
CREATE TRIGGER slot_ended_stays BEFORE DELETE ON slot WHEN OLD.outcome IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'an ended slot stays'); END;
