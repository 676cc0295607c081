"""What should sound at the far end of the line now, from what playout says of itself once a second.

Where playout has said nothing for some seconds, nothing is expected and nothing is called stray; after a minute without
a word of it whatever sounds is not ours. It reads one row and decides nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler.core.model import DEFAULT_ZONE, Trigger
from scheduler.core.station.kept import Heartbeat
from scheduler.extras.air_check.rules.air_watch import Air

__all__ = ["Expectation", "Expected", "hears"]

SILENT_AFTER = timedelta(seconds=2)
"""Less than what makes stray sound: an airing that begins while playout is late with its word is not called stray."""
GONE_AFTER = timedelta(seconds=60)
SETTLES = 3.0
"""Seconds, besides the delay of the line, after a beginning or an end in which either may still be heard."""


def hears(zone: str, zones: Collection[str]) -> bool:
    """Whether what plays in `zone` is heard by a monitor of `zones`."""
    return zone == DEFAULT_ZONE or DEFAULT_ZONE in zones or zone in zones


@dataclass(frozen=True, slots=True)
class Expected:
    """`slot_id`, `title`: of what plays."""

    air: Air
    slot_id: str | None = None
    title: str = ""


class Expectation:
    """`zones`: those that can be heard. `delay`: seconds until a sound has certainly come back."""

    def __init__(self, zones: Collection[str], delay: float) -> None:
        self._zones = zones
        self._settles = timedelta(seconds=delay + SETTLES)
        self._sounded_at: datetime | None = None

    def look(self, beat: Heartbeat | None, now: datetime) -> Expected:
        """What should sound now."""
        if self._sounded_at is None:
            self._sounded_at = now  # what ended just before we came may still be heard
        age = None if beat is None else abs(now - beat.at)
        if beat is None or age is None or SILENT_AFTER < age <= GONE_AFTER:
            return Expected(Air.UNSURE)
        told = beat.state.get("airings", []) if age <= SILENT_AFTER else []
        airings = [one for one in told if hears(str(one["zone"]), self._zones)]
        if not airings:
            passed = now - self._sounded_at
            return Expected(Air.NOTHING if passed < timedelta(0) or passed > self._settles else Air.UNSURE)
        self._sounded_at = now
        first = airings[-1]
        due = any(self._must_sound(one, beat.state, now) for one in airings)
        return Expected(Air.PLAYING if due else Air.UNSURE, str(first["slot_id"]), str(first["title"]))

    def _must_sound(self, airing: dict[str, Any], state: dict[str, Any], now: datetime) -> bool:
        """A live voice may be silent, a relay may be without its source; playout tells of both itself."""
        if airing["trigger"] == Trigger.LIVE or now - datetime.fromisoformat(airing["started_at"]) < self._settles:
            return False
        if airing["trigger"] == Trigger.RELAY:
            return any(
                one["slot_id"] == airing["slot_id"] and one.get("state") == "on" for one in state.get("relay", [])
            )
        return True
