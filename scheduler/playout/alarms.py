"""Alarms: they ring, and that is all. APScheduler is an alarm clock here, never a truth.

Its jobs live in memory and are set anew from the rows at every start and change. Its own ideas of lateness are switched
off (`misfire_grace_time=None`): by default it drops a job that is a second late. What a ring means is the service's
business. `SteppedAlarms` rings on a clock that is stepped by hand.
"""

from collections.abc import Callable
from datetime import datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

import scheduler.playout.lean_imports  # noqa: F401 - first: what it imports, the others use

# isort: split
from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from scheduler.core.local_time import next_local_instant

Ring = Callable[[str], None]


class Alarms(Protocol):
    """What the service needs of an alarm clock. A name has one alarm; setting it again moves it."""

    def set(self, name: str, at: datetime) -> None:
        """Ring `name` at `at`, at once if that is past."""

    def daily(self, name: str, at: time) -> None:
        """Ring `name` every day at local wall time `at`."""

    def cancel(self, name: str) -> None:
        """Forget `name`; unknown names are no fault."""

    def next_at(self) -> datetime | None:
        """When the next alarm of `set` rings; None when there is none."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def tick(self, now: datetime) -> None:
        """Ring what is due by `now`, for clocks that are stepped by hand."""


class SystemAlarms:
    """APScheduler's BackgroundScheduler on the machine's clock."""

    def __init__(self, zone_name: str, ring: Ring) -> None:
        self._ring = ring
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={
                "default": DebugExecutor()
            },  # a ring is one put into a queue: no pool to run full or to end in a race
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=ZoneInfo(zone_name),
        )

    def set(self, name: str, at: datetime) -> None:
        self._scheduler.add_job(self._ring, "date", run_date=at, args=[name], id=name, replace_existing=True)

    def daily(self, name: str, at: time) -> None:
        self._scheduler.add_job(
            self._ring,
            "cron",
            hour=at.hour,
            minute=at.minute,
            second=at.second,
            args=[name],
            id=name,
            replace_existing=True,
        )

    def cancel(self, name: str) -> None:
        try:
            self._scheduler.remove_job(name)
        except JobLookupError:
            return  # it has rung already

    def next_at(self) -> datetime | None:
        jobs = self._scheduler.get_jobs()
        return min((job.next_run_time for job in jobs if job.trigger.__class__ is DateTrigger), default=None)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:  # a half-started playout is stopped too
            self._scheduler.shutdown(wait=False)

    def tick(self, now: datetime) -> None:
        """Nothing to do: the scheduler's own thread rings."""


class SteppedAlarms:
    """Alarms that ring only inside `tick`, in the order of their instants."""

    def __init__(self, zone_name: str, ring: Ring) -> None:
        self._zone_name = zone_name
        self._ring = ring
        self._at: dict[str, datetime] = {}
        self._soonest: datetime | None = None
        self._is_sorted = True
        """Whether `_soonest` is the least of `_at`: it is asked for at every turn, and seldom another."""
        self._daily: dict[str, time] = {}
        self._next_daily: dict[str, datetime] = {}
        self._ticked: datetime | None = None

    def set(self, name: str, at: datetime) -> None:
        self._at[name] = at
        self._is_sorted = False

    def daily(self, name: str, at: time) -> None:
        self._daily[name] = at

    def cancel(self, name: str) -> None:
        self._at.pop(name, None)
        self._is_sorted = False
        self._daily.pop(name, None)
        self._next_daily.pop(name, None)

    def next_at(self) -> datetime | None:
        if not self._is_sorted:
            self._soonest, self._is_sorted = min(self._at.values(), default=None), True
        return self._soonest

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        self._at.clear()
        self._is_sorted = False

    def tick(self, now: datetime) -> None:
        if (soonest := self.next_at()) is not None and soonest <= now:
            self._is_sorted = False
            for _, name in sorted((at, name) for name, at in self._at.items() if at <= now):
                del self._at[name]
                self._ring(name)
        since = self._ticked
        if since is None or now < since:  # a clock that was put back comes to its hours once more
            since = now
            self._next_daily.clear()
        for name, at in self._daily.items():
            due = self._next_daily.get(name) or next_local_instant(since, at, self._zone_name)
            if due <= now:
                self._ring(name)
                due = next_local_instant(now, at, self._zone_name)
            self._next_daily[name] = due
        self._ticked = now
