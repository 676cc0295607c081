BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'loa-phuong','m001_first','2026-11-26 10:16:47.191320+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'loa-phuong','m002_playout','2026-11-26 10:16:47.194525+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'loa-phuong','m003_campaigns','2026-11-26 10:16:47.195694+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'loa-phuong','m004_ledger','2026-11-26 10:16:47.196800+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'loa-phuong','m006_proof','2026-11-26 10:16:47.198601+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'loa-phuong','m007_province','2026-11-26 10:16:47.199771+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'loa-phuong','m005_sms','2026-11-26 10:16:47.201002+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'loa-phuong','m008_reports','2026-11-26 10:16:47.201944+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'loa-phuong','m009_heard','2026-11-26 10:16:47.202910+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'loa-phuong','m010_lexicon','2026-11-26 10:16:47.203980+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'loa-phuong','m011_script','2026-11-26 10:16:47.206003+00:00');
INSERT INTO "_sqlite_migrations" VALUES(12,'loa-phuong','m012_render','2026-11-26 10:16:47.206801+00:00');
INSERT INTO "_sqlite_migrations" VALUES(13,'loa-phuong','m013_upload','2026-11-26 10:16:47.207743+00:00');
INSERT INTO "_sqlite_migrations" VALUES(14,'loa-phuong','m014_upgrade','2026-11-26 10:16:47.209176+00:00');
INSERT INTO "_sqlite_migrations" VALUES(15,'loa-phuong','m015_people','2026-11-26 10:16:47.212455+00:00');
INSERT INTO "_sqlite_migrations" VALUES(16,'loa-phuong','m016_schedule','2026-11-26 10:16:47.214429+00:00');
INSERT INTO "_sqlite_migrations" VALUES(17,'loa-phuong','m017_compose','2026-11-26 10:16:47.215924+00:00');
INSERT INTO "_sqlite_migrations" VALUES(18,'loa-phuong','m018_settings','2026-11-26 10:16:47.217782+00:00');
INSERT INTO "_sqlite_migrations" VALUES(19,'loa-phuong','m019_public','2026-11-26 10:16:47.219275+00:00');
INSERT INTO "_sqlite_migrations" VALUES(20,'loa-phuong','m020_api','2026-11-26 10:16:47.220384+00:00');
INSERT INTO "_sqlite_migrations" VALUES(21,'loa-phuong','m021_emergency','2026-11-26 10:16:47.221710+00:00');
INSERT INTO "_sqlite_migrations" VALUES(22,'loa-phuong','m022_writers','2026-11-26 10:16:47.224137+00:00');
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
    , kind TEXT NOT NULL DEFAULT 'text'
        CHECK (kind IN ('text', 'typed', 'relay', 'live')), corrects TEXT NOT NULL DEFAULT '', shape_json TEXT NOT NULL DEFAULT '', writer_id INTEGER REFERENCES person(id));
INSERT INTO "announcement" VALUES(1,'Tiêm chủng','',1,'approved','09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331',1,3,2,NULL,'',3,'2026-12-01T22:30:00.000000+00:00','09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331','2026-12-01T22:30:00.000000+00:00','2026-12-01T22:30:00.000000+00:00','text','','',NULL);
INSERT INTO "announcement" VALUES(2,'Chờ duyệt','',1,'submitted','4eb1c964aa830bcfe86b9e8028093b1cda59a418f1b9b562e30fa01e5ef70b18',1,3,2,NULL,'',NULL,NULL,NULL,'2026-12-01T22:30:00.000000+00:00','2026-12-01T22:30:00.000000+00:00','text','','',NULL);
CREATE TABLE api_token (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL, -- what it is for; stands in the audit beside its owner
        token_hash TEXT NOT NULL UNIQUE, -- sha256 of the token: a stolen database opens nothing
        hint TEXT NOT NULL, -- its first letters, to tell keys apart
        person_id INTEGER NOT NULL REFERENCES person(id), -- its owner, in whose name it acts
        acts_json TEXT NOT NULL, -- ["see", …]: never more than the owner's role has
        zones_json TEXT NOT NULL DEFAULT '[]', -- [] = everywhere the owner may act
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        expires_at TEXT NOT NULL,
        last_used_at TEXT, -- to the minute
        last_address TEXT NOT NULL DEFAULT '',
        revoked_at TEXT,
        revoked_by INTEGER REFERENCES person(id)
    );
CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        day TEXT NOT NULL, -- of the station's zone
        kind TEXT NOT NULL, -- insert | update | delete | many | refused | and what leaves no row: sign_in …
        person_id INTEGER, -- who; NULL = the station itself, or nobody knows
        name TEXT NOT NULL DEFAULT '', -- as it was then
        via TEXT NOT NULL DEFAULT '', -- page | cli | api, or the process that acted by itself
        address TEXT NOT NULL DEFAULT '',
        session TEXT NOT NULL DEFAULT '', -- of the page, or the name of a token
        act TEXT NOT NULL DEFAULT '', -- the right it was done by
        route TEXT NOT NULL DEFAULT '', -- which page, command or call
        subject TEXT NOT NULL DEFAULT '', -- the table
        subject_id TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL DEFAULT '', -- what people call it
        before_json TEXT NOT NULL DEFAULT '{}', -- the columns that changed; never a secret
        after_json TEXT NOT NULL DEFAULT '{}',
        note TEXT NOT NULL DEFAULT '',
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE -- sha256 of every other column, in order, as JSON
    );
