-- The word list: the ward's own entries, the lists it has taken from outside, and every change of either. A list that
-- was taken is kept whole and never edited; what the ward wants otherwise is an entry of its own. The number of the
-- newest change names the state of all of it, so that every process knows when to read the words again.

CREATE TABLE lexicon_entry (
        id INTEGER PRIMARY KEY,
        written TEXT NOT NULL,
        said TEXT NOT NULL, -- empty where the form is switched off
        case_rule TEXT NOT NULL DEFAULT 'auto' CHECK (case_rule IN ('auto', 'exact', 'any')),
        pattern INTEGER NOT NULL DEFAULT 0,
        switched_off INTEGER NOT NULL DEFAULT 0, -- 1 = what the lists below say of this form is not used
        version INTEGER NOT NULL DEFAULT 1,
        changed_at TEXT NOT NULL,
        changed_by INTEGER NOT NULL REFERENCES person(id),
        UNIQUE (written, pattern),
        CHECK ((switched_off = 1) = (said = ''))
    );
CREATE TABLE lexicon_list (
        id INTEGER PRIMARY KEY, -- the newest stands above the older ones
        name TEXT NOT NULL,
        version TEXT NOT NULL DEFAULT '', -- as its maker calls it
        toml TEXT NOT NULL, -- its entries, whole
        entries INTEGER NOT NULL,
        taken_at TEXT NOT NULL,
        taken_by INTEGER NOT NULL REFERENCES person(id),
        ended_at TEXT -- another version has taken its place, or it was put away
    );
CREATE UNIQUE INDEX lexicon_list_name ON lexicon_list(name) WHERE ended_at IS NULL;
CREATE TABLE lexicon_change (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- the newest names the state of the whole list
        at TEXT NOT NULL,
        by_id INTEGER NOT NULL REFERENCES person(id),
        act TEXT NOT NULL CHECK (act IN ('add', 'edit', 'remove', 'off', 'on', 'import', 'take_list', 'end_list',
            'undo')),
        told TEXT NOT NULL, -- the written form or the list it was about
        before_json TEXT NOT NULL, -- {entries: [[written, said, case, pattern, off], …], lists: [id, …]}
        after_json TEXT NOT NULL,
        undoes INTEGER UNIQUE REFERENCES lexicon_change(id)
    );
