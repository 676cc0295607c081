"""Numbers that stand with letters: places (KP3, QL1A, Km15+300), coordinates, heights, and codes (A12, H5N1, 477E9).

A letter beside a digit is called by its name, unless the two are a unit or a place. What a scanner may have misread
("202O") is reported, for nobody can know what stood there.
"""

import re

from audio_assets.speech.normalise_meanings import ABBREVIATIONS
from audio_assets.speech.normalise_numbers import say_digits, say_int, say_number
from audio_assets.speech.normalise_phone import say_in_threes
from audio_assets.speech.normalise_rule import AFTER, BEFORE, DASH, MISREAD, NUMBER, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, is_syllable, letter_name, spell
from audio_assets.speech.normalise_tables import ANY_UNIT, UNITS

_PLACES = {
    "KP": "khu phố", "TDP": "tổ dân phố", "P": "phường", "Q": "quận", "QL": "quốc lộ", "TL": "tỉnh lộ",
    "CT": "cao tốc", "K": "khóa", "BĐ": "báo động",
}  # fmt: skip
_PARTS = re.compile(rf"[{LATIN}]+|[0-9]+|[²³]")


_MOST_WARDS = 99
"""A "P." with a higher number is a room."""
_CALLED_BY_LETTERS = re.compile(
    r"(?<!\w)(?:bãi|bãi xe|bãi đỗ xe|cổng|cửa|tầng|hầm|khu|nhà|tòa|toà|lô|block|dãy|cột|mốc|sân)(?: số)?\W{0,2}"
    r"(?:p[0-9]+(?:,| và) ?)*$"
)
"""Before "P2" that is neither a ward nor a room."""
_CODE_CUE = re.compile(
    r"(?<!\w)(?:mã|ký hiệu|kí hiệu)(?: (?:số|thẻ|hưởng|mức hưởng|đối tượng|vùng|loại|lớp|nhóm|khách hàng|hồ sơ|sản phẩm"
    r"|hàng|máy|đơn|giảm giá|bảo hiểm y tế|bhyt))*(?: (?:là|gồm))?\W{0,2}$"
)
"""Before letters that are the code itself, whatever they stand for elsewhere: "mã thẻ DN4"."""
_CARD_CUE = re.compile(r"(?<!\w)(?:thẻ|bảo hiểm y tế|bhyt)\W{0,2}$")
_MOTORWAY = re.compile(r"(?<![^\W\d])(?:cao tốc|đường|tuyến|trên|nút giao|qua)\W{0,2}$")


def _place(match: re.Match[str], page: Page) -> str | None:
    """KP3 · P.5 · P.301 · QL1A · KP1,2,3."""
    numbers = [match["n"], *match["more"].split(",")[1:]]
    if match["what"] == "CT" and (match["n"][0] == "0" or not _MOTORWAY.search(page.before(match.start()))):
        return None
    if _CODE_CUE.search(page.before_list(match.start())):
        return None
    if match["what"] == "P" and _CALLED_BY_LETTERS.search(page.before(match.start())):
        return None
    what = _room_or_ward(match, page) if match["what"] == "P" else _PLACES[match["what"].upper()]
    said = f"{what} {', '.join(_counted(number, page) for number in numbers)}"
    return f"{said} {spell(match['letter'])}" if match["letter"] else said


def _counted(number: str, page: Page) -> str:
    return say_number(number, page.style) if number.isdigit() else say_int(len(number), page.style)


def _room_or_ward(match: re.Match[str], page: Page) -> str:
    """P.301 is a room; what P.5 is, its neighbours tell, else somebody is asked."""
    if int(match["n"]) > _MOST_WARDS:
        return "phòng"
    told = ABBREVIATIONS["P"].said(page.source, match.start(), match.start("n"))
    if told is None:
        page.unknown.append(match.group())
    return told or "phường"


_LENGTH_BEFORE = re.compile(r"(?<![A-Z0-9])(?<!(?:QL|TL|ĐT|HL)[. ])[0-9]+ $")


