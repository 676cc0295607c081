-- How words are said, and words that a person has heard and lets be said so.

-- '' = read straight through, once
ALTER TABLE announcement ADD COLUMN shape_json TEXT NOT NULL DEFAULT '';
-- how often its words are said in it
ALTER TABLE clip ADD COLUMN says INTEGER NOT NULL DEFAULT 1;
CREATE TABLE confirmed_word (
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        text_sha256 TEXT NOT NULL, -- of the title and the text it stands in: other words are asked about anew
        word TEXT NOT NULL, -- no rule reads it; a person has heard it and lets it be said so
        audio_sha256 TEXT NOT NULL, -- the sound it was heard in
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL,
        PRIMARY KEY (announcement_id, text_sha256, word)
    );
