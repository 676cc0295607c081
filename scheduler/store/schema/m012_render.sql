-- Sounds made for one output out of approved ones.

CREATE TABLE render (
    master_sha256 TEXT NOT NULL REFERENCES clip(sha256), -- approved, planned, journalled: it stays the truth
    profile TEXT NOT NULL, -- digest of the profile's numbers; its name may change
    sha256 TEXT NOT NULL, -- of the file
    frames INTEGER NOT NULL CHECK (frames > 0), -- as many as the master's
    lufs REAL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (master_sha256, profile)
) WITHOUT ROWID;
