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


def _said_before(bracket: re.Match[str], words: list[_Heard]) -> int | None:
    """Where the words begin that the bracket repeats; behind the capitals of a heading nothing is repeated."""
    opens, closes = (bisect_left(words, (place, "", False)) for place in bracket.span())
    inside, before = words[opens:closes], words[max(0, 2 * opens - closes) : opens]
    if not inside or [_plain(word) for _, word, _ in inside] != [_plain(word) for _, word, _ in before]:
        return None
    in_capitals = all(word.isupper() for _, word, _ in before)
    return before[0][0] if not in_capitals and any(read for _, _, read in inside + before) else None


def _said(source: str, changes: list[Change], start: int, end: int) -> str:
    """What is said of a stretch, of which these are the changes, with its pauses."""
    parts, place = list[str](), start
    for change in changes:
        parts += [source[place : change.start], change.said]
        place = change.end
    return " ".join([*parts, source[place:end]]).strip()


def leave_out_repeated(page: Page) -> None:
    """Words and the bracket that repeats them become one change, in which they are said once."""
    brackets = list(_BRACKET.finditer(page.source))
    if not brackets:
        return
    words = _heard(page)
    page.changes.sort(key=lambda change: change.start)
    starts, place, joined = [change.start for change in page.changes], 0, list[tuple[int, int, Change]]()
    for bracket in brackets:
        start, end = _said_before(bracket, words), bracket.end()
        if start is None or start < place:
            continue
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        opens = bisect_left(starts, bracket.start())
        over = [*page.changes[max(0, first - 1) : first], *page.changes[max(first, last - 1) : last]]
        if any(change.start < edge < change.end for change in over for edge in (start, end)):
            continue  # a change reaches over an end of the stretch
        said, place = _said(page.source, page.changes[first:opens], start, bracket.start()), end
        joined.append((first, last, Change(start, end, said, "repeated")))
    for first, last, change in reversed(joined):
        page.changes[first:last] = [change]
