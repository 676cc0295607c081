"""The sound of an order whose words are still being spoken: its chime, again and again, until they are there.

It is one part of a programme. The outputs read it by their place in it, each with its own lead; words begin behind all
that any of them has read, so that every output sounds the same. Without words it ends after a whole chime. It looks at
no clock and decides nothing: its length is the bound, and who gives the words knows whether they came in time.
"""

import threading
from collections.abc import Sequence

import numpy as np

from scheduler.core.air.cue_list import CHIME_PAUSE
from scheduler.core.model import HOUSE_RATE
from scheduler.playout.mixer import FADE, Block

__all__ = ["WORDS_WITHIN", "LateWords"]

WORDS_WITHIN = 60 * HOUSE_RATE
"""Frames after which an order that has no words ends without them."""
_BETWEEN = 2 * HOUSE_RATE
"""Silence before the chime sounds again."""
_AHEAD = HOUSE_RATE // 5
"""Frames that words begin behind what was read last: what is asked of the gate for them stands by then."""


class LateWords:
    """`say` gives it its words, once. Any thread may ask."""

    def __init__(self, chime: Block) -> None:
        self._chime = chime
        self._turn = len(chime) + _BETWEEN
        self._frames = len(chime) + max(0, WORDS_WITHIN - len(chime)) // self._turn * self._turn
        self._stop = self._frames
        """Where the chime falls silent for the words."""
        self._fades = False
        self._words: tuple[tuple[int, Block], ...] = ()
        self._read_to = 0
        self._lock = threading.Lock()

    @property
    def is_said(self) -> bool:
        """Whether it has its words."""
        return bool(self._words)

    def say(self, words: Sequence[Block]) -> bool:
        """Let them follow as soon as may be; False where it has some already, or has come to its end without."""
        with self._lock:
            at = max(self._read_to + _AHEAD, len(self._chime))
            if self._words or at >= self._frames:
                return False
            self._stop, self._fades = at, at % self._turn < len(self._chime)
            silent_since = at // self._turn * self._turn + len(self._chime)
            at = max(at, min(silent_since, at) + CHIME_PAUSE)
            placed: list[tuple[int, Block]] = []
            for part in words:
                placed.append((at, part))
                at += len(part)
            self._frames, self._words = at, tuple(placed)
            return True

    def __len__(self) -> int:
        return self._frames

    def __getitem__(self, frames: slice, /) -> Block:
        """What sounds there; silence behind its end."""
        with self._lock:
            first, last = frames.start or 0, frames.stop
            self._read_to = max(self._read_to, min(last, self._frames))
            sound = np.zeros(max(0, last - first), np.int16)
            for turn in range(first // self._turn, -(-min(last, self._stop) // self._turn)):
                _lay(sound, first, turn * self._turn, self._chime, self._stop)
            if self._fades and first < self._stop and last > self._stop - FADE:
                _fade(sound, first, self._stop)
            for at, part in self._words:
                _lay(sound, first, at, part, last)
            return sound


def _lay(sound: Block, first: int, at: int, part: Block, stop: int) -> None:
    """`part` begins at frame `at`, `sound` at `first`; nothing of it from `stop` on."""
    begin, end = max(first, at), min(first + len(sound), at + len(part), stop)
    if begin < end:
        sound[begin - first : end - first] = part[begin - at : end - at]


def _fade(sound: Block, first: int, stop: int) -> None:
    """Out, up to `stop`."""
    at = np.arange(max(first, stop - FADE), min(first + len(sound), stop))
    here = slice(int(at[0]) - first, int(at[-1]) + 1 - first) if len(at) else slice(0, 0)
    sound[here] = np.rint(sound[here] * (0.5 - 0.5 * np.cos(np.pi * (stop - at) / FADE))).astype(np.int16)
