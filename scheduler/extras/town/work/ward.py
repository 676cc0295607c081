"""The wall between the conversation with the broker and what a ward does with it: protocols and plain data.

Implemented by `process.DeskWard` over the desk, and lightly by benches. What raises here decides what the link does:
`Refused` disk_full or disk_readonly and `sqlite3.OperationalError` are waited for, anything else is one message's own.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from scheduler.core.model import Priority
from scheduler.extras.town.rules.envelope import Act, Kind
from scheduler.kernel.errors import Refused, as_texts

__all__ = ["LinkState", "Runner", "Taken", "Up", "Ward", "inline", "is_urgent"]

Result = TypeVar("Result")


class Runner(Protocol):
    """How a call that may be slow is made: in a thread, or where it stands."""

    def __call__(self, work: Callable[[], Result], /) -> Awaitable[Result]: ...


async def inline(work: Callable[[], Result], /) -> Result:
    """Where it stands: for a ward whose every answer is quick."""
    return work()


def is_urgent(raw: bytes) -> bool:
    """Whether a message says of itself that it may not wait for its turn; believed in nothing else.

    An emergency, a stop order, and what takes something back.
    """
    try:
        told = json.loads(json.loads(raw)["signed"])
        return bool(told["priority"] == Priority.EMERGENCY or told["kind"] == Kind.STOP or told["act"] == Act.CANCEL)
    except (ValueError, TypeError, LookupError, RecursionError):
        return False


@dataclass(frozen=True, slots=True)
class Up:
    """A row of the outbox: what goes up, byte for byte. `kind`: ack, asrun, health or log."""

    row: int
    kind: str
    body: bytes
    line: str = ""
    number: int = 0
    """In its line; 0 = the row."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one message. `acks` are rows of the outbox that are told at once, before those that wait."""

    acks: Sequence[Up] = ()


class Ward(Protocol):
    """What the conversation needs of a ward. Every call may come from another thread, never two `receive` at once."""

    @property
    def ward_id(self) -> str: ...

    @property
    def subjects(self) -> Sequence[str]:
        """The subjects followed, such as dispatch.all; each has a cursor of its own."""

    def cursor(self, subject: str) -> int:
        """The last place in the stream that was taken in; 0 = none."""

    def skip_to(self, subject: str, sequence: int) -> None:
        """Set a cursor, forwards or back."""

    def receive(self, raw: bytes, subject: str, sequence: int, *, in_turn: bool, now_of_hub: datetime | None) -> Taken:
        """Take one message in and move the cursor, in one transaction.

        Not `in_turn`: something before it is still missing, the cursor stays, and it comes again in its turn.
        """

    def outbox(self, limit: int) -> Sequence[Up]:
        """The oldest rows that the stream has not confirmed yet, in order."""

    def sent(self, rows: Sequence[int]) -> None:
        """The stream has them."""

    def resend(self, first: int, last: int, line: str | None) -> int:
        """Queue sent rows of these numbers of a line again; how many. None = the line of now."""


@dataclass(slots=True)
class LinkState:
    """How the link stands now, for the heartbeat."""

    connected: bool = False
    reached_at: datetime | None = None
    """When the broker last answered."""
    faults: dict[str, Refused] = field(default_factory=dict)
    """Part of the link -> what is wrong with it."""
    forbidden: list[str] = field(default_factory=list)
    """What the broker has not allowed, in its own words; the newest few."""
    hub_ahead_seconds: float | None = None
    """How far the hub's clock stands before the ward's; None = not known."""
    received: int = 0
    told: int = 0

    @property
    def fault(self) -> Refused | None:
        """What is worth knowing first."""
        return next(
            (self.faults[part] for part in ("line", "taking", "telling", "sounds") if part in self.faults), None
        )

    def as_json(self) -> Mapping[str, object]:
        fault = self.fault
        return {
            "connected": self.connected,
            "reached_at": self.reached_at.isoformat() if self.reached_at else "",
            "reason": fault.reason if fault else "",
            "details": as_texts(fault.details) if fault else {},
            "forbidden": list(self.forbidden),
            "clock_off_minutes": round((self.hub_ahead_seconds or 0.0) / 60),
            "received": self.received,
            "told": self.told,
        }
