"""What an output had to drop since it was opened, told to people for a minute after it happened and then no more.

The count stays; the sentence goes, so that one hiccup in the morning is not a warning all day.
"""

from scheduler.core.model import HOUSE_RATE

__all__ = ["Losses"]

_TOLD_FOR = 60 * HOUSE_RATE


class Losses:
    """Counts what is lost, in whatever unit its owner likes, against the frames that went by."""

    def __init__(self) -> None:
        self.total = 0
        self._age = _TOLD_FOR

    def add(self, lost: int) -> None:
        if lost:
            self.total += lost
            self._age = 0

    def go_by(self, frames: int) -> None:
        """`frames` of the stream went by, lost or not."""
        self._age += frames

    @property
    def is_told(self) -> bool:
        return self._age < _TOLD_FOR
