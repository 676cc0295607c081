"""What one machine writes is what the other has: by changes, by whole copies, and never a row of its own."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.core.model import AiringOutcome
from scheduler.extras.failover.rows import OWN, Batch, PairRows
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from scheduler.store import Ending
from tests.conftest import MORNING


def shared(store):
    """Every row that both machines share."""
    names = [row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    names = [name for name in names if name not in OWN and not name.startswith("sqlite_")]
    return {name: sorted(map(json.dumps, store.rows(f'SELECT * FROM "{name}"'))) for name in names}  # noqa: S608 - our names


@pytest.fixture
def here(station):
    rows = PairRows(station.repos.store)
    rows.watch()
    rows.begin("may-1.1")
    return rows


@pytest.fixture
def there(config, tmp_path):
    other = Station.open(replace(config, folder=tmp_path / "other"), SteppedClock(MORNING))
    rows = PairRows(other.repos.store)
    rows.watch()
    yield rows
    other.close()


def copied(here, there, tmp_path):
    path = tmp_path / "copy.db"
    cursor = here.copy_to(path)
    there.load(path, "may-1.1", cursor)
    return cursor


def over_the_wire(batch):
    return Batch(batch.head, tuple(map(tuple, json.loads(json.dumps(batch.rows)))))


def test_a_whole_copy_and_then_changes_make_the_same_database(station, cast, here, there, tmp_path):
    cast.approved()
    cursor = copied(here, there, tmp_path)
    assert shared(there.store) == shared(here.store)
    slot_id = station.services.air.play_now(cast.minh, cast.approved(2.0, "Họp tổ", 300.0), chime=False)
    slot = station.repos.slots.slot(slot_id)
    assert station.repos.slots.claim(slot, station.clock.now())
    station.repos.slots.progress(slot_id, station.clock.now(), 700)
    there.apply(over_the_wire(here.changes(cursor)), "may-1.1")
    assert shared(there.store) == shared(here.store)
    station.repos.slots.close(slot_id, Ending(AiringOutcome.PARTIAL, "stopped_by", played_ms=900), station.clock.now())
    there.apply(over_the_wire(here.changes(int(there.state("cursor")))), "may-1.1")
    assert shared(there.store) == shared(here.store)
    assert there.state("followed") == "may-1.1"


def test_rows_that_go_and_keys_that_change_are_followed(station, cast, here, there, tmp_path):
    cursor = copied(here, there, tmp_path)
    with station.repos.store.write() as db:
        db.conn.execute("INSERT INTO todo (key, reason, raised_at) VALUES ('a', 'x', 't'), ('b', 'x', 't')")
    there.apply(here.changes(cursor), "may-1.1")
    with station.repos.store.write() as db:
        db.conn.execute("DELETE FROM todo WHERE key = 'a'")
        db.conn.execute("UPDATE todo SET key = 'c' WHERE key = 'b'")
    there.apply(here.changes(int(there.state("cursor"))), "may-1.1")
    assert [row["key"] for row in there.store.rows("SELECT key FROM todo")] == ["c"]


def test_what_is_a_machines_own_is_neither_told_nor_overwritten(station, cast, here, there, tmp_path):
    there.store.fence = lambda: None
    station.repos.jobs.beat("playout", 1, station.clock.now(), {"who": "here"})
    with there.store.write(own=True) as db:
        db.conn.execute("INSERT INTO heartbeat VALUES ('playout', 2, 't', '{\"who\":\"there\"}')")
    cursor = copied(here, there, tmp_path)
    station.repos.jobs.beat("playout", 1, station.clock.now(), {"who": "here again"})
    assert here.head() == cursor
    assert there.store.value("SELECT pid FROM heartbeat") == 2


def test_a_machine_that_missed_too_much_is_told_to_take_a_whole_copy(station, cast, here):
    cursor = here.head()
    cast.approved()
    assert here.changes(cursor, most=2) is None
    here.forget(here.head())
    assert here.changes(cursor) is None
    assert here.changes(here.head() + 5) is None
    assert here.changes(here.head()).rows == ()


def test_the_copy_notes_nothing_until_it_has_the_air(station, cast, here, there, tmp_path):
    cursor = copied(here, there, tmp_path)
    cast.approved()
    there.apply(here.changes(cursor), "may-1.1")
    assert there.store.value("SELECT count(*) FROM pair_change") == 0
    there.begin("may-2.2")
    there.store.db.conn.execute("INSERT INTO todo (key, reason, raised_at) VALUES ('z', 'x', 't')")
    there.store.db.conn.commit()
    assert there.changes(0).rows[0][:2] == ("todo", ["z"])


def test_a_full_disk_leaves_the_copy_as_it_was_before(station, cast, here, there, tmp_path, monkeypatch):
    cursor = copied(here, there, tmp_path)
    before = shared(there.store)
    cast.approved()
    for number in range(300):
        station.repos.todos  # noqa: B018 - a plain row will do
        with station.repos.store.write() as db:
            db.conn.execute("INSERT INTO todo (key, reason, raised_at) VALUES (?, ?, 't')", (f"k{number}", "x" * 4000))
    plain = PairRows._bare

    from contextlib import contextmanager

    @contextmanager
    def small(self):
        with plain(self) as conn:
            pages = conn.execute("PRAGMA page_count").fetchone()[0]
            conn.execute(f"PRAGMA max_page_count={pages + 3}")
            yield conn

    monkeypatch.setattr(PairRows, "_bare", small)
    with pytest.raises(Refused, match="disk_full"):
        there.apply(here.changes(cursor), "may-1.1")
    assert shared(there.store) == before
    assert there.state("cursor") == str(cursor)


def test_a_copy_of_another_version_is_not_taken(station, here, there, tmp_path):
    path = tmp_path / "copy.db"
    here.copy_to(path)
    import sqlite3

    with sqlite3.connect(path) as conn:
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'm027_pair'")
    conn.close()
    with pytest.raises(Refused, match="pair_other_version"):
        there.load(path, "may-1.1", 1)


def test_a_station_that_stands_alone_again_notes_nothing(station, cast, here):
    here.unwatch()
    cast.approved()
    assert here.store.value("SELECT count(*) FROM pair_change") == 0


def test_readers_of_the_copy_go_on_while_it_is_taken(station, cast, here, there, tmp_path):
    other = Station.open(replace(station.config, folder=tmp_path / "other"), SteppedClock(MORNING + timedelta(days=1)))
    reader = other.repos.store
    reader.db.conn.execute("BEGIN")
    before = reader.value("SELECT count(*) FROM announcement")
    cast.approved()
    copied(here, there, tmp_path)
    assert reader.value("SELECT count(*) FROM announcement") == before
    reader.db.conn.rollback()
    assert reader.value("SELECT count(*) FROM announcement") == before + 1
    other.close()
    assert Path(station.config.data).is_dir()


@pytest.mark.parametrize(
    "row", [("a_newer_table", ["k"], {"key": "k"}), ("todo", ["k"], {"key": "k", "a_newer_column": 1})]
)
def test_rows_that_an_older_release_has_no_place_for_are_refused_whole(here, there, row):
    good = ("todo", ["z"], {"key": "z", "reason": "x", "raised_at": "t"})
    with pytest.raises(Refused, match="pair_other_version"):
        there.apply(Batch(9, (good, row)), "may-1.1")
    assert there.store.value("SELECT count(*) FROM todo") == 0
    assert there.state("cursor") == ""
