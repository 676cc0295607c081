"""How pages and the command line speak of a script: its shape in one line, its length in words.

Vietnamese, for people. It decides nothing and rounds only what is an estimate anyway.
"""

from datetime import timedelta

from scheduler.core.announcement.voices import engine_name
from scheduler.core.delivery import Shape
from scheduler.core.words.wording import sentence

__all__ = ["long_words", "shape_words", "too_long"]

_TEMPO = {85: "chậm hơn", 115: "nhanh hơn"}
_STEP = 5
"""Seconds that an estimate is rounded to: it is no better than that."""


def shape_words(shape: Shape) -> str:
    """A shape in one line."""
    told = ["đọc chậm từng cụm" if shape.paced else "đọc liền"]
    told += [_TEMPO[shape.tempo]] if shape.tempo in _TEMPO else []
    told += [f"giọng {engine_name(shape.voice)}"] if shape.voice else []
    told += ["xưng danh"] if shape.ident else []
    told += ["đọc tên trước"] if shape.heading else []
    told += [f"{shape.times} lần"] if shape.times > 1 else []
    return ", ".join(told)


def long_words(long: timedelta, *, exact: bool = False) -> str:
    """A length in words, "1 phút 20 giây"; an estimate is rounded to five seconds."""
    seconds = round(long.total_seconds())
    if not exact:
        seconds = max(round(seconds / _STEP), 1) * _STEP
    minutes, rest = divmod(seconds, 60)
    told = [f"{minutes} phút"] if minutes else []
    return " ".join([*told, f"{rest} giây"] if rest or not told else told)


def too_long(long: timedelta, longest: timedelta) -> str:
    """The sentence of an announcement that is longer than the ward wants, else empty."""
    if long <= longest:
        return ""
    return sentence("script_long", {"told": long_words(long), "limit": long_words(longest, exact=True)})
