"""What was read but may mean something else: the last look over a text, before anything counts as known.

A closed world: every rule either decides by a cue or a shape that has one meaning (`CERTAIN`), or has a test here that
says when its reading is only the likelier one (`DOUBTFUL`). What is in doubt is said all the same, and reported as
unknown, so that an officer is asked. So are capitals that no rule has claimed and that may be an abbreviation.
"""

import re
from collections.abc import Callable
from typing import Final

from audio_assets.speech.normalise_counted import WHOLES
from audio_assets.speech.normalise_dash import RESULT
from audio_assets.speech.normalise_doubt_days import COUNTED_THING, PAIR_WITH_DASH, doubts_date, doubts_fraction
from audio_assets.speech.normalise_doubt_letters import (
    LETTER_BEFORE,
    doubts_code,
    doubts_letter,
    doubts_place,
    doubts_place_initial,
)  # fmt: skip
from audio_assets.speech.normalise_leftover import is_in_heading
from audio_assets.speech.normalise_phone import COUNTED
from audio_assets.speech.normalise_rule import OF_A_GAME, Change, Page
from audio_assets.speech.normalise_syllable import LATIN, UPPER, is_syllable

__all__ = ["CERTAIN", "DOUBTFUL", "read_doubts"]

CERTAIN: Final = frozenset({
    "lexicon", "meaning", "heading", "file", "url", "email", "suffix", "document", "plate", "person",
    "initial", "end_mark", "bullet", "list_number", "dialled_code", "phone", "short_number",
    "named_number", "minutes", "clock_range", "round", "round_clock", "date_range", "month",
    "quarter", "weekday", "ordinal", "citation", "roman_heading", "roman", "milestone", "coordinate",
    "tons_or_years", "height", "section", "list", "money", "thousand", "rate", "unit", "word", "foreign", "line_end",
    "dots", "point", "quote", "blood", "sequence", "result", "wind", "seats", "short_form", "points", "calendar",
    "mark", "struck", "typed", "trade",
})  # fmt: skip
"""Rules that read by a cue or a shape of one meaning, ask themselves, or only put a pause."""

_PAIR_WITH_DOT: Final = re.compile(r"(?:[0-2]?[0-9]|3[01])\.[0-9]{1,2}")
"""36.50 is neither a day nor an hour."""
_PAIRS_WITH_DOT: Final = re.compile(r"[0-9]{1,2}\.[0-9]{2}\s?[-–]\s?[0-9]{1,2}\.[0-9]{2}")
_EMERGENCY: Final = re.compile(r"11[1-5]|1022")
_NUMBER_AND_LETTER: Final = re.compile(r"[0-9]{1,2} [A-Z]")
_LETTERED_THING: Final = re.compile(r"(?<!\w)(?:lớp|khối|tổ|đội|nhóm|phòng|nhà|lô|dãy|điểm)\W{0,2}$")
_SORTS: Final = re.compile(r"(?<!\w)(?:giống|lúa lai|ngô lai)(?!\w)")
"""Of seeds: "Thái Xuyên 111" is nobody to call."""
_KILO: Final = re.compile(r"[0-9]{1,2}[kK]")
_ON_FOOT: Final = re.compile(r"(?<![^\W\d])(?:chạy|chạy bộ|cự ly|đi bộ|đua|marathon|bơi)(?: [^\W\d]+)?\W{0,2}$")
"""Before "5k" that may be a run of five kilometres, not a sum."""
_TOLD_OTHERWISE: Final = ((_NUMBER_AND_LETTER, _LETTERED_THING), (_KILO, _ON_FOOT))
"""Shapes that a word before them makes doubtful: "lớp 5 V", "chạy 5k"."""
_GRAMS_OR_HOURS: Final = re.compile(r"(?:[01]?[0-9]|2[0-4])g?(?: ?[-–] ?(?:[01]?[0-9]|2[0-4])g)|(?:[01]?[0-9]|2[0-4])g")
_TO_SO_MUCH: Final = re.compile(r" ?/ ?[0-9]* ?(?:m[²³23]?|lít|l|ml|kg|sào|ha|bình|gốc|cây|con)(?!\w)")
"""Behind the "10g" of "10g/1m³", which is no hour."""
_WEIGHED: Final = re.compile(
    r"(?<![^\W\d])(?:nặng|cân|gói|túi|hộp|lọ|chai|liều|khoảng|mỗi|uống|pha|hòa|hoà|bón|cho)\W{0,2}$"
)
_HEAVY: Final = re.compile(
    r"(?<!\w)(?:nặng|cân|gói|túi|hộp|muối|đường|thuốc|bột|men|vàng|uống|pha|bón|rắc|trộn|chứa|đạm|sữa|liều|chất|gam|kg|ml|lít"
    r"|viên|m2|m3|kháng sinh|phân|giống|hạt|thịt|cá|trọng lượng|khối lượng|ma túy|ma tuý|heroin)(?!\w)"
)
_SHORT_METRES: Final = re.compile(r"[1-9][0-9]?(?: ?[-–] ?[0-9]{1,2})? ?m")
_CHILD: Final = re.compile(r"(?<!\w)(?:trẻ|bé|cháu)(?: [^\W\d]+){0,2}\W{0,2}(?:[0-9]{1,2}m, )*$")
"""Before "6m", months as likely as metres."""
_FOUR_DIGITS: Final = re.compile(r"(?!(?:19|20)[0-9]{2})[1-9][0-9]{3}")
_LONG_FIGURE: Final = re.compile(r"[1-9][0-9]{4,}")
"""Five digits and more without a point between thousands: a code as likely as a quantity."""
_THOUSANDS_OF: Final = re.compile(rf"\W?(?:{WHOLES}|tuổi|đô|usd|mét|giống|ki lô|k|v|w|ml|mg|g|kva|kw|độ)(?!\w)")


