"""A station that has run, opened once more by a tree that may lack some extras: what it does there, and its rows.

The tree is this one with the lines of some extras taken out of the tuple before anything else is imported, or another
folder that never had them (`python -m tests.without`). A process of its own runs playout, worker and page there, and
tells what each central place knows.
"""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

from scheduler.features import FEATURES

ROOT = Path(__file__).parents[2]
BY_NAME = {feature.name: feature for feature in FEATURES}
WELL = [200, 200, 200]
RUN = """
import atexit, gc, json, sys
gc.disable()  # it ends before there is much garbage
atexit.register(gc.freeze)
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
print(json.dumps([statuses, features.__file__, {
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


def ran(folder, clock, without=(), tree=ROOT):
    """Run the station on a folder in a process of its own, by the code of `tree`, as if it had never had `without`; what
    its places know.
    """
    done = subprocess.run(
        [sys.executable, "-c", RUN, folder, json.dumps(without), clock.now().isoformat()],
        capture_output=True, text=True, cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    statuses, code, *known = json.loads(done.stdout.splitlines()[-1])
    assert Path(code).resolve().is_relative_to(tree.resolve())
    assert statuses == WELL
    return known
