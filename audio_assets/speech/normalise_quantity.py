"""How much and how many: numbers, ranges, money, units, rates, percentages, fractions, scores.

These rules come last among those for digits: every digit that is still unclaimed here is read, so none reaches a voice.
"""

import re

from audio_assets.speech.normalise_code import MIXED
from audio_assets.speech.normalise_counted import ACTORS, UNSPLIT, WHOLES
from audio_assets.speech.normalise_dash import (
    MONTH_CUE,
    are_years_in_turn,
    falls,
    is_a_point,
    is_numbered_place,
    is_score,
    is_subtracted,
    names_a_place,
    say_score,
)  # fmt: skip
from audio_assets.speech.normalise_numbers import in_style, say_digits, say_int, say_number, say_ordinal
from audio_assets.speech.normalise_rule import AFTER, DASH, NUMBER, OF_A_GAME, Page, Rule, rule
from audio_assets.speech.normalise_slash import PRICES, RATES, SLASHES
from audio_assets.speech.normalise_syllable import LATIN, spell
from audio_assets.speech.normalise_tables import ANY_UNIT, MEASURE, UNITS

_SAID_AS_SHARE = 10
"""Up to this denominator, and for 100 and 1000, a plain fraction is said "phần"."""
_HOUSE_CUE = re.compile(
    r"(?<![^\W\d])(?:số|số nhà|nhà|hẻm|ngõ|ngách|kiệt|hạng|thương binh|tb|huyết áp|bản đồ|lớp|tổ|nhóm|mẫu|tờ|tập|trang"
    r"|lô|thửa|căn|bậc|buổi|mũi|chặng|đợt"
    r"|(?<!dự )(?<!đề )(?<!văn )phòng)\W{0,2}"
    r"(?:[0-9]+/[0-9]+(?:,| và)\s?){0,3}$"
)
_SECTION_CUE = re.compile(
    r"(?<![^\W\d])(?:mục|điểm|phần|phiên bản|tiểu mục|bảng|hình|phụ lục|tiêu chí|tc|chỉ tiêu|khoản|điều)\W{0,2}"
    r"(?:[0-9]{1,2}\.[0-9]{1,2}(?:,| và|;) ?)*$"
)
_SCHOOL_YEAR_CUE = re.compile(r"(?<![^\W\d])(?:năm học|niên học|niên khóa|mùa|đông xuân|vụ đông)\W{0,2}$")
_SHARED_BY = re.compile(rf"(?:{ACTORS}|{UNSPLIT}|giờ|ngày)(?!\w)")
"""What is shared whole: "3/4 hộ" is three of four."""
_A_QUORUM = re.compile(r"(?:[≥>]|(?<!\w)(?:ít nhất|tối thiểu|(?<!không )quá|hơn|trên|gần))\W{0,2}$")
"""Before "2/3 đoàn viên": a part of them, however many they are."""


def _value(written: str, page: Page, start: int) -> str:
    """One number, with April as "tư" after "tháng"."""
    if written in {"4", "04"} and (MONTH_CUE.search(page.before(start)) or page.before(start).endswith("ngã")):
        return "tư"
    return say_number(written, page.style)


def _signed(match: re.Match[str], page: Page) -> str:
    """With what its sign says; the dash of "-7h", and of "gồm: -3 hộ; -2 tổ", is a mark of a list, no minus."""
    value = _value(match["a"], page, match.start("a"))
    if match["sign"] in {"-", "–"} and is_a_point(match, page):
        return f", {value}"
    return f"{ {'-': 'âm ', '–': 'âm ', '~': 'khoảng ', '≈': 'khoảng '}.get((match['sign'] or '').strip(), '') }{value}"


def _unit(written: str | None, page: Page) -> str:
    """The words of a unit: "km" → "ki lô mét"; "km/h" → "ki lô mét trên giờ"."""
    if not written:
        return ""
    return " " + " trên ".join(in_style(UNITS[part], page.style) for part in re.split(r"\s?/\s?", written.strip()))


