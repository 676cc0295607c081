"""Readiness: what will keep an airing of the next day off the air, as far as can be known now.

Facts go in, findings come out, one for each cause however many airings it spoils, with the first of them as its time.
Sounds, approvals and campaigns are looked at a day ahead; outputs and playout only in the last quarter of an hour,
because nothing is gained by telling an officer in the morning that the amplifier is off until the evening. Pure: it
reads no file and no clock, and it stops nothing; the gate does that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from scheduler.core.model import DEFAULT_ZONE, Sha256, Slot, Trigger

__all__ = [
    "CHECKED",
    "DAY_AHEAD",
    "LAST_LOOK",
    "LEAST_FREE",
    "Finding",
    "Sound",
    "SoundState",
    "StationFacts",
    "Upcoming",
    "findings",
]

CHECKED = frozenset({Trigger.SCHEDULE, Trigger.MAKE_GOOD, Trigger.RELAY})
"""What is planned; an order by hand is for now, and is answered now."""
DAY_AHEAD = timedelta(hours=24)
LAST_LOOK = timedelta(minutes=15)
LEAST_FREE = 200_000_000
"""Bytes: with less, recordings, speech and soon the journal find no room."""


class SoundState(StrEnum):
    """How the file of a sound is, against the hash that names it."""

    WHOLE = "whole"
    MISSING = "missing"
    CHANGED = "changed"
    UNREADABLE = "unreadable"


_FILE_REASONS = {
    SoundState.MISSING: "audio_missing",
    SoundState.CHANGED: "audio_changed",
    SoundState.UNREADABLE: "file_unreadable",
}


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that an airing needs: its clip, a chime, the words of a drill."""

    sha256: Sha256
    title: str
    state: SoundState
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A slot to come, or an airing that is wanted and not planned for the reason `blocked`."""

    announcement_id: int
    title: str
    due: datetime
    slot: Slot | None = None
    approved_sha256: str | None = None
    """Of the sound that may air; None = nothing may."""
    is_stopped: bool = False
    sounds: tuple[Sound, ...] = ()
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class StationFacts:
    """How the station is. `open_zones`: zones that some open output sounds in."""

    free_bytes: int
    playout_alive: bool
    clock_trusted: bool
    open_zones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause: `key` names it, `due` is when it first spoils something."""

    key: str
    reason: str
    due: datetime | None = None
    slot_id: str | None = None
    details: dict[str, object] = field(default_factory=dict)


def findings(upcoming: Sequence[Upcoming], station: StationFacts, now: datetime) -> list[Finding]:
    """What will fail within a day, by cause; `details` counts the airings that each cause spoils."""
    ahead = sorted((one for one in upcoming if one.due <= now + DAY_AHEAD), key=lambda one: (one.due, one.title))
    causes: dict[str, Finding] = {}
    counts: dict[str, int] = {}
    for one in ahead:
        for finding in _of(one, station, now):
            causes.setdefault(finding.key, finding)
            counts[finding.key] = counts.get(finding.key, 0) + bool(one.slot)
    if station.free_bytes < LEAST_FREE:
        first = ahead[0].due if ahead else None
        # In tens: a row that changes each minute would wake everyone who watches the database.
        causes["disk_low"] = Finding("disk_low", "disk_low", first, None, {"free_mb": station.free_bytes // 10**7 * 10})
    for key, count in counts.items():
        if count:
            causes[key].details["airings"] = count
    return sorted(causes.values(), key=lambda one: (one.due is None, one.due or now, one.key))


def _finding(one: Upcoming, reason: str, about: object, **details: object) -> Finding:
    return Finding(f"{reason}:{about}", reason, one.due, one.slot.id if one.slot else None, details)


def _of(one: Upcoming, station: StationFacts, now: datetime) -> Iterable[Finding]:
    """The causes that would spoil one airing. What may not air at all needs no output."""
    if reason := one.blocked or _refusal(one):
        yield _finding(one, reason, one.announcement_id, title=one.title)
        return
    for sound in one.sounds:
        title = one.title if one.slot and sound.sha256 == one.slot.audio_sha256 else sound.title
        if sound.retired:
            yield _finding(one, "audio_retired", sound.sha256, title=title)
        elif sound.state is not SoundState.WHOLE:
            yield _finding(one, _FILE_REASONS[sound.state], sound.sha256, title=title)
    if station.playout_alive and not station.clock_trusted:
        yield _finding(one, "clock_untrusted", "station")
    if one.due <= now + LAST_LOOK:
        yield from _of_the_air(one, station)


def _of_the_air(one: Upcoming, station: StationFacts) -> Iterable[Finding]:
    """Whether anything would sound if the airing were now."""
    if not station.playout_alive:
        yield _finding(one, "playout_silent", "station")
        return
    zone = one.slot.zone if one.slot else DEFAULT_ZONE
    if not (station.open_zones if zone == DEFAULT_ZONE else zone in station.open_zones):
        named = {} if zone == DEFAULT_ZONE else {"zone": zone}
        yield _finding(one, "no_output_open", zone, **named)


def _refusal(one: Upcoming) -> str:
    """What the gate will say of a slot, however well its files are."""
    reason = ""
    if one.slot is None:
        return reason
    if one.is_stopped:
        reason = "campaign_stopped"
    elif one.approved_sha256 is None:
        reason = "unapproved"
    elif one.approved_sha256 != one.slot.audio_sha256:
        reason = "audio_changed"
    return reason
