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
    dc_offset: float = 0.0
    """How far the zero line was off, as a share of full scale; it is taken out before anything else is measured."""
    cut_start: float = 0.0
    """Seconds of silence that are cut off before the sound."""
    cut_end: float = 0.0
    """And behind it."""

    def figures(self) -> dict[str, str]:
        """What was measured, as the details of a job hold it; empty for a file that gave no sound to measure."""
        if not self.channels:
            return {}
        measured = {"lufs": self.lufs, "true_peak_dbtp": self.true_peak_dbtp}
        return {
            "seconds": str(self.seconds),
            **{name: str(value) for name, value in measured.items() if value is not None},
            "clipped_share": str(self.clipped_share),
            "silent_share": str(self.silent_share),
            "channels": str(self.channels),
            "sample_rate": str(self.sample_rate),
            "warnings": " ".join(self.warnings),
            "dc_offset": str(self.dc_offset),
            "cut_start": f"{self.cut_start:.2f}",
            "cut_end": f"{self.cut_end:.2f}",
        }
