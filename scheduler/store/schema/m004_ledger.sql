-- What a dispatch asks for beyond its fields: duties, doubts, acts, and a baseline.

CREATE TABLE duty (
        dispatch_id INTEGER NOT NULL REFERENCES dispatch(id),
        ordinal INTEGER NOT NULL, -- its place among the duties of the dispatch, from 1
        channel TEXT NOT NULL, -- loudspeaker | sms | portal | post | report | other
        text TEXT NOT NULL,
        addressed TEXT NOT NULL DEFAULT '', -- who is to do it, in the words of the dispatch; '' = all it is sent to
        deadline TEXT, -- last day, where one is named
        start INTEGER NOT NULL, end INTEGER NOT NULL, -- its place in dispatch.text
        state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'doing', 'done', 'not_ours')),
        note TEXT NOT NULL DEFAULT '',
        changed_at TEXT, changed_by INTEGER REFERENCES person(id), -- NULL while nobody has touched it
        PRIMARY KEY (dispatch_id, ordinal)
    );
CREATE TABLE doubt (
        dispatch_id INTEGER NOT NULL REFERENCES dispatch(id),
        ordinal INTEGER NOT NULL,
        field TEXT NOT NULL, -- key of dispatch.fields_json
        reason TEXT NOT NULL, details_json TEXT NOT NULL DEFAULT '{}',
        start INTEGER, end INTEGER, -- its place in dispatch.text; NULL = the text does not say it at all
        answer TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'confirmed', 'corrected')),
        answered_at TEXT, answered_by INTEGER REFERENCES person(id),
        PRIMARY KEY (dispatch_id, ordinal)
    );
CREATE TABLE dispatch_act (
        dispatch_id INTEGER NOT NULL REFERENCES dispatch(id),
        ordinal INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('stop', 'replace')),
        target TEXT, target_date TEXT, -- number and symbol, and day, of the earlier dispatch, as far as named
        since TEXT, until TEXT, -- days; NULL = at once, for good
        text TEXT NOT NULL,
        start INTEGER NOT NULL, end INTEGER NOT NULL, -- its place in dispatch.text
        done_at TEXT, done_by INTEGER REFERENCES person(id),
        campaigns_json TEXT NOT NULL DEFAULT '[]', -- the campaigns that it ended
        PRIMARY KEY (dispatch_id, ordinal)
    );
CREATE TABLE ledger_baseline (
        id INTEGER PRIMARY KEY, -- the newest of a dispatch holds, the others say what was said before
        dispatch_id INTEGER NOT NULL REFERENCES dispatch(id),
        minutes_a_day REAL NOT NULL CHECK (minutes_a_day >= 0),
        note TEXT NOT NULL DEFAULT '',
        stated_at TEXT NOT NULL,
        stated_by INTEGER NOT NULL REFERENCES person(id)
    );
CREATE INDEX ledger_baseline_dispatch ON ledger_baseline(dispatch_id);