_SCALE: Final = re.compile(r"(?<![^\W\d])(?:điểm|ielts|tbm|điểm sàn|phiên bản|độ|động đất|độ lớn)(?: \w+){0,2}\W{0,2}$")


def _quantity(change: Change, page: Page) -> bool:
    """A figure, or a pair of them, that nothing beside it counts or names."""
    written = page.source[change.start : change.end]
    before, after = page.before(change.start), page.after(change.end)
    if written.endswith("+"):
        told = (
            written[1] != "+" and not _LETTERED_THING.search(before) and COUNTED_THING.match(after)
        )  # "200+ diễn viên", not "4+ rồi"
        return not told and re.search(r"(?:tuổi|nct|người|cụ|từ)\W{0,2}$", before) is None
    by_shape = next((cue for shape, cue in _TOLD_OTHERWISE if shape.fullmatch(written)), None)
    if by_shape:
        return by_shape.search(before) is not None
    if _GRAMS_OR_HOURS.fullmatch(written) and not _TO_SO_MUCH.match(page.source, change.end):
        is_span = "-" in written or "–" in written
        weighed = _WEIGHED.search(before) or (not is_span and (_HEAVY.search(before) or _HEAVY.search(after)))
        return not weighed or re.search(r"(?:từ|đến|tới|-|–|~)\W{0,2}$", before) is not None
    by_comma = _BY_COMMA.match(written) and "phẩy" in change.said and not _RUN.search(before)
    of_a_child = _SHORT_METRES.fullmatch(written) and _CHILD.search(before)
    is_group = _PAIR_WITH_DOT.fullmatch(written) and _GROUP_BEFORE.search(before) and COUNTED_THING.match(after)
    if (
        by_comma
        or _BARS.fullmatch(written)
        or is_group
        or _may_mark_a_point(change, page)
        or of_a_child
        or (_FEW_OR_CODE.fullmatch(written) and not (written == "0đ" and _PRICE_BEFORE.search(before)))
        or _beside_a_figure(change, page)
        or _of_two_sizes(written, before, after)
    ):
        return True
    pair = PAIR_WITH_DASH.fullmatch(written)
    if pair:
        return _is_open_span(pair, before, after)
    names = next((cue for shape, cue in _BARE_FIGURES if shape.fullmatch(written)), None)
    if _EMERGENCY.fullmatch(written) and _SORTS.search(page.before(change.start, 80)):
        names = None
    return names is not None and not (names.search(before) or COUNTED.match(after) or _THOUSANDS_OF.match(after))


