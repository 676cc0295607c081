"""A station that has run with an extra runs without it, touches none of its rows, and runs with it again."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from scheduler.features import FEATURES
from tests.without import with_dependents

ROOT = Path(__file__).parents[2]
ALL = pytest.mark.parametrize("feature", FEATURES, ids=[one.name for one in FEATURES])
WELL = [200, 200, 200]
RUN = """
import json, sys
import scheduler.features as features
features.FEATURES = tuple(one for one in features.FEATURES if one.name not in json.loads(sys.argv[2]))
from pathlib import Path
from scheduler.kernel.clock import SteppedClock
from scheduler.config.loading import Config
from scheduler.station import Station
from datetime import datetime
from web import create_app
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
token, _ = station.parts.people.sign_in("lan", "mat-khau-cua-lan", "127.0.0.1", clock.now(), 1)
page = create_app(station).test_client()
page.set_cookie("loa", token)
statuses = [page.get(one).status_code for one in ("/truc-tiep", "/viec-can-lam", "/nhat-ky")]
station.close()
print(json.dumps(statuses))
"""
"""The whole station once: playout, worker and page."""


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


def ran(station, without):
    """Run the station on the data of this one in a process of its own, as if it had never had `without`."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, station.config.folder, json.dumps(without), station.clock.now().isoformat()],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@ALL
def test_a_station_runs_without_it_and_with_it_again(feature, station, lan):
    path, without = station.parts.store.path, with_dependents(feature.name)
    tables = own_tables(feature)
    station.close()
    assert ran(station, []) == WELL
    taken = filled(path, tables)
    assert bool(taken) == bool(tables)
    before = rows_of(path, tables)
    assert ran(station, without) == WELL
    assert rows_of(path, tables) == before
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for table in taken:
            conn.execute(f"DELETE FROM {table}")  # noqa: S608
    assert ran(station, []) == WELL
