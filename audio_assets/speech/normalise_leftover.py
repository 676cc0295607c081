"""Words after every other rule: the ward's word list, single letters, abbreviations and foreign words nobody listed.

A word list entry wins over the rules for words and numbers. What is spelt or kept without being known is reported on
the page's `unknown`, never passed over in silence.
"""

import re

from audio_assets.speech.lexicon import Entry, tokens
from audio_assets.speech.normalise_document import roman_value
from audio_assets.speech.normalise_meanings import abbreviation_at, told_elsewhere
from audio_assets.speech.normalise_numbers import say_int
from audio_assets.speech.normalise_rule import Page, Rule, rule
from audio_assets.speech.normalise_syllable import (
    LATIN,
    SMALL_FIGURES,
    UPPER,
    has_vowel,
    is_highland_syllable,
    is_syllable,
    is_vowel,
    letter_name,
    spell,
)
from audio_assets.speech.normalise_tables import UNITS

_LONGEST_SPELT = 8
"""Capitals longer than this are a foreign name, kept as a word."""
_WORD = rf"[{LATIN}]+"
_PREVIOUS = re.compile(rf"([{LATIN}0-9]+)[ \"'(]*\Z")
_NEXT = re.compile(rf"[ \"')]*([{LATIN}0-9]+)")
_POLICE_OF = re.compile(r" (?:PHƯỜNG|XÃ|TỈNH|THÀNH PHỐ|THỊ XÃ|HUYỆN|QUẬN)(?!\w)")
_NEAR = 24
_HIGHLAND_BEFORE = re.compile(
    r"(?<![^\W\d])(?i:làng|buôn|buôl|bon|plei|plây|pơlei|kon|đăk|đắk|dak|chư|ia|ea|krông|xã|thôn|suối|thác|núi|đồi|hồ|sông|đèo"
    r"|ông|bà|anh|chị|em|cháu|cô|chú|bác|sĩ|rơ|siu|ksor|kpă|rmah|rahlan|nay|y|h')"
    rf"(?:(?: |, | và )[{UPPER}][{LATIN}']*)*(?: |, | và |(?<='))$"
)
"""Names of places and people, and what they begin with, up to the next syllable of one."""
_NAMES = 80
_NUMBER_BEFORE = re.compile(r"[0-9] ?$")


def _capital_word(token: str) -> bool:
    return len(token) > 1 and token.isupper() and is_syllable(token)


def is_in_heading(page: Page, start: int, end: int) -> bool:
    """Whether an all-capital word beside it shows that this stretch is a heading, where "TƯ" is only a syllable."""
    previous = _PREVIOUS.search(page.source[max(0, start - _NEAR) : start])
    following = _NEXT.match(page.source[end : end + _NEAR])
    return any(found is not None and _capital_word(found.group(1)) for found in (previous, following))


def _closes_number(token: re.Match[str], end: int, source: str) -> bool:
    """Whether "m" or "TB" is the unit of a number; the "đ" of "15 đ/c" is not."""
    start = token.start()
    return (
        token.group() in UNITS
        and end <= token.end() + 1
        and _NUMBER_BEFORE.search(source[max(0, start - 2) : start]) is not None
    )


def _is_syllable_of_heading(entry: Entry, page: Page, start: int, end: int) -> bool:
    """Whether "CA" is the syllable of "CA NHẠC"; "CA PHƯỜNG" is the police even in a heading."""
    if not entry.exact or not _capital_word(entry.written) or not is_in_heading(page, start, end):
        return False
    return not (entry.written == "CA" and _POLICE_OF.match(page.source, end))


_STOP_OF_A_PLACE = re.compile(rf"\. ?[{UPPER}0-9]")


def read_lexicon(page: Page) -> None:
    """The longest written form of the word list at each word; where it has more than one meaning, what decides."""
    for token in tokens(page.source):
        start = token.start()
        found = page.lexicon.at(page.source, start, token.group())
        if _read_by_meaning(page, token, found):
            continue
        if found is None or _closes_number(token, found[1], page.source) or not page.free(start, found[1]):
            continue
        entry, end = found
        if entry.written.endswith(" P") and _STOP_OF_A_PLACE.match(page.source, end):
            end += 1  # "UBND P. Tân Phong"
        if _is_syllable_of_heading(entry, page, start, end):
            # lower case for good: when its neighbours have been read it must not become an abbreviation again
            page.claim(start, end, entry.written.lower(), "heading")
        else:
            page.claim(start, end, _said_for(entry, page.source, end), "lexicon")


def _is_same_case(written: str, there: str) -> bool:
    """Whether a form of the list is meant by other capitals too: "nd" is "ND", "PH" is not "pH"."""
    return written == there or written.isupper() or written.islower() or len(written) != len(there)


