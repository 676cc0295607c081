-- Campaigns with phases, pauses, turns, and boosts of more kinds.

-- The table is made anew, because a CHECK cannot be widened. Rows that refer to a campaign find it again before the
-- step ends, which is when SQLite looks (`defer_foreign_keys`).
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE campaign_before AS SELECT * FROM campaign;
DROP TABLE campaign;
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
INSERT INTO campaign (
        id, title, announcement_id, dispatch_id, state, windows_json, base, boost_kind, boost_value,
        weekdays_json, start, end, min_gap_ms, chime, repeat, priority, zone, created_at, created_by
    ) SELECT
        id, title, announcement_id, dispatch_id, state, windows_json, base, boost_kind, boost_value,
        weekdays_json, start, end, min_gap_ms, chime, repeat, priority, zone, created_at, created_by
    FROM campaign_before;
DROP TABLE campaign_before;
CREATE INDEX slot_campaign ON slot(campaign_id, day);
CREATE INDEX refusal_campaign ON refusal(campaign_id, day);