_FERTILISER = re.compile(r"(?<![^\W\d])(?:npk|dap)$")
"""Before the shares of what it holds: DAP 18-46."""
_NAMED_THING = re.compile(
    r"(?<![^\W\d])(?:trạm|tba|mba|trạm biến áp|(?<!mỗi )(?<!một )(?<!từng )(?:tổ|đội)|gói"
    r"|(?<!xe )(?<!nước )máy|bơm|tuyến|lộ|kho|lò)(?: số)?$"
)
"""In "Trạm 2 - 400kVA" the first figure is a name."""


_KINDS = (
    {"mm", "cm", "dm", "m", "km", "Km", "KM"}, {"mg", "g", "gr", "kg", "Kg", "KG"}, {"ml", "mL", "l", "L", "lit"},
    {"m2", "m²", "ha", "Ha", "km2", "km²"}, {"h", "H", "p", "ph", "'", "s"}, {"W", "kW", "KW", "MW"}, {"V", "kV", "KV"},
    {"đ", "Đ", "₫", "k", "K", "tr", "trđ", "tr.đ", "tỷđ", "VNĐ", "VND", "vnđ", "vnd"},
    {"°C", "°c", "oC", "0C", "° C", "°"}, {"°", "°N", "°B", "°S"}, {"°", "°E", "°Đ", "°W"},
)  # fmt: skip


def _is_alike(first: str, last: str) -> bool:
    """Whether two units measure the same, so that a dash between them is a range: 500m-1km, but 60V-20Ah."""
    return first == last or any({first, last} <= kind for kind in _KINDS)


def _quantity(match: re.Match[str], page: Page) -> str:
    """A number or a range of two, with the unit that closes it."""
    last = match["b"]
    if last is not None and is_score(match, page):
        return say_score(match, page)
    first = _signed(match, page)
    unit = _unit(match["unit"], page)
    if match["unit"] == "K" and len(match["a"]) == 1:
        unit = " ca"  # "thông điệp 5K" counts five words with K, "200K" is money
    if last is None:
        return first + unit
    before = page.before(match.start())
    second = _value(last, page, match.start())
    middle = _unit(match["unit_a"], page) if match["unit_a"] and match["unit_a"] != match["unit"] else ""
    if _SCHOOL_YEAR_CUE.search(before) and are_years_in_turn(match):
        return f"{first}, {second}"
    if MONTH_CUE.search(before) and not unit:
        is_a_day = page.after(match.end()).startswith("tháng")  # "28 tháng 2 - 2 tháng 3"
        return f"{first} đến {'ngày' if is_a_day else 'tháng'} {second}"
    if not unit and _FERTILISER.search(before):
        return f"{first}, {second}"
    return f"{first}{middle}{_joint(match, page, middle, unit)} {second}{unit}"


def _joint(match: re.Match[str], page: Page, middle: str, unit: str) -> str:
    """What is said for the dash of a pair that is no score: a minus, a pause, or "đến"."""
    if is_subtracted(match, page):
        return " trừ"
    before = page.before(match.start())
    if falls(match) and not before.endswith(("từ", "giờ")) and not page.after(match.end()).startswith("giờ"):
        return ","
    spaces = match.group().count(" ")
    is_named = unit and not match["unit_a"] and _NAMED_THING.search(before) and spaces >= 2  # noqa: PLR2004 - on both sides
    of_two_kinds = match["unit_a"] and match["unit"] and not _is_alike(match["unit_a"].strip(), match["unit"].strip())
    is_apart = spaces >= 2 and is_numbered_place(match, before, page.after(match.end()))  # noqa: PLR2004 - as above
    is_apart = is_apart or (unit == " giờ" and names_a_place(match, page))
    on_earth = _SIDES_OF_EARTH.search(middle) and _SIDES_OF_EARTH.search(unit)
    of_a_trade = _is_of_a_trade(match, page)
    return "," if is_named or is_apart or of_two_kinds or on_earth or of_a_trade else " đến"


