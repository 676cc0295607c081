"""The steps of an extra: after the core's, left alone when it is taken out, refused where a newer release went them.

Tried with an extra that is made up here; what every real one must keep is asked at the end.
"""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlite_utils.db import Database

from scheduler.features import FEATURES, Feature, folder_of
from scheduler.kernel.errors import Refused
from scheduler.services.station.downgrade import downgrade, left_by, standing
from scheduler.services.station.rescue import rescue
from scheduler.store import Store, versions
from scheduler.store.database import insert
from scheduler.store.schema import migrations
from scheduler.store.schema.migrations import CORE_STEPS, all_steps
from scheduler.store.station.restore_tried import try_database
from tests.conftest import MORNING

NOW = MORNING + timedelta(days=1)
NAME = "chorus"
SAID = "CREATE TABLE chorus_said (id INTEGER PRIMARY KEY, words TEXT NOT NULL);\nCREATE INDEX chorus_words ON chorus_said(words);\n"
WHOM = "ALTER TABLE chorus_said ADD COLUMN whom TEXT NOT NULL DEFAULT '';\n"
NOWHERE = "INSERT INTO nowhere VALUES (1);\n"
ROWS = [{"id": 1, "words": "xin chào"}]


@pytest.fixture
def release(tmp_path, monkeypatch):
    """Let this be a release with these steps of the extra; without any name it is taken out."""
    folder = tmp_path / "extras"
    (folder / "chorus/schema").mkdir(parents=True)
    monkeypatch.setattr(migrations, "folder_of", lambda one: folder / one.name if one.name == NAME else folder_of(one))

    def becomes(*named, **texts):
        for name, text in texts.items():
            (folder / f"chorus/schema/{name}.sql").write_text(text, encoding="utf-8")
        there = [Feature(name="chorus", docs="chorus.md", schema=(*texts, *named))] if texts or named else []
        monkeypatch.setattr(versions, "migrations", all_steps((*FEATURES, *there)))

    return becomes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data/loa.db"


def opened(path):
    store = Store(path)
    store.migrate()
    return store


def gone(path):
    """The steps of the made-up extra that the file has gone, and whose the record calls them."""
    with closing(sqlite3.connect(path)) as found:
        sql = "SELECT migration_set, name FROM _sqlite_migrations WHERE name GLOB 'chorus*' ORDER BY rowid"
        return found.execute(sql).fetchall()


def said(path):
    with closing(sqlite3.connect(path)) as found:
        found.row_factory = sqlite3.Row
        return [dict(row) for row in found.execute("SELECT * FROM chorus_said")]


def sung(path):
    """A file with a row of the extra's."""
    store = opened(path)
    with store.write() as db:
        insert(db, "chorus_said", ROWS[0])
    store.close()


FIRST = [("loa-phuong/chorus", "chorus_001_said")]


