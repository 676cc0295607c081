"""What a box says of itself: its state as measured, and what its own journal says that its ward has not seen yet.

A value that was not measured is left out. The level of an airing is the loudest that its outputs were seen at while it
sounded; of one that nobody watched none is told.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from scheduler.core.station.kept import PLAYOUT_SILENT_AFTER
from scheduler.extras.boxes.keys import BoxConfig
from scheduler.extras.boxes.service.box import PROCESS, BoxService
from scheduler.kernel.disk_reserve import free_bytes
from scheduler.services.station.link_state import release
from scheduler.station import Station
from scheduler.store import Row

__all__ = ["BoxReport", "disk_free_mb", "temperature_c"]

_ZONES = Path("/sys/class/thermal")
_HOTTEST, _COLDEST = 150.0, -60.0


def disk_free_mb(folder: Path) -> int | None:
    """Megabytes that this account may still write where the data is."""
    try:
        return free_bytes(folder) // 1_000_000
    except OSError:
        return None


def temperature_c(zones: Path = _ZONES) -> float | None:
    """The hottest of the machine's own sensors, in degrees Celsius; None where it has none, or they say nonsense."""
    found = []
    for path in sorted(zones.glob("thermal_zone*/temp")):
        try:
            degrees = int(path.read_text(encoding="ascii").strip()) / 1000
        except (OSError, ValueError):
            continue
        if _COLDEST < degrees < _HOTTEST:
            found.append(degrees)
    return round(max(found), 1) if found else None


MOST_LEVELS = 500


class BoxReport:
    """Looks at what playout measures, and makes the messages of it."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._rows = station.services.get(BoxService).rows
        self._boot, self._count = secrets.token_hex(8), 0
        self._levels: dict[str, float] = {}
        self._airings: list[dict[str, Any]] = []
        self._outputs: list[dict[str, Any]] | None = None
        self._clock_trusted: bool | None = None

    def look(self) -> object:
        """Read playout's heartbeat; a mark that changes with what the ward should hear of at once."""
        beat, now = self._station.repos.jobs.heartbeat("playout"), self._station.clock.now()
        if beat is None or abs(now - beat.at) > PLAYOUT_SILENT_AFTER:
            self._airings, self._outputs, self._clock_trusted = [], None, None
            return "silent"
        self._airings, self._outputs = beat.state.get("airings", []), beat.state.get("outputs", [])
        self._clock_trusted = bool(beat.state.get("clock_trusted"))
        levels = [one["level_dbfs"] for one in self._outputs if one.get("level_dbfs") is not None]
        for airing in self._airings if levels else ():
            self._levels[airing["slot_id"]] = max(*levels, self._levels.get(airing["slot_id"], -200.0))
        while len(self._levels) > MOST_LEVELS:
            del self._levels[next(iter(self._levels))]
        told = [(one["name"], one["state"]) for one in self._outputs]
        marks = [self._rows.told(name) for name in ("volume", "muted", "plan_fault")]
        return [one["slot_id"] for one in self._airings], told, self._clock_trusted, marks

    def state(self, *, nonce: str = "") -> dict[str, Any]:
        """The box's state now."""
        station, rows = self._station, self._rows
        self._count += 1
        missing = rows.missing()
        told: dict[str, Any] = {
            "cluster": station.written.get(BoxConfig).id,
            "key": station.services.get(BoxService).public_key(),
            "at": station.clock.now().isoformat(),
            "boot": self._boot,
            "count": self._count,
            "every": station.written.get(BoxConfig).report_seconds,
            "outputs": self._outputs,
            "airing": self._airings[-1] if self._airings else None,
            "clock_trusted": self._clock_trusted,
            "disk_free_mb": disk_free_mb(station.config.data),
            "temperature_c": temperature_c(),
            "volume": rows.told("volume"),
            "muted": bool(rows.told("muted", False)),
            "plan": {"seq": rows.told_seq("plan_seq"), "slots": rows.told("plan_seq", 0)},
            "plan_fault": rows.told("plan_fault", ""),
            "clips": {"missing": len(missing), "reason": next((row["reason"] for row in missing if row["reason"]), "")},
            "newest_seq": rows.newest_seq(),
            "version": release(),
            "nonce": nonce,
        }
        return {name: value for name, value in told.items() if value not in (None, "")}

    def unseen(self) -> dict[str, Any] | None:
        """Airings and answers that the ward has not confirmed; None = it has everything."""
        rows = self._rows
        airings = rows.airings_after(rows.told("seen_seq", 0))
        answers = rows.answers_after(rows.told("seen_answer", 0))
        if not airings and not answers:
            return None
        return {
            "cluster": self._station.written.get(BoxConfig).id,
            "key": self._station.services.get(BoxService).public_key(),
            "at": self._station.clock.now().isoformat(),
            "airings": [self._airing(row) for row in airings],
            "answers": [{name: row[name] for name in ("number", "id", "answer", "reason")} for row in answers],
        }

    def _airing(self, row: Row) -> dict[str, Any]:
        told: dict[str, Any] = {
            "seq": row["seq"],
            "slot_id": row["slot_id"],
            "day": row["day"],
            "title": row["title"],
            "trigger": row["trigger"],
            "started_at": row["actual_start"],
            "ended_at": row["actual_end"],
            "planned_ms": row["planned_ms"],
            "played_ms": row["played_ms"],
            "outcome": row["outcome"],
            "reason": row["reason"],
            "level_dbfs": self._levels.get(row["slot_id"]) if row["played_ms"] else None,
            "hash": row["hash"],
        }
        return {name: value for name, value in told.items() if value is not None}

    def beat(self, *, connected: bool, reason: str) -> None:
        """The heartbeat of the box's own process."""
        state = {"connected": connected, "reason": reason}
        self._station.repos.jobs.beat(PROCESS, os.getpid(), self._station.clock.now(), state)
