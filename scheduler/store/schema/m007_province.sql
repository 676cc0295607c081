-- The link to the provincial system: inbox, outbox and cursor.

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
CREATE INDEX province_inbox_state ON province_inbox(state);
CREATE INDEX province_inbox_announcement ON province_inbox(announcement_id);
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
CREATE INDEX province_outbox_open ON province_outbox(id) WHERE ended_at IS NULL;
CREATE TABLE province_cursor (
        name TEXT PRIMARY KEY, -- journal: the last row that has been queued
        value INTEGER NOT NULL
    );
