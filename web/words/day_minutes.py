"""Today's minutes against what each dispatch has ordered, for the live page: measured, still planned, and the target.

The numbers are the ledger's. Adding a day up costs more than a look at the air, so it is done anew only when something
of the day has ended or was planned.
"""

import threading
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduler.core.planning.ledger import total
from web.auth import services, station
from web.words.page_words import decimal

__all__ = ["DayMinutes", "MinutesTold"]

KEPT_FOR = 60.0
"""Seconds after which a sum is made anew anyway: an order may change without any slot."""
MOST = 4
"""Dispatches shown; those with most left come first."""


@dataclass(frozen=True, slots=True)
class MinutesTold:
    """One dispatch's day. Minutes heard are measured, those owed are lengths."""

    dispatch_id: int | None
    number: str
    heard: float
    ordered: float
    owed: float
    owed_airings: int
    lost_airings: int

    @property
    def told(self) -> tuple[str, str, str]:
        """Minutes heard, ordered and owed, in digits."""
        return decimal(self.heard), decimal(self.ordered), decimal(self.owed)

    @property
    def share(self) -> int:
        """Of the order, what has been heard, in percent."""
        return min(100, round(100 * self.heard / self.ordered)) if self.ordered else 0


class DayMinutes:
    """The sums of one application, kept while nothing of the day has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: object = None
        self._told: list[MinutesTold] = []

    def of(self, today: date, slots: list[dict[str, Any]]) -> list[MinutesTold]:
        """Each dispatch that has ordered something for today; `slots`: the day's, whose changes call for a new sum."""
        marks = [(slot["id"], slot["outcome"], slot["length_ms"]) for slot in slots]
        key = today, marks, station().clock.monotonic() // KEPT_FOR
        with self._lock:
            if key != self._key:
                self._key, self._told = key, _summed(today)
            return self._told


def _summed(today: date) -> list[MinutesTold]:
    told = []
    for dispatch_id, lines in services().ledger.between(today, today).items():
        account = total(line.account for line in lines)
        if dispatch_id is None or not account.ordered:
            continue
        told.append(
            MinutesTold(
                dispatch_id=dispatch_id,
                number=services().dispatches.get(dispatch_id).number_symbol,
                heard=account.heard_minutes,
                ordered=account.ordered_minutes,
                owed=account.owed_minutes,
                owed_airings=account.owed,
                lost_airings=account.lost,
            )
        )
    return sorted(told, key=lambda one: (one.heard - one.ordered, one.number))[:MOST]
