"""Where the station keeps sound: masters and originals, each named by the sha256 of its own bytes.

A file appears whole or not at all (temporary file, fsync, rename, fsync of the folder) and never changes afterwards.
`load` believes nothing: a master whose bytes no longer match its name is refused. Importing this module loads neither
numpy nor a decoder, so that the page can serve sound cheaply. What a sound is used for is the store's knowledge.
"""

import hashlib
import os
import struct
import unicodedata
import wave
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from audio_assets.part_file import PART, disk_faults, part_file, sweep_unlocked
from scheduler.core.model import HOUSE_RATE, Frames, Lufs, Seconds, Sha256
from scheduler.kernel.durable import make_folder, put_in_place
from scheduler.kernel.errors import NotFound, Refused

if TYPE_CHECKING:
    from audio_assets.loudness import Pcm

__all__ = ["WAV_HEADER_BYTES", "Clip", "Library", "safe_name", "settle", "wav_header"]

_PIECE = 1 << 20
_ASIDE = "aside"
"""The folder of masters that are about to go."""
_PEAKS = 1000
"""Points of a stored waveform."""
_HEX = frozenset("0123456789abcdef")
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Clip:
    """A master in the library: house format, levelled or not as its maker decided."""

    sha256: Sha256
    frames: Frames
    seconds: Seconds
    lufs: Lufs | None
    true_peak_dbtp: float | None


class Library:
    """The folder of sounds. Several processes may use it at once; only the worker should call `sweep`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: Sha256) -> Path:
        """The WAV file of a master."""
        return self._kept("clips", sha256, ".wav")

    def original(self, sha256: Sha256) -> Path:
        """The untouched file a recording came as."""
        return self._kept("originals", sha256)

    def has(self, sha256: Sha256) -> bool:
        return self._place("clips", sha256, ".wav").is_file()

    def is_as_long(self, sha256: Sha256, frames: Frames) -> bool:
        """Whether the file of a master has the bytes of that length; they are not read. Raises NotFound, OSError."""
        return self.path(sha256).stat().st_size == WAV_HEADER_BYTES + 2 * frames

    def has_original(self, sha256: Sha256) -> bool:
        return self._place("originals", sha256).is_file()

    def add_master(self, pcm: "Pcm") -> Clip:
        """Keep a sound in house format; the same sound again is the same clip."""
        from audio_assets.loudness import integrated_lufs, true_peak_dbtp

        if not len(pcm):
            raise Refused("audio_empty", name="")
        clip = (
            Frames(len(pcm)),
            Seconds(len(pcm) / HOUSE_RATE),
            integrated_lufs(pcm, HOUSE_RATE),
            true_peak_dbtp(pcm, HOUSE_RATE),
        )
        digest = hashlib.sha256()
        with disk_faults(), part_file(self.root / "clips") as (file, part):
            for piece in _wav_pieces(pcm):
                digest.update(piece)
                file.write(piece)
            sha256 = Sha256(digest.hexdigest())
            settle(file, part, self._place("clips", sha256, ".wav"))
        self._keep_peaks(sha256, pcm)
        return Clip(sha256, *clip)

    def add_original(self, path: Path, *, expected: Sha256 | None = None) -> Sha256:
        """Keep a copy of a file exactly as it is. Refused where it is no longer the `expected` one."""
        digest = hashlib.sha256()
        with disk_faults(), path.open("rb") as source, part_file(self.root / "originals") as (file, part):
            while piece := source.read(_PIECE):
                digest.update(piece)
                file.write(piece)
            sha256 = Sha256(digest.hexdigest())
            if expected not in {None, sha256}:
                raise Refused("audio_changed", sha256=expected)
            settle(file, part, self._place("originals", sha256))
        return sha256

    def adopt(self, path: Path, expected: Sha256) -> Frames:
        """Take in a master that another station has made, exactly as it is; its length. The file moves or stays.

        Raises Refused audio_changed where its bytes are not the `expected` ones, audio_damaged where they are no
        master of the house, disk_full, disk_readonly.
        """
        digest, size = hashlib.sha256(), path.stat().st_size
        with disk_faults(), path.open("rb") as file:
            head = file.read(_WAV_HEADER.size)
            digest.update(head)
            while piece := file.read(_PIECE):
                digest.update(piece)
            if digest.hexdigest() != expected:
                raise Refused("audio_changed", sha256=expected)
            frames = Frames((size - _WAV_HEADER.size) // 2)
            if frames <= 0 or head != wav_header(frames) or size != _WAV_HEADER.size + 2 * frames:
                raise Refused("audio_damaged", name=expected[:12])
            settle(file, path, self._place("clips", expected, ".wav"))
        return frames

    def load(self, sha256: Sha256) -> "Pcm":
        """The samples of a master, after its bytes have been held against its name."""
        import numpy as np

        path = self.path(sha256)
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Refused("audio_changed", sha256=sha256)
        return np.frombuffer(data, dtype="<i2", offset=_WAV_HEADER.size)

    def verify(self, sha256: Sha256) -> None:
        """Refuse a master whose bytes have changed; reads it piece by piece and needs no numpy."""
        digest = hashlib.sha256()
        with self.path(sha256).open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        if digest.hexdigest() != sha256:
            raise Refused("audio_changed", sha256=sha256)

    def seconds(self, sha256: Sha256) -> Seconds:
        """The length of a master, from its size."""
        with wave.open(str(self.path(sha256))) as reader:
            return Seconds(reader.getnframes() / reader.getframerate())

    def peaks(self, sha256: Sha256, n: int) -> list[float]:
        """The waveform of a master as `n` peaks from 0 to 1."""
        self.path(sha256)
        try:
            fine = self._place("clips", sha256, ".peaks").read_bytes()
        except FileNotFoundError:
            fine = self._keep_peaks(sha256, self.load(sha256))
        edges = [index * len(fine) // n for index in range(n + 1)]
        return [max(fine[low : max(high, low + 1)], default=0) / 255 for low, high in pairwise(edges)]

    def discard(self, clip: Sha256 | None = None, original: Sha256 | None = None) -> None:
        """Take back what a failed intake has just added. Never called for anything that was ever used."""
        for path in (
            self._place("clips", clip, ".wav") if clip else None,
            self._place("clips", clip, ".peaks") if clip else None,
            self._place("originals", original) if original else None,
        ):
            if path is not None:
                path.unlink(missing_ok=True)

    def set_aside(self, sounds: Iterable[Sha256]) -> None:
        """Masters that are about to go, out of everybody's sight; what is not there stays so. On the disk afterwards.

        Their outlines go: they can always be computed again. Raises Refused disk_full, disk_readonly.
        """
        with disk_faults():
            make_folder(self.root / _ASIDE)
            for sha256 in sounds:
                self._place("clips", sha256, ".peaks").unlink(missing_ok=True)
                with suppress(FileNotFoundError):
                    put_in_place(self._place("clips", sha256, ".wav"), self._aside(sha256))

    def aside(self) -> list[Sha256]:
        """Masters that were set aside and neither put back nor dropped."""
        return [Sha256(path.stem) for path in (self.root / _ASIDE).glob("*.wav")]

    def put_back(self, sha256: Sha256) -> None:
        """A master that was set aside is again where it was."""
        with disk_faults():
            put_in_place(self._aside(sha256), self._place("clips", sha256, ".wav"))

    def drop_aside(self, sha256: Sha256) -> None:
        """A master that was set aside is gone for good."""
        self._aside(sha256).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what a crash left half-written; the number of files removed. Files being written are locked."""
        with disk_faults():
            return sweep_unlocked(self.root.glob(f"*/{PART}*"))

    def _place(self, kind: str, sha256: Sha256, ending: str = "") -> Path:
        if len(sha256) != 64 or not _HEX.issuperset(sha256):  # noqa: PLR2004 - hex digits of SHA-256
            raise NotFound("audio", sha256)
        return self.root / kind / sha256[:2] / f"{sha256}{ending}"

    def _aside(self, sha256: Sha256) -> Path:
        return self.root / _ASIDE / f"{sha256}.wav"

    def _kept(self, kind: str, sha256: Sha256, ending: str = "") -> Path:
        place = self._place(kind, sha256, ending)
        if not place.is_file():
            raise NotFound("audio", sha256)
        return place

    def _keep_peaks(self, sha256: Sha256, pcm: "Pcm") -> bytes:
        """A thousand bytes beside the master, so that drawing its waveform costs the page nothing.

        They can always be computed again, so a disk that refuses them refuses nothing else.
        """
        import numpy as np

        edges = np.linspace(0, len(pcm), min(_PEAKS, len(pcm)), endpoint=False).astype(np.int64)
        high = np.maximum.reduceat(pcm, edges).astype(np.float64)
        low = np.minimum.reduceat(pcm, edges).astype(np.float64)
        fine = np.clip(np.maximum(high, -low) / 32768.0 * 255.0, 0, 255).round().astype(np.uint8).tobytes()
        with suppress(Refused), disk_faults(), part_file(self.root / "clips") as (file, part):
            file.write(fine)
            settle(file, part, self._place("clips", sha256, ".peaks"))
        return fine


