"""Nhạc hiệu: the station's own chimes by name, what each may be used for, and which siren an emergency has.

Openings, closings, sirens and the drill's knocks are four sets without a common member: a configuration cannot give a
drill the sound of an emergency, nor an ordinary airing a siren. How they sound is `audio_assets.chime`'s; pure.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from scheduler.kernel.words import Words

__all__ = ["CHIMES", "CHIME_WORDS", "DRILL", "Use", "chime_key", "named", "siren_for", "siren_words"]

CHIME_VERSION = 1
"""Raise it when a chime of the same name sounds different: the station then makes its chimes anew."""


class Use(StrEnum):
    """What a chime is for."""

    OPEN = "open"
    CLOSE = "close"
    EMERGENCY = "emergency"
    DRILL = "drill"


DRILL = "wood"
"""The drill's chime: knocks on wood (mõ), a sound that no emergency begins with. It cannot be chosen away."""
CHIMES: dict[str, Use] = {
    "three-notes": Use.OPEN,
    "four-notes": Use.OPEN,
    "bell": Use.OPEN,
    "two-notes": Use.CLOSE,
    "one-bell": Use.CLOSE,
    "two-tone": Use.EMERGENCY,
    "rising": Use.EMERGENCY,
    "three-pulses": Use.EMERGENCY,
    DRILL: Use.DRILL,
}
"""Name in config.toml -> its use."""
CHIME_WORDS = Words(Path(__file__).parent, "chimes", str)
"""Name -> what people call it."""


def named(use: Use) -> tuple[str, ...]:
    """The names of the chimes for a use."""
    return tuple(name for name, own in CHIMES.items() if own is use)


def chime_key(name: str, target_lufs: float, max_true_peak_dbtp: float) -> str:
    """Names a chime of this loudness: another key, another sound."""
    return f"chime:{name}:{CHIME_VERSION}:{target_lufs:g}:{max_true_peak_dbtp:g}"


def siren_words(entry: str) -> tuple[str, str] | None:
    """What "lũ=rising" says: (word, siren); None where it says nothing."""
    word, equals, siren = (part.strip() for part in entry.partition("="))
    return (_plain(word), siren) if equals and word and siren in named(Use.EMERGENCY) else None


def siren_for(title: str, entries: Iterable[str], otherwise: str) -> str:
    """The siren of an emergency with this title: that of the first entry whose word stands in it as a whole word."""
    text = _plain(title)
    for entry in entries:
        told = siren_words(entry)
        if told and re.search(rf"(?<!\w){re.escape(told[0])}(?!\w)", text):
            return told[1]
    return otherwise


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
