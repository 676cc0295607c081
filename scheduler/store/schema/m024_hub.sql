-- The desk of a town: wards, what is issued, what comes back.

CREATE TABLE area (
        code TEXT PRIMARY KEY, -- administrative code, digits
        name TEXT NOT NULL,
        level TEXT NOT NULL CHECK (level IN ('commune', 'province', 'district_legacy')),
        parent TEXT NOT NULL DEFAULT '', -- code of what it lies in, '' = nothing known
        merged_from_json TEXT NOT NULL DEFAULT '[]', -- codes of what it was made of
        valid_from TEXT, -- day, NULL = always
        valid_to TEXT -- last day, NULL = still
    );
CREATE TABLE hub_ward (
        id TEXT PRIMARY KEY, -- administrative code, digits
        name TEXT NOT NULL,
        groups_json TEXT NOT NULL DEFAULT '[]',
        told_groups_json TEXT, -- the groups it was told when it came in; NULL = it never did
        homes INTEGER, -- NULL = not known
        latitude REAL,
        longitude REAL,
        area TEXT NOT NULL DEFAULT '', -- code of the area it is in, '' = its own
        public_key TEXT NOT NULL DEFAULT '', -- nkey of its link, '' = not paired yet
        code_hash TEXT NOT NULL DEFAULT '', -- sha256 of the pairing code, '' = none is open
        code_until TEXT,
        created_at TEXT NOT NULL,
        paired_at TEXT,
        revoked_at TEXT
    );
CREATE UNIQUE INDEX hub_ward_key ON hub_ward(public_key) WHERE public_key <> '';
CREATE TABLE hub_presence (
        ward_id TEXT PRIMARY KEY REFERENCES hub_ward(id),
        connections INTEGER NOT NULL DEFAULT 0,
        changed_at TEXT, -- since when it is connected, or is not; NULL = never was
        heard_at TEXT, -- when anything of it last came
        lost_rows INTEGER NOT NULL DEFAULT 0, -- asked for, and the ward has them no more
        journal_at TEXT, -- when a row of its journal last came
        asked_at TEXT, -- when rows that are missing were last asked for
        health_json TEXT NOT NULL DEFAULT '{}', -- as the ward told it last
        health_at TEXT,
        trouble TEXT NOT NULL DEFAULT '', -- reason code of what is wrong with its identity, '' = nothing
        trouble_json TEXT NOT NULL DEFAULT '{}',
        trouble_at TEXT
    );
CREATE TABLE hub_line (
        ward_id TEXT NOT NULL,
        epoch INTEGER NOT NULL, -- from 1, in the order in which the lines were first heard
        line TEXT, -- as the ward tells it, '' = it knows of none; NULL = such a one, until it was paired anew
        whole_to INTEGER NOT NULL DEFAULT 0, -- every row up to here has come
        top_row INTEGER NOT NULL DEFAULT 0, -- the highest that has come
        PRIMARY KEY (ward_id, epoch)
    ) WITHOUT ROWID;
CREATE UNIQUE INDEX hub_line_told ON hub_line(ward_id, line) WHERE line IS NOT NULL;
CREATE TABLE hub_ahead (
        ward_id TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        row INTEGER NOT NULL, -- has come while one before it has not
        PRIMARY KEY (ward_id, epoch, row)
    ) WITHOUT ROWID;
CREATE TABLE hub_issue (
        id TEXT PRIMARY KEY, -- UUIDv7: the envelope's
        kind TEXT NOT NULL,
        act TEXT NOT NULL,
        status TEXT NOT NULL,
        sequence INTEGER NOT NULL UNIQUE,
        priority INTEGER NOT NULL,
        title TEXT NOT NULL,
        targets_json TEXT NOT NULL,
        zones_json TEXT NOT NULL DEFAULT '[]',
        references_json TEXT NOT NULL DEFAULT '[]', -- issues that it changes, takes back or stops
        dispatch_number TEXT NOT NULL DEFAULT '',
        announcement_id INTEGER REFERENCES announcement(id),
        campaign_id INTEGER REFERENCES campaign(id),
        audio_sha256 TEXT, -- of the sound that wards may fetch
        legal_basis TEXT NOT NULL DEFAULT '',
        issued_by INTEGER NOT NULL REFERENCES person(id),
        sent TEXT NOT NULL,
        not_before TEXT,
        expires TEXT NOT NULL,
        taken_back_at TEXT, -- before anything of it left the house
        envelope TEXT NOT NULL -- exactly what is published, signature included
    );
