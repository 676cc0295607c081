BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'loa-phuong','m001_first','2026-11-26 10:16:39.671725+00:00');
CREATE TABLE act (
        key TEXT PRIMARY KEY, -- one per drawn form: the same form sent twice acts once
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL,
        result TEXT -- where the first answer led; NULL while it is still being done
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
INSERT INTO "airing" VALUES('20261202-c1-1','all',1,'2026-12-01T23:14:55.000000+00:00','2026-12-01T23:15:00.000000+00:00',4000,'2026-12-01T23:15:04.000000+00:00');
INSERT INTO "airing" VALUES('20261202-c1-2','all',1,'2026-12-01T23:44:55.000000+00:00','2026-12-01T23:45:00.000000+00:00',4000,'2026-12-01T23:45:04.000000+00:00');
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
INSERT INTO "announcement" VALUES(1,'Tiêm chủng','',1,'approved','09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331',1,3,2,NULL,'',3,'2026-12-01T22:30:00.000000+00:00','09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331','2026-12-01T22:30:00.000000+00:00','2026-12-01T22:30:00.000000+00:00');
INSERT INTO "announcement" VALUES(2,'Chờ duyệt','',1,'submitted','4eb1c964aa830bcfe86b9e8028093b1cda59a418f1b9b562e30fa01e5ef70b18',1,3,2,NULL,'',NULL,NULL,NULL,'2026-12-01T22:30:00.000000+00:00','2026-12-01T22:30:00.000000+00:00');
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
INSERT INTO "campaign" VALUES(1,'Đợt tiêm chủng',1,NULL,'active','["06:00-07:00"]',2,'none',1.0,'[0,1,2,3,4,5,6]','2026-12-02','2026-12-02',300000,0,1,3,'all','2026-12-01T22:30:00.000000+00:00',2);
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
INSERT INTO "clip" VALUES('ced4594dee61062e6e57f3606571c7a5e5bf318671e89758567ea0ca3587fd8e','open','bundled','',NULL,98880,-1.80000035478853241e+01,-6.55745631809261819e+00,'[]','','','',NULL,'2026-12-01T22:30:00.000000+00:00',1,NULL);
INSERT INTO "clip" VALUES('ede3d3bb10d8b115f7f21e5c708509a6359835dfd83e23ae3510da5889c0f1e1','close','bundled','',NULL,84000,-1.79999977293589381e+01,-5.80405823645798868e+00,'[]','','','',NULL,'2026-12-01T22:30:00.000000+00:00',1,NULL);
INSERT INTO "clip" VALUES('09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331','Tiêm chủng','upload','',NULL,192000,-1.5940994948006308e+01,NULL,'[]','','','',NULL,'2026-12-01T22:30:00.000000+00:00',2,NULL);
INSERT INTO "clip" VALUES('4eb1c964aa830bcfe86b9e8028093b1cda59a418f1b9b562e30fa01e5ef70b18','Chờ duyệt','upload','',NULL,144000,-1.59068038976391754e+01,NULL,'[]','','','',NULL,'2026-12-01T22:30:00.000000+00:00',2,NULL);
CREATE TABLE command (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('play_now', 'stop', 'replan')),
        args_json TEXT NOT NULL,
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        taken_at TEXT
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
CREATE TABLE heartbeat (
        process TEXT PRIMARY KEY, -- playout, web, studio
        pid INTEGER NOT NULL,
        at TEXT NOT NULL,
        state_json TEXT NOT NULL DEFAULT '{}' -- playout: what is on air and how its outputs are, as measured
    );
INSERT INTO "heartbeat" VALUES('playout',2872,'2026-12-01T23:45:09.000000+00:00','{"airing":null,"outputs":[{"name":"wav","kind":"wavfile","state":"open","message":"","device":"data/wav/wav"}],"clock_trusted":true,"stopping":true}');
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
INSERT INTO "journal" VALUES(1,'2026-12-01T23:15:04.100000+00:00','airing','2026-12-02','20261202-c1-1',1,1,'Tiêm chủng','','all',3,'schedule','2026-12-01T23:15:00.000000+00:00','2026-12-01T23:15:00.000000+00:00','2026-12-01T23:15:04.000000+00:00',4000,4000,'played','','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331','','Lan','Minh','2026-12-01T22:30:00.000000+00:00','','{"wav":"ok"}','','0000000000000000000000000000000000000000000000000000000000000000','fa7523e81c204b28c2cc19cd9260b99d42f2f92279627a536a0bd5287c25bfc0');
INSERT INTO "journal" VALUES(2,'2026-12-01T23:45:04.100000+00:00','airing','2026-12-02','20261202-c1-2',1,1,'Tiêm chủng','','all',3,'schedule','2026-12-01T23:45:00.000000+00:00','2026-12-01T23:45:00.000000+00:00','2026-12-01T23:45:04.000000+00:00',4000,4000,'played','','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331','','Lan','Minh','2026-12-01T22:30:00.000000+00:00','','{"wav":"ok"}','','fa7523e81c204b28c2cc19cd9260b99d42f2f92279627a536a0bd5287c25bfc0','c714e0445bf2f2b18eb0e480b54be78633be02fd563942ba323a97c15d750cd9');
CREATE TABLE login_attempt (
        id INTEGER PRIMARY KEY,
        login TEXT NOT NULL,
        address TEXT NOT NULL,
        at TEXT NOT NULL,
        ok INTEGER NOT NULL
    );
CREATE TABLE person (
        id INTEGER PRIMARY KEY,
        login TEXT NOT NULL UNIQUE COLLATE NOCASE,
        name TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('editor', 'approver', 'admin')),
        password_hash TEXT NOT NULL, -- argon2id; '' = cannot sign in (the machine's own person)
        active INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL
    );
INSERT INTO "person" VALUES(1,'may-tram','Máy trạm','admin','',1,'2026-12-01T22:30:00.000000+00:00');
INSERT INTO "person" VALUES(2,'lan','Lan','editor','$argon2id$v=19$m=19456,t=2,p=1$148RHWoDA/clSABD8/hv/A$ia8BZLEg+stOX3NJFwyDVPTmYePndVd8DhTyy6UTMys',1,'2026-12-01T22:30:00.000000+00:00');
INSERT INTO "person" VALUES(3,'minh','Minh','approver','$argon2id$v=19$m=19456,t=2,p=1$kmFI0pzwghwqRF8DlS195w$zcw/+Fe2h0QSHrViKoLPIRa9Us7A2Xd+dfLQKjW9Loc',1,'2026-12-01T22:30:00.000000+00:00');
CREATE TABLE refusal (
        day TEXT NOT NULL,
        campaign_id INTEGER NOT NULL REFERENCES campaign(id),
        ordinal INTEGER NOT NULL,
        reason TEXT NOT NULL,
        details_json TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (day, campaign_id, ordinal)
    );
CREATE TABLE setup_token (
        token_hash TEXT PRIMARY KEY,
        created_at TEXT NOT NULL,
        used_at TEXT -- NULL while it can still make the first person
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
INSERT INTO "slot" VALUES('20261202-c1-1','2026-12-02','all','2026-12-01T23:15:00.000000+00:00',4000,1,1,'09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331',0,1,3,'schedule',NULL,'played','','2026-12-01T22:30:00.000000+00:00');
INSERT INTO "slot" VALUES('20261202-c1-2','2026-12-02','all','2026-12-01T23:45:00.000000+00:00',4000,1,1,'09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331',0,1,3,'schedule',NULL,'played','','2026-12-01T22:30:00.000000+00:00');
CREATE TABLE web_session (
        token_hash TEXT PRIMARY KEY, -- sha256 of the cookie: a stolen database opens no session
        person_id INTEGER NOT NULL REFERENCES person(id),
        csrf TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL
    );
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX login_attempt_at ON login_attempt(at);
CREATE INDEX clip_cache_key ON clip(cache_key) WHERE cache_key IS NOT NULL;
CREATE INDEX slot_day ON slot(day, start);
CREATE INDEX slot_open ON slot(start) WHERE outcome IS NULL;
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
COMMIT;
