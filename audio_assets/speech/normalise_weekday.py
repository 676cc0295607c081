"""Days of the week: T2–T7, CN, "thứ 2-4-6", and the first column of a table of days.

"T3" is a Tuesday beside a date, an hour or a part of the day; beside other words it is a month, a floor or a room.
Joined by dashes, three or more are a list ("T2-T4-T6"), two that span the working week a range ("T2-T6"). What the
neighbours do not decide is said as the likelier of the two and reported as unknown, so that somebody is asked.
"""

import re

from audio_assets.speech.normalise_numbers import say_int, say_month, say_ordinal
from audio_assets.speech.normalise_rule import Page, Rule, rule

_FAR, _TABLE = 200, 2_000
"""Characters of a line and of a table that are looked at, so that a long text costs no more a letter."""
_DASH = r"\s?[-–]\s?"
_JOINT = re.compile(rf"({_DASH}|\s?[,/&;+]\s?|\s(?:và|đến|tới)\s)")
_SUNDAY = 8
_DATE_AFTER = r"\W{0,3}(?:ngày )?[0-9]{1,2}[/.-][0-9]{1,2}(?![0-9])"
_HOUR_AFTER = r"\W{0,3}(?:lúc |từ |hồi )?[0-9]{1,2}(?:h|g|:[0-5]| giờ)"
_WEEKDAY_BEFORE = re.compile(
    r"(?:(?<!\w)(?:sáng|trưa|chiều|tối|đêm|ngày|các ngày|lúc|mỗi|hôm|hằng tuần|hàng tuần|thu gom|nghỉ|trực"
    r"|họp)(?: các)?(?: ngày)?\W{0,2}|[0-9](?:h[0-9]{0,2}|:[0-9]{2}| giờ| phút)\W{0,2})$"
)
_WEEKDAY_AFTER = re.compile(
    rf"{_DATE_AFTER}|{_HOUR_AFTER}|\W{{0,2}}(?:hằng|hàng|tuần|tới|này|sau|mỗi|ngày|sáng|trưa|chiều|tối|đêm|đầu tuần"
    r"|cuối tuần|nghỉ(?! (?:tết|lễ|hè|dài))|và cn|và chủ nhật)(?!\w)|\W?:|\s?\)"
)
_MONTH_BEFORE = re.compile(
    r"(?<![^\W\d])(?:đầu|cuối|giữa|rằm|tiền điện|tiền nước|tiền nhà|lương|nợ|cước|phí|hóa đơn|hoá đơn|số liệu)\W{0,2}$"
)
_MONTH_AFTER = re.compile(r"\W{0,2}(?:năm|âm lịch|dương lịch|âl|dl)(?!\w)")
_FLOOR_AFTER = re.compile(r"\W{0,3}(?:nhà|căn nhà|tòa|toà|trụ sở|chung cư|khu nhà|ubnd|ký túc xá)(?!\w)")
_FLOOR_BEFORE = re.compile(r"(?<![^\W\d])(?:tầng|lầu)\W{0,2}$")
_ROOM_BEFORE = re.compile(r"(?<![^\W\d])(?:phòng|phòng họp|hội trường|giảng đường|lớp học)\W{0,2}$")
_CODE_BEFORE = re.compile(
    r"(?<![^\W\d])(?:nhà|tòa|toà|cửa|ga|lô|block|dãy|khu|cột|trạm|bơm|mba|tba|máy|mốc|tuyến|xe|mã|bến|cổng|cấp|loại)\W{0,2}$"
)
_LIST_OF_DAYS = re.compile(r"(?<!\w)(?:các|những|hai|2|mấy)(?: ngày| buổi| hôm)?\W{0,2}$")
_FROM = re.compile(r"(?<![^\W\d])(?:từ|kể từ|suốt)(?: ngày)?\W{0,2}$")


def _number(mark: str) -> int:
    return _SUNDAY if mark.upper() == "CN" else int(mark[-1])


def _weekday(number: int) -> str:
    return "chủ nhật" if number == _SUNDAY else f"thứ {say_ordinal(number)}"


def _is_dash(joint: str) -> bool:
    return joint.strip() in {"-", "–"}


def _is_range(first: int, last: int, before: str) -> bool | None:
    """Whether two days joined by a dash are a span (True), a list (False), or nobody knows (None)."""
    if _FROM.search(before) or last - first == 1 or (first == 2 and last >= 6):  # noqa: PLR2004 - Monday to Friday on
        return True
    return False if _LIST_OF_DAYS.search(before) else None


