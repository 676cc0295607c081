"""Days, single and in ranges; hours are `normalise_clock`'s, months and quarters `normalise_months`'.

A date is said with "ngày", "tháng", "năm" exactly once each: what the writer already wrote is not said again. Whether
"3/4" is a day or a fraction is decided here, from the words before it.
"""

import re

from audio_assets.speech.normalise_counted import COUNTED_NOUN
from audio_assets.speech.normalise_dash import names_a_place
from audio_assets.speech.normalise_months import DAY, DAY_END, FREE, MONTH, MONTHS, ROUNDS, YEAR, month_said
from audio_assets.speech.normalise_numbers import say_int
from audio_assets.speech.normalise_rule import DASH, OF_A_GAME, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, UPPER

_NEXT_CENTURY = 50
"""A year of two digits below this is of this century: 25 is 2025, 75 is 1975."""

_NEAR_YEARS = range(24, 36)
"""Of three figures with slashes the last is a year in our days: 15/1/27; houses are told by their words."""

DAY_SAID = re.compile(
    r"(?<![^\W\d])(?:ngày ?|(?<![0-9] )ngày\W{1,2}|(?:hôm|mùng|mồng|mốt|(?<!\w)ngay)\W{0,2}"
    r"|ngày (?:khai giảng|bế giảng|bầu cử|hội|thi|họp|bắt đầu|kết thúc|làm việc|tựu trường|nhập học|khám"
    r"|(?:thành lập|truyền thống|giải phóng)(?: \w+){0,4}|pháp luật|hội đại đoàn kết|lễ|giỗ|cưới|khám sức khỏe"
    r"|phát động|ra quân)\W{0,2})$"
)
"""In "lễ 49 ngày: 16/01" nobody has said it yet."""
_DAY_LISTED = re.compile(
    r"(?<![^\W\d])(?:ngày|hôm|mùng|mồng)\W{0,2}[0-9]{1,2}(?:/[0-9]{1,2})?(?:(?:,| và"
    r"| &) ?[0-9]{1,2}(?:/[0-9]{1,2})?){0,6}(?:,"
    r"| và| &)$"
)
_HOLIDAY = re.compile(
    r"(?<![^\W\d])(?:giỗ tổ|hội trại|quà|nhằm|hội thao|mít tinh|lễ|dịp|quốc khánh|quốc tế phụ nữ"
    r"|quốc tế lao động|quốc tế thiếu nhi"
    r"|phụ nữ việt nam|nhà giáo việt nam"
    r"|chào mừng"
    r"|thống nhất đất nước|giải phóng miền nam|kỷ niệm|mừng|đợt|thương binh liệt sĩ|thương binh, liệt sĩ|tết)\W{0,2}$"
)
DAY_CUE = re.compile(
    r"(?<![^\W\d])(?:từ|đến|tới|trước|sau|sáng|trưa|chiều|tối|đêm|khuya|hạn|hết|nay|(?:hôm|sáng|trưa|chiều|tối"
    r"|đêm|ngày) qua|mai|kể từ|tính đến|nhật"
    r"|thứ [2-7]"
    r"|thứ (?:hai|ba|tư|năm|sáu|bảy)|(?<!\w)(?:t[2-7]|cn)|rằm|chính thức|bắt đầu|kết thúc|khai giảng|tựu trường"
    r"|bế giảng|khai mạc|nhập học|âl|âm lịch"
    r"|lúc|vào|giờ|phút|[0-9]h[0-9]{0,2}|[0-9]:[0-9]{2}|trong)\W{0,3}$"
)
_DUE_CUE = re.compile(r"(?<![^\W\d])(?:hạn|hạn chót|hạn cuối|trước|hết|chậm nhất)(?: là)?\W{0,3}$")
_PART_OF_DAY = re.compile(
    r"(?<![^\W\d])(?:sáng|trưa|chiều|tối|đêm|khuya|nay|(?:hôm|sáng|trưa|chiều|tối|đêm|ngày) qua|mai|nhật"
    r"|thứ [2-7]|thứ (?:hai|ba|tư|năm|sáu|bảy)"
    r"|(?<!\w)(?:t[2-7]|cn)"
    r"|rằm)\W{0,3}$"
)
WEEKDAY_BEFORE = re.compile(r"(?<!\w)(?:t[2-7]|cn|chủ nhật|thứ (?:[2-7]|hai|ba|tư|năm|sáu|bảy))\W{0,3}$")
_SCHEDULED = re.compile(r"(?<![^\W\d])(?:lịch|thời gian)(?: \w+)*:.*:\W?$")
"""A line of a timetable: "Lịch họp: TDP 1: 5/12; TDP 2: 6/12"."""
NAMED_BY_DATE = re.compile(
    r"(?<!\w)(?:đường|phố|phường|ngã tư|ngã ba|bến xe|công viên|trường(?: (?:mn|th|thcs|thpt|mầm non|tiểu học))?|cầu"
    r"|quảng trường|nhà máy|xí nghiệp|hợp tác xã|rạp|sân|sân vận động|khu tập thể|bệnh viện|hồ|tượng đài)\W{0,2}"
    r"(?:[0-9]{1,2}/[0-9]{1,2}(?:\s?[-–,]\s?| và ))?$"
)
"""What is called by a date: "đường 30/4", "trường 19/5"."""
_COUNTED = re.compile(
    r"(?:tuổi|người|hộ|ngày|giờ|phút|tiếng|tháng|năm(?! [0-9])|tuần|km|mét|m|kg|tấn|triệu|tỷ|nghìn|đồng|đ"
    r"|lần|lượt|ca|độ|số"
    r"|viên|gói|thìa|muỗng|cốc|ly|bát|chén|quả|trái|cái|con|cây|bao|chai|lon|sào|mẫu|công|liều|ống|bình|thùng|tờ"
    r"|diện tích|dân số|tổng|thời gian|thế kỷ|quãng|chỉ tiêu|điểm|mm|cm|ha|lít|%)(?!\w)|%"
)
_SHARE_CUE = re.compile(
    r"(?<![^\W\d])(?:chiếm|đạt|khoảng|hơn|gần|phần|tỷ lệ|tỉ lệ|số|số nhà|hẻm|ngõ|ngách|kiệt|tỷ số|lệ|được|giảm"
    r"|tăng|quá|mất"
    r"|bằng|tối thiểu|ít nhất)"
    r"\W{0,2}$"
)
_THING_CUE = re.compile(
    r"(?<!\w)(?:lớp|tổ|nhóm|mẫu"
    r"|(?<!dự )(?<!đề )(?<!văn )phòng|khối|lô|thửa|tờ|căn hộ|căn|tầng|mức|bậc|hạng|trang|mũi|điều|khoản|mục"
    r"|khóa|khoá|quy trình|tiêu chuẩn"
    r"|tỷ lệ|tỉ lệ|kp|tdp|khu phố|tổ dân phố)\W{0,2}$"
)
"""What is numbered by a pair: "lớp 9/3", "căn hộ 12-05"."""
_THING_LISTED = re.compile(
    r"(?<!\w)(?:số|số nhà|nhà|hẻm|ngõ|ngách|kiệt|lớp|tổ|nhóm|lô|căn hộ|căn|thửa|tờ"
    r"|(?<!dự )(?<!đề )(?<!văn )phòng)\W{0,2}"
    r"(?:[0-9]+[a-z]?(?:/[0-9]+[a-z]?)*(?:, ?| và ?| - ?| đến ?)){1,6}$"
)
"""In "ngõ 4, 6, 8/1" the pair is of the lane."""
_BOOKED = re.compile(
    r"(?<![^\W\d])(?:hẹn|tái khám|chuyển sang|dời sang|lùi đến|hạn nộp|khai mạc|khởi công)(?: ngày)?\W{0,2}$"
)
"""Before "04-12", which elsewhere may be a range."""
_NUMBERED = re.compile(r"(?<!\w)(?:số|mã|sổ|hộ|thẻ|km|nhà|hẻm|ngõ|ngách|kiệt)\W{0,2}$")
_FEASTS = frozenset({(2, 9)})
_FEAST_AFTER = re.compile(r"\W?(?:khai giảng|quốc tế|quốc khánh|tết|ngày (?:quốc|lao|thế))")
_DAY_AFTER = re.compile(
    r"\W{0,3}(?:(?:lúc |vào |hồi |từ )*[0-9]{1,2}(?:h(?!a)|g(?!\w)| giờ|:[0-5])|(?:âl|âm lịch|dl|dương lịch|al)(?!\w))"
)
"""Behind a day: its hour, or the calendar it is of."""
_LIST_JOINT = re.compile(r"(?: ?[,;&+]| và| hoặc| hay) ?$")
_SHARED_AFTER = re.compile(
    rf"(?!\(){COUNTED_NOUN.pattern}|(?:số (?!nhà|[0-9])|(?:diện tích|dân số|quân số|ngày công)(?!\w))"
)
_FROM = re.compile(r"(?<![^\W\d])(?:từ|giữa)(?: (?:các|những))?( ngày)?\W{0,2}$")


