"""Whose a task is: who may do it, who waits for its end, and who must know of it though others mend it.

A task is told to whoever has a share in it, and to nobody else; only who has the right that its mending asks is given
a button. Pure: the rights are `approval`'s, and what a task is about stands in the task.
"""

from enum import IntEnum

from scheduler.core.announcement import approval
from scheduler.core.model import Person
from scheduler.core.station.tasks import RIGHTS, Gravity, Mend, Task

__all__ = ["STATES", "Share", "share_of"]


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