INSERT INTO "audit" VALUES(1,'2026-12-01T22:30:00.000000+00:00','2026-12-02','insert',NULL,'','station','','','','','person','1','Máy trạm','{}','{"id":1,"login":"may-tram","name":"Máy trạm","role":"admin","password_hash":"","active":1,"created_at":"2026-12-01T22:30:00.000000+00:00","must_change":0,"code_hash":"","totp_sealed":"","totp_pending":"","totp_step":""}','','0000000000000000000000000000000000000000000000000000000000000000','f08a5f967d4c9e80740cf5c6cc827dc86e4434c2e160b8a9866e4148cd9d79d5');
INSERT INTO "audit" VALUES(2,'2026-12-01T22:30:00.000000+00:00','2026-12-02','insert',NULL,'','station','','','','','person','2','Lan','{}','{"id":2,"login":"lan","name":"Lan","role":"editor","password_hash":"•","active":1,"created_at":"2026-12-01T22:30:00.000000+00:00","must_change":0,"code_hash":"","totp_sealed":"","totp_pending":"","totp_step":""}','','f08a5f967d4c9e80740cf5c6cc827dc86e4434c2e160b8a9866e4148cd9d79d5','f58e60470b84cb0d8fb8ce816d7bfc31f9722236466ef0e4aebecd7e912d4074');
INSERT INTO "audit" VALUES(3,'2026-12-01T22:30:00.000000+00:00','2026-12-02','insert',NULL,'','station','','','','','person','3','Minh','{}','{"id":3,"login":"minh","name":"Minh","role":"approver","password_hash":"•","active":1,"created_at":"2026-12-01T22:30:00.000000+00:00","must_change":0,"code_hash":"","totp_sealed":"","totp_pending":"","totp_step":""}','','f58e60470b84cb0d8fb8ce816d7bfc31f9722236466ef0e4aebecd7e912d4074','3da337e75463829c92296d90dc658720029d9757812e6ee54fd2ccc2d8399aff');
INSERT INTO "audit" VALUES(4,'2026-12-01T22:30:00.000000+00:00','2026-12-02','insert',NULL,'','station','','','','','announcement','1','Tiêm chủng','{}','{"id":1,"title":"Tiêm chủng","text":"","version":1,"state":"draft","audio_sha256":"09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331","heard":0,"priority":3,"author_id":2,"dispatch_id":null,"return_reason":"","approver_id":null,"approved_at":null,"approved_sha256":null,"created_at":"2026-12-01T22:30:00.000000+00:00","updated_at":"2026-12-01T22:30:00.000000+00:00","kind":"text","corrects":"","shape_json":"","writer_id":null}','','3da337e75463829c92296d90dc658720029d9757812e6ee54fd2ccc2d8399aff','2edc68c1e36f61807d757ad95bc6a34bb5e030930e6091c7e84828eb93805001');
INSERT INTO "audit" VALUES(5,'2026-12-01T22:30:00.000000+00:00','2026-12-02','update',NULL,'','station','','','','','announcement','1','Tiêm chủng','{"heard":0}','{"heard":1}','','2edc68c1e36f61807d757ad95bc6a34bb5e030930e6091c7e84828eb93805001','04fdf2fa83307cd4d7ec314d02fc2b622b8caf2cb0cc2b6f83450bf216a52ca5');
INSERT INTO "audit" VALUES(6,'2026-12-01T22:30:00.000000+00:00','2026-12-02','update',NULL,'','station','','','','','announcement','1','Tiêm chủng','{"state":"draft"}','{"state":"submitted"}','','04fdf2fa83307cd4d7ec314d02fc2b622b8caf2cb0cc2b6f83450bf216a52ca5','ea382040f558622675fc921e855f5f142ee096e82cb38431f6eddc558f7cbbf7');
INSERT INTO "audit" VALUES(7,'2026-12-01T22:30:00.000000+00:00','2026-12-02','update',NULL,'','station','','','','','announcement','1','Tiêm chủng','{"state":"submitted","approver_id":null,"approved_at":null,"approved_sha256":null}','{"state":"approved","approver_id":3,"approved_at":"2026-12-01T22:30:00.000000+00:00","approved_sha256":"09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331"}','','ea382040f558622675fc921e855f5f142ee096e82cb38431f6eddc558f7cbbf7','b96932204b8965ef589d77e89519c5d10a02e79f8e9e72d98b4451b8c294a0ab');
INSERT INTO "audit" VALUES(8,'2026-12-01T22:30:00.000000+00:00','2026-12-02','insert',NULL,'','station','','','','','decision','1','Tiêm chủng','{}','{"id":1,"announcement_id":1,"act":"approve","person_id":3,"at":"2026-12-01T22:30:00.000000+00:00","audio_sha256":"09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331","title":"Tiêm chủng","text":"","reason":""}','','b96932204b8965ef589d77e89519c5d10a02e79f8e9e72d98b4451b8c294a0ab','0a3d72d6776655dd5a599f95b1d3f61537f181dcdc0429e302091117afb37284');
INSERT INTO "audit" VALUES(9,'2026-12-01T22:30:00.000000+00:00','2026-12-02','insert',NULL,'','station','','','','','campaign','1','Đợt tiêm chủng','{}','{"id":1,"title":"Đợt tiêm chủng","announcement_id":1,"dispatch_id":null,"state":"draft","windows_json":"[\"06:00-07:00\"]","base":2,"boost_kind":"none","boost_value":1.0,"weekdays_json":"[0,1,2,3,4,5,6]","start":"2026-12-02","end":"2026-12-02","min_gap_ms":300000,"chime":0,"repeat":1,"priority":3,"zone":"all","created_at":"2026-12-01T22:30:00.000000+00:00","created_by":2,"phases_json":"[]","rotation_json":"[]","pauses_json":"[]","rank":0,"topic":"","field":1,"replaces":null,"stopped_at":null}','','0a3d72d6776655dd5a599f95b1d3f61537f181dcdc0429e302091117afb37284','b0f25c32ed3ebaf8cc1acd9a173b4bb6c46dc4a21dc3aa0984d271baad7bb7dd');
INSERT INTO "audit" VALUES(10,'2026-12-01T22:30:00.000000+00:00','2026-12-02','update',NULL,'','station','','','','','campaign','1','Đợt tiêm chủng','{"state":"draft"}','{"state":"active"}','','b0f25c32ed3ebaf8cc1acd9a173b4bb6c46dc4a21dc3aa0984d271baad7bb7dd','c4b8c61fb1a83259d58cbdbac2502eaedf9fe9125d7c9f038344e7304a537ac8');
INSERT INTO "audit" VALUES(11,'2026-12-01T22:30:00.000000+00:00','2026-12-02','insert',NULL,'','station','','','','','announcement','2','Chờ duyệt','{}','{"id":2,"title":"Chờ duyệt","text":"","version":1,"state":"draft","audio_sha256":"4eb1c964aa830bcfe86b9e8028093b1cda59a418f1b9b562e30fa01e5ef70b18","heard":0,"priority":3,"author_id":2,"dispatch_id":null,"return_reason":"","approver_id":null,"approved_at":null,"approved_sha256":null,"created_at":"2026-12-01T22:30:00.000000+00:00","updated_at":"2026-12-01T22:30:00.000000+00:00","kind":"text","corrects":"","shape_json":"","writer_id":null}','','c4b8c61fb1a83259d58cbdbac2502eaedf9fe9125d7c9f038344e7304a537ac8','2ec351e3ebce5cda262375b43d3836c69d32306097259b080871b13af3293898');
INSERT INTO "audit" VALUES(12,'2026-12-01T22:30:00.000000+00:00','2026-12-02','update',NULL,'','station','','','','','announcement','2','Chờ duyệt','{"heard":0}','{"heard":1}','','2ec351e3ebce5cda262375b43d3836c69d32306097259b080871b13af3293898','ca66999a26ce89163457b06b8358678f3073a4ed26e2a62a4c46ad624e97d291');
INSERT INTO "audit" VALUES(13,'2026-12-01T22:30:00.000000+00:00','2026-12-02','update',NULL,'','station','','','','','announcement','2','Chờ duyệt','{"state":"draft"}','{"state":"submitted"}','','ca66999a26ce89163457b06b8358678f3073a4ed26e2a62a4c46ad624e97d291','33145f99336fac3d177f8cbc59656404504243ec116d1aff4b665718cc82e57f');
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
CREATE TABLE campaign (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        dispatch_id INTEGER REFERENCES dispatch(id),
        state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'stopped')),
        windows_json TEXT NOT NULL, -- ["05:00-06:30", …]
        base INTEGER NOT NULL,
        boost_kind TEXT NOT NULL DEFAULT 'none'
            CHECK (boost_kind IN ('none', 'factor', 'target', 'every', 'minutes', 'share')),
        boost_value REAL NOT NULL DEFAULT 1,
        weekdays_json TEXT NOT NULL, -- [0, …, 6], Monday = 0
        start TEXT NOT NULL, end TEXT NOT NULL, -- days, both included
        min_gap_ms INTEGER NOT NULL,
        chime INTEGER NOT NULL, repeat INTEGER NOT NULL,
        priority INTEGER NOT NULL DEFAULT 3 CHECK (priority IN (1, 2, 3)),
        zone TEXT NOT NULL,
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        phases_json TEXT NOT NULL DEFAULT '[]', -- [{start, end, base, boost: [kind, value], windows}, …]
        rotation_json TEXT NOT NULL DEFAULT '[]', -- announcements said in turn after announcement_id
        pauses_json TEXT NOT NULL DEFAULT '[]', -- [[since, until or null], …], instants
        rank INTEGER NOT NULL DEFAULT 0, -- the ward's order among equal priority, the smaller first
        topic TEXT NOT NULL DEFAULT '',
        field INTEGER NOT NULL DEFAULT 1 CHECK (field BETWEEN 1 AND 6), -- lĩnh vực of the provincial report
        replaces INTEGER REFERENCES campaign(id), -- the campaign it stands in for
        stopped_at TEXT -- nothing of it starts from here on; may lie ahead
    );
