"""A day of Lịch phát as people look at it: its parts (sáng, trưa, chiều, tối), and what would keep an airing silent.

Pure. It shows what the gate would say as far as that can be known beforehand; it moves nothing (that is `placing`'s)
and is not asked before sound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduler.core.local_time import Span, day_span, local_instant, merged
from scheduler.core.model import Sha256, Slot, StationRules, Trigger
from scheduler.core.planning.excepted import NONE, Exceptions, met, too_long
from scheduler.core.planning.rules import is_quiet, quiets_of

__all__ = ["PARTS", "DayPart", "Known", "hindrance", "parts_of"]

PARTS = (("dem", time(0)), ("sang", time(4)), ("trua", time(10, 30)), ("chieu", time(13, 30)), ("toi", time(18)))
"""The parts of a day, each from its wall time on: night, morning, noon, afternoon, evening."""
QUARTER = timedelta(minutes=15)
_BY_RIGHT = frozenset({Trigger.EMERGENCY})


@dataclass(frozen=True, slots=True)
class DayPart:
    """One part of a day in which something may sound or has sounded: from `start` to `end`, whole quarters."""

    key: str
    start: datetime
    end: datetime
    slots: tuple[Slot, ...]


def parts_of(day: date, stretches: Iterable[Span], slots: Sequence[Slot], rules: StationRules) -> list[DayPart]:
    """The parts of a day that have open time or an airing; one that crosses into the next belongs to its start.

    The last part goes on behind midnight where a window or an airing of the day does.
    """
    begins, midnight = day_span(day, rules.zone_name)
    stretches = tuple(stretches)
    ends = max([midnight, *(end for _, end in stretches), *(slot.end for slot in slots)])
    edges = [local_instant(day, at, rules.zone_name) or begins for _, at in PARTS] + [ends]
    parts: list[DayPart] = []
    for number, (key, _) in enumerate(PARTS):
        low, high = edges[number], edges[number + 1]
        own = tuple(slot for slot in slots if low <= slot.start < high)
        open_ = [(max(start, low), min(end, high)) for start, end in stretches if start < high and low < end]
        spans = merged([*open_, *((slot.start, slot.end) for slot in own)])
        if spans:
            first, last = spans[0][0], max(end for _, end in spans)
            parts.append(DayPart(key, _quarter(first, begins), _quarter(last, begins, up=True), own))
    return parts


def _quarter(instant: datetime, origin: datetime, *, up: bool = False) -> datetime:
    """The quarter of an hour since `origin` at or before an instant, or at or behind it."""
    count = -((origin - instant) // QUARTER) if up else (instant - origin) // QUARTER
    return origin + count * QUARTER


@dataclass(frozen=True, slots=True)
class Known:
    """What is known now of an airing to come. `approved_sha256`: of the sound that may air; None = nothing may."""

    approved_sha256: Sha256 | None
    is_retired: bool = False
    is_stopped: bool = False
    is_paused: bool = False
    excepted: Exceptions = NONE
    """What the order of its campaign leaves out."""


def hindrance(slot: Slot, known: Known, rules: StationRules) -> tuple[str, dict[str, object]]:
    """Why an airing to come would stay silent if nothing changed, with the details of its sentence; "" when it sounds.

    Caps and the state of the station are left to the gate and to the readiness check.
    """
    reason = _of_sound(slot, known)
    if reason or slot.trigger in _BY_RIGHT:
        return reason, {}
    if known.is_paused:
        return "campaign_paused", {}
    if found := met(known.excepted, slot.start, slot.end, rules.zone_name) or too_long(known.excepted, slot.length):
        return found[0], dict(found[1])
    for quiet in quiets_of(rules, slot.zone):
        if window := is_quiet(quiet, slot.start, slot.end, rules.zone_name):
            return "quiet_hours", {"window": str(window), "legal_basis": quiet.legal_basis}
    return "", {}


def _of_sound(slot: Slot, known: Known) -> str:
    if known.is_stopped:
        return "campaign_stopped"
    if known.approved_sha256 is None:
        return "unapproved"
    if known.approved_sha256 != slot.audio_sha256:
        return "audio_changed"
    return "audio_retired" if known.is_retired else ""
