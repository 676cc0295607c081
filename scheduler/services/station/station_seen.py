"""How the station is now, gathered for the judge of its faults: beats, database, disk, clock, outputs, voice.

Beats come from the ring where the database gives none. The database is tried on a connection of its own: it must give
a row and let a transaction begin. Nothing here waits longer than a few seconds, writes a row, or decides.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.config.loading import Config
from scheduler.core.station.station_faults import OutputState, StationState
from scheduler.kernel.air_fence import PAIR, folder_of, holds_air
from scheduler.kernel.causes import reason_of
from scheduler.kernel.database_faults import DAMAGED
from scheduler.kernel.disk_reserve import free_bytes

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["database_damage", "database_fault", "process_names", "seen_now"]

BUSY_FOR = 3.0
"""Seconds that a writer may hold the database without anybody calling it locked."""


SHOWN_FOR = timedelta(seconds=60)
"""What was over before two looks could see it is shown for so long: an output that was away, a turn that failed."""


def process_names(services: "Services", config: Config) -> tuple[str, ...]:
    """The processes this station should have, by its configuration."""
    if services.repos.written.shares_air and not holds_air(folder_of(services.repos.written.data)):
        return ("playout", "web", PAIR)  # the others rest while the other machine has the air
    return ("playout", "web", "worker", *(one.name for one in config.extra_processes))


def seen_now(services: "Services", damage: str = "") -> StationState:
    """One look. `damage`: what a reading of the whole database has found."""
    repos = services.repos
    now, database = repos.clock.now(), damage or database_fault(repos.store.path)
    beats = {name: _beat(services, name) for name in process_names(services, repos.written)}
    air, worker = (beats.get(name) for name in ("playout", "worker"))
    state: dict[str, Any] = air.state if air else {}
    inner = state.get("fault") or {}
    return StationState(
        ages={name: (now - beat.at).total_seconds() if beat else None for name, beat in beats.items()},
        database=database,
        disk=_disk_fault(repos.written.data),
        free_bytes=_free(repos.written.data),
        clock_trusted=bool(state.get("clock_trusted")),
        voice=str(worker.state.get("no_voice", "")) if worker else "",
        outputs=tuple(
            OutputState(
                str(one["name"]),
                one["state"] == "open" and not (one.get("unheard") and one.get("counts", True)),
                str(one.get("message") or ""),
                str(one.get("lost") or "-") if _is_fresh(one.get("lost_at"), now) else "",
            )
            for one in state.get("outputs", [])
        ),
        selftest=_selftest(services),
        inner=str(inner.get("reason", "")) if inner.get("lasts") or _is_fresh(inner.get("at"), now) else "",
    )


def _selftest(services: "Services") -> str:
    """What the last self-test said, where it was not good."""
    sql = "SELECT reason FROM journal WHERE kind = 'selftest' AND reason LIKE 'selftest_%' ORDER BY seq DESC LIMIT 1"
    try:
        found = services.repos.store.value(sql)
    except sqlite3.Error:
        return ""
    return "" if found in {None, "selftest_good"} else str(found)


def database_fault(path: Path) -> str:
    """The reason why the database gives no row or takes no transaction; empty = it does both."""
    try:
        with closing(sqlite3.connect(path.as_uri() + "?mode=rw", uri=True, timeout=BUSY_FOR)) as db:
            db.isolation_level = None
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
    except sqlite3.Error as error:
        return reason_of(error, "database_lost")
    return ""


def database_damage(path: Path) -> str:
    """The reason why the database as a whole cannot be believed; empty = every page holds. It reads all of it."""
    try:
        with closing(sqlite3.connect(path.as_uri() + "?mode=ro", uri=True, timeout=BUSY_FOR)) as db:
            whole = db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.OperationalError:
        return ""  # locked, or no descriptor: that is told by `database_fault`
    except sqlite3.Error as error:
        return reason_of(error, DAMAGED)
    return "" if whole else DAMAGED


def _is_fresh(at: str | None, now: datetime) -> bool:
    return at is not None and abs(now - datetime.fromisoformat(at)) < SHOWN_FOR


def _beat(services: "Services", name: str) -> Any:
    try:
        return services.repos.jobs.heartbeat(name)
    except sqlite3.Error:
        return None


def _disk_fault(folder: Path) -> str:
    """Whether the data folder takes and gives back a few bytes, all the way to the disk."""
    probe = folder / ".disk-probe"
    try:
        file = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, b"loa")
            os.fsync(file)
        finally:
            os.close(file)
        probe.unlink(missing_ok=True)
    except OSError as error:
        return reason_of(error, "disk_error")
    return ""


def _free(folder: Path) -> int | None:
    try:
        return free_bytes(folder)
    except OSError:
        return None
