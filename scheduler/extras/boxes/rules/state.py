"""What a box tells of itself, read with nothing believed; and how it stands, by that and by the ward's clock.

Measured or absent: a value that is no number, or cannot be one, is left out, never replaced. A box is green only for a
state that it has signed itself and that is fresh; its last will makes it red at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any

from scheduler.core.vendor_values import shown
from scheduler.extras.boxes.rules.messages import CLOCK_SLACK

__all__ = ["BoxOutput", "BoxState", "Look", "PresenceWord", "clock_is_off", "look_of", "presence_of", "read_state"]

LATE = 2.5
"""So many times its own interval without a state, and a box is late."""
MOST_OUTPUTS = 64


class Look(StrEnum):
    """How a box stands."""

    ON_AIR = "on_air"
    QUIET = "quiet"
    LATE = "late"
    """Its last will has not come, but no state either."""
    CUT_OFF = "cut_off"
    NEVER = "never"


class PresenceWord(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class BoxOutput:
    name: str
    kind: str
    state: str
    level_dbfs: float | None


@dataclass(frozen=True, slots=True)
class BoxState:
    """A box as it measured itself; None = not measured, or not told in a form that can be one."""

    at: datetime | None
    every: float
    """Seconds between two states."""
    outputs: tuple[BoxOutput, ...] = ()
    airing: str = ""
    """Title of what sounds; empty = nothing does."""
    disk_free_mb: int | None = None
    temperature_c: float | None = None
    volume: int | None = None
    """Percent."""
    muted: bool | None = None
    clock_trusted: bool | None = None
    plan_seq: int = 0
    clips_missing: int | None = None
    clips_fault: str = ""
    """Reason code."""
    newest_seq: int = 0
    version: str = ""
    connection: str = ""
    """Of a vendor's box: how it says it is connected."""
    power_w: float | None = None


def read_state(told: Mapping[str, Any]) -> BoxState:
    """A box's state of its own making."""
    outputs = told.get("outputs")
    clips, airing, plan = (_object(told.get(name)) for name in ("clips", "airing", "plan"))
    return BoxState(
        at=_instant(told.get("at")),
        every=_number(told.get("every"), 1, 86_400) or 60.0,
        outputs=_outputs(outputs if isinstance(outputs, Sequence) else ()),
        airing=shown(airing.get("title"), 200),
        disk_free_mb=_whole(told.get("disk_free_mb"), 0, 10**9),
        temperature_c=_number(told.get("temperature_c"), -60, 150),
        volume=_whole(told.get("volume"), 0, 100),
        muted=told["muted"] if isinstance(told.get("muted"), bool) else None,
        clock_trusted=told["clock_trusted"] if isinstance(told.get("clock_trusted"), bool) else None,
        plan_seq=_whole(plan.get("seq"), 0, 2**62) or 0,
        clips_missing=_whole(clips.get("missing"), 0, 10**6),
        clips_fault=shown(clips.get("reason"), 60),
        newest_seq=_whole(told.get("newest_seq"), 0, 2**62) or 0,
        version=shown(told.get("version"), 40),
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _outputs(told: Sequence[Any]) -> tuple[BoxOutput, ...]:
    rows = [one for one in told if isinstance(one, Mapping)][:MOST_OUTPUTS]
    return tuple(
        BoxOutput(
            shown(one.get("name"), 60),
            shown(one.get("kind"), 20),
            shown(one.get("state"), 20),
            _number(one.get("level_dbfs"), -120, 3),
        )
        for one in rows
    )


def _number(value: object, low: float, high: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return float(value) if low <= value <= high else None


def _whole(value: object, low: int, high: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None


def _instant(value: object) -> datetime | None:
    try:
        made = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return made if made.tzinfo else None


def presence_of(told: object) -> PresenceWord | None:
    """What stands on a presence topic; a vendor may write the bare word, or 1 and 0."""
    word = told.get("presence") if isinstance(told, Mapping) else told
    if isinstance(word, bool | int):
        return PresenceWord.ONLINE if word else PresenceWord.OFFLINE
    text = str(word).strip().lower()
    return {"online": PresenceWord.ONLINE, "1": PresenceWord.ONLINE}.get(text) or (
        PresenceWord.OFFLINE if text in {"offline", "0", ""} else None
    )


def look_of(
    state: BoxState | None,
    state_at: datetime | None,
    online: bool | None,  # noqa: FBT001 - a fact among facts
    online_at: datetime | None,
    now: datetime,
) -> tuple[Look, datetime | None]:
    """How a box stands now, and since when that is known."""
    if state is None or state_at is None:
        return (Look.CUT_OFF, online_at) if online is False else (Look.NEVER, None)
    if online is False and (online_at is None or online_at >= state_at):
        return Look.CUT_OFF, online_at
    if now - state_at > max(timedelta(seconds=state.every * LATE), timedelta(seconds=15)):
        return Look.LATE, state_at
    return (Look.ON_AIR if state.airing else Look.QUIET), state_at


def clock_is_off(ahead_ms: int | None) -> bool:
    """Whether a box's clock is too far from the ward's for its plan to mean anything."""
    return ahead_ms is not None and abs(timedelta(milliseconds=ahead_ms)) > CLOCK_SLACK
