"""Việc cần làm: the one list of what will fail or waits for somebody, put off by a person, or mended.

The causes are looked up in `task_causes` and wherever else the station keeps some; `tasks` orders them and says
what may be hidden. A mending act is done here only where one press does it, by the act of the desk that it belongs to,
which asks the right. Nothing is ever removed from the list by hand: it goes when its cause is gone.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduler.core.announcement.approval import may
from scheduler.core.model import Person, Role
from scheduler.core.station.tasks import RIGHTS, Mend, PutOff, Task, is_hidden, ordered, put_off_until
from scheduler.features import wanted
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.air.air import AirService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.repositories import Repositories, permit
from scheduler.services.station import airing_tasks, task_causes
from scheduler.services.station.backups import BackupService
from scheduler.services.station.task_scope import with_scope
from scheduler.store.station.tasks import PutOffs

__all__ = ["LATER", "Mended", "TaskList", "TaskService"]

MORNING = time(7, 0)
MOST_NAMES = 2
"""How many people are named who can mend something."""
_MENDERS = (Role.TECHNICIAN, Role.ADMIN, Role.APPROVER, Role.EDITOR, Role.CONTRIBUTOR, Role.GUEST)
MOST_TURNS = 3
"""Readings of an announcement that is aired again by hand."""
LATER = ("gio", "mai", "3ngay")
"""For how long a task may be put off: an hour, until tomorrow morning, three days."""


class TaskList(NamedTuple):
    """The list as one person sees it."""

    tasks: list[Task]
    put_off: list[tuple[Task, datetime]]
    """What this person has put off, and until when."""


class Mended(NamedTuple):
    """What one press has done: `about` is the slot, the announcement or the output."""

    mend: str
    about: str


class TaskService:
    def __init__(
        self,
        repos: Repositories,
        air: AirService,
        announcements: AnnouncementService,
        backups: BackupService,
    ) -> None:
        self._repos = repos
        self._air = air
        self._announcements = announcements
        self._backups = backups
        self._put_offs = PutOffs(repos.store)

    def open(self) -> list[Task]:
        """Everything that will fail or waits for a person, in the order it is to be seen to.

        That something is not planned is not said while the plan is owed: it may be about to be.
        """
        repos, now = self._repos, self._repos.clock.now()
        today = repos.config.station.day_of(now)
        on_air = self._air.on_air()
        follows = repos.jobs.plan_owed_since() is None
        unplanned = list(task_causes.not_planned(repos, today)) if follows else []
        follows = follows and repos.jobs.plan_owed_since() is None
        found = task_causes.all_of(
            task_causes.found_ahead(repos, plan_follows=follows),
            task_causes.of_the_air(on_air, self._repos.config),
            airing_tasks.approvals(repos, now),
            airing_tasks.returned(repos, now),
            task_causes.not_aired(repos, today),
            unplanned if follows else (),
            airing_tasks.unplanned(repos, now) if follows else (),
            airing_tasks.changed_times(repos, now) if follows else (),
            task_causes.duties(repos, today),
            task_causes.processes(repos, now) if on_air.alive else (),
            task_causes.backups(self._backups),
            task_causes.certificate(repos, now),
            *(tasks(repos, now) for tasks in wanted(lambda one: one.tasks, repos.config, repos.store.has_row)),
        )
        return with_scope(repos, ordered(found))

    def put_offs(self) -> dict[int, dict[str, PutOff]]:
        """What everybody has put off, by person and key."""
        return self._put_offs.all(self._repos.clock.now())

    def who_mends(self) -> dict[str, tuple[str, ...]]:
        """Right that mending asks -> the names of some who have it; whose work it is before a leader."""
        people = [one for one in self._repos.people.listed() if one.active]
        people.sort(key=lambda one: (_MENDERS.index(one.role), one.login))
        named = {right: [one.name for one in people if may(one.role, right)] for right in RIGHTS.values()}
        return {right: tuple(names[:MOST_NAMES]) for right, names in named.items()}

    def put_off(self, actor: Person, key: str, later: str) -> datetime:
        """Put a task off for this person; gives until when. Raises Refused: todo_gone, todo_pressing, time_invalid."""
        permit(actor, "see")
        task, now = self._task(key), self._repos.clock.now()
        until = put_off_until(task, self._wanted(later, now), now)
        self._put_offs.put(actor.id, key, PutOff(until, task.mark), now)
        return until

    def take_back(self, actor: Person, key: str) -> bool:
        """Let this person see a task again; False where it was not put off."""
        permit(actor, "see")
        return self._put_offs.take_back(actor.id, key)

    def mend(self, actor: Person, key: str) -> Mended:
        """Do what mends a task with one press. Raises NotPermitted; Refused: todo_gone, and whatever the act raises."""
        task = self._task(key)
        match task.mend:
            case Mend.PLAY_AGAIN:
                return Mended(task.mend, self._play_again(actor, task.about))
            case Mend.READ_AGAIN:
                self._announcements.make_speech(actor, int(task.about))
                return Mended(task.mend, task.about)
            case Mend.REOPEN:
                permit(actor, "test_output")
                self._repos.jobs.command("reopen", {"output": task.about}, actor.id, self._repos.clock.now())
                return Mended(task.mend, task.about)
            case Mend.BACKUP:
                return Mended(task.mend, str(self._backups.ask(actor)))
        raise Refused("todo_gone")

    def _play_again(self, actor: Person, slot_id: str) -> str:
        """Air again, in the same zone, what a slot should have aired."""
        slot = self._repos.slots.slot(slot_id)
        repeat = min(slot.repeat, MOST_TURNS)
        return self._air.play_now(actor, slot.announcement_id, chime=slot.chime, repeat=repeat, zone=slot.zone)

    def _task(self, key: str) -> Task:
        found = next((task for task in self.open() if task.key == key), None)
        if found is None:
            raise Refused("todo_gone")
        return found

    def _wanted(self, later: str, now: datetime) -> datetime:
        if later == "gio":
            return now + timedelta(hours=1)
        if later == "3ngay":
            return now + timedelta(days=3)
        if later != "mai":
            raise NotFound("time to put off", later)
        zone = ZoneInfo(self._repos.config.station.time_zone)
        return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), MORNING, zone)


def seen(tasks: Iterable[Task], put_off: dict[str, PutOff], now: datetime) -> TaskList:
    """A person's list apart: what is seen, and what is put off until when."""
    shown: list[Task] = []
    hidden: list[tuple[Task, datetime]] = []
    for task in tasks:
        off = put_off.get(task.key)
        if off is not None and is_hidden(task, off, now):
            hidden.append((task, off.until))
        else:
            shown.append(task)
    return TaskList(shown, hidden)
