"""What of an inbox is its sender's own: how it is written, whose word it is, and what the sender is told back.

One class for each kind of sender fills this in below the one pipeline (`service.pipeline`). It reads what came and
judges it by its own rules. Everything but the first block may stay as it is.
"""

# ruff: noqa: ARG002 - most senders need not what a hook is given

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol

from scheduler.core.delivery import PLAIN, Shape
from scheduler.core.model import Person, Priority, Trigger
from scheduler.core.stops import StopReason
from scheduler.extras.inbox.rows import InboxRows
from scheduler.extras.inbox.rules import Doubt, RowT, Way
from scheduler.kernel.errors import Refused

__all__ = ["Adapter", "Judged", "Offer", "Reasons", "Step"]


class Judged(Protocol):
    """What the rules of a sender have found."""

    @property
    def way(self) -> Way: ...
    @property
    def doubts(self) -> tuple[Doubt, ...]: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be heard of something, and what its announcement and its airing are made of."""

    title: str
    text: str
    priority: Priority
    has_sound: bool = False
    """It has a sound of its own, which is fetched."""
    shape: Shape = PLAIN
    """A plain one is the ward's usual one."""
    field: int = 1
    not_before: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.has_sound


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reason codes of an inbox, each with a sentence of its own."""

    decided: str
    expired: str
    no_words: str
    no_sound: str
    no_session: str
    returned: str
    withdrawn: str
    dismissed: str


class Step(StrEnum):
    """A step on the way that a sender may be told of."""

    WAITING = "waiting"
    PREPARING = "preparing"
    APPROVED = "approved"
    PLANNED = "planned"


class Adapter(ABC, Generic[RowT]):
    rows: InboxRows[RowT]
    reasons: Reasons
    rule_login: str
    rule_name: str
    """Who stands in the journal where the ward's rule has decided."""
    stop: StopReason
    """Whose order it is when the sender ends what sounds."""

    @abstractmethod
    def offer(self, row: RowT) -> Offer:
        """What would be heard of it; read from the row as it came."""

    @abstractmethod
    def judged(self, row: RowT, now_there: datetime | None) -> Judged:
        """The way it goes by the ward's rule now; `now_there`: by the sender's clock, where that is known."""

    # What may air

    def is_prepared(self, row: RowT) -> bool:
        """Whether its sound is made as long as it is open."""
        return True

    def trigger(self, row: RowT) -> Trigger | None:
        """As what it airs when a person says now; None = nothing of it is ever heard."""
        return Trigger.EMERGENCY if row.is_emergency else Trigger.MANUAL

    def held(self, row: RowT) -> Refused | None:
        """Why it may enter no session, nor air as anything but a drill."""
        return None

    def basis(self, row: RowT) -> str:
        """On what it stands against the ward's approval and caps; "" = on nothing."""
        return ""

    def dispatch(self, row: RowT) -> int | None:
        """The dispatch that it belongs to, kept here where it was not yet; None = it names none."""
        return None

    # Its own sound

    def recording(self, row: RowT) -> str | None:
        """The clip of the library that its own sound has become; None = not yet, or it has none."""
        return None

    def lost(self, row: RowT) -> Refused | None:
        """Why its own sound will not come, where that is settled."""
        return None

    # Its own ways

    def accept(self, row: RowT, actor: Person, prove: Callable[[], None]) -> RowT | None:
        """What a person's yes means, where it is not the next session; None = it is."""
        return None

    def let_through(self, row: RowT) -> None:
        """Somebody lets it sound, in the same transaction: what goes with that."""

    def step(self, row: RowT) -> RowT | None:
        """The next step of what goes no usual way; None = it goes the usual one."""
        return None

    def no_session(self, row: RowT, actor: Person) -> RowT | None:
        """What becomes of it where no session has room; None = a person decides."""
        return None

    def overrules(self, row: RowT, rule: Person) -> None:
        """The rule has approved it on its `basis`."""

    def left_out(self, row: RowT, by: Person, refusals: Mapping[str, Refused]) -> None:
        """It airs, and in these of its zones it does not."""

    def announcements_of(self, row: RowT) -> tuple[int, ...]:
        """The announcements that it has become here."""
        return () if row.announcement_id is None else (row.announcement_id,)

    def is_running(self, row: RowT) -> bool:
        """Whether it goes on sounding by itself, as a campaign does."""
        return False

    # What the sender is told back

    def told(self, row: RowT, step: Step, refused: Refused | None = None) -> RowT:
        """It has come this far."""
        return row

    def heard(self, row: RowT, airings: list[dict[str, Any]]) -> RowT:
        """How its airings stand, each time they are looked at."""
        return row

    def over(self, row: RowT) -> RowT:
        """It is over; what the sender is still to be told."""
        return row
