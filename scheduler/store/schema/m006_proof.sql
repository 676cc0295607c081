-- The signed ends of days, and where an airing was heard.

CREATE TABLE checkpoint (
        number INTEGER PRIMARY KEY,
        day TEXT NOT NULL UNIQUE, -- the day it closes: never two for a day
        payload TEXT NOT NULL, -- the signed text, byte for byte
        signature TEXT NOT NULL UNIQUE -- Ed25519, in hex
    );
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint stays as it was signed'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint stays as it was signed'); END;
-- zones in which an airing was heard; hashed where it is not NULL, so that rows from before it verify as they did
ALTER TABLE journal ADD COLUMN zones_json TEXT;
