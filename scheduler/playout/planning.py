"""The plan of the days ahead, made anew in playout's own turns once something is owed to it.

That is: people have given an order that it makes room for, have changed what it is made from, or an airing of it is to
be made good. Whoever acts never waits for it. It evaluates no rule: the desk plans.
"""

from collections.abc import Iterable

from scheduler.core.model import Trigger
from scheduler.playout.active_airings import ActiveAirings
from scheduler.playout.clock_watch import ClockWatch
from scheduler.playout.life import Life
from scheduler.playout.turn_guard import PLAN_AGAIN, TurnGuard
from scheduler.services import Services

__all__ = ["BY_PEOPLE", "Planning"]

BY_PEOPLE = frozenset({Trigger.MANUAL, Trigger.EMERGENCY, Trigger.DRILL, Trigger.LIVE})
"""What the plan makes room for once it has been ordered."""
RESTS = 4
"""Times what a plan took that no other is made, however much is changed: four fifths of the time are playout's."""


class Planning:
    """Used by the service's thread alone."""

    def __init__(
        self, services: Services, guard: TurnGuard, watch: ClockWatch, in_hand: ActiveAirings, life: Life
    ) -> None:
        """`in_hand`: knows whether the plan is owed."""
        self._services, self._guard, self._watch, self._in_hand, self._life = services, guard, watch, in_hand, life
        self._orders: frozenset[str] = frozenset()
        self._rests_until = float("-inf")

    def look(self) -> None:
        """People may have changed what the plan is made from."""
        if self._services.campaigns.owed.since() is not None:
            self._in_hand.owes = True

    def seen(self, orders: Iterable[str]) -> None:
        """The open orders of people: the days ahead are planned around new ones, after they were given."""
        now_open = frozenset(orders)
        if now_open - self._orders:
            self._in_hand.owes = True
        self._orders = now_open

    def work(self, *, first: bool = False) -> bool:
        """Plan, if that is owed and the clock is trusted; whether it was tried."""
        clock, guard = self._guard.clock, self._guard
        if not (self._in_hand.owes and self._watch.trusted and guard.is_due("plan")):
            return False
        if (began := clock.monotonic()) < self._rests_until:
            return False
        with guard.part("plan", longest=PLAN_AGAIN):
            if first:
                self._services.proof.close_days_quietly()
            with self._life.at_work():
                self._services.campaigns.replan()
            self._in_hand.owes = False
        ended = clock.monotonic()
        self._rests_until = ended + RESTS * (ended - began)
        return True
