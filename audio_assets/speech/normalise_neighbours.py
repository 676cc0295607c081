"""Short forms that only their neighbours explain: winds, seats, marks of a list, letters that share a slash.

"TB" behind "hướng" is a side of the sky, "C9" behind "giật" a force of the wind, "45c" behind "xe" so many seats.
Letters with a slash that no word list knows ("p/v") are one short form, asked about as one, never "pê or vê".
"""

import re
from typing import Final

from audio_assets.speech.normalise_document import roman_value
from audio_assets.speech.normalise_numbers import say_int, say_number
from audio_assets.speech.normalise_rule import AFTER, DASH, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, UPPER, letter_name, spell

__all__ = ["NEIGHBOURS", "SHORT_FORMS"]

_SIDES: Final = {"Đ": "đông", "T": "tây", "N": "nam", "B": "bắc"}
_SIDE: Final = r"(?:ĐĐB|ĐĐN|TTB|TTN|BĐB|BTB|NĐN|NTN|ĐB|ĐN|TB|TN|Đ|T|N|B)"
_TOWARDS: Final = re.compile(
    r"(?<!\w)(?:hướng|phía)(?: (?:chủ yếu|gió|là|từ|về))?\W{0,2}(?:[đtnb]{1,3}(?:,| và| đến| sang| hoặc| ?-)\s?){0,3}$"
)
_WIND: Final = re.compile(
    r"(?<!\w)(?:gió|gió mùa|(?:bão|áp thấp|atnđ)[^.\n]* di chuyển)"
    r"(?: hướng)?\W{0,2}(?:[đtnb]{2,3}(?:,| và| đến| sang)\s?){0,3}$"
)


def _side(match: re.Match[str], page: Page) -> str | None:
    """Hướng TTB, gió ĐB: sides of the sky; one letter only behind "hướng" and "phía"."""
    before = page.before(match.start(), 100)
    if not (_TOWARDS.search(before) or (len(match.group()) > 1 and _WIND.search(before))):
        return None
    return " ".join(_SIDES[letter] for letter in match.group())


_BLOWS: Final = re.compile(r"(?<!\w)(?:gió|giật|bão|áp thấp|atnđ)(?!\w)")


def _force(match: re.Match[str], page: Page) -> str | None:
    """Giật C8, gió C6-C7: forces of the wind."""
    if not _BLOWS.search(page.before(match.start(), 60)):
        return None
    first = f"cấp {say_int(int(match['n']), page.style)}"
    return f"{first} đến {say_int(int(match['m']), page.style)}" if match["m"] else first


_CARRIED: Final = re.compile(
    r"(?<!\w)(?:xe|ô tô|xe ô tô)(?: [^\W\d]+){0,2}\W{0,2}(?:[0-9]{1,2} ?c(?:,| và|/| -) ?){0,4}$"
)
_FEWEST_SEATS: Final = 4


def _seats(match: re.Match[str], page: Page) -> str | None:
    """Xe khách 45c."""
    if int(match["n"]) < _FEWEST_SEATS or not _CARRIED.search(page.before(match.start())):
        return None
    return f"{say_int(int(match['n']), page.style)} chỗ"


_A_DAY: Final = re.compile(r"(?:[0-9]|tết|tháng giêng|tháng chạp|tháng một|rằm|mùng [^\W\d]+)\W{0,2}$")


def _calendar(match: re.Match[str], page: Page) -> str | None:
    """12/2 AL: the moon's calendar."""
    if not _A_DAY.search(page.before(match.start())):
        return None
    return "âm lịch" if match.group()[0] == "A" else "dương lịch"


_LONG_AGO: Final = re.compile(
    r"(?<!\w)(?:đầu|cuối|giữa|đình|chùa|đền|miếu|đời|vua|triều|di tích|lịch sử|niên đại|khởi nghĩa|cổ"
    r"|nhà (?:lý|trần|lê|nguyễn))(?!\w)"
)


_PART_OF_A_CENTURY: Final = re.compile(r"(?<!\w)(?:đầu|cuối|giữa|nửa đầu|nửa cuối|những năm)$")


