"""What is armed, what sounds and how much of it was taken: the book the engine's outputs read from and write to.

An airing is committed to a frame when the first output comes to it; until then its wall instant is turned into a frame
anew at every block, so a step of the clock is followed. Every block asks the gate before it is handed out, ahead by the
length of a fade, so that a no is silent in time; a no to one output's zones alone silences that output alone. No thread
is started here and no output is touched; the lock lets several outputs and a caller share the book.
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from scheduler.core.model import HOUSE_RATE, Priority
from scheduler.playout.airing import Airing, Allow, GateAnswer, Stretch
from scheduler.playout.blackbox import BlackBox
from scheduler.playout.frames import FrameClock
from scheduler.playout.mixer import BLOCK, FADE, RISE, Voice
from scheduler.playout.outcome import ended, shares_of, started_at
from scheduler.playout.programme import EngineEvent, OnAir, Programme, Started
from scheduler.playout.take import Lane

__all__ = ["SETTLING", "AiringBook", "Allow", "GateAnswer", "Lane", "Stretch"]

log = logging.getLogger(__name__)

_STUCK = 5.0
"""Seconds after its end that an airing waits for an output that still holds on to it."""
SETTLING = 6 * HOUSE_RATE
"""Frames that a start waits, at most, for an output that was just opened to know its place on the timeline."""


class AiringBook:
    """Armed and sounding programmes against the lanes of all outputs."""

    def __init__(
        self,
        frames: FrameClock,
        lanes: Iterable[Lane],
        allow: Allow,
        *,
        patience: float = 5.0,
        blackbox: BlackBox | None = None,
    ) -> None:
        """`patience`: seconds that an overdue airing waits for an output of its zone."""
        self._frames = frames
        self._patience = patience
        self._lanes = tuple(lanes)
        self._allow = allow
        self._blackbox = blackbox
        self._airings: dict[str, Airing] = {}
        self._is_closed = False
        self._lock = threading.RLock()

    # -- what the caller wants ------------------------------------------------------------------------------------

    def arm(self, programme: Programme, wanted: datetime) -> None:
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the engine is stopping")
            if programme.slot_id in self._airings:
                raise ValueError(f"slot {programme.slot_id} is armed already")
            airing = self._airings[programme.slot_id] = Airing(programme, wanted)
            airing.put_on(self._lanes)

    def cut(self, slot_id: str, reason: str) -> bool:
        with self._lock:
            if airing := self._airings.get(slot_id):
                self._cut(airing, reason)
        return bool(airing)

    def finish(self, slot_id: str) -> None:
        """Its open end has come: fade it out; nothing of it was cut."""
        with self._lock:
            if (airing := self._airings.get(slot_id)) and not airing.is_ending:
                airing.is_finished = True
                self._fade(airing)

    def close(self, reason: str) -> None:
        with self._lock:
            self._is_closed = True
            for airing in self._airings.values():
                self._cut(airing, reason)

    @property
    def carries_any(self) -> bool:
        """Whether anything is armed or sounds, or an end has yet to be told."""
        return bool(self._airings)

    def carries(self, slot_id: str) -> bool:
        return slot_id in self._airings

    def on_air(self, now: int) -> tuple[OnAir, ...]:
        """What is audible at frame `now`."""
        with self._lock:
            return tuple(
                OnAir(
                    airing.programme.slot_id,
                    airing.programme.zone,
                    started_at(airing, self._frames),
                    airing.audible(now),
                    airing.programme.frames,
                    shares_of(airing, self._frames, now),
                    airing.programme.awaits_words,
                )
                for airing in self._sounding(now)
            )

    def is_silent(self, now: int) -> bool:
        """Whether nothing is audible at frame `now`."""
        with self._lock:
            return next(self._sounding(now), None) is None

    def _sounding(self, now: int) -> Iterator[Airing]:
        return (one for one in self._airings.values() if (first := one.first) and first[0] <= now < one.end)

    def next_event(self) -> datetime | None:
        """When something begins or ends next, as far as is known; a block from now, where something is overdue."""
        with self._lock:
            now = self._frames.now()
            edges: list[int] = []
            for airing in self._airings.values():
                if airing.start is None:
                    edge = now if airing.is_ending else self._due(airing)
                else:
                    edge = airing.end if airing.started_at else airing.start
                edges.append(edge if edge > now else now + BLOCK)
            return self._frames.wall_at(min(edges)) if edges else None

    # -- what an output needs -------------------------------------------------------------------------------------

    def compose(self, lane: Lane, count: int, floor: int = 0, *, exact: bool = False) -> Stretch:
        """Hand out the next frames of `lane`: commit what begins in them, ask the gate, move the cursor.

        `floor`: nothing is committed to begin before that frame. `exact`: fewer than `count` frames where a
        programme begins or ends in between, so that a recording can begin and end with it. More than a block at once
        is only handed out where the gate says yes to all of it.
        """
        with self._lock:
            first = lane.cursor
            heard = list(self._heard(lane))
            for airing in heard:
                self._commit(airing, first + count - lane.delay, floor - lane.delay)
                self._end_with_feed(airing, first)
            if exact:
                count = self._up_to_an_edge(lane, heard, count)
            if count <= BLOCK or not all(self._answer(airing, lane, first + count + FADE) is None for airing in heard):
                count = min(count, BLOCK)
                for airing in heard:
                    self._ask(airing, lane, first + count + FADE)
            voices = [voice for voice in self._voices(lane, heard) if voice.overlap(first, count)]
            for voice in voices:
                take = self._airings[voice.slot_id].take(lane)
                take.begun = take.handed_out = True
            lane.cursor = first + count
            return Stretch(first, count, tuple(voices))

    def accepted(self, lane: Lane, stretch: Stretch, *, heard: bool = True, why: str = "") -> None:
        """`lane` took the stretch; not `heard`: and it went nowhere, because of `why`."""
        with self._lock:
            for voice in stretch.voices:
                if not (airing := self._airings.get(voice.slot_id)):
                    continue
                take, frames = airing.take(lane), voice.overlap(stretch.first, stretch.count)
                take.handed_out = False
                if not heard:
                    take.fault = take.fault or why
                    continue
                if not take.ranges:
                    take.late, take.is_guess = lane.late, lane.settled_at > 0
                take.took(frames)
            self._note_audible()

    def jump(self, lane: Lane, cursor: int) -> None:
        """`lane` goes on at `cursor`; frames in between are neither sounded nor counted."""
        with self._lock:
            lane.cursor = cursor

    def jump_silence(self, lane: Lane, target: int) -> None:
        """Move `lane` on to the next frame at which something sounds, `target` at most."""
        with self._lock:
            lane.cursor = max(lane.cursor, min((target, *(start for start, _ in self._spans(lane)))))

    def sounds(self, lane: Lane, count: int) -> bool:
        """Whether any of the next `count` frames of `lane` carries sound."""
        with self._lock:
            return any(start < lane.cursor + count for start, _ in self._spans(lane))

    def ringing(self, lane: Lane, now: int) -> bool:
        """Whether sound that `lane` took is not yet audible at frame `now`."""
        with self._lock:
            return any(one.takes[lane.name].last > now for one in self._airings.values() if lane.name in one.takes)

    def opened(self, lane: Lane, cursor: int, *, tells: bool = False) -> None:
        """`tells`: it is a device that says how far it has played."""
        with self._lock:
            lane.is_open, lane.cursor, lane.late = True, cursor, 0.0
            lane.played_to = cursor if tells else None

    def played(self, lane: Lane, frame: int) -> None:
        """`lane` says that it has played all before `frame`; nothing is heard before its instant."""
        with self._lock:
            lane.played_to = max(lane.played_to or 0, min(frame, self._frames.now()))

    def settling(self, lane: Lane, until: int) -> None:
        """What `lane` tells of its place is no use yet, until that frame at the latest."""
        with self._lock:
            lane.settled_at = until

    def settled(self, lane: Lane, late: float) -> None:
        """`lane` knows that its frames sound `late` seconds after their instant: so did what it began with."""
        with self._lock:
            lane.settled_at = 0
            for airing in self._airings.values():
                take = airing.takes.get(lane.name)
                if take and take.is_guess:
                    take.late, take.is_guess = late, False
                    if airing.started_at and (first := airing.first) and first[2] == lane.name:
                        airing.started_at = self._frames.wall_at(first[0] + late * HOUSE_RATE)

    def failed(self, lane: Lane, why: str, now: int) -> None:
        """`lane` is gone at frame `now`: what it took and had not yet sounded was not heard."""
        with self._lock:
            lane.is_open, lane.fault, lane.settled_at = False, why, 0
            for airing in self._airings.values():
                voice, take = airing.voice(lane), airing.takes.get(lane.name)
                heard_to = lane.heard_by(now)
                if not voice or not take or take.last >= voice.end <= heard_to:
                    continue  # it was not committed yet, or was heard to its end before
                if take.begun:
                    take.lose(why, heard_to)
                if not airing.is_taken and not airing.is_ending and not airing.open_lanes:
                    # Nobody has heard any of it: once an output is back it airs whole, late.
                    airing.start = None
                    airing.takes.clear()

    # -- what became of it ----------------------------------------------------------------------------------------

    def settle(self, *, force: bool = False) -> list[EngineEvent]:
        """What has begun and ended since the last call. `force`: the outputs are closed, everything ends."""
        with self._lock:
            events: list[EngineEvent] = []
            now, seconds = self._frames.now(), self._frames.seconds()
            self._note_audible()
            for airing in list(self._airings.values()):
                over = self._is_over(airing, now, seconds)
                if force and not over:
                    over = True
                    airing.reason = airing.reason if airing.is_ending else "stopped"
                first = airing.first
                if first and airing.started_at is None and (over or first[0] + first[1] * HOUSE_RATE <= now):
                    at = started_at(airing, self._frames)
                    airing.started_at = at
                    events.append(Started(airing.programme.slot_id, at, first[2], at - airing.wanted))
                if over:
                    del self._airings[airing.programme.slot_id]
                    self._keep_ducks(airing)
                    events.append(ended(airing, self._frames))
            return events

    def _is_over(self, airing: Airing, now: int, seconds: float) -> bool:
        begun = any(take.begun for take in airing.takes.values())
        if airing.is_ending and not begun:
            return True
        end = airing.end if airing.start is not None else self._due(airing)
        if now < end:
            airing.overdue_since = None
            return False
        if airing.start is not None and begun and all(airing.is_done(lane, end) for lane in airing.open_lanes):
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

    def _note_audible(self) -> None:
        """For the black box: what has been heard by now of everything that sounds."""
        if self._blackbox is None:
            return
        now = self._frames.now()
        for airing in self._airings.values():
            if (frames := airing.audible(now)) and frames != airing.noted:
                airing.noted = frames
                self._blackbox.put(airing.programme.slot_id, started_at(airing, self._frames), frames)

    # -- placing --------------------------------------------------------------------------------------------------

    def _heard(self, lane: Lane) -> Iterator[Airing]:
        return (airing for airing in self._airings.values() if lane in airing.lanes)

    def _voices(self, lane: Lane, heard: Sequence[Airing]) -> Iterator[Voice]:
        lane.ducks = [(slot_id, duck) for slot_id, duck in lane.ducks if lane.cursor < duck.end + RISE]
        ducks = [(airing.programme.slot_id, duck) for airing in heard if (duck := airing.duck(lane))] + lane.ducks
        for airing in heard:
            under = tuple(duck for slot_id, duck in ducks if slot_id != airing.programme.slot_id)
            if voice := airing.voice(lane, under):
                yield voice

    def _keep_ducks(self, airing: Airing) -> None:
        """It has ended, but what it held down has yet to come back."""
        for lane in airing.lanes:
            if duck := airing.duck(lane):
                lane.ducks.append((airing.programme.slot_id, duck))

    @staticmethod
    def _up_to_an_edge(lane: Lane, heard: Sequence[Airing], count: int) -> int:
        voices = [voice for airing in heard if (voice := airing.voice(lane))]
        edges = [edge for voice in voices for edge in (voice.start, voice.end) if edge > lane.cursor]
        return min([count, *(edge - lane.cursor for edge in edges)])

    def _spans(self, lane: Lane) -> Iterator[tuple[int, int]]:
        """(start, end) of everything still to come on `lane`, by the clocks as they stand."""
        for airing in self._heard(lane):
            if voice := airing.voice(lane):
                start, end = voice.start, voice.end
            elif airing.is_ending:
                continue
            else:
                start = max(lane.cursor, self._due(airing) + lane.delay)
                end = start + airing.programme.frames
            if end > max(start, lane.cursor):
                yield start, end

    def _due(self, airing: Airing) -> int:
        """The frame at which it is to begin: its instant, or when its outputs know where they stand.

        What an output tells in its first seconds is no use: a start would be off by up to a second. An emergency is
        never held, and nothing is held twice for an output that comes and goes.
        """
        wanted = self._frames.frame_at(airing.wanted)
        if airing.programme.priority is Priority.EMERGENCY:
            return wanted
        settled_at = max((lane.settled_at for lane in airing.lanes), default=0)
        if airing.held_from is not None:
            settled_at = min(settled_at, airing.held_from + SETTLING)
        return max(wanted, settled_at)

    def _commit(self, airing: Airing, horizon: int, floor: int) -> None:
        if airing.start is not None or airing.is_ending:
            return
        due = self._due(airing)
        if due < horizon:
            # A late one begins where the furthest output stands, so that all outputs sound it together and whole.
            airing.start = max(due, floor, *(lane.cursor - lane.delay for lane in airing.open_lanes))
        elif airing.held_from is None and self._frames.frame_at(airing.wanted) < horizon:
            airing.held_from = self._frames.now()

    # -- the gate, and ends -----------------------------------------------------------------------------------------

    def _ask(self, airing: Airing, lane: Lane, horizon: int) -> None:
        if (answer := self._answer(airing, lane, horizon)) is None:
            return
        reason, is_local = answer
        # All up to a fade from here was asked with the block before.
        at = lane.cursor + FADE
        if is_local:
            take = airing.take(lane)
            take.cut_at(at if take.begun else airing.start)
            take.fault, take.is_refused = reason, True
        if not is_local or all(airing.take(each).is_refused for each in airing.open_lanes):
            self._cut(airing, reason, at)

    def _answer(self, airing: Airing, lane: Lane, horizon: int) -> tuple[str, bool] | None:
        """None = it may sound on `lane` up to `horizon`; else why not, and whether that is said of this lane alone."""
        voice = airing.voice(lane)
        if voice is None or not (frames := voice.overlap(lane.cursor, horizon - lane.cursor)):
            return None
        end = frames.stop + max(0.0, lane.late) * HOUSE_RATE
        slot_id = airing.programme.slot_id
        try:
            answer = self._allow(slot_id, self._frames.wall_at(frames.start), self._frames.wall_at(end), lane.zones)
            return None if answer.allowed else (answer.reason, bool(getattr(answer, "local", False)))
        except Exception:  # an unanswered gate is a closed gate, and an audio thread must not die of it
            log.exception("the gate failed for slot %s: not aired", slot_id)
            return "gate_failed", False

    def _end_with_feed(self, airing: Airing, cursor: int) -> None:
        """The producer of its last part has ended: it ends there, on every output at the same frame."""
        begun = any(take.begun for take in airing.takes.values())
        if begun and not airing.is_ending and (over_at := airing.feed_over_at) is not None:
            airing.is_finished = True
            for lane in self._lanes:
                airing.take(lane).cut_at(max(over_at + lane.delay, cursor) + FADE)

    def _cut(self, airing: Airing, reason: str, at: int = 0) -> None:
        if not airing.is_ending:
            airing.reason = reason
        self._fade(airing, at)

    def _fade(self, airing: Airing, at: int = 0) -> None:
        if airing.stopped_at is None:
            airing.stopped_at = self._frames.now()
        for lane in self._lanes:
            take = airing.take(lane)
            take.cut_at(max(at, lane.cursor + FADE) if take.begun else airing.start)