def _milestone(match: re.Match[str], page: Page) -> str | None:
    """Km15+300, Km 285, QL217 Km 14; the "Km" that closes "2 Km" is a length."""
    if _LENGTH_BEFORE.search(page.source[max(0, match.start() - 12) : match.start()]):
        return None
    said = f"{'ca' if match['short'] else 'ki lô mét'} {say_number(match['n'], page.style)}"
    return f"{said} cộng {say_int(int(match['plus']), page.style)}" if match["plus"] else said


def _minutes_of_arc(match: re.Match[str], page: Page) -> str:
    """20°05'N → "hai mươi độ năm phút vĩ Bắc"."""
    degrees, minutes = (say_number(match[part], page.style) for part in ("a", "m"))
    return f"{degrees} độ {minutes} phút{UNITS['°' + match['side']].removeprefix('độ') if match['side'] else ''}"


def _point_on_earth(match: re.Match[str], page: Page) -> str:
    """18,6N-106,2E, as storm warnings are telegraphed."""
    north, east = (say_number(match[side], page.style) for side in "ab")
    return f"{north} độ vĩ Bắc, {east} độ kinh Đông"


_WEIGHED = re.compile(
    r"(?<!\w)(?:xe(?! (?:đạp|máy|mô tô|điện|gắn máy|lăn))"
    r"|tải|tải trọng|trọng tải|cầu|hàng|thóc|lúa|gạo|xi măng|phân|rác|cát|đá)(?!\w)"
)
_AGED = re.compile(
    r"(?<!\w)(?:ông|bà|ô/b|anh|chị|bé|nam|nữ|trẻ|thanh niên|đoàn viên|hội viên|phụ nữ|lao động|trẻ em|người|công dân"
    r"|cháu|em|học sinh|hiến máu"
    r"|tuổi|cụ)(?!\w)"
)


def _tons_or_years(match: re.Match[str], page: Page) -> str | None:
    """The "t" of "xe 5t" and of "nam 18-25t"; where the line tells neither, it is left to be asked about.

    A capital is a ton beside a load only: "mô hình 3T" is a name.
    """
    before = page.before(match.start(), 60)
    weighed, aged = list(_WEIGHED.finditer(before)), list(_AGED.finditer(before))
    if match["t"] == "T" and not weighed and not _CHILD.search(before):
        return None
    if not weighed and not aged:
        page.unknown.append(match.group())
        return None
    unit = "tấn" if not aged or (weighed and weighed[-1].start() > aged[-1].start()) else "tuổi"
    last = f" đến {say_number(match['b'], page.style)}" if match["b"] else ""
    return f"{say_number(match['a'], page.style)}{last} {unit}"


_CHILD = re.compile(
    r"(?<!\w)(?:trẻ|trẻ em|bé|cháu)(?: (?:em|trai|gái|nam|nữ|nhỏ))?(?: (?:trên|dưới|từ|đủ|khoảng))?\W{0,2}$"
)
_PULSE = re.compile(r"(?<![^\W\d])(?:mạch|nhịp tim|nhịp thở|thở|tim)(?: [^\W\d]+){0,3} ?[0-9–-]+ ?$")


def _beats(match: re.Match[str], page: Page) -> str | None:
    """Mạch 80l/p: beats, not litres."""
    return " lần một phút" if _PULSE.search(page.before(match.start())) else None


_LONG_OR_HIGH = re.compile(
    r"(?<![^\W\d])(?:(?:cao|dài|xa|sâu|dày|ngang|cách)(?: (?:trên|dưới|hơn|quá|khoảng|gần|tối đa|không quá|từ))?\W{0,2}"
    r"|(?:ngập|dâng|lên|có chỗ|có nơi|có đoạn) ?"
    r"|(?:trẻ|trẻ em|trẻ nhỏ|em|các em|cháu|các cháu|bé|người|học sinh|nam|nữ|khách)(?: [^\W\d]+){0,2}"
    r" (?:trên|dưới|từ|chưa đến|chưa tới|[<>≤≥]) ?)$"
)
"""Before "1m2": what is long or high, or a person of whom it is said."""
_TO_A_HEIGHT = re.compile(r"\s?[-–×]\s?[1-9]m[0-9]{1,2}(?![\w²³/])")
_FROM_A_HEIGHT = re.compile(r"(?<!\w)[1-9]m[0-9]{1,2}\s?[-–×]$")


