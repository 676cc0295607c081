"""Databases that older releases really wrote, opened by this one with nothing lost, and taken back to those releases.

`old/mNNN.sql` are dumps of stations that ran two airings with the code of their day.
"""

import re
import shutil
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from sqlite_utils.db import Database

from scheduler.core.planning.rules import parse_window
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused
from scheduler.services.station import downgrade
from scheduler.station import Station
from scheduler.store import Journal, Store
from scheduler.store.schema.migrations import migrations
from scheduler.store.versions import known_steps
from tests.conftest import MORNING, Cast
from tests.examples import spread

OLD = Path(__file__).parents[1] / "old"
FILES = {
    "m001": "m001_first",
    "m002": "m002_playout",
    "m009": "m009_heard",
    "m014": "m014_upgrade",
    "m022": "m022_writers",
}
NOW = MORNING + timedelta(days=2)


@pytest.fixture(params=FILES)
def name(request):
    return request.param


@pytest.fixture
def path(tmp_path, name):
    return written(tmp_path / "data", name)


def written(folder, name):
    """The old file, as it lay on the disk of its station."""
    folder.mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / "loa.db")) as made:
        made.executescript((OLD / f"{name}.sql").read_text(encoding="utf-8"))
        made.execute("PRAGMA journal_mode=WAL")
    return folder / "loa.db"


def rows_of(path):
    """table -> its columns and its rows, in their order."""
    with closing(sqlite3.connect(path)) as found:
        tables = found.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        names = [table for (table,) in tables.fetchall()]
        return {
            table: (
                [column[1] for column in found.execute(f"PRAGMA table_info({table})")],
                sorted(found.execute(f"SELECT * FROM {table}").fetchall(), key=repr),  # noqa: S608 - names of the schema
            )
            for table in names
        }


def rows_under(path, before):
    """The rows of `path` in the tables and columns that `before` has."""
    with closing(sqlite3.connect(path)) as found:
        return {
            table: (columns, sorted(found.execute(f"SELECT {', '.join(_quoted(columns))} FROM {table}"), key=repr))  # noqa: S608 - names of the schema
            for table, (columns, _) in before.items()
        }


def _quoted(names):
    return [f'"{name}"' for name in names]


def steps_in(path):
    with closing(sqlite3.connect(path)) as found:
        return {step for (step,) in found.execute("SELECT name FROM _sqlite_migrations")}


def schema_of(path):
    with closing(sqlite3.connect(path)) as found:
        sql = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
        return [(kind, name, " ".join((text or "").split())) for kind, name, text in found.execute(sql)]


def schema_at(step, tmp_path):
    """The schema that the release of `step` makes on an empty disk."""
    place = tmp_path / f"empty-{step}.db"
    later = known_steps()[known_steps().index(step) + 1 :]
    with closing(sqlite3.connect(place)) as made:
        migrations.apply(Database(made), stop_before=later[0] if later else None)
    return schema_of(place)


def opened(path):
    store = Store(path)
    store.migrate()
    return store


@pytest.fixture
def renewed(tmp_path):
    """A file of this release, with the rows of an old one."""
    made = written(tmp_path / "data", "m022")
    opened(made).close()
    return made


def refused(path, step, reason):
    before, names = rows_of(path), {one.name for one in path.parent.iterdir()}
    with pytest.raises(Refused, match=reason):
        downgrade.downgrade(path, step, NOW)
    assert rows_of(path) == before
    left = {one.name for one in path.parent.iterdir()} - names - {"station.lock", "loa.db-wal", "loa.db-shm"}
    assert left == set(), "nothing half-made stays"