def _is_open_span(pair: re.Match[str], before: str, after: str) -> bool:
    """Whether a pair may be a name and a count ("Tổ 3 - 5 hộ"), which columns and "mỗi tổ" tell, or anything else."""
    is_told = _EACH.search(before) or _IN_A_ROW.search(before)
    is_apart = " " in pair.group() and not is_told and _GROUP_BEFORE.search(before) and _SO_MANY_OF.match(after)
    return bool(is_apart) or _is_open_pair(pair[1], pair[2], before, after)


_BARS: Final = re.compile(r"[0-9.,]+ ?bar")
"""A pressure, whose name sounds as the figure three: "hai ba"."""
_COLD: Final = re.compile(r"[°%]|oC|0C| độ")


def _may_mark_a_point(change: Change, page: Page) -> bool:
    """Whether a minus, as the dash of "gồm: -5 chăn", is as likely a mark of a list: no cold, no share, no brackets."""
    before = page.before(change.start)
    if not change.said.startswith("âm") or before.endswith("("):
        return False
    heads_a_share = not before and page.source[change.end - 1] == "%"
    if _COLD.search(page.source, change.start, change.end + 3) and not heads_a_share:
        return False
    opens = not before or before.endswith((":", ";"))
    return opens or COUNTED_THING.match(page.after(change.end)) is not None


_RUN: Final = re.compile(r"(?<!\w)(?:cự ly|chạy|marathon)(?!\w)")
"""Of 42,195 km."""
_BY_COMMA: Final = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}(?![0-9,])")
"""Thousands as the English write them, or a decimal of three places; what is counted whole has been read."""
_FEW_OR_CODE: Final = re.compile(r"[0-9]{1,2}(?:,[0-9]{1,2})?\s?đ|[1-9][0-9]*\s?[-–]\s?0[0-9]{2,}")
"""No price is so low: points, or a sum of which a part is missing; 28-045 is a code."""
_PRICE_BEFORE: Final = re.compile(r"(?<!\w)(?:vé|giá|phí|lệ phí|cước|đồng giá|chi phí|gian hàng|bữa|phiên chợ)\W{0,2}$")
"""Before "0đ", which costs nothing."""
_LOW: Final = re.compile(r"[1-3]m[23]")
_BOUND: Final = re.compile(r"(?:trên|dưới|từ|[<>≤≥])\W{0,2}$")
_THOUSANDS_OR_PARTS: Final = re.compile(r"[1-9]\.[0-9]{2}[1-9] ?(?:[Hh]a|km2?|km²)")
_LARGE: Final = re.compile(r"(?<!\w)(?:tổng|toàn|cả|tỉnh|huyện|thành phố|khoảng|hơn|gần|gieo|trồng|rừng|lúa)(?!\w)")


def _of_two_sizes(written: str, before: str, after: str) -> bool:
    """1m2 under a bound may be a height; the point of "1.125 ha" may be one of thousands or a decimal one."""
    if _LOW.fullmatch(written):
        return _BOUND.search(before) is not None
    return _THOUSANDS_OR_PARTS.fullmatch(written) is not None and not (_LARGE.search(before) or _LARGE.search(after))


_BARE_FIGURES: Final = (
    (_PAIR_WITH_DOT, _SCALE),
    (_PAIRS_WITH_DOT, _SCALE),
    (
        _EMERGENCY,
        re.compile(
            r"(?<![^\W\d])(?:khoảng|hơn|gần|trên|dưới|tổng|phòng|nhà|ngõ|lớp|tổ|thửa|tờ|trang|câu|bài|mục|điều|năm)\W{0,2}$"
        ),
    ),
    (_LONG_FIGURE, re.compile(r"(?<![^\W\d])(?:khoảng|hơn|gần|trên|tổng|tổng số|dân số|đạt|còn)\W{0,2}$")),
    (_FOUR_DIGITS, re.compile(r"(?<![^\W\d])(?:năm|số|mục|tiểu mục|chương|mã|khoảng|hơn|gần|trên|tổng)\W{0,2}$")),
)
"""Shapes of a figure that may be a day, a number to call, a name; each with the words before it that tell."""


