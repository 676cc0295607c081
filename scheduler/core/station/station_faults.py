"""What is wrong with the station itself now: outputs, voice, clock, disk, database, processes; each a key and a reason.

Pure: it judges what was seen, asks nobody and keeps nothing. A key names the thing that fails, so that the same fault
seen twice is one. Who is told, and when it began, is the watch's.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.core.station.health import BEATS_WITHIN, LOW_DISK_BYTES
from scheduler.features import FEATURES

__all__ = [
    "PARTS",
    "SHOWN_WITHIN",
    "WORKER_SILENT",
    "FaultRecord",
    "OutputState",
    "StationFault",
    "StationState",
    "fault_note",
    "read_fault",
    "standing",
]

SHOWN_WITHIN = timedelta(seconds=100)
"""EN 54-16: how soon a fault is shown that nobody asked for."""
PARTS: Mapping[str, str] = {
    "playout": "bộ phát",
    "web": "trang điều khiển",
    "worker": "bộ xử lý âm thanh",
    **{one.name: one.called for feature in FEATURES for one in feature.processes},
}
"""Process -> what people call it."""
_AIR = "playout"
WORKER_SILENT = 75.0
"""Seconds: the worker beats between jobs, and a job may be long."""


@dataclass(frozen=True, slots=True)
class StationFault:
    """One thing that is wrong; `details` fill the sentence of `reason`."""

    key: str
    reason: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """One fault, from its beginning to its end."""

    number: int
    """Counted from 1, never given twice."""
    fault: StationFault
    began: datetime
    ended: datetime | None = None
    """None = it stands."""
    told: Mapping[str, str] = field(default_factory=dict)
    """Who is to be told outside -> the last thing told there: nothing yet, began, over."""

    @property
    def stands(self) -> bool:
        return self.ended is None


@dataclass(frozen=True, slots=True)
class OutputState:
    name: str
    is_open: bool
    message: str = ""
    lost: str = ""
    """Why it took no sound a moment ago, where it is open again."""


@dataclass(frozen=True, slots=True)
class StationState:
    """What was seen in one look; a reason that is empty says that the thing is well."""

    ages: Mapping[str, float | None]
    """Seconds since each process's last word, of every process this station should have; None = never."""
    database: str = ""
    disk: str = ""
    free_bytes: int | None = None
    clock_trusted: bool = True
    voice: str = ""
    outputs: tuple[OutputState, ...] = ()
    selftest: str = ""
    inner: str = ""
    """The reason of what goes on failing inside playout."""


def standing(seen: StationState) -> tuple[StationFault, ...]:
    """Everything that is wrong, in the order in which it is mended."""
    found = [StationFault("database", seen.database)] if seen.database else []
    found += _disk(seen)
    found += [_silent(name) for name, age in seen.ages.items() if _is_silent(name, age)]
    if _is_silent(_AIR, seen.ages.get(_AIR)):
        return tuple(found)  # what it said of clock and outputs is no longer believed
    if not seen.clock_trusted:
        found.append(StationFault("clock", "clock_untrusted"))
    if not seen.outputs:
        found.append(StationFault("outputs", "no_output_open"))
    found += [_output(one) for one in seen.outputs if one.lost or not one.is_open]
    if seen.inner and seen.inner not in {seen.database, seen.disk}:
        found.append(StationFault("playout inner", "fault_inner", {"why": seen.inner}))
    if seen.selftest:
        found.append(StationFault("selftest", seen.selftest))
    if seen.voice:
        found.append(StationFault("voice", "fault_voice"))
    return tuple(found)


def _disk(seen: StationState) -> list[StationFault]:
    if seen.disk:
        return [StationFault("disk", seen.disk)]
    if seen.free_bytes is not None and seen.free_bytes < LOW_DISK_BYTES:
        return [StationFault("disk", "disk_low")]
    return []


def _is_silent(name: str, age: float | None) -> bool:
    patience = WORKER_SILENT if name == "worker" else BEATS_WITHIN.get(name, max(BEATS_WITHIN.values()))
    return age is None or abs(age) > patience


def _silent(name: str) -> StationFault:
    return StationFault(f"process {name}", "fault_process_silent", {"title": PARTS.get(name, name)})


def _output(one: OutputState) -> StationFault:
    why, reason = (one.lost, "fault_output_back") if one.is_open else (one.message, "fault_output")
    details = {"title": one.name} | ({"detail": why[:200]} if why else {})
    return StationFault(f"output {one.name}", reason, details)


def fault_note(fault: StationFault, *, over: bool) -> str:
    """The note of a journal row that tells of a fault."""
    told = {"key": fault.key, "reason": fault.reason, "details": dict(fault.details)}
    return f"{'over' if over else 'began'} {json.dumps(told, ensure_ascii=False)}"


def read_fault(note: str) -> StationFault | None:
    """What `fault_note` told; None where the note is not understood."""
    _, _, text = note.partition(" ")
    with suppress(ValueError, KeyError, TypeError):
        told = json.loads(text)
        return StationFault(told["key"], told["reason"], told["details"])
    return None
