"""The outline of what sounds: one path for a whole airing, chimes and repetitions in their places, as it is heard.

Drawn from the measured peaks of the files that the airing is made of. What has no file (a relay, a live voice) and what
cannot be read has no outline; nothing is invented.
"""

from functools import lru_cache

from audio_assets.peaks import Peaks
from scheduler.core.model import Sha256, Trigger
from scheduler.kernel.errors import LoaError
from scheduler.services import Services
from web.announcement.waveform import outline
from web.auth import services

__all__ = ["COLUMNS", "airing_outline"]

COLUMNS = 220
_NO_FILE = {Trigger.RELAY, Trigger.LIVE}
_SILENCE = b"\0\0"


def airing_outline(slot_id: str) -> str:
    """The path of a slot's whole airing in `COLUMNS` units; empty where there is none."""
    try:
        return _drawn(services(), slot_id)
    except (LoaError, OSError):
        return ""


@lru_cache(maxsize=16)
def _drawn(of: Services, slot_id: str) -> str:
    slot = of.slots.get(slot_id)
    if slot.trigger in _NO_FILE:
        return ""
    items = of.rundowns.of(slot, of.recordings.clip(slot.audio_sha256).frames)
    files = {
        "open": of.rundowns.opening_sha256(slot),
        "intro": slot.intro_sha256,
        "clip": slot.audio_sha256,
        "close": of.rundowns.chime_sha256("close"),
    }
    whole, data, done = sum(item.frames for item in items), bytearray(), 0
    for item in items:
        first, done = done * COLUMNS // whole, done + item.frames
        data += _columns(of, files.get(item.kind), done * COLUMNS // whole - first)
    return outline(Peaks(bytes(data)))


def _columns(of: Services, sha256: Sha256 | None, count: int) -> bytes:
    """So many columns of a file; of a pause, silence."""
    if sha256 is None or not count:
        return _SILENCE * count
    found = of.recordings.peaks(sha256).reduced(count).data
    return found + _SILENCE * (count - len(found) // 2)
