"""From a slot to the programme that the engine plays, and from the engine's report to the slot's end.

Playout decodes nothing and synthesises nothing: it loads house-format masters from the library, hash checked, and
lays them out as `cue_list` says. An output of horns is given their renders frame for frame, where they are there in
time; what counts as aired is the master all the same.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from scheduler.core.air.cue_list import Cue
from scheduler.core.air.output_share import WHOLE, OutputShare, after_cut, going_on, headline, is_heard, worst
from scheduler.core.model import AiringOutcome, Frames, Sha256, Slot, Trigger, milliseconds_of
from scheduler.core.stops import STATION_STOPPING, StopReason, WhyEnded
from scheduler.playout.programme import Ended, Programme
from scheduler.services import Services
from scheduler.store import Ending

log = logging.getLogger(__name__)

QUICK = 0.1
"""Seconds that loading renders may take where the airing is for now."""
ORDERED = frozenset({*StopReason, STATION_STOPPING})
"""Cuts that somebody ordered; every other cut is a fault of ours, or the gate's no."""
Sound = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the attempts at a programme gave: where in it the next one goes on, in frames, and what each output sounded
    since it began; of attempts before it began anew there is nothing.
    """

    position: int = 0
    attempts: int = 0
    shares: tuple[OutputShare, ...] = ()

    def after(self, event: Ended, *, whole: int) -> "Heard":
        """With what one more attempt gave. Less than half of it heard: it begins anew."""
        shares = going_on(self.shares, event.shares, milliseconds_of(whole))
        return Heard(self.position + event.reached if shares else 0, self.attempts + 1, shares)


class Sounds:
    def __init__(self, services: Services) -> None:
        self._services = services

    def programme(self, slot: Slot, heard: Heard = Heard(), *, seconds_left: float | None = None) -> Programme:
        """The airing of a slot from where it was heard to. Raises Refused audio_changed, NotFound.

        `seconds_left`: until it is to sound; outputs of horns are then given renders, as far as they are there and time
        is left to load them. None = the masters for everybody.
        """
        library, began = self._services.repos.library, self._now()
        clip = library.load(slot.audio_sha256)
        items = self._services.rundowns.of(slot, Frames(len(clip)))
        named = {"clip": slot.audio_sha256}
        if slot.chime:
            named |= self._chimes(slot)
        if slot.intro_sha256:
            named["intro"] = slot.intro_sha256
        sounds = {kind: clip if kind == "clip" else library.load(sha256) for kind, sha256 in named.items()}
        took = self._now() - began
        by_output = (
            {} if seconds_left is None else self._for_horns(slot, named, sounds, max(seconds_left / 2, QUICK), took)
        )
        laid = {output: laid_out(items, made, heard) for output, made in by_output.items()}
        everybody = self._services.renders.outputs_in(slot.zone)
        is_spare = bool(laid) and laid.keys() >= set(everybody)  # an hour of masters that nobody hears is not kept
        return Programme(
            slot_id=slot.id,
            zone=slot.zone,
            priority=slot.priority,
            parts=laid[everybody[0]] if is_spare else laid_out(items, sounds, heard),
            fade_in=heard.position > 0,
            by_output=laid,
            only=slot.output,
        )

    def _for_horns(
        self, slot: Slot, named: dict[str, Sha256], masters: dict[str, Sound], allowed: float, took: float
    ) -> dict[str, dict[str, Sound]]:
        """Output -> its sounds, of outputs with a render of any. Each profile costs about what the masters `took`."""
        renders = self._services.renders
        of_output = renders.profiles_in(slot.zone)
        made: dict[str, dict[str, Sound]] = {}
        for number, profile in enumerate({one.key: one for one in of_output.values()}.values(), 1):
            if took * number > allowed:
                log.info("slot %s: no time to load renders for %s; the masters are played", slot.id, profile.name)
                break
            found = {kind: renders.load(named[kind], len(sound), profile) for kind, sound in masters.items()}
            if any(pcm is not None for pcm in found.values()):
                made[profile.key] = {
                    kind: sound if (own := found[kind]) is None else own for kind, sound in masters.items()
                }
        return {output: made[profile.key] for output, profile in of_output.items() if profile.key in made}

    def _now(self) -> float:
        return self._services.repos.clock.monotonic()

    def opening(self, slot: Slot) -> tuple[Sound, ...]:
        """What comes before a live voice: the chime and its pause."""
        before: list[Sound] = []
        chimes = {kind: self._services.repos.library.load(sha256) for kind, sha256 in self._chimes(slot).items()}
        for item in self._services.rundowns.of(slot, Frames(1)):
            if item.kind == "clip":
                break
            before.append(chimes[item.kind] if item.kind in chimes else silence(item.frames))
        return tuple(before)

    def fallback(self, clips: tuple[Sha256, ...]) -> tuple[Sound, ...]:
        """The clips of a relay's fallback that are in the library as they were."""
        return tuple(self._services.repos.library.load(sha256) for sha256 in clips)

    def _chimes(self, slot: Slot) -> dict[str, Sha256]:
        rundowns = self._services.rundowns
        return {"open": rundowns.opening_sha256(slot), "close": rundowns.chime_sha256("close")}


