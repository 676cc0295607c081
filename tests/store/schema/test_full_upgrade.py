"""Stations that the code of step m022 filled, every table that it had, brought up to this release and taken back.

`old/m022_tables.sql` holds their rows, one station behind another: what the tests of that commit had its services write.
No table was filled by hand.
"""

import sqlite3
from contextlib import closing

import pytest

from scheduler.services.station import downgrade
from tests.store.announcement.test_upgrade import NOW, OLD, opened, rows_of, rows_under, schema_at, schema_of

STEP = "m022_writers"


def stations() -> dict[str, str]:
    """Name → the statements that write its rows."""
    _, *parts = (OLD / "m022_tables.sql").read_text(encoding="utf-8").split("-- station: ")
    return dict(part.split("\n", 1) for part in parts)


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    return schema_at(STEP, tmp_path_factory.mktemp("schema"))


@pytest.fixture
def path(tmp_path):
    """The tables of that step, and no row but the names of the steps."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / "loa.db")) as made:
        made.executescript((OLD / "m022.sql").read_text(encoding="utf-8"))
        tables = made.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite%'")
        triggers = made.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            made.execute(f"DROP TRIGGER {name}")
        for (name,) in tables.fetchall():
            made.execute(f"DELETE FROM {name}")  # noqa: S608 - names of the schema
        for _, sql in triggers:
            made.execute(sql)
        made.execute("DELETE FROM sqlite_sequence")
        made.commit()
    return folder / "loa.db"


def filled(path, statements):
    with closing(sqlite3.connect(path)) as made:
        made.executescript(statements)


def test_every_table_of_that_time_has_rows_somewhere():
    written = {
        line.split('"')[1] for text in stations().values() for line in text.splitlines() if line.startswith("INSERT")
    }
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript((OLD / "m022.sql").read_text(encoding="utf-8"))
        tables = {name for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        seen = {name for name in tables if made.execute(f"SELECT 1 FROM {name}").fetchone()}  # noqa: S608 - as above
    assert {name for name in tables if "sqlite" not in name} - written - seen == set()


@pytest.mark.parametrize("name", stations())
def test_no_row_is_lost_on_the_way_up_nor_on_the_way_back(name, path, schema):
    filled(path, stations()[name])
    before = rows_of(path)
    before.pop("_sqlite_migrations")
    store = opened(path)
    assert store.rows("PRAGMA foreign_key_check") == []
    assert store.value("PRAGMA integrity_check") == "ok"
    store.close()
    assert rows_under(path, before) == before
    downgrade.downgrade(path, STEP, NOW)
    assert schema_of(path) == schema
    assert rows_under(path, before) == before
