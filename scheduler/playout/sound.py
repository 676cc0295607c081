"""From a slot to the programme that the engine plays, and from the engine's report to the slot's end.

Playout decodes nothing and synthesises nothing: it loads house-format masters from the library, hash checked, and
lays them out as `core.rundown` says.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.core.model import HOUSE_RATE, AiringOutcome, Frames, Slot
from scheduler.desk import Desk
from scheduler.playout.programme import Ended, Programme
from scheduler.store import Ending

WHOLE = 0.95
"""The share of a programme that must have been accepted by an output for it to count as played."""
OFFICERS_REASONS = frozenset({"stopped_by", "station_stopping"})
"""Cuts that people ordered; every other cut is the gate's no."""


class Sounds:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def programme(self, slot: Slot) -> Programme:
        """The whole airing of a slot. Raises Refused audio_changed, NotFound."""
        library = self._desk.parts.library
        clip = library.load(slot.audio_sha256)
        items = self._desk.campaigns.airing_items(Frames(len(clip)), chime=slot.chime, repeat=slot.repeat)
        sounds: dict[str, NDArray[np.int16]] = {"clip": clip}
        if slot.chime:
            sounds |= {kind: library.load(self._desk.campaigns.chime_sha256(kind)) for kind in ("open", "close")}
        parts = tuple(sounds[item.kind] if item.kind in sounds else _silence(item.frames) for item in items)
        return Programme(slot_id=slot.id, zone=slot.zone, priority=slot.priority, parts=parts)


def _silence(frames: int) -> NDArray[np.int16]:
    return np.zeros(frames, dtype=np.int16)


def ending_of(event: Ended) -> Ending:
    """The outcome of an airing from what was measured of it."""
    share = event.frames_accepted / event.frames_total if event.frames_total else 0.0
    outcome, reason = _outcome(share, event.cut)
    outputs: dict[str, Any] = dict.fromkeys(event.outputs_ok, "ok") | dict(event.outputs_failed)
    return Ending(
        outcome=outcome,
        reason=reason,
        started_at=event.started_at,
        ended_at=event.ended_at,
        played_ms=event.frames_accepted * 1000 // HOUSE_RATE,
        outputs=outputs,
    )


def _outcome(share: float, cut: str | None) -> tuple[AiringOutcome, str]:
    """Outcome and reason code, from the share that sounded and why it was ended early (None = it was not)."""
    if share >= WHOLE:
        return AiringOutcome.PLAYED, ""
    if cut == "pre_empted":
        return AiringOutcome.PRE_EMPTED, cut
    if cut in {None, "no_output"}:
        return (AiringOutcome.PARTIAL if share else AiringOutcome.FAILED), "output_failed"
    reason = "station_stopping" if cut == "stopped" else str(cut)
    if share:
        return AiringOutcome.PARTIAL, reason
    return (AiringOutcome.CANCELLED if reason in OFFICERS_REASONS else AiringOutcome.REFUSED), reason


def heard_where(name: str, kind: str, device: str, wanted: str) -> str:
    """For the log: where the sound of an open output goes. `wanted`: the kind that the configuration names."""
    if kind == "soundcard":
        return f"output {name} plays on the sound card ({device})"
    if kind == "null":
        return f"output {name} discards every sound: no loudspeaker sounds"
    why = "no sound card was found, " if wanted == "auto" else ""
    return f"{why}output {name} only writes WAV files into {device}: no loudspeaker sounds"
