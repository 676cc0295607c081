-- Đề nghị phát: what a writer asks for together with a sound, when and where.

CREATE TABLE submission (
        id INTEGER PRIMARY KEY,
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        kind TEXT NOT NULL CHECK (kind IN ('once', 'soon', 'rhythm')),
        at TEXT, -- the wished start; NULL = soon, or by the campaigns of its places
        state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'closed')),
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        told TEXT -- the first start that people were told when it was approved
    );

CREATE UNIQUE INDEX submission_open ON submission(announcement_id) WHERE state = 'open';

CREATE INDEX submission_announcement ON submission(announcement_id);

CREATE TABLE submission_place (
        submission_id INTEGER NOT NULL REFERENCES submission(id),
        zone TEXT NOT NULL,
        campaign_id INTEGER REFERENCES campaign(id), -- of a rhythm: it starts with the approval
        slot_id TEXT NOT NULL DEFAULT '', -- of one time: what the approval has planned
        PRIMARY KEY (submission_id, zone)
    ) WITHOUT ROWID;

CREATE INDEX slot_announcement ON slot(announcement_id, start);
