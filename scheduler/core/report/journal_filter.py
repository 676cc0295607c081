"""Which airings of the journal are asked for, and what they come to.

Pure: rows are found by the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduler.core.model import AiringOutcome

__all__ = ["Filter", "Place", "place_of"]

Place = tuple[str, str, int]
"""Day, planned start and number of a row: where a page begins or ends."""


def place_of(row: Mapping[str, Any]) -> Place:
    """Where a row stands."""
    return row["day"], row["planned_start"], row["seq"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which airings: days (both included), and whatever else is not None."""

    first: date
    last: date
    campaign_id: int | None = None
    dispatch: str | None = None
    zone: str | None = None
    outcomes: tuple[AiringOutcome, ...] = ()
    """Empty = every one."""
    words: str = ""
    """In the title or the number of the dispatch; capitals and diacritics make no difference."""

    @property
    def is_plain(self) -> bool:
        """Nothing but the days."""
        return not (self.campaign_id or self.dispatch or self.zone or self.outcomes or self.words)
