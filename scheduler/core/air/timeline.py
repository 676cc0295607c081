"""The state machine of the air: events in, commands out; no thread, no clock, no I/O.

It decides which due slot may have a zone and when. What overlaps waits; an emergency cuts in, and what it cut goes on
behind it; a second emergency waits for the first. A relay gives way to everything that is due and joins again; a live
voice speaks over a relay. What has waited longer than it may is missed rather than played in a burst. It never decides
whether something *may* sound (that is the gate's) and never counts frames (that is the engine's).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Priority
from scheduler.core.stops import StopReason

RESUME_WITHIN = timedelta(minutes=30)
"""How long after it was cut an airing may still go on."""
NEAR = timedelta(seconds=2)
"""What has to wait longer than this for its gap is not armed yet."""
GAP_SLACK = timedelta(seconds=1)
"""A gap this much too short is none: the airing before may have begun a few milliseconds late."""
RELAY_LEAST = timedelta(seconds=10)
"""A relay with less of its window left is not joined any more."""


class Kind(StrEnum):
    """How an airing shares the air."""

    CLIP = "clip"
    RELAY = "relay"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Due:
    """A slot whose time has come (a few seconds ahead)."""

    slot_id: str
    zone: str
    start: datetime
    length: timedelta
    priority: Priority
    kind: Kind = Kind.CLIP
    patience: timedelta | None = None
    """How long it may wait for the air; None = what the ward tolerates. A relay waits to the end of its window."""
    gap: timedelta = timedelta(0)
    """Silence it keeps behind what sounded last: what comes late must not come in a burst."""

    @property
    def end(self) -> datetime:
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Began:
    """The first sample of an armed slot became audible at `at`."""

    slot_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A slot that was cut for an emergency has fallen silent at `at`; `left` of it is to come."""

    slot_id: str
    at: datetime
    left: timedelta


