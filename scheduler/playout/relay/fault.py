"""The error of a source that gives no sound for now.

When a source is tried again is the chooser's; here nothing is caught and nothing decided.
"""

from scheduler.kernel.errors import LoaError

__all__ = ["RelayError"]


class RelayError(LoaError):
    """No sound for now. `reason` is a code of `core.words.wording.REASONS`."""

    def __init__(self, reason: str, told: str = "") -> None:
        self.reason = reason
        super().__init__(f"{reason} {told}".strip())
