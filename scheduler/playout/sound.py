"""From a slot to the programme that the engine plays, and from the engine's report to the slot's end.

Playout decodes nothing and synthesises nothing: it loads house-format masters from the library, hash checked, and
lays them out as `core.rundown` says.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.core.model import HOUSE_RATE, AiringOutcome, Frames, Sha256, Slot, Trigger
from scheduler.desk import Desk
from scheduler.desk.rundowns import opening_of
from scheduler.playout.programme import Ended, Programme
from scheduler.store import Ending

WHOLE = 0.95
"""The share of a programme that must have been accepted by an output for it to count as played."""
OFFICERS_REASONS = frozenset({"stopped_by", "station_stopping"})
"""Cuts that people ordered; every other cut is the gate's no."""
Sound = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of a programme has been heard, in frames: where the next attempt goes on, and its whole length."""

    position: int = 0
    attempts: int = 0

    def after(self, event: Ended, *, whole: int) -> "Heard":
        """With what one more attempt gave. Less than half of it heard: it begins anew."""
        position = self.position + event.frames_accepted
        return Heard(position if position * 2 >= whole else 0, self.attempts + 1)


class Sounds:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def programme(self, slot: Slot, heard: Heard = Heard()) -> Programme:
        """The airing of a slot from where it was heard to. Raises Refused audio_changed, NotFound."""
        library = self._desk.parts.library
        clip = library.load(slot.audio_sha256)
        items = self._desk.rundowns.of(slot, Frames(len(clip)))
        sounds = {"clip": clip}
        if slot.chime:
            sounds |= self._chimes(slot)
        if slot.intro_sha256:
            sounds["intro"] = library.load(slot.intro_sha256)
        parts = [sounds[item.kind] if item.kind in sounds else silence(item.frames) for item in items]
        return Programme(
            slot_id=slot.id,
            zone=slot.zone,
            priority=slot.priority,
            parts=tuple(_from(parts, heard.position)),
            fade_in=heard.position > 0,
        )

    def opening(self, slot: Slot) -> tuple[Sound, ...]:
        """What comes before a live voice: the chime and its pause."""
        before: list[Sound] = []
        chimes = self._chimes(slot)
        for item in self._desk.rundowns.of(slot, Frames(1)):
            if item.kind == "clip":
                break
            before.append(chimes[item.kind] if item.kind in chimes else silence(item.frames))
        return tuple(before)

    def fallback(self, clips: tuple[Sha256, ...]) -> tuple[Sound, ...]:
        """The clips of a relay's fallback that are in the library as they were."""
        return tuple(self._desk.parts.library.load(sha256) for sha256 in clips)

    def _chimes(self, slot: Slot) -> dict[str, Sound]:
        load, rundowns = self._desk.parts.library.load, self._desk.rundowns
        return {
            "open": load(rundowns.chime_sha256(opening_of(slot.trigger))),
            "close": load(rundowns.chime_sha256("close")),
        }


def silence(frames: int) -> Sound:
    return np.zeros(frames, dtype=np.int16)


def _from(parts: list[Sound], position: int) -> list[Sound]:
    """The parts without their first `position` frames."""
    left: list[Sound] = []
    for part in parts:
        if position < len(part):
            left.append(part[position:])
        position = max(0, position - len(part))
    return left


def ending_of(event: Ended, slot: Slot, heard: Heard = Heard()) -> Ending:
    """The outcome of an airing from what was measured of it; `heard`: what earlier attempts gave.

    A clip's share is of its programme. A relay's is of its whole window, so that one that was joined late or was silent
    for long is partial. A live voice is whole when it came to its own end.
    """
    sounded = max(0, event.frames_accepted - event.missing)
    if slot.trigger is Trigger.RELAY:
        whole = round(slot.length.total_seconds() * HOUSE_RATE)
    else:
        whole = event.frames_total + heard.position
    share = (sounded + heard.position) / whole if whole else 0.0
    if slot.trigger is Trigger.LIVE and event.cut is None and sounded:
        share = 1.0
    outcome, reason = _outcome(share, event.cut)
    if outcome is AiringOutcome.PARTIAL and event.cut is None and slot.trigger is Trigger.RELAY:
        reason = "relay_gaps"
    if outcome is AiringOutcome.PLAYED and heard.attempts:
        reason = "resumed"
    outputs: dict[str, Any] = dict.fromkeys(event.outputs_ok, "ok") | dict(event.outputs_failed)
    return Ending(
        outcome=outcome,
        reason=reason,
        started_at=event.started_at,
        ended_at=event.ended_at,
        played_ms=sounded * 1000 // HOUSE_RATE,
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
    if kind == "wavfile":
        why = "no sound card was found, " if wanted == "auto" else ""
        return f"{why}output {name} only writes WAV files into {device}: no loudspeaker sounds"
    if kind == "null":
        return f"output {name} discards every sound: no loudspeaker sounds"
    return f"output {name} plays on the sound card ({device})" if kind == "soundcard" else f"output {name}: {device}"
