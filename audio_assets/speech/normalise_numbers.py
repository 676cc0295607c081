"""Numbers in words, as a Northern announcer says them (mươi, mốt, tư, lăm, linh, không trăm), or a Southern one.

Takes written digits, dots and commas; gives words. It never sees the sentence: what a number means (a phone, a day,
a price) is decided by the rule that calls it.
"""

import re
from dataclasses import dataclass

UNITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
NUMBER_WORDS = frozenset({*UNITS, "mười", "mươi", "mốt", "tư", "lăm", "trăm", "nghìn", "ngàn", "triệu", "tỷ", "âm"})
"""The words with which a number begins or ends."""
_LONGEST_SAID = 15
"""Beyond this many digits nobody hears a number; it is read digit by digit."""
_BILLION = 1_000_000_000
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3}){2,}\.\d+")
_SWAPPED = str.maketrans(",.", ".,")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?: \d{3})+")


@dataclass(frozen=True, slots=True)
class ReadingStyle:
    """How a region says what may be said in two ways."""

    odd: str = "linh"
    thousand: str = "nghìn"
    short_documents: bool = False
    """Say only the number of a document ("công văn số sáu trăm bốn mươi hai"), not its year and symbol."""
    repeat_phones: bool = False
    """Say each number to call twice, with "xin nhắc lại" between."""


NORTHERN = ReadingStyle()
SOUTHERN = ReadingStyle(odd="lẻ", thousand="ngàn")


def in_style(words: str, style: ReadingStyle) -> str:
    """Words of a table ("nghìn", "phần nghìn") as the region of `style` says them."""
    return words.replace(NORTHERN.thousand, style.thousand) if style.thousand != NORTHERN.thousand else words


def say_digits(digits: str) -> str:
    """Digit by digit: "115" → "một một năm"; anything that is not a digit is passed over."""
    return " ".join(UNITS[int(digit)] for digit in digits if digit in "0123456789")


def _tens(tens: int, unit: int) -> list[str]:
    head = ["mười"] if tens == 1 else [UNITS[tens], "mươi"]
    if unit == 0:
        return head
    if unit == 5:  # noqa: PLR2004 - the digit five itself
        return [*head, "lăm"]
    if tens > 1 and unit in {1, 4}:
        return [*head, "mốt" if unit == 1 else "tư"]
    return [*head, UNITS[unit]]


def _below_thousand(number: int, style: ReadingStyle, *, whole: bool) -> list[str]:
    """One group of three digits; `whole` says the hundreds even when they are zero."""
    hundreds, rest = divmod(number, 100)
    words = [UNITS[hundreds], "trăm"] if hundreds or whole else []
    tens, unit = divmod(rest, 10)
    if tens:
        return words + _tens(tens, unit)
    if unit:
        return [*words, *([style.odd] if words else []), UNITS[unit]]
    return words


def _below_billion(number: int, style: ReadingStyle, *, whole: bool) -> list[str]:
    words: list[str] = []
    for size, name in ((1_000_000, "triệu"), (1_000, style.thousand), (1, "")):
        group, number = divmod(number, size)
        if group:
            words += _below_thousand(group, style, whole=whole or bool(words))
            words += [name] if name else []
    return words


def say_int(number: int, style: ReadingStyle = NORTHERN) -> str:
    """A whole number in words: 3007 → "ba nghìn không trăm linh bảy"."""
    if number < 0:
        return f"âm {say_int(-number, style)}"
    if number == 0:
        return UNITS[0]
    billions, rest = divmod(number, _BILLION)
    words = [say_int(billions, style), "tỷ"] if billions else []
    return " ".join(words + _below_billion(rest, style, whole=bool(words)))


def say_ordinal(number: int, style: ReadingStyle = NORTHERN) -> str:
    """What follows "thứ": nhất, hai, ba, tư, then the plain number."""
    return {1: "nhất", 4: "tư"}.get(number) or say_int(number, style)


def say_month(number: int, style: ReadingStyle = NORTHERN) -> str:
    """What follows "tháng": April is "tư"."""
    return {4: "tư"}.get(number) or say_int(number, style)


def _whole(digits: str, style: ReadingStyle) -> str:
    if len(digits) > _LONGEST_SAID or (len(digits) > 2 and digits[0] == "0"):  # noqa: PLR2004 - "05" is five, "005" is a code
        return say_digits(digits)
    return say_int(int(digits), style)


def _after_comma(digits: str, style: ReadingStyle) -> str:
    """Up to three digits are said as a number ("phẩy hai mươi lăm"), unless zeros lead them."""
    if digits[0] == "0" or len(digits) > 3:  # noqa: PLR2004 - see the docstring
        return say_digits(digits)
    return say_int(int(digits), style)


def say_number(written: str, style: ReadingStyle = NORTHERN) -> str:
    """A written number in words: dots group thousands, a comma is the decimal sign, "2.5" is taken as "2,5"."""
    if _ENGLISH.fullmatch(written):
        written = written.translate(_SWAPPED)
    head, comma, tail = written.partition(",")
    if _THOUSANDS.fullmatch(written):
        return _whole(re.sub(r"[., ]", "", written), style)
    if comma:
        return f"{say_number(head, style)} phẩy {_after_comma(tail, style)}"
    head, dot, tail = written.partition(".")
    if dot:
        return f"{_whole(head, style)} phẩy {_after_comma(tail, style)}"
    return _whole(written, style)
