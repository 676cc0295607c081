"""Việc cần làm: everything that will fail or waits for a person, as one list; its order, and what may be put off.

A task names its cause by `key`: the same cause told twice is one task, and a task may cover causes that it explains.
What is failing at this moment comes first, then what has a time, soonest first, then the rest by how grave it is.
Pure: who finds the causes and who mends them stands in `tasks`; a task that will fail within two hours is never
hidden, whoever asked for it. A task is told to whoever has a share in it, and to nobody else; only who has the right
that its mending asks is given a button. The rights are `approval`'s, and what a task is about stands in the task.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple

from scheduler.core.announcement import approval
from scheduler.core.model import Person
from scheduler.core.words.wording import sentence
from scheduler.features import FEATURES
from scheduler.kernel.errors import Refused

__all__ = [
    "LONGEST_OFF",
    "PRESSED",
    "PRESSING",
    "RIGHTS",
    "STATES",
    "Gravity",
    "Mend",
    "PutOff",
    "Share",
    "Task",
    "is_hidden",
    "is_pressing",
    "ordered",
    "put_off_until",
    "share_of",
    "task_sentence",
]

PRESSING = timedelta(hours=2)
"""What fails within this time cannot be put off."""
LONGEST_OFF = timedelta(days=14)
"""The longest that anything is put off at once."""


class Gravity(IntEnum):
    """How grave a task is; a smaller number goes first."""

    NOW = 0
    """Failing at this moment: nothing, or not everything, can sound."""
    FAILS = 1
    """Something planned will not sound."""
    WAITS = 2
    """Somebody waits for a word."""
    HEED = 3
    """Good to see to."""


class Mend(StrEnum):
    """What mends a task: an act of one press, or the place where it is done. Extras have places of their own."""

    PLAY_AGAIN = "play_again"
    READ_AGAIN = "read_again"
    REOPEN = "reopen"
    APPROVE = "approve"
    UPGRADE = "upgrade"
    RELAY = "relay"
    APPROVE_RELAY = "approve_relay"
    CAMPAIGN = "campaign"
    ANNOUNCEMENT = "announcement"
    RECORDINGS = "recordings"
    DISPATCH = "dispatch"
    JOURNAL = "journal"
    BACKUP = "backup"
    STATION = "station"
    CLOCK = "clock"


PRESSED = frozenset({Mend.PLAY_AGAIN, Mend.READ_AGAIN, Mend.REOPEN, Mend.BACKUP})
"""What the list itself does with one press; the rest is done where it leads."""
RIGHTS: Mapping[str, str] = {
    Mend.PLAY_AGAIN: "play_now",
    Mend.READ_AGAIN: "make_speech",
    Mend.REOPEN: "test_output",
    Mend.APPROVE: "approve",
    Mend.UPGRADE: "approve",
    Mend.RELAY: "plan",
    Mend.APPROVE_RELAY: "approve",
    Mend.CAMPAIGN: "plan",
    Mend.ANNOUNCEMENT: "write",
    Mend.RECORDINGS: "record",
    Mend.DISPATCH: "write",
    Mend.JOURNAL: "test_output",
    Mend.BACKUP: "backup",
    Mend.STATION: "configure",
    Mend.CLOCK: "confirm_clock",
} | {name: place.right for feature in FEATURES for name, place in feature.mends.items()}
"""What mends a task -> the act that doing it asks; those of extras say theirs in the record."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `reason` with `details` is its sentence; `about` is what the mending is about."""

    key: str
    reason: str
    gravity: Gravity
    mend: str
    """A `Mend`, or a place of the record."""
    about: str = ""
    due: datetime | None = None
    """When it spoils something, or by when it is to be done; None = no time is known."""
    details: Mapping[str, str] = field(default_factory=dict)
    covers: frozenset[str] = frozenset()
    """Keys of tasks that this one explains: they are not told beside it."""
    only_for: int = 0
    """The person whose task alone it is; 0 = nobody's in particular."""
    zones: frozenset[str] = frozenset()
    """Where mending it acts, "all" = the whole ward; empty = nowhere in particular."""
    authors: frozenset[int] = frozenset()
    """Who wrote what it is about."""

    @property
    def mark(self) -> str:
        """What a person has seen of it when putting it off; another mark is news."""
        return f"{self.reason} {self.gravity.value} {self.due.isoformat() if self.due else ''}"


class PutOff(NamedTuple):
    """A person's "để sau" of one task, as it looked then."""

    until: datetime
    mark: str