def _length(match: re.Match[str], page: Page) -> str | None:
    """Cao 1m2, dài 3km5: the digit behind the unit is a part of it, though "1m2" elsewhere is an area."""
    of_a_span = _TO_A_HEIGHT.match(page.source, match.end()) or _FROM_A_HEIGHT.search(page.before(match.start()))
    if not (of_a_span or _LONG_OR_HIGH.search(page.before(match.start()))) or (len(match["m"]) > 1 and not match["k"]):
        return None  # "dài 20m2" is odd, but no length
    unit = "ki lô mét" if match["k"] else "mét"
    return f"{say_int(int(match['m']), page.style)} {unit} {say_int(int(match['cm']), page.style)}"


def _height(match: re.Match[str], page: Page) -> str:
    """1m65 → "một mét sáu mươi lăm"; 5m2 is an area and not this."""
    return f"{say_int(int(match['m']), page.style)} mét {say_int(int(match['cm']), page.style)}"


def _influenza(match: re.Match[str], page: Page) -> str:
    """A/H5N1: a type and a strain of influenza, in which the slash is not heard."""
    kind = letter_name(match["kind"]) or match["kind"]
    return " ".join([kind, *(_code_part(part, page) for part in _PARTS.findall(match["strain"]))])


_SERIAL_CUE = re.compile(
    r"(?<![^\W\d])(?:số máy|số khung|số sườn|khung số|máy số|imei|số seri|sê ri|số hiệu|lô số|số lô"
    r"|ký hiệu|số chế tạo)(?: là|:)?\W{0,2}$"
)
_LONGEST_CODE = 3
"""Letters of a code that are called by name; four and more are an abbreviation ("mã THCS1")."""
_LONG = 4
"""So many digits of a code are copied down, so they are said one by one; but "NK4300" is round."""


def _serial(written: str) -> str:
    """The number of an engine or a frame: letters by name, digits one by one in threes."""
    return ", ".join(say_in_threes(part) if part.isdigit() else spell(part) for part in _PARTS.findall(written))


def _engine(match: re.Match[str], page: Page) -> str | None:
    """Số máy JA39E-2145678."""
    return _serial(match.group()) if _SERIAL_CUE.search(page.before(match.start())) else None


NUMBERED = frozenset({"VT", "NV"})
"""Abbreviations that a figure may be typed onto: "VT1", "NV2"."""


def _code_part(part: str, page: Page, start: int = 0, *, is_spelt: bool = False) -> str:
    if part.isdigit() and part[0] == "0" and len(part) > 1:
        return say_digits(part)
    if part.isdigit() and len(part) >= _LONG and not (len(part) == _LONG and part.endswith("00")):
        return say_in_threes(part)
    if not part.isalpha():
        return {"²": "bình phương", "³": "lập phương"}.get(part) or say_number(part, page.style)
    if is_spelt and len(part) <= _LONGEST_CODE:
        return spell(part)
    return _code_letters(part, page, start)


def _code_letters(part: str, page: Page, start: int) -> str:
    several = ABBREVIATIONS[part] if part in NUMBERED else None
    known = (several and several.said(page.source, start, start + len(part))) or page.lexicon.spoken_form(part)
    if known:
        return known
    if len(part) > 1 and is_syllable(part) and not part.isupper():
        return part
    if len(part) > 3 or (part.islower() and not part.isascii()):  # noqa: PLR2004 - up to three letters are plainly spelt
        page.unknown.append(part)
    return spell(part)


