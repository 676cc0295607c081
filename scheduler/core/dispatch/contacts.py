"""Telephone numbers and web addresses that a dispatch gives to people.

Numbers come out as digits in national form, once each, in the order they stand. Short numbers (1022, 115) count only
where the text calls them a number to ring; fax numbers, accounts and identity numbers never do.
"""

import re
from collections.abc import Callable

from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.misread import digits_of
from scheduler.core.dispatch.model import Doubt, Excerpt
from scheduler.core.dispatch.text import fold

__all__ = ["phone_doubts_in", "phones_in", "urls_in"]

_LONG = re.compile(
    r"(?<![\d.,-])(?<![a-z]/)(?:"
    r"\+\s?84[\s.-]?\(?0?\)?\s?[2-9]\d{1,3}(?:[\s.-]?\d{2,4}){2,3}"
    r"|1[89]00(?:[\s.-]?\d{4}|[\s.-]?\d{6}|[\s.-]?\d{2,3}[\s.-]?\d{2,3})(?![\s.-]?\d)"
    r"|\(0\d{2,4}\)[\s.-]?\d{2,8}(?:[\s.-]?\d{2,4}){0,3}"
    r"|0\d{9,10}(?!\d)"
    r"|0\d{2,4}[\s.-]\d{2,8}(?:[\s.-]\d{2,4}){0,3}"
    r")(?!\d)(?!\s?/\s?[A-ZĐ]{2})"
)
"""Followed by "/UBND" it is the number of a document."""
_MISREAD = re.compile(r"(?<![\w.,/-])(?=\w*[OoIlSBZ])[0Oo][\dOoIlSBZ]{9,10}(?!\w)")
_FEWEST_DIGITS = 7
_CALLED = re.compile(
    r"\b(?:duong day nong|hotline|tong dai|so dien thoai|dien thoai|so may|sdt|goi(?: so)?)\b\s*(?:so\s*)?[:.]?\s*"
    r"(?P<number>0\d(?:[\s.-]?\d){3,13})(?![\d/])"
)
_SHORT_CALLED = re.compile(
    r"\b(?:duong day nong|hotline|tong dai|so dien thoai|dien thoai|so may|dau so|goi)\b[^\d.;\n]{0,40}?"
    r"(?P<numbers>(?:so\s+)?1(?![89]00)\d{2,3}(?![\d/:h%])(?:\s*(?:,|va|hoac|-"
    r"|/)\s*1\d{2,3}(?![\d/:h%]))*)(?!\s*(?:gio|ngay|nguoi|ho\b|phut|lan|thang))"
)
_EMERGENCY = re.compile(
    r"\b(?:cong an|canh sat(?: phan ung nhanh| giao thong| pccc)?|cuu hoa|chua chay|cap cuu(?: y te)?|y te|tre em"
    r"|tim kiem cuu nan|cuu nan|cuu ho)\s*(?:[:-]|goi|so|dien thoai)?\s*(?:so\s+)?(?P<n>11[1-5])(?![\d/:h%])"
    r"(?!\s*(?:gio|ngay|nguoi|ho\b|phut|lan|thang|ca\b|truong hop))"
)
"""The three-digit numbers of the country, beside the service they belong to: "Công an 113; Cứu hỏa 114"."""
_NOT_A_PHONE = re.compile(
    r"(?:\bfax|tai khoan|\bstk|\bmst|ma so thue|\bcccd|\bcmnd|can cuoc|ma so|ma ho so)[^\d\n;]{0,30}$"
)
_NATIONAL = frozenset({10, 11})
_SERVICE = frozenset({8, 10})

_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"“”«»]+"
    r"|(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}(?:vn|com|net|org|info"
    r"|edu)\b(?![@\w])(?:/[^\s<>\"“”«»]*)?",
    re.IGNORECASE,
)


def phones_in(text: str) -> tuple[Excerpt, ...]:
    """Every number to ring, once each."""
    folded = fold(text)
    found: list[tuple[int, int, str]] = []
    for match in _LONG.finditer(text):
        number = _national(match[0])
        if number and not _NOT_A_PHONE.search(folded[max(0, match.start() - 45) : match.start()]):
            found.append((match.start(), match.end(), number))
    for match in _SHORT_CALLED.finditer(folded):
        first = match.start("numbers")
        found.extend((first + n.start(), first + n.end(), n[0]) for n in re.finditer(r"\d+", match["numbers"]))
    found.extend((*one.span("n"), one["n"]) for one in _EMERGENCY.finditer(folded))
    found.extend(_misread_in(text))
    return _once(sorted(found), lambda value: value)


def _misread_in(text: str) -> list[tuple[int, int, str]]:
    """Numbers to ring with letters among their digits, put right: 0237376l666."""
    found = []
    for match in _MISREAD.finditer(text):
        digits = digits_of(match[0])
        if digits and sum(char.isdecimal() for char in match[0]) >= _FEWEST_DIGITS:
            found.append((match.start(), match.end(), digits.value))
    return found


def phone_doubts_in(text: str) -> tuple[Doubt, ...]:
    """What is doubtful about the numbers to ring: letters put right, digits missing."""
    doubts = []
    for start, end, number in _misread_in(text):
        where = Excerpt(number, start, end)
        doubts.append(doubt("phones", reason="phone_misread", excerpt=where, raw=text[start:end], number=number))
    known = [(one.start, one.end) for one in phones_in(text)]
    for match in _CALLED.finditer(fold(text)):
        start, end = match.span("number")
        if _national(text[start:end]) is None and not any(a < end and start < b for a, b in known):
            raw = " ".join(text[start:end].split())
            doubts.append(doubt("phones", reason="phone_incomplete", excerpt=Excerpt(raw, start, end), raw=raw))
    return tuple(doubts)


def _national(raw: str) -> str | None:
    digits = re.sub(r"\D", "", raw)
    if raw.startswith("+"):
        digits = "0" + digits[2:].lstrip("0")
    if digits.startswith("1"):
        return digits if len(digits) in _SERVICE else None
    return digits if len(digits) in _NATIONAL else None


def urls_in(text: str) -> tuple[Excerpt, ...]:
    """Every web address, once each, without the punctuation of its sentence; "x.vn" and "https://x.vn/" are one."""
    found: list[tuple[int, int, str]] = []
    for match in _URL.finditer(text):
        value = match[0].rstrip(".,;:!?'’*_|")
        while value.endswith(")") and value.count("(") < value.count(")"):
            value = value[:-1].rstrip(".,;:")
        if "." in value:
            found.append((match.start(), match.start() + len(value), value))
    return _once(found, lambda value: re.sub(r"^https?://|^www\.|/$", "", value.lower()))


def _once(found: list[tuple[int, int, str]], key: Callable[[str], str]) -> tuple[Excerpt, ...]:
    seen: set[str] = set()
    kept: list[Excerpt] = []
    for start, end, value in found:
        if key(value) not in seen:
            seen.add(key(value))
            kept.append(Excerpt(value, start, end))
    return tuple(kept)
