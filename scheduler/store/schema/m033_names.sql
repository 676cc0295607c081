-- What people have ever been called: a name that somebody once had stands in old rows of the journal, so nobody else
-- is given it. `migrations.py` then composes the logins.

CREATE TABLE person_name (
        person_id INTEGER NOT NULL REFERENCES person(id),
        name TEXT NOT NULL,
        PRIMARY KEY (person_id, name)
    ) WITHOUT ROWID;
INSERT INTO person_name (person_id, name) SELECT id, name FROM person;
CREATE TRIGGER person_named AFTER INSERT ON person
        BEGIN INSERT OR IGNORE INTO person_name (person_id, name) VALUES (NEW.id, NEW.name); END;
CREATE TRIGGER person_renamed AFTER UPDATE OF name ON person WHEN NEW.name <> OLD.name
        BEGIN INSERT OR IGNORE INTO person_name (person_id, name) VALUES (NEW.id, NEW.name); END;