@dataclass(frozen=True, slots=True)
class Silent:
    """Before this timeline began, the last airing in a zone ended at `at`."""

    zone: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """An armed slot has ended, however."""

    slot_id: str


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody asked to stop; `slot_id` None = whatever sounds. `finish`: a live voice has let go."""

    slot_id: str | None
    finish: bool = False
    reason: StopReason = StopReason.OFFICER
    by: str = ""
    """Who it was, as the journal names them."""


def stop_asked(args: Mapping[str, Any]) -> StopAsked:
    """The event of a command to stop, from its arguments: slot_id, finish, reason, by."""
    known = [reason for reason in StopReason if reason == args.get("reason")]
    reason = known[0] if known else StopReason.OFFICER
    return StopAsked(args.get("slot_id"), bool(args.get("finish")), reason, str(args.get("by") or ""))


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Event = Due | Began | Interrupted | Silent | Over | StopAsked | Tick


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
class Finish:
    """Let an armed slot with an open end come to it."""

    slot_id: str


@dataclass(frozen=True, slots=True)
class Close:
    """End a slot that has not the air."""

    slot_id: str
    outcome: AiringOutcome
    reason: str


Command = Arm | Cut | Finish | Close


class Timeline:
    """Who has the air of each zone, and who waits. `feed` is its only door."""

    def __init__(self, late_tolerance: timedelta) -> None:
        self._tolerance = late_tolerance
        self._armed: dict[str, Due] = {}
        self._waiting: dict[str, Due] = {}
        self._giving_way: dict[str, Due] = {}
        """Cut for something that goes first; the engine has not yet said how far they came."""
        self._interrupted: set[str] = set()
        """Of those that wait: what has sounded before."""
        self._stops: dict[str, StopAsked] = {}
        """What was asked to stop and has not ended yet; by its name also what has not been handed over."""
        self._silent_since: dict[str, datetime] = {}
        """Zone -> when the last airing in it ended."""

    @property
    def armed(self) -> tuple[str, ...]:
        """Slots that have the air or will have it at their start."""
        return tuple(self._armed)

    @property
    def held(self) -> frozenset[str]:
        """Slots that somebody must carry: they have the air, or are falling silent for what goes first."""
        return frozenset(self._armed) | frozenset(self._giving_way)

    @property
    def known(self) -> frozenset[str]:
        """Every slot that has been handed over and has not ended."""
        return frozenset(self._armed) | frozenset(self._waiting) | frozenset(self._giving_way)

    def stop_of(self, slot_id: str) -> StopAsked | None:
        """Who asked this slot to stop, until it is over."""
        return self._stops.get(slot_id)

    def who_stopped(self, slot_id: str, reason: str) -> str:
        """Who asked for the stop that a slot ends for; empty where it ends for another reason, or nobody is named."""
        stop = self._stops.get(slot_id)
        return stop.by if stop is not None and stop.reason == reason else ""

    def feed(self, event: Event, now: datetime) -> list[Command]:
        """What is to be done because of `event`."""
        match event:
            case Due():
                return self._due(event, now)
            case Began() | Silent():
                self._note(event, now)
                return []
            case Interrupted():
                return self._interrupt(event, now)
            case Over(slot_id):
                self._over(slot_id, now)
                return self._next(now)
            case StopAsked():
                return self._finish(event) if event.finish and event.slot_id else self._stop(event, now)
            case Tick():
                return self._next(now)

    def stepped(self, by: timedelta, now: datetime) -> None:
        """The wall clock was stepped to `now`: what sounds, has sounded or waits for now is told by the new hour.

        What is armed ahead, or has its time from the plan, keeps that time: it is meant by the new hour too.
        """
        self._silent_since = {zone: min(at + by, now) for zone, at in self._silent_since.items()}
        self._giving_way = {name: replace(due, start=due.start + by) for name, due in self._giving_way.items()}
        for name, due in self._armed.items():
            if due.start <= now - by:
                self._armed[name] = replace(due, start=due.start + by)
        for name, due in self._waiting.items():
            if name in self._interrupted or (due.patience is not None and due.kind is not Kind.RELAY):
                self._waiting[name] = replace(due, start=due.start + by)

    def _note(self, event: Began | Silent, now: datetime) -> None:
        if isinstance(event, Silent):
            at = min(event.at, now)  # told by a clock that ran ahead: silent it is now
            self._silent_since[event.zone] = max(self._silent_since.get(event.zone, at), at)
        elif due := self._armed.get(event.slot_id):
            self._armed[event.slot_id] = _moved(due, event.at)

    @property
    def next_start(self) -> datetime | None:
        """When the next of what has the air begins, or began."""
        return min((due.start for due in self._armed.values()), default=None)

    def _over(self, slot_id: str, now: datetime) -> None:
        if due := self._armed.pop(slot_id, None):
            self._silent_since[due.zone] = min(due.end, now)
        self._waiting.pop(slot_id, None)
        self._giving_way.pop(slot_id, None)
        self._interrupted.discard(slot_id)
        self._stops.pop(slot_id, None)

    def _due(self, due: Due, now: datetime) -> list[Command]:
        if due.slot_id in self.known:
            return []
        self._waiting[due.slot_id] = due
        if asked := self._stops.get(due.slot_id):  # its stop came first
            return self._cancelled([due.slot_id], asked)
        return self._next(now)

    def _interrupt(self, event: Interrupted, now: datetime) -> list[Command]:
        if not (due := self._giving_way.pop(event.slot_id, None)):
            return []
        left = max(due.end - event.at, timedelta(0)) if due.kind is Kind.RELAY else event.left
        self._waiting[due.slot_id] = replace(due, start=event.at, length=left, patience=RESUME_WITHIN, gap=timedelta(0))
        self._interrupted.add(due.slot_id)
        return self._next(now)

    def _finish(self, asked: StopAsked) -> list[Command]:
        slot_id = asked.slot_id or ""
        if slot_id in self._armed:
            return [Finish(slot_id)]
        return self._cancelled([slot_id], asked) if slot_id in self._waiting else []

    def _stop(self, asked: StopAsked, now: datetime) -> list[Command]:
        """What sounds is cut, by its name also what is armed ahead; what would come back is not wanted back either."""
        slot_id = asked.slot_id
        sounding = [
            due.slot_id
            for due in self._armed.values()
            if due.slot_id == slot_id or (slot_id is None and due.start <= now)
        ]
        waiting = [name for name in self._waiting if name == slot_id or (slot_id is None and name in self._interrupted)]
        giving_way = [name for name in self._giving_way if slot_id in {None, name}]
        for name in giving_way:  # it sounds no more; its own end comes from the engine
            del self._giving_way[name]
        named = [slot_id] if slot_id else []
        self._stops |= {name: asked for name in (*sounding, *giving_way, *named) if name not in self._stops}
        return self._cancelled(waiting, asked) + [Cut(name, asked.reason) for name in sounding]

    def _cancelled(self, names: list[str], asked: StopAsked) -> list[Command]:
        for name in names:
            self._stops.setdefault(name, asked)
            del self._waiting[name]
            self._interrupted.discard(name)
        return [Close(name, AiringOutcome.CANCELLED, asked.reason) for name in names]

    def _next(self, now: datetime) -> list[Command]:
        """Give the air to whoever may have it, in the order of priority, start, id; drop who has waited too long."""
        commands: list[Command] = []
        order = sorted(
            self._waiting.values(), key=lambda due: (due.priority, due.kind is Kind.RELAY, due.start, due.slot_id)
        )
        for due in order:
            if self._waited_out(due, now):
                commands.append(self._dropped(due))
                continue
            start = self._earliest(due, now)
            if start > max(due.start, now) + NEAR:
                continue
            meeting = self._meeting(due, start)
            if any(not _gives_way(other, due) for other in meeting):
                continue
            for other in meeting:
                del self._armed[other.slot_id]
                self._giving_way[other.slot_id] = other
                commands.append(Cut(other.slot_id, "pre_empted"))
            del self._waiting[due.slot_id]
            self._interrupted.discard(due.slot_id)
            self._armed[due.slot_id] = _moved(due, start)
            commands.append(Arm(due.slot_id, start))
        return commands

    def _earliest(self, due: Due, now: datetime) -> datetime:
        """Its own time or now, and late enough after the airing before."""
        start = max(due.start, now)
        ends = [at for zone, at in self._silent_since.items() if _meet(zone, due.zone)]
        ends += [one.end for one in self._armed.values() if _meet(one.zone, due.zone) and one.end <= start]
        last = max(ends, default=None)
        after = start if last is None else last + due.gap
        return after if after - start > GAP_SLACK else start

    def _waited_out(self, due: Due, now: datetime) -> bool:
        if due.kind is Kind.RELAY:
            return due.end - now < RELAY_LEAST
        return now - due.start > (self._tolerance if due.patience is None else due.patience)

    def _dropped(self, due: Due) -> Close:
        del self._waiting[due.slot_id]
        if due.slot_id in self._interrupted:
            self._interrupted.discard(due.slot_id)
            return Close(due.slot_id, AiringOutcome.PRE_EMPTED, "pre_empted")
        return Close(due.slot_id, AiringOutcome.MISSED, "too_late")

    def _meeting(self, due: Due, start: datetime) -> list[Due]:
        """Armed slots that would sound in one zone with `due` and cannot share it."""
        end = due.end if due.kind is Kind.RELAY else start + due.length
        return [
            other
            for other in self._armed.values()
            if _meet(due.zone, other.zone)
            and other.start < end
            and start < other.end
            and {due.kind, other.kind} != {Kind.RELAY, Kind.LIVE}
        ]


def _moved(due: Due, start: datetime) -> Due:
    """It sounds from `start`; a relay ends when it would have ended."""
    return replace(due, start=start, length=due.end - start if due.kind is Kind.RELAY else due.length)


def _gives_way(sounding: Due, due: Due) -> bool:
    """A relay to whatever is due; everything but an emergency to an emergency."""
    if due.priority is Priority.EMERGENCY:
        return sounding.priority is not Priority.EMERGENCY
    return sounding.kind is Kind.RELAY and due.kind is not Kind.RELAY


def _meet(one: str, other: str) -> bool:
    return one == other or DEFAULT_ZONE in {one, other}
