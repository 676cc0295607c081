"""Two figures with a dash between them, and the dash before one: a score, a sum, two years, a mark of a list.

Told by the words of a game, by a fall (no range falls), or by what stands behind; what a range says is
`normalise_quantity`'s.
"""

import re

from audio_assets.speech.normalise_counted import MEASURED, TIMES, WHOLES
from audio_assets.speech.normalise_numbers import say_digits, say_number
from audio_assets.speech.normalise_rule import OF_A_GAME, Page
from audio_assets.speech.normalise_syllable import LATIN, UPPER

__all__ = [
    "MONTH_CUE",
    "RESULT",
    "are_years_in_turn",
    "falls",
    "is_a_point",
    "is_numbered_place",
    "is_score",
    "is_subtracted",
    "names_a_place",
    "say_score",
]

MONTH_CUE = re.compile(r"tháng\W{0,2}(?:[0-9]{1,2}(?:,| và|-| đến(?: tháng)?)\W?){0,6}$")
_SCORE_CUE = re.compile(
    r"(?<!\w)(?:tỷ số|tỉ số|thắng|thua|hòa|hoà|dẫn|dẫn trước|chung cuộc|luân lưu|kết quả)(?: là| chung cuộc)?\W{0,2}$"
)
_RANGE_CUE = re.compile(
    r"(?<![^\W\d])(?:từ|khoảng|cấp|điều|khoản|tháng|lớp|sau|trước|trong|gần|hơn|số|tổ|tdp|kp|khu|khu phố|tổ dân phố"
    r"|thôn|xóm|ấp|bản|đội|nhóm|khối|cụm|ngõ|sân|vòng|ngày|tuần)\W{0,2}$"
)
_THING_COUNTED = re.compile(rf"(?:{WHOLES}|{TIMES}|{MEASURED}|tuổi|độ|nghìn|ngàn|đồng|tấn|tạ|mét)(?!\w)")


_SCORE_LIMIT = 3
"""Digits of one side of a score."""
_LONG_SCORE = 10
"""From here on a side of a score has more than one word: a pause parts the two."""


_PAIR_LISTED = re.compile(r"(?<![\w.,/-])([0-9]{1,3})\s?[-–]\s?([0-9]{1,3})(?:[,;]| và)$")


def _without_pairs(before: str) -> tuple[str, bool]:
    """A line without the pairs that it lists last, and whether one of them falls: "25-20, 25-22," are scores."""
    fell = False
    while pair := _PAIR_LISTED.search(before):
        fell = fell or int(pair[1]) > int(pair[2])
        before = before[: pair.start()].rstrip()
    return before, fell


_PLAYER = rf"[{UPPER}](?![{UPPER}])[{LATIN}]+(?: [{UPPER}](?![{UPPER}])[{LATIN}]+){{0,3}}"
_TWO_NAMES = re.compile(rf"(?<![{LATIN}]){_PLAYER} - {_PLAYER} $")
RESULT = re.compile(r"(?<!\w)(?:kq|kết quả|trận|vòng|bảng|giải|bóng)(?!\w)")
"""Before "Trường Sơn - Bắc Sơn 1-2", where two have played."""


def _have_played(start: int, page: Page) -> bool:
    names = _TWO_NAMES.search(page.source[max(0, start - 80) : start])
    return names is not None and RESULT.search(page.before(start, 100)) is not None


def is_score(match: re.Match[str], page: Page) -> bool:
    """Whether "3-1" is a result: told by a word of the game, or because it falls, as no range does."""
    first, last = match["a"], match["b"]
    if match["sign"] or match["unit"] or match["unit_a"] or _EQUALS.match(page.source, match.end()):
        return False
    if MONTH_CUE.search(page.before(match.start())):
        return False
    if not (first.isdigit() and last.isdigit()):  # half a point, at chess
        return first == last or OF_A_GAME.search(page.before(match.start(), 100)) is not None
    if max(len(first), len(last)) > _SCORE_LIMIT or _THING_COUNTED.match(page.after(match.end())):
        return False
    before, listed = _without_pairs(page.before(match.start(), 100))
    if listed or _SCORE_CUE.search(before) or int(first) == int(last) or _have_played(match.start(), page):
        return True
    return int(first) > int(last) or (bool(OF_A_GAME.search(before)) and not _RANGE_CUE.search(before))


def _side(written: str, page: Page) -> str:
    return say_digits(written) if written.isdigit() and written[0] == "0" else say_number(written, page.style)