INSERT INTO "campaign" VALUES(1,'Đợt tiêm chủng',1,NULL,'active','["06:00-07:00"]',2,'none',1.0,'[0,1,2,3,4,5,6]','2026-12-02','2026-12-02',300000,0,1,3,'all','2026-12-01T22:30:00.000000+00:00',2,'[]','[]','[]',0,'',1,NULL,NULL);
CREATE TABLE checkpoint (
        number INTEGER PRIMARY KEY,
        day TEXT NOT NULL UNIQUE, -- the day it closes: never two for a day
        payload TEXT NOT NULL, -- the signed text, byte for byte
        signature TEXT NOT NULL UNIQUE -- Ed25519, in hex
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
    , says INTEGER NOT NULL DEFAULT 1, passed_json TEXT NOT NULL DEFAULT '[]');
INSERT INTO "clip" VALUES('87e9035750c4532a0df5f5f63ead818c2884eef04ecd3d50eaf3a5478061a727','three-notes','bundled','',NULL,98880,-1.60000019768456915e+01,-4.55640142954788451e+00,'[]','','','','chime:three-notes:1:-16:-1','2026-12-01T22:30:00.000000+00:00',1,NULL,1,'[]');
INSERT INTO "clip" VALUES('8690695e3490feaba6d78d787a8773bbf7f95b7fa4271908c222d87dcb9cdc05','two-notes','bundled','',NULL,84000,-1.60000012043098678e+01,-3.80408757159038879e+00,'[]','','','','chime:two-notes:1:-16:-1','2026-12-01T22:30:00.000000+00:00',1,NULL,1,'[]');
INSERT INTO "clip" VALUES('f4382bbbb7e2ae7a6802def13bcb172f9cec67274c908a95b3314a47bda303a2','two-tone','bundled','',NULL,120000,-1.60000126923479797e+01,-1.21776717087809931e+01,'[]','','','','chime:two-tone:1:-16:-1','2026-12-01T22:30:00.000000+00:00',1,NULL,1,'[]');
INSERT INTO "clip" VALUES('3597f9dc9c73128f52646254d76bbc6de5b98249c203f34962acdeb044642d81','wood','bundled','',NULL,100800,-1.6137251024749279e+01,-1.09993257062120397e+00,'[]','','','','chime:wood:1:-16:-1','2026-12-01T22:30:00.000000+00:00',1,NULL,1,'[]');
INSERT INTO "clip" VALUES('09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331','Tiêm chủng','upload','',NULL,192000,-1.5940994948006308e+01,NULL,'[]','','','',NULL,'2026-12-01T22:30:00.000000+00:00',2,NULL,1,'[]');
INSERT INTO "clip" VALUES('4eb1c964aa830bcfe86b9e8028093b1cda59a418f1b9b562e30fa01e5ef70b18','Chờ duyệt','upload','',NULL,144000,-1.59068038976391754e+01,NULL,'[]','','','',NULL,'2026-12-01T22:30:00.000000+00:00',2,NULL,1,'[]');
CREATE TABLE code_attempt (
        id INTEGER PRIMARY KEY,
        budget TEXT NOT NULL, -- whose tries are counted together
        at TEXT NOT NULL,
        ok INTEGER NOT NULL DEFAULT 0
    );
