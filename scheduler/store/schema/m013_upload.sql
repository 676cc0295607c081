-- Uploads that arrive in pieces.

CREATE TABLE upload (
        id TEXT PRIMARY KEY, -- random, in the addresses of its pieces
        person_id INTEGER NOT NULL REFERENCES person(id),
        path TEXT NOT NULL, -- its name in the incoming folder; how much has come is the file's own size
        file_name TEXT NOT NULL, -- for display only
        title TEXT NOT NULL,
        origin TEXT NOT NULL,
        size INTEGER NOT NULL, -- bytes, as said
        mark TEXT NOT NULL, -- check sum of its first bytes: the same file is gone on with
        begun_at TEXT NOT NULL,
        touched_at TEXT NOT NULL, -- about when a piece last came
        job_id INTEGER REFERENCES job(id) -- NULL = it still arrives
    );
CREATE INDEX upload_person ON upload(person_id);