_RANGED: Final = re.compile(
    r"(?<!\w)(?:giờ|thửa|khoảng|căn hộ|căn|cấp|điều|khoản|tháng|lớp|sau|trước|trong|gần|hơn|số|tổ|tdp|kp|khu|khu phố"
    r"|tổ dân phố|thôn"
    r"|xóm|mục|ngõ"
    r"|đội|nhóm|khối|tuần|mũi|đợt|tầng|năm học|mùa|vụ|lô|dãy|điểm|cửa|bàn|phòng|cụm|bậc|ngày|mức|giai đoạn|gió|cách"
    r"|tuổi|trụ|cột|ghế|quầy|hình|quý|khóa|khoá|thế kỷ|tập"
    r"|dài|rộng|sâu|cao|dày|nặng|bước|chương|phần|trang|câu|hàng|vòng|hạng|độ|lứa|mỗi|nhịn ăn|uống|ăn|ngâm"
    r"|pha)\W{0,2}$"
)


_OF_A_SET: Final = re.compile(
    r"[0-9]-[0-9] \((?:[0-9]{1,2}-[0-9]{1,2}[,;] ?)*$"
    r"|(?<!\w)(?:kết quả|hiệp|set|ván|séc)(?!\w)"
)


_AGAINST: Final = re.compile(r"\w - [^\W\d]+(?: [^\W\d]+){0,3}$")
_ONE_MORE_PAIR: Final = re.compile(r"^(?:,|và|hoặc) [0-9]{1,2}\s?[-–]\s?[0-9]{1,2}")


def _is_open_pair(first: str, last: str, before: str, after: str) -> bool:
    """Whether "5-6" alone may be a range, a score or a day: no word before it says which, nothing counted follows."""
    if OF_A_GAME.search(before) or _OF_A_SET.search(before) or _RANGED.search(before) or int(first) == int(last):
        return False
    if _AGAINST.search(before) and (int(first) > int(last) or RESULT.search(before)):
        return False
    return (
        not COUNTED_THING.match(_ONE_MORE_PAIR.sub("", after))
        or int(first) > int(last)
        or (first[0] == "0" and last[0] == "0")
    )


_RATIO_CUE: Final = re.compile(
    r"(?<![^\W\d])(?:tỷ lệ|tỉ lệ|lệ|pha|bản đồ|tỷ số|tỉ số|trộn|hòa|hoà|phối trộn|luy|dốc|mái)(?: \w+){0,3}\W{0,2}$"
)


def _ratio(change: Change, page: Page) -> bool:
    before = page.before(change.start, 100)
    return not (_RATIO_CUE.search(before) or OF_A_GAME.search(before))


_SO_MANY: Final = re.compile(rf"[0-9]+(?:[.,][0-9]+)? ?[{LATIN}²³]")


_BOTH_SHORT: Final = re.compile(r"(?<!\w)[A-ZĐ]{2,7}$")
_SHORT_AFTER: Final = re.compile(r"[A-ZĐ]{2,7}(?!\w)")


def _slash(change: Change, page: Page) -> bool:
    """A slash between two abbreviations, or beside a figure that no rule for figures wanted.

    "30 bánh/60 phút" is so many in such a time.
    """
    if _BOTH_SHORT.search(page.source[max(0, change.start - 8) : change.start]) and _SHORT_AFTER.match(
        page.source, change.end
    ):
        return change.said == " hoặc "
    return change.said == " trên " and not _SO_MANY.match(page.source, change.end)


_FIGURES: Final = frozenset({"date", "clock", "month", "quantity", "number", "money", "clock_range", "date_range"})


_A_SHARE: Final = re.compile(r"[0-9]+,[0-9]+\s?%")


def _dash(change: Change, page: Page) -> bool:
    """A dash between two figures, two days or two hours that no rule has made a range, a score or a list."""
    if change.said == "," and _A_SHARE.match(page.source, change.end):
        return True  # "CPI - 0,2%" may be a minus
    if " " in page.source[change.start : change.end] and _A_PLACE.search(page.before(change.start)):
        return False  # "Tổ 3 - 19h30"
    left, right = page.ends.get(change.start), page.starts.get(change.end)
    return change.said != " đến " and left in _FIGURES and right in _FIGURES


