-- Where each ward's log of acts ended.

CREATE TABLE hub_audit (
        ward_id TEXT NOT NULL,
        epoch INTEGER NOT NULL, -- of the line in which it was told
        row INTEGER NOT NULL, -- the message that told it
        seq INTEGER NOT NULL, -- the newest row of the ward's log of acts, 0 = it has none
        hash TEXT NOT NULL, -- of that row
        told INTEGER NOT NULL DEFAULT 0, -- of a fault: the row that had been told before
        fault TEXT NOT NULL DEFAULT '', -- reason code, '' = it follows what was told before
        at TEXT NOT NULL,
        PRIMARY KEY (ward_id, epoch, row)
    ) WITHOUT ROWID;
