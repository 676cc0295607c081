"""Danh mục việc: what became of each order of a dispatch, because the ward has to answer for every one of them.

States, what is late, and which earlier dispatch a later one speaks of. It finds no duty in a text (that is
`core.dispatch`'s), and nothing here ends a campaign.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scheduler.core.dispatch.model import ActKind, Channel
from scheduler.core.dispatch.text import fold

__all__ = ["DutyState", "KeptAct", "KeptDoubt", "KeptDuty", "is_late", "speaks_of", "standing"]


class DutyState(StrEnum):
    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    NOT_OURS = "not_ours"
    """For another office: the ward has seen it and says so."""


@dataclass(frozen=True, slots=True)
class KeptDuty:
    """A duty as kept, with what the ward says of it."""

    dispatch_id: int
    ordinal: int
    channel: Channel
    text: str
    addressed: str
    """Who is to do it, in the words of the dispatch; empty = all it is sent to."""
    deadline: date | None
    start: int
    end: int
    state: DutyState = DutyState.OPEN
    note: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptDoubt:
    """A doubtful value of a dispatch. `answer`: confirmed | corrected; empty = nobody has looked at it."""

    dispatch_id: int
    ordinal: int
    field: str
    reason: str
    details: dict[str, str]
    start: int | None
    end: int | None
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return not self.answer


@dataclass(frozen=True, slots=True)
class KeptAct:
    """An order to stop or replace what an earlier dispatch ordered. `done_at` None = not yet obeyed."""

    dispatch_id: int
    ordinal: int
    kind: ActKind
    target: str | None
    target_date: date | None
    since: date | None
    until: date | None
    text: str
    start: int
    end: int
    done_by: str = ""
    done_at: datetime | None = None
    campaign_ids: tuple[int, ...] = ()
    """The campaigns that obeying it ended."""


def standing(duties: Iterable[KeptDuty]) -> dict[DutyState, int]:
    """How many duties are in each state."""
    kept = list(duties)
    return {state: sum(duty.state is state for duty in kept) for state in DutyState}


def is_late(duty: KeptDuty, today: date) -> bool:
    """Whether its last day is over and it is neither done nor another office's."""
    return bool(duty.deadline and duty.deadline < today and duty.state in {DutyState.OPEN, DutyState.DOING})


def speaks_of(target: str | None, target_date: date | None, number_symbol: str, issued: date | None) -> bool:
    """Whether an act that names `target` means the dispatch with that number, symbol and day.

    Capitals, spaces and the kind of dash make no difference, nor leading zeros; two days that are both known must be
    equal, because numbers begin anew each year.
    """
    if not target or not number_symbol or _plain(target) != _plain(number_symbol):
        return False
    return target_date is None or issued is None or target_date == issued


def _plain(number_symbol: str) -> str:
    return "".join(fold(number_symbol).split()).lstrip("0")
