"""Sound that is still coming: a relay, a microphone or a line, as one part of a programme.

A producer pushes samples from its own thread; the outputs read them by their place in the programme, each with its own
lead. What any output has read is settled: every other output reads the same there, silence included. A producer that
is late goes on a little behind the furthest reader, faded out and in; one that runs ahead is shortened in its own
silences, and cut back when it is too far ahead, so that the delay stays bounded. No clock, no I/O.
"""

import threading
from collections import deque
from math import log10

import numpy as np
from numpy.typing import NDArray

from scheduler.core.model import HOUSE_RATE
from scheduler.playout.mixer import FADE, Block

__all__ = ["StreamBuffer"]

_KEPT = 12 * HOUSE_RATE
"""Frames kept for outputs that read later than the furthest."""
_PIECE = HOUSE_RATE
_GRAIN = HOUSE_RATE // 100
"""Frames left out or doubled at a time: 10 ms of silence."""
_SILENCE = 160
"""The peak (-46 dBFS) up to which a grain is silence that nobody misses."""
_WATCHED = 2 * HOUSE_RATE
"""Frames over which the least that was in hand is looked for: producers push in lumps."""
_SLACK = HOUSE_RATE * 3 // 50
_FULL_SCALE = 32768.0


class StreamBuffer:
    """`frames` = the most that it can last (window or lease). All sizes of the buffer are in seconds."""

    def __init__(self, frames: int, *, prebuffer: float = 0.2, margin: float = 0.06, ahead: float = 5.0) -> None:
        """`prebuffer`: what must have come before anything is read out; `margin`: how far behind the furthest reader
        a late producer goes on; `ahead`: the most that is kept waiting.
        """
        if frames <= 0:
            raise ValueError(f"a feed lasts at least one frame, not {frames}")
        self._frames = frames
        self._prebuffer = round(prebuffer * HOUSE_RATE)
        self._margin = round(margin * HOUSE_RATE)
        self._ahead = max(round(ahead * HOUSE_RATE), self._prebuffer, 2 * FADE)
        self._lock = threading.Lock()
        self._settled = np.zeros(min(frames, _KEPT), np.int16)
        self._read_to = 0
        """Every frame before it has been read by an output and will not change."""
        self._queue = _Queue()
        self._tail = _Queue()
        """The faded end of what came before a gap, not yet read."""
        self._begin: int | None = None
        """Where the queue begins to sound, when it does not yet."""
        self._has_begun = self._runs = False
        self._risen = 0
        """How much of the fade-in is done."""
        self._spare = _Spare(self._prebuffer)
        self._doubled = False
        self._closed = False
        self._over_at: int | None = None
        self._pushed = self._dropped = self._missing = 0
        self._recent: deque[Block] = deque()
        self._recent_frames = 0

    # -- the producer ---------------------------------------------------------------------------------------------

    def push(self, samples: Block) -> None:
        """Append what has just come. After `close` it is ignored."""
        if samples.ndim != 1 or samples.dtype != np.int16:
            raise ValueError("a feed takes one channel of 16-bit samples")
        with self._lock:
            if self._closed:
                return
            if not len(samples):
                return
            own = samples.copy()
            self._pushed += len(own)
            self._note_level(own)
            self._queue.put(own)
            self._drop_what_is_too_far_ahead()
            self._place(waited=len(self._queue) >= self._prebuffer)

    def close(self) -> None:
        """The producer has ended: what is in hand still sounds, then nothing is missed any more."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._place(waited=True)
                self._note_over(self._read_to)

    # -- the outputs ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._frames

    def __getitem__(self, frames: slice, /) -> Block:
        """Exactly the frames of the range inside the feed; silence where nothing has come in time."""
        first, last, _ = frames.indices(self._frames)
        sound = np.zeros(max(0, last - first), np.int16)
        if not len(sound):
            return sound
        with self._lock:
            while self._read_to < last:
                self._settle(min(_PIECE, last - self._read_to, len(self._settled)))
                self._copy(sound, first)
            self._copy(sound, first)
        return sound

    def _copy(self, sound: Block, first: int) -> None:
        """Fill in what is settled and still kept."""
        size = len(self._settled)
        begin = max(first, self._read_to - size)
        end = min(first + len(sound), self._read_to)
        if begin < end:
            sound[begin - first : end - first] = self._settled[np.arange(begin, end) % size]

    # -- what is known --------------------------------------------------------------------------------------------

    @property
    def pushed(self) -> int:
        return self._pushed

    @property
    def dropped(self) -> int:
        """Frames that came and were left out, to keep the delay bounded."""
        return self._dropped

    @property
    def missing(self) -> int:
        """Frames read as silence since the first push; everything that was read, when nothing ever came."""
        return self._missing if self._pushed else self._read_to

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def over_at(self) -> int | None:
        """The frame behind the last one that sounds, once the producer has ended and all of it was read."""
        return self._over_at

    def level_db(self) -> float:
        """RMS of the last second that came, in dBFS; -inf for silence."""
        with self._lock:
            recent = list(self._recent)
        square = sum(float(np.square(piece, dtype=np.float64).sum()) for piece in recent)
        frames = sum(map(len, recent))
        return 10 * log10(square / frames / _FULL_SCALE**2) if square else float("-inf")

    def _note_level(self, samples: Block) -> None:
        self._recent.append(samples[-HOUSE_RATE:])
        self._recent_frames += len(self._recent[-1])
        while self._recent_frames - len(self._recent[0]) >= HOUSE_RATE:
            self._recent_frames -= len(self._recent.popleft())

    # -- settling: all of it under the lock -------------------------------------------------------------------------

    def _place(self, *, waited: bool) -> None:
        """Decide where a queue that stands still begins."""
        if self._runs or self._begin is not None or not len(self._queue):
            return
        if self._has_begun:
            self._begin = self._read_to + max(self._margin, len(self._tail))
        elif waited:
            self._begin = self._read_to

    def _drop_what_is_too_far_ahead(self) -> None:
        if len(self._queue) <= self._ahead:
            return
        if not self._runs:
            self._dropped += len(self._queue.take(len(self._queue) - self._ahead))
            return
        # More than the excess: one jump now and then is better than one at every push. The two ends are blended.
        excess = len(self._queue) - self._ahead * 3 // 4
        before = self._queue.peek(FADE)
        self._dropped += len(self._queue.take(excess))
        after = self._queue.take(FADE)
        self._queue.put_back(_faded(before, 1 - _rise(FADE)) + _faded(after, _rise(FADE)))
        self._spare.restart()

    def _settle(self, count: int) -> None:
        """The next `count` frames become what every output reads there."""
        sound = np.zeros(count, np.int16)
        at, filled = self._read_to, 0
        while filled < count:
            piece = self._next(at + filled, count - filled)
            sound[filled : filled + len(piece)] = piece
            filled += len(piece)
        if (left := self._frames - at) < count + FADE:
            # The window is over in full sound: it fades too.
            gain = np.append(_rise(FADE), np.float32(1))[np.clip(left - np.arange(count), 0, FADE)]
            sound = _faded(sound, gain)
        self._settled[np.arange(at, at + count) % len(self._settled)] = sound
        self._read_to = at + count

    def _next(self, at: int, most: int) -> Block:
        """Up to `most` frames from `at` on, of one kind: the end of a run, silence, or the run itself."""
        if len(self._tail):
            piece = self._tail.take(min(most, len(self._tail)))
            self._note_over(at + len(piece))
            return piece
        if not self._runs:
            begin = at + most if self._begin is None else self._begin
            if at < begin:
                silence = min(most, begin - at)
                self._missing += silence if self._pushed and self._over_at is None else 0
                return np.zeros(silence, np.int16)
            self._runs = self._has_begun = True
            self._begin, self._risen = None, 0
            self._spare.restart()
        if most <= len(self._queue) - FADE:
            return self._risen_by(self._even(most))
        # It will not last: what is left is faded out, and what comes from now on begins anew.
        rest = self._risen_by(self._queue.take(len(self._queue)))
        fade = min(FADE, len(rest))
        rest[len(rest) - fade :] = _faded(rest[len(rest) - fade :], _rise(fade)[::-1])
        self._tail.put(rest)
        self._runs = False
        return self._next(at, most)

    def _risen_by(self, piece: Block) -> Block:
        """The next piece of a run, with its share of the fade-in."""
        if (rest := FADE - self._risen) > 0:
            gain = _rise(FADE)[self._risen :][: len(piece)]
            piece[: len(gain)] = _faded(piece[: len(gain)], gain)
            self._risen += min(rest, len(piece))
        return piece

    def _even(self, count: int) -> Block:
        """`count` frames of the run. Its silences are shortened or lengthened, by half at most, where the two clocks
        have drifted apart.
        """
        queue, left = self._queue, count
        pieces: list[Block] = []
        while left:
            grain = min(_GRAIN, left) if self._spare.wrong else left
            quiet = grain == _GRAIN and not self._doubled and _is_silence(queue.peek(grain))
            if quiet and self._spare.wrong < 0:
                pieces.append(queue.peek(grain))
                left -= grain
                self._spare.moved(grain)
                self._doubled = True
                continue
            if quiet and len(queue) - grain >= left + FADE:
                self._dropped += len(queue.take(grain))
                self._spare.moved(-grain)
            self._doubled = False
            pieces.append(queue.take(grain))
            left -= grain
        self._spare.note(len(queue), count)
        return np.concatenate(pieces)

    def _note_over(self, at: int) -> None:
        if self._closed and self._over_at is None and not len(self._queue) and not len(self._tail):
            self._over_at = at


class _Queue:
    """Samples in order, taken in pieces of any size."""

    def __init__(self) -> None:
        self._pieces: deque[Block] = deque()
        self._frames = 0

    def __len__(self) -> int:
        return self._frames

    def put(self, samples: Block) -> None:
        if len(samples):
            self._pieces.append(samples)
            self._frames += len(samples)

    def put_back(self, samples: Block) -> None:
        self._pieces.appendleft(samples)
        self._frames += len(samples)

    def take(self, count: int) -> Block:
        """The first `count` frames, as an array of the caller's own."""
        taken = [np.zeros(0, np.int16)]
        left = min(count, self._frames)
        self._frames -= left
        while left:
            piece = self._pieces.popleft()
            taken.append(piece[:left])
            if len(piece) > left:
                self._pieces.appendleft(piece[left:])
            left -= min(left, len(piece))
        return np.concatenate(taken)

    def peek(self, count: int) -> Block:
        first = self.take(count)
        self.put_back(first)
        return first.copy()


class _Spare:
    """How much was in hand at the least over the last seconds: too much is a delay, too little is a gap to come."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self.restart()

    def restart(self) -> None:
        self._least = self._wanted
        self._least_now: int | None = None
        self._watched = 0

    @property
    def wrong(self) -> int:
        """1 = too much, -1 = too little, 0 = neither."""
        return (self._least > self._wanted + _SLACK) - (self._least < self._wanted // 2)

    def moved(self, frames: int) -> None:
        self._least += frames
        if self._least_now is not None:
            self._least_now += frames

    def note(self, in_hand: int, read: int) -> None:
        self._least_now = in_hand if self._least_now is None else min(self._least_now, in_hand)
        self._watched += read
        if self._watched >= _WATCHED:
            self._least, self._least_now, self._watched = self._least_now, None, 0


def _rise(frames: int) -> NDArray[np.float32]:
    """A fade-in of that length: from 0 to just below 1."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(frames) / frames)).astype(np.float32)


def _faded(sound: Block, gain: NDArray[np.float32]) -> Block:
    faded: Block = np.rint(sound * gain).astype(np.int16)
    return faded


def _is_silence(sound: Block) -> bool:
    return bool(np.abs(sound.astype(np.int32)).max() < _SILENCE)