def say_date(day: str, month: str, year: str | None, page: Page) -> str:
    said = f"{say_int(int(day), page.style)} tháng {month_said(month, page)}"
    return f"{said} năm {say_int(int(year), page.style)}" if year else said


def _day_word(match: re.Match[str], page: Page) -> str:
    """The word "ngày" unless the writer has said it, or a feast is called by its date."""
    before = page.before(match.start(), 60)
    listed = _after_a_date(match, page) and not before.endswith((";", "),", ") và", ") hoặc"))
    told = listed or any(cue.search(before) for cue in (DAY_SAID, _DAY_LISTED, _HOLIDAY, NAMED_BY_DATE))
    return "" if told else "ngày "


def _after_a_date(match: re.Match[str], page: Page) -> bool:
    return follows_a_date(match.start(), page)


def follows_a_date(start: int, page: Page) -> bool:
    """Whether a date that has been read stands before it in a list: "30/4 và 1/5", "20/8 (KP1), 8/9 (KP2)"."""
    joint = _LIST_JOINT.search(page.source, max(0, start - 7), start)
    if joint is None:
        return False
    end = joint.start()
    if page.source[end - 1 : end] == ")":
        end = page.source.rfind(" (", max(0, end - 40), end)
    return page.ends.get(end) in {"date", "date_range"}


