-- What has changed for the other machine to take over, and where this machine stands. Each machine's own, never
-- copied.

CREATE TABLE pair_change (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- the other machine's cursor
        tbl TEXT NOT NULL,
        key TEXT NOT NULL -- JSON array of the row's key, or its rowid where the table has none
    );
CREATE TABLE pair_state (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
CREATE TABLE pair_late (
        hash TEXT PRIMARY KEY, -- of the row of the journal that the other machine had written
        seq INTEGER NOT NULL -- the row here that tells of it
    ) WITHOUT ROWID;
