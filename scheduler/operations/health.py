"""What the station says of its own health: gathered from rows, judged by `core.station.health`.

It is asked every few seconds by watchmen, so it reads a few small rows and no file. It never shows where an output
leads to, who is signed in, or anything that opens a door.
"""

import shutil
import sqlite3
from typing import Any

from scheduler.core.station.health import Check, Facts, HealthState, checks, worst
from scheduler.core.words.wording import sentence
from scheduler.services.station import link_state
from scheduler.services.station import station_seen as seen
from scheduler.station import Station

__all__ = ["health_now", "health_to_dict", "process_names", "release", "station_facts"]


def release() -> str:
    """The version of this software; "0" = run from a folder that was never installed."""
    return link_state.release() or "0"


def process_names(station: Station) -> tuple[str, ...]:
    """The processes this station should have, by its configuration."""
    return seen.process_names(station.services, station.services.config)


def station_facts(station: Station, *, deep: bool = False) -> Facts:
    """What is known of the station now; `deep` also asks the disk."""
    now = station.clock.now()
    try:
        beats = {name: station.services.processes.heartbeat(name) for name in process_names(station)}
    except sqlite3.Error:
        return Facts(database=False, ages={}, clock_trusted=False, outputs={})
    ages = {name: (now - beat.at).total_seconds() if beat else None for name, beat in beats.items()}
    state: dict[str, Any] = beats["playout"].state if beats["playout"] else {}
    return Facts(
        database=True,
        ages=ages,
        clock_trusted=bool(state.get("clock_trusted")),
        outputs={str(one["name"]): one["state"] == "open" for one in state.get("outputs", [])},
        free_bytes=shutil.disk_usage(station.config.data).free if deep else None,
    )


def health_now(station: Station) -> HealthState:
    """The word for all."""
    return worst(checks(station_facts(station)))


def health_to_dict(station: Station, *, deep: bool = False) -> dict[str, Any]:
    """The word for all, each check with its reason, and which release runs."""
    found = checks(station_facts(station, deep=deep))
    return {"status": worst(found).value, "checks": [_to_dict(one) for one in found], "version": release()}


def _to_dict(one: Check) -> dict[str, Any]:
    told = {"name": one.name, "state": one.state.value, "reason": one.reason}
    return told | {"sentence": "" if one.state is HealthState.OK else sentence(one.reason)}
