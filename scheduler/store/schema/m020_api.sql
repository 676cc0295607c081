-- The keys (tokens) with which programs use the station.

CREATE TABLE api_token (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL, -- what it is for; stands in the audit beside its owner
        token_hash TEXT NOT NULL UNIQUE, -- sha256 of the token: a stolen database opens nothing
        hint TEXT NOT NULL, -- its first letters, to tell keys apart
        person_id INTEGER NOT NULL REFERENCES person(id), -- its owner, in whose name it acts
        acts_json TEXT NOT NULL, -- ["see", …]: never more than the owner's role has
        zones_json TEXT NOT NULL DEFAULT '[]', -- [] = everywhere the owner may act
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        expires_at TEXT NOT NULL,
        last_used_at TEXT, -- to the minute
        last_address TEXT NOT NULL DEFAULT '',
        revoked_at TEXT,
        revoked_by INTEGER REFERENCES person(id)
    );
CREATE UNIQUE INDEX api_token_name ON api_token(name) WHERE revoked_at IS NULL;
