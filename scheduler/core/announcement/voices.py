"""Which voice read and why no better one did, and when speech of a lesser voice is made again.

A clip remembers every engine that was to read it and did not. A better reading is made when a better engine may be had,
never while the old one is about to air or on the air, and never twice of the same sound; it airs only once a leader
has approved it, and the old one airs until then. Pure: it asks no engine and reads no clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from scheduler.core.voice_engines import VOICE_ENGINES
from scheduler.kernel.words import Words

__all__ = [
    "CAUSES",
    "NATURAL",
    "Passed",
    "UpgradeState",
    "cause",
    "chain_words",
    "engine_name",
    "is_lesser",
    "nearest_start",
    "rests_from",
    "voice_of_zones",
]

CAUSES = Words(Path(__file__).parent, "causes", str)
"""Reason code -> why an engine did not read, to stand behind its name."""
NATURAL = Words(Path(__file__).parent, "natural_voices", str)
"""Name of a voice that can be downloaded -> what its makers say of it."""


class UpgradeState(StrEnum):
    """How far a better reading of an approved announcement has come."""

    MAKING = "making"
    """Being made, or to be tried again when its engine may be asked."""
    WAITING = "waiting"
    """Made; a leader is to hear it."""
    APPROVED = "approved"
    """It takes the old one's place as soon as that one neither sounds nor is about to."""
    TAKEN = "taken"
    DECLINED = "declined"
    """The leader keeps the old one."""
    STALE = "stale"
    """The announcement has changed meanwhile."""
    FAILED = "failed"
    """No better engine could read it, and none would another time."""


@dataclass(frozen=True, slots=True)
class Passed:
    """An engine that was to read a clip and did not: `why` for the log, `reason` for people, failing `since`."""

    engine: str
    why: str
    reason: str
    details: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    """None = it never could on this machine, or what failed was this text."""


def engine_name(engine: str) -> str:
    return VOICE_ENGINES[engine].called if engine in VOICE_ENGINES else engine


def cause(reason: str) -> str:
    """Why an engine did not read, in a few words."""
    return CAUSES.get(reason, CAUSES["voice_failed"])


def chain_words(passed: Iterable[Passed], since_words: Mapping[datetime, str]) -> str:
    """Who was tried before and why not: "Google (qua mạng) mất mạng từ 07:12; Piper chưa có tệp giọng"; '' = nobody.

    `since_words`: instants as the station's wall clock shows them.
    """
    told = []
    for one in passed:
        since = f" từ {since_words[one.since]}" if one.since and one.since in since_words else ""
        told.append(f"{engine_name(one.engine)} {cause(one.reason)}{since}")
    return "; ".join(told)


def is_lesser(engine: str, engines: Sequence[str]) -> bool:
    """True when an engine of the chain comes before the one that read: what it reads may be bettered."""
    return engine in engines and engines.index(engine) > 0


def voice_of_zones(zones: Iterable[str], voices: Mapping[str, str]) -> str:
    """The voice of eSpeak that every one of the zones asks for; '' where one asks for none or for another."""
    wanted = {voices.get(zone, "") for zone in zones}
    return wanted.pop() if len(wanted) == 1 else ""


def nearest_start(starts: Iterable[datetime], now: datetime) -> datetime | None:
    """The soonest airing to come; one that has begun and not ended counts as now."""
    return min((max(start, now) for start in starts), default=None)


def rests_from(starts: Iterable[datetime], now: datetime, before: timedelta) -> bool:
    """True when nothing of it sounds, and nothing of it starts within `before`."""
    nearest = nearest_start(starts, now)
    return nearest is None or nearest > now + before
