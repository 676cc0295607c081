"""Letters that OCR wrote where digits stand: 64Z, l3, 2O20.

`digits_of` repairs a run that can be nothing but a number. O and l are 0 and 1 in every hand and need no word about
it in a date; any other letter only looks like its digit, and the caller must say so. Never touches a word.
"""

from typing import NamedTuple

__all__ = ["DIGIT", "Digits", "digits_of"]

_SURE = {"o": "0", "O": "0", "i": "1", "I": "1", "l": "1", "|": "1"}
_LIKELY = {"Z": "2", "z": "2", "S": "5", "s": "5", "B": "8", "G": "6", "b": "6", "g": "9", "q": "9", "Q": "0", "D": "0"}
_DIGIT_OF = {**_SURE, **_LIKELY}

DIGIT = r"[0-9oil|zsbgq]"
"""A digit, or a letter of the folded text that may be one."""


class Digits(NamedTuple):
    """A number as written by digits alone, and whether every repair was certain."""

    value: str
    certain: bool


def digits_of(raw: str) -> Digits | None:
    """The digits of `raw`, or None when it has no digit at all or something that is none."""
    made = [char if char.isdecimal() and char.isascii() else _DIGIT_OF.get(char) for char in raw]
    digits = [digit for digit in made if digit is not None]
    if len(digits) < len(made) or not any(char.isdecimal() for char in raw):
        return None
    return Digits("".join(digits), all(char.isdecimal() or char in _SURE for char in raw))