_CLASS = re.compile("[1-9]B[0-9]")
_OF_CLASSES = re.compile(
    r"(?<!\w)(?:lớp|các lớp|khối)(?: [0-9]{1,2}[a-z][0-9]{0,2}(?:,| và| -)?)*\W{0,2}(?:[0-9]{1,2}[a-z][0-9]?-)?$"
)
_PER_UNIT = re.compile(r"(?<!\w)(?:mỗi|một|đồng|đ)\W?$|/$")


def _mixed(match: re.Match[str], page: Page) -> str:
    """A12 · 12A · H5N1 · 5G: letters by name, digits as numbers."""
    written = match.group()
    if written in UNITS and (written[0].islower() or _PER_UNIT.search(page.before(match.start()))):  # "giá một m2"
        return UNITS[written]
    if _SERIAL_CUE.search(page.before(match.start())):
        return _serial(written)
    if MISREAD.search(written) and not (_CLASS.fullmatch(written) and _OF_CLASSES.search(page.before(match.start()))):
        page.unknown.append(written)
    before = page.before_list(match.start())
    is_spelt = (_CODE_CUE.search(before) or _CARD_CUE.search(before)) is not None
    return " ".join(_code_part(part, page, match.start(), is_spelt=is_spelt) for part in _PARTS.findall(written))


def _decimal_code(match: re.Match[str], page: Page) -> str:
    """0,05S: the grade of a fuel or a model, a decimal with a letter."""
    return f"{say_number(match['a'], page.style)} {spell(match['letters'])}"


_VOLTS_AND = re.compile(r"(?<![^\W\d])(?:dòng|điện|không quá|cầu dao|aptomat|áp tô mát|cầu chì|công tơ|tải)\W{0,2}$")
_SO_FAR = re.compile(
    r"(?<![^\W\d])(?:bình quân|lũy kế|luỹ kế|trong|sau|qua|kết quả|tổng kết|sơ kết|gđ|tngt)(?: cả)?\W{0,2}$"
)


_CARRIES = re.compile(r"(?<!\w)(?:xe|tải|tải trọng|trọng tải|cẩu|cầu)(?: [^\W\d]+){0,2}\W{0,2}$")
_HALF_OF_A_YEAR = re.compile(r"(?:đầu|cuối) năm(?!\w)")


def _room(match: re.Match[str], page: Page) -> str:
    """Căn hộ 1205: the floor, then the door."""
    floor, door = match.group()[:2], match.group()[2:]
    said = say_digits(door) if door[0] == "0" else say_number(door, page.style)
    return f"{say_number(floor, page.style)} {said}"


def _current(match: re.Match[str], page: Page) -> str | None:
    if not _VOLTS_AND.search(page.before(match.start())):
        return None
    return f"{say_number(match['a'], page.style)} am pe"


def _months_so_far(match: re.Match[str], page: Page) -> str | None:
    """10T/2026: ten months of 2026; "bình quân 11T"; "sáu tháng năm …" would be a day of May."""
    if match["y"] is None and _CARRIES.search(page.before(match.start())):
        return None
    of_a_half = _HALF_OF_A_YEAR.match(page.after(match.end()))
    if not (match["y"] or of_a_half or _SO_FAR.search(page.before(match.start()))):
        return None
    first = " đầu" if len(match["n"]) == 1 else ""
    year = f"{first} năm {say_number(match['y'], page.style)}" if match["y"] else ""
    return f"{say_number(match['n'], page.style)} tháng{year}"


_OF_PLOTS = re.compile(r"(?<!\w)(?:lô|căn|ô)(?: đất)?(?: số)? (?:[a-z]{2}-[0-9]{2}(?:,| và) ?)*$")


def _plot(match: re.Match[str], page: Page) -> str | None:
    """Lô LK-05 và LK-06."""
    if not _OF_PLOTS.search(page.before(match.start()) + " "):
        return None
    return f"{spell(match['letters'])} {_code_part(match['n'], page)}"


