"""Tasks in words: what is to be done, what comes of it if nobody does, and the button or the page that mends it.

The desk finds and orders the tasks, and says what share a person has in each; here they only get words and addresses.
Who may not mend a task has no button to it: who waits for it may look, who must know of it reads who mends it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app, url_for

from scheduler.core.planning.outlook_words import when_words
from scheduler.core.station.tasks import PRESSED, RIGHTS, Gravity, Mend, Share, Task, is_pressing, task_sentence
from scheduler.features import FEATURES
from scheduler.kernel.words import Words
from web.auth import services

__all__ = ["TodoTold", "todo_told"]

LOOKS = {Gravity.NOW: "err", Gravity.FAILS: "err", Gravity.WAITS: "wait", Gravity.HEED: "warn"}
HEADS = Words(Path(__file__).parent, "task_heads", str)
"""What is to be done with what a title names, of tasks whose sentence is too long for it: by their reason."""
TAILS = Words(Path(__file__).parent, "task_tails", str)
"""Parts of what comes of a task."""
LINKS = Words(Path(__file__).parent, "task_links", str)
"""Words of the way to a task's page, where the place has too wide ones: by their reason."""
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
    Mend.APPROVE_RELAY: (_PLACES[Mend.APPROVE_RELAY], "relays.listed", "", "ban-tin-"),
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
"""What stands instead of "Duyệt" for who waits for it."""
HOME = "settings.page"
"""Where a page that is not there leads."""


@dataclass(frozen=True, slots=True)
class TodoTold:
    """A task as a page draws it; nothing of a person is in it."""

    task: Task
    share: Share
    title: str
    """What people have called it that the task is about; may be empty."""
    words: str
    """What is to be done; in small letters it stands behind the title, else before it."""
    note: str
    """What a leader has written to it."""
    tails: tuple[str, ...]
    """What comes of it, or how it is mended; each a sentence of its own."""
    look: str
    waits: bool
    """Whether it may be put off."""
    press: str
    """What one press does; empty where it is done on a page, and for who may not."""
    word: str
    """The way to the page; empty for who may not mend it there, nor waits for it."""
    address: str

    @property
    def key(self) -> str:
        return self.task.key

    @property
    def name(self) -> str:
        """What it is called where there is room for a few words only."""
        return self.title or self.words

    @property
    def title_first(self) -> bool:
        return self.words[:1].islower()

    @property
    def is_approval(self) -> bool:
        """Whether an announcement waits for this leader's word."""
        return self.task.mend == Mend.APPROVE and self.share is Share.DOES

    @property
    def is_theirs(self) -> bool:
        """Whether it is theirs to do or to wait for, and no more than to know."""
        return self.share > Share.KNOWS


def todo_told(task: Task, share: Share, now: datetime, who_mends: Mapping[str, Sequence[str]]) -> TodoTold:
    """A task in words, as it stands at `now` for a person who has this share in it.

    `who_mends`: right -> names of people who have it.
    """
    word, endpoint, argument, anchor = _place(task.mend)
    word = LINKS.get(task.reason, word)
    title, told = task.details.get("title", ""), task_sentence(task)
    words, tails = (HEADS[task.reason], _parts(task)) if task.reason in HEADS else ("", [told]) if title else (told, [])
    more = [_consequence(task, now), _named(who_mends.get(RIGHTS[task.mend], ())) if share is Share.KNOWS else ""]
    does = share is Share.DOES
    return TodoTold(
        task=task,
        share=share,
        title=title,
        words=words,
        note=task.details.get("note", ""),
        tails=(*tails, *filter(None, more)),
        look=LOOKS[task.gravity],
        waits=not is_pressing(task, now),
        press=PRESSES[task.mend] if does and task.mend in PRESSED else "",
        word=word if does else LOOK if share is Share.AWAITS else "",
        address=_address(task, endpoint, argument, anchor),
    )


def _named(names: Sequence[str]) -> str:
    """Who mends what the reader must know of."""
    return TAILS.say("mended_by", names=", ".join(names)) if names else ""


def _parts(task: Task) -> list[str]:
    return [TAILS.say(name, **task.details) for name, gap in _PARTS.get(task.reason, ()) if gap in task.details]


_PARTS = {
    "approval_waits": (("sent", "sent"), ("lost", "at"), ("late", "gone")),
    "returned_waits": (("in_time", "at"), ("too_late", "gone")),
    "airing_moved": (("moved", "now"),),
}
"""Which sentences stand below the head of a task, each with the detail that it needs."""


def _consequence(task: Task, now: datetime) -> str:
    """What something that fails spoils, and when."""
    if task.gravity is not Gravity.FAILS:
        return ""
    airings = task.details.get("airings", "")
    many = airings.isdecimal() and int(airings) > 1
    if task.due is None or task.due <= now:
        return TAILS.say("never_many", airings=airings) if many and task.due else ""
    due = when_words(task.due, now, services().config.station.time_zone)
    return TAILS.say("fails_many" if many else "fails", due=due, airings=airings)


def _place(mend: str) -> tuple[str, str, str, str]:
    if place := OF_EXTRAS.get(mend):
        return place.word, place.endpoint, place.argument, place.anchor
    return PLACES[mend]


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
