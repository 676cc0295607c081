"""Bare samples that a live microphone has left, made a WAV file where they lie.

House format is assumed: who wrote them knew it. Done again after a crash it changes nothing, and a file that is a WAV
file already stays as it is.
"""

import shutil
import wave
from pathlib import Path

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.durable import put_in_place, sync_file

__all__ = ["with_header"]


def with_header(path: Path) -> None:
    """Put a WAV header before the samples of a file."""
    with path.open("rb") as raw:
        if raw.read(4) == b"RIFF":
            return
        raw.seek(0)
        made = path.with_suffix(".part")
        with wave.open(str(made), "wb") as wav:
            wav.setparams((1, 2, HOUSE_RATE, 0, "NONE", ""))
            shutil.copyfileobj(raw, _Frames(wav))
    sync_file(made)  # before the samples as they came are let go
    put_in_place(made, path)


class _Frames:
    """A WAV file as something to copy into: whole samples only."""

    def __init__(self, wav: wave.Wave_write) -> None:
        self._wav = wav

    def write(self, data: bytes) -> int:
        self._wav.writeframes(data[: len(data) // 2 * 2])
        return len(data)