def _century(match: re.Match[str], page: Page) -> str | None:
    """TK XVII, cuối TK 19; of one letter alone ("TK X") an account as well, unless the line speaks of long ago."""
    if match["n"].isdigit():
        return "thế kỷ" if _PART_OF_A_CENTURY.search(page.before(match.start())) else None
    near = f"{page.before(match.start(), 100)} {page.after(match.end(), 60)}"
    return "thế kỷ" if len(match["n"]) > 1 or _LONG_AGO.search(near) else None


_MARKED: Final = re.compile(
    r"(?<!\w)(?:điểm|thi|giải|nhất|nhì|xếp|trừ|cộng|kết quả|môn|toán|văn|gplx|giấy phép lái xe|bài)(?!\w)"
)


def _points(match: re.Match[str], page: Page) -> str | None:
    """Cộng 1,5đ, nhất (95,5đ): so few are points where marks are spoken of, else asked about (`normalise_doubt`)."""
    if not _MARKED.search(page.before(match.start(), 60)):
        return None
    return f"{say_number(match['n'], page.style)} điểm"


def _medals(match: re.Match[str], page: Page) -> str:
    """2V-3B-1Đ: gold, silver and bronze."""
    gold, silver, bronze = (say_int(int(match[kind]), page.style) for kind in "vbd")
    return f"{gold} vàng, {silver} bạc, {bronze} đồng"


def _mark(match: re.Match[str], page: Page) -> str | None:
    """a/ Đối tượng · II/ Hồ sơ: what counts the points of a list, in which the slash is not heard."""
    written = match["mark"]
    value = None if len(written) == 1 and written not in {"I", "V", "X"} else roman_value(written)
    said = say_int(value, page.style) if value else letter_name(written) or written.lower()
    return f"{said}. " if value else f"{said}, "


def _short_form(match: re.Match[str], page: Page) -> str:
    """p/v, K/t: the letters by name, and asked about."""
    page.unknown.append(match.group())
    return f"{spell(match['a'])} {spell(match['b'])}"


NEIGHBOURS: Final[tuple[Rule, ...]] = (
    rule("wind", rf"(?<![\w.&/]){_SIDE}(?![\w&/]|\.\w)", _side, needs="[ĐTNB]"),
    rule("wind", rf"(?<![\w.&/])C(?P<n>[1-9][0-9]?)(?:{DASH}C?(?P<m>[1-9][0-9]?))?{AFTER}(?![.,/][0-9])", _force,
         needs="C[0-9]"),
    rule("seats", rf"(?<![\w.,/])(?P<n>[1-9][0-9]?)\s?c{AFTER}(?!/)", _seats, needs="[0-9] ?c"),
    rule("points", r"(?<![\w.,/])(?P<v>[0-9]{1,3})V\s?[-,]\s?(?P<b>[0-9]{1,3})B\s?[-,]\s?(?P<d>[0-9]{1,3})Đ(?!\w)",
         _medals, needs="V"),
    rule("points", r"(?<![\w.,/])(?P<n>[0-9]{1,2}(?:,[0-9]{1,2})?)\s?đ(?![\w/.])", _points, needs="[0-9] ?đ"),
    rule("bullet", rf"(?<=[;:.] )\+\s(?=[{UPPER}][{LATIN}])", lambda _m, _p: ",", needs=r"\+"),
    rule("calendar", r"(?<!\w)TK(?:\.(?= ?[IVX0-9])|(?= [IVX0-9]))"
         r"(?= ?(?P<n>[IVX]{1,5}|[1-9]|1[0-9]|2[01])(?![\w&/]|[.,-][0-9]))", _century, needs="TK"),
    rule("calendar", r"(?<![\w.&/])(?:AL|DL)(?![\w&/])", _calendar, needs="[AD]L"),
    rule("list_number", rf"(?m)(?:^|(?<=[.;:] )|(?<=[.;:]))(?P<mark>[a-eđA-EĐ](?=/\s)|[IVX]{{1,4}}(?=/))/\s?"
         rf"(?=[{UPPER}][{LATIN}]|(?<=\s)[0-9])", _mark, needs="/"),
)  # fmt: skip
"""Before the word list, which knows "TB" and "TN" as other things."""

SHORT_FORMS: Final[tuple[Rule, ...]] = (
    rule("short_form", rf"(?<![\w/.])(?<![0-9] )(?P<a>[{LATIN}])/(?P<b>(?=[a-zđ])[{LATIN}])(?![\w/²³])", _short_form,
         needs="/"),
)  # fmt: skip
"""Behind the word list, which knows "đ/c"."""
