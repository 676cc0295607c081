"""What people have ever been called, as `m033_names` keeps it: released, so never edited.

A name that somebody once had stands in old rows of the journal, so nobody else is given it. Logins are composed once,
so that one typed on another keyboard finds them; two that would become one stay as they are.
"""

import unicodedata

from sqlite_utils.db import Database

__all__ = ["NAMES", "compose_logins"]

NAMES = (
    """CREATE TABLE person_name (
        person_id INTEGER NOT NULL REFERENCES person(id),
        name TEXT NOT NULL,
        PRIMARY KEY (person_id, name)
    ) WITHOUT ROWID""",
    "INSERT INTO person_name (person_id, name) SELECT id, name FROM person",
    """CREATE TRIGGER person_named AFTER INSERT ON person
        BEGIN INSERT OR IGNORE INTO person_name (person_id, name) VALUES (NEW.id, NEW.name); END""",
    """CREATE TRIGGER person_renamed AFTER UPDATE OF name ON person WHEN NEW.name <> OLD.name
        BEGIN INSERT OR IGNORE INTO person_name (person_id, name) VALUES (NEW.id, NEW.name); END""",
)


def compose_logins(db: Database) -> None:
    """Every login in its composed form (NFC), but for one that another has already."""
    for person_id, login in db.execute("SELECT id, login FROM person ORDER BY id").fetchall():
        composed = unicodedata.normalize("NFC", login)
        if composed != login:
            db.execute("UPDATE OR IGNORE person SET login = ? WHERE id = ?", (composed, person_id))
