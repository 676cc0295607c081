"""Which orders of people are new: the days ahead are planned around them, after they were given and never before.

It evaluates no rule and plans nothing; whoever orders never waits for a plan.
"""

from collections.abc import Iterable

from scheduler.core.model import Trigger

__all__ = ["BY_PEOPLE", "OrdersSeen"]

BY_PEOPLE = frozenset({Trigger.MANUAL, Trigger.EMERGENCY, Trigger.DRILL, Trigger.LIVE})
"""What the plan makes room for once it has been ordered."""


class OrdersSeen:
    def __init__(self) -> None:
        self._known: set[str] = set()

    def are_new(self, orders: Iterable[str]) -> bool:
        """Whether any of the open orders of people came since the last call."""
        now_open = set(orders)
        new = bool(now_open - self._known)
        self._known = now_open
        return new