def test_they_are_gone_after_the_cores_and_recorded_by_name(release, path):
    release(**{"001_said": SAID})
    sung(path)
    assert gone(path) == FIRST
    with closing(sqlite3.connect(path)) as found:
        steps = [name for (name,) in found.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid")]
    assert (steps[: len(CORE_STEPS)], steps[-1]) == ([*CORE_STEPS], "chorus_001_said")
    opened(path).close()
    assert said(path) == ROWS


def test_a_station_that_ran_before_gets_them_at_its_next_start_and_keeps_a_copy(release, path):
    release()
    opened(path).close()
    release(**{"001_said": SAID})
    sung(path)
    release("001_said", **{"002_whom": WHOM})
    opened(path).close()
    assert [name for _, name in gone(path)] == ["chorus_001_said", "chorus_002_whom"]
    assert said(path) == [ROWS[0] | {"whom": ""}]
    copies = sorted(one.name for one in path.parent.glob("loa.db.before-*"))
    assert copies == ["loa.db.before-chorus_001_said", "loa.db.before-chorus_002_whom"]


def test_what_is_taken_out_is_left_alone_and_goes_on_when_it_comes_again(release, path):
    release(**{"001_said": SAID})
    sung(path)
    release()
    opened(path).close()
    assert (said(path), gone(path)) == (ROWS, FIRST)
    release("001_said", **{"002_whom": WHOM})
    opened(path).close()
    assert said(path) == [ROWS[0] | {"whom": ""}]


@pytest.mark.parametrize("known", [("001_said",), ()], ids=["an older step", "no step yet"])
def test_what_a_newer_release_has_gone_is_refused_by_name(release, path, known, monkeypatch):
    release(**{"001_said": SAID, "002_whom": WHOM})
    sung(path)
    release(*known)
    if not known:
        there = Feature(name="chorus", docs="chorus.md")
        monkeypatch.setattr(versions, "migrations", all_steps((*FEATURES, there)))
    store = Store(path)
    with pytest.raises(Refused, match=r"database_newer.*chorus_00"):
        store.migrate()
    store.close()
    with pytest.raises(Refused, match="database_newer"):
        left_by(path, CORE_STEPS[-1])
    with pytest.raises(Refused, match="backup_newer"):
        try_database(path)
    assert said(path) == [ROWS[0] | {"whom": ""}]


def test_one_that_fails_leaves_the_file_as_it_was(release, path):
    release()
    opened(path).close()
    release(**{"001_said": f"{SAID}{NOWHERE}"})
    store = Store(path)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        store.migrate()
    store.close()
    release()
    opened(path).close()
    assert gone(path) == []


class TestGoingBack:
    def test_to_a_release_that_knew_no_step_of_it_is_told(self, release, path):
        release(**{"001_said": SAID})
        sung(path)
        assert standing(path).gone[-1] == "chorus_001_said"
        assert [(one.table, one.rows) for one in left_by(path, CORE_STEPS[-1])] == [("chorus_said", 1)]
        done = downgrade(path, CORE_STEPS[-1], NOW)
        assert gone(path) == []
        assert said(done.kept) == ROWS

    def test_to_one_of_its_own_steps_keeps_its_rows(self, release, path):
        release(**{"001_said": SAID, "002_whom": WHOM})
        sung(path)
        downgrade(path, "chorus_001_said", NOW)
        assert (said(path), gone(path)) == (ROWS, FIRST)
        opened(path).close()
        assert said(path) == [ROWS[0] | {"whom": ""}]

    def test_while_it_is_taken_out_leaves_it_alone(self, release, path):
        release(**{"001_said": SAID})
        sung(path)
        release()
        downgrade(path, CORE_STEPS[-2], NOW)
        assert (said(path), gone(path)) == (ROWS, FIRST)


def test_a_rescue_saves_its_rows_while_it_is_taken_out(release, path):
    release(**{"001_said": SAID})
    sung(path)
    release()
    done = rescue(path, NOW, even_whole=True)
    assert ("chorus_said", 1, 0) in done.tables
    assert (said(path), gone(path)) == (ROWS, FIRST)


def test_a_backup_with_its_rows_goes_into_a_station_without_it(release, path):
    release(**{"001_said": SAID})
    sung(path)
    release()
    try_database(path)
    assert (said(path), gone(path)) == (ROWS, FIRST)


# What the steps of each must keep


def wrong_of(feature):
    """What its steps do that goes on, or that the core misses, when the extra is taken out."""

    def things(conn):
        sql = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE '%_sqlite_%'"
        return {row[:3]: row[3] for row in conn.execute(sql)}

    steps = all_steps((feature,))
    with closing(sqlite3.connect(":memory:")) as conn:
        db = Database(conn, execute_plugins=False)
        steps.go(db, CORE_STEPS)
        before = things(conn)
        steps.apply(db)
        after = things(conn)
    strange = {key for key in after.keys() - before.keys() if key[0] not in {"table", "index"}}
    strange |= {key for key in after.keys() - before.keys() if not key[2].startswith(f"{feature.name}_")}
    return sorted(strange | {key for key in before if after.get(key) != before[key]})


def test_steps_of_extras_make_tables_and_indexes_of_their_own_and_nothing_else():
    assert {feature.name: wrong for feature in FEATURES if (wrong := wrong_of(feature))} == {}


def test_no_tables_of_one_extra_look_like_anothers():
    begins = [f"{feature.name}_" for feature in FEATURES]
    assert [(one, other) for one in begins for other in begins if one != other and other.startswith(one)] == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (SAID, None),
        ("CREATE TABLE said (id INTEGER);", "said"),
        ("CREATE TRIGGER chorus_new AFTER INSERT ON person BEGIN SELECT 1; END;", "chorus_new"),
        ("CREATE VIEW chorus_all AS SELECT * FROM person;", "chorus_all"),
        ("ALTER TABLE person ADD COLUMN chorus TEXT;", "person"),
        ("CREATE INDEX chorus_person ON person(name);", "chorus_person"),
        ("DROP TABLE todo;", "todo"),
    ],
)
def test_a_step_that_reaches_beyond_its_extra_is_found(release, text, what):
    release(**{"001_said": text})
    found = [name for _, name, _ in wrong_of(Feature(name="chorus", docs="chorus.md", schema=("001_said",)))]
    assert found == ([what] if what else [])