def _full_date(match: re.Match[str], page: Page) -> str:
    """30/4/2026, or 2026-12-01 as machines write a day."""
    return _day_word(match, page) + say_date(match["d"], match["m"], match["y"], page)


_PART_CUE = re.compile(
    r"(?<![^\W\d])(?:mục|điểm|khoản|phần|phiên bản|tiểu mục|bảng|hình|phụ lục|tiêu chí|chỉ tiêu|bài|sơ đồ|đội hình"
    r"|mã)\W{0,2}$"
)


def _short_year_date(match: re.Match[str], page: Page) -> str | None:
    """13/03/20: only after "ngày", or padded as an office pads; "45/12/20" is a house."""
    before = page.before(match.start(), 60)
    padded = len(match["d"]) == len(match["m"]) == 2  # noqa: PLR2004 - two digits
    told = DAY_SAID.search(before) or (match["sep"] == "/" and DAY_CUE.search(before))
    short = int(match["y"])
    is_near = short in _NEAR_YEARS and not (_THING_CUE.search(before) or _PART_CUE.search(before))
    if not (told or ((padded or is_near) and not _SHARE_CUE.search(before))):
        return None
    year = str((2000 if short < _NEXT_CENTURY else 1900) + short)
    return _day_word(match, page) + say_date(match["d"], match["m"], year, page)


_AT_HOME = re.compile(r"(?<!\w)(?:ở|tại|trú|về|nhà|địa chỉ|đ/c|hộ|(?:ông|bà|anh|chị|hộ)(?: [^\W\d]+){1,4},)\W{0,2}$")
STREET = re.compile(rf",? (?:[{UPPER}](?![{UPPER}])[{LATIN}]+ [{UPPER}](?![{UPPER}])|đường|phố|ngõ|hẻm|kiệt)")
"""What makes "15/4" a house: a word for living before it, or a person, and a street behind."""


_ALL_OF = re.compile(r"(?<!\w)(?:hết|đủ|cả)$")
"""Before "5/5 suất": as many as there are."""


