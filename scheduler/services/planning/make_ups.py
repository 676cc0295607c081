"""Where an airing that gives way to a wish is made up: the next free time of its campaign on the days ahead.

Asked of the planner of that day, which has to take it without moving anybody; nothing is written here. What the pin of
such a decision means is `core.planning.make_up`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from scheduler.core.model import Person, Slot
from scheduler.core.planning.day_plan import DayPlan
from scheduler.core.planning.make_good import ordinal_of
from scheduler.core.planning.make_up import MakeUp
from scheduler.core.planning.outlook_words import NamedMove
from scheduler.core.planning.placement import Pin
from scheduler.core.planning.wished_times import WishedDay
from scheduler.services.planning.day_plans import DayPlans
from scheduler.services.planning.wished_days import DayVersion
from scheduler.services.repositories import Repositories

__all__ = ["DaySeen", "JudgedMakeUp", "MakeUps"]


@dataclass(frozen=True, slots=True)
class JudgedMakeUp:
    """An airing that may give way, and the day that would make it up, planned with it."""

    lost: Slot
    title: str
    pin: Pin
    plan: DayPlan
    known: DayVersion
    """That day as it stood when this was judged."""

    @property
    def at(self) -> datetime:
        return self.pin.made_up or self.lost.start

    @property
    def decision(self) -> MakeUp:
        return MakeUp(self.lost.id, self.at)

    @property
    def move(self) -> NamedMove:
        return NamedMove(self.title, self.lost.start, self.at, made_up=True)


class DaySeen(NamedTuple):
    """A day to judge on, and how it stood before it was read: what changes in between is noticed at the writing."""

    known: DayVersion
    wished: WishedDay


class MakeUps:
    def __init__(self, repos: Repositories, days: DayPlans) -> None:
        self._repos = repos
        self._days = days

    def first(self, lost: Slot, by: Person, on: Callable[[date], DaySeen]) -> JudgedMakeUp | None:
        """The next place for it on the days behind its own; `on`: a day as it stands. None where these hold none."""
        for day in self._days.ahead():
            if day <= lost.day:
                continue
            for start in on(day).wished.make_up_starts(lost):
                if found := self._tried(lost, start, by, on(day)):
                    return found
        return None

    def at(self, lost: Slot, start: datetime, by: Person, on: Callable[[date], DaySeen]) -> JudgedMakeUp | None:
        """It is made up at this very start; None where it cannot be."""
        day = self._repos.config.station.day_of(start)
        is_ahead = day > lost.day and day in self._days.ahead()
        return self._tried(lost, start, by, on(day)) if is_ahead else None

    def _tried(self, lost: Slot, start: datetime, by: Person, seen: DaySeen) -> JudgedMakeUp | None:
        ordinal = ordinal_of(lost)
        if lost.campaign_id is None or ordinal is None:
            return None
        pin = Pin(
            lost.day,
            lost.campaign_id,
            ordinal,
            None,
            lost.start,
            by.id,
            by.name,
            made_up=start,
            made_up_day=seen.known.day,
            announcement_id=lost.announcement_id,
        )
        plan = seen.wished.with_make_up(pin)
        return JudgedMakeUp(lost, self._repos.programme.title_of(lost), pin, plan, seen.known) if plan else None
