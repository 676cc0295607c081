"""What was sent of an airing: the programme of its slot, attempt by attempt, with nothing where an output lost it.

It lays out what playout laid out, from the same clips, and leaves out what the journal calls a hole. Nobody says which
loudspeaker the monitor hears, so each in earshot that sounded otherwise is told. A relay, a live voice or a clip that
is gone has nothing to be held against; that is said and not guessed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from scheduler.core.air.output_share import Hole, OutputShare, going_on, of_loudspeakers
from scheduler.core.model import HOUSE_RATE, Trigger
from scheduler.extras.air_check.rows import Attempt, ToJudge
from scheduler.extras.air_check.work.bands import BANDS, FLOOR_DB, FRAMES_A_SECOND, Strengths, bands_of
from scheduler.extras.air_check.work.expected import hears
from scheduler.kernel.errors import LoaError
from scheduler.playout.sound import Heard, Sounds
from scheduler.services import Services

__all__ = ["PAD", "Sent", "in_earshot", "sent_of", "silence_in", "with_holes"]

PAD = 0.5
"""Seconds of nothing before and after: that it begins and ends is part of what is looked for."""
_EMPTY = np.full((round(PAD * FRAMES_A_SECOND), BANDS), FLOOR_DB, dtype=np.float32)
_FRAME_MS = 1000 // FRAMES_A_SECOND


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt as a loudspeaker sounded it."""

    started_at: datetime
    """When its first frame was due there, sounded or not."""
    length_ms: int
    """Holes included."""
    holes: tuple[Hole, ...]
    bands: Strengths | None
    """With `PAD` around; None = not known."""


def sent_of(services: Services, one: ToJudge, zones: Collection[str]) -> list[tuple[Sent, ...]]:
    """Attempt by attempt what each loudspeaker that a monitor of `zones` can hear sounded, none of them told twice; an
    attempt that none of them sounded is left out.
    """
    told: list[tuple[Sent, ...]] = []
    heard = Heard()
    for attempt in one.attempts:
        bands, whole = _programme(services, one.slot_id, heard)
        if ways := in_earshot(attempt, zones):
            told.append(tuple(replace(way, bands=_cut_out(bands, way)) for way in ways))
        heard = _after(heard, attempt, whole)
    return told


def in_earshot(attempt: Attempt, zones: Collection[str]) -> tuple[Sent, ...]:
    """How the loudspeakers that a monitor of `zones` can hear sounded an attempt, without the sound itself."""
    if attempt.shares is None:
        return (Sent(attempt.started_at, attempt.played_ms, (), None),) if attempt.played_ms else ()
    near = [
        _way(share, attempt.started_at)
        for share in of_loudspeakers(attempt.shares)
        if share.played_ms and any(hears(zone, zones) for zone in share.zones)
    ]
    return tuple({(one.length_ms, one.holes): one for one in near}.values())


def _way(share: OutputShare, started_at: datetime) -> Sent:
    before = share.holes[0].length_ms if share.holes and not share.holes[0].start_ms else 0
    first_at = share.first_at or started_at  # a crash may have left what was heard and not from when
    return Sent(first_at - timedelta(milliseconds=before), share.due_ms, share.holes, None)


def with_holes(bands: Strengths, length_ms: int, holes: Iterable[Hole]) -> Strengths:
    """The first `length_ms` of a sound, with nothing where the holes are."""
    told = bands[: round(length_ms / _FRAME_MS)].copy()
    told[silence_in(len(told), holes)] = FLOOR_DB
    return told


def silence_in(frames: int, holes: Iterable[Hole]) -> NDArray[np.bool_]:
    """Which of the first frames of an attempt lie in a hole."""
    silent = np.zeros(frames, dtype=np.bool_)
    for hole in holes:
        silent[round(hole.start_ms / _FRAME_MS) : round(hole.end_ms / _FRAME_MS)] = True
    return silent


def _cut_out(bands: Strengths | None, way: Sent) -> Strengths | None:
    if bands is None:
        return None
    return np.concatenate([_EMPTY, with_holes(bands, way.length_ms, way.holes), _EMPTY])


def _after(heard: Heard, attempt: Attempt, whole: int) -> Heard:
    """Where the next attempt went on, as playout reckons it; of rows without shares by what was heard."""
    if attempt.shares is None:
        position = heard.position + round(attempt.played_ms * HOUSE_RATE / 1000)
        return Heard(position if position * 2 >= whole else 0, heard.attempts + 1)
    shares = going_on(heard.shares, attempt.shares, round(whole * 1000 / HOUSE_RATE))
    reached = max((_reached(share) for share in of_loudspeakers(attempt.shares)), default=0)
    position = heard.position + round(reached * HOUSE_RATE / 1000)
    return Heard(position if shares else 0, heard.attempts + 1, shares)


def _reached(share: OutputShare) -> int:
    """The millisecond behind the last that it sounded."""
    last = share.holes[-1] if share.holes else None
    return last.start_ms if last and last.end_ms >= share.due_ms else share.due_ms


def _programme(services: Services, slot_id: str, heard: Heard) -> tuple[Strengths | None, int]:
    """The bands of a slot's programme from where it was heard to, and the frames of all of it."""
    try:
        slot = services.repos.slots.slot(slot_id)
        if slot.trigger in {Trigger.RELAY, Trigger.LIVE}:
            return None, 0
        parts = [part for part in Sounds(services).programme(slot, heard).parts if isinstance(part, np.ndarray)]
    except (LoaError, OSError):
        return None, 0
    return bands_of(parts, HOUSE_RATE), sum(map(len, parts)) + heard.position