def _arrow(change: Change, page: Page) -> bool:
    """An arrow behind a figure that is not said as "to"."""
    return change.said != " đến " and page.source[change.start - 1 : change.start].isdigit()


_NUMBER_ONLY: Final = re.compile(r"[0-9]+")
_FIGURE_BEHIND: Final = re.compile(r" [0-9]+(?![\w.,/:%-]*[\w%])")
_EACH: Final = re.compile(r"(?<!\w)(?:mỗi|một|từng) [^\W\d]+(?: [^\W\d]+)?\W{0,2}$")
_GROUP_BEFORE: Final = re.compile(r"(?<!\w)(?:tổ|nhóm|tdp|kp|khu|khu phố|thôn|xóm|ấp|bản|đội|lớp|khối|phường)\W{0,2}$")
_A_PLACE: Final = re.compile(
    r"(?<!\w)(?:tổ|tdp|kp|khu|khu phố|thôn|xóm|ấp|bản|đội|khối|phường|chi hội|chi bộ|chi đoàn|lớp|nhóm|trạm|cụm|bàn"
    r"|quầy|điểm|đợt|vòng|số) [0-9]+$"
)
_IN_A_ROW: Final = re.compile(r" [-–] (?:tổ|tdp|kp|khu|khu phố|thôn|xóm|ấp|bản|đội|khối|phường)\W{0,2}$")
_SO_MANY_OF: Final = re.compile(rf"{COUNTED.pattern}|(?:con|cây|cái|thùng|bao|mũi|liều|xe|quả|khẩu)(?!\w)")


def _beside_a_figure(change: Change, page: Page) -> bool:
    """Two figures with nothing but a space between them: one number, or two of which the first names something."""
    if not _NUMBER_ONLY.fullmatch(page.source, change.start, change.end):
        return False
    behind = _FIGURE_BEHIND.match(page.source, change.end)
    if behind is None or page.starts.get(change.end + 1) not in {"quantity", "number"}:
        return False
    return not (_GROUP_BEFORE.search(page.before(change.start)) and COUNTED.match(page.after(behind.end())))


_FIGURE_ENDS: Final = re.compile(r"(?<!\w)(?:[^\W\d]{1,8} )?[0-9][0-9.,]*(?:h[0-9]{0,2}|[^\W\d]{0,4}| ?%)$")
_IN_A_SUM: Final = re.compile(r"[0-9]\s?(?:%|[^\W\d]{0,5})(?:/[^\W\d]+)?(?: \+ [^\W\d]+(?: [^\W\d]+){0,3})*$")
_BETWEEN_WORDS: Final = re.compile(r"[^\W\d] \+ [^\W\d]")
_PREFIX: Final = re.compile(r"[0-9]{2,4}(?![,.0-9])")
"""Behind a plus: the code of a country, or a number that is added."""


_MAY_BE_NEGATIVE: Final = re.compile(r"\s?[0-9]+(?:[.,][0-9]+)?\s?(?:%|°|độ(?!\w))")
"""Behind a dash that is no bullet: "(- 5%)"."""


def _sign(change: Change, page: Page) -> bool:
    """A sign whose word depends on what it joins; before a figure it is arithmetic."""
    sign, before = page.source[change.start : change.end], page.before(change.start)
    if sign == "+" and page.source[change.end :][:1] == " " and _IN_A_SUM.search(before):
        return False  # "500.000đ + cờ + quà"
    if sign == "+" and _BETWEEN_WORDS.fullmatch(page.source, change.start - 2, change.end + 2):
        return False  # "họ tên + số nhà"
    if sign in {"<", ">"}:
        return _FIGURE_ENDS.search(before) is not None  # "22h>5h", "50k>40k": to, or more than
    if sign in {"-", "–"}:
        behind_a_figure = page.source[change.start - 1 : change.start].isdigit()
        return behind_a_figure or _MAY_BE_NEGATIVE.match(page.source, change.end) is not None
    prefix = _PREFIX.match(page.source, change.end) if sign == "+" else None
    if prefix and not page.source[change.start - 1 : change.start].isdigit():
        return COUNTED.match(page.after(prefix.end())) is None
    return sign == "#" or (sign in {"+", "=", "@", "^"} and not page.after(change.end)[:1].isdigit())


