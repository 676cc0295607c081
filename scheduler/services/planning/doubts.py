"""Doubtful values of a dispatch: nothing airs by its order before an officer has confirmed or corrected each of them.

What is doubtful `core.dispatch` says; here is asked whether somebody has looked. It never changes a value.
"""

from scheduler.core.model import Person
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories
from scheduler.store import Readings

__all__ = ["refuse_doubtful", "state_frequency"]

_STATED_BY_A_CAMPAIGN = frozenset({"frequency", "effective"})
"""What an officer states anew by saving a campaign: how often, and from when to when."""
_NEVER_STATED = frozenset({"frequency_unkept"})
"""What no field of a campaign holds: only a press beside the doubt itself says that somebody has seen to it."""


def refuse_doubtful(repos: Repositories, dispatch_id: int | None) -> None:
    """Raise Refused dispatch_doubtful while a value of this dispatch waits to be confirmed."""
    if dispatch_id is None:
        return
    if waiting := Readings(repos.store).open_doubts(dispatch_id):
        number = repos.programme.dispatch(dispatch_id).number_symbol
        raise Refused("dispatch_doubtful", number=number or "chưa rõ số", count=waiting)


def state_frequency(repos: Repositories, actor: Person, dispatch_id: int | None) -> None:
    """An officer has saved a campaign of this dispatch: how often and how long it airs is theirs now, not a guess."""
    if dispatch_id is None:
        return
    readings = Readings(repos.store)
    stated = [
        one.ordinal
        for one in readings.doubts(dispatch_id)
        if one.is_open and one.field in _STATED_BY_A_CAMPAIGN and one.reason not in _NEVER_STATED
    ]
    if stated:
        readings.answer(dispatch_id, stated, "corrected", actor.id, repos.clock.now())
