"""How far a pacing device is from the timeline, and what to do about it.

A device takes frames at its own pace and says how much it still holds; `late` is how long after its instant a frame
will sound. On a busy machine single readings lie by tens of milliseconds, and their lies fade over a second, while the
truth is a straight line: a crystal's drift. So a line is laid through three seconds of readings, and believed only when
they agree with it. In silence everything is put right at once; while something sounds one frame a block at most, so
that nobody hears it; a device lost by more than 0.2 s catches up at once, for the gate's instants must stay true.

A sound server smooths what it tells, and under load the curve may be wrong for seconds on end and still be smooth. So
a second witness is heard: the moments at which the device took frames. They may come late, never early, and no curve
bends them. They say to a tenth of a millisecond whether the device has moved; where it is they do not say, so what was
told in two minutes does. Where they are too uneven to say anything, the readings alone are heard.
"""

from collections import deque
from math import sqrt
from statistics import fmean, median

from scheduler.core.model import HOUSE_RATE

__all__ = ["LOST", "DriftCorrector"]

LOST = HOUSE_RATE // 5
"""Frames of lateness at which keeping time beats keeping every word."""
_LOST_SECONDS = LOST / HOUSE_RATE
_SETTLING = 1.0
_APART = 0.04
"""Seconds between two readings that count: a burst of blocks tells one thing many times."""
_WINDOW = 3.0
_SHORTEST = 1.0
_SHORTEST_LOST = 0.4
_FEWEST = 4
_FEWEST_LOST = 3
_FEWEST_PLACED = 4
_SHORTEST_PLACED = 0.8
_STEEPEST = 0.002
"""Slope (2000 ppm) beyond which it is no crystal."""
_AGREE = 0.000_3
_ROUGHLY = 0.003
"""Seconds within which readings place a device well enough to start on it, though not to move it."""
_TAKEN = 2.0
"""Seconds in which a device takes frames without delay at least once, however busy the machine is."""
_COMPARED = 0.2
"""Seconds between two comparisons of the witnesses."""
_MOST_COMPARED = 600
"""Two minutes of them: longer than any lie."""
_FEWEST_COMPARED = 11
"""Comparisons that must be even: as long as takings are remembered, so that a step is judged by what came behind it."""
_EVEN = 0.001
"""Seconds within which the soonest takings of a second lie, when they say anything."""
_STEP = 0.001_5
"""Seconds by which takings step when the device has moved, or when it takes other lots."""
_SILENT_WITNESS = 20.0
"""Seconds of uneven takings after which the readings alone are heard again."""
_TRUTH = 0.2
"""Of all comparisons, the share below the truth: a smoothed delay that is wrong is too small, by up to 0.1 s, and
seldom too large (PulseAudio 17 under load)."""
_SILENT_TOLERANCE = 5
_SOUNDING_TOLERANCE = HOUSE_RATE // 250
"""4 ms: what an estimate wavers by under load is not worth a frame of somebody's words."""


