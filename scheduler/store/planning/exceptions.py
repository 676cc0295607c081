"""What the order of a campaign leaves out, as its columns: days as a list of ISO dates, hours as the windows they are.

The gate is given it with the facts of a slot, so that a campaign that was changed meanwhile is kept as it now is.
"""

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from scheduler.core.planning.excepted import NONE, Exceptions
from scheduler.core.planning.rules import parse_window
from scheduler.store.database import Row, json_text

__all__ = ["days_of", "days_text", "exceptions_of"]


@lru_cache(maxsize=256)
def days_of(text: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(one) for one in json.loads(text))


def days_text(days: Sequence[date]) -> str:
    return json_text([one.isoformat() for one in days])


def exceptions_of(row: Row) -> Exceptions:
    """Of a row with the four columns of its campaign; of a slot without a campaign there are none."""
    if row["except_days_json"] is None:
        return NONE
    return _exceptions(row["except_days_json"], row["except_windows_json"], row["dates_json"], row["max_minutes"])


@lru_cache(maxsize=256)
def _exceptions(days: str, windows: str, dates: str, max_minutes: int | None) -> Exceptions:
    """Every airing of a campaign asks the same."""
    return Exceptions(days_of(days), tuple(map(parse_window, json.loads(windows))), days_of(dates), max_minutes)
