"""What will sound in the next hours: the station's own rows, copied, and played ahead of time without a sound.

The database is copied by SQLite itself, which a running station neither notices nor waits for; the library is only
read. Everything that is written goes into a folder of the rehearsal's own.
"""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from scheduler.config.loading import Config
from scheduler.extras.simulate.work.air import Air
from scheduler.extras.simulate.work.run import Outcome, warnings_noted
from scheduler.extras.simulate.work.silence import unwired
from scheduler.extras.simulate.work.stage import opened
from scheduler.kernel.causes import reason_of
from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.kernel.errors import LoaError, NotFound, Refused

__all__ = ["rehearsed"]

_DATABASE = "loa.db"


def rehearsed(
    config: Config, ahead: timedelta, folder: Path, clock: SystemClock | SteppedClock | None = None
) -> Outcome:
    """Play the station of `config` ahead in an empty folder. Raises Refused where it has no rows to play."""
    now = (clock or SystemClock()).now()
    _copied(config.data / _DATABASE, folder / "data" / _DATABASE)
    stepped = SteppedClock(now)
    days = max(config.planning.days_ahead, ahead.days + 2)
    simulated = replace(
        config,
        folder=folder.resolve(),
        station=replace(config.station, data="data"),
        planning=replace(config.planning, days_ahead=days),
    )
    station = opened(unwired(simulated), stepped, config.data / "library")
    air = Air(station, stepped, now)
    outcome = Outcome(station, now, now + ahead, air.heard, since=now)
    with warnings_noted(lambda: air.true_now, outcome.notes):
        air.start_playout()
        air.live_until(now + ahead, is_event=False)
        air.stop_playout()
    return outcome


def _copied(source: Path, target: Path) -> None:
    if not source.exists():
        raise NotFound("database", source.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as kept,
            closing(sqlite3.connect(target)) as copy,
        ):
            kept.backup(copy)
    except sqlite3.DatabaseError as error:
        if "readonly" in str(error) or "unable to open" in str(error):
            raise Refused(reason_of(error, "disk_readonly")) from error
        raise LoaError(f"không chép được cơ sở dữ liệu {source.name}: {error}") from error
