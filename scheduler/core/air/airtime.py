"""Thời lượng: minutes heard, by day, campaign and dispatch, added up from journal rows.

Only measured seconds are added; nothing is read from plans or counters. `airings` counts those played or played in
part; sound of airings that ended otherwise (pre-empted, failed half-way) was heard too: it is in the seconds and
counted as `cut`. What was only recorded was heard by nobody: it is counted by itself and gives no second.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import fsum, isfinite
from typing import TypeVar

from scheduler.core.air.standing import Tally
from scheduler.core.model import AiringOutcome, Seconds

__all__ = ["Aired", "Airtime", "AirtimeRow", "AirtimeSum", "sum_airtime"]

_Key = TypeVar("_Key", bound=Hashable)
ZERO = Seconds(0.0)


@dataclass(frozen=True, slots=True)
class Aired:
    """One row of the journal, as far as airtime goes."""

    day: date
    campaign_id: int | None
    dispatch: str | None
    """Number and symbol of the dispatch it answers; None when it answers none."""
    seconds: Seconds
    """Measured, 0 when nothing was heard."""
    outcome: AiringOutcome


@dataclass(frozen=True, slots=True)
class AirtimeSum:
    played: int
    partial: int
    cut: int
    """Heard in part, but ended neither played nor partial."""
    unheard: int
    """Ended without any sound: missed, refused, failed, cancelled."""
    recorded: int
    """No loudspeaker was there: only a file was written."""
    seconds: Seconds
    part_seconds: Seconds = ZERO
    """Of `seconds`: of what was not heard whole."""

    @property
    def airings(self) -> int:
        return self.played + self.partial

    @property
    def tally(self) -> Tally:
        """The same by how the airings stand."""
        return Tally(
            whole=self.played,
            partly=self.partial + self.cut,
            silent=self.unheard,
            recorded=self.recorded,
            played_ms=round(self.seconds * 1000),
            partly_ms=round(self.part_seconds * 1000),
        )


@dataclass(frozen=True, slots=True)
class AirtimeRow:
    """The sum of one campaign on one day for one dispatch."""

    day: date
    campaign_id: int | None
    dispatch: str | None
    sum: AirtimeSum


@dataclass(frozen=True, slots=True)
class Airtime:
    """The same journal rows added up in each of the ways a report asks for."""

    total: AirtimeSum
    by_day: Mapping[date, AirtimeSum]
    rows: tuple[AirtimeRow, ...]
    """By day, then campaign (none last), then dispatch."""


def sum_airtime(aired: Iterable[Aired]) -> Airtime:
    """Adds up journal rows; the order they come in changes nothing, not even the last digit."""
    rows = list(aired)
    for one in rows:
        if not isfinite(one.seconds) or one.seconds < 0:
            raise ValueError(f"journal row of {one.day} has {one.seconds} measured seconds")
    finest = _grouped(rows, lambda one: (one.day, one.campaign_id, one.dispatch))
    lines = [AirtimeRow(*key, found) for key, found in finest.items()]
    lines.sort(key=lambda line: (line.day, line.campaign_id is None, line.campaign_id or 0, line.dispatch or ""))
    return Airtime(
        total=_added(rows),
        by_day=dict(sorted(_grouped(rows, lambda one: one.day).items())),
        rows=tuple(lines),
    )


def _grouped(rows: Iterable[Aired], key: Callable[[Aired], _Key]) -> dict[_Key, AirtimeSum]:
    groups: dict[_Key, list[Aired]] = {}
    for one in rows:
        groups.setdefault(key(one), []).append(one)
    return {name: _added(group) for name, group in groups.items()}


def _added(rows: list[Aired]) -> AirtimeSum:
    played = sum(one.outcome is AiringOutcome.PLAYED for one in rows)
    partial = sum(one.outcome is AiringOutcome.PARTIAL for one in rows)
    recorded = sum(one.outcome is AiringOutcome.RECORDED for one in rows)
    heard = [one for one in rows if one.outcome is not AiringOutcome.RECORDED]
    others = [one for one in heard if one.outcome not in {AiringOutcome.PLAYED, AiringOutcome.PARTIAL}]
    cut = sum(one.seconds > 0 for one in others)
    seconds = Seconds(fsum(one.seconds for one in heard))
    part_seconds = Seconds(fsum(one.seconds for one in heard if one.outcome is not AiringOutcome.PLAYED))
    return AirtimeSum(played, partial, cut, len(others) - cut, recorded, seconds, part_seconds)