CREATE TABLE command (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('play_now', 'stop', 'replan', 'reopen')),
        args_json TEXT NOT NULL,
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        taken_at TEXT
    );
CREATE TABLE confirmed_word (
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        text_sha256 TEXT NOT NULL, -- of the title and the text it stands in: other words are asked about anew
        word TEXT NOT NULL, -- no rule reads it; a person has heard it and lets it be said so
        audio_sha256 TEXT NOT NULL, -- the sound it was heard in
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL,
        PRIMARY KEY (announcement_id, text_sha256, word)
    );
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
INSERT INTO "decision" VALUES(1,1,'approve',3,'2026-12-01T22:30:00.000000+00:00','09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331','Tiêm chủng','','');
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
CREATE TABLE dispatch_act (
        dispatch_id INTEGER NOT NULL REFERENCES dispatch(id),
        ordinal INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('stop', 'replace')),
        target TEXT, target_date TEXT, -- number and symbol, and day, of the earlier dispatch, as far as named
        since TEXT, until TEXT, -- days; NULL = at once, for good
        text TEXT NOT NULL,
        start INTEGER NOT NULL, end INTEGER NOT NULL, -- its place in dispatch.text
        done_at TEXT, done_by INTEGER REFERENCES person(id),
        campaigns_json TEXT NOT NULL DEFAULT '[]', -- the campaigns that it ended
        PRIMARY KEY (dispatch_id, ordinal)
    );
CREATE TABLE doubt (
        dispatch_id INTEGER NOT NULL REFERENCES dispatch(id),
        ordinal INTEGER NOT NULL,
        field TEXT NOT NULL, -- key of dispatch.fields_json
        reason TEXT NOT NULL, details_json TEXT NOT NULL DEFAULT '{}',
        start INTEGER, end INTEGER, -- its place in dispatch.text; NULL = the text does not say it at all
        answer TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'confirmed', 'corrected')),
        answered_at TEXT, answered_by INTEGER REFERENCES person(id),
        PRIMARY KEY (dispatch_id, ordinal)
    );
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
CREATE TABLE duty (
        dispatch_id INTEGER NOT NULL REFERENCES dispatch(id),
        ordinal INTEGER NOT NULL, -- its place among the duties of the dispatch, from 1
        channel TEXT NOT NULL, -- loudspeaker | sms | portal | post | report | other
        text TEXT NOT NULL,
        addressed TEXT NOT NULL DEFAULT '', -- who is to do it, in the words of the dispatch; '' = all it is sent to
        deadline TEXT, -- last day, where one is named
        start INTEGER NOT NULL, end INTEGER NOT NULL, -- its place in dispatch.text
        state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'doing', 'done', 'not_ours')),
        note TEXT NOT NULL DEFAULT '',
        changed_at TEXT, changed_by INTEGER REFERENCES person(id), -- NULL while nobody has touched it
        PRIMARY KEY (dispatch_id, ordinal)
    );
CREATE TABLE guide_step (
        name TEXT PRIMARY KEY, -- a step of the first set-up that is behind us
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL
    );
CREATE TABLE heard (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('airing', 'silence', 'stray')),
        slot_id TEXT REFERENCES slot(id), -- what played; NULL for stray sound
        day TEXT NOT NULL,
        began_at TEXT NOT NULL,
        ended_at TEXT, -- NULL while a spell goes on
        verdict TEXT NOT NULL DEFAULT ''
            CHECK (verdict IN ('', 'heard', 'partly', 'sound', 'other', 'silent', 'unknown')),
        level_dbfs REAL, -- mean of an airing, lowest of a silence, highest of stray sound; 300 Hz to 4 kHz
        correlation REAL, share REAL, delay_ms INTEGER, -- how well it fitted; NULL = nothing to hold it against
        listened REAL, -- share of an airing in which somebody listened
        device TEXT NOT NULL,
        seq INTEGER -- its row in the journal
    );
CREATE TABLE heartbeat (
        process TEXT PRIMARY KEY, -- playout, web, studio
        pid INTEGER NOT NULL,
        at TEXT NOT NULL,
        state_json TEXT NOT NULL DEFAULT '{}' -- playout: what is on air and how its outputs are, as measured
    );
INSERT INTO "heartbeat" VALUES('playout',3064,'2026-12-01T23:45:09.000000+00:00','{"airings":[],"outputs":[{"name":"wav","kind":"wavfile","state":"open","message":"","device":"data/wav/wav","dropped":0}],"relay":[],"amplifier":{"state":"none","message":""},"clock_trusted":true,"stopping":true}');
CREATE TABLE job (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL, -- which kinds there are is the studio's to know: no step has to make the table anew again
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
    , zones_json TEXT);
INSERT INTO "journal" VALUES(1,'2026-12-01T23:15:04.000000+00:00','airing','2026-12-02','20261202-c1-1',1,1,'Tiêm chủng','','all',3,'schedule','2026-12-01T23:15:00.000000+00:00','2026-12-01T23:15:00.000000+00:00','2026-12-01T23:15:04.000000+00:00',4000,4000,'played','','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331','','Lan','Minh','2026-12-01T22:30:00.000000+00:00','','{"wav":"ok"}','','0000000000000000000000000000000000000000000000000000000000000000','a371af27aaf4818fe54716685d6a7a6c218cb36eb41ba9bd88cdff8e828f50de','["all"]');
INSERT INTO "journal" VALUES(2,'2026-12-01T23:45:04.000000+00:00','airing','2026-12-02','20261202-c1-2',1,1,'Tiêm chủng','','all',3,'schedule','2026-12-01T23:45:00.000000+00:00','2026-12-01T23:45:00.000000+00:00','2026-12-01T23:45:04.000000+00:00',4000,4000,'played','','e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855','09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331','','Lan','Minh','2026-12-01T22:30:00.000000+00:00','','{"wav":"ok"}','','a371af27aaf4818fe54716685d6a7a6c218cb36eb41ba9bd88cdff8e828f50de','5b00a7d1e7969279e11ac5f9e540b47ef43e9cb904919bda846def3705d1624b','["all"]');
CREATE TABLE known_device (
        device_hash TEXT NOT NULL, -- sha256 of the device's cookie
        person_id INTEGER NOT NULL REFERENCES person(id),
        created_at TEXT NOT NULL,
        seen_at TEXT NOT NULL, -- of the newest sign-in there
        PRIMARY KEY (device_hash, person_id)
    ) WITHOUT ROWID;
