"""The plan that is owed: what it is made from has changed, and its rows do not follow yet.

Whoever changes something that the plan is made from does so in `changing`: the change and the word that the plan is
owed are one transaction, whatever dies behind it. Playout plans within a second, and nobody who acts waits for it;
where no playout plans, the act itself does. It decides nothing about the plan: `day_plans` does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from scheduler.services.repositories import Repositories

__all__ = ["OwedPlan"]

LATE = timedelta(seconds=10)
"""A plan that playout owes for so long is made by the worker."""


class OwedPlan:
    def __init__(self, repos: Repositories, replan: Callable[[], None]) -> None:
        """`replan`: writes the plans of today and the days ahead."""
        self._repos = repos
        self._replan = replan

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Rows that the plan is made from change in here, all or none; the plan follows."""
        with self._repos.store.write():
            yield
            if by_playout := self._playout_plans():
                now = self._repos.clock.now()
                self._repos.jobs.owe_plan(self._repos.people.machine(now).id, now)
        if not by_playout:
            self._replan()

    def since(self) -> datetime | None:
        """Since when the rows of the plan do not follow; None = they do."""
        return self._repos.jobs.plan_owed_since()

    def make_late(self) -> bool:
        """Make a plan that playout has owed for too long; whether one was made."""
        since = self.since()
        if since is None or abs(self._repos.clock.now() - since) < LATE:
            return False
        self._replan()
        return True

    def _playout_plans(self) -> bool:
        """Whether a playout lives that plans: not one that ends, nor one whose clock is not trusted."""
        beat = self._repos.jobs.heartbeat("playout")
        if beat is None or not beat.lives(self._repos.clock.now()):
            return False
        return bool(beat.state.get("clock_trusted")) and not beat.state.get("stopping")
