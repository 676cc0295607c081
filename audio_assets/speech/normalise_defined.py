"""Short forms that the text itself explains: "Quỹ hỗ trợ nông dân (HTND)", "TTDVVL (Trung tâm dịch vụ việc làm)".

The letters begin the words beside the bracket, one each; "và" and "của" may be passed over. In the bracket such letters
are only called by name, for the words have just been heard; everywhere else in the text they are said as those words,
whatever a list knows of them.
"""

import re
from itertools import pairwise
from typing import Final

from audio_assets.speech.normalise_rule import Page
from audio_assets.speech.normalise_syllable import LATIN, spell, without_marks

__all__ = ["read_defined"]

_SHORT: Final = "[A-ZĐƯ]{2,9}"
_BEHIND: Final = re.compile(
    rf"\((?:(?:sau đây |sau )?(?:gọi|viết) (?:tắt )?là:? |viết tắt:? )?[\"']?({_SHORT})[\"']?\)"
)
_BEFORE: Final = re.compile(rf"(?<![\w/&.-])({_SHORT})(?: \(|: )(?=[{LATIN}])")
_WORD: Final = re.compile(rf"[{LATIN}]+")
_PASSED: Final = frozenset({"và", "của", "các", "về", "với", "cho", "trong", "tại", "để", "là", "do"})
_APART: Final = re.compile(r"[ ,\"'-]{1,3}")
_NEAR: Final = 120
"""Characters beside a bracket in which the words stand."""


def _begins_with(word: str, letter: str) -> bool:
    return word[0].upper() == letter or without_marks(word[0]).upper() == letter


def _joined(words: list[re.Match[str]], near: str) -> bool:
    """Whether nothing but spaces and commas parts the words."""
    return all(_APART.fullmatch(near, first.end(), second.start()) for first, second in pairwise(words))


def _spelt_out(letters: str, words: list[re.Match[str]], near: str) -> str | None:
    """The stretch of `near` whose words, in their order, begin with `letters`, from the first word on; else None."""
    left, taken = letters, list[re.Match[str]]()
    for word in words:
        if not left:
            break
        if _begins_with(word.group(), left[0]):
            left = left[1:]
        elif not taken or word.group() not in _PASSED:
            return None
        taken.append(word)
    if left or not _joined(taken, near):
        return None
    return near[taken[0].start() : taken[-1].end()]


def _words_before(letters: str, source: str, end: int) -> str | None:
    near = source[max(0, end - _NEAR) : end].rpartition("\n")[2].rstrip(" ,")
    words = list(_WORD.finditer(near))
    most = len(letters) + sum(word.group() in _PASSED for word in words[-2 * len(letters) :])
    for count in range(len(letters), most + 1):
        if count > len(words) or words[-1].end() != len(near):
            return None
        found = _spelt_out(letters, words[-count:], near)
        if found and near.endswith(found):
            return found
    return None


def _is_explained(words: str) -> bool:
    """Whether some word is no part of a name: "BT (Bùi Thị Hoa)" tells who it is, not what the letters mean."""
    return words.isupper() or any(word[0].islower() for word in _WORD.findall(words))


def _definitions(source: str) -> dict[str, tuple[str, int]]:
    """Letters → the words that the text gives for them, and where; what it explains in two ways is left out."""
    found = list[tuple[str, str | None, int]]()
    for match in _BEHIND.finditer(source):
        found.append((match[1], _words_before(match[1], source, match.start()), match.start(1)))
    for match in _BEFORE.finditer(source):
        near = source[match.end() : match.end() + _NEAR].partition("\n")[0].partition(")")[0]
        found.append((match[1], _spelt_out(match[1], list(_WORD.finditer(near)), near), match.start(1)))
    told = dict[str, tuple[str, int]]()
    for letters, words, place in found:
        if words and _is_explained(words) and told.setdefault(letters, (words, place))[0].lower() != words.lower():
            told[letters] = ("", place)
    return {letters: (words, place) for letters, (words, place) in told.items() if words}


def read_defined(page: Page) -> None:
    """Say each short form that the text explains as the words that it gives; a list's own form of it is one of them."""
    told = _definitions(page.source) if "(" in page.source or ":" in page.source else {}
    if not told:
        return
    for match in re.finditer(
        rf"(?<![\w/&.-])(?:{'|'.join(sorted(told, key=len, reverse=True))})(?![\w/&-])", page.source
    ):
        letters = match.group()
        words, explained = told[letters]
        if not page.free(*match.span()):
            continue
        if match.start() != explained:
            page.claim(*match.span(), words.lower() if words.isupper() else words, "defined")
        elif not page.lexicon.spoken_form(letters):
            page.claim(*match.span(), spell(letters), "defined")