CREATE TABLE ledger_baseline (
        id INTEGER PRIMARY KEY, -- the newest of a dispatch holds, the others say what was said before
        dispatch_id INTEGER NOT NULL REFERENCES dispatch(id),
        minutes_a_day REAL NOT NULL CHECK (minutes_a_day >= 0),
        note TEXT NOT NULL DEFAULT '',
        stated_at TEXT NOT NULL,
        stated_by INTEGER NOT NULL REFERENCES person(id)
    );
CREATE TABLE lexicon_change (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- the newest names the state of the whole list
        at TEXT NOT NULL,
        by_id INTEGER NOT NULL REFERENCES person(id),
        act TEXT NOT NULL CHECK (act IN ('add', 'edit', 'remove', 'off', 'on', 'import', 'take_list', 'end_list',
            'undo')),
        told TEXT NOT NULL, -- the written form or the list it was about
        before_json TEXT NOT NULL, -- {entries: [[written, said, case, pattern, off], …], lists: [id, …]}
        after_json TEXT NOT NULL,
        undoes INTEGER UNIQUE REFERENCES lexicon_change(id)
    );
CREATE TABLE lexicon_entry (
        id INTEGER PRIMARY KEY,
        written TEXT NOT NULL,
        said TEXT NOT NULL, -- empty where the form is switched off
        case_rule TEXT NOT NULL DEFAULT 'auto' CHECK (case_rule IN ('auto', 'exact', 'any')),
        pattern INTEGER NOT NULL DEFAULT 0,
        switched_off INTEGER NOT NULL DEFAULT 0, -- 1 = what the lists below say of this form is not used
        version INTEGER NOT NULL DEFAULT 1,
        changed_at TEXT NOT NULL,
        changed_by INTEGER NOT NULL REFERENCES person(id),
        UNIQUE (written, pattern),
        CHECK ((switched_off = 1) = (said = ''))
    );
CREATE TABLE lexicon_list (
        id INTEGER PRIMARY KEY, -- the newest stands above the older ones
        name TEXT NOT NULL,
        version TEXT NOT NULL DEFAULT '', -- as its maker calls it
        toml TEXT NOT NULL, -- its entries, whole
        entries INTEGER NOT NULL,
        taken_at TEXT NOT NULL,
        taken_by INTEGER NOT NULL REFERENCES person(id),
        ended_at TEXT -- another version has taken its place, or it was put away
    );
CREATE TABLE live_lease (
        id TEXT PRIMARY KEY, -- also the name of the file that its sound arrives in
        slot_id TEXT NOT NULL UNIQUE REFERENCES slot(id),
        person_id INTEGER NOT NULL REFERENCES person(id),
        source TEXT NOT NULL, -- browser, or line: and a capture device
        opened_at TEXT NOT NULL,
        longest_ms INTEGER NOT NULL,
        released_at TEXT, -- the person has let go
        ended_at TEXT -- its airing is over and its recording handed to the library
    );
CREATE TABLE login_attempt (
        id INTEGER PRIMARY KEY,
        login TEXT NOT NULL,
        address TEXT NOT NULL,
        at TEXT NOT NULL,
        ok INTEGER NOT NULL
    , device_hash TEXT NOT NULL DEFAULT '');
CREATE TABLE moved (
        day TEXT NOT NULL, campaign_id INTEGER NOT NULL REFERENCES campaign(id),
        ordinal INTEGER NOT NULL, -- which airing of the campaign's day, as in the name of its slot
        start TEXT, -- NULL = left out
        was TEXT NOT NULL, -- where the planner had put it
        why TEXT NOT NULL DEFAULT '', -- of leaving it out
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL,
        unkept TEXT NOT NULL DEFAULT '', -- why the planner cannot keep it now; '' = it stands so
        unkept_json TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (day, campaign_id, ordinal)
    );
