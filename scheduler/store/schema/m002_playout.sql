-- Relays, live voices, drills and what waits for a person.

-- text: a clip says it | typed: the same, ordered in an emergency and never offered again | relay: sources, approved
-- as a list | live: a person at a microphone
ALTER TABLE announcement ADD COLUMN kind TEXT NOT NULL DEFAULT 'text'
        CHECK (kind IN ('text', 'typed', 'relay', 'live'));
-- the emergency's slot it puts right
ALTER TABLE announcement ADD COLUMN corrects TEXT NOT NULL DEFAULT '';
-- words around a drill
ALTER TABLE slot ADD COLUMN intro_sha256 TEXT;
-- the slot whose debt it is
ALTER TABLE slot ADD COLUMN makes_good TEXT NOT NULL DEFAULT '';
CREATE INDEX announcement_state ON announcement(state);
CREATE INDEX airing_open ON airing(slot_id) WHERE ended_at IS NULL;
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
CREATE TABLE todo (
        key TEXT PRIMARY KEY, -- slot and finding: the same finding twice is one row
        slot_id TEXT,
        due TEXT, -- when it will fail
        reason TEXT NOT NULL, details_json TEXT NOT NULL DEFAULT '{}',
        raised_at TEXT NOT NULL,
        cleared_at TEXT -- mended, or over
    );