def _office(match: re.Match[str], page: Page) -> str | None:
    """Mã H21.08: letter and digits one by one."""
    if not re.search(r"(?<!\w)mã\W{0,2}$", page.before_list(match.start())):
        return None
    return " ".join(say_digits(sign) or spell(sign) for sign in match.group() if sign != ".")


def _with_dashes(match: re.Match[str], page: Page) -> str:
    """PA-0512-334: letters and groups of digits that are copied down; its dashes are no ranges."""
    letters, *groups = match.group().split("-")
    del page
    return ", ".join([spell(letters), *map(say_in_threes, groups)])


PLACES: tuple[Rule, ...] = (
    rule("named_number", r"(?i)(?:(?<=căn hộ )|(?<=phòng số )|(?<=căn số ))[0-9]{4}(?![\w.,/-]*[0-9])", _room,
         needs="[0-9]{4}"),
    rule("named_number", rf"{BEFORE}[A-Z][0-9]{{2}}\.[0-9]{{2}}{AFTER}", _office, needs=r"\.[0-9]"),
    rule("named_number",
        r"(?i)(?<!quốc lộ )(?<!tỉnh lộ )(?<!hương lộ )(?<!đại lộ )(?<=lộ )"
         r"(?:[1-9][0-9]{2}(?:, | và )?)+(?![\w/%-]|[.,][0-9]|\W?(?:tỷ|triệu|nghìn"
        r"|đồng|hộ|người))",
         lambda match, _p: re.sub("[0-9]+", lambda digits: say_digits(digits.group()), match.group()),
         needs="[0-9]{3}"),
    rule("named_number", r"(?i)(?:(?<=liên ngành )|(?<=tổ công tác ))[1-9][0-9]{2}"
         r"(?![\w/%-]|[.,][0-9])(?! (?:cơ|hộ|người))",
         lambda match, _p: say_digits(match.group()), needs="[0-9]{3}"),
    rule("named_number", r"(?i)(?<=vàng )(?:nhẫn )?9{4}(?!\w)",
         lambda match, _p: f"{match.group()[:-4]}{say_digits('9999')}",
         needs="9999"),
    rule("quantity", rf"(?<![\w.,/])(?P<a>{NUMBER})A{AFTER}", _current, needs="[0-9]A"),
    rule("month", r"(?<![\w.,/])(?P<n>[1-9]|1[0-2])T(?:/(?P<y>20[0-9]{2}))?(?![\w/])", _months_so_far,
         needs="[0-9]T"),
    rule("quantity", rf"(?<=\s)x(?P<a>[0-9]{{1,2}}(?:[.,][0-9]{{1,2}})?){AFTER}",
         lambda match, page: f"nhân {say_number(match['a'], page.style)}",
         needs="x[0-9]"),
    rule("quantity", r"(?<![\w.,/])(?P<a>[0-9]{1,6}|[0-9]{1,3}(?:\.[0-9]{3})+)\+(?=[\s,.;)]|$)",
         lambda match, page: f"trên {say_number(match['a'], page.style)}", needs=r"[0-9]\+"),
    rule("code", rf"{BEFORE}(?P<letter>[A-Z])(?P<a>[0-9]{{1,2}},[0-9]){AFTER}",
         lambda match, page: f"{spell(match['letter'])} {say_number(match['a'], page.style)}", needs="[A-Z][0-9]+,"),
    rule("named_number", rf"(?:(?<=[Ll]ô )|(?<=[Cc]ăn )|(?<=và )|(?<=, ))(?P<letters>[A-Z]{{2}})-(?P<n>[0-9]{{2}})"
         rf"{AFTER}(?![.,/-][0-9A-Z])", _plot, needs="[A-Z]-[0-9]"),
    rule("code", rf"{BEFORE}[A-Z0-9]*[A-Z][A-Z0-9]*-[0-9]{{4,}}{AFTER}(?![.,/-][0-9A-Z])", _engine, needs="-[0-9]{4}"),
    rule("code", rf"{BEFORE}(?<!')[A-ZĐ]{{1,4}}-[0-9]{{3,}}(?:-[0-9]{{2,}})*{AFTER}(?![.,/-][0-9A-Z])", _with_dashes,
         needs="-[0-9]{3}"),
    rule("milestone", rf"(?<![\w.,/])(?:[Kk][Mm](?=\s|[0-9]+\s?\+|0(?!\w))\s?|K[Mm](?=[0-9])"
         rf"|(?P<short>K)(?=[0-9]+\+[0-9]))(?P<n>[0-9]{{1,4}})"
         rf"(?:\s?\+\s?"
         rf"(?P<plus>[0-9]{{1,3}}))?{AFTER}(?![.,][0-9])",
         _milestone, needs="[Kk][Mm]|K[0-9]"),
    rule("place", rf"{BEFORE}(?P<what>KP|TDP|kp|tdp|QL|TL|CT|BĐ|[PQK])\.?"
         rf"(?P<n>[0-9]{{1,4}}|(?<=BĐ)I{{1,3}})"
         rf"(?P<letter>[A-ZĐ]?)(?P<more>(?:,[0-9]{{1,2}})*){AFTER}(?![.,/][0-9])", _place, needs="[0-9]|BĐI"),
    rule("coordinate", rf"(?<![\w.,])(?P<a>[0-9]{{1,2}}[.,][0-9])\s?N(?:\s?[-–;,/]\s?|\s)"
         rf"(?P<b>[0-9]{{2,3}}[.,][0-9])\s?E{AFTER}", _point_on_earth, needs="N"),
    rule("tons_or_years", rf"(?<![\w.,/])(?P<a>{NUMBER})(?:{DASH}(?P<b>{NUMBER}))?\s?(?P<t>[tT]){AFTER}",
         _tons_or_years, needs="[0-9] ?[tT]"),
    rule("code", rf"(?<![\w.,])(?P<a>[0-9]+[.,][0-9]+)(?!(?:{ANY_UNIT}){AFTER})(?P<letters>[{LATIN}]{{1,3}}){AFTER}",
         _decimal_code, needs="[0-9]"),
    rule("unit", r"(?<=[0-9])\s?c(?=/kg(?!\w))", lambda _m, _p: " con", needs="c/kg"),
    rule("unit", r"(?<![\w.,/])(?:480|720|1080|1440|2160)p(?!\w)",
         lambda match, page: f"{say_number(match.group()[:-1], page.style)} pê", needs="[048]p"),
    rule("unit", r"(?<=[0-9])\s?l/p(?:h|hút)?(?!\w)", _beats, needs="l/p"),
    rule("height", r"(?<![\w.,])(?P<m>[0-9]{1,3})(?P<k>k?)m(?P<cm>[0-9])(?![\w²³/])", _length, needs="m[0-9]"),
    rule("height", r"(?<![\w.,])(?P<m>[0-9]{1,3})\s?m(?P<cm>[0-9]{2}|[014-9])(?![\w²³])", _height, needs="m[0-9]"),
    rule("coordinate", rf"(?<![\w.,])(?P<a>[0-9]{{1,3}})\s?°\s?(?P<m>[0-9]{{1,2}})'\s?(?P<side>[NSEWBĐ]?){AFTER}",
         _minutes_of_arc, needs="°"),
    rule("code", rf"{BEFORE}(?P<kind>[ABCD]) ?/ ?(?P<strain>H[0-9]{{1,2}}N[0-9]{{1,2}}){AFTER}", _influenza,
         needs="/ ?H"),
)  # fmt: skip
"""Before the rules for quantities."""
MIXED: tuple[Rule, ...] = (
    rule("code", rf"{BEFORE}(?=[{LATIN}]*[0-9])(?=[0-9]*[{LATIN}])[{LATIN}0-9²³]+", _mixed, needs="[0-9]"),
    rule("unit", r"(?<![\w/])[ckm]?m[²³](?!\w)", lambda match, _p: UNITS.get(match.group()), needs="[²³]"),
)  # fmt: skip
"""After the rules for numbers with units: what is left of letters and digits in one word."""
