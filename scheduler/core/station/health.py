"""How a station is, in one word: from what its processes last said, judged without asking anybody.

`down` is when nothing would be heard: no playout, no output that is open, a clock that is not trusted, a database lost.
`degraded` is when something is missing that the air does not need. It knows no process beyond its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["BEATS_WITHIN", "Check", "Facts", "HealthState", "checks", "worst"]

BEATS_WITHIN: Mapping[str, float] = {"playout": 5.0, "web": 10.0, "worker": 30.0}
"""Seconds after which a process that has said nothing is taken for dead: a few of its own beats."""
OTHERS_WITHIN = 60.0
"""The same of every other process."""
LOW_DISK_BYTES = 1_000_000_000
_NEEDED = "playout"


class HealthState(StrEnum):
    """How one thing, or the whole station, is."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known. Ages are seconds since a process's last word; None = it has never said one."""

    database: bool
    ages: Mapping[str, float | None]
    """Of every process this station should have."""
    clock_trusted: bool
    outputs: Mapping[str, bool]
    """Name -> is open, as playout reports."""
    free_bytes: int | None = None
    """Of the disk; None = not looked at."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `reason` is empty where it is well."""

    name: str
    state: HealthState
    reason: str = ""


def checks(facts: Facts) -> tuple[Check, ...]:
    """Everything that can be wrong, in the order in which it is mended."""
    if not facts.database:
        return (Check("database", HealthState.DOWN, reason="database_lost"),)
    found = [Check("database", HealthState.OK)]
    ages = {_NEEDED: None} | dict(facts.ages)
    found += [_process(name, age) for name, age in ages.items()]
    if _is_silent(_NEEDED, ages[_NEEDED]):
        return (*found, *_disk(facts))  # what it said of clock and outputs is no longer believed
    found.append(_check_of("clock", not facts.clock_trusted, HealthState.DOWN, "clock_untrusted"))
    closed = [name for name, is_open in facts.outputs.items() if not is_open]
    nothing_sounds = len(closed) == len(facts.outputs)
    state, reason = (HealthState.DOWN, "no_output_open") if nothing_sounds else (HealthState.DEGRADED, "output_failed")
    found.append(_check_of("outputs", bool(closed) or nothing_sounds, state, reason))
    return (*found, *_disk(facts))


def worst(found: tuple[Check, ...]) -> HealthState:
    """The one word for all of them."""
    states = {one.state for one in found}
    return next(
        state
        for state in (HealthState.DOWN, HealthState.DEGRADED, HealthState.OK)
        if state in states | {HealthState.OK}
    )


def _is_silent(name: str, age: float | None) -> bool:
    return age is None or abs(age) > BEATS_WITHIN.get(name, OTHERS_WITHIN)


def _process(name: str, age: float | None) -> Check:
    if name == _NEEDED:
        return _check_of(name, _is_silent(name, age), HealthState.DOWN, "playout_silent")
    return _check_of(name, _is_silent(name, age), HealthState.DEGRADED, "process_silent")


def _disk(facts: Facts) -> tuple[Check, ...]:
    if facts.free_bytes is None:
        return ()
    return (_check_of("disk", facts.free_bytes < LOW_DISK_BYTES, HealthState.DEGRADED, "disk_low"),)


def _check_of(name: str, wrong: bool, state: HealthState, reason: str) -> Check:  # noqa: FBT001 - the finding itself
    return Check(name, state, reason) if wrong else Check(name, HealthState.OK)