def _joint(sign: str) -> str:
    return {",": ", ", "/": ", ", ";": ", ", "&": " và ", "+": " và "}.get(sign.strip()) or f" {sign.strip()} "


def _joints(numbers: list[int], signs: list[str], match: re.Match[str], page: Page) -> list[str]:
    """What is said between the days of a list or a range."""
    dashes = sum(map(_is_dash, signs))
    if dashes >= 2 and dashes == len(signs):  # noqa: PLR2004 - two dashes: three days, so no range
        return [", "] * len(signs)
    said = []
    for at, sign in enumerate(signs):
        span = _is_range(numbers[at], numbers[at + 1], page.before(match.start())) if _is_dash(sign) else None
        if _is_dash(sign) and span is None:
            page.unknown.append(match.group())
        said.append(_joint(sign) if not _is_dash(sign) else " và " if span is False else " đến ")
    return said


def _said_in_turn(words: list[str], joints: list[str]) -> str:
    return "".join(word + joint for word, joint in zip(words, [*joints, ""], strict=True))


def _weekdays(match: re.Match[str], page: Page) -> str | None:
    """T2-T6 · T7, CN · T2-T4-T6 · T2,4,6 · T3 alone."""
    parts = _JOINT.split(match.group())
    numbers, signs = [_number(part) for part in parts[::2]], parts[1::2]
    if not signs:
        return _one(match, page)
    if _MONTH_BEFORE.search(page.before(match.start())) or _MONTH_AFTER.match(page.after(match.end())):
        months = [f"tháng {say_month(number)}" for number in numbers]
        return _said_in_turn(months, [" đến " if _is_dash(sign) else _joint(sign) for sign in signs])
    return _said_in_turn([_weekday(number) for number in numbers], _joints(numbers, signs, match, page))


def _one(match: re.Match[str], page: Page) -> str | None:
    """A lone T2–T7, by what stands beside it."""
    number = _number(match.group())
    before, after = page.before(match.start()), page.after(match.end())
    if _ROOM_BEFORE.search(before):
        page.unknown.append(match.group())
        return f"tầng {say_int(number)}"
    is_small = match.group()[0] == "t" and not _WEEKDAY_BEFORE.search(before)
    if is_small or _FLOOR_BEFORE.search(before) or _CODE_BEFORE.search(before):
        return None
    if re.match(_DATE_AFTER, after) or re.match(_HOUR_AFTER, after):
        return _weekday(number)
    if _MONTH_BEFORE.search(before) or _MONTH_AFTER.match(after):
        return f"tháng {say_month(number)}"
    if _FLOOR_AFTER.match(after):
        return f"tầng {say_int(number)}"
    told = _WEEKDAY_BEFORE.search(before) or _WEEKDAY_AFTER.match(after) or _among_days(match, page)
    if not told or _among_months(number, page.before(match.start(), _FAR)):
        page.unknown.append(match.group())
    return _weekday(number)


_SHARE_BEFORE = re.compile(r"% ?\($")


def _among_months(number: int, before: str) -> bool:
    """Whether a month may be meant: "Tháng 5: 12 ca, T6: 15 ca" counts on, "30% (T3), 60% (T4)" shares out a year."""
    last = re.search(r"(?<!\w)(tháng |t)([1-9])(?!\w)[^;\n]*$", before)
    counts_on = last is not None and int(last[2]) == number - 1 and re.search(r"(?<!\w)tháng [1-6](?!\w)", before)
    return bool(counts_on or _SHARE_BEFORE.search(before))


_DAY = re.compile(r"(?<!\w)T[2-7](?!\w)")
_DATED_DAY = re.compile(rf"(?<!\w)T[2-7](?:{_DATE_AFTER}|{_HOUR_AFTER})", re.IGNORECASE)


def _among_days(match: re.Match[str], page: Page) -> bool:
    """Whether its line plainly speaks of weekdays: another is dated, or three different ones stand in it."""
    begins = page.source.rfind("\n", max(0, match.start() - _FAR), match.start()) + 1 or max(0, match.start() - _FAR)
    line = page.source[begins : match.end() + _FAR].partition("\n")[0]
    return _DATED_DAY.search(line) is not None or len(set(_DAY.findall(line))) > 2  # noqa: PLR2004 - three days