_SHORT_CLOCK: Final = re.compile(r"[1-5]:[0-5][0-9]")
_HOUR_TOLD: Final = re.compile(
    r"(?<![^\W\d])(?:lúc|hồi|vào|từ|đến|tới|trước|sau|sáng|trưa|chiều|tối|đêm|khuya|giờ|gian|khoảng|ngày|-|–|[0-9])\W{0,3}$"
)
_PART_OF_DAY: Final = re.compile(r"\W?(?:am|pm|sáng|trưa|chiều|tối|đêm|ngày|-|–|đến|hôm|thứ|[0-9])")
"""Beside "1:10", which elsewhere may be a share."""


def _clock(change: Change, page: Page) -> bool:
    """21:15 in a line about a game may be a score; "9g" beside no other hour may be a weight."""
    if _SHORT_CLOCK.fullmatch(page.source, change.start, change.end):
        told = _HOUR_TOLD.search(page.before(change.start)) or _PART_OF_DAY.match(page.after(change.end))
        if not told and page.ends.get(change.start - 2) not in {"clock", "clock_range"}:
            return True
    return ":" in page.source[change.start : change.end] and OF_A_GAME.search(page.before(change.start, 60)) is not None


def _roman_word(change: Change, page: Page) -> bool:
    alone = page.source[change.start : change.end] == "I"  # no word: a numeral whose trigger nobody knows
    return alone or (change.end - change.start > 1 and not is_in_heading(page, change.start, change.end))


DOUBTFUL: Final[dict[str, Callable[[Change, Page], bool]]] = {
    "fraction": doubts_fraction, "quantity": _quantity, "number": _quantity, "code": doubts_code,
    "letter": doubts_letter,
    "ratio": _ratio, "slash": _slash, "sign": _sign, "roman_word": _roman_word, "place": doubts_place, "clock": _clock,
    "place_initial": doubts_place_initial, "dash": _dash, "date": doubts_date, "arrow": _arrow,
}  # fmt: skip
"""Rule → whether what it has read in this place is only the likelier reading."""

_ADDRESS_OR_COMRADE: Final = re.compile(
    r"(?i)(?<![0-9] )(?<!các )(?<!những )(?<!\w)đ/c(?= (?:số|tại|nhận|nhà|ngõ|kiệt|đường|khu|tổ(?! trưởng| phó)|[0-9]))"
)
"""The "đ/c" of "đ/c nhận tại …": a person or a place."""


_CAPITALS: Final = re.compile(r"(?<![\w])[A-ZĐ]{2,3}(?![\w])")


_BROTHER: Final = re.compile(
    rf"(?:(?<=[^\W\d_] )|(?<=[:;,] )|(?<=[0-9] )|(?<=\())"
    rf"[aeô](?= [{UPPER}](?![{UPPER}])[{LATIN}])"
)
"""The "a" of "gặp a Tuấn", which is short for "anh"."""


def _may_be_short_for_something(page: Page) -> list[str]:
    """Two or three capitals, no mark on them, that no rule has claimed: "DI", "OA", "BI" outside of a heading."""
    short = [
        letter.group()
        for letter in _BROTHER.finditer(page.source)
        if page.free(*letter.span()) and not LETTER_BEFORE.search(page.before(letter.start()))
    ]
    return short + [
        word.group()
        for word in _CAPITALS.finditer(page.source)
        if page.free(*word.span()) and is_syllable(word.group()) and not is_in_heading(page, *word.span())
    ]


def read_doubts(page: Page) -> None:
    """Report what was read and may mean something else; it claims nothing."""
    asked = {part for word in page.unknown for part in (word, word.rpartition(" ")[2])}
    for change in page.changes:
        if change.end - change.start == len(page.source):
            return  # a figure alone, as a cell of a form: nothing beside it says more than it does
        test = DOUBTFUL.get(change.rule)
        written = page.source[change.start : change.end].strip()
        if test and written not in asked and test(change, page):
            page.unknown.append(written)
    page.unknown += _ADDRESS_OR_COMRADE.findall(page.source) + _may_be_short_for_something(page)
