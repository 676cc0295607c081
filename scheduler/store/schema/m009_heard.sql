-- What the air monitor has heard.

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
CREATE UNIQUE INDEX heard_airing ON heard(slot_id) WHERE kind = 'airing';
CREATE INDEX heard_day ON heard(day, kind);
CREATE INDEX heard_open ON heard(id) WHERE ended_at IS NULL;
CREATE INDEX journal_written ON journal(at) WHERE kind = 'airing';
