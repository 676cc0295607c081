"""What is armed, what sounds and how much of it was taken: the book the engine's outputs read from and write to.

An airing is committed to a frame when the first output comes to it; until then its wall instant is turned into a frame
anew at every block, so a step of the clock is followed. Every block asks the gate before it is handed out, ahead by the
length of a fade, so that a no is silent in time. No thread is started here and no output is touched; the lock lets
several outputs and a caller share the book.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scheduler.core.model import HOUSE_RATE
from scheduler.playout.frames import FrameClock
from scheduler.playout.mixer import FADE, Voice, sounds_in
from scheduler.playout.programme import Ended, EngineEvent, OnAir, Programme, Started

__all__ = ["Airings", "Allow", "Answer", "Lane", "Stretch"]

log = logging.getLogger(__name__)

_STUCK = 5.0
"""Seconds after its end that an airing waits for an output that still holds on to it."""


class Answer(Protocol):
    """What the gate says."""

    @property
    def allowed(self) -> bool: ...

    @property
    def reason(self) -> str: ...


Allow = Callable[[str, datetime, datetime], Answer]
"""(slot id, from, to) -> may it sound then? Called on audio threads: memory only, no database, no waiting."""


@dataclass(slots=True, eq=False)
class Lane:
    """Where one output stands on the timeline. Only its own sink moves it."""

    name: str
    zones: tuple[str, ...]
    cursor: int = 0
    """The next frame to be handed out."""
    is_open: bool = False
    fault: str = ""
    late: float = 0.0
    """Seconds by which its frames sound after their instant, as measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Frames handed to one output: what to render, and what to report back as taken."""

    first: int
    count: int
    voices: tuple[Voice, ...]


@dataclass(slots=True, eq=False)
class _Take:
    """One airing on one output."""

    cut: int | None = None
    begun: bool = False
    handed_out: bool = False
    """Frames of it are being written; the output has not answered yet."""
    accepted: int = 0
    first: int | None = None
    last: int = 0
    late: float = 0.0
    fault: str = ""

    def lose(self, why: str, now: int) -> None:
        """The output broke at frame `now`: what it still held was never heard."""
        self.fault, self.handed_out = why, False
        if self.first is not None:
            heard_to = max(self.first, min(self.last, now))
            self.accepted = max(0, self.accepted - (self.last - heard_to))
            self.last = heard_to
        if not self.accepted:
            self.first = None


@dataclass(slots=True, eq=False)
class _Airing:
    programme: Programme
    wanted: datetime
    start: int | None = None
    reason: str | None = None
    started_at: datetime | None = None
    overdue_since: float | None = None
    takes: dict[str, _Take] = field(default_factory=dict)

    def take(self, lane: Lane) -> _Take:
        return self.takes.setdefault(lane.name, _Take())

    def is_done(self, lane: Lane, end: int) -> bool:
        """Whether `lane` is past `end` and has answered for all of it."""
        return lane.cursor >= end and not self.take(lane).handed_out

    def voice(self, lane: Lane) -> Voice | None:
        if self.start is None:
            return None
        programme = self.programme
        gain = 10 ** (programme.gain_db / 20)
        cut = self.take(lane).cut
        return Voice(programme.slot_id, programme.zone, programme.parts, self.start, gain, cut)

    @property
    def accepted(self) -> int:
        return max((take.accepted for take in self.takes.values()), default=0)

    def audible(self, now: int) -> int:
        """Frames taken whose time has come: what a device still holds has not been heard yet."""
        heard = [take.accepted - max(0, take.last - now) for take in self.takes.values() if take.accepted]
        return max(0, *heard, 0)

    @property
    def first(self) -> tuple[int, float, str] | None:
        """The earliest frame taken, how late it sounded, and where."""
        heard = [(take.first, take.late, name) for name, take in self.takes.items() if take.first is not None]
        return min(heard, default=None)

    @property
    def last(self) -> float:
        """Behind the last frame taken anywhere, lateness included."""
        return max((take.last + take.late * HOUSE_RATE for take in self.takes.values() if take.accepted), default=0)


class Airings:
    """Armed and sounding programmes against the lanes of all outputs."""

    def __init__(self, frames: FrameClock, lanes: Iterable[Lane], allow: Allow, *, patience: float = 5.0) -> None:
        """`patience`: seconds that an overdue airing waits for an output of its zone."""
        self._frames = frames
        self._patience = patience
        self._lanes = tuple(lanes)
        self._allow = allow
        self._airings: dict[str, _Airing] = {}
        self._is_closed = False
        self._lock = threading.RLock()

    # -- what the caller wants ------------------------------------------------------------------------------------

    def arm(self, programme: Programme, wanted: datetime) -> None:
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the engine is stopping")
            if programme.slot_id in self._airings:
                raise ValueError(f"slot {programme.slot_id} is armed already")
            self._airings[programme.slot_id] = _Airing(programme, wanted)

    def cut(self, slot_id: str, reason: str) -> None:
        with self._lock:
            if airing := self._airings.get(slot_id):
                self._cut(airing, reason)

    def close(self, reason: str) -> None:
        """Cut everything; nothing is armed any more."""
        with self._lock:
            self._is_closed = True
            for airing in self._airings.values():
                self._cut(airing, reason)

    def on_air(self, now: int) -> tuple[OnAir, ...]:
        """What is audible at frame `now`."""
        with self._lock:
            return tuple(
                OnAir(airing.programme.slot_id, airing.programme.zone, at, airing.audible(now), airing.programme.frames)
                for airing in self._airings.values()
                if (first := airing.first) and first[0] <= now < self._end(airing) and (at := self._started_at(airing))
            )

    # -- what an output needs -------------------------------------------------------------------------------------

    def compose(self, lane: Lane, count: int, floor: int = 0, *, exact: bool = False) -> Stretch:
        """Hand out the next frames of `lane`: commit what begins in them, ask the gate, move the cursor.

        `floor`: nothing is committed to begin before that frame. `exact`: fewer than `count` frames where a
        programme begins or ends in between, so that a recording can begin and end with it.
        """
        with self._lock:
            first = lane.cursor
            heard = list(self._heard(lane))
            for airing in heard:
                self._commit(airing, first + count, floor)
                self._ask(airing, lane, first + count + FADE)
            voices = [voice for airing in heard if (voice := airing.voice(lane))]
            if exact:
                edges = [edge for voice in voices for edge in (voice.start, voice.end) if edge > first]
                count = min([count, *(edge - first for edge in edges)])
            voices = [voice for voice in voices if voice.overlap(first, count)]
            for voice in voices:
                take = self._airings[voice.slot_id].take(lane)
                take.begun = take.handed_out = True
            lane.cursor = first + count
            return Stretch(first, count, tuple(voices))

    def accepted(self, lane: Lane, stretch: Stretch) -> None:
        """`lane` took the stretch."""
        with self._lock:
            for voice in stretch.voices:
                if not (airing := self._airings.get(voice.slot_id)):
                    continue
                take, frames = airing.take(lane), voice.overlap(stretch.first, stretch.count)
                take.handed_out = False
                if take.first is None:
                    take.first, take.late = frames.start, lane.late
                take.accepted += len(frames)
                take.last = frames.stop

    def jump(self, lane: Lane, cursor: int) -> None:
        """`lane` goes on at `cursor`; frames in between are neither sounded nor counted."""
        with self._lock:
            lane.cursor = cursor

    def jump_silence(self, lane: Lane, target: int) -> None:
        """Move `lane` on to the next frame at which something sounds, `target` at most."""
        with self._lock:
            begin = min((start for start, _ in self._spans(lane)), default=target)
            lane.cursor = max(lane.cursor, min(begin, target))

    def sounds(self, lane: Lane, count: int) -> bool:
        """Whether any of the next `count` frames of `lane` carries sound."""
        with self._lock:
            return any(start < lane.cursor + count for start, _ in self._spans(lane))

    def ringing(self, lane: Lane, now: int) -> bool:
        """Whether sound that `lane` took is not yet audible at frame `now`."""
        with self._lock:
            takes = [airing.takes[lane.name] for airing in self._airings.values() if lane.name in airing.takes]
            return any(take.last > now for take in takes)

    def opened(self, lane: Lane, cursor: int) -> None:
        with self._lock:
            lane.is_open, lane.cursor, lane.late = True, cursor, 0.0

    def failed(self, lane: Lane, why: str, now: int) -> None:
        """`lane` is gone at frame `now`: what it took and had not yet sounded was not heard."""
        with self._lock:
            lane.is_open, lane.fault = False, why
            for airing in self._airings.values():
                voice, take = airing.voice(lane), airing.takes.get(lane.name)
                if not voice or not take or take.last >= voice.end <= now:
                    continue  # it was not committed yet, or was heard to its end before
                if take.begun:
                    take.lose(why, now)
                if not airing.accepted and airing.reason is None and not any(self._open_lanes(airing)):
                    # Nobody has heard any of it: once an output is back it airs whole, late.
                    airing.start = None
                    airing.takes.clear()

    # -- what became of it ----------------------------------------------------------------------------------------

    def settle(self, *, force: bool = False) -> list[EngineEvent]:
        """What has begun and ended since the last call. `force`: the outputs are closed, everything ends."""
        with self._lock:
            events: list[EngineEvent] = []
            now, seconds = self._frames.now(), self._frames.seconds()
            for airing in list(self._airings.values()):
                over = self._is_over(airing, now, seconds)
                if force and not over:
                    airing.reason, over = airing.reason or "stopped", True
                first = airing.first
                if first and airing.started_at is None and (over or first[0] + first[1] * HOUSE_RATE <= now):
                    at = self._started_at(airing)
                    airing.started_at = at
                    events.append(Started(airing.programme.slot_id, at, first[2], at - airing.wanted))
                if over:
                    del self._airings[airing.programme.slot_id]
                    events.append(self._ended(airing))
            return events

    def _is_over(self, airing: _Airing, now: int, seconds: float) -> bool:
        begun = any(take.begun for take in airing.takes.values())
        if airing.reason is not None and not begun:
            return True
        end = self._end(airing) if airing.start is not None else self._frames.frame_at(airing.wanted)
        if now < end:
            airing.overdue_since = None
            return False
        if airing.start is not None and begun and all(airing.is_done(lane, end) for lane in self._open_lanes(airing)):
            return True
        # The output is away or stuck. The wait counts from when it was seen: after a stall of the whole machine the
        # outputs get their turn first.
        if airing.overdue_since is None:
            airing.overdue_since = seconds
        if seconds - airing.overdue_since < (_STUCK if begun else self._patience):
            return False
        if not begun:
            airing.reason = "no_output"
        return True

    def _ended(self, airing: _Airing) -> Ended:
        zone = airing.programme.zone
        lanes = [lane for lane in self._lanes if sounds_in(zone, lane.zones)]
        failed = {lane.name: why for lane in lanes if (why := self._failure(airing, lane))}
        return Ended(
            slot_id=airing.programme.slot_id,
            started_at=airing.started_at if airing.accepted else None,
            ended_at=self._frames.wall_at(airing.last if airing.accepted else self._frames.now()),
            frames_accepted=airing.accepted,
            frames_total=airing.programme.frames,
            frames=tuple((lane.name, airing.take(lane).accepted) for lane in lanes),
            outputs_ok=tuple(lane.name for lane in lanes if lane.name not in failed and airing.take(lane).accepted),
            outputs_failed=tuple(failed.items()),
            cut=airing.reason,
        )

    @staticmethod
    def _failure(airing: _Airing, lane: Lane) -> str:
        take = airing.take(lane)
        if take.fault or take.accepted:
            return take.fault
        if lane.is_open and airing.reason is not None:
            return ""  # it was cut before this output came to it
        return lane.fault or "took no sound"

    def _started_at(self, airing: _Airing) -> datetime:
        if airing.started_at is None and (first := airing.first):
            return self._frames.wall_at(first[0] + first[1] * HOUSE_RATE)
        return airing.started_at or airing.wanted

    # -- placing --------------------------------------------------------------------------------------------------

    def _heard(self, lane: Lane) -> Iterator[_Airing]:
        return (airing for airing in self._airings.values() if sounds_in(airing.programme.zone, lane.zones))

    def _open_lanes(self, airing: _Airing) -> Iterator[Lane]:
        return (lane for lane in self._lanes if lane.is_open and sounds_in(airing.programme.zone, lane.zones))

    def _spans(self, lane: Lane) -> Iterator[tuple[int, int]]:
        """(start, end) of everything still to come on `lane`, by the clocks as they stand."""
        for airing in self._heard(lane):
            if voice := airing.voice(lane):
                start, end = voice.start, voice.end
            elif airing.reason is not None:
                continue
            else:
                start = max(lane.cursor, self._frames.frame_at(airing.wanted))
                end = start + airing.programme.frames
            if end > max(start, lane.cursor):
                yield start, end

    def _end(self, airing: _Airing) -> int:
        """Behind the last frame that any output will sound."""
        start = airing.start or 0
        whole = start + airing.programme.frames
        begun = [take for take in airing.takes.values() if take.begun]
        if airing.reason is None or not begun:
            return whole
        return max(whole if take.cut is None else max(start, min(whole, take.cut)) for take in begun)

    def _commit(self, airing: _Airing, horizon: int, floor: int) -> None:
        if airing.start is not None or airing.reason is not None:
            return
        wanted = self._frames.frame_at(airing.wanted)
        if wanted < horizon:
            # A late one begins where the furthest output stands, so that all outputs sound it together and whole.
            airing.start = max(wanted, floor, *(lane.cursor for lane in self._open_lanes(airing)))

    def _ask(self, airing: _Airing, lane: Lane, horizon: int) -> None:
        voice = airing.voice(lane)
        if voice is None or not (frames := voice.overlap(lane.cursor, horizon - lane.cursor)):
            return
        end = frames.stop + max(0.0, lane.late) * HOUSE_RATE
        slot_id = airing.programme.slot_id
        try:
            answer = self._allow(slot_id, self._frames.wall_at(frames.start), self._frames.wall_at(end))
            allowed, reason = answer.allowed, answer.reason
        except Exception:  # an unanswered gate is a closed gate, and an audio thread must not die of it
            log.exception("the gate failed for slot %s: not aired", slot_id)
            allowed, reason = False, "gate_failed"
        if not allowed:
            # All up to a fade from here was asked with the block before.
            self._cut(airing, reason, lane.cursor + FADE)

    def _cut(self, airing: _Airing, reason: str, at: int = 0) -> None:
        if airing.reason is None:
            airing.reason = reason
        for lane in self._lanes:
            take = airing.take(lane)
            cut = max(at, lane.cursor + FADE) if take.begun else airing.start
            take.cut = cut if take.cut is None or cut is None else min(cut, take.cut)
