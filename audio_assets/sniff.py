"""What a file is by its own bytes: which reader may open it, whether it is locked, and how much it says is missing.

Names, extensions and tags are never asked. Only containers named here are ever opened, each by its own reader, so a
playlist that points at other files or addresses is refused like any other text. Reads at most a few megabytes.
"""

import io
import struct
from typing import BinaryIO

__all__ = ["after_tags", "container_of", "has_no_index", "is_cut", "is_encrypted", "says_its_length"]

_HEAD = 1 << 16
_MOST_INDEX = 1 << 25
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"#!AMR", "amr"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", "asf"),
    (0, b"caff", "caf"),
    (0, b".snd", "au"),
    (0, b"riff\x2e\x91\xcf\x11", "w64"),
    (8, b"WAVE", "wav"),
    (8, b"AVI ", "avi"),
    (8, b"AIFF", "aiff"),
    (8, b"AIFC", "aiff"),
)
_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})
_LOCKED_ASF = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),
)
_OPEN_SIZE = 0x7FF0_0000
_BITRATES = {
    (True, 3): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 3): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s by (MPEG-1, layer bits)."""
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)


def after_tags(file: BinaryIO) -> int:
    """Where the sound starts behind ID3v2 tags (there may be several)."""
    start = 0
    while (tag := _read(file, start, 10))[:3] == b"ID3" and len(tag) == 10:  # noqa: PLR2004 - an ID3 header
        size = 0
        for byte in tag[6:]:
            size = size << 7 | byte & 0x7F
        start += 10 + size + (10 if tag[5] & 0x10 else 0)
    return start


def container_of(file: BinaryIO) -> str | None:
    """The name of the reader for this file's bytes, or None where it is none that carries sound."""
    start = after_tags(file)
    head = _read(file, start, _HEAD)
    for offset, magic, name in _MAGIC:
        if head[offset : offset + len(magic)] == magic and _is_whole(head, magic):
            return name
    if head[4:8] in _BOXES:
        return "mov"
    return _raw_frames(head, tagged=start > 0)


def _is_whole(head: bytes, magic: bytes) -> bool:
    """The magics in the middle of a chunk need the chunk's own name too."""
    if magic in {b"WAVE", b"AVI "}:
        return head[:4] in {b"RIFF", b"RF64", b"BW64", b"RIFX"}
    return head[:4] == b"FORM" if magic in {b"AIFF", b"AIFC"} else True


def _raw_frames(head: bytes, *, tagged: bool) -> str | None:
    """mp3 or ADTS frames without a container: two in a row, or one right at the start of a short file.

    Recorders leave zeros or the end of a broken frame before the first one, so the start is searched.
    """
    for start in range(min(len(head), 8192)):
        if head[start] != 0xFF:  # noqa: PLR2004 - the sync byte
            continue
        for name, length_of in (("mp3", _mp3_length), ("aac", _adts_length)):
            length = length_of(head[start : start + 7])
            if not length:
                continue
            follows = head[start + length : start + length + 7]
            alone = start + length >= len(head) and (tagged or not head[:start].strip(b"\0"))
            if alone or (follows and length_of(follows)):
                return name
    return None


def _mp3_length(head: bytes) -> int:
    """Bytes of the MPEG audio frame with this header, 0 where it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - the sync bits
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or not layer or bitrate in {0, 15} or rate == 3:  # noqa: PLR2004 - reserved values
        return 0
    bits = _BITRATES[version == 3, layer][bitrate] * 1000  # noqa: PLR2004 - MPEG-1
    hertz = _RATES[version][rate]
    if layer == 3:  # noqa: PLR2004 - layer I counts in slots of four bytes
        return (12 * bits // hertz + padding) * 4
    return (72 if layer == 1 and version != 3 else 144) * bits // hertz + padding  # noqa: PLR2004 - layer III


def _adts_length(head: bytes) -> int:
    """Bytes of the ADTS (AAC) frame with this header, 0 where it is none."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 > 12:  # noqa: PLR2004 - as above
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0  # noqa: PLR2004 - a frame is more than its header


def _boxes(file: BinaryIO) -> dict[bytes, tuple[int, int]]:
    """Top-level boxes of an mp4 that lie wholly in the file: name -> start and size."""
    end = file.seek(0, io.SEEK_END)
    found: dict[bytes, tuple[int, int]] = {}
    start = 0
    while len(head := _read(file, start, 16)) >= 8 and len(found) < 1000:  # noqa: PLR2004 - a box header; a bound
        size, name = struct.unpack(">I4s", head[:8])
        if size == 1 and len(head) == 16:  # noqa: PLR2004 - 64-bit sizes
            size = int.from_bytes(head[8:], "big")
        size = size or end - start
        if size < 8 or start + size > end:  # noqa: PLR2004 - damaged or cut here
            break
        found.setdefault(name, (start, size))
        start += size
    return found


def has_no_index(file: BinaryIO, container: str) -> bool:
    """An mp4 whose index (moov) is not there: the recording or the upload was cut short."""
    return container == "mov" and b"moov" not in _boxes(file)


def is_encrypted(file: BinaryIO, container: str) -> bool:
    """Bought or protected sound that only its shop's player can open."""
    if container == "mov":
        if _read(file, 8, 4) in {b"aax ", b"aaxc"}:
            return True
        start, size = _boxes(file).get(b"moov", (0, 0))
        index = _read(file, start, min(size, _MOST_INDEX))
        return b"sinf" in index and (b"enca" in index or b"drms" in index)
    if container == "asf":
        return any(guid in _read(file, 0, _HEAD) for guid in _LOCKED_ASF)
    return False


def says_its_length(file: BinaryIO, container: str) -> bool:
    """Whether the length in the header was counted, not guessed from the bit rate or left open by a live recorder."""
    if container == "mp3":
        frame = _read(file, after_tags(file), 512)
        return b"Xing" in frame or b"Info" in frame
    return container in {"mov", "flac", "matroska", "asf", "aiff", "caf", "avi"}


def is_cut(file: BinaryIO, container: str) -> bool:
    """Whether the bytes end before the container says: a WAV's data chunk, or an Ogg without its last page."""
    end = file.seek(0, io.SEEK_END)
    if container == "wav":
        return _wav_is_cut(file, end)
    if container == "ogg":
        tail = _read(file, max(0, end - 2 * _HEAD), 2 * _HEAD)
        last = tail.rfind(b"OggS")
        return last < 0 or not tail[last + 5 : last + 6] or not tail[last + 5] & 4
    return False


def _wav_is_cut(file: BinaryIO, end: int) -> bool:
    """Sizes that a live recorder leaves open do not count."""
    order = ">" if _read(file, 0, 4) == b"RIFX" else "<"
    start = 12
    while len(head := _read(file, start, 8)) == 8:  # noqa: PLR2004 - a chunk header
        name = head[:4]
        size = int(struct.unpack(f"{order}I", head[4:])[0])
        if name == b"data":
            return size < _OPEN_SIZE and end - start - 8 < size * 0.97
        start += 8 + size + size % 2
    return False
