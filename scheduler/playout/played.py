"""How far a device has played what it was given: by what it says it still holds, whatever it was willing to take.

A device that stands still holds more and more, or as much as before; then this does not move on, and nothing of what it
took counts as heard. Pure: it is told what was written and what the device holds, and reads no clock.
"""

from collections import deque

__all__ = ["Played"]


class Played:
    """Of one opening of a device. Frames of the timeline, and frames that were really written."""

    def __init__(self, cursor: int) -> None:
        self.to = cursor
        """Behind the last frame of the timeline that it has played."""
        self._written = 0
        self._held: deque[tuple[int, int, int]] = deque()
        """Of each lot that is not played yet: what was written behind it, and its frames of the timeline."""

    def wrote(self, frames: int, first: int, count: int) -> None:
        """`frames` were written, which are `count` frames of the timeline from `first` on."""
        self._written += frames
        self._held.append((self._written, first, count))

    def holds(self, frames: int) -> int:
        """The device holds so many frames of what was written: how far it has played."""
        played = self._written - max(0, frames)
        while self._held and self._held[0][0] <= played:
            _, first, count = self._held.popleft()
            self.to = max(self.to, first + count)
        if self._held:
            written, first, count = self._held[0]
            if (inside := count - (written - played)) > 0:
                self.to = max(self.to, first + inside)
        return self.to