class TestGoingUp:
    def test_loses_no_row_and_no_value(self, path):
        before = rows_of(path)
        assert before["journal"][1], "an old file without a journal would prove nothing"
        opened(path).close()
        steps = before.pop("_sqlite_migrations")[1]
        assert rows_under(path, before) == before
        assert set(steps) <= set(rows_of(path)["_sqlite_migrations"][1])

    def test_keeps_the_journal_whole_and_every_reference(self, path):
        store = opened(path)
        assert Journal(store).verify().whole
        assert store.rows("PRAGMA foreign_key_check") == []
        assert store.value("PRAGMA integrity_check") == "ok"
        store.close()

    def test_keeps_a_copy_of_the_file_as_it_was(self, path, name):
        before, steps = rows_of(path), known_steps()
        opened(path).close()
        lacked = steps[steps.index(FILES[name]) + 1 :]
        copies = list(path.parent.glob("loa.db.before-*"))
        assert [copy.name for copy in copies] == [f"loa.db.before-{step}" for step in lacked[:1]]
        for copy in copies:
            assert rows_of(copy) == before
            assert copy.stat().st_mode & 0o777 == 0o600

    def test_gives_a_station_that_airs(self, path, config):
        clock = SteppedClock(MORNING + timedelta(hours=3))
        station = Station.open(replace(config, folder=path.parents[1]), clock)
        station.prepare()
        lan, minh = (station.repos.people.by_login(login) for login in ("lan", "minh"))
        (waiting,) = [a for a in station.repos.programme.announcements() if a.state == "submitted"]
        assert (waiting.title, waiting.author_id) == ("Chờ duyệt", lan.id)
        cast = Cast(station, lan, minh)
        cast.running(
            cast.approved(seconds=4, title="Sau nâng cấp", pitch=600.0), windows=(parse_window("09:00-10:00"),)
        )
        slots = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))
        assert slots
        service = station.playout()
        service.start()
        service.run_stepped(clock, slots[-1].end + timedelta(seconds=5))
        service.stop()
        rows = [row for row in station.repos.journal.of_day("2026-12-02") if row["kind"] == "airing"]
        assert [row["outcome"] for row in rows] == ["played"] * (2 + len(slots)), (
            "those of before the upgrade, and ours"
        )
        assert station.services.proof.verify().whole
        station.close()

    @pytest.mark.parametrize("step", spread(known_steps()[1:], 9))
    @pytest.mark.parametrize("name", ["m001"])
    def test_from_each_step_that_a_file_may_stand_at_loses_nothing(self, path, step):
        with closing(sqlite3.connect(path)) as found:
            migrations.apply(Database(found), stop_before=step)
        before = rows_of(path)
        store = opened(path)
        assert Journal(store).verify().whole
        assert store.rows("PRAGMA foreign_key_check") == []
        store.close()
        before.pop("_sqlite_migrations")
        assert rows_under(path, before) == before

    def test_is_made_once_by_two_that_start_together(self, path):
        faults = []

        def start():
            try:
                opened(path).close()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test tells it
                faults.append(error)

        both = [threading.Thread(target=start) for _ in range(4)]
        for one in both:
            one.start()
        for one in both:
            one.join(120)
        assert faults == []
        with closing(sqlite3.connect(path)) as found:
            assert found.execute("SELECT count(*) FROM _sqlite_migrations").fetchone() == (len(known_steps()),)

    def test_is_made_without_a_copy_where_there_is_no_room_for_one(self, path, monkeypatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10))
        opened(path).close()
        assert list(path.parent.glob("loa.db.before-*")) == []
        assert steps_in(path) == set(known_steps())


class TestANewerFile:
    @pytest.fixture
    def name(self):
        return "m022"

    def test_is_refused_with_a_sentence_and_stays_as_it_is(self, path):
        opened(path).close()
        with closing(sqlite3.connect(path)) as found:
            found.execute(
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('loa-phuong', 'm999_later', '')"
            )
            found.commit()
        before = rows_of(path)
        store = Store(path)
        with pytest.raises(Refused, match=r"database_newer.*m999_later"):
            store.migrate()
        store.close()
        assert rows_of(path) == before


def test_the_document_says_from_which_step_on_releases_refuse_a_newer_file():
    """`m023_town` came in the release that began to look; a release between the two named steps never was."""
    text = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    said = text.partition("### Back to an older release")[2].partition("```")[0]
    steps = list(known_steps())
    first, last = re.findall(r"`(m\d{3}_\w+)`", said)
    assert steps.index(first) == steps.index(last) + 1


