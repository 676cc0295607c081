"""A station that has run with an extra runs without it and with it again, and every central place knows it only with it.

Without an extra is asked in a process of its own, where its line and the lines of those that lean on it are taken out of
the tuple before anything else is imported: as in a tree that never had them. One process tells everything.
"""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from scheduler.config.loading import Config
from scheduler.features import FEATURES, folder_of, load
from scheduler.kernel.words import file_of, tables_of
from tests.without import with_dependents

ROOT = Path(__file__).parents[2]
BY_NAME = {feature.name: feature for feature in FEATURES}
WELL = [200, 200, 200]
RUN = """
import json, sys
import scheduler.features as features
features.FEATURES = tuple(one for one in features.FEATURES if one.name not in json.loads(sys.argv[2]))
from pathlib import Path
import click
from scheduler.cli import loa
from scheduler.kernel.clock import SteppedClock
from scheduler.commands.air import process
from scheduler.config.loading import Config, section_names
from scheduler.core.announcement.approval import ACTS, may
from scheduler.core.model import Role
from scheduler.core.station.station_faults import PARTS
from scheduler.core.words.wording import REASONS
from scheduler.station import Station
from scheduler.store.people.audit_tables import UNWATCHED
from scheduler.store.schema.migrations import migrations
from datetime import datetime
from web import create_app
from scheduler.operations.subjects import subjects_of
from web.http.callers import COSTLY
from web.sections import SECTIONS
from web.station.settings_care import PROCESSES
folder = Path(sys.argv[1])
clock = SteppedClock(datetime.fromisoformat(sys.argv[3]))
station = Station.open(Config(folder=folder), clock)
station.prepare()
playout = station.playout()
for _ in range(3):
    playout.step()
    clock.advance(1)
playout.stop()
worker = station.worker()
worker.sweep()
worker.work_once()
token, _ = station.repos.people.sign_in("lan", "mat-khau-cua-lan", "127.0.0.1", clock.now(), 1)
page = create_app(station).test_client()
page.set_cookie("loa", token)
statuses = [page.get(one).status_code for one in ("/truc-tiep", "/lich", "/nhat-ky")]
app = create_app(station, every_page=True)
station.close()
(names,) = [one.type.choices for one in process.params if one.name == "name"]
print(json.dumps([statuses, {
    "commands": loa.list_commands(click.Context(loa)),
    "processes": list(names),
    "processes that a fault names": list(PARTS),
    "processes that the page names": list(PROCESSES),
    "sections of the configuration": section_names(),
    "rights": sorted({act for act in ACTS for role in Role if may(role, act)}),
    "tables without an audit log": sorted(UNWATCHED),
    "sentences": list(REASONS),
    "pages": list(app.blueprints),
    "tabs": [tab.endpoint for section in SECTIONS for tab in section.tabs],
    "sections of the navigation": [one.word for one in SECTIONS],
    "costly requests": sorted(COSTLY),
}, len(subjects_of(features.FEATURES)), [one.name for one in migrations.steps]]))
"""
"""The whole station once, playout, worker and page; and what each central place knows."""


def parts_of(feature):
    """What the central places know by this extra's line."""
    processes = {one.name for one in feature.processes}
    return {
        "commands": set(feature.commands),
        "processes": processes,
        "processes that a fault names": processes,
        "processes that the page names": processes,
        "sections of the configuration": {one.name for one in feature.keys},
        "rights": set(feature.rights),
        "tables without an audit log": set(feature.unwatched),
        "sentences": sentences_of(feature),
        "pages": {load(where).name for where in feature.pages},
        "tabs": {tab.endpoint for tab in feature.tabs},
        "sections of the navigation": {one.word for one in feature.sections},
        "costly requests": set(feature.costly),
    }


def sentences_of(feature):
    folder = folder_of(feature)
    return set(tables_of(folder).get("reasons", {})) if file_of(folder).is_file() else set()


def own_tables(feature):
    """Tables that only this extra names."""
    named = {*feature.unwatched, *feature.by_people, *feature.private, *feature.secret, *feature.values}
    return sorted(named | {table for one in (*feature.tasks, *feature.left, *feature.sweeps) for table in one.tables})


def filled(path, tables):
    """Those of the tables that took a row of any kind; its keys lead nowhere, and it says nothing."""
    taken = []
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA ignore_check_constraints = ON")
        for table in tables:
            fields = conn.execute(f"PRAGMA table_info({table})").fetchall()
            values = [
                {"INTEGER": 1, "REAL": 1.0, "BLOB": b"x"}.get(row[2], "2026-12-01T02:00:00+00:00") for row in fields
            ]
            names, marks = ", ".join(f'"{row[1]}"' for row in fields), ", ".join("?" * len(fields))
            with suppress(sqlite3.OperationalError):  # triggers of the audit log ask the station who it was
                conn.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608
                taken.append(table)
    return taken


def rows_of(path, tables):
    with closing(sqlite3.connect(path)) as conn:
        return {table: conn.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608


def ran(folder, clock, without=()):
    """Run the station on a folder in a process of its own, as if it had never had `without`; what its places know."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, folder, json.dumps(without), clock.now().isoformat()],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    statuses, *known = json.loads(done.stdout.splitlines()[-1])
    assert statuses == WELL
    return known


@pytest.fixture
def has_run(station, lan):
    """The folder of a station that has run with every extra, and what its places knew."""
    folder = station.config.folder
    station.close()
    return folder, ran(folder, station.clock)


def test_a_station_runs_without_each_extra_and_with_it_again(has_run, clock):
    """Its rows stay as they are, and each central place has lost just its parts; all extras come again at the end."""
    folder, (places, subjects, steps) = has_run
    path = Config(folder=folder).data / "loa.db"
    for name in BY_NAME:
        gone = [BY_NAME[one] for one in with_dependents(name)]
        tables = sorted({table for one in gone for table in own_tables(one)})
        taken = filled(path, tables)
        assert bool(taken) == bool(tables), name
        before = rows_of(path, tables)
        left, subjects_left, steps_left = ran(folder, clock, [one.name for one in gone])
        assert rows_of(path, tables) == before, name
        lost = {place: set(known) - set(left[place]) for place, known in places.items()}
        assert lost == {place: set().union(*(parts_of(one)[place] for one in gone)) for place in places}, name
        assert subjects - subjects_left == sum(len(one.operations) for one in gone), name
        assert steps_left == steps, "the steps of the schema are released, whatever extras there are"
        with closing(sqlite3.connect(path, isolation_level=None)) as conn:
            for table in taken:
                conn.execute(f"DELETE FROM {table}")  # noqa: S608
    assert ran(folder, clock) == [places, subjects, steps]
