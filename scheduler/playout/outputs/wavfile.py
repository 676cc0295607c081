"""Each airing as a WAV file: what the mixer really sent, from its first frame to its last, kept for some days.

Nothing is written between airings. The header is brought up to date every second, so a file cut off by a crash or a
power cut still plays up to there. A full disk or a lost folder is an OutputError; the files before it stay. It never
deletes anything but its own WAV files in its own day folders.
"""

import logging
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from audio_assets.library import wav_header
from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.volume import FULL_VOLUME, Volume
from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.settings import volume_in

__all__ = ["WavFile", "from_config"]

log = logging.getLogger(__name__)

_LONGEST_NAME = 100
_OWN_FILE = re.compile(r"\d{6}-.*\.wav")


@dataclass(slots=True, eq=False)
class _Recording:
    file: BinaryIO
    frames: int = 0
    frames_in_header: int = 0


class WavFile:
    """Records into `folder`/YYYY-MM-DD/HHMMSS-<slot id>.wav, named in the station's local time."""

    kind = "wavfile"
    counts = False
    unheard = False
    late = 0.0
    paces = False
    continuous = False
    silent = False
    note = ""
    lead = 0.0

    def __init__(
        self,
        name: str,
        zones: tuple[str, ...],
        *,
        folder: Path,
        zone: ZoneInfo,
        keep_days: int = 30,
        volume: Volume = FULL_VOLUME,
    ) -> None:
        self.name = name
        self.zones = zones
        self.volume = volume
        self.device = str(folder)
        self.last: Path | None = None
        """The newest recording."""
        self._folder = folder
        self._zone = zone
        self._keep_days = keep_days
        self._is_open = False
        self._recordings: dict[str, _Recording] = {}

    def open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._trouble(error) from error
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise OutputError(f"cannot write into {self._folder}: give the station's user the right to")
        self._is_open = True

    def begin(self, slot_id: str, at: datetime) -> None:
        self._must_be_open()
        self.end(slot_id)
        try:
            file, self.last = self._create(slot_id, at.astimezone(self._zone))
            self._recordings[slot_id] = recording = _Recording(file)
            self._write_header(recording)
        except OSError as error:
            raise self._trouble(error) from error

    def write(self, block: Block) -> None:
        self._must_be_open()
        try:
            for recording in self._recordings.values():
                recording.file.write(block.astype("<i2", copy=False).tobytes())
                recording.frames += len(block)
                if recording.frames - recording.frames_in_header >= HOUSE_RATE:
                    self._write_header(recording)
        except OSError as error:
            raise self._trouble(error) from error

    def end(self, slot_id: str) -> None:
        if recording := self._recordings.pop(slot_id, None):
            try:
                self._finish(recording)
            except OSError as error:
                raise self._trouble(error) from error

    def delay(self) -> float:
        return 0.0

    def close(self) -> None:
        self._is_open = False
        while self._recordings:
            _, recording = self._recordings.popitem()
            with suppress(OSError):  # the disk is full or gone: what is there stays, as far as the last header says
                self._finish(recording)

    def sweep(self, now: datetime) -> int:
        """Delete recordings older than the days to keep; how many went."""
        oldest = now.astimezone(self._zone).date() - timedelta(days=self._keep_days)
        gone = 0
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            day = _day(folder)
            if day is None or day >= oldest:
                continue
            for path in folder.iterdir():
                if _OWN_FILE.fullmatch(path.name) and path.is_file():
                    path.unlink()
                    gone += 1
            with suppress(OSError):  # a stranger's file is in it: the folder stays
                folder.rmdir()
        return gone

    def _must_be_open(self) -> None:
        if not self._is_open:
            raise OutputError(f"output {self.name} is not open")

    def _create(self, slot_id: str, local: datetime) -> tuple[BinaryIO, Path]:
        folder = self._folder / f"{local:%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"{local:%H%M%S}-{re.sub(r'[^A-Za-z0-9._-]+', '-', slot_id)[:_LONGEST_NAME]}"
        for number in range(1, 1000):
            path = folder / (f"{stem}.wav" if number == 1 else f"{stem}-{number}.wav")
            # After a step back of the clock the same second comes twice: the first recording is never overwritten.
            with suppress(FileExistsError):
                return path.open("xb", buffering=0), path
        raise OutputError(f"{folder} holds a thousand recordings named {stem}: move them away")

    @staticmethod
    def _write_header(recording: _Recording) -> None:
        recording.file.flush()  # the sound first, then the header that promises it
        recording.file.seek(0)
        recording.file.write(wav_header(recording.frames))
        recording.file.seek(0, os.SEEK_END)
        recording.file.flush()
        recording.frames_in_header = recording.frames

    def _finish(self, recording: _Recording) -> None:
        try:
            self._write_header(recording)
            os.fsync(recording.file.fileno())
        finally:
            # After a failed write the buffer still holds frames; closing tries them again and fails again.
            with suppress(OSError):
                recording.file.close()

    def _trouble(self, error: OSError) -> OutputError:
        return OutputError(
            f"cannot record into {self._folder}: {error.strerror or error}; free some space or check the disk"
        )


def _day(folder: Path) -> date | None:
    try:
        return date.fromisoformat(folder.name) if folder.is_dir() else None
    except ValueError:
        return None


def from_config(setting: OutputConfig, config: Config) -> WavFile:
    """As its section of config.toml asks."""
    return WavFile(
        setting.name,
        setting.zones,
        folder=config.data / "wav" / re.sub(r"[^\w.-]+", "-", setting.name).strip(".-"),
        zone=ZoneInfo(config.station.time_zone),
        keep_days=config.playout.keep_wav_days,
        volume=volume_in(config, setting),
    )