CREATE TABLE person (
        id INTEGER PRIMARY KEY,
        login TEXT NOT NULL UNIQUE COLLATE NOCASE,
        name TEXT NOT NULL,
        role TEXT NOT NULL
            CHECK (role IN ('editor', 'approver', 'technician', 'admin', 'contributor', 'guest')),
        password_hash TEXT NOT NULL, -- argon2id; '' = cannot sign in (the machine's own person)
        active INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL,
        must_change INTEGER NOT NULL DEFAULT 0, -- the password is temporary: nothing else before it is changed
        code_hash TEXT NOT NULL DEFAULT '', -- argon2id of the emergency code; '' = none
        totp_sealed TEXT NOT NULL DEFAULT '', -- sealed with the key file beside the database; '' = none
        totp_pending TEXT NOT NULL DEFAULT '', -- the same, set up and not confirmed with a number yet
        totp_step INTEGER NOT NULL DEFAULT 0 -- the newest step of 30 s whose number was used: none is used twice
    );
INSERT INTO "person" VALUES(1,'may-tram','Máy trạm','admin','',1,'2026-12-01T22:30:00.000000+00:00',0,'','','',0);
INSERT INTO "person" VALUES(2,'lan','Lan','editor','$argon2id$v=19$m=19456,t=2,p=1$VUbNnkjFNoTrscdfqs7feA$3fospBk7qF6VI2VREbdoUuV4gq9Js8UIzzunrfK4w/0',1,'2026-12-01T22:30:00.000000+00:00',0,'','','',0);
INSERT INTO "person" VALUES(3,'minh','Minh','approver','$argon2id$v=19$m=19456,t=2,p=1$R98r3kadoG9t4vCBAydZSw$TaH7thciUwtezsvTaJbIOEdK2f8xBESFoo5N8Y74yWI',1,'2026-12-01T22:30:00.000000+00:00',0,'','','',0);
CREATE TABLE person_zone (
        person_id INTEGER NOT NULL REFERENCES person(id),
        zone TEXT NOT NULL, -- where a contributor acts
        PRIMARY KEY (person_id, zone)
    ) WITHOUT ROWID;
CREATE TABLE province_cursor (
        name TEXT PRIMARY KEY, -- journal: the last row that has been queued
        value INTEGER NOT NULL
    );
CREATE TABLE province_inbox (
        id INTEGER PRIMARY KEY,
        bulletin_id TEXT NOT NULL, -- BanTinID
        version INTEGER NOT NULL, -- from 1; a changed bulletin is a new row
        digest TEXT NOT NULL, -- of all that matters in it: the same again is the same row
        said TEXT NOT NULL, -- digest of what people would hear
        bulletin_json TEXT NOT NULL, -- as it came
        title TEXT NOT NULL,
        priority INTEGER NOT NULL CHECK (priority IN (1, 2, 3)),
        zone TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'preparing', 'approval', 'planned', 'aired', 'dismissed',
            'superseded', 'cancelled', 'expired')),
        way TEXT NOT NULL DEFAULT '' CHECK (way IN ('', 'air', 'session', 'now')), -- what was decided
        doubts_json TEXT NOT NULL DEFAULT '[]', -- [[code, details], …]
        reason TEXT NOT NULL DEFAULT '', details_json TEXT NOT NULL DEFAULT '{}', -- why it stands where it stands
        announcement_id INTEGER REFERENCES announcement(id),
        campaign_id INTEGER REFERENCES campaign(id),
        slot_id TEXT,
        job_id INTEGER REFERENCES job(id), -- that takes in its sound
        tries INTEGER NOT NULL DEFAULT 0, -- of fetching its sound
        retry_at TEXT,
        issuer_id INTEGER NOT NULL REFERENCES person(id), -- the issuer, as author of what airs
        received_at TEXT NOT NULL,
        expires_at TEXT,
        decided_by INTEGER REFERENCES person(id), -- NULL = nobody yet; issuer or rule where no person did
        decided_at TEXT,
        UNIQUE (bulletin_id, version)
    );
CREATE TABLE province_outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- sent in this order
        key TEXT NOT NULL UNIQUE, -- NhatKyID: the same log again has the same one
        seq INTEGER NOT NULL, -- row of the journal it tells
        body_json TEXT NOT NULL,
        queued_at TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '', details_json TEXT NOT NULL DEFAULT '{}', -- of the last try that failed
        ended_at TEXT, -- sent, or set aside with the reason
        sent INTEGER NOT NULL DEFAULT 0
    );
CREATE TABLE recovery_code (
        person_id INTEGER NOT NULL REFERENCES person(id),
        code_hash TEXT NOT NULL, -- sha256: the codes are random and long
        used_at TEXT, -- each opens once
        PRIMARY KEY (person_id, code_hash)
    ) WITHOUT ROWID;
CREATE TABLE refusal (
        day TEXT NOT NULL,
        campaign_id INTEGER NOT NULL REFERENCES campaign(id),
        ordinal INTEGER NOT NULL,
        reason TEXT NOT NULL,
        details_json TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (day, campaign_id, ordinal)
    );
CREATE TABLE relay (
        id INTEGER PRIMARY KEY,
        announcement_id INTEGER NOT NULL UNIQUE REFERENCES announcement(id), -- its title and its approval
        state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'stopped')),
        windows_json TEXT NOT NULL, -- ["05:00-05:30", …]
        weekdays_json TEXT NOT NULL, -- [0, …, 6], Monday = 0
        start TEXT NOT NULL, end TEXT NOT NULL, -- days, both included
        zone TEXT NOT NULL,
        sources_json TEXT NOT NULL, -- addresses in the order they are tried
        fallback_json TEXT NOT NULL DEFAULT '[]', -- sha256 of the clips that are aired when every source is silent
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id)
    );
CREATE TABLE render (
    master_sha256 TEXT NOT NULL REFERENCES clip(sha256), -- approved, planned, journalled: it stays the truth
    profile TEXT NOT NULL, -- digest of the profile's numbers; its name may change
    sha256 TEXT NOT NULL, -- of the file
    frames INTEGER NOT NULL CHECK (frames > 0), -- as many as the master's
    lufs REAL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (master_sha256, profile)
) WITHOUT ROWID;
CREATE TABLE schedule_change (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        person_id INTEGER NOT NULL REFERENCES person(id),
        kind TEXT NOT NULL CHECK (kind IN ('move', 'leave_out', 'add', 'copy', 'release', 'undo')),
        day TEXT NOT NULL,
        places_json TEXT NOT NULL, -- of each airing that was touched: before and after
        undone_by INTEGER REFERENCES schedule_change(id) -- the change that took it back
    );
CREATE TABLE sender_salt (
        day TEXT PRIMARY KEY, -- only today's is kept: who sent what before can be told by nobody
        salt TEXT NOT NULL
    );
CREATE TABLE setting_change (
        id INTEGER PRIMARY KEY,
        batch INTEGER NOT NULL, -- what was changed in one act is taken back in one
        key TEXT NOT NULL, -- section.key of config.toml, or zone:NAME.key
        value_json TEXT, -- NULL = set no longer: what config.toml or its default says holds
        before_json TEXT NOT NULL, -- what held until then
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL
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
    , intro_sha256 TEXT, makes_good TEXT NOT NULL DEFAULT '', moved_from TEXT, output TEXT NOT NULL DEFAULT '');