CREATE INDEX hub_issue_sent ON hub_issue(sent);
CREATE INDEX hub_issue_dispatch ON hub_issue(dispatch_number) WHERE dispatch_number <> '';
CREATE INDEX hub_issue_audio ON hub_issue(audio_sha256) WHERE audio_sha256 IS NOT NULL;
CREATE TABLE hub_issue_sound (
        issue_id TEXT NOT NULL REFERENCES hub_issue(id),
        sha256 TEXT NOT NULL, -- of a sound of a campaign beside its first
        PRIMARY KEY (issue_id, sha256)
    ) WITHOUT ROWID;
CREATE INDEX hub_issue_sound_of ON hub_issue_sound(sha256);
CREATE TABLE hub_outbox (
        id INTEGER PRIMARY KEY,
        issue_id TEXT NOT NULL REFERENCES hub_issue(id),
        subject TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE, -- what the broker tells the same message by
        due_at TEXT NOT NULL, -- not before: an emergency can be taken back until then
        published_at TEXT, -- when the broker had it stored
        stream_seq INTEGER, -- its place in the stream
        tries INTEGER NOT NULL DEFAULT 0
    );
CREATE INDEX hub_outbox_due ON hub_outbox(due_at) WHERE published_at IS NULL;
CREATE INDEX hub_outbox_issue ON hub_outbox(issue_id);
CREATE INDEX hub_outbox_seq ON hub_outbox(stream_seq);
CREATE TABLE hub_ack (
        ward_id TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        row INTEGER NOT NULL, -- of the ward's outbox
        issue_id TEXT NOT NULL, -- as the ward told it
        state TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        details_json TEXT NOT NULL DEFAULT '{}',
        played_ms INTEGER, -- measured; NULL = nothing told
        at TEXT NOT NULL, -- by the ward's clock
        received_at TEXT NOT NULL,
        mark TEXT NOT NULL, -- of the message as it came: another one with this row is not the same ward
        PRIMARY KEY (ward_id, epoch, row)
    ) WITHOUT ROWID;
CREATE INDEX hub_ack_issue ON hub_ack(issue_id, ward_id, epoch, row);
CREATE TABLE hub_last (
        issue_id TEXT NOT NULL,
        ward_id TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        row INTEGER NOT NULL, -- of the ward's last word on the issue
        state TEXT NOT NULL,
        PRIMARY KEY (issue_id, ward_id)
    ) WITHOUT ROWID;
CREATE TABLE hub_journal (
        ward_id TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        row INTEGER NOT NULL, -- of the ward's outbox
        seq INTEGER, -- of the ward's journal
        kind TEXT NOT NULL, -- of its row there
        day TEXT NOT NULL,
        dispatch_number TEXT NOT NULL DEFAULT '',
        issue_id TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL DEFAULT '',
        zone TEXT NOT NULL DEFAULT '',
        "trigger" TEXT NOT NULL DEFAULT '',
        outcome TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        planned_start TEXT,
        actual_start TEXT,
        planned_ms INTEGER,
        played_ms INTEGER, -- measured; NULL = not measured
        audio_sha256 TEXT NOT NULL DEFAULT '',
        hash TEXT NOT NULL DEFAULT '',
        prev_hash TEXT NOT NULL DEFAULT '',
        proved INTEGER NOT NULL DEFAULT 0, -- 1: what came hashes to `hash`
        fault TEXT NOT NULL DEFAULT '', -- reason code: it does not, or it does not follow the row before it
        late_of TEXT NOT NULL DEFAULT '', -- hash of the row that it tells once more, after another machine took over
        again INTEGER NOT NULL DEFAULT 0, -- 1: another row tells it once more, and is the one that counts
        received_at TEXT NOT NULL,
        mark TEXT NOT NULL, -- of the message as it came
        PRIMARY KEY (ward_id, epoch, row)
    ) WITHOUT ROWID;
-- Everything the sums ask: a look at months reads no row.
CREATE INDEX hub_journal_dispatch ON hub_journal(dispatch_number, ward_id, outcome, day, played_ms, proved)
        WHERE kind = 'airing' AND "trigger" <> 'test' AND dispatch_number <> '' AND again = 0;
CREATE INDEX hub_journal_day ON hub_journal(day, ward_id, outcome, played_ms, proved)
        WHERE kind = 'airing' AND "trigger" <> 'test' AND again = 0;
CREATE INDEX hub_journal_fault ON hub_journal(ward_id, seq, fault) WHERE fault <> '';
-- The same row of a journal counts once, in whatever message it comes.
CREATE UNIQUE INDEX hub_journal_same ON hub_journal(ward_id, hash) WHERE hash <> '';
CREATE INDEX hub_journal_late ON hub_journal(ward_id, late_of) WHERE late_of <> '';
CREATE INDEX hub_journal_chain ON hub_journal(ward_id, seq) WHERE seq IS NOT NULL;
