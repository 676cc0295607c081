-- Clusters: what a ward keeps of its boxes, and what a box keeps of its ward.

-- At the ward
CREATE TABLE cluster_seen (
        id TEXT PRIMARY KEY, -- CumLoaID
        public_key TEXT NOT NULL DEFAULT '', -- of the box, pinned when it was first heard
        online INTEGER, -- its last word or its last will; NULL = none yet
        online_at TEXT,
        state_json TEXT, state_at TEXT, -- as the box measured itself, and when that came
        clock_ahead_ms INTEGER, -- its clock against the ward's
        reported_seq INTEGER NOT NULL DEFAULT 0, -- rows of its journal that have come
        answered INTEGER NOT NULL DEFAULT 0, -- its answers that have come
        volume INTEGER, -- as last set here; NULL = never
        muted INTEGER NOT NULL DEFAULT 0,
        refused TEXT NOT NULL DEFAULT '', -- why its last message was not believed
        refused_at TEXT
    );
CREATE TABLE cluster_order (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, -- its number on the wire
        id TEXT NOT NULL UNIQUE,
        cluster_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('plan', 'emergency', 'stop', 'volume', 'mute', 'test')),
        slot_id TEXT, -- of an emergency, and of a stop of one slot
        body_json TEXT NOT NULL,
        person_id INTEGER REFERENCES person(id), -- who gave it; NULL = it follows from the ward's own rows
        at TEXT NOT NULL, expires_at TEXT,
        sent_at TEXT, -- the MQTT server has it
        answer TEXT NOT NULL DEFAULT '', -- done | refused | expired
        reason TEXT NOT NULL DEFAULT '',
        answered_at TEXT
    );
CREATE INDEX cluster_order_open ON cluster_order(cluster_id, seq) WHERE answer = '';
CREATE INDEX cluster_order_slot ON cluster_order(slot_id) WHERE slot_id IS NOT NULL;
CREATE TABLE cluster_airing (
        cluster_id TEXT NOT NULL,
        source TEXT NOT NULL, -- the key of the box that told it: another machine counts anew
        row TEXT NOT NULL, -- its number there
        slot_id TEXT NOT NULL DEFAULT '',
        day TEXT NOT NULL,
        title TEXT NOT NULL DEFAULT '',
        "trigger" TEXT NOT NULL DEFAULT '',
        started_at TEXT, ended_at TEXT,
        planned_ms INTEGER, played_ms INTEGER, -- as measured there; NULL = not told
        outcome TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
        level_dbfs REAL, -- of the sound that its outputs took; NULL = not measured
        hash TEXT NOT NULL DEFAULT '', -- of the row in the box's own journal
        received_at TEXT NOT NULL,
        PRIMARY KEY (cluster_id, source, row)
    );
CREATE INDEX cluster_airing_slot ON cluster_airing(slot_id);
CREATE INDEX cluster_airing_day ON cluster_airing(day, cluster_id);
-- At the box
CREATE TABLE box_order (
        number INTEGER PRIMARY KEY AUTOINCREMENT, -- of its answer
        id TEXT NOT NULL UNIQUE, -- an order that is here is not obeyed again
        seq INTEGER NOT NULL,
        kind TEXT NOT NULL,
        answer TEXT NOT NULL, -- done | refused | expired
        reason TEXT NOT NULL DEFAULT '',
        at TEXT NOT NULL
    );
CREATE TABLE box_told (
        name TEXT PRIMARY KEY, -- holds | waiting | volume | muted | clock_off | plan_seq | seen_seq | … | stop <slot>
        seq INTEGER NOT NULL, -- of the order it came with
        value_json TEXT NOT NULL
    );
CREATE TABLE box_clip (
        sha256 TEXT PRIMARY KEY,
        bytes INTEGER NOT NULL, frames INTEGER NOT NULL, says INTEGER NOT NULL,
        title TEXT NOT NULL DEFAULT '',
        wanted_for TEXT NOT NULL, -- when it is to sound first
        tries INTEGER NOT NULL DEFAULT 0, retry_at TEXT,
        reason TEXT NOT NULL DEFAULT '', -- why it is not here
        here INTEGER NOT NULL DEFAULT 0
    );
