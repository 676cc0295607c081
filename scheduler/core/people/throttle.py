"""How long somebody who has guessed wrong waits before the next try: some tries are free, then the waits grow.

Pure: the tries are an argument. A try during a wait is not counted, so that nobody can stretch another's wait; whose
tries are counted together is the caller's to choose.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

__all__ = ["CODE", "KNOWN_DEVICE", "ONE_ACCOUNT", "ONE_ACCOUNT_AND_ADDRESS", "ONE_ADDRESS", "Budget", "waits_until"]


class Budget(NamedTuple):
    """Tries that are counted together."""

    free: int
    """Wrong tries before the first wait."""
    first: timedelta
    """The first wait; each further wrong try doubles it."""
    longest: timedelta
    window: timedelta
    """Older tries are forgotten."""


_HALF_MINUTE, _QUARTER = timedelta(seconds=30), timedelta(minutes=15)
KNOWN_DEVICE = Budget(5, _HALF_MINUTE, _QUARTER, timedelta(days=1))
"""A device on which this account has signed in before."""
ONE_ACCOUNT_AND_ADDRESS = Budget(5, _HALF_MINUTE, _QUARTER, timedelta(days=1))
ONE_ADDRESS = Budget(20, _HALF_MINUTE, _QUARTER, timedelta(hours=1))
"""Whatever accounts it tries."""
ONE_ACCOUNT = Budget(30, _HALF_MINUTE, _QUARTER, timedelta(hours=1))
"""From whatever addresses, unknown devices only."""
CODE = Budget(5, timedelta(seconds=10), timedelta(minutes=5), timedelta(hours=1))
"""The code of an emergency, an approval, a change of people."""
_MOST_DOUBLINGS = 20


def waits_until(wrong: Sequence[datetime], budget: Budget, now: datetime) -> datetime | None:
    """The instant from which the next try is taken; None = now.

    Args:
        wrong: when each wrong try was, oldest first.
        budget: how many are free, and how the waits grow.
        now: tries older than the budget's window are forgotten.

    """
    counted = [at for at in wrong if at > now - budget.window]
    over = len(counted) - budget.free
    if over < 0:
        return None
    until = counted[-1] + min(budget.first * 2 ** min(over, _MOST_DOUBLINGS), budget.longest)
    return until if until > now else None
