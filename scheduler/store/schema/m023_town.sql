-- The link of a ward to its town: whom it trusts, what came, what it owes.

CREATE TABLE town_issuer (
        key TEXT PRIMARY KEY, -- public key (Ed25519), 64 hex
        name TEXT NOT NULL,
        may_emergency INTEGER NOT NULL DEFAULT 0, -- its emergencies may air without anybody's word here
        may_override INTEGER NOT NULL DEFAULT 0, -- its legal basis stands against approval and caps
        since TEXT NOT NULL,
        pinned_by INTEGER NOT NULL REFERENCES person(id),
        ended_at TEXT -- trusted no longer
    );
CREATE TABLE town_cursor (
        name TEXT PRIMARY KEY, -- a subject followed | journal: last row queued | outbox: last row queued
        value INTEGER NOT NULL
    );
CREATE TABLE town_line (
        id INTEGER PRIMARY KEY, -- the highest is the one that numbers are given in now
        line TEXT NOT NULL UNIQUE, -- drawn by lot
        base INTEGER NOT NULL, -- the last row of the outbox before it
        why TEXT NOT NULL -- first | paired | took | restored | behind and what was told beyond it
    );
CREATE TABLE town_inbox (
        id INTEGER PRIMARY KEY,
        issue_id TEXT NOT NULL UNIQUE, -- the envelope's id
        topic TEXT NOT NULL, -- what a later word of its issuer replaces
        issuer TEXT NOT NULL, -- public key
        sequence INTEGER NOT NULL,
        kind TEXT NOT NULL,
        act TEXT NOT NULL,
        status TEXT NOT NULL,
        title TEXT NOT NULL,
        priority INTEGER NOT NULL,
        envelope TEXT NOT NULL, -- exactly as it came, signature included
        subject TEXT NOT NULL,
        place INTEGER NOT NULL, -- in the stream
        zone TEXT NOT NULL,
        basis TEXT NOT NULL DEFAULT '', -- the legal basis it overrides by, '' = it does not
        -- waiting | preparing | approval | planned | aired | taken | dismissed | superseded | cancelled | expired
        state TEXT NOT NULL,
        way TEXT NOT NULL DEFAULT '', -- air | drill | session | now | take, '' = nothing decided yet
        doubts_json TEXT NOT NULL DEFAULT '[]',
        reason TEXT NOT NULL DEFAULT '',
        details_json TEXT NOT NULL DEFAULT '{}',
        clip_sha256 TEXT, -- of the sound it is to be heard with, NULL = words alone
        announcement_id INTEGER REFERENCES announcement(id),
        campaign_id INTEGER REFERENCES campaign(id),
        slot_id TEXT,
        job_id INTEGER REFERENCES job(id),
        retry_at TEXT,
        acked TEXT NOT NULL DEFAULT '', -- the state last told upwards
        issuer_id INTEGER NOT NULL REFERENCES person(id), -- who stands in the journal for the issuer
        received_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        decided_by INTEGER REFERENCES person(id),
        decided_at TEXT
    );
CREATE INDEX town_inbox_state ON town_inbox(state);
CREATE INDEX town_inbox_topic ON town_inbox(topic);
CREATE INDEX town_inbox_announcement ON town_inbox(announcement_id);
CREATE INDEX town_inbox_campaign ON town_inbox(campaign_id);
CREATE TABLE town_topic (
        topic TEXT NOT NULL,
        issuer TEXT NOT NULL, -- public key
        sequence INTEGER NOT NULL, -- the newest word of this issuer on it
        ended INTEGER NOT NULL DEFAULT 0, -- 1 = a stop order of this issuer named it
        PRIMARY KEY (topic, issuer)
    ) WITHOUT ROWID;
CREATE TABLE town_refused (
        id INTEGER PRIMARY KEY,
        subject TEXT NOT NULL,
        sequence INTEGER NOT NULL, -- its place in the stream
        reason TEXT NOT NULL,
        details_json TEXT NOT NULL DEFAULT '{}',
        claims_json TEXT NOT NULL DEFAULT '{}', -- what it says of itself; believed in nothing
        bytes INTEGER NOT NULL,
        at TEXT NOT NULL
    );
CREATE INDEX town_refused_at ON town_refused(at);
CREATE TABLE town_clip (
        sha256 TEXT PRIMARY KEY, -- of the file as it comes
        bytes INTEGER NOT NULL,
        url TEXT NOT NULL,
        urgent INTEGER NOT NULL DEFAULT 0,
        wanted_by TEXT NOT NULL, -- when nobody needs it any more
        state TEXT NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'arrived', 'ready', 'failed')),
        tries INTEGER NOT NULL DEFAULT 0,
        retry_at TEXT,
        job_id INTEGER REFERENCES job(id),
        audio_sha256 TEXT, -- of the clip the worker made of it
        reason TEXT NOT NULL DEFAULT '',
        details_json TEXT NOT NULL DEFAULT '{}'
    );
CREATE INDEX town_clip_state ON town_clip(state);
CREATE TABLE town_outbox (
        row INTEGER PRIMARY KEY, -- the order here, over all lines; never told
        line TEXT NOT NULL, -- of its number
        number INTEGER NOT NULL, -- gap-free in its line, from 1; with ward and line the message's id
        kind TEXT NOT NULL CHECK (kind IN ('ack', 'asrun', 'health', 'log')),
        body TEXT NOT NULL, -- JSON, exactly as it goes up
        queued_at TEXT NOT NULL,
        sent_at TEXT -- when the stream had it
    );
CREATE UNIQUE INDEX town_outbox_number ON town_outbox(line, number);
CREATE INDEX town_outbox_open ON town_outbox(row) WHERE sent_at IS NULL;
CREATE INDEX town_outbox_sent ON town_outbox(sent_at) WHERE sent_at IS NOT NULL;
CREATE TABLE town_override (
        announcement_id INTEGER PRIMARY KEY REFERENCES announcement(id),
        basis TEXT NOT NULL -- the legal basis on which the ward's caps do not hold for it
    );
