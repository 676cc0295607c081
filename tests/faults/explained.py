"""Whether each end has a cause that really was there, each acknowledged order an end, and no clock mutes for ever.

Held against what a day wrote down of what was done to the station (`happened`); where nothing is written, nothing is
asked.
"""

from collections.abc import Iterator
from datetime import timedelta

from scheduler.core.words.wording import REASONS
from tests.faults.evidence import Evidence
from tests.faults.mishaps import CLOCK, DATABASE, OUTPUT

STEPS = frozenset(CLOCK) - {"nudged"}
CUTS = frozenset({"died"})
ANY_FAULT = frozenset({*DATABASE, "no descriptors", "thrown", "no planner"})
CAUSES = {
    "station_off": CUTS,
    "power_cut": CUTS,
    "playout_died": frozenset({"thrown"}),
    "clock_step": STEPS,
    "clock_untrusted": STEPS,
    "clock_back": STEPS,
    "output_failed": frozenset({*OUTPUT, "no descriptors", "thrown"}),
    "no_output": frozenset({*OUTPUT, "no descriptors", "thrown"}),
    "audio_missing": frozenset({"clip gone", "no descriptors", "thrown"}),
    "audio_changed": frozenset({"clip damaged"}),
    "database_busy": frozenset({"locked"}),
    "disk_full": frozenset({"full"}),
    "disk_error": frozenset({"disk error", "thrown"}),
    "disk_readonly": frozenset({"read only"}),
    "out_of_memory": frozenset({"no memory", "thrown"}),
    "no_descriptors": frozenset({"no descriptors"}),
    "database_lost": frozenset({"no descriptors", *DATABASE}),
    "internal_fault": frozenset({"thrown", "no planner", *OUTPUT}),
    "gate_failed": frozenset({"thrown"}),
    "stopped_by": frozenset({"stop"}),
    "pre_empted": frozenset({"given"}),
    "resumed": frozenset({"given"}),
    "quiet_hours": frozenset({"given", "died", *STEPS, *OUTPUT, *ANY_FAULT}),
    "too_late": frozenset({"given", "died", *STEPS, *OUTPUT, *ANY_FAULT}),
    "stopped": frozenset({"died", "thrown"}),
}
"""Reason of an end -> what must have happened on that day, one of them at least."""


def explained(seen: Evidence) -> Iterator[str]:
    """No end without a sentence for people, and none that names what was not there."""
    if not seen.happened:
        return
    there = {one.what for one in seen.happened}
    for slot in seen.slots.values():
        if slot.outcome is None or not slot.reason:
            continue
        if slot.reason not in REASONS:
            yield f"{slot.id} ended for '{slot.reason}', which has no sentence"
        elif not CAUSES.get(slot.reason, frozenset()) & there:
            yield f"{slot.id} ended for {slot.reason}, and of what causes it nothing had happened: {sorted(there)}"


def acknowledged(seen: Evidence) -> Iterator[str]:
    """What somebody was told is ordered, is a slot."""
    for one in seen.happened:
        if one.what == "given" and one.told not in seen.slots:
            yield f"{one.told} was acknowledged at {one.at:%H:%M:%S} and is nowhere"


def muted(seen: Evidence) -> Iterator[str]:
    """Where people have said that the clock is right, and it stays right, it keeps nothing silent any more."""
    said = [one for one in seen.happened if one.what == "confirmed" and one.wall]
    steps = [one.at for one in seen.happened if one.what.removeprefix("over ") in STEPS]
    if not said or (steps and said[-1].at < max(steps)):
        return
    first = min((one for one in said if not steps or one.at > max(steps)), key=lambda one: one.at)
    for slot in seen.slots.values():
        if first.wall and slot.reason == "clock_untrusted" and slot.start > first.wall + timedelta(minutes=1):
            yield f"{slot.id} was kept silent by a clock that people had confirmed at {first.wall:%H:%M:%S}"


OF_HAPPENINGS = (explained, acknowledged, muted)
