"""Sound that came from a voice behind a network: believed only when it is whole, decodes, and is as long as its text.

It tells by the bytes themselves what kind of file they are, whatever a header says; it decodes all of it and in memory
alone, with the one demuxer of that kind, and stops where no speech of that text could go on. It does not level,
resample or keep anything. Files that people upload come in by `audio_assets.ingest`.
"""

import struct
from typing import TYPE_CHECKING

from audio_assets.speech.contract import can_last, longest
from audio_assets.speech.mp3 import is_whole as is_whole_mp3
from audio_assets.speech.mp3 import samples_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["UnsoundError", "believed", "kind_of"]

_SILENT_PEAK = 100
"""A peak below -50 dBFS is no speech."""
_LEAST_RATE, _MOST_RATE = 8_000, 48_000
_RIFF_HEAD = 12
_OPEN_ENDED = frozenset({0, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFF000, 0xFFFFF000})
"""Lengths that a WAV file carries when it was written into a pipe: nobody knew them."""
_OGG_HEAD, _OGG_LAST = 27, 4
_FLAC_SAMPLES = (1 << 36) - 1


class UnsoundError(ValueError):
    """What came is no whole speech of its text; the message says why."""


def believed(data: bytes, part: str, kinds: tuple[str, ...]) -> tuple["NDArray[np.int16]", int]:
    """Mono samples and their rate of the speech of `part`. Raises UnsoundError with what speaks against it."""
    if not data:
        raise UnsoundError("an answer without sound")
    kind = kinds[0] if len(kinds) == 1 else kind_of(data)
    if kind not in kinds:
        raise UnsoundError("no sound of a known kind")
    if not _is_whole(data, kind):
        raise UnsoundError("the sound is cut off")
    try:
        pcm, rate = samples_of(data, kind, longest(part) + 1)
    except ValueError as error:
        raise UnsoundError(str(error)) from error
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise UnsoundError(f"a sample rate of {rate} Hz")
    if kind == "flac" and len(pcm) < _promised_by_flac(data):
        raise UnsoundError("the sound is cut off")
    seconds = len(pcm) / rate
    if not can_last(part, seconds):
        raise UnsoundError(f"{seconds:.1f} s of sound cannot be {sum(map(str.isalnum, part))} letters")
    if abs(pcm.astype("int32")).max() < _SILENT_PEAK:
        raise UnsoundError("the sound is silent")
    return pcm, rate


def kind_of(data: bytes) -> str:
    """mp3, wav, ogg or flac by the first bytes; '' for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS":
        return "ogg"
    if data[:4] == b"fLaC":
        return "flac"
    is_frame = len(data) > 1 and data[0] == 0xFF and data[1] >> 5 == 7 and data[1] >> 1 & 3 == 1  # noqa: PLR2004 - an MPEG frame of layer III
    return "mp3" if data[:3] == b"ID3" or is_frame else ""


def _is_whole(data: bytes, kind: str) -> bool:
    if kind == "mp3":
        return is_whole_mp3(data)
    if kind == "wav":
        return _is_whole_wav(data)
    return kind != "ogg" or _is_whole_ogg(data)  # a cut FLAC frame fails in the decoder


def _promised_by_flac(data: bytes) -> int:
    """Samples in the head of a FLAC file, 0 = it does not say (STREAMINFO, RFC 9639 section 8.2)."""
    return int.from_bytes(data[18:26], "big") & _FLAC_SAMPLES


def _is_whole_wav(data: bytes) -> bool:
    """False when the file or its samples are shorter than their heads promise."""
    (size,) = struct.unpack_from("<I", data, 4)
    if size not in _OPEN_ENDED and size + 8 > len(data):
        return False
    at = _RIFF_HEAD
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            return length in _OPEN_ENDED or at + 8 + length <= len(data)
        at += 8 + length + length % 2
    return False


def _is_whole_ogg(data: bytes) -> bool:
    """True when the pages follow each other to the end, and the last one says that it is the last."""
    at, is_last = 0, False
    while at < len(data):
        if data[at : at + 4] != b"OggS" or at + _OGG_HEAD > len(data):
            return False
        is_last = bool(data[at + 5] & _OGG_LAST)
        segments = data[at + 26]
        table = data[at + _OGG_HEAD : at + _OGG_HEAD + segments]
        at += _OGG_HEAD + segments + sum(table)
    return is_last and at == len(data)
