-- SMS: texts with their approval, hand-over files, sendings and every recipient.

CREATE TABLE sms (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        text TEXT NOT NULL, -- as written, tidied
        plain INTEGER NOT NULL DEFAULT 0, -- goes out without diacritics
        version INTEGER NOT NULL DEFAULT 1, -- grows with each edit
        state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN
            ('draft', 'submitted', 'approved', 'returned', 'withdrawn', 'handed_over', 'sending', 'sent')),
        author_id INTEGER NOT NULL REFERENCES person(id),
        dispatch_id INTEGER REFERENCES dispatch(id),
        message_no INTEGER, -- which message of the dispatch it was made from, from 1
        campaign_id INTEGER REFERENCES campaign(id),
        return_reason TEXT NOT NULL DEFAULT '',
        approver_id INTEGER REFERENCES person(id),
        approved_at TEXT,
        approved_sha256 TEXT, -- of exactly the words that go out
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    );
CREATE UNIQUE INDEX sms_of_dispatch ON sms(dispatch_id, message_no) WHERE message_no IS NOT NULL;
CREATE TABLE sms_hand_over (
        id INTEGER PRIMARY KEY,
        sms_id INTEGER NOT NULL REFERENCES sms(id),
        sha256 TEXT NOT NULL, -- of the words in it
        file_text TEXT NOT NULL, -- the CSV exactly as it was handed over
        rows INTEGER NOT NULL,
        at TEXT NOT NULL,
        by_id INTEGER NOT NULL REFERENCES person(id)
    );
CREATE TABLE sms_batch (
        id INTEGER PRIMARY KEY,
        sms_id INTEGER NOT NULL REFERENCES sms(id),
        body TEXT NOT NULL, sha256 TEXT NOT NULL, -- the words that go out, and what an approval must say of them
        state TEXT NOT NULL DEFAULT 'checked' CHECK (state IN ('checked', 'sending', 'halted', 'ended', 'stopped')),
        again INTEGER NOT NULL DEFAULT 0, -- a person wants those tried again of whom nobody knows
        file_name TEXT NOT NULL DEFAULT '', -- of the list, for display only
        total INTEGER NOT NULL,
        duplicates INTEGER NOT NULL, opted_out INTEGER NOT NULL, reached INTEGER NOT NULL, refused INTEGER NOT NULL,
        bad_json TEXT NOT NULL, -- the first refused lines: [[line, written, reason, new], …]
        reason TEXT NOT NULL DEFAULT '', details_json TEXT NOT NULL DEFAULT '{}', -- why it rests, halted or was stopped
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        ordered_at TEXT, ordered_by INTEGER REFERENCES person(id),
        ended_at TEXT
    );
CREATE INDEX sms_batch_of ON sms_batch(sms_id);
CREATE TABLE sms_recipient (
        batch_id INTEGER NOT NULL REFERENCES sms_batch(id),
        place INTEGER NOT NULL, -- its place in the list, from 1
        number TEXT NOT NULL, -- +84…
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN
            ('waiting', 'claimed', 'sent', 'failed', 'unknown', 'skipped', 'cancelled')),
        attempts INTEGER NOT NULL DEFAULT 0,
        answer TEXT NOT NULL DEFAULT '', -- what the gateway said: its number of the message, where it gives one
        reason TEXT NOT NULL DEFAULT '', details_json TEXT NOT NULL DEFAULT '{}',
        changed_at TEXT,
        PRIMARY KEY (batch_id, place),
        UNIQUE (batch_id, number)
    );
CREATE INDEX sms_recipient_next ON sms_recipient(batch_id, state, attempts, place);
CREATE INDEX sms_recipient_number ON sms_recipient(number);
CREATE TABLE sms_opt_out (
        number TEXT PRIMARY KEY, -- +84…: gets nothing
        note TEXT NOT NULL DEFAULT '',
        at TEXT NOT NULL,
        by_id INTEGER NOT NULL REFERENCES person(id)
    );