_BOUGHT_AND_SOLD = re.compile(
    r"(?<!\w)(?:mua vào bán ra|mua(?: vào)?(?:\s?[-–/]\s?| và |, )bán(?: ra)?"
    r"|bán(?: ra)?(?:\s?[-–/]\s?| và |, )mua(?: vào)?)(?!\w)"
    r"(?:[^.!?\n]|\.(?=[0-9]))*$"
)
"""Before two prices that a dash parts."""


_TRADED = re.compile(r"[^.;\n]{0,30}\(mua(?: vào)?\s?[-–/]\s?bán")
_MONEY = re.compile(r"đ|Đ|₫|k|K|tr|VNĐ|VND|vnđ|vnd")
_MONEY_AFTER = re.compile(r"(?:đ|đồng|triệu|tr|nghìn|ngàn|k)(?!\w)")


def _is_of_a_trade(match: re.Match[str], page: Page) -> bool:
    """Mua vào - bán ra: 118,5 - 120,5 triệu đồng: what one pays and what one gets."""
    is_paid = (
        "," in match["a"] or _MONEY.match((match["unit"] or "").strip()) or _MONEY_AFTER.match(page.after(match.end()))
    )
    told = _BOUGHT_AND_SOLD.search(page.before(match.start(), 100)) or _TRADED.match(page.after(match.end(), 60))
    return bool(is_paid and told)


def _currency(match: re.Match[str], page: Page) -> str:
    size = f" {in_style(match['size'].lower(), page.style)}" if match["size"] else ""
    return f"{say_number(match['a'], page.style)}{size} {UNITS[match['sign']]}"


def _in_two_sizes(match: re.Match[str], page: Page) -> str:
    """2tr5 → "hai triệu năm trăm nghìn", 1tỷ2, 3tr250."""
    large, small = _SIZES[match["size"]]
    rest = int(match["b"].removesuffix("k").ljust(3, "0"))
    return f"{say_number(match['a'], page.style)} {large} {say_int(rest, page.style)} {in_style(small, page.style)}"


def _said_of_thousands(match: re.Match[str], page: Page) -> str | None:
    """The "nghìn" of "50 nghìn đồng", which the South says "ngàn"."""
    said = in_style(match.group(), page.style)
    return said if said != match.group() else None


_GROUPED = re.compile(r"(?<![^\W\d])(?:tổ|nhóm|tdp|kp|số|mã|lớp|khối)\W{0,2}$")
"""Before a figure that is a name: the next one is no part of it."""


def _by_comma(match: re.Match[str], page: Page) -> str | None:
    """1,250 hộ: what is counted in whole numbers has no decimals; a measure may, and is asked about."""
    if not _WHOLE_THING.match(page.after(match.end())):
        return None
    return say_int(int(match.group().replace(",", "")), page.style)


_WHOLE_THING = re.compile(rf"(?:đồng|đ|vnđ|vnd|{WHOLES})(?!\w)")


def _spaced(match: re.Match[str], page: Page) -> str | None:
    """1 500 000: spaces group thousands only where money or a unit follows."""
    written = match["a"]
    following = (match["unit"] or "").strip() or page.after(match.end(), 12)
    one_gap = written.count(" ") == 1
    before = page.before(match.start())
    is_bare = not re.match(rf"(?:đồng|đ|vnđ|vnd|người|hộ|usd|{MEASURE})(?!\w)", following)
    if is_bare:
        return say_number(written, page.style) if written.endswith(" 000") and not _GROUPED.search(before) else None
    if one_gap and not (written.endswith(" 000") or re.match(r"(?:đồng|đ|vnđ|vnd)(?!\w)", following)):
        return None  # "tổ 3 250 hộ" is a group and a count
    return say_number(written, page.style) + _unit(match["unit"], page)


