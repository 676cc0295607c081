-- What people have listened to: the proof without which nobody approves a sound on the page.

CREATE TABLE hearing (
        id INTEGER PRIMARY KEY,
        person_id INTEGER NOT NULL REFERENCES person(id),
        audio_sha256 TEXT NOT NULL,
        begun_at TEXT NOT NULL,
        ended_at TEXT -- when it had been heard to its end, NULL = not yet
    );

CREATE INDEX hearing_person ON hearing(person_id, audio_sha256);