_SUNDAY_AFTER = re.compile(
    r"[,(]?\s?(?:(?:ngày|nghỉ|hằng tuần|hàng tuần|tuần (?:này|sau|tới)|đầu tháng|cuối tháng)(?!\w)|\(?[0-9]{1,2}/)"
)


_SOME = re.compile(r"(?:(?<!\w)(?:các|những|số|nhiều)|(?<![\w:])[0-9]+)$")
"""Before "CN nghỉ" where people are meant."""


def _sunday(match: re.Match[str], page: Page) -> str | None:
    """CN is Sunday beside a day or a weekday; elsewhere it may be an industry or a branch."""
    beside = re.search(
        r"(?:nghỉ|vào|sáng|trưa|chiều|tối|kể cả|trừ|thứ \w+,?|(?:thứ \w+|t[2-7])(?: và| đến|,| -)|các ngày|ngày"
        r"|t[2-7],?|[0-9]h[0-9]{0,2}|[0-9] giờ)$",
        page.before(match.start()),
    )
    if not beside and page.source.startswith(":", match.end()):
        beside = _DAY.search(page.source, max(0, match.start() - _TABLE), match.start())
    beside = beside or re.search(r"[0-9]{1,2}[/.-][0-9]{1,2}(?:[/.-][0-9]{4})?\)?\W{0,3}$", page.before(match.start()))
    return (
        "chủ nhật"
        if beside or (_SUNDAY_AFTER.match(page.after(match.end())) and not _SOME.search(page.before(match.start())))
        else None
    )


_EACH_SORT = re.compile(r"(?<!\w)(?:mỗi|từng) thứ ?$")
_OF_EACH_SORT = re.compile(
    r"(?:vỉ|gói|hộp|cái|chiếc|bộ|bản|tờ|viên|cây|con|quả|kg|chai|túi|lon|thùng|bao|ít|phần)(?!\w)"
)
"""In "mỗi thứ 1 vỉ" the figure counts."""


def _ordinals(match: re.Match[str], page: Page) -> str | None:
    """After "thứ": 2 · 4 · 2, 4, 6 · 2-4-6 · 2-6."""
    if _EACH_SORT.search(page.before(match.start())) and _OF_EACH_SORT.match(page.after(match.end())):
        return None
    parts = re.split(r"(\s?[-–]\s?(?:thứ )?|\s?[,/]\s?|\svà\s)", match.group())
    words = [say_ordinal(int(part), page.style) for part in parts[::2]]
    signs = parts[1::2]
    dashes = [sign.strip()[:1] in {"-", "–"} for sign in signs]
    if sum(dashes) >= 2:  # noqa: PLR2004 - two dashes: three days, so no range
        return _said_in_turn(words, [", thứ "] * len(signs))
    numbers, before = [int(part) for part in parts[::2]], re.sub(r"\s?thứ$", "", page.before(match.start()))
    said = []
    for at, sign in enumerate(signs):
        if not dashes[at]:
            said.append(_joint(sign))
            continue
        span = _is_range(numbers[at], numbers[at + 1], before)
        if span is None and numbers[at + 1] <= 7:  # noqa: PLR2004 - Saturday: a higher ordinal is no day
            page.unknown.append(f"thứ {match.group()}")
        said.append(" và thứ " if span is False else " đến thứ ")
    return _said_in_turn(words, said)


_IN_A_MONTH = re.compile(r"(?:trong|hết|từ|đến|tháng|qua|sang|t[0-9]{1,2} ?-)\W{0,2}$")


def _month_or_floor(match: re.Match[str], page: Page) -> str | None:
    """T1, T8 to T12: no days; a floor before a building, else a month, which is asked about unless it is told."""
    before, after = page.before(match.start()), page.after(match.end())
    number = say_int(int(match.group()[1:]))
    if _CODE_BEFORE.search(before) or _FLOOR_BEFORE.search(before):
        return None
    if _FLOOR_AFTER.match(after) or _ROOM_BEFORE.search(before):
        return f"tầng {number}"
    told = _MONTH_BEFORE.search(before) or _IN_A_MONTH.search(before)
    told = told or re.match(r" ?- ?t1[0-2](?!\w)", after)  # no week has a tenth day
    if not told and not _MONTH_AFTER.match(after):
        page.unknown.append(match.group())
    return f"tháng {number}"