def _denominator(written: str, page: Page) -> str:
    return "tư" if written == "4" else say_number(written, page.style)


_TIME_AFTER = re.compile(r"(?:ngày|giờ|năm|tháng|buổi)(?!\w)")


def _fraction(match: re.Match[str], page: Page) -> str:
    """3/4 → "ba phần tư"; of things that are counted, 25/30 hộ → "hai mươi lăm trên ba mươi"; house 12/5 too."""
    top, bottom = match["a"], match["b"]
    said_top = say_number(top, page.style)
    plain = (
        top.isdigit()
        and bottom.isdigit()
        and int(top) < int(bottom)
        and (int(bottom) <= _SAID_AS_SHARE or (bottom in {"100", "1000"} and int(top) <= _SAID_AS_SHARE))
    )
    whole = not _A_QUORUM.search(page.before(match.start())) and _SHARED_BY.match(page.after(match.end()))
    counted = whole or page.before(match.start()).endswith("thứ")
    is_part_of_time = top == "1" and _TIME_AFTER.match(page.after(match.end()))
    if plain and (is_part_of_time or not counted) and not _HOUSE_CUE.search(page.before(match.start())):
        return f"{said_top} phần {_denominator(bottom, page)}{_unit(match['unit'], page)}"
    before = page.before(match.start())
    if _SCHOOL_YEAR_CUE.search(before):
        return f"{said_top}, {say_number(bottom, page.style)}"
    if top.isdigit() and before.endswith("thứ"):
        said_top = say_ordinal(int(top), page.style)
    return f"{said_top} trên {say_number(bottom, page.style)}{_unit(match['unit'], page)}"


def _chain(match: re.Match[str], page: Page) -> str:
    """1/2/3, 5/12/7A: numbers with slashes that are no date."""
    said = " trên ".join(say_number(part, page.style) for part in match["n"].split("/"))
    return f"{said} {spell(match['letter'])}" if match["letter"] else said


_SIDES_OF_EARTH = re.compile("vĩ|kinh")
_LISTED_CUE = re.compile(
    r"(?<![^\W\d])(?:tdp|kp|tổ|tổ dân phố|khu phố|điều|khoản|thôn|xóm|lớp|khối|quý|tháng|mũi|đội|ngõ|cụm|khu|(?<!dự )"
    r"(?<!đề )(?<!văn )phòng|đợt|tuần|trang|câu|bài|hàng|dãy|lô|thửa|căn|số nhà|nhà số|nhóm|ca|vòng|bàn|cửa|quầy|hẻm"
    r"|ngách|kiệt"
    r"|tuyến|trạm|chương)(?: số)?\W{0,2}(?:[0-9]{1,3}, ?){0,6}$"
)
_LISTED_DAYS = re.compile(r"(?<!\w)(?:(?<!mỗi )(?<!một )ngày|mùng|mồng|thứ|(?<!chỉ )(?<!hệ )(?<!ngoài )số)\W{0,2}$")
"""Before days and numbers of a list, if nothing is measured behind them: "ngày 12,13"."""
_MEASURED = re.compile(
    rf"\s?(?:%|(?:{MEASURE}|triệu|nghìn|ngàn|tỷ|tỉ|lần|lượt|người|giờ|ngày|công|bữa|chén|bát|ly|cốc|viên|gói|thìa)(?!\w))"
)


def _listed(match: re.Match[str], page: Page) -> str | None:
    """In "TDP 1,2,3" a list written without spaces, not a decimal."""
    parts, before = match.group().split(","), page.before(match.start())
    if len(parts) == 2:  # noqa: PLR2004 - "1,2" alone is a decimal
        told = _LISTED_DAYS.search(before) or _LISTED_CUE.search(before)
        if not told or int(parts[0]) >= int(parts[1]) or _MEASURED.match(page.after(match.end())):
            return None
    return ", ".join(say_number(part, page.style) for part in parts)