def _is_date(match: re.Match[str], page: Page) -> bool:
    """Whether d/m without a year is a day: the words before it, else its shape (09/3, 30/4 can be nothing else)."""
    before = page.before(match.start(), 60)
    named = match["sep"] == "/" and (
        NAMED_BY_DATE.search(before)
        or is_named_day(match.start(), match.end(), page)
        or _SCHEDULED.search(page.before(match.start(), 100))
        or _DAY_AFTER.match(page.after(match.end()))
    )
    falling = int(match["d"]) > int(match["m"])
    listed = _DAY_LISTED.search(before) or _after_a_date(match, page)
    is_house = match["sep"] == "/" and _AT_HOME.search(before) and STREET.match(page.source, match.end())
    of_all = (
        int(match["d"]) == int(match["m"]) and _ALL_OF.search(before) and COUNTED_NOUN.match(page.after(match.end()))
    )
    if is_house or of_all or (listed and not falling and _SHARED_AFTER.match(page.after(match.end()))):
        return False  # "ngày 7/3, 10/12 chi hội": the second is a share, or a day, and asked about
    if named or any(cue.search(before) for cue in (DAY_SAID, _DAY_LISTED, _HOLIDAY, WEEKDAY_BEFORE)):
        return True
    if _COUNTED.match(page.after(match.end())) and not (falling and match["sep"] == "/"):
        return False
    cued = _PART_OF_DAY.search(before) or (DAY_CUE.search(before) and match["sep"] == "/")
    if cued or listed:
        return True
    if match["sep"] != "/":
        return (falling or len(match["d"] + match["m"]) == 4) and _is_day_without_slash(match, page)  # noqa: PLR2004
    return _has_the_shape_of_a_day(match, before, page)


def _has_the_shape_of_a_day(match: re.Match[str], before: str, page: Page) -> bool:
    """Of "9/3" with no word that tells: padded, falling or a feast, and not behind what is shared or numbered."""
    if _SHARE_CUE.search(before) or _THING_CUE.search(before) or _THING_LISTED.search(before):
        return False
    falling = int(match["d"]) > int(match["m"])
    padded = match["d"][0] == "0" or match["m"][0] == "0"
    is_feast = (int(match["d"]), int(match["m"])) in _FEASTS and not before.endswith("kết quả")
    return padded or falling or is_feast or _is_feast(match, page)


_NAMED_DAY = re.compile(
    rf"(?<!\w)[Nn]gày (?!(?:Chủ|Thứ))[{UPPER}][{LATIN}]+"
    rf"(?:,? (?!(?:có|đã|được|với|thu|đạt|cho) )[{LATIN}]+){{0,7}}[ ,(:]{{1,3}}$"
)
"""Before the day of "Ngày Pháp luật Việt Nam 9/11"."""


def is_named_day(start: int, end: int, page: Page) -> bool:
    """Whether a day of the calendar is named before the pair at `start`:`end`, and nothing counted stands behind."""
    before = page.source[max(0, start - 80) : start].rpartition("\n")[2]
    return _NAMED_DAY.search(before) is not None and not _SHARED_AFTER.match(page.after(end))


def is_day_told(start: int, end: int, page: Page) -> bool:
    """Whether a word before the pair at `start`:`end`, or behind it, makes it a day, whatever its shape."""
    before = page.before(start, 60)
    told = (
        is_named_day(start, end, page)
        or any(cue.search(before) for cue in _TELL_A_DAY)
        or _OF_A_PLAN.search(page.before(start, 160))
    )
    after = page.after(end)
    feast = page.source[start:end] in FEAST_DAYS and _OF_A_FEAST.search(before)
    return bool(told or feast or _DAY_AFTER.match(after) or _FEAST_AFTER.match(after) or _TOLD_AFTER.match(after))


FEAST_DAYS = frozenset({"3/2", "8/3", "1/5", "1/6", "2/9", "9/10", "10/3", "10/10"})
_OF_A_FEAST = re.compile(
    r"(?<!\w)(?:giải|hội diễn|hội thi|hội thao|văn nghệ|chương trình|tọa đàm|toạ đàm|gặp mặt|quà|tuần lễ|hoa)"
    r"(?: [^\W\d]+){0,3}\W{0,2}$"
)
_TOLD_AFTER = re.compile(r"\W{0,3}(?:sáng|trưa|chiều|tối|đêm|đến|tới|hằng năm|hàng năm|tdp|kp|thứ)(?!\w)")
_OF_A_PLAN = re.compile(
    r"(?<!\w)(?:kỷ niệm|mừng|lịch|ngày|giờ|thời gian|thời hạn|hạn|từ|sang|dời|hoãn|kết quả|họp|nghỉ|tổ chức|khám|tiêm"
    r"|thi|phỏng vấn|phát|nộp)(?!\w)"
)
_TELL_A_DAY = (
    DAY_SAID, _DAY_LISTED, _HOLIDAY, WEEKDAY_BEFORE, _PART_OF_DAY, DAY_CUE, NAMED_BY_DATE, _DUE_CUE, _FROM, _BOOKED,
    re.compile(r"[0-9]/[0-9]{1,2}(?:,|;| và| đến)\W{0,2}$"),
)  # fmt: skip


