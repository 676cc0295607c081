-- Who may do what, and what was done. The table of people is made anew, because its CHECK of roles cannot be widened;
-- so is that of sessions, which now have a number to be named by. Rows that refer to a person find it again before the
-- step ends (`defer_foreign_keys`).

PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE person_before AS SELECT * FROM person;
DROP TABLE person;
CREATE TABLE person (
        id INTEGER PRIMARY KEY,
        login TEXT NOT NULL UNIQUE COLLATE NOCASE,
        name TEXT NOT NULL,
        role TEXT NOT NULL
            CHECK (role IN ('editor', 'approver', 'technician', 'admin', 'contributor', 'guest')),
        password_hash TEXT NOT NULL, -- argon2id; '' = cannot sign in (the machine's own person)
        active INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL,
        must_change INTEGER NOT NULL DEFAULT 0, -- the password is temporary: nothing else before it is changed
        code_hash TEXT NOT NULL DEFAULT '', -- argon2id of the emergency code; '' = none
        totp_sealed TEXT NOT NULL DEFAULT '', -- sealed with the key file beside the database; '' = none
        totp_pending TEXT NOT NULL DEFAULT '', -- the same, set up and not confirmed with a number yet
        totp_step INTEGER NOT NULL DEFAULT 0 -- the newest step of 30 s whose number was used: none is used twice
    );
INSERT INTO person (id, login, name, role, password_hash, active, created_at)
        SELECT id, login, name, role, password_hash, active, created_at FROM person_before;
DROP TABLE person_before;
CREATE TABLE person_zone (
        person_id INTEGER NOT NULL REFERENCES person(id),
        zone TEXT NOT NULL, -- where a contributor acts
        PRIMARY KEY (person_id, zone)
    ) WITHOUT ROWID;
CREATE TABLE recovery_code (
        person_id INTEGER NOT NULL REFERENCES person(id),
        code_hash TEXT NOT NULL, -- sha256: the codes are random and long
        used_at TEXT, -- each opens once
        PRIMARY KEY (person_id, code_hash)
    ) WITHOUT ROWID;
CREATE TEMP TABLE session_before AS SELECT * FROM web_session;
DROP TABLE web_session;
CREATE TABLE web_session (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- what a page may name it by; never used twice
        token_hash TEXT NOT NULL UNIQUE, -- sha256 of the cookie: a stolen database opens no session
        person_id INTEGER NOT NULL REFERENCES person(id),
        csrf TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL, -- the absolute end
        seen_at TEXT NOT NULL, -- about when it was last used
        address TEXT NOT NULL DEFAULT '',
        device TEXT NOT NULL DEFAULT '', -- what the browser calls itself, shortened
        device_hash TEXT NOT NULL DEFAULT '' -- of the known device it was opened on
    );
INSERT INTO web_session (token_hash, person_id, csrf, created_at, expires_at, seen_at)
        SELECT token_hash, person_id, csrf, created_at, expires_at, created_at FROM session_before;
DROP TABLE session_before;
CREATE INDEX web_session_person ON web_session(person_id);
CREATE TABLE known_device (
        device_hash TEXT NOT NULL, -- sha256 of the device's cookie
        person_id INTEGER NOT NULL REFERENCES person(id),
        created_at TEXT NOT NULL,
        seen_at TEXT NOT NULL, -- of the newest sign-in there
        PRIMARY KEY (device_hash, person_id)
    ) WITHOUT ROWID;
-- '' = not known for this account
ALTER TABLE login_attempt ADD COLUMN device_hash TEXT NOT NULL DEFAULT '';
CREATE INDEX login_attempt_login ON login_attempt(login, at);
CREATE INDEX login_attempt_address ON login_attempt(address, at);
CREATE TABLE code_attempt (
        id INTEGER PRIMARY KEY,
        budget TEXT NOT NULL, -- whose tries are counted together
        at TEXT NOT NULL,
        ok INTEGER NOT NULL DEFAULT 0
    );
CREATE INDEX code_attempt_budget ON code_attempt(budget, at);
CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        day TEXT NOT NULL, -- of the station's zone
        kind TEXT NOT NULL, -- insert | update | delete | many | refused | and what leaves no row: sign_in …
        person_id INTEGER, -- who; NULL = the station itself, or nobody knows
        name TEXT NOT NULL DEFAULT '', -- as it was then
        via TEXT NOT NULL DEFAULT '', -- page | cli | api, or the process that acted by itself
        address TEXT NOT NULL DEFAULT '',
        session TEXT NOT NULL DEFAULT '', -- of the page, or the name of a token
        act TEXT NOT NULL DEFAULT '', -- the right it was done by
        route TEXT NOT NULL DEFAULT '', -- which page, command or call
        subject TEXT NOT NULL DEFAULT '', -- the table
        subject_id TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL DEFAULT '', -- what people call it
        before_json TEXT NOT NULL DEFAULT '{}', -- the columns that changed; never a secret
        after_json TEXT NOT NULL DEFAULT '{}',
        note TEXT NOT NULL DEFAULT '',
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE -- sha256 of every other column, in order, as JSON
    );
CREATE INDEX audit_person ON audit(person_id, seq);
CREATE INDEX audit_act ON audit(act, seq);
CREATE INDEX audit_subject ON audit(subject, subject_id, seq);
CREATE INDEX audit_day ON audit(day, seq);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