def say_score(match: re.Match[str], page: Page) -> str:
    first, last = (_side(match[side], page) for side in "ab")
    long = all(match[side].isdigit() and int(match[side]) >= _LONG_SCORE for side in "ab")
    return f"{first}, {last}" if long else f"{first} {last}"


_HOURS = frozenset({"h", "H", "p", "ph", "'"})
_MARKED_ALIKE = re.compile(r"[:;,] ?[-–][0-9]")


def is_a_point(match: re.Match[str], page: Page) -> bool:
    """Whether the dash before a figure marks a point of a list, in its line or at the heads of lines."""
    before, after, unit = page.before(match.start()), page.after(match.end()), (match["unit"] or "").strip()
    if unit in _HOURS:
        return True
    if not before:
        return not (unit[:1] in {"°", "o", "0"} or after.startswith("độ")) and len(_HEADS.findall(page.source)) > 1
    return bool(_MARKED_ALIKE.search(before + after) and _THING_COUNTED.match(after))


_HEADS = re.compile(r"(?m)^[-–] ?[^\s-]")


def are_years_in_turn(match: re.Match[str]) -> bool:
    """2025-2026, 25-26: the second follows the first; "mùa 35-45 nghìn" is a price."""
    first, last = match["a"], match["b"]
    return first.isdigit() and last.isdigit() and not match["unit"] and int(last) == int(first[: len(last)]) + 1


def is_subtracted(match: re.Match[str], page: Page) -> bool:
    """12-5=7: two whole figures, of which the first is more."""
    first, last = (match[side].replace(".", "") for side in "ab")
    if not (first.isdigit() and last.isdigit() and _EQUALS.match(page.source, match.end())):
        return False
    return int(first) > int(last)


_EQUALS = re.compile(r"\s?= ?[0-9]")
"""Behind what is subtracted."""


def falls(match: re.Match[str]) -> bool:
    """12-5: no range, whatever it is."""
    first, last = match["a"], match["b"]
    return not (match["unit"] or match["unit_a"]) and first.isdigit() and last.isdigit() and int(first) > int(last)


_PLACES = r"(?:thôn|xóm|ấp|bản|buôn|làng|tổ|khu|khu phố|kp|tdp|tổ dân phố|đội|khối|phường|lô|stt|số nhà|số thứ tự) $"
_PLACE = re.compile(rf"(?<!\w){_PLACES}")
_PLACE_ALONE = re.compile(rf"(?<!\w)(?<!mỗi )(?<!một )(?<!từng )(?<!cách )(?<!từ )(?<!đến ){_PLACES}")
_IN_A_ROW = re.compile(rf" [-–] {_PLACES}")
_COUNTED_BEHIND = re.compile(
    r"(?:con|hộ|khẩu|nhân khẩu|người|em|cháu|suất|lượt|cây|chiếc|cái|thùng|bao|phiếu|hồ sơ|ca|trường hợp|xe|quả)(?!\w)"
)
"""In "Trần Thị Tư - xóm 7 - 12 con lợn" the dashes part columns."""
_MEASURED_BEHIND = re.compile(r"(?:sào|mẫu|công|tấn|tạ|yến|triệu|tỷ|tỉ|nghìn|ngàn|đồng|lít|mét|héc ta|ki lô)(?!\w)")


_BESIDE_A_TIME = re.compile(
    r"(?<!\w)(?<!mỗi )(?<!một )(?<!từng )"
    r"(?:thôn|xóm|ấp|bản|buôn|làng|tổ|khu|khu phố|kp|tdp|tổ dân phố|đội|khối|phường"
    r"|chi hội|chi bộ|chi đoàn|lớp|nhóm|trạm|cụm|bàn|quầy|điểm|đợt|vòng|số)$"
)


def names_a_place(match: re.Match[str], page: Page) -> bool:
    """Tổ 3 - 19h30: the number of a place, parted by a dash from its hour or day."""
    return _BESIDE_A_TIME.search(page.before(match.start())) is not None


def is_numbered_place(match: re.Match[str], before: str, after: str) -> bool:
    """thôn 2 - 1,5 sào: the number of a place is no start of a span that ends in a measure."""
    first, last = match["a"], match["b"]
    if match["unit_a"] or not first.isdigit():
        return False
    falls_to = re.fullmatch("[0-9]+,[0-9]+", last) and float(last.replace(",", ".")) < int(first)
    if not (_PLACE if falls_to else _PLACE_ALONE).search(before + " "):
        return False
    if _IN_A_ROW.search(before + " ") and _COUNTED_BEHIND.match(after):
        return True
    return bool(match["unit"]) or not last.isdigit() or _MEASURED_BEHIND.match(after) is not None