INSERT INTO "slot" VALUES('20261202-c1-1','2026-12-02','all','2026-12-01T23:15:00.000000+00:00',4000,1,1,'09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331',0,1,3,'schedule',NULL,'played','','2026-12-01T22:30:00.000000+00:00',NULL,'',NULL,'');
INSERT INTO "slot" VALUES('20261202-c1-2','2026-12-02','all','2026-12-01T23:45:00.000000+00:00',4000,1,1,'09894399fe47e0f1c359794a763e7c5b5d0a1686007c348835abdbce04b36331',0,1,3,'schedule',NULL,'played','','2026-12-01T22:30:00.000000+00:00',NULL,'',NULL,'');
CREATE TABLE sms (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        text TEXT NOT NULL, -- as written, tidied
        plain INTEGER NOT NULL DEFAULT 0, -- goes out without diacritics
        version INTEGER NOT NULL DEFAULT 1, -- grows with each edit
        state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN
            ('draft', 'submitted', 'approved', 'returned', 'withdrawn', 'handed_over', 'sending', 'sent')),
        author_id INTEGER NOT NULL REFERENCES person(id),
        dispatch_id INTEGER REFERENCES dispatch(id),
        message_no INTEGER, -- which message of the dispatch it was made from, from 1
        campaign_id INTEGER REFERENCES campaign(id),
        return_reason TEXT NOT NULL DEFAULT '',
        approver_id INTEGER REFERENCES person(id),
        approved_at TEXT,
        approved_sha256 TEXT, -- of exactly the words that go out
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    , writer_id INTEGER REFERENCES person(id));
CREATE TABLE sms_batch (
        id INTEGER PRIMARY KEY,
        sms_id INTEGER NOT NULL REFERENCES sms(id),
        body TEXT NOT NULL, sha256 TEXT NOT NULL, -- the words that go out, and what an approval must say of them
        state TEXT NOT NULL DEFAULT 'checked' CHECK (state IN ('checked', 'sending', 'halted', 'ended', 'stopped')),
        again INTEGER NOT NULL DEFAULT 0, -- a person wants those tried again of whom nobody knows
        file_name TEXT NOT NULL DEFAULT '', -- of the list, for display only
        total INTEGER NOT NULL,
        duplicates INTEGER NOT NULL, opted_out INTEGER NOT NULL, reached INTEGER NOT NULL, refused INTEGER NOT NULL,
        bad_json TEXT NOT NULL, -- the first refused lines: [[line, written, reason, new], …]
        reason TEXT NOT NULL DEFAULT '', details_json TEXT NOT NULL DEFAULT '{}', -- why it rests, halted or was stopped
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        ordered_at TEXT, ordered_by INTEGER REFERENCES person(id),
        ended_at TEXT
    );
CREATE TABLE sms_hand_over (
        id INTEGER PRIMARY KEY,
        sms_id INTEGER NOT NULL REFERENCES sms(id),
        sha256 TEXT NOT NULL, -- of the words in it
        file_text TEXT NOT NULL, -- the CSV exactly as it was handed over
        rows INTEGER NOT NULL,
        at TEXT NOT NULL,
        by_id INTEGER NOT NULL REFERENCES person(id)
    );
CREATE TABLE sms_opt_out (
        number TEXT PRIMARY KEY, -- +84…: gets nothing
        note TEXT NOT NULL DEFAULT '',
        at TEXT NOT NULL,
        by_id INTEGER NOT NULL REFERENCES person(id)
    );
CREATE TABLE sms_recipient (
        batch_id INTEGER NOT NULL REFERENCES sms_batch(id),
        place INTEGER NOT NULL, -- its place in the list, from 1
        number TEXT NOT NULL, -- +84…
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN
            ('waiting', 'claimed', 'sent', 'failed', 'unknown', 'skipped', 'cancelled')),
        attempts INTEGER NOT NULL DEFAULT 0,
        answer TEXT NOT NULL DEFAULT '', -- what the gateway said: its number of the message, where it gives one
        reason TEXT NOT NULL DEFAULT '', details_json TEXT NOT NULL DEFAULT '{}',
        changed_at TEXT,
        PRIMARY KEY (batch_id, place),
        UNIQUE (batch_id, number)
    );
CREATE TABLE ticket (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- the number people are told; never given twice
        zone TEXT NOT NULL,
        cluster TEXT NOT NULL DEFAULT '', -- output it is about; '' = the whole zone
        kind TEXT NOT NULL CHECK (kind IN ('silent', 'quiet', 'loud', 'crackle', 'wrong_time', 'other')),
        at TEXT NOT NULL, -- when it was heard so, as the first report says
        state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'seen', 'fixing', 'done', 'refused')),
        reports INTEGER NOT NULL DEFAULT 1,
        opened_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        closed_at TEXT -- done or refused
    );
CREATE TABLE ticket_note (
        id INTEGER PRIMARY KEY,
        ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL,
        state TEXT NOT NULL, -- where the ticket stood from then on
        words TEXT NOT NULL DEFAULT ''
    );
CREATE TABLE ticket_report (
        id INTEGER PRIMARY KEY,
        ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        key TEXT NOT NULL UNIQUE, -- random: the address its sender is given
        form TEXT NOT NULL UNIQUE, -- of the drawn form: sent twice it is one report
        at TEXT NOT NULL, -- when it was heard so
        words TEXT NOT NULL DEFAULT '',
        phone TEXT NOT NULL DEFAULT '', -- '' = none, or erased
        sender TEXT NOT NULL DEFAULT '', -- sha256 of the day's salt and the address
        sent_at TEXT NOT NULL
    );
CREATE TABLE todo (
        key TEXT PRIMARY KEY, -- slot and finding: the same finding twice is one row
        slot_id TEXT,
        due TEXT, -- when it will fail
        reason TEXT NOT NULL, details_json TEXT NOT NULL DEFAULT '{}',
        raised_at TEXT NOT NULL,
        cleared_at TEXT -- mended, or over
    );
CREATE TABLE todo_off (
        person_id INTEGER NOT NULL REFERENCES person(id),
        key TEXT NOT NULL, -- of the task
        mark TEXT NOT NULL, -- how it looked then: when it changes, it is seen again
        until TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (person_id, key)
    ) WITHOUT ROWID;
CREATE TABLE trim (
        sha256 TEXT PRIMARY KEY REFERENCES clip(sha256), -- the shorter clip
        from_sha256 TEXT NOT NULL REFERENCES clip(sha256), -- what it was cut from; it stays
        start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, -- of that one
        made_at TEXT NOT NULL,
        made_by INTEGER NOT NULL REFERENCES person(id)
    );