def _is_feast(match: re.Match[str], page: Page) -> bool:
    return _FEAST_AFTER.match(page.after(match.end())) is not None


def _is_day_without_slash(match: re.Match[str], page: Page) -> bool:
    """Of pairs that fall or are padded: "từ 15-10" is no range; "3-1" a score, "20-10" a day; "31.12" a decimal."""
    before = page.before(match.start(), 100)
    if match["sep"] == ".":
        of_a_span = re.search(r"(?:từ|đến|tới|kể từ)(?: ngày)?\W{0,2}$", before) is not None
        return _DUE_CUE.search(before) is not None or (of_a_span and len(match["m"]) == 2)  # noqa: PLR2004 - 05.12
    if (
        _THING_CUE.search(before)
        or _NUMBERED.search(before)
        or (int(match["d"]) <= int(match["m"]) and not _BOOKED.search(before))
    ):
        return False
    alone = int(match["d"]) > 12 and not OF_A_GAME.search(before)  # noqa: PLR2004 - the last month
    return alone or DAY_CUE.search(before) is not None


def _short_date(match: re.Match[str], page: Page) -> str | None:
    if not _is_date(match, page) or page.after(match.end()).startswith(_NO_DAY_BEFORE):
        return None
    return _day_word(match, page) + say_date(match["d"], match["m"], None, page)


_NO_DAY_BEFORE = ("%", "‰", "tháng", "hằng tháng", "hàng tháng", "mỗi tháng", "tết", "=")
"""Behind "5-10": a share, or days of every month."""


def _falling_date(match: re.Match[str], page: Page) -> str | None:
    """ngày 18–3, trước 20 - 11: behind a word for days a pair that falls is no range."""
    before = page.before(match.start(), 60)
    told = any(cue.search(before) for cue in (DAY_SAID, _HOLIDAY, WEEKDAY_BEFORE, DAY_CUE, _DUE_CUE))
    if int(match["d"]) < int(match["m"]) or not told or OF_A_GAME.search(before):
        return None
    if _COUNTED.match(page.after(match.end())) or page.after(match.end()).startswith(("%", "‰", "=")):
        return None
    return _day_word(match, page) + say_date(match["d"], match["m"], None, page)


_COUNTED_DAYS = re.compile(
    r"(?<![^\W\d])(?:trong|suốt|kéo dài|diễn ra|tổ chức|tập huấn"
    r"|diễn tập)(?: [^\W\d]+){0,4} [0-9]{1,2} ngày$"
)
"""In "diễn ra 2 ngày 27-28/4" the days are counted, not named."""


_MARKED_OF_TEN = re.compile(r"(?<!\w)(?:thị lực|mắt|mắt trái|mắt phải|điểm|chấm)\W{0,2}$")


def _is_share_of_some(match: re.Match[str], before: str, page: Page) -> bool:
    """Có 3-4/6 chi hội: three or four of six, where a word takes a share and what is shared stands behind."""
    if match["m"] == "10" and not match["y"] and _MARKED_OF_TEN.search(before):
        return True
    if match["m1"] or match["y"] or not COUNTED_NOUN.match(page.after(match.end())):
        return False
    if page.after(match.end()).startswith("điểm") and not DAY_SAID.search(before):
        return True
    return re.search(r"(?<!\w)(?:có|được|đạt|khoảng|hơn|gần|còn|chỉ|mỗi \w+)\W{0,2}$", before) is not None


def _date_range(match: re.Match[str], page: Page) -> str | None:
    """13-15/3 · 13/3-15/3/2020: "từ ngày … đến ngày …"; two feasts in a row are a list, not a range."""
    before = page.before(match.start(), 60)
    of_a_place = not match["m1"] and names_a_place(match, page)
    of_a_thing = NAMED_BY_DATE.search(before) or _THING_CUE.search(before) or of_a_place
    if of_a_thing or _is_share_of_some(match, before, page):
        return None
    first = say_int(int(match["d1"]), page.style)
    if match["m1"]:
        first = say_date(match["d1"], match["m1"], match["y1"], page)
    elif not (DAY_SAID.search(before) or DAY_CUE.search(before)) and not match["y"] and _SHARE_CUE.search(before):
        return None
    last = say_date(match["d"], match["m"], match["y"], page)
    if _HOLIDAY.search(before) and match["m1"] and not match["y1"]:
        return f"{first}, {last}"
    from_said = _FROM.search(before)
    if _COUNTED_DAYS.search(before):
        return f"từ ngày {first} đến ngày {last}"
    if from_said or DAY_SAID.search(before) or before.endswith("vào"):
        day = "" if DAY_SAID.search(before) else "ngày "
        return f"{day}{first} đến ngày {last}"
    return f"từ ngày {first} đến ngày {last}"


