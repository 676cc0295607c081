"""One output at work: opens it, hands it the timeline at its pace, keeps it in step, opens it again when it breaks.

A device that paces is a closed loop on its own delay; the others follow the clock. An output's fault stays its own: it
is noted, shown and retried with growing pauses, and no exception leaves here. Nothing here decides what sounds.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from threading import Event

import numpy as np

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.air_fence import HasAir, always
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import OutputError
from scheduler.playout.airing_book import SETTLING, AiringBook, Lane, Stretch
from scheduler.playout.drift_corrector import LOST, DriftCorrector
from scheduler.playout.frames import FrameClock
from scheduler.playout.meter import Meter
from scheduler.playout.mixer import BLOCK, Block, render
from scheduler.playout.outputs import Output
from scheduler.playout.played import Played
from scheduler.playout.programme import OutputChanged, OutputHealth, OutputState

__all__ = ["Sink"]

log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 3.0
_POLL = 0.02
_RESTS = 0.1
"""Seconds between looks at an output that the clock paces: with something in hand, and with nothing."""
_BEHIND = 2 * HOUSE_RATE
"""Frames that an output paced by the clock may lag and still catch up (a slow disk)."""
_TIGHT = 0.002
_STUCK = 2.0
_LONGEST_FAREWELL = 0.75
_LONG_BLOCK = HOUSE_RATE
"""Frames of a block on a stepped clock, where nobody waits for the next one."""
_CATCH_UP = HOUSE_RATE // 5
"""Frames that an output which takes one even stream may lag and still be given at once."""
_NOTHING = np.zeros(1, np.int16)
_SILENT_BLOCK = 600 * HOUSE_RATE
"""The same for an output that discards: the gate is asked for all of it, and again block by block on a no."""


@lru_cache(maxsize=64)
def _nothing(count: int) -> Block:
    """So many frames for an output that discards them: it is told how many, and no more."""
    return np.broadcast_to(_NOTHING, count)


class Sink:
    """The engine's hand on one output."""

    def __init__(
        self,
        output: Output,
        lane: Lane,
        airings: AiringBook,
        *,
        clock: Clock,
        frames: FrameClock,
        tell: Callable[[OutputChanged], None],
        has_air: HasAir = always,
    ) -> None:
        """`has_air`: asked as the last thing before sound is handed over, also when this thread has been asleep."""
        self.output = output
        self.lane = lane
        self._airings = airings
        self._clock = clock
        self._frames = frames
        self._tell = tell
        self._has_air = has_air
        self._phase = DriftCorrector()
        self._state = OutputState.RETRYING
        self._message = "not opened yet"
        self._since = clock.now()
        self._retry_at = clock.monotonic()
        self._pause = _FIRST_PAUSE
        self._opened_at = 0.0
        self._moved_at = clock.monotonic()
        self._unheard_since = 0.0
        """Since when what it takes goes nowhere (monotonic); 0 = it does not."""
        self._begun: set[str] = set()
        self._gain: tuple[int, float] | None = None
        """The frame up to which it was rendered, and the gain there."""
        self._dropped = 0
        self._lost: tuple[datetime | None, str] = None, ""
        """When it last took no sound though it had been open, and why."""
        self._played: Played | None = None
        """Of a device that is open: how far it has played."""
        self._meter = Meter()
        longest = _SILENT_BLOCK if output.silent else _LONG_BLOCK
        self._longest = BLOCK if output.paces or output.continuous else longest

    # -- what the engine calls ------------------------------------------------------------------------------------

    def expect(self) -> None:
        """It will be run on its own thread: a device has yet to learn where it stands, so starts wait for that."""
        if self.output.paces:
            self._airings.settling(self.lane, self._frames.now() + SETTLING)

    def run(self, stop: Event) -> None:
        """On a thread of its own until `stop` is set; whatever sounds then has been cut and is faded out."""
        while not stop.is_set():
            with suppress(Exception), self._guard():  # without memory a fault may not even be noted: the next turn will
                self._turn(stop)
        self._finish(live=True)

    def _turn(self, stop: Event) -> None:
        if not self.ready():
            stop.wait(_POLL)
        elif self.output.paces:
            self._block()
        else:
            self._stream() if self.output.continuous else self._follow()
            stop.wait(self._pause_before_next())

    def step(self) -> None:
        """Everything due by now, on the caller's thread; a device is treated like any other output."""
        with self._guard():
            if self.ready(stepped=True):
                self._write_until(self._target(), longest=self._longest)

    def finish_stepped(self) -> None:
        """The same as the end of `run`, on the caller's thread."""
        self._finish(live=False)

    def ready(self, *, stepped: bool = False) -> bool:
        """Whether the output is open; opens it when its time has come."""
        if self.lane.is_open:
            return True
        if self._state is OutputState.DOWN or self._clock.monotonic() < self._retry_at:
            return False
        with self._guard():
            self.output.open()
            now = self._clock.monotonic()
            self._opened_at = self._moved_at = now
            self._gain = None
            if not stepped:
                self._unsettle()
            cursor = self._frames.now() if self.output.paces else self._target()
            self._played = Played(cursor) if self.output.paces and not stepped else None
            self._airings.opened(self.lane, cursor, tells=self._played is not None)
            if self._lost[1]:
                self._lost = self._clock.now(), self._lost[1]
            self._change(OutputState.OPEN, "")
        return self.lane.is_open

    def reopen(self) -> None:
        """Try to open it now, also where its fault was for good: somebody has seen to it."""
        if not self.lane.is_open:
            self._pause, self._retry_at = _FIRST_PAUSE, self._clock.monotonic()
            if self._state is OutputState.DOWN:
                self._change(OutputState.RETRYING, self._message)

    def health(self) -> OutputHealth:
        state, message = self._state, self._message
        idle = self._clock.monotonic() - self._moved_at
        if state is OutputState.OPEN and self.output.paces and idle > _STUCK:
            state, message = OutputState.RETRYING, f"takes no sound for {idle:.0f} s; check the sound server"
        elif state is OutputState.OPEN:
            message = message or self.output.note
        output = self.output
        level = self._meter.level(self._frames.now())
        return OutputHealth(
            output.name,
            output.kind,
            state,
            self._since,
            message,
            output.device,
            self._dropped,
            level,
            self.lane.counts,
            *self._lost,
            unheard=state is OutputState.OPEN and self._is_unheard(),
        )

    def _is_unheard(self) -> bool:
        return bool(self._unheard_since) and self._clock.monotonic() - self._unheard_since > _STUCK

    # -- a device that paces --------------------------------------------------------------------------------------

    def _block(self) -> None:
        lane = self.lane
        if (behind := self._frames.now() - lane.cursor) > LOST:
            if behind > _STUCK * HOUSE_RATE:
                self._lost = self._clock.now(), f"took no sound for {behind / HOUSE_RATE:.0f} s"
            # The machine stood still, or the device did. What should have sounded meanwhile is lost, not late.
            self._airings.jump(lane, self._frames.now() + round(self.output.delay() * HOUSE_RATE))
            self._unsettle()
        newly_known = lane.settled_at > 0 and self._phase.is_known
        late = self._phase.late
        sounding = self._airings.sounds(lane, BLOCK)
        shift = self._phase.correction(sounding=sounding)
        lane.late = self._phase.late
        if shift > 0:
            self._airings.jump(lane, lane.cursor + shift)
        if shift < 0 and not sounding:
            self.output.write(np.zeros(-shift, np.int16))
            if self._played:
                self._played.wrote(-shift, lane.cursor, 0)
        if newly_known:  # and put right, before a start that waited for it is let go
            self._airings.settled(lane, late)
        twice = shift < 0 and sounding
        stretch = self._airings.compose(lane, BLOCK, self._frames.now() - LOST)
        self._write(stretch, first_twice=twice)
        self._measure()

    def _unsettle(self) -> None:
        """The device was opened or jumped: what it tells of its delay is no use for a while, and starts wait."""
        self._phase.restart(self._frames.seconds())
        self.expect()

    def _measure(self) -> None:
        before = self._frames.seconds()
        delay = self.output.delay()
        after = self._frames.seconds()
        self._note_played(delay)
        if after - before < _TIGHT:  # else a thread switch came between, and the reading is of no known moment
            moment, due = (before + after) / 2, self._frames.seconds_at(self.lane.cursor)
            self._phase.observe(moment, moment + delay - due, before - due)

    def _note_played(self, delay: float) -> None:
        if self._played:
            self._airings.played(self.lane, self._played.holds(round(delay * HOUSE_RATE)))

    # -- an output paced by the clock -----------------------------------------------------------------------------

    def _target(self) -> int:
        return self._frames.now() + round(self.output.lead * HOUSE_RATE)

    def _follow(self) -> None:
        target = self._target()
        if target - self.lane.cursor > _BEHIND and self._airings.sounds(self.lane, _BEHIND):
            self._airings.jump(self.lane, target)
        self._write_until(target, target - LOST)

    def _stream(self) -> None:
        """An output that takes one even stream: whole blocks, one ahead at most, and no burst after a stall."""
        lane, target = self.lane, self._target()
        lane.late = self.output.late
        if (behind := target - lane.cursor) > _CATCH_UP:
            self._dropped += behind
            log.warning("output %s: %d frames left out to catch up", self.output.name, behind)
            self._airings.jump(lane, target)
        while lane.cursor <= target:
            self._write(self._airings.compose(lane, BLOCK, target - LOST))

    def _pause_before_next(self) -> float:
        """Seconds until there is something to do for an output that the clock paces."""
        if not (self.output.continuous and self.lane.is_open):
            return _POLL if self._airings.carries_any else _RESTS
        wait = self._frames.seconds_at(self.lane.cursor) - self.output.lead - self._frames.seconds()
        return max(0.0, min(wait, _POLL))

    def _write_until(self, target: int, floor: int = 0, *, longest: int = BLOCK) -> None:
        lane, output = self.lane, self.output
        while lane.cursor < target:
            if not output.paces and not output.continuous:
                self._airings.jump_silence(lane, target)
            if (count := min(longest, target - lane.cursor)) > 0:
                self._write(self._airings.compose(lane, count, floor, exact=True))

    # -- both -----------------------------------------------------------------------------------------------------

    def _sound(self, stretch: Stretch) -> Block:
        """The stretch as it shall be heard; an output that discards it is not rendered for, but feeds are used up."""
        output = self.output
        if output.silent and not any(voice.is_live for voice in stretch.voices):
            return _nothing(stretch.count)
        gains = self._gain_at(stretch.first), self._gain_at(stretch.first + stretch.count)
        if self._gain is not None and self._gain[0] == stretch.first:
            gains = self._gain[1], gains[1]  # a step of the clock may move the curve, but nothing may click
        self._gain = stretch.first + stretch.count, gains[1]
        return render(stretch.voices, stretch.first, stretch.count, output.zones, gains)

    def _gain_at(self, frame: int) -> float:
        gain: float = 10 ** (self.output.volume.gain_at(self._frames.wall_at(frame)) / 20)
        return gain

    def _write(self, stretch: Stretch, *, first_twice: bool = False) -> None:
        output = self.output
        block = self._sound(stretch)
        if first_twice:
            block = np.concatenate([block[:1], block])
        self._need_air(stretch)
        for voice in stretch.voices:
            if voice.slot_id not in self._begun:
                self._begun.add(voice.slot_id)
                output.begin(voice.slot_id, self._frames.wall_at(max(voice.start, stretch.first)))
        self._need_air(stretch)
        if output.paces or output.continuous or stretch.voices:
            output.write(block)
            if self._played:
                self._played.wrote(len(block), stretch.first, stretch.count)
        if stretch.voices and not output.silent:
            self._meter.heard(block, stretch.first + stretch.count)
        self._moved_at = self._clock.monotonic()
        over = stretch.first + stretch.count
        lasting = {voice.slot_id for voice in stretch.voices if voice.end > over}
        for slot_id in self._begun - lasting:
            self._begun.discard(slot_id)
            output.end(slot_id)
        self._unheard_since = (self._unheard_since or self._moved_at) if output.unheard else 0.0
        self._airings.accepted(self.lane, stretch, heard=not output.unheard, why=output.note)

    def _need_air(self, stretch: Stretch) -> None:
        """The thread may have slept since the gate was asked: by now another machine of the ward may be sounding."""
        if stretch.voices and not self._has_air(0.0):
            raise OutputError("another machine of this ward may have the air by now")

    def _finish(self, *, live: bool) -> None:
        with self._guard():
            while self.lane.is_open and self._airings.sounds(self.lane, BLOCK):
                self._write(self._airings.compose(self.lane, BLOCK, exact=not self.output.paces))
            if live and self.lane.is_open and self._airings.ringing(self.lane, self._frames.now()):
                # The device still holds the fade; closing now would break it off.
                rest = min(self.output.delay(), _LONGEST_FAREWELL)
                self._clock.sleep_until(self._clock.monotonic() + rest)
                self._note_played(self.output.delay())
        with self._guard():
            self.output.close()

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """The one edge towards an output: its errors become its state."""
        try:
            yield
        except OutputError as error:
            self._fail(str(error), permanent=error.permanent)
        except Exception as error:  # an audio thread never dies of one output's fault
            log.exception("output %s failed unexpectedly", self.output.name)
            self._fail(f"{type(error).__name__}: {error}", permanent=False)

    def _fail(self, why: str, *, permanent: bool) -> None:
        now = self._clock.monotonic()
        if self.lane.is_open:
            self._lost = self._clock.now(), why
            self._pause = _FIRST_PAUSE if now - self._opened_at > _LONGEST_PAUSE else self._pause
        self._retry_at = now + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        self._begun.clear()
        self._unheard_since = 0.0
        self._airings.failed(self.lane, why, self._frames.now())
        with suppress(Exception):  # it is broken already; what closing it says adds nothing
            self.output.close()
        self._change(OutputState.DOWN if permanent else OutputState.RETRYING, why)

    def _change(self, state: OutputState, message: str) -> None:
        if (state, message) == (self._state, self._message):
            return
        self._state, self._message, self._since = state, message, self._clock.now()
        (log.info if state is OutputState.OPEN else log.warning)("output %s: %s %s", self.output.name, state, message)
        self._tell(OutputChanged(self.output.name, state, message))
