"""One airing on one output: which of its frames the output took, and which of them were heard.

An output that the clock paces sounds a frame at its instant. A device says itself how far it has played: what it holds
and has not played was not heard, however willingly it took it. Plain state for `airings`, which holds the lock.
"""

from dataclasses import dataclass, field

from scheduler.core.model import HOUSE_RATE
from scheduler.playout.mixer import Duck

__all__ = ["SEAM", "Lane", "Take"]

SEAM = HOUSE_RATE // 100
"""Frames: less than 10 ms left out (a drift that is put right frame by frame) is no hole."""


@dataclass(slots=True, eq=False)
class Lane:
    """Where one output stands on the timeline. Only its own sink moves it."""

    name: str
    zones: tuple[str, ...]
    cursor: int = 0
    """The next frame to be handed out."""
    kind: str = "soundcard"
    counts: bool = True
    """A loudspeaker stands behind it."""
    played_to: int | None = None
    """Of a device: behind the last frame it says it has played. None = what it takes is heard at its instant."""
    is_open: bool = False
    fault: str = ""
    late: float = 0.0
    """Seconds by which its frames sound after their instant, as measured."""
    settled_at: int = 0
    """It was just opened: where it stands on the timeline is known by this frame at the latest. 0 = it is known."""
    delay: int = 0
    """Frames by which its horns start later than others, so that neighbours do not echo."""
    ducks: list[tuple[str, Duck]] = field(default_factory=list)
    """Of airings that have ended while what they held down was still coming back, with their slot."""

    def heard_by(self, frame: int) -> int:
        """Behind the last of its frames that was heard when `frame` was due."""
        return frame if self.played_to is None else min(frame, self.played_to)


@dataclass(slots=True, eq=False)
class Take:
    """One airing on one output."""

    cut: int | None = None
    begun: bool = False
    handed_out: bool = False
    """Frames of it are being written; the output has not answered yet."""
    ranges: list[range] = field(default_factory=list)
    """What the output took, in order, seams included."""
    left_out: int = 0
    """Frames inside the seams."""
    late: float = 0.0
    is_guess: bool = False
    """It began before the output's place was known: `late` is not measured yet."""
    fault: str = ""
    is_refused: bool = False
    """The gate said no to this output alone."""
    delay: int = 0
    """Of its lane."""

    @property
    def first(self) -> int | None:
        return self.ranges[0].start if self.ranges else None

    @property
    def last(self) -> int:
        """Behind the last frame it took."""
        return self.ranges[-1].stop if self.ranges else 0

    @property
    def accepted(self) -> int:
        """Frames it took."""
        return self.heard(self.last)

    def took(self, frames: range) -> None:
        """It took these frames, behind all that it took before."""
        if not frames:
            return
        before = self.ranges[-1] if self.ranges else None
        if before is None or frames.start - before.stop >= SEAM:
            self.ranges.append(frames)
            return
        self.left_out += max(0, frames.start - before.stop)
        self.ranges[-1] = range(before.start, max(before.stop, frames.stop))

    def heard(self, to: int) -> int:
        """How many of its frames lie before `to`."""
        return max(0, sum(max(0, min(one.stop, to) - one.start) for one in self.ranges) - self.left_out)

    def holes(self, due: range, to: int) -> list[range]:
        """What of `due` it did not take, or not before `to`."""
        at, found = due.start, []
        for one in self.ranges:
            start, stop = max(one.start, due.start), min(one.stop, to, due.stop)
            if start < stop:
                if start - at >= SEAM:
                    found.append(range(at, start))
                at = max(at, stop)
        return [*found, range(at, due.stop)] if due.stop - at >= SEAM else found

    def lose(self, why: str, heard_to: int) -> None:
        """The output broke; it had sounded all before `heard_to`: what it still held was never heard."""
        self.fault, self.handed_out = why, False
        self.ranges = [kept for one in self.ranges if (kept := range(one.start, min(one.stop, heard_to)))]

    def cut_at(self, frame: int | None) -> None:
        """A cut is only ever moved forward in time."""
        self.cut = frame if self.cut is None or frame is None else min(frame, self.cut)
