"""The nouns of a dispatch as read: values with their lines, doubts, orders about airing, duties and acts.

Frozen data; nothing here reads anything. Days are ISO ("2020-03-13"), hours "HH:MM", weekdays Monday 0. A value that
the text does not give is None or empty, never a guess.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "ActKind",
    "Channel",
    "Confidence",
    "Dispatch",
    "DispatchAct",
    "Doubt",
    "Duty",
    "Excerpt",
    "FrequencyOrder",
    "MessageKind",
]


class MessageKind(StrEnum):
    """What a quoted text of a dispatch is for."""

    LOUDSPEAKER = "loudspeaker"
    SMS = "sms"
    NOTICE = "notice"


class Confidence(StrEnum):
    """Whether a value may be used as it was read, or an officer has to confirm it first."""

    HIGH = "high"
    DOUBTFUL = "doubtful"


class Channel(StrEnum):
    """Through what a duty is done: the loudspeakers, text messages, web pages, the post, a report, or otherwise."""

    LOUDSPEAKER = "loudspeaker"
    SMS = "sms"
    PORTAL = "portal"
    POST = "post"
    REPORT = "report"
    OTHER = "other"


class ActKind(StrEnum):
    """What a dispatch does to an earlier order: ends its airing, or takes its place."""

    STOP = "stop"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A value beside the text it came from: characters `start` up to `end` of the tidied text."""

    value: str
    start: int
    end: int
    line: int = 0
    """The line of the tidied text it starts in, from 1; 0 while the reading is under way."""
    text: str = ""
    """That line, and the following ones that the value runs over."""
    confidence: Confidence = Confidence.HIGH


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an officer has to confirm or correct: about which field, why (a reason code), and where it stands."""

    field: str
    """A key of `loa dispatch read --json`."""
    reason: str
    details: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What the sentence of the reason is filled with."""
    excerpt: Excerpt | None = None
    """None: the text does not say it at all."""


@dataclass(frozen=True, slots=True)
class FrequencyOrder:
    """An order about how often or how long to air: one phase. None / empty = not said."""

    quote: str
    increase: bool = False
    factor: float | None = None
    per_day: int | None = None
    per_week: int | None = None
    at: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    every_minutes: int | None = None
    windows: tuple[str, ...] = ()
    session_minutes: int | None = None
    minutes_a_day: int | None = None
    """Minutes of sound a day."""
    share: float | None = None
    """Of the minutes of a session, 0 < share ≤ 1."""
    days: int | None = None
    """So many days, from `start`, or from the day the dispatch takes effect."""
    start: str | None = None
    end: str | None = None
    dates: tuple[str, ...] = ()
    """Only on these days, where they are no whole period."""
    except_days: tuple[str, ...] = ()
    except_windows: tuple[str, ...] = ()
    not_before: str | None = None
    """No airing before this hour of any day."""
    not_after: str | None = None
    max_minutes: int | None = None
    """Minutes that no airing may be longer than."""
    at_most: bool = False
    """The count is the most that may be aired, not what has to be."""
    parts: tuple[str, ...] = ()
    """Parts of the day that it names without an hour: sáng, trưa, chiều, tối, đêm."""
    each_text: bool = False
    """The count holds for each text by itself ("mỗi bản tin"), not for all that the dispatch has said."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One order of the body that the ward has to answer for."""

    text: str
    channel: Channel
    excerpt: Excerpt
    to: str | None = None
    """Who is to do it, in the words of the dispatch; None = everybody it is sent to."""
    deadline: str | None = None
    """The last day, where the order names one."""


@dataclass(frozen=True, slots=True)
class DispatchAct:
    """What the dispatch does to an earlier order."""

    kind: ActKind
    target: str | None
    """Number and symbol of the earlier dispatch; None = it names none."""
    target_date: str | None
    excerpt: Excerpt
    since: str | None = None
    """The first day without it; None = at once."""
    until: str | None = None
    """The last day of a stop that is only for a while."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Công văn as read: field names are those of `loa dispatch read --json`. Unknown values are None or empty."""

    doc_type: str | None
    number: str | None
    symbol: str | None
    date: str | None
    issuer: str | None
    subject: str | None
    urgency: str
    """none | khan | thuong_khan | hoa_toc"""
    addressees: tuple[str, ...]
    messages: tuple[str, ...]
    message_kinds: tuple[MessageKind, ...]
    phones: tuple[str, ...]
    urls: tuple[str, ...]
    effective: tuple[str | None, str | None] | None
    frequency: tuple[FrequencyOrder, ...]
    warnings: tuple[str, ...]
    """Doubts and acts in English, for logs."""
    excerpts: Mapping[str, tuple[Excerpt, ...]] = dataclasses.field(default_factory=dict)
    """Where each field was found, by field name (lists in order)."""
    doubts: tuple[Doubt, ...] = ()
    acts: tuple[DispatchAct, ...] = ()
    duties: tuple[Duty, ...] = ()

    @property
    def number_symbol(self) -> str | None:
        return f"{self.number}/{self.symbol}" if self.number and self.symbol else None

    def confidence(self, name: str) -> Confidence:
        """Of a field as a whole: doubtful when anything about it is."""
        return Confidence.DOUBTFUL if any(doubt.field == name for doubt in self.doubts) else Confidence.HIGH