def day_choices(word: str) -> tuple[str, ...]:
    """What a day of `Said.unknown` may mean: "T3" three things, "T4/26" two, "T3-T5" a span or two days.

    () for any other word.
    """
    alone = re.fullmatch(r"[Tt]\.?([2-7])", word)
    if alone:
        number = int(alone[1])
        return _weekday(number), f"tháng {say_month(number)}", f"tầng {say_int(number)}"
    dated = re.fullmatch(r"T([2-7])/([0-9]{2})", word)
    if dated:
        number, rest = int(dated[1]), int(dated[2])
        return f"tháng {say_month(number)} năm {say_int(2000 + rest)}", f"{_weekday(number)} ngày {say_int(rest)}"
    two = re.fullmatch(r"(?:[Tt]|thứ )([2-7])\s?[-–]\s?(?:T|thứ )?([2-7])", word)
    if two:
        first, last = _weekday(int(two[1])), _weekday(int(two[2]))
        return f"{first} đến {last}", f"{first} và {last}"
    return ()


def _dash_of_dates(match: re.Match[str], page: Page) -> str | None:
    """T2 (30/11) - CN (6/12): the only dash of its kind in a line joins two ends."""
    first = max(0, match.start() - _FAR)
    begins = page.source.rfind("\n", first, match.start()) + 1 or first
    line = page.source[begins : match.end() + _FAR].partition("\n")[0]
    return " đến " if len(_BETWEEN_DATED.findall(line)) == 1 else None


def _table_day(match: re.Match[str], page: Page) -> str | None:
    """The "3" that begins a row of a table whose head begins with "Thứ"."""
    above = page.source[max(0, match.start() - _TABLE) : match.start()].split("\n\n")[-1]
    return _weekday(int(match.group())) if any(map(_TABLE_HEAD.match, above.split("\n"))) else None


_TABLE_HEAD = re.compile(
    r"\W{0,2}[Tt][Hh][Ứứ]\s*(?:[|;,\t]\s*|\s+)(?:[Nn]gày|NGÀY|[Bb]uổi|[Gg]iờ|[Nn]ội|[Cc]ông|[Vv]iệc|[Tt]hời|[Tt]uyến|[Kk]hu)"
)
_BETWEEN_DATED = re.compile(r"(?<=\))\s?[-–]\s?(?=(?:T[2-7]|CN|[Tt]hứ|[Cc]hủ nhật)(?!\w))")
WEEKDAYS: tuple[Rule, ...] = (
    rule("weekday", _BETWEEN_DATED.pattern, _dash_of_dates, needs=r"\)\s?[-–]"),
    rule("weekday", r"(?m)^[2-7](?=\s?[|;,\t ]\s?(?:[0-9]{1,2}[/.-][0-9]{1,2}|[Ss]áng|[Cc]hiều|[Tt]ối|[0-9]{1,2}h))",
         _table_day, needs="[Tt][Hh][Ứứ]"),
    rule("weekday", r"(?<![\w])[Tt]\.?[2-7](?:(?:\s?[-–]\s?|\s?[,/&;+]\s?|\s(?:và|đến|tới)\s)(?:[Tt][2-7]|CN)"
         r"|(?!,[2-7]/[0-9])[,/-][2-7](?![0-9]|[.,][0-9]{2}|\s?(?:giờ|h)))*(?![\w]"
         r"|/[0-9])", _weekdays, needs=r"[Tt]\.?[2-7]"),
    rule("month", r"(?<![\w])T(?:1|[89]|1[0-2])(?![\w/]|[.,-][0-9])", _month_or_floor, needs="T[189]"),
    rule("weekday", r"(?<![\w])CN(?![\w])", _sunday, needs="CN"),
)  # fmt: skip
"""Behind the rules for days and months."""
ORDINALS: tuple[Rule, ...] = (
    rule("ordinal", r"(?i)(?<=ngày )[2-7](?:(?:, ?| và )[2-7]){1,5}(?=(?:,? và (?:chủ nhật|cn))? (?:hằng|hàng|mỗi"
         r"|trong) tuần)",
         _ordinals, needs="tuần"),
    rule("ordinal", r"(?i)(?<=thứ )[2-7](?:/[2-7]){2,5}(?![\w/])", _ordinals, needs="/"),
    rule("ordinal", r"(?i)(?<=thứ )[0-9]{1,3}(?:(?:\s?[-–]\s?(?:thứ )?|,\s?|\svà\s)[0-9]{1,2}(?!\s?"
         r"(?:[hg](?![^\W\d])|[/0-9%]|[.:][0-9]|giờ|phút|người|ngày)))*"
         r"(?![\w/])", _ordinals, needs="[0-9]"),
)  # fmt: skip
