"""The words of a phong bì: what a town's envelope holds, and what a ward tells back, as frozen data.

Pure. The bytes, the signature and the judging are `core.envelope`'s, which gives these names out as its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from scheduler.core.model import Priority

__all__ = [
    "ALL",
    "AckState",
    "Act",
    "Claims",
    "Clip",
    "Envelope",
    "Kind",
    "Moment",
    "Status",
    "Told",
    "UpKind",
    "Verdict",
]

ALL = "all"


class Kind(StrEnum):
    """What an envelope holds."""

    ANNOUNCEMENT = "announcement"
    CAMPAIGN = "campaign"
    TEMPLATE = "template"
    LEXICON = "lexicon"
    CAPS = "caps"
    GROUPS = "groups"
    """The groups that the one ward it is for belongs to from now on."""
    STOP = "stop"
    """Ends what sounds of the issues it names, and takes their planned airings back."""
    TEST = "test"
    """Proves the way and sounds nowhere."""


class Act(StrEnum):
    """CAP's msgType: something new, the next version of what `references` names, or its end."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


class Status(StrEnum):
    """CAP's status: only what is actual may sound as an emergency."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Verdict(StrEnum):
    """What a well-signed envelope is to this ward."""

    NEW = "new"
    AGAIN = "again"
    """Taken already, or refused already: nothing happens twice."""
    STALE = "stale"
    """A later word on the same thing is here already."""
    EXPIRED = "expired"
    NOT_FOR_US = "not_for_us"


class AckState(StrEnum):
    """Where a thing stands in the ward, as the town is told. `refused` carries a reason code."""

    RECEIVED = "received"
    STORED = "stored"
    REFUSED = "refused"
    WAITING = "waiting"
    PREPARING = "preparing"
    APPROVED = "approved"
    PLANNED = "planned"
    PLAYING = "playing"
    PLAYED = "played"
    PARTIAL = "partial"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class UpKind(StrEnum):
    ACK = "ack"
    ASRUN = "asrun"
    HEALTH = "health"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Clip:
    """A sound by its name: the ward fetches it from `url` and believes only `sha256`."""

    sha256: str
    bytes: int
    seconds: float
    url: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """One word of an issuer. Instants are aware UTC."""

    id: str
    """UUIDv7."""
    kind: Kind
    act: Act
    status: Status
    sequence: int
    """Of this issuer, from 1, each once."""
    issuer: str
    """Its public key (Ed25519), 64 lower-case hex digits."""
    sent: datetime
    expires: datetime
    not_before: datetime | None = None
    priority: Priority = Priority.NORMAL
    targets: tuple[str, ...] = (ALL,)
    """"all", "group.<g>", "ward.<id>"."""
    zones: tuple[str, ...] = ()
    """Names of zones of a ward; empty = all."""
    references: tuple[str, ...] = ()
    """The issues that it updates, cancels or stops."""
    legal_basis: str = ""
    """On what it stands against a ward's caps and approval, where the ward lets its issuer."""
    title: str = ""
    text: str = ""
    clip: Clip | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    """By kind: the phases of a campaign, the forms of a lexicon …"""
    author: str = ""
    approver: str = ""
    dispatch_number: str = ""

    @property
    def takes_back(self) -> bool:
        """It only ends things."""
        return self.kind is Kind.STOP or self.act is Act.CANCEL


@dataclass(frozen=True, slots=True)
class Claims:
    """What a refused envelope says of itself: shown as a claim, believed in nothing."""

    id: str = ""
    kind: str = ""
    issuer: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, by the station's clock and, where it is known, by the hub's."""

    station: datetime
    hub: datetime | None = None

    @property
    def by_hub(self) -> datetime:
        return self.hub or self.station


@dataclass(frozen=True, slots=True)
class Told:
    """One word of a ward to its town."""

    ward: str
    row: int
    """Number in its line of the ward's outbox: gap-free, from 1."""
    kind: UpKind
    at: datetime
    body: Mapping[str, Any]
    line: str = ""
    """Which line of numbers: another one after each point from which numbers could be given twice; "" = of a ward that
    knows of none."""