_WAV_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
WAV_HEADER_BYTES = _WAV_HEADER.size


def wav_header(frames: int) -> bytes:
    """What stands before the samples of a file of that many frames in house format."""
    size = 2 * frames
    return _WAV_HEADER.pack(
        b"RIFF", size + 36, b"WAVE", b"fmt ", 16, 1, 1, HOUSE_RATE, 2 * HOUSE_RATE, 2, 16, b"data", size
    )


def _wav_pieces(pcm: "Pcm") -> Iterator[bytes]:
    yield wav_header(len(pcm))
    for start in range(0, len(pcm), _PIECE):
        yield pcm[start : start + _PIECE].astype("<i2", copy=False).tobytes()


def settle(file: BinaryIO, part: Path, place: Path) -> None:
    """Make a written file durable under its final name. The same content there already is replaced by itself."""
    file.flush()
    os.fsync(file.fileno())
    make_folder(place.parent)
    put_in_place(part, place)


def safe_name(name: str) -> str:
    """The name of an uploaded file as people may see it: NFC, one line, no path, no invisible characters.

    For display only: nothing is ever opened or stored under it.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    spaced = "".join(" " if character.isspace() else character for character in last)
    visible = "".join(character for character in spaced if unicodedata.category(character)[0] != "C")
    whole = " ".join(unicodedata.normalize("NFC", visible).split()).lstrip(". ")
    if len(whole) > _LONGEST_NAME:
        stem, dot, ending = whole.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= 8 else ""  # noqa: PLR2004 - the longest real extension
        whole = f"{whole[: _LONGEST_NAME - 1 - len(ending)].rstrip()}…{ending}"
    return whole or "không tên"
