"""When a pair of figures is only likely what it was read as: a share ("3/5 hộ"), a house, or a day and a month.

A pair that may be a day is a share only where a word before it takes one, what it is taken of cannot act ("3/5 diện
tích"), or a verb behind tells that it was shared out ("3/5 trường đạt chuẩn"); else somebody is asked.
"""

import re
from typing import Final

from audio_assets.speech.normalise_counted import ACTORS, MEASURED, PIECES, TIMES
from audio_assets.speech.normalise_phone import COUNTED
from audio_assets.speech.normalise_rule import Change, Page
from audio_assets.speech.normalise_syllable import LATIN, UPPER
from audio_assets.speech.normalise_time import FEAST_DAYS, STREET, WEEKDAY_BEFORE, follows_a_date, is_day_told

__all__ = ["COUNTED_THING", "PAIR_WITH_DASH", "doubts_date", "doubts_fraction"]

PAIR_WITH_DASH: Final = re.compile(r"([0-9]{1,2})\s?[-–—]\s?([0-9]{1,2})")
COUNTED_THING: Final = re.compile(
    r"\W{0,2}(?!(?:tại|ở|và|của|rồi|thì|lúc|từ|đến|tới|cho|do|bị|được|có|là|để|với|vì|sẽ|đã|đang|theo|này|nhé|xong|nên|hằng|hàng|mỗi"
    r"|hay|hoặc|mới|vẫn|cũng|không|chưa|còn|về|vào|ra|trên|dưới|sau|trước|nếu|khi|mà|như)(?!\w))"
    rf"[{LATIN}]{{2,}}"
)
"""A word behind "5-6" or "4/6" that is counted: one that joins or leads on tells nothing of it."""
_NAMES_A_FIGURE: Final = re.compile(
    r"(?<![^\W\d])(?:số|nhà|số nhà|hẻm|ngõ|ngách|kiệt|hạng|thương binh|tb|huyết áp|bản đồ|lớp|tổ|nhóm|mẫu"
    r"|(?<!dự )(?<!đề )(?<!văn )phòng|tờ|thửa|lô|căn|chiếm|đạt|khoảng|hơn|gần|phần|tỷ lệ|tỉ lệ|lệ|bằng|tối thiểu"
    r"|ít nhất"
    r"|thứ|năm học|mùa|tuổi|loại|thương binh (?:[0-9]/[0-9](?:,| và)\s?){1,3}|cấp|tầm nhìn|thị lực|hoàn thành|pha|bầu"
    r"|ngân sách|xã hội hóa|xã hội hoá|vốn|được bầu|ở|tại|\+)\W{0,2}$"
)
_TAKES_A_SHARE: Final = re.compile(
    r"(?<![^\W\d])(?:được|giảm|tăng|quá|mất|mở|vụ|trên|dưới|có|trả|còn|nộp|chi|dùng|với|của|là|ký|hết|đủ"
    r"|(?<!diễn )(?<!xảy )ra)\W{0,2}$"
)
"""Before a share if what is shared stands behind: "nộp 4/6 suất", but "nộp 4/6" is a day as well."""
_OF_A_WHOLE: Final = re.compile(rf"\W?(?:{MEASURED}|{PIECES}|{TIMES})(?!\w)|\s?%")
_OF_MANY: Final = re.compile(rf"\W?(?:{ACTORS})(?!\w)")
_MOST_DAYS, _MOST_MONTHS = 31, 12


_THREE_WITH_SLASHES: Final = re.compile(r"(?:[12]?[0-9]|3[01])/(?:[1-9]|1[0-2])/[0-9]{1,4}")
"""A house in a lane of a lane, or a day: 12/3/7."""


_NUMBERED: Final = re.compile(r"(?<![^\W\d])(?<!nhà )số\W{0,2}$")
_NAME_BEHIND: Final = re.compile(
    rf"[ ,]{{1,2}}(?:[{UPPER}][{LATIN}]|(?:hẻm|ngõ|ngách|đường|phố|khu|tổ(?! chức)|kp|tdp)(?!\w))"
)
_AN_ADDRESS: Final = re.compile(r"(?<!\w)(?:nhà|tại|ở|về|địa chỉ|hẻm|ngõ|ngách|thửa|đường|phố|căn|hộ|mẫu)(?!\w)")
"""Words that make "số 5/6" a house; a paper of that number may be the fifth of six, or of the fifth of June."""


_OF_TIME: Final = re.compile(r"(?<!\w)(?:ngày|tháng|quý|năm|kỳ|tuần|(?<!xếp )(?<!đứng )(?<!vị trí )thứ)\W{0,2}$")
_TWO_YEARS: Final = re.compile(
    r"(?!1/2000)(?:(?:19|20)[0-9]{2}|[1-9]|1[0-2])\s?/\s?(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}\s?/\s?[0-9]{2}"
)


def doubts_fraction(change: Change, page: Page) -> bool:
    """A pair that may be a day and a month, with nothing beside it that is shared or numbered."""
    if _THREE_WITH_SLASHES.fullmatch(page.source[change.start : change.end]):
        return _NAMES_A_FIGURE.search(page.before(change.start)) is None
    if _OF_TIME.search(page.before(change.start)) or _TWO_YEARS.fullmatch(page.source, change.start, change.end):
        return "," not in change.said
    top, _, bottom = page.source[change.start : change.end].replace(" ", "").partition("/")
    if not (top.isdigit() and bottom.isdigit() and int(top) <= _MOST_DAYS and 0 < int(bottom) <= _MOST_MONTHS):
        return False
    return not _is_plainly_shared(top, bottom, change, page)


