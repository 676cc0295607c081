"""The state machine of the air: events in, commands out; no thread, no clock, no I/O.

It decides which due slot may have a zone and when: what overlaps waits, an emergency cuts in, what has waited longer
than the ward tolerates is missed rather than played in a burst. It never decides whether something *may* sound (that is
the gate's) and never counts frames (that is the engine's).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Priority


@dataclass(frozen=True, slots=True)
class Due:
    """A slot whose time has come (a few seconds ahead)."""

    slot_id: str
    zone: str
    start: datetime
    length: timedelta
    priority: Priority


@dataclass(frozen=True, slots=True)
class Began:
    """The first sample of an armed slot became audible at `at`."""

    slot_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """An armed slot has ended, however."""

    slot_id: str


@dataclass(frozen=True, slots=True)
class StopAsked:
    """An officer pressed stop; `slot_id` None = whatever sounds."""

    slot_id: str | None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Event = Due | Began | Over | StopAsked | Tick


@dataclass(frozen=True, slots=True)
class Arm:
    """Let the slot be audible at `start`."""

    slot_id: str
    start: datetime


@dataclass(frozen=True, slots=True)
class Cut:
    """Fade an armed slot out."""

    slot_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """End a slot that never got the air."""

    slot_id: str
    outcome: AiringOutcome
    reason: str


Command = Arm | Cut | Close


class Timeline:
    """Who has the air of each zone, and who waits. `feed` is its only door."""

    def __init__(self, late_tolerance: timedelta) -> None:
        self._tolerance = late_tolerance
        self._armed: dict[str, Due] = {}
        self._waiting: dict[str, Due] = {}

    @property
    def armed(self) -> tuple[str, ...]:
        """Slots that have the air or will have it at their start."""
        return tuple(self._armed)

    @property
    def known(self) -> frozenset[str]:
        """Every slot that has been handed over and has not ended."""
        return frozenset(self._armed) | frozenset(self._waiting)

    def feed(self, event: Event, now: datetime) -> list[Command]:
        """What is to be done because of `event`."""
        match event:
            case Due():
                return self._due(event, now)
            case Began(slot_id, at):
                if slot_id in self._armed:
                    self._armed[slot_id] = replace(self._armed[slot_id], start=at)
                return []
            case Over(slot_id):
                self._armed.pop(slot_id, None)
                self._waiting.pop(slot_id, None)
                return self._next(now)
            case StopAsked(slot_id):
                return self._stop(slot_id, now)
            case Tick():
                return self._next(now)

    def _due(self, due: Due, now: datetime) -> list[Command]:
        if due.slot_id in self.known:
            return []
        self._waiting[due.slot_id] = due
        commands: list[Command] = []
        if due.priority is Priority.EMERGENCY:
            for other in list(self._in_the_way(due, max(due.start, now))):
                if other.priority is not Priority.EMERGENCY:
                    commands.append(Cut(other.slot_id, "pre_empted"))
                    self._armed.pop(other.slot_id)
        return commands + self._next(now)

    def _stop(self, slot_id: str | None, now: datetime) -> list[Command]:
        sounding = [due for due in self._armed.values() if due.start <= now]
        chosen = [due.slot_id for due in sounding if slot_id in {None, due.slot_id}]
        if slot_id in self._waiting:
            self._waiting.pop(slot_id)
            return [Close(slot_id, AiringOutcome.CANCELLED, "stopped_by")]
        return [Cut(name, "stopped_by") for name in chosen]

    def _next(self, now: datetime) -> list[Command]:
        """Give the air to whoever may have it, in the order of priority, start, id; drop who has waited too long."""
        commands: list[Command] = []
        for due in sorted(self._waiting.values(), key=lambda item: (item.priority, item.start, item.slot_id)):
            if now - due.start > self._tolerance:
                del self._waiting[due.slot_id]
                commands.append(Close(due.slot_id, AiringOutcome.MISSED, "too_late"))
                continue
            start = max(due.start, now)
            if any(True for _ in self._in_the_way(due, start)):
                continue
            del self._waiting[due.slot_id]
            self._armed[due.slot_id] = replace(due, start=start)
            commands.append(Arm(due.slot_id, start))
        return commands

    def _in_the_way(self, due: Due, start: datetime) -> list[Due]:
        """Armed slots that would sound together with `due` in one zone."""
        end = start + due.length
        return [
            other
            for other in self._armed.values()
            if _meet(due.zone, other.zone) and other.start < end and start < other.start + other.length
        ]


def _meet(one: str, other: str) -> bool:
    return one == other or DEFAULT_ZONE in {one, other}
