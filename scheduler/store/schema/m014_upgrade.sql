-- Who did not read a clip, and better readings of approved announcements.

-- engines that were to read it and did not
ALTER TABLE clip ADD COLUMN passed_json TEXT NOT NULL DEFAULT '[]';
CREATE TABLE upgrade (
        id INTEGER PRIMARY KEY,
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        from_sha256 TEXT NOT NULL REFERENCES clip(sha256), -- the approved sound that it would replace
        to_sha256 TEXT REFERENCES clip(sha256), -- the same words in a better voice
        state TEXT NOT NULL DEFAULT 'making' CHECK (state IN
            ('making', 'waiting', 'approved', 'taken', 'declined', 'stale', 'failed')),
        tries INTEGER NOT NULL DEFAULT 0, -- begun and not ended: what kills the worker is not tried for ever
        created_at TEXT NOT NULL,
        made_at TEXT,
        decided_at TEXT,
        decided_by INTEGER REFERENCES person(id),
        ended_at TEXT, -- taken, declined, stale or failed
        UNIQUE (announcement_id, from_sha256)
    );
CREATE INDEX upgrade_open ON upgrade(state) WHERE state IN ('making', 'waiting', 'approved');
