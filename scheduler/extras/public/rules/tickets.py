"""Phản ánh: what may be reported of a loudspeaker, which reports are one ticket, and which step a ticket may take.

A state machine as a table, the limits of what is taken in, and what counts as too often. It stores nothing, asks for no
address and never judges whether a report is true: what aired and what was heard stand beside it for a person to see.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.kernel.errors import Refused

__all__ = [
    "CLOSED",
    "EVIDENCE_AFTER",
    "EVIDENCE_BEFORE",
    "MERGE_WITHIN",
    "MOST_WORDS",
    "OLDEST",
    "OPEN",
    "PHONE_KEPT",
    "STEPS",
    "Limits",
    "NewReport",
    "Note",
    "Report",
    "Ticket",
    "TicketKind",
    "TicketState",
    "checked_kind",
    "checked_phone",
    "checked_time",
    "checked_words",
    "next_steps",
    "same_ticket_span",
    "step",
    "within_limits",
]

MOST_WORDS = 500
"""Characters of one report or note."""
MERGE_WITHIN = timedelta(minutes=30)
"""Reports of the same thing in the same place, at most this far apart, are one ticket."""
OLDEST = timedelta(days=7)
"""What was heard longer ago is no longer looked into."""
AHEAD = timedelta(minutes=10)
"""A telephone's clock may be this far ahead of the station's."""
PHONE_KEPT = timedelta(days=30)
"""How long after its ticket is closed a telephone number is kept."""
EVIDENCE_BEFORE, EVIDENCE_AFTER = timedelta(minutes=30), timedelta(minutes=10)
"""Around the time of a report: what aired there then stands beside it."""


class TicketKind(StrEnum):
    """What is wrong."""

    SILENT = "silent"
    QUIET = "quiet"
    LOUD = "loud"
    CRACKLE = "crackle"
    WRONG_TIME = "wrong_time"
    OTHER = "other"


class TicketState(StrEnum):
    NEW = "new"
    SEEN = "seen"
    FIXING = "fixing"
    DONE = "done"
    REFUSED = "refused"


OPEN = (TicketState.NEW, TicketState.SEEN, TicketState.FIXING)
CLOSED = (TicketState.DONE, TicketState.REFUSED)
_ONWARD = {
    TicketState.NEW: (TicketState.SEEN, TicketState.FIXING, TicketState.DONE, TicketState.REFUSED),
    TicketState.SEEN: (TicketState.FIXING, TicketState.DONE, TicketState.REFUSED),
    TicketState.FIXING: (TicketState.DONE, TicketState.REFUSED),
    TicketState.DONE: (TicketState.FIXING,),
    TicketState.REFUSED: (TicketState.FIXING,),
}
STEPS = frozenset((before, after) for before, onward in _ONWARD.items() for after in onward)
"""(state, next state) that may follow each other; a closed ticket may be taken up again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Most reports in an hour: of one address, and of all together."""

    of_one: int
    of_all: int


def step(before: TicketState, after: TicketState, words: str) -> TicketState:
    """The state after a step. Raises Refused ticket_step, ticket_reason_missing (done and refused say why)."""
    if (before, after) not in STEPS:
        raise Refused("ticket_step")
    if after in CLOSED and not words:
        raise Refused("ticket_reason_missing")
    return after


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is wrong where, and how far the station has come with it; `id` is the number people are told."""

    id: int
    zone: str
    cluster: str
    kind: TicketKind
    at: datetime
    state: TicketState
    reports: int
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Report:
    """What one person sent in; `phone` '' = none, or erased."""

    ticket_id: int
    key: str
    at: datetime
    words: str
    phone: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report that has been checked; `form` names the drawn form it came in."""

    form: str
    zone: str
    cluster: str
    kind: TicketKind
    at: datetime
    words: str
    phone: str


@dataclass(frozen=True, slots=True)
class Note:
    """One step of a ticket, and who took it."""

    at: datetime
    name: str
    state: TicketState
    words: str


def next_steps(state: TicketState) -> tuple[TicketState, ...]:
    """Where a ticket may go from here, in the order the work is done."""
    return _ONWARD[state]


def within_limits(limits: Limits, of_one: int, of_all: int) -> None:
    """Raise Refused reports_too_often where one more would be more than the limits allow in an hour.

    `of_one`, `of_all`: reports of the last hour, of this address and of everybody.
    """
    if of_one >= limits.of_one or of_all >= limits.of_all:
        raise Refused("reports_too_often")


def same_ticket_span(at: datetime) -> tuple[datetime, datetime]:
    """Between which times an open ticket of the same kind and place stands for a report of `at`, ends included."""
    return at - MERGE_WITHIN, at + MERGE_WITHIN


def checked_kind(typed: str) -> TicketKind:
    """Raises Refused ticket_kind_missing."""
    try:
        return TicketKind(typed)
    except ValueError as error:
        raise Refused("ticket_kind_missing") from error


def checked_words(typed: str, *, needed: bool = False) -> str:
    """Text as it is kept: NFC, no control characters. Raises Refused words_too_long, words_missing."""
    kept = unicodedata.normalize("NFC", typed).replace("\r\n", "\n")
    kept = "".join(letter for letter in kept if letter == "\n" or unicodedata.category(letter)[0] != "C").strip()
    if len(kept) > MOST_WORDS:
        raise Refused("words_too_long", chars=len(kept), limit=MOST_WORDS)
    if needed and not kept:
        raise Refused("words_missing")
    return kept


_PHONE = re.compile(r"(?:\+84|0)\d{8,10}")


def checked_phone(typed: str) -> str:
    """A telephone number without its spaces and dots, '' for none. Raises Refused report_phone_invalid."""
    digits = re.sub(r"[\s.\-()]", "", typed)
    if digits and not (digits.isascii() and _PHONE.fullmatch(digits)):
        raise Refused("report_phone_invalid")
    return digits


def checked_time(at: datetime, now: datetime) -> datetime:
    """When it was heard so. Raises Refused report_time_ahead, report_time_old."""
    if at > now + AHEAD:
        raise Refused("report_time_ahead")
    if at < now - OLDEST:
        raise Refused("report_time_old", days=OLDEST.days)
    return min(at, now)