def laid_out(items: Iterable[Cue], sounds: Mapping[str, Sound], heard: Heard = Heard()) -> tuple[Sound, ...]:
    """The rundown as sound, from where it was heard to."""
    parts = [sounds[item.kind] if item.kind in sounds else silence(item.frames) for item in items]
    return tuple(_from(parts, heard.position))


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


def ending_of(event: Ended, slot: Slot, heard: Heard = Heard(), stopping_as: str = STATION_STOPPING) -> Ending:
    """The outcome of an airing from what the worst of its loudspeakers sounded; `heard`: what earlier attempts gave.

    `stopping_as`: why playout is ending, where it is.

    A clip's share is of its programme. A relay's is of its whole window, so that one that was joined late or was silent
    for long is partial. A live voice is whole when it came to its own end. Without a loudspeaker nothing was heard.
    """
    if event.cut == "stopped":
        event = replace(event, cut=stopping_as)
    missing = milliseconds_of(event.missing)
    shares = tuple(replace(one, played_ms=max(0, one.played_ms - missing)) for one in event.shares)
    run = after_cut(heard.shares, shares)
    judged, here = worst(run), worst(shares)
    if judged is None or here is None:
        return _recorded(event, shares)
    outcome, reason = _outcome(_share_of(judged, slot, event.cut), event.cut)
    if not judged.played_ms and is_heard(run):
        outcome = AiringOutcome.PARTIAL  # one loudspeaker was mute, another was not
    if outcome is AiringOutcome.PARTIAL and event.cut is None and slot.trigger is Trigger.RELAY and judged.is_whole:
        reason = "relay_gaps"
    if outcome is AiringOutcome.PLAYED and heard.attempts:
        reason = "resumed"
    return Ending(
        outcome=outcome,
        reason=reason,
        started_at=event.started_at,
        ended_at=event.ended_at,
        played_ms=here.played_ms,
        shares=shares,
    )


def _share_of(judged: OutputShare, slot: Slot, cut: str | None) -> float:
    if slot.trigger is Trigger.RELAY:
        return judged.played_ms / (slot.length / timedelta(milliseconds=1))
    if slot.trigger is Trigger.LIVE and cut is None and judged.played_ms:
        return judged.played_ms / judged.due_ms
    return judged.share


def _recorded(event: Ended, shares: tuple[OutputShare, ...]) -> Ending:
    """No loudspeaker stands behind any of its outputs: nothing was heard, however much was written."""
    if not any(one.played_ms for one in shares):
        outcome, reason = _outcome(0.0, event.cut)
        return Ending(outcome, reason, shares=shares)
    found = headline(shares)
    whole = found is not None and found.share >= WHOLE
    reason = "" if whole else _outcome(0.5, event.cut)[1]
    return Ending(AiringOutcome.RECORDED, reason, shares=shares)


def _outcome(share: float, cut: str | None) -> tuple[AiringOutcome, str]:
    """Outcome and reason code, from the share that sounded and why it was ended early (None = it was not)."""
    if share >= WHOLE:
        return AiringOutcome.PLAYED, ""
    if cut == "pre_empted":
        return AiringOutcome.PRE_EMPTED, cut
    if cut is None or cut == "no_output":
        return (AiringOutcome.PARTIAL if share else AiringOutcome.FAILED), "output_failed"
    if share:
        return AiringOutcome.PARTIAL, cut
    if cut == WhyEnded.SUPERVISOR:
        return AiringOutcome.FAILED, cut
    return (AiringOutcome.CANCELLED if cut in ORDERED else AiringOutcome.REFUSED), cut
