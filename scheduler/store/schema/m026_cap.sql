-- Alerts in CAP: whom the ward believes, its rules, what came, what it has issued.

CREATE TABLE cap_sender (
        sender TEXT PRIMARY KEY, -- as in <sender>
        name TEXT NOT NULL,
        certificates TEXT NOT NULL DEFAULT '', -- PEM, one after the other
        unsigned INTEGER NOT NULL DEFAULT 0, -- its word counts without a signature
        since TEXT NOT NULL,
        approved_by INTEGER NOT NULL REFERENCES person(id),
        ended_at TEXT -- trusted no longer
    );
CREATE TABLE cap_rule (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        way TEXT NOT NULL CHECK (way IN ('air', 'session')), -- emergency, priority
        events_json TEXT NOT NULL DEFAULT '[]', -- words of which the event holds one
        severity TEXT NOT NULL, urgency TEXT NOT NULL, certainty TEXT NOT NULL, -- the least
        created_by INTEGER NOT NULL REFERENCES person(id),
        created_at TEXT NOT NULL,
        approved_by INTEGER REFERENCES person(id), -- NULL = it does not hold yet
        approved_at TEXT,
        ended_at TEXT -- holds no longer
    );
CREATE TABLE cap_alert (
        id INTEGER PRIMARY KEY,
        sender TEXT NOT NULL, identifier TEXT NOT NULL, sent TEXT NOT NULL, -- together the alert's own key
        msg_type TEXT NOT NULL, status TEXT NOT NULL, scope TEXT NOT NULL,
        title TEXT NOT NULL,
        priority INTEGER NOT NULL CHECK (priority IN (1, 2)),
        xml TEXT NOT NULL, -- as it came
        proof TEXT NOT NULL, -- signed | none | unproved
        block INTEGER NOT NULL, -- which info block is said, from 0
        zone TEXT NOT NULL,
        -- waiting | preparing | approval | planned | aired | ended | kept | dismissed | superseded | cancelled |
        -- expired
        state TEXT NOT NULL,
        way TEXT NOT NULL DEFAULT '', -- air | session | end, '' = nothing decided
        rule_id INTEGER REFERENCES cap_rule(id), -- the rule that fits it
        doubts_json TEXT NOT NULL DEFAULT '[]',
        reason TEXT NOT NULL DEFAULT '',
        details_json TEXT NOT NULL DEFAULT '{}',
        announcement_id INTEGER REFERENCES announcement(id),
        campaign_id INTEGER REFERENCES campaign(id),
        slot_id TEXT,
        job_id INTEGER REFERENCES job(id),
        source_id INTEGER NOT NULL REFERENCES person(id), -- who stands in the journal for its sender
        taken_by INTEGER NOT NULL REFERENCES person(id), -- who handed the file in
        received_at TEXT NOT NULL,
        expires_at TEXT,
        decided_by INTEGER REFERENCES person(id),
        decided_at TEXT,
        UNIQUE (sender, identifier, sent)
    );
CREATE INDEX cap_alert_state ON cap_alert(state);
CREATE INDEX cap_alert_announcement ON cap_alert(announcement_id);
CREATE TABLE cap_ending (
        sender TEXT NOT NULL, identifier TEXT NOT NULL, sent TEXT NOT NULL, -- what is ended, come or still to come
        by_id INTEGER NOT NULL REFERENCES cap_alert(id), -- a believed Update or Cancel
        PRIMARY KEY (sender, identifier, sent, by_id)
    ) WITHOUT ROWID;
CREATE TABLE cap_issued (
        id INTEGER PRIMARY KEY,
        identifier TEXT NOT NULL UNIQUE,
        sender TEXT NOT NULL,
        sent TEXT NOT NULL,
        msg_type TEXT NOT NULL,
        topic TEXT NOT NULL, -- identifier of the first of its chain
        title TEXT NOT NULL,
        slot_id TEXT NOT NULL, -- the airing that it tells of
        xml TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        issued_by INTEGER NOT NULL REFERENCES person(id)
    );
CREATE UNIQUE INDEX cap_issued_first ON cap_issued(slot_id) WHERE msg_type = 'Alert';
CREATE INDEX cap_issued_topic ON cap_issued(topic);
