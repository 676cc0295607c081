"""What the engine has sent of an airing: the programme of its slot, attempt by attempt, as bands.

It lays out what playout laid out, from the same clips. A relay, a live voice or a clip that is gone has nothing to be
held against; that is said and not guessed.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from scheduler.core.model import HOUSE_RATE, Trigger
from scheduler.desk import Desk
from scheduler.errors import LoaError
from scheduler.monitor.bands import BANDS, FLOOR_DB, FRAMES_A_SECOND, Strengths, bands_of
from scheduler.playout.sound import Heard, Sounds
from scheduler.store.heard import ToJudge

__all__ = ["PAD", "Sent", "sent_of"]

PAD = 0.5
"""Seconds of nothing before and after: that it begins and ends is part of what is looked for."""
_EMPTY = np.full((round(PAD * FRAMES_A_SECOND), BANDS), FLOOR_DB, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt: when its sound began, how long it was (seconds), its bands with `PAD` around; None = not known."""

    started_at: datetime
    seconds: float
    bands: Strengths | None


def sent_of(desk: Desk, one: ToJudge) -> list[Sent]:
    """What was sent of an airing that is over."""
    told: list[Sent] = []
    heard = Heard()
    for attempt in one.attempts:
        seconds = attempt.played_ms / 1000
        bands, whole = _programme(desk, one.slot_id, heard)
        if bands is not None:
            played = bands[: round(seconds * FRAMES_A_SECOND)]
            bands = np.concatenate([_EMPTY, played, _EMPTY])
            position = heard.position + round(seconds * HOUSE_RATE)
            heard = Heard(position if position * 2 >= whole else 0, heard.attempts + 1)
        told.append(Sent(attempt.started_at, seconds, bands))
    return told


def _programme(desk: Desk, slot_id: str, heard: Heard) -> tuple[Strengths | None, int]:
    """The bands of a slot's programme from where it was heard to, and the frames of all of it."""
    try:
        slot = desk.parts.slots.slot(slot_id)
        if slot.trigger in {Trigger.RELAY, Trigger.LIVE}:
            return None, 0
        parts = [part for part in Sounds(desk).programme(slot, heard).parts if isinstance(part, np.ndarray)]
    except (LoaError, OSError):
        return None, 0
    return bands_of(parts, HOUSE_RATE), sum(map(len, parts)) + heard.position
