"""Đề nghị phát: one wish of a writer, a sound with when and where, that a leader decides as a whole.

What a submission is, and how late an approval may come for its wished time. Whether the time is free is
`wished_times`'s question; nothing here reads a clock or a row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.core.model import Campaign
from scheduler.core.planning.make_up import MakeUp

__all__ = [
    "ONE_TAP",
    "Lateness",
    "Place",
    "Submission",
    "SubmissionKind",
    "SubmissionRequest",
    "SubmissionState",
    "lateness",
]

ONE_TAP = timedelta(minutes=60)
"""Approved at most so late, the next free time is named and taken with one press; later, a time must be chosen."""


class SubmissionKind(StrEnum):
    ONCE = "once"
    """At one instant."""
    SOON = "soon"
    """Ngay khi duyệt."""
    RHYTHM = "rhythm"
    """By a campaign, which starts with the approval."""


class SubmissionState(StrEnum):
    OPEN = "open"
    """It waits for a leader, as long as its announcement does."""
    APPROVED = "approved"
    CLOSED = "closed"
    """Another one has taken its place, or it was handed in anew without one."""


@dataclass(frozen=True, slots=True)
class Place:
    """One zone of a submission, with what airs there: the campaign, or once approved the slot."""

    zone: str
    campaign_id: int | None = None
    slot_id: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    id: int
    announcement_id: int
    kind: SubmissionKind
    at: datetime | None
    """The wished start; None = soon, or by the campaigns."""
    places: tuple[Place, ...]
    created_by: int
    created_at: datetime
    state: SubmissionState = SubmissionState.OPEN
    told: datetime | None = None
    """The first start that people were told when it was approved."""
    make_up: MakeUp | None = None
    """Which airing may give way to it, and when that is made up."""

    @property
    def zones(self) -> tuple[str, ...]:
        return tuple(one.zone for one in self.places)


@dataclass(frozen=True, slots=True)
class SubmissionRequest:
    """What a writer asks for: `at` = once; `campaigns` = a rhythm, one for each zone; neither = as soon as approved."""

    at: datetime | None = None
    campaigns: tuple[Campaign, ...] = ()
    zones: tuple[str, ...] = ()
    make_up: MakeUp | None = None
    """Of `at`: the airing that would be lost gives way, and is made up then."""

    @property
    def kind(self) -> SubmissionKind:
        if self.campaigns:
            return SubmissionKind.RHYTHM
        return SubmissionKind.ONCE if self.at else SubmissionKind.SOON


class Lateness(StrEnum):
    IN_TIME = "in_time"
    LATE = "late"
    TOO_LATE = "too_late"


def lateness(wished: datetime, earliest: datetime, now: datetime) -> Lateness:
    """How late an approval is at `now` for a start that was wished; `earliest`: the first that can still be planned."""
    if wished >= earliest:
        return Lateness.IN_TIME
    return Lateness.LATE if now - wished <= ONE_TAP else Lateness.TOO_LATE