_SERIES = re.compile(r"(?<![^\W\d])(?:số|seri|sê ri|mã)$")
"""Before letters that, with the digits behind them, are the number of a paper."""


_CODED = re.compile(r"(?<!\w)mã(?: (?:thẻ|đối tượng|quyền lợi|bhyt|bảo hiểm y tế))*$")
_CARD = re.compile(r"(?<!\w)(?:thẻ|bhyt|bảo hiểm y tế|hưởng)(?!\w)")


def _of_a_card(page: Page, start: int, end: int) -> bool:
    """Thẻ BHYT mã HT: letters of a card, whatever they are short for elsewhere."""
    before = page.before_list(start)
    return end - start == len("HT") and bool(_CODED.search(before) and _CARD.search(f"{before} {page.after(end)}"))


def _read_by_meaning(page: Page, token: re.Match[str], found: tuple[Entry, int] | None) -> bool:
    """Read an abbreviation of several meanings by its neighbours; where they decide nothing, the ward's own word list.

    A longer form of the list ("TT. HĐND") wins. What neither decides is spelt, and reported as unknown.
    """
    source, start = page.source, token.start()
    there = abbreviation_at(source, token)
    if found and not _is_same_case(found[0].written, token.group()):
        found = None
    if there is None or (found and found[1] > there[1]) or _closes_number(token, there[1], source):
        return False
    abbreviation, end = there
    if token.group() == "th" and source[start - 1 : start] == "/":
        return False  # so much a month
    is_serial = _SERIES.search(page.before(start)) and re.match(r" ?[0-9]{5}", source[end : end + 6])
    if is_serial or not page.free(start, end):
        return False
    said = abbreviation.said(source, start, end)
    if (said is None and found) or (token.group() == "CN" and said in {None, "chủ nhật"}):
        return False  # what may be a Sunday is left to the rules for days
    said = said or told_elsewhere(abbreviation, page.source)
    if said is None:
        if not _of_a_card(page, start, end):
            page.unknown.append(source[start:end])
        said = spell(token.group())
    page.claim(start, end, said, "meaning")
    return True


def _said_for(entry: Entry, source: str, end: int) -> str:
    """An entry that ends with a full stop ("v.v.") leaves the stop of the sentence standing."""
    closes = entry.written.endswith("..") or entry.written == "v.v."
    return f"{entry.said}." if closes and not source[end:].strip() else entry.said


def _letter(match: re.Match[str], page: Page) -> str | None:
    """A consonant alone is called by its name; a vowel alone is a word ("ở", "Y"), but for a capital I, an old one."""
    letter = match.group()
    if is_vowel(letter) and letter != "I":
        return None
    name = letter_name(letter)
    if name is None:
        page.unknown.append(letter)
    return name


def _word(match: re.Match[str], page: Page) -> str | None:
    """A word that is no syllable: capitals without sense are spelt, a foreign word is kept, both are reported."""
    word = match.group()
    if len(word) == 1 or is_syllable(word):
        return None
    known = page.lexicon.spoken_form(word) or (UNITS.get(word) if word.islower() else None)
    if known:
        return known
    is_bare = is_syllable(word, toneless=True)
    is_name = word[0].isupper() and not is_bare and is_highland_syllable(word) and _is_behind_a_name(match, page)
    roman = None if is_name else roman_value(word)
    if not is_name and word not in {"II", "III"}:  # which can be nothing but a two and a three
        page.unknown.append(word)
    if roman is not None:
        return say_int(roman, page.style)
    if is_name or (is_bare and is_in_heading(page, match.start(), match.end())):
        # "PHUONG TAN HOA": a heading typed without its marks; lower case for good, as above
        return None if is_name and not word.isupper() else word.lower()
    capitals = sum(map(str.isupper, word))
    if len(word) <= _LONGEST_SPELT and (capitals > len(word) // 2 or not has_vowel(word)):
        return spell(word)
    return None


def _is_behind_a_name(match: re.Match[str], page: Page) -> bool:
    return bool(_HIGHLAND_BEFORE.search(page.source[max(0, match.start() - _NAMES) : match.start()]))


def _foreign(match: re.Match[str], page: Page) -> str | None:
    """Letters of another script: no Vietnamese voice says them; reported, and left out of what is said."""
    page.unknown.append(match.group())
    return ""


LEFTOVERS: tuple[Rule, ...] = (
    rule("letter", rf"(?<![{LATIN}])[{LATIN}](?![{LATIN}])", _letter),
    rule("word", rf"(?<![{LATIN}]){_WORD}", _word),
    rule("foreign", rf"(?:(?![{LATIN}_{SMALL_FIGURES}])[^\W\d])+", _foreign),
)
