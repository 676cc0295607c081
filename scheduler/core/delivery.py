"""The shape of a script: how an announcement is said on horns, beside its words.

Decides what a shape may hold, how it is kept as text, which blanks of a form are still open, and how long a script will
take to say. It never reads a word out (`audio_assets.speech.script` puts the parts together) and knows no voice.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from scheduler.core.voice_engines import VOICE_ENGINES, VoiceEngine
from scheduler.kernel.errors import Refused

__all__ = [
    "LONGEST_WORDS", "MOST_TIMES", "PLAIN", "TEMPOS", "Frame", "Pace", "ScriptKind", "Shape", "checked",
    "rate_of", "shape_from", "shape_text", "spoken_length",
]  # fmt: skip

TEMPOS = (85, 100, 115)
"""Slower, as the station reads, faster: beyond that a machine's words run together on horns."""
MOST_TIMES = 3
"""Three times in one breath is the most that people bear; a campaign repeats whole airings."""
LONGEST_WORDS = 200
"""Characters of an opening or a closing."""


class ScriptKind(StrEnum):
    """What an announcement is about; each has its template."""

    NOTICE = "notice"
    EPIDEMIC = "epidemic"
    STORM = "storm"
    MEETING = "meeting"
    OUTAGE = "outage"
    INFORMATION = "information"
    MISSING_CHILD = "missing_child"
    URGENT = "urgent"
    CORRECTION = "correction"
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Shape:
    """How the words of one announcement are said. Without any of it they are read straight through, once."""

    kind: ScriptKind = ScriptKind.NOTICE
    paced: bool = False
    """In phrases with pauses between them, slower where numbers are."""
    ident: bool = False
    """The station says who it is first."""
    heading: bool = False
    """The title is said before the text: people listen from the subject on."""
    times: int = 1
    """How often the words are said in one clip, "Xin nhắc lại" between."""
    opening: str = ""
    closing: str = ""
    chime: bool = True
    """Offered to the campaign that airs it; playout sounds chimes, the clip has none."""
    tempo: int = 100
    """Percent of the station's reading speed, one of `TEMPOS`."""
    voice: str = ""
    """The engine that is asked first; "" = the station's own order. One that cannot read gives way as ever."""


PLAIN = Shape()
"""What every announcement was before there were shapes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The station's own words around an announcement, as written."""

    ident: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """Pauses in milliseconds; speeds are shares of the station's reading speed."""

    sentence_pause_ms: int = 500
    """Between sentences of a text that is read straight through."""
    paced_pause_ms: int = 900
    """Between sentences of paced reading."""
    phrase_pause_ms: int = 350
    again_pause_ms: int = 1500
    """Before the words are said again: echoes between poles have died away by then."""
    speed: float = 1.0
    number_speed: float = 0.9


def checked(shape: Shape) -> Shape:
    """`shape` with its words tidied.

    Raises Refused: script_times_invalid, script_tempo_invalid, script_voice_unknown, script_words_too_long.
    """
    if not 1 <= shape.times <= MOST_TIMES:
        raise Refused("script_times_invalid", most=MOST_TIMES)
    if shape.tempo not in TEMPOS:
        raise Refused("script_tempo_invalid")
    if shape.voice and shape.voice not in VOICE_ENGINES:
        raise Refused("script_voice_unknown")
    opening, closing = (" ".join(words.split()) for words in (shape.opening, shape.closing))
    if max(len(opening), len(closing)) > LONGEST_WORDS:
        raise Refused("script_words_too_long", limit=LONGEST_WORDS)
    return replace(shape, opening=opening, closing=closing)


def shape_text(shape: Shape) -> str:
    """The shape as JSON for a row; the plain one is empty text."""
    return "" if shape == PLAIN else json.dumps(asdict(shape), ensure_ascii=False, sort_keys=True)


def shape_from(text: str) -> Shape:
    """What `shape_text` wrote. What a later release has added is left out, what it has dropped has its default."""
    if not text:
        return PLAIN
    kept: dict[str, Any] = json.loads(text)
    known = {field.name: kept[field.name] for field in fields(Shape) if field.name in kept}
    kinds = set(ScriptKind)
    known["kind"] = ScriptKind(kept["kind"]) if kept.get("kind") in kinds else ScriptKind.NOTICE
    return Shape(**known)


_UNKNOWN = VoiceEngine("")
_STOP_SECONDS = 0.27
"""What a stop within a phrase takes; measured with the rates."""


def rate_of(engine: str) -> float:
    """About how many syllables a voice says a second at its own pace; of an unknown one a slow guess."""
    return VOICE_ENGINES.get(engine, _UNKNOWN).syllables


def spoken_length(parts: Iterable[tuple[str, float, int]], rate: float, speed: float = 1.0) -> timedelta:
    """About how long (text, speed, pause after in ms) parts take to say, as they are said: no digits, no signs.

    Args:
        parts: what is said, in order; the pause after the last one is not heard.
        rate: syllables a second (`rate_of`).
        speed: the station's own reading speed; multiplies each part's.

    """
    seconds, pause = 0.0, 0.0
    for text, own, pause_ms in parts:
        stops = sum(text[:-1].count(sign) for sign in ",;:.?!")
        seconds += pause + (len(text.split()) / rate + stops * _STOP_SECONDS) / (speed * own)
        pause = pause_ms / 1000
    return timedelta(seconds=seconds)
