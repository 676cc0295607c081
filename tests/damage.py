"""A page of a table that is overwritten with rubbish, under a station that runs or one that is off."""

import sqlite3
from contextlib import closing
from pathlib import Path


def overwrite_table(path: Path, table: str) -> None:
    """The first page of `table`: whatever is read of it from now on is SQLite's error of a malformed file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        page = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        size = conn.execute("PRAGMA page_size").fetchone()[0]
        # whoever holds pages in memory reads them anew, and no frame of the log stands before the file
        conn.execute("UPDATE command SET kind = kind WHERE 0")
        version = conn.execute("PRAGMA user_version").fetchone()[0]
        conn.execute(f"PRAGMA user_version = {version}")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xee" * size)