def _day_list(match: re.Match[str], page: Page) -> str | None:
    """ngày 13,14/3 · 02 ngày (11,12/11) · 15+16/3: days written without a space, not a decimal."""
    if page.before(match.start()).endswith("thứ"):
        return None  # "thứ 2,3/3": a weekday, then the day
    told = DAY_SAID.search(page.before(match.start()))
    if not told and not _is_list_of_days(match, page):
        return None
    days = ", ".join(say_int(int(day), page.style) for day in re.split("[,+&-]", match["days"]))
    return f"{'' if told else 'ngày '}{days}, {say_date(match['d'], match['m'], match['y'], page)}"


_OUT_OF = frozenset({4, 5, 10})
"""Scales of a mark: "8,9/10"."""
_DAYS_COUNTED = re.compile(r"(?<![^\W\d])(?:ngày|lịch|thời gian|buổi|hôm|sáng|chiều|tối)(?: [^\W\d]+){0,3}\W{0,3}$")


def _is_list_of_days(match: re.Match[str], page: Page) -> bool:
    """Of rising days, three of them, or before a month that is no scale of a mark, or where days are spoken of."""
    if match["joint"] == "-" or "-" in match["days"]:
        return False
    days = [int(day) for day in [*re.split("[,+&]", match["days"]), match["d"]]]
    if days != sorted(set(days)):
        return False
    before = page.before(match.start())
    if _THING_CUE.search(before) or _SHARE_CUE.search(before):
        return False
    of_many = len(days) > 2 or match["joint"] in "+&"  # noqa: PLR2004 - two may be a mark with a comma
    return of_many or int(match["m"]) not in _OUT_OF or _DAYS_COUNTED.search(before) is not None


DATES: tuple[Rule, ...] = (
    rule("date", rf"{FREE}(?P<y>{YEAR})(?P<sep>[-/.])(?P<m>{MONTH})(?P=sep)(?P<d>{DAY}){DAY_END}", _full_date,
         needs="[0-9]{4}[-/.]"),
    *ROUNDS,
    rule("date_range", rf"{FREE}(?P<d1>{DAY})(?:[/.](?P<m1>{MONTH})(?:[/.](?P<y1>{YEAR}))?)?{DASH}(?P<d>{DAY})[/.]"
         rf"(?P<m>{MONTH})(?:[/.](?P<y>{YEAR}))?{DAY_END}", _date_range, needs="[-–—−]"),
    rule("date", rf"{FREE}(?P<d>{DAY})\s?(?P<sep>[/.\\-])\s?(?P<m>{MONTH})\s?(?P=sep)\s?"
         rf"(?P<y>{YEAR}){DAY_END}", _full_date, needs="[0-9]"),
    rule("date", rf"{FREE}(?P<d>{DAY})(?P<sep>[/.-])(?P<m>{MONTH})(?P=sep)(?P<y>[0-9]{{2}}){DAY_END}", _short_year_date,
         needs="[0-9]"),
    rule("date", rf"{FREE}(?P<days>{DAY}(?:[,+&]{DAY}){{0,5}}|{DAY}(?:-{DAY}){{1,5}})(?P<joint>[,+&-])"
         rf"(?P<d>{DAY})/(?P<m>{MONTH})(?:/(?P<y>{YEAR}))?{DAY_END}", _day_list, needs="[0-9][,+&-][0-9]"),
    *MONTHS,
    rule("date", rf"{FREE}(?P<d>{DAY})(?P<sep>[/.-])(?P<m>{MONTH}){DAY_END}", _short_date, needs="[0-9]"),
    rule("date", rf"{FREE}(?P<d>{DAY})(?: ?– ?| - )(?P<m>{MONTH}){DAY_END}(?! ?[–-])", _falling_date,
         needs="[0-9] ?[–-]"),
)  # fmt: skip
