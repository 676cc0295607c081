"""What everything that comes from outside has in common: its row, the way it goes, where it stands on that way.

Arrived, judged, spoken, then it waits for a person or airs, and at last it is over. Which way something goes is for the
rules of its own sender to say; here are the words for it, what is kept of it, and why it sounds no more.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from scheduler.core.model import Priority
from scheduler.core.stops import StopReason
from scheduler.kernel.words import Words

__all__ = [
    "AT_ONCE",
    "OPEN",
    "OVER",
    "STANDS",
    "STATES",
    "UNDER_WAY",
    "Doubt",
    "InboxRow",
    "RowT",
    "State",
    "Way",
    "reason_of_end",
]

Doubt = tuple[str, dict[str, str]]
"""A reason code and what fills its sentence."""


class State(StrEnum):
    """Where something stands in the inbox."""

    WAITING = "waiting"
    """For a person."""
    PREPARING = "preparing"
    """Decided; its sound is made, or it is about to air."""
    APPROVAL = "approval"
    """With the leader."""
    PLANNED = "planned"
    AIRED = "aired"
    """Ordered, or heard in its session."""
    TAKEN = "taken"
    """Nothing of it airs: it has changed how the ward works, or was only to be noted."""
    ENDED = "ended"
    """It has ended what it names, and was for nothing else."""
    KEPT = "kept"
    """Kept to be seen; it was never to air here."""
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


UNDER_WAY = (State.PREPARING, State.APPROVAL, State.PLANNED)
OPEN = (State.WAITING, *UNDER_WAY)
"""Something may still become of it."""
OVER = tuple(state for state in State if state not in OPEN)
STATES = Words(Path(__file__).parent, "states", str)
"""What people call each state."""


class Way(StrEnum):
    """Where something goes; by the ward's rule when it comes, or by a person's word."""

    NONE = ""
    """Nothing is decided yet."""
    AIR = "air"
    """At once, as an emergency."""
    DRILL = "drill"
    """At once, the drill's way: its own chime and words, every rule held."""
    SESSION = "session"
    """Into the next session."""
    NOW = "now"
    """As soon as may be, by a leader who has heard it."""
    INBOX = "inbox"
    """It waits for a person."""
    TAKE = "take"
    """It changes how the ward works."""
    STOP = "stop"
    """What it names is to end now."""
    END = "end"
    """It has only ended what it names."""
    NOTE = "note"
    """It is kept and acknowledged."""
    KEPT = "kept"
    """Kept to be seen; it is not for here."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"


AT_ONCE = (Way.AIR, Way.DRILL)
"""Ordered with its words or its sound directly: no draft, no session, no leader."""
STANDS = {
    Way.AIR: State.PREPARING,
    Way.DRILL: State.PREPARING,
    Way.SESSION: State.PREPARING,
    Way.TAKE: State.PREPARING,
    Way.STOP: State.PREPARING,
    Way.INBOX: State.WAITING,
    Way.END: State.ENDED,
    Way.NOTE: State.TAKEN,
    Way.KEPT: State.KEPT,
    Way.EXPIRED: State.EXPIRED,
}
"""Where something stands that the ward's rule has sent this way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One version of what came, as kept."""

    id: int
    title: str
    priority: int
    zone: str
    raw: str
    """Exactly as it came."""
    state: State
    way: Way
    doubts: tuple[Doubt, ...]
    reason: str
    """Why it stands where it stands."""
    details: dict[str, str]
    announcement_id: int | None
    campaign_id: int | None
    slot_id: str | None
    job_id: int | None
    """That makes or takes in its sound."""
    tries: int = 0
    """Of fetching its sound."""
    retry_at: datetime | None = None
    """Nothing more is tried before then."""
    issuer_id: int
    """Who stands in the journal for its sender."""
    received_at: datetime
    expires_at: datetime | None
    decided_by: int | None
    """The sender or the rule where no person did; None = nobody yet."""
    decided_at: datetime | None

    @property
    def name(self) -> str:
        """What its sender calls it, for the log."""
        return str(self.id)

    @property
    def zones(self) -> tuple[str, ...]:
        """Every zone it is for."""
        return (self.zone,)

    @property
    def open(self) -> bool:
        """Something may still become of it."""
        return self.state in OPEN

    @property
    def is_emergency(self) -> bool:
        """A person is to see it at once, and only who may order an emergency decides on it."""
        return self.priority == Priority.EMERGENCY


RowT = TypeVar("RowT", bound=InboxRow)


def reason_of_end(issuer: StopReason, state: str, *, by_officer: bool) -> StopReason:
    """Why what came from outside sounds no more; `issuer`: what it is if its issuer ended it.

    `state`: what becomes of it: cancelled, superseded, expired or dismissed.
    """
    if by_officer:
        return StopReason.OFFICER
    return {"expired": StopReason.EXPIRED, "dismissed": StopReason.WITHDRAWN}.get(state, issuer)
