"""What a bracket says once more: "tay chân miệng (TCM)", "2.000.000 đ (Hai triệu đồng)", "15 (mười lăm) ngày".

Said aloud, the words would come twice. A bracket is left out if what it says is, but for capitals, what has just been
said, and one of the two stands there in figures or letters only. A bracket of figures is never left out.
"""

import re
from bisect import bisect_left
from typing import Final

from audio_assets.speech.normalise_rule import Change, Page
from audio_assets.speech.normalise_syllable import LATIN

__all__ = ["leave_out_repeated"]

_BRACKET: Final = re.compile(r"\([^()\n0-9]{2,160}\)")
_WORD: Final = re.compile(f"[{LATIN}]+")


_Heard = tuple[int, str, bool]
"""Where a word that will be said stands in the source, the word, and whether a rule has put it there."""


def _heard(page: Page) -> list[_Heard]:
    words, place = list[_Heard](), 0
    for change in sorted(page.changes, key=lambda change: change.start):
        words += [(found.start(), found.group(), False) for found in _WORD.finditer(page.source, place, change.start)]
        words += [(change.start, found.group(), True) for found in _WORD.finditer(change.said)]
        place = change.end
    return words + [(found.start(), found.group(), False) for found in _WORD.finditer(page.source, place)]


def _plain(word: str) -> str:
    """In small letters, and as the North says a thousand."""
    return word.lower().replace("ngàn", "nghìn")


def _is_repeated(bracket: re.Match[str], words: list[_Heard]) -> bool:
    """Not behind the capitals of a heading, which tells the letters once for what follows."""
    opens, closes = (bisect_left(words, (place, "", False)) for place in bracket.span())
    inside, before = words[opens:closes], words[max(0, 2 * opens - closes) : opens]
    if not inside or [_plain(word) for _, word, _ in inside] != [_plain(word) for _, word, _ in before]:
        return False
    in_capitals = all(word.isupper() for _, word, _ in before)
    return not in_capitals and any(read for _, _, read in inside + before)


def leave_out_repeated(page: Page) -> None:
    """Say nothing for a bracket whose words have just been said."""
    brackets = list(_BRACKET.finditer(page.source))
    words = _heard(page) if brackets else []
    for bracket in brackets:
        if _is_repeated(bracket, words):
            start, end = bracket.span()
            page.changes = [change for change in page.changes if not start <= change.start < end]
            page.changes.append(Change(start, end, "", "repeated"))
