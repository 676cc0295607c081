"""What `m030_output_shares` adds: the outcome of an airing that no loudspeaker sounded, and what each output sounded.

The CHECK of `slot.outcome` is widened in the text of the schema, the way that SQLite's documentation gives for a change
that no row on the disk can be against. No row is touched, so rows, keys, indexes and triggers stay as they are, in a
second also where the table is large. It never changes what a row says.
"""

from sqlite_utils.db import Database

__all__ = ["add_shares"]

_BEFORE = "'refused', 'failed', 'cancelled')"
_NOW = "'refused', 'failed', 'cancelled', 'recorded')"
_COLUMNS = (
    # what each output sounded, as `core.air.output_share` writes it; hashed where it is not NULL, as zones_json is
    "ALTER TABLE journal ADD COLUMN shares_json TEXT",
    "ALTER TABLE airing ADD COLUMN shares_json TEXT",  # the same of one attempt, as far as it has come
)


def add_shares(db: Database) -> None:
    for statement in _COLUMNS:
        db.execute(statement)
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    db.execute("PRAGMA writable_schema = ON")
    try:
        changed = db.execute(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :now)"
            " WHERE type = 'table' AND name = 'slot' AND instr(sql, :before)",
            {"before": _BEFORE, "now": _NOW},
        ).rowcount
        if changed != 1:
            raise RuntimeError("the table slot is none that this program has made")
        db.execute(f"PRAGMA schema_version = {version + 1}")  # so that every connection reads the schema anew
    finally:
        db.execute("PRAGMA writable_schema = OFF")