def _added(match: re.Match[str], page: Page) -> str | None:
    """KP 1+2+3, ngày 1+15: places and days named together."""
    before = page.before(match.start())
    if not (_LISTED_CUE.search(before) or _LISTED_DAYS.search(before)):
        return None
    return ", ".join(say_number(part, page.style) for part in re.split(r"\s?\+\s?", match.group()))


def _sequence(match: re.Match[str], page: Page) -> str:
    """3-5-2: more than two numbers are no range."""
    return ", ".join(say_number(part, page.style) for part in re.split(r"\s?[-–]\s?", match.group()))


def _measures(match: re.Match[str], page: Page) -> str:
    """80%-95%-100%, 5-10-15%: more than two measures are no range, and no dash between them is a minus."""
    return ", ".join(
        f"{say_number(part['a'], page.style)}{_unit(part['unit'], page)}" for part in _MEASURE.finditer(match.group())
    )


def _ratio(match: re.Match[str], page: Page) -> str:
    parts = re.split(r"\s?:\s?", match.group())
    joint = " " if OF_A_GAME.search(page.before(match.start(), 100)) else ", " if parts[2:] else " trên "
    return joint.join(say_number(part, page.style) for part in parts)


def _section(match: re.Match[str], page: Page) -> str | None:
    """1.2.3 and "mục 2.5": parts said with "chấm"."""
    parts = match.group().split(".")
    if len(parts) == 2 and not _SECTION_CUE.search(page.before(match.start())):  # noqa: PLR2004 - "2.5" alone is a decimal
        return None
    if all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3:  # noqa: PLR2004 - thousands
        return None
    return " chấm ".join(say_number(part, page.style) for part in parts)


_SIZES = {
    "tr": ("triệu", "nghìn"), "triệu": ("triệu", "nghìn"), "tỷ": ("tỷ", "triệu"), "tỉ": ("tỉ", "triệu"),
    "k": ("nghìn", ""),
}  # fmt: skip


def _below_zero(match: re.Match[str], page: Page) -> str:
    """xuống - 5°C: a dash before degrees is a minus, with or without a space after it."""
    return f"âm {say_number(match['a'], page.style)}"


_A, _B = (f"(?P<{name}>{NUMBER})" for name in "ab")
_SIGN = r"(?P<sign>(?<![\w.,)\]-])[-–](?=[0-9])|[~≈]\s?)?"
_CLOSING_UNIT = rf"(?P<unit>\s?(?:(?:{MEASURE})/(?:{MEASURE})|{ANY_UNIT})(?![{LATIN}0-9²³]))?"


_MEASURE = re.compile(rf"{_A}{_CLOSING_UNIT}")


def _rest(match: re.Match[str], page: Page) -> str:
    digits = match.group()
    return say_int(int(digits), page.style) if len(digits) < 4 else say_digits(digits)  # noqa: PLR2004 - odd left-overs


