"""Whether the wall clock may be believed, as a rule: it goes on from what was written, unless a person has said so.

A clock that stands before the newest row is either wrong now, or was wrong when that row was written; no machine can
know which. Whoever reads the real hour can: their word counts from then on. Pure; who may say it is the desk's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

__all__ = ["EARLIEST", "Ahead", "is_trusted"]

EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)
"""Older than any installation: a machine whose clock stands before it has lost its time."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Rows that were written by a clock which ran ahead of the one that is read now."""

    rows: int
    until: datetime
    """The latest hour that stands in them."""
    airings: Mapping[str, int] = field(default_factory=dict)
    """Day -> airings heard under a date that is still to come: they are not aired again."""


def is_trusted(now: datetime, newest: datetime | None, earliest: datetime = EARLIEST) -> bool:
    """`newest`: the latest hour that rows tell, of those that nobody has set right."""
    return now >= max(newest or earliest, earliest)
