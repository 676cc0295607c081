"""What is known of a sound file after it was decoded to its end: the fields of `loa audio check --json`.

It only holds what `audio_assets` measured; whether that is good enough to air is decided there.
"""

from dataclasses import dataclass

from scheduler.core.model import Sha256

__all__ = ["AudioReport"]


@dataclass(frozen=True, slots=True)
class AudioReport:
    """One file's measurements and verdict."""

    verdict: str
    """ready | warning | refused"""
    reason: str
    """A reason code when refused, else empty."""
    warnings: tuple[str, ...]
    seconds: float
    lufs: float | None
    """None for silence or less than 0.4 s."""
    true_peak_dbtp: float | None
    clipped_share: float
    silent_share: float
    channels: int
    sample_rate: int
    sha256: Sha256
    """Of the original file."""