class TestGoingBack:
    def test_gives_the_older_release_its_own_schema_and_every_row(self, path, name, tmp_path):
        before = rows_of(path)
        opened(path).close()
        done = downgrade.downgrade(path, FILES[name], NOW)
        assert schema_of(path) == schema_at(FILES[name], tmp_path)
        assert rows_of(path) == before
        assert steps_in(done.kept) == set(known_steps()), "the newer file is kept"

    def test_and_up_again_is_as_good_as_before(self, path, name):
        before = rows_of(path)
        opened(path).close()
        downgrade.downgrade(path, FILES[name], NOW)
        store = opened(path)
        assert Journal(store).verify().whole
        store.close()
        before.pop("_sqlite_migrations")
        assert rows_under(path, before) == before

    @pytest.mark.parametrize("step", spread((step for step in known_steps() if step[:4] >= "m006"), 9))
    @pytest.mark.parametrize("name", ["m022"])
    def test_to_each_step_keeps_the_journal(self, path, name, step, tmp_path):
        journal = {"journal": rows_of(path)["journal"]}
        opened(path).close()
        downgrade.downgrade(path, step, NOW)
        assert schema_of(path) == schema_at(step, tmp_path)
        assert rows_under(path, journal) == journal
        store = opened(path)
        assert Journal(store).verify().whole
        store.close()

    def test_tells_what_has_no_place_there(self, tmp_path):
        path = written(tmp_path / "data", "m022")
        told = {(one.table, one.column): one.rows for one in downgrade.left_by(path, "m014_upgrade")}
        assert told[("audit", "")] > 0
        assert ("person", "totp_sealed") not in told, "a column without a value is nothing left behind"
        assert rows_of(path)["audit"][1], "looking changes nothing"


class TestGoingBackIsRefused:
    @pytest.fixture
    def name(self):
        return "m022"

    @pytest.fixture
    def path(self, tmp_path):
        made = written(tmp_path / "data", "m022")
        opened(made).close()
        return made

    def test_where_the_journal_would_lose_a_value(self, path):
        with closing(sqlite3.connect(path)) as found:
            assert found.execute("SELECT count(*) FROM journal WHERE zones_json IS NOT NULL").fetchone()[0]
        refused(path, "m004_ledger", "downgrade_journal")

    def test_where_a_station_runs(self, path):
        with FileLock(path.parent / "station.lock"):
            refused(path, "m014_upgrade", "restore_living")

    def test_where_another_program_has_it_open(self, path):
        other = sqlite3.connect(path)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM person").fetchone()
        other.execute("UPDATE person SET name = name")
        try:
            with pytest.raises(Refused, match="database_in_use"):
                downgrade.downgrade(path, "m014_upgrade", NOW)
        finally:
            other.rollback()
            other.close()
        assert not list(path.parent.glob("*.part*"))

    @pytest.mark.parametrize("step", ["m999_later", "", "m022"])
    def test_to_a_step_that_there_is_not(self, path, step):
        refused(path, step, "downgrade_step")

    def test_where_there_is_no_database(self, tmp_path):
        with pytest.raises(Refused, match="downgrade_no_database"):
            downgrade.downgrade(tmp_path / "loa.db", "m014_upgrade", NOW)

    def test_where_the_older_release_would_not_take_a_row(self, path):
        with closing(sqlite3.connect(path)) as found:
            found.execute("PRAGMA foreign_keys=OFF")
            found.execute("UPDATE campaign SET boost_kind = 'share'")
            found.execute("DROP TRIGGER journal_no_update")
            found.execute("UPDATE journal SET zones_json = NULL")
            found.commit()
        refused(path, "m002_playout", "downgrade_rows")

    def test_where_the_new_file_is_not_good(self, path, monkeypatch):
        def bad(_):
            raise Refused("backup_damaged", part="loa.db")

        monkeypatch.setattr(downgrade, "_try", bad)
        refused(path, "m014_upgrade", "backup_damaged")

    def test_on_a_full_disk(self, path, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(downgrade.os, "link", full)
        refused(path, "m014_upgrade", "disk_full")