class _Taking:
    """When the device took frames, and how late it is by that."""

    def __init__(self) -> None:
        self._taken: deque[tuple[float, float]] = deque()
        self._soonest: deque[float] = deque(maxlen=_FEWEST_COMPARED)
        """The soonest takings at the last comparisons."""
        self._apart: deque[float] = deque(maxlen=_MOST_COMPARED)
        """How far the soonest taking lay from what the device told."""
        self._lots: deque[float] = deque(maxlen=2 * _FEWEST_COMPARED + 1)
        """How large the lots were: back to before the oldest taking that is remembered."""
        self._stood: tuple[float, float] | None = None
        """The soonest taking when they were even last, and what the device told when these began to be."""
        self._told: deque[float] = deque(maxlen=_FEWEST_COMPARED)
        """What it told at the last comparisons."""
        self._compared_at = self._even_at = float("-inf")
        self.late: float | None = None
        """In seconds; None where the takings say nothing now."""

    @property
    def is_witness(self) -> bool:
        """Whether it has said something not long ago, so that the readings alone are not to be heard."""
        return self._compared_at - self._even_at < _SILENT_WITNESS

    def note(self, seconds: float, taken: float, told: float) -> None:
        """At `seconds` the device took a block, `taken` seconds after the instant that follows it, and told `told`."""
        self._taken.append((seconds, taken))
        while seconds - self._taken[0][0] > _TAKEN:
            self._taken.popleft()
        if seconds - self._compared_at < _COMPARED:
            return
        self._compared_at = seconds
        takings = sorted(taken for _, taken in self._taken)
        self._soonest.append(takings[0])
        self._told.append(told)
        self._lots.append(takings[len(takings) // 2] - takings[0])
        self._apart.append(takings[0] - told)
        self.late = None
        if len(self._soonest) == _FEWEST_COMPARED and max(self._soonest) - min(self._soonest) <= _EVEN:
            self._even_at = seconds
            self._follow(takings[0])
            self.late = takings[0] - sorted(self._apart)[int(_TRUTH * len(self._apart))]

    def _follow(self, soonest: float) -> None:
        """A step of the takings: the device has moved; or, where the lots are of another size too or the device tells
        of no such step, nothing has: a client asked the server for less delay.
        """
        step, tells = (0.0, 0.0) if self._stood is None else (soonest - self._stood[0], self._told[-1] - self._stood[1])
        self._stood = soonest, self._told[0]
        if abs(step) <= _STEP:
            return
        if abs(self._lots[-1] - self._lots[0]) > abs(step) / 4 or abs(tells) < abs(step) / 3:
            self._apart = deque((apart + step for apart in self._apart), maxlen=_MOST_COMPARED)

    def shift(self, seconds: float) -> None:
        """What comes next was moved by `seconds`: what was seen before stays true, shifted."""
        self._taken = deque((at, taken - seconds) for at, taken in self._taken)
        self._soonest = deque((taken - seconds for taken in self._soonest), maxlen=_FEWEST_COMPARED)
        self._told = deque((told - seconds for told in self._told), maxlen=_FEWEST_COMPARED)
        self._stood = None if self._stood is None else (self._stood[0] - seconds, self._stood[1] - seconds)
        self.late = None if self.late is None else self.late - seconds


class DriftCorrector:
    """The closed loop of one device."""

    def __init__(self) -> None:
        self._readings: deque[tuple[float, float]] = deque()
        self._last_second: deque[tuple[float, float]] = deque()
        """Of all readings, the first second's too: they move nothing, but when they stand still they say enough."""
        self._taking = _Taking()
        self._trusted_from = 0.0
        self._late = 0.0
        self._is_known = False

    @property
    def late(self) -> float:
        """Seconds by which frames sound after their instant, as far as it is known; negative = before."""
        return self._late

    @property
    def is_known(self) -> bool:
        """Whether the device was found where `late` says, to a few milliseconds, since the last restart.

        Before that `late` is 0 and no more than a hope.
        """
        return self._is_known

    def restart(self, seconds: float) -> None:
        """The device was opened or jumped at `seconds` (monotonic): for a second its readings are no use."""
        self._trusted_from = seconds + _SETTLING
        self._readings.clear()
        self._last_second.clear()
        self._taking = _Taking()
        self._late = 0.0
        self._is_known = False

    def observe(self, seconds: float, late: float, taken: float | None = None) -> None:
        """At `seconds` (monotonic) the next frame would sound `late` seconds after its instant.

        `taken`: how long after that frame's instant the device had just taken all frames before it, in seconds
        (negative: it takes them ahead).
        """
        self._place(seconds, late)
        if taken is not None and seconds >= self._trusted_from:  # before, it takes what fills it as fast as it is given
            self._taking.note(seconds, taken, late)
        readings = self._readings
        if seconds < self._trusted_from or (readings and seconds - readings[-1][0] < _APART):
            return
        readings.append((seconds, late))
        while seconds - readings[0][0] > _WINDOW:
            readings.popleft()
        if (estimate := self._estimate()) is not None:
            self._late, self._is_known = estimate, True

    def correction(self, *, sounding: bool) -> int:
        """Frames to leave out (positive) or to insert (negative) before the next block."""
        frames = round(self._late * HOUSE_RATE)
        if sounding and frames <= LOST:
            frames = 0 if abs(frames) <= _SOUNDING_TOLERANCE else 1 if frames > 0 else -1
        elif abs(frames) <= _SILENT_TOLERANCE:
            frames = 0
        if frames:
            # What was read before the shift stays true, shifted.
            shift = frames / HOUSE_RATE
            self._late -= shift
            self._readings = deque((seconds, late - shift) for seconds, late in self._readings)
            self._taking.shift(shift)
        return frames

    def _place(self, seconds: float, late: float) -> None:
        """Known well enough to start on: all but the wildest of late readings lie together around no lateness.

        What does not, or lies elsewhere, has to be believed and put right first.
        """
        last = self._last_second
        if self._is_known or (last and seconds - last[-1][0] < _APART):
            return
        last.append((seconds, late))
        if seconds - last[0][0] < _SHORTEST_PLACED:
            return
        lates = sorted(late for _, late in last)
        wild = len(lates) // 10
        inner = lates[wild : len(lates) - wild]
        stands = inner[-1] - inner[0] <= _ROUGHLY and abs(median(inner)) <= _ROUGHLY
        self._is_known = len(lates) >= _FEWEST_PLACED and stands
        last.popleft()

    def _estimate(self) -> float | None:
        """The lateness now, or None when the readings do not agree on one."""
        if self._is_known and self._taking.is_witness:
            return self._taking.late
        seconds = [second for second, _ in self._readings]
        lates = [late for _, late in self._readings]
        span = seconds[-1] - seconds[0]
        if len(lates) >= _FEWEST_LOST and span >= _SHORTEST_LOST and _all_lost(lates):
            return median(lates)
        if len(lates) < _FEWEST or span < _SHORTEST:
            return None
        middle, mean = fmean(seconds), fmean(lates)
        spread = sum((second - middle) ** 2 for second in seconds)
        slope = sum((second - middle) * (late - mean) for second, late in self._readings) / spread
        now = mean + slope * (seconds[-1] - middle)
        rest = sqrt(fmean((mean + slope * (second - middle) - late) ** 2 for second, late in self._readings))
        believed = abs(slope) <= _STEEPEST and rest <= max(_AGREE, abs(now) / 4)
        return now if believed else None


def _all_lost(lates: list[float]) -> bool:
    return min(lates) > _LOST_SECONDS or max(lates) < -_LOST_SECONDS
