"""Small files for telephones: a master as mono MP3 of 24 kbit/s, named by its master, whole or not there.

A copy that can be made again, for listening on a slow line; the master stays the truth of approval, journal and proof.
The worker makes them, the page only serves them. Importing this module loads no decoder. Which are wanted is the
desk's knowledge.
"""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from audio_assets.library import WAV_HEADER_BYTES, Library, settle
from audio_assets.part_file import disk_faults, part_file
from scheduler.core.model import HOUSE_RATE, Sha256
from scheduler.kernel.errors import NotFound

__all__ = ["BITS_A_SECOND", "PreviewFiles"]

BITS_A_SECOND = 24_000
RATE = 24_000
"""Samples a second: half of the house's, which is all that speech on a telephone needs."""
_FOLDER = "light"
_PIECE = 2 * HOUSE_RATE
"""Bytes of house sound encoded between two breaths: one second."""


class PreviewFiles:
    """The folder of small files in a library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._root = library.root / _FOLDER

    def path(self, master: Sha256) -> Path:
        """The small file of a master. Raises NotFound."""
        place = self._place(master)
        if not place.is_file():
            raise NotFound("audio", master)
        return place

    def has(self, master: Sha256) -> bool:
        return self._place(master).is_file()

    def make(self, master: Sha256, breathe: Callable[[], None] = lambda: None) -> Path:
        """Make and keep the small file of a master. Raises NotFound; Refused audio_changed, disk_full.

        `breathe` is called once a second of sound; what it raises leaves nothing behind.
        """
        path = self._library.path(master)
        self._library.verify(master)
        place = self._place(master)
        with disk_faults(), path.open("rb") as source, part_file(self._root) as (file, part):
            source.seek(WAV_HEADER_BYTES)
            for packet in _packets(iter(lambda: source.read(_PIECE), b""), breathe):
                file.write(packet)
            settle(file, part, place)
        return place

    def keep_only(self, masters: Collection[str]) -> int:
        """Remove the small files of all other masters; how many went."""
        removed = 0
        for place in self._root.glob("*/*.mp3"):
            if place.stem not in masters:
                place.unlink(missing_ok=True)
                removed += 1
        return removed

    def _place(self, master: Sha256) -> Path:
        if len(master) != 64 or not set(master) <= set("0123456789abcdef"):  # noqa: PLR2004 - hex digits of SHA-256
            raise NotFound("audio", master)
        return self._root / master[:2] / f"{master}.mp3"


def _packets(pieces: Iterator[bytes], breathe: Callable[[], None]) -> Iterator[bytes]:
    """MP3 frames of house sound. Fed with bytes: no numpy is needed."""
    import av

    context = av.CodecContext.create("libmp3lame", "w")
    context.sample_rate = RATE
    context.layout = "mono"
    context.format = "s16p"
    context.bit_rate = BITS_A_SECOND
    context.options = {"reservoir": "0"}  # every frame stands alone: a range may begin anywhere
    context.open()
    resampler = av.AudioResampler(format="s16p", layout="mono", rate=RATE, frame_size=576)
    taken = 0
    for piece in pieces:
        breathe()
        whole = piece[: len(piece) // 2 * 2]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(whole) // 2)
        frame.planes[0].update(whole)
        frame.sample_rate = HOUSE_RATE
        frame.pts = taken
        taken += len(whole) // 2
        for made in resampler.resample(frame):
            yield from map(bytes, context.encode(made))
    for made in resampler.resample(None):
        yield from map(bytes, context.encode(made))
    yield from map(bytes, context.encode(None))
