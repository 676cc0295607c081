"""Việc cần làm in words: each task with its sentence, its time, and the button or the page that mends it.

The desk finds and orders the tasks; here they only get words and addresses. Who has no right to a button is shown the
page instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask import current_app, url_for

from scheduler.core.station.tasks import ACTS, Gravity, Mend, Task, is_pressing, task_sentence
from scheduler.features import FEATURES
from scheduler.kernel.words import Words
from web.formats import local

__all__ = ["GROUPS", "TodoTold", "group_of", "todo_told"]

GROUPS = Words(Path(__file__).parent, "task_groups", str)
"""How the page can be narrowed: what fails, who waits, what is good to see to."""
LOOKS = {Gravity.NOW: "err", Gravity.FAILS: "err", Gravity.WAITS: "wait", Gravity.HEED: "warn"}
ICONS = {Gravity.NOW: "cross", Gravity.FAILS: "cross", Gravity.WAITS: "clock", Gravity.HEED: "warn"}
STATES = Words(Path(__file__).parent, "task_states", Gravity)
"""Word of a task's mark, beside its colour and icon."""
PRESSES = Words(Path(__file__).parent, "task_presses", str)
"""Words of what one press does."""
_PLACES = Words(Path(__file__).parent, "task_places", Mend)
PLACES: dict[str, tuple[str, str, str, str]] = {
    Mend.PLAY_AGAIN: (_PLACES[Mend.PLAY_AGAIN], "journal.page", "", ""),
    Mend.READ_AGAIN: (_PLACES[Mend.READ_AGAIN], "announcements.page", "announcement_id", ""),
    Mend.REOPEN: (_PLACES[Mend.REOPEN], "settings_outputs.page", "", ""),
    Mend.BACKUP: (_PLACES[Mend.BACKUP], "settings_care.backups", "", ""),
    Mend.APPROVE: (_PLACES[Mend.APPROVE], "approvals.sheet", "announcement_id", ""),
    Mend.UPGRADE: (_PLACES[Mend.UPGRADE], "approvals.listed", "", ""),
    Mend.RELAY: (_PLACES[Mend.RELAY], "relays.listed", "", "ban-tin-"),
    Mend.CAMPAIGN: (_PLACES[Mend.CAMPAIGN], "campaigns.page", "campaign_id", ""),
    Mend.ANNOUNCEMENT: (_PLACES[Mend.ANNOUNCEMENT], "announcements.page", "announcement_id", ""),
    Mend.RECORDINGS: (_PLACES[Mend.RECORDINGS], "recordings.listed", "", ""),
    Mend.DISPATCH: (_PLACES[Mend.DISPATCH], "dispatches.page", "dispatch_id", ""),
    Mend.JOURNAL: (_PLACES[Mend.JOURNAL], "journal.page", "", ""),
    Mend.CLOCK: (_PLACES[Mend.CLOCK], "clock.page", "", ""),
    Mend.STATION: (_PLACES[Mend.STATION], "settings_care.health", "", ""),
}
"""Where the rest is done: words, endpoint, the argument and the anchor that `about` becomes; and those of extras."""
OF_EXTRAS = {name: place for feature in FEATURES for name, place in feature.mends.items()}
LOOK = "Xem"
"""What stands instead of "Duyệt" for who may not."""
HOME = "settings.page"
"""Where a page that is not there leads."""


@dataclass(frozen=True, slots=True)
class TodoTold:
    """A task as a page draws it; nothing of a person is in it."""

    task: Task
    why: str
    title: str
    look: str
    icon: str
    state: str
    group: str
    press: str
    right: str
    """Of `press`; who has it not is shown `word` instead."""
    word: str
    address: str
    waits_word: str
    """`word` for who may not approve."""

    @property
    def key(self) -> str:
        return self.task.key

    @property
    def due(self) -> datetime | None:
        return self.task.due

    @property
    def is_now(self) -> bool:
        return self.task.gravity is Gravity.NOW

    @property
    def last_day(self) -> date | None:
        """Of a deadline that is the end of a day: that day."""
        due = local(self.task.due) if self.task.due else None
        return due.date() - timedelta(days=1) if due and due.time() == time(0) else None

    @property
    def airings(self) -> int:
        """How many airings the cause spoils."""
        told = self.task.details.get("airings", "") if self.task.gravity is Gravity.FAILS else ""
        return int(told) if told.isdecimal() else 0

    def can_wait(self, now: datetime) -> bool:
        """Whether it may be put off."""
        return not is_pressing(self.task, now)


def todo_told(task: Task) -> TodoTold:
    word, endpoint, argument, anchor = _place(task.mend)
    return TodoTold(
        task=task,
        why=task_sentence(task),
        title=task.details.get("title", ""),
        look=LOOKS[task.gravity],
        icon=ICONS[task.gravity],
        state=STATES[task.gravity],
        group=group_of(task),
        press=PRESSES.get(task.mend, ""),
        right=ACTS.get(task.mend, ""),
        word=word,
        address=_address(task, endpoint, argument, anchor),
        waits_word=LOOK if task.mend in {Mend.APPROVE, Mend.UPGRADE} else word,
    )


def _place(mend: str) -> tuple[str, str, str, str]:
    if place := OF_EXTRAS.get(mend):
        return place.word, place.endpoint, place.argument, place.anchor
    return PLACES[mend]


def group_of(task: Task) -> str:
    """The group a task is found in."""
    return "loi" if task.gravity <= Gravity.FAILS else "cho" if task.gravity is Gravity.WAITS else "xem"


def _address(task: Task, endpoint: str, argument: str, anchor: str) -> str:
    views: dict[str, Callable[..., Any]] = current_app.view_functions
    if endpoint not in views:
        endpoint, argument, anchor = HOME, "", ""
    values: dict[str, Any] = {}
    if argument:
        values[argument] = int(task.about)
    if anchor:
        values["_anchor"] = f"{anchor}{task.about}"
    return url_for(endpoint, **values)
