-- Reports of loudspeakers by people, and an index for a quick look at the journal.

CREATE TABLE ticket (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- the number people are told; never given twice
        zone TEXT NOT NULL,
        cluster TEXT NOT NULL DEFAULT '', -- output it is about; '' = the whole zone
        kind TEXT NOT NULL CHECK (kind IN ('silent', 'quiet', 'loud', 'crackle', 'wrong_time', 'other')),
        at TEXT NOT NULL, -- when it was heard so, as the first report says
        state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'seen', 'fixing', 'done', 'refused')),
        reports INTEGER NOT NULL DEFAULT 1,
        opened_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        closed_at TEXT -- done or refused
    );
CREATE INDEX ticket_state ON ticket(state, id);
CREATE INDEX ticket_same ON ticket(zone, cluster, kind, at);
CREATE TABLE ticket_report (
        id INTEGER PRIMARY KEY,
        ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        key TEXT NOT NULL UNIQUE, -- random: the address its sender is given
        form TEXT NOT NULL UNIQUE, -- of the drawn form: sent twice it is one report
        at TEXT NOT NULL, -- when it was heard so
        words TEXT NOT NULL DEFAULT '',
        phone TEXT NOT NULL DEFAULT '', -- '' = none, or erased
        sender TEXT NOT NULL DEFAULT '', -- sha256 of the day's salt and the address
        sent_at TEXT NOT NULL
    );
CREATE INDEX ticket_report_ticket ON ticket_report(ticket_id);
CREATE INDEX ticket_report_sent ON ticket_report(sent_at);
CREATE INDEX ticket_report_phone ON ticket_report(ticket_id) WHERE phone <> '';
CREATE TABLE ticket_note (
        id INTEGER PRIMARY KEY,
        ticket_id INTEGER NOT NULL REFERENCES ticket(id),
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL,
        state TEXT NOT NULL, -- where the ticket stood from then on
        words TEXT NOT NULL DEFAULT ''
    );
CREATE INDEX ticket_note_ticket ON ticket_note(ticket_id);
CREATE TABLE sender_salt (
        day TEXT PRIMARY KEY, -- only today's is kept: who sent what before can be told by nobody
        salt TEXT NOT NULL
    );
-- Everything a filter and its sums ask of an airing, in the order it is shown: a look at years reads no row.
CREATE INDEX journal_airing ON journal(day, planned_start, seq, outcome, zone, campaign_id, dispatch_number,
        title, "trigger", played_ms) WHERE kind = 'airing';