CREATE TABLE upgrade (
        id INTEGER PRIMARY KEY,
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        from_sha256 TEXT NOT NULL REFERENCES clip(sha256), -- the approved sound that it would replace
        to_sha256 TEXT REFERENCES clip(sha256), -- the same words in a better voice
        state TEXT NOT NULL DEFAULT 'making' CHECK (state IN
            ('making', 'waiting', 'approved', 'taken', 'declined', 'stale', 'failed')),
        tries INTEGER NOT NULL DEFAULT 0, -- begun and not ended: what kills the studio is not tried for ever
        created_at TEXT NOT NULL,
        made_at TEXT,
        decided_at TEXT,
        decided_by INTEGER REFERENCES person(id),
        ended_at TEXT, -- taken, declined, stale or failed
        UNIQUE (announcement_id, from_sha256)
    );
CREATE TABLE upload (
        id TEXT PRIMARY KEY, -- random, in the addresses of its pieces
        person_id INTEGER NOT NULL REFERENCES person(id),
        path TEXT NOT NULL, -- its name in the incoming folder; how much has come is the file's own size
        file_name TEXT NOT NULL, -- for display only
        title TEXT NOT NULL,
        origin TEXT NOT NULL,
        size INTEGER NOT NULL, -- bytes, as said
        mark TEXT NOT NULL, -- check sum of its first bytes: the same file is gone on with
        begun_at TEXT NOT NULL,
        touched_at TEXT NOT NULL, -- about when a piece last came
        job_id INTEGER REFERENCES job(id) -- NULL = it still arrives
    );
CREATE TABLE web_session (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- what a page may name it by; never used twice
        token_hash TEXT NOT NULL UNIQUE, -- sha256 of the cookie: a stolen database opens no session
        person_id INTEGER NOT NULL REFERENCES person(id),
        csrf TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL, -- the absolute end
        seen_at TEXT NOT NULL, -- about when it was last used
        address TEXT NOT NULL DEFAULT '',
        device TEXT NOT NULL DEFAULT '', -- what the browser calls itself, shortened
        device_hash TEXT NOT NULL DEFAULT '' -- of the known device it was opened on
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
CREATE INDEX announcement_state ON announcement(state);
CREATE INDEX airing_open ON airing(slot_id) WHERE ended_at IS NULL;
CREATE INDEX slot_campaign ON slot(campaign_id, day);
CREATE INDEX refusal_campaign ON refusal(campaign_id, day);
CREATE INDEX ledger_baseline_dispatch ON ledger_baseline(dispatch_id);
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint stays as it was signed'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint stays as it was signed'); END;
CREATE INDEX province_inbox_state ON province_inbox(state);
CREATE INDEX province_inbox_announcement ON province_inbox(announcement_id);
CREATE INDEX province_outbox_open ON province_outbox(id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX sms_of_dispatch ON sms(dispatch_id, message_no) WHERE message_no IS NOT NULL;
CREATE INDEX sms_batch_of ON sms_batch(sms_id);
CREATE INDEX sms_recipient_next ON sms_recipient(batch_id, state, attempts, place);
CREATE INDEX sms_recipient_number ON sms_recipient(number);
CREATE INDEX journal_dispatch ON journal(dispatch_number, planned_start) WHERE kind = 'airing';
CREATE UNIQUE INDEX heard_airing ON heard(slot_id) WHERE kind = 'airing';
CREATE INDEX heard_day ON heard(day, kind);
CREATE INDEX heard_open ON heard(id) WHERE ended_at IS NULL;
CREATE INDEX journal_written ON journal(at) WHERE kind = 'airing';
CREATE UNIQUE INDEX lexicon_list_name ON lexicon_list(name) WHERE ended_at IS NULL;
CREATE INDEX upload_person ON upload(person_id);
CREATE INDEX upgrade_open ON upgrade(state) WHERE state IN ('making', 'waiting', 'approved');
CREATE INDEX web_session_person ON web_session(person_id);
CREATE INDEX login_attempt_login ON login_attempt(login, at);
CREATE INDEX login_attempt_address ON login_attempt(address, at);
CREATE INDEX code_attempt_budget ON code_attempt(budget, at);
CREATE INDEX audit_person ON audit(person_id, seq);
CREATE INDEX audit_act ON audit(act, seq);
CREATE INDEX audit_subject ON audit(subject, subject_id, seq);
CREATE INDEX audit_day ON audit(day, seq);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE INDEX moved_unkept ON moved(day) WHERE unkept <> '';
CREATE INDEX schedule_change_day ON schedule_change(day);
CREATE INDEX job_waiting ON job(id) WHERE state IN ('waiting', 'running');
CREATE INDEX job_announcement ON job(json_extract(args_json, '$.announcement_id'), id);
CREATE INDEX decision_announcement ON decision(announcement_id, id);
CREATE INDEX setting_change_key ON setting_change(key, id);
CREATE TRIGGER setting_change_no_update BEFORE UPDATE ON setting_change
        BEGIN SELECT RAISE(ABORT, 'changes of settings are append-only'); END;
CREATE TRIGGER setting_change_no_delete BEFORE DELETE ON setting_change
        BEGIN SELECT RAISE(ABORT, 'changes of settings are append-only'); END;
CREATE INDEX backup_run_state ON backup_run(state);
CREATE INDEX ticket_state ON ticket(state, id);
CREATE INDEX ticket_same ON ticket(zone, cluster, kind, at);
CREATE INDEX ticket_report_ticket ON ticket_report(ticket_id);
CREATE INDEX ticket_report_sent ON ticket_report(sent_at);
CREATE INDEX ticket_report_phone ON ticket_report(ticket_id) WHERE phone <> '';
CREATE INDEX ticket_note_ticket ON ticket_note(ticket_id);
CREATE INDEX journal_airing ON journal(day, planned_start, seq, outcome, zone, campaign_id, dispatch_number,
        title, "trigger", played_ms) WHERE kind = 'airing';
CREATE UNIQUE INDEX api_token_name ON api_token(name) WHERE revoked_at IS NULL;
CREATE INDEX command_waiting ON command(id) WHERE taken_at IS NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('web_session',0);
COMMIT;