QUANTITIES: tuple[Rule, ...] = (
    rule("list", rf"(?<![\w.,/])(?:19|20)[0-9]{{2}}(?:,(?:19|20)[0-9]{{2}}){{1,6}}{AFTER}(?![.,/][0-9])",
         lambda match, page: ", ".join(say_number(year, page.style) for year in match.group().split(",")),
         needs="[0-9]{4},[0-9]{4}"),
    rule("number", rf"(?<![\w.,/])[1-9][0-9]{{0,2}},[0-9]{{3}}{AFTER}(?![.,/%][0-9])", _by_comma,
         needs="[0-9],[0-9]{3}"),
    rule("section", rf"(?<![\w.,/])[0-9]{{1,3}}(?:\.[0-9]{{1,3}})+{AFTER}(?![.,/][0-9])", _section, needs="[0-9]"),
    rule("list", rf"(?<![\w.,/])[0-9]{{1,2}}(?:,[0-9]{{1,2}})+{AFTER}(?![.,/%][0-9]|\s?%)",
         _listed, needs="[0-9],[0-9]"),
    rule("sequence", rf"(?<![\w.,/-])[0-9]{{1,3}}(?:\s?[-–]\s?[0-9]{{1,3}}){{2,8}}{AFTER}"
         r"(?![.,/-][0-9]|\s?[%-]|\s?/\s?[0-9])", _sequence, needs="[0-9]"),
    rule("sequence", rf"(?<![\w.,/-]){NUMBER}\s?(?:{ANY_UNIT})?(?:{DASH}{NUMBER}\s?(?:{ANY_UNIT})?){{1,6}}{DASH}"
         rf"{NUMBER}\s?(?:{ANY_UNIT}){AFTER}(?!\s?[/-])", _measures, needs="[0-9]"),
    rule("list", r"(?<![\w.,/+])[0-9]{1,2}(?:\s?\+\s?[0-9]{1,2}){1,5}(?![\w.,/]*[0-9])", _added, needs=r"[0-9]\s?\+"),
    rule("ratio", r"(?<![\w.,/:])[0-9]+(?:(?:\s:\s|:)[0-9]+(?:,[0-9]{1,2})?){1,3}(?![\w:]|[.,][0-9])", _ratio,
         needs="[0-9]:|[0-9] :"),
    rule("fraction", rf"(?<![\w.,/]){_A}\s?/\s?{_B}{_CLOSING_UNIT}(?![\w/])", _fraction, needs="/"),
    rule("fraction", r"(?<![\w.,/])(?P<n>[0-9]+(?:/[0-9]+){2,})(?P<letter>[A-ZĐ]?)(?![\w/])", _chain, needs="/"),
    rule("number", rf"(?<![\w.,])(?P<a>[0-9]{{1,3}}(?: [0-9]{{3}})+)(?![.,/]?[0-9]){_CLOSING_UNIT}{AFTER}", _spaced,
         needs="[0-9] [0-9]{3}"),
    *PRICES,
    rule("money", rf"(?P<sign>[$€£¥])\s?{_A}(?:\s(?P<size>nghìn|triệu|tỷ|tỉ))?{AFTER}", _currency, needs="[$€£¥]"),
    rule("money", rf"(?<![\w.,])(?P<a>[0-9]{{1,4}})(?P<size>tr|triệu|tỷ|tỉ|k)(?P<b>[0-9]{{1,3}}|[0-9]{{3}}k)"
         rf"{AFTER}", _in_two_sizes,
         needs="[0-9](?:tr|t[ỷỉ]|k)"),
    rule("money", r"(?:(?<=triệu )|(?<=tỷ )|(?<=tỉ )|(?<=nghìn )|(?<=ngàn ))đ(?!\w)", lambda _m, _p: "đồng", needs="đ"),
    rule("unit", rf"(?:(?<=nghìn )|(?<=ngàn )|(?<=triệu )|(?<=tỷ )|(?<=tỉ ))(?:{MEASURE})(?![\w²³])",
         lambda match, _p: UNITS[match.group()], needs="nghìn|ngàn|triệu|t[ỷỉ]"),
    rule("thousand", r"(?<=[0-9] )nghìn(?!\w)", _said_of_thousands, needs="nghìn"),
    rule("number", rf"(?<=[^\W\d_] )- (?P<a>[0-9]{{1,2}}(?:,[0-9])?)(?=\s?(?:°|oC|độ{AFTER}))",
         _below_zero, needs="- [0-9]"),
    rule("quantity", rf"(?<![{LATIN}0-9]){_SIGN}{_A}(?:(?P<unit_a>\s?(?:{ANY_UNIT}))?(?:{DASH}|~){_B}"
         rf"(?!/[0-9]))?{_CLOSING_UNIT}{AFTER}", _quantity, needs="[0-9]"),
    *RATES,
    *MIXED,
    rule("number", "[0-9]+", _rest, needs="[0-9]"),
    *SLASHES,
)  # fmt: skip
