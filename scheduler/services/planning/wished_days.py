"""Days as they stand, put together from rows, to judge wished times on them.

A planner that was made ready for a day is kept for as long as the same campaigns run: while somebody types a time, only
the first look pays for it. Nothing is written here; what is judged and how is `core.planning.wished_times`'.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from scheduler.core.air.cue_list import length, turns
from scheduler.core.model import Announcement, Sha256, Slot, StationRules
from scheduler.core.planning.day_plan import PlannedCampaign
from scheduler.core.planning.placement import Pin
from scheduler.core.planning.planner import DayPlanner
from scheduler.core.planning.wished_times import WishedDay
from scheduler.services.air.cue_lists import CueLists
from scheduler.services.planning.day_plans import DayPlans, whole_second
from scheduler.services.repositories import Repositories
from scheduler.store import Moved

__all__ = ["DayVersion", "WishedDays"]

KEPT_DAYS = 8
"""Planners that are kept."""


@dataclass(frozen=True, slots=True)
class DayVersion:
    """A day as it stood when a change was judged: written only while it still stands so."""

    day: date
    slots: tuple[Slot, ...]
    pins: tuple[Pin, ...]


class _MadeOf(NamedTuple):
    running: tuple[PlannedCampaign, ...]
    rules: StationRules
    beside: tuple[Slot, ...]


class WishedDays:
    def __init__(self, repos: Repositories, days: DayPlans) -> None:
        self._repos = repos
        self._days = days
        self._rundowns = CueLists(repos)
        self._moved = Moved(repos.store)
        self._planners: dict[date, tuple[_MadeOf, DayPlanner]] = {}

    def version(self, day: date) -> DayVersion:
        return DayVersion(day, tuple(self._repos.slots.of_day(day)), tuple(self._moved.of_day(day)))

    def asked(self, seen: Announcement, zones: Sequence[str]) -> tuple[Slot, ...]:
        """One airing of an announcement for each zone, as its shape has it; without a time yet."""
        frames, says = self._rundowns.sound_of(seen)
        items = self._rundowns.items(frames, chime=seen.shape.chime, repeat=turns(seen.shape.times, says))
        now = whole_second(self._repos.clock.now())
        return tuple(
            Slot(
                id=f"wished-{zone}",
                day=self._days.ahead()[0],
                zone=zone,
                start=now,
                length=length(items),
                campaign_id=None,
                announcement_id=seen.id,
                audio_sha256=Sha256(seen.audio_sha256 or ""),
                chime=seen.shape.chime,
                repeat=seen.shape.times,
                priority=seen.priority,
            )
            for zone in zones
        )

    def on(
        self,
        day: date,
        asked: Sequence[Slot],
        running: Sequence[PlannedCampaign],
        may_move: Callable[[Slot], bool],
        *,
        without: Collection[str] = (),
        as_kept: bool = True,
    ) -> WishedDay:
        """A day to judge on.

        Args:
            day: a day of the station's zone.
            asked: the airings that are wished for.
            running: the campaigns that run, or would.
            may_move: whether an airing of the planner may give way.
            without: standing slots that would be gone.
            as_kept: these campaigns run already, so that the rows are the plan where they follow.

        """
        days, not_before = self._days, whole_second(self._days.not_before())
        earliest, pins = days.earliest(day, not_before), self._moved.of_day(day)
        standing = [slot for slot in days.standing(day) if slot.id not in without]
        made_of = _MadeOf(tuple(running), self._repos.config.rules, days.beside(day, not_before))
        planner = self._planner(day, made_of)
        follows = as_kept and not without and self._repos.jobs.plan_owed_since() is None
        before = (days.kept(day) if follows else None) or planner.plan(fixed=standing, not_before=earliest, pins=pins)
        return WishedDay(
            planner, asked, standing=standing, before=before, pins=pins, not_before=earliest, may_move=may_move
        )

    def _planner(self, day: date, made_of: _MadeOf) -> DayPlanner:
        kept = self._planners.get(day)
        if kept is None or kept[0] != made_of:
            kept = made_of, DayPlanner(day, made_of.running, made_of.rules, beside=made_of.beside)
            days = [*self._planners, day]
            if len(days) > KEPT_DAYS:
                self._planners.pop(days[0], None)
            self._planners[day] = kept
        return kept[1]