def _is_plainly_shared(top: str, bottom: str, change: Change, page: Page) -> bool:
    before, after = page.before(change.start), page.after(change.end)
    if _NUMBERED.search(before) and not _AN_ADDRESS.search(page.before(change.start, 60)):
        return _NAME_BEHIND.match(page.source, change.end) is not None
    in_a_cup = top == "1" and bottom in {"4", "8"} and before.endswith(("vòng", "vòng loại"))
    if in_a_cup or (top == bottom and _OF_ALL.match(after)):
        return True
    if _THINGS_LISTED.search(page.before(change.start, 60)):
        return True
    may_be_a_feast = _MAY_BEAR_A_FEAST.search(before) and f"{top}/{bottom}" in FEAST_DAYS
    return not may_be_a_feast and bool(
        _NAMES_A_FIGURE.search(before)
        or (_TAKES_A_SHARE.search(before) and COUNTED_THING.match(after))
        or _is_of_a_whole(page, change.end)
    )


_THINGS_LISTED: Final = re.compile(
    r"(?<!\w)(?:lớp|các lớp|(?<!dự )(?<!đề )(?<!văn )phòng|căn|số nhà|nhà|ngõ|ngách|kiệt|hẻm)\W{0,2}"
    r"(?:[0-9]+[a-z]?/[0-9]+[a-z]?(?:, ?| và ?| - ?))+$"
)
"""In "lớp 9/3, 9/4" the second is a class as the first."""
_OF_ALL: Final = re.compile(
    r"(?:tdp|kp|thôn|xóm|bản|ấp|xã|phường|khu phố|tổ dân phố|chi bộ|chi hội|đại biểu|thành viên|hộ|câu)(?!\w| [0-9])"
)
"""Of as many as there are, all: "6/6 thôn"."""
_MAY_BEAR_A_FEAST: Final = re.compile(r"(?<!\w)(?:nhóm|đội)\W{0,2}$")
_SHARED_OUT: Final = re.compile(
    r"[^.,;:]{0,40}(?<!\w)(?:đạt|hoàn thành|có mặt|tán thành|nhất trí|đồng ý|trúng|không đạt|ủng hộ|tham gia|bị|được"
    r"|thu được|xong|dùng|đã)(?!\w)"
)
_MORE_THAN_COUNTED: Final = re.compile(rf" (?:[0-9]|[{UPPER}]|(?:nhạc|hội|phố|sinh)(?!\w))")
"""Behind a word like "ca", "đường" that is no counted thing then: "ca nhạc", "vòng 2"."""


def _is_of_a_whole(page: Page, end: int) -> bool:
    """Whether what stands behind "3/5" can only be shared: those who may act on a day need a word that counts them."""
    after = page.after(end)
    counted = _OF_A_WHOLE.match(after) or COUNTED.match(after)
    if _OF_MANY.match(after):
        return _SHARED_OUT.match(after) is not None
    if counted is None:
        return False
    begins = end + (page.source[end : end + 1] == " ") + counted.end()
    return _MORE_THAN_COUNTED.match(page.source, begins) is None


_FROM: Final = re.compile(r"(?<!\w)từ(?: ngày)?\W{0,2}$")
_BEHIND_CLASSES: Final = re.compile(r"(?<!\w)(?:lớp|khối|phòng|căn|tổ|số nhà|ngõ|kiệt|hẻm) [0-9][0-9a-zđ/,; –-]*$")
"""Pairs behind "lớp 1/1–1/5;" may be more of them."""
_PAID: Final = re.compile(r"(?:lương|ngày công|tháng lương|phụ cấp|suất)(?!\w)")
_PARTS_OF_PAY: Final = frozenset({"1/2", "1/3", "2/3", "1/4", "3/4"})
_PARTY_DAYS: Final = frozenset({"3/2", "03/02", "03/2", "19/5", "2/9", "02/9", "02/09", "7/11", "07/11"})
"""On which badges of the Party are given."""
_DAY_ALONE: Final = re.compile("[0-9]{1,2}/[0-9]{1,2}")
_DAY_OR_SHARE: Final = re.compile(r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|1[0-2])")


def _may_be_two_days(change: Change, page: Page) -> bool:
    """Of a pair that rises: "từ ngày 1-5" is a day or a span of days, unless its other end is told."""
    if _FROM.search(page.before(change.start)):
        return not page.after(change.end).startswith(("đến", "tới"))
    return WEEKDAY_BEFORE.search(page.before(change.start)) is None


def doubts_date(change: Change, page: Page) -> bool:
    """A pair taken for a day by its shape alone; only a day has a first number above twelve."""
    if _PAID.match(page.after(change.end)) and page.source[change.start : change.end] in _PARTS_OF_PAY:
        return True
    pair = PAIR_WITH_DASH.fullmatch(page.source, change.start, change.end)
    if pair and int(pair[1]) < int(pair[2]):
        is_from = _FROM.search(page.before(change.start))
        if is_from or f"{int(pair[1])}/{int(pair[2])}" not in FEAST_DAYS:
            return _may_be_two_days(change, page)
    if not _DAY_OR_SHARE.fullmatch(page.source, change.start, change.end):
        at_home = _DAY_ALONE.fullmatch(page.source, change.start, change.end) and STREET.match(page.source, change.end)
        return bool(at_home) and not is_day_told(change.start, change.end, page)
    as_far_as = page.before(change.start).endswith(("đến", "tới")) and _OF_MANY.match(page.after(change.end))
    if as_far_as or _BEHIND_CLASSES.search(page.before(change.start)):
        return True
    of_the_party = page.source[change.start : change.end] in _PARTY_DAYS and "đảng" in page.before(change.start, 100)
    if (
        page.before(change.start).endswith("đợt")
        and not of_the_party
        and not _NAME_BEHIND.match(page.source, change.end)
    ):
        return True
    return not follows_a_date(change.start, page) and not is_day_told(change.start, change.end, page)