def ordered(tasks: Iterable[Task]) -> list[Task]:
    """Every task once, in the order they are to be seen to. The order they come in makes no difference."""
    kept: dict[str, Task] = {}
    for task in sorted(tasks, key=_place):
        first = kept.get(task.key)
        kept[task.key] = task if first is None else _one(first, task)
    covered = {key for task in kept.values() for key in task.covers if key != task.key}
    roots = {task.key: task for task in kept.values() if task.key not in covered}
    # Only what is not covered itself explains anything: so nothing is ever lost, however they cover each other.
    gone = {key for task in roots.values() for key in task.covers if key in kept} - set(roots)
    for task in roots.values():
        for key in sorted(task.covers & gone):
            kept[task.key] = _sooner(kept[task.key], kept[key])
    told = [
        task if key in roots else replace(task, covers=frozenset()) for key, task in kept.items() if key not in gone
    ]
    return sorted(told, key=_place)


def _place(task: Task) -> tuple[object, ...]:
    now = task.gravity is Gravity.NOW
    rank = 0 if now else 1 if task.due else 2
    due = task.due.timestamp() if task.due and not now else 0.0
    # Everything that is told apart is in the key of the order: equal places are equal tasks.
    told = (task.reason, task.mend, task.about, task.mark, sorted(task.details.items()), sorted(task.covers))
    return rank, due, task.gravity.value, task.key, *told, task.only_for, sorted(task.zones), sorted(task.authors)


def _one(first: Task, other: Task) -> Task:
    """Two that name one cause: the words of the one that goes first, all that either covers."""
    return replace(_sooner(first, other), covers=first.covers | other.covers)


def _sooner(task: Task, other: Task) -> Task:
    """`task`, with the time and the gravity of `other` where those are sooner and graver."""
    dues = [due for due in (task.due, other.due) if due]
    return replace(task, gravity=min(task.gravity, other.gravity), due=min(dues, default=None))


def is_pressing(task: Task, now: datetime) -> bool:
    """Whether it is failing now or will within two hours."""
    if task.gravity is Gravity.NOW:
        return True
    return task.gravity is Gravity.FAILS and task.due is not None and task.due - now <= PRESSING


def put_off_until(task: Task, wanted: datetime, now: datetime) -> datetime:
    """Until when it is out of sight: as long as wanted, but back two hours before it fails.

    Raises Refused: todo_pressing, time_invalid.
    """
    if is_pressing(task, now):
        raise Refused("todo_pressing")
    if wanted <= now:
        raise Refused("time_invalid", value="")
    until = min(wanted, now + LONGEST_OFF)
    return min(until, task.due - PRESSING) if task.gravity is Gravity.FAILS and task.due else until


def is_hidden(task: Task, put_off: PutOff, now: datetime) -> bool:
    """Whether a person who put it off does not see it now: not when it presses, nor when it has changed since."""
    return now < put_off.until and put_off.mark == task.mark and not is_pressing(task, now)


def task_sentence(task: Task) -> str:
    """Its sentence. Details that are reason codes themselves (`why`) are said in words."""
    details = dict(task.details)
    if why := details.get("why"):
        details["why"] = sentence(why, details)
    return sentence(task.reason, details)


# Whose it is


class Share(IntEnum):
    """What a person has to do with a task."""

    NONE = 0
    """Nothing: it is not told."""
    KNOWS = 1
    """It says how the station is, and others mend it: told without a button."""
    AWAITS = 2
    """What they wrote waits for a leader."""
    DOES = 3
    """They may do it."""


LEADERS_WORD = frozenset({"approve", "break_in"})
"""Acts by which a leader lets something hold; nobody does them on what they wrote, but where there is one officer."""
STATES = frozenset({Mend.STATION, Mend.CLOCK, Mend.REOPEN, Mend.JOURNAL})
"""What mends the station itself and its ways to the loudspeakers."""
OF_ALL = frozenset({"unheard", "unheard_zone", "worker_silent"})
"""Of those, what everybody must know though it can wait."""


def share_of(task: Task, person: Person, *, one_officer: bool) -> Share:
    """What `person` has to do with `task`; `one_officer`: config says that who wrote may approve."""
    if task.only_for not in {0, person.id}:
        return Share.NONE
    if _does(task, person, one_officer=one_officer):
        return Share.DOES
    if RIGHTS[task.mend] in LEADERS_WORD and person.id in task.authors:
        return Share.AWAITS
    is_told = task.gravity in {Gravity.NOW, Gravity.FAILS} or task.reason in OF_ALL
    return Share.KNOWS if task.mend in STATES and is_told else Share.NONE


def _does(task: Task, person: Person, *, one_officer: bool) -> bool:
    right, is_own = RIGHTS[task.mend], person.id in task.authors
    if not approval.may(person.role, right) or (right in LEADERS_WORD and is_own and not one_officer):
        return False
    if person.role not in approval.ZONE_BOUND:
        return True
    in_zones = all(approval.may_in(person.role, right, person.zones, zone) for zone in task.zones)
    return in_zones and (is_own or not task.authors)
