"""How much and how many: numbers, ranges, money, units, rates, percentages, fractions, scores, codes with digits.

These rules come last among those for digits: every digit that is still unclaimed here is read, so none reaches a voice.
"""

import re

from audio_assets.speech.normalise_numbers import say_digits, say_int, say_number
from audio_assets.speech.normalise_rule import AFTER, BEFORE, DASH, NUMBER, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, is_syllable, spell
from audio_assets.speech.normalise_tables import UNITS

_PHYSICAL = frozenset(UNITS) - {
    "đ",
    "Đ",
    "₫",
    "vnđ",
    "vnd",
    "VNĐ",
    "VND",
    "k",
    "K",
    "tr",
    "trđ",
    "tr.đ",
    "%",
    "‰",
    "$",
    "€",
}
_UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_MEASURE = "|".join(re.escape(unit) for unit in sorted(_PHYSICAL - {"'"}, key=len, reverse=True))
_PER_WORDS = (
    "tháng|năm|ngày|giờ|phút|giây|tuần|quý|đêm|buổi|ca|vụ|lần|lượt|lượng|chỉ|đợt|người|hộ|khẩu|nhân khẩu|suất"
    "|cháu|em|học sinh|trẻ|xe|chiếc|con|cái|cây|tấn|tạ|yến|lít|sào|mẫu|công|tổ|xã|phường|thôn|đơn vị|gia đình|phòng|bộ"
    "|quả|bó|mớ|chuyến|vé|gói|hộp|chai|bao|viên|liều|mũi|ô|trận|kỳ"
    "|học kỳ|thẻ|hồ sơ|trường hợp|sản phẩm|nhà|căn|mét|héc ta|khóa|đồng|phiên|tiết|bữa|mâm|bàn|lớp|đội|thửa|số"
)
_SAID_AS_SHARE = 10
"""Up to this denominator, and for 100 and 1000, a plain fraction is said "phần"."""
_MONTH_CUE = re.compile(r"tháng\W{0,2}(?:[0-9]{1,2}(?:,| và|-| đến(?: tháng)?)\W?){0,6}$")
_HOUSE_CUE = re.compile(r"(?:số|số nhà|nhà|hẻm|ngõ|ngách|kiệt|hạng|thương binh|huyết áp|bản đồ)\W{0,2}$")
_SCORE_CUE = re.compile(r"(?:tỷ số|tỉ số|thắng|thua|hòa|dẫn|kết quả)\W{0,2}$")
_SECTION_CUE = re.compile(r"(?:mục|điểm|phần|phiên bản|tiểu mục|bảng|hình|phụ lục|tiêu chí|chỉ tiêu|khoản)\W{0,2}$")
_SCHOOL_YEAR_CUE = re.compile(r"(?:năm học|niên học|niên khóa|mùa|đông xuân|vụ đông)\W{0,2}$")
_COUNTED_NOUN = re.compile(
    r"(?:hộ|tổ|người|xã|phường|đại biểu|thành viên|đơn vị|hồ sơ|thôn|khu|cụm|phiếu|em|cháu|trường|ca|tiêu chí"
    r"|chỉ tiêu|đồng chí|gia đình|lớp"
    r"|chi bộ|cơ sở|doanh nghiệp|điểm|mẫu|hội viên|đảng viên|ý kiến|sản phẩm|tuyến|trạm|vụ|công trình|giờ|ngày"
    r"|học sinh|cử tri)(?!\w)"
)


def _value(written: str, page: Page, start: int) -> str:
    """One number, with April as "tư" after "tháng"."""
    if written in {"4", "04"} and _MONTH_CUE.search(page.before(start)):
        return "tư"
    return say_number(written, page.style)


def _signed(match: re.Match[str], page: Page) -> str:
    value = _value(match["a"], page, match.start("a"))
    return f"{ {'-': 'âm ', '–': 'âm ', '~': 'khoảng ', '≈': 'khoảng '}.get(match['sign'] or '', '') }{value}"


def _unit(written: str | None) -> str:
    """The words of a unit: "km" → "ki lô mét"; "km/h" → "ki lô mét trên giờ"."""
    if not written:
        return ""
    return " " + " trên ".join(UNITS[part] for part in re.split(r"\s?/\s?", written.strip()))


def _quantity(match: re.Match[str], page: Page) -> str:
    """A number or a range of two, with the unit that closes it."""
    first = _signed(match, page)
    last = match["b"]
    unit = _unit(match["unit"])
    if match["unit"] == "K" and len(match["a"]) == 1:
        unit = " ca"  # "thông điệp 5K" counts five words with K, "200K" is money
    if last is None:
        return first + unit
    before = page.before(match.start())
    second = _value(last, page, match.start())
    middle = _unit(match["unit_a"]) if match["unit_a"] and match["unit_a"] != match["unit"] else ""
    if _SCORE_CUE.search(before) and not unit:
        return f"{first} {second}"
    if _SCHOOL_YEAR_CUE.search(before):
        return f"{first}, {second}"
    if _MONTH_CUE.search(before) and not unit:
        return f"{first} đến tháng {second}"
    return f"{first}{middle} đến {second}{unit}"


def _currency(match: re.Match[str], page: Page) -> str:
    return f"{say_number(match['a'], page.style)} {UNITS[match['sign']]}"


def _spaced(match: re.Match[str], page: Page) -> str | None:
    """1 500 000: spaces group thousands only where money or a unit follows."""
    following = page.after(match.end(), 12)
    if not re.match(rf"(?:đồng|đ|vnđ|vnd|người|hộ|usd|{_MEASURE})(?!\w)", following):
        return None
    return say_number(match.group(), page.style)


def _denominator(written: str, page: Page) -> str:
    return "tư" if written == "4" else say_number(written, page.style)


def _fraction(match: re.Match[str], page: Page) -> str:
    """3/4 → "ba phần tư"; of things that are counted, 25/30 hộ → "hai mươi lăm trên ba mươi"; house 12/5 too."""
    top, bottom = match["a"], match["b"]
    said_top = say_number(top, page.style)
    plain = (
        top.isdigit()
        and bottom.isdigit()
        and int(top) < int(bottom)
        and (int(bottom) <= _SAID_AS_SHARE or bottom in {"100", "1000"})
    )
    counted = _COUNTED_NOUN.match(page.after(match.end()))
    if plain and not counted and not _HOUSE_CUE.search(page.before(match.start())):
        return f"{said_top} phần {_denominator(bottom, page)}"
    return f"{said_top} trên {say_number(bottom, page.style)}{_unit(match['unit'])}"


def _chain(match: re.Match[str], page: Page) -> str:
    """1/2/3: numbers with slashes that are no date."""
    return " trên ".join(say_number(part, page.style) for part in re.split(r"\s?/\s?", match.group()))


_LISTED_CUE = re.compile(
    r"(?:tdp|kp|tổ|tổ dân phố|khu phố|điều|khoản|thôn|xóm|lớp|khối|quý|tháng|mũi|đội|ngõ|cụm|khu)(?: số)?\W{0,2}$"
)


def _listed(match: re.Match[str], page: Page) -> str | None:
    """In "TDP 1,2,3" a list written without spaces, not a decimal."""
    parts = match.group().split(",")
    if len(parts) == 2 and not _LISTED_CUE.search(page.before(match.start())):  # noqa: PLR2004 - "1,2" alone is a decimal
        return None
    return ", ".join(say_number(part, page.style) for part in parts)


def _ratio(match: re.Match[str], page: Page) -> str:
    return " trên ".join(say_number(part, page.style) for part in re.split(r"\s?:\s?", match.group()))


def _section(match: re.Match[str], page: Page) -> str | None:
    """1.2.3 and "mục 2.5": parts said with "chấm"."""
    parts = match.group().split(".")
    if len(parts) == 2 and not _SECTION_CUE.search(page.before(match.start())):  # noqa: PLR2004 - "2.5" alone is a decimal
        return None
    if all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3:  # noqa: PLR2004 - thousands
        return None
    return " chấm ".join(say_number(part, page.style) for part in parts)


def _per(match: re.Match[str], page: Page) -> str | None:
    """50.000 đồng/kg → "một ki lô gam"; người/km² → "trên ki lô mét vuông"; without a number before it no rate."""
    word = match["per"]
    before = page.before(match.start(), 48)
    if not re.search(
        rf"[0-9½¼¾][^.;!?\n]{{0,24}}$|(?:đồng|triệu|tỷ|nghìn|giá|suất|mức)(?: \w+){{0,2}}$|(?:{_MEASURE})$", before
    ):
        return None
    count = f"{say_number(match['n'], page.style)} " if match["n"] else ""
    said = UNITS.get(word, word)
    speed = word in {"giờ", "phút", "giây"} and re.search(r"(?:km|m|mm|mét|lít|l|m³|m3)$", before)
    dense = (
        speed
        or word in {"km²", "km2"}
        or (word in {"ha", "Ha"} and before.endswith(("tạ", "tấn")))
        or re.search(rf"[0-9]\s?(?:{_MEASURE})$", before)
    )
    if count:
        return f" trên {count}{said}"
    return f" trên {said}" if speed or (dense and word in UNITS) else f" một {said}"


_CONJUNCTION = r"(?:và|hoặc|hay)"
_JOINS_ALREADY = re.compile(rf"(?<!\w){_CONJUNCTION}\s?/+|/\s?{_CONJUNCTION}(?!\w)", re.IGNORECASE)
_LONG_NUMBERS = re.compile(r"[0-9]{3}\s?/+\s?[0-9]{3}")
_LATER = re.compile(r"[^/.,;:\n]{1,16}/")


def _slash(match: re.Match[str], page: Page) -> str:
    """Between words: "và/hoặc" → "và hoặc", two → "hoặc", more → commas; after a number → "trên"."""
    source, start, end = page.source, match.start(), match.end()
    near = source[max(0, start - 5) : end + 5]
    if _PAIR.search(near.lower()):
        return ", "
    if source[start - 1].isdigit() or source[end].isdigit():
        return ", " if _LONG_NUMBERS.search(near) else " trên "
    if _JOINS_ALREADY.search(near):
        return " "
    if _LATER.match(source[end : end + 20]):
        return ", "
    return " hoặc "


_PAIR = re.compile(r"(?<!\w)(?:ông|anh|cô|chú|bác|em|cha|bố)\s?/\s?(?:bà|chị|bác|mẹ|dì)(?!\w)")
_PLACES = {
    "KP": "khu phố", "TDP": "tổ dân phố", "P": "phường", "Q": "quận", "QL": "quốc lộ", "TL": "tỉnh lộ",
    "ĐT": "đường tỉnh", "HL": "hương lộ", "CT": "cao tốc", "ĐH": "đường huyện", "K": "khóa",
}  # fmt: skip
_A, _B = (f"(?P<{name}>{NUMBER})" for name in "ab")
_SIGN = r"(?P<sign>(?<![\w.,)\]-])[-–](?=[0-9])|[~≈]\s?)?"
_CLOSING_UNIT = rf"(?P<unit>\s?(?:(?:{_MEASURE})/(?:{_MEASURE})|{_UNIT})(?![{LATIN}0-9²³]))?"
_PARTS = re.compile(rf"[{LATIN}]+|[0-9]+|[²³]")


def _place(match: re.Match[str], page: Page) -> str:
    """KP3 · P.5 · QL1A · ĐT.501."""
    said = f"{_PLACES[match['what']]} {say_number(match['n'], page.style)}"
    return f"{said} {spell(match['letter'])}" if match["letter"] else said


def _milestone(match: re.Match[str], page: Page) -> str:
    """Km15+300, Km 285."""
    said = f"ki lô mét {say_number(match['n'], page.style)}"
    return f"{said} cộng {say_number(match['plus'], page.style)}" if match["plus"] else said


def _height(match: re.Match[str], page: Page) -> str:
    """1m65 → "một mét sáu mươi lăm"; 5m2 is an area and not this."""
    return f"{say_int(int(match['m']), page.style)} mét {say_int(int(match['cm']), page.style)}"


def _code_part(part: str, page: Page) -> str:
    if not part.isalpha():
        return {"²": "bình phương", "³": "lập phương"}.get(part) or say_number(part, page.style)
    known = page.lexicon.said(part)
    if known:
        return known
    if len(part) > 1 and is_syllable(part) and not part.isupper():
        return part
    if len(part) > 3:  # noqa: PLR2004 - a code of up to three letters is plainly spelt
        page.unknown.append(part)
    return spell(part)


def _mixed(match: re.Match[str], page: Page) -> str:
    """A12 · 12A · H5N1 · 5G: letters by name, digits as numbers."""
    return " ".join(_code_part(part, page) for part in _PARTS.findall(match.group()))


def _decimal_code(match: re.Match[str], page: Page) -> str:
    """0,05S: the grade of a fuel or a model, a decimal with a letter."""
    return f"{say_number(match['a'], page.style)} {spell(match['letters'])}"


def _rest(match: re.Match[str], page: Page) -> str:
    digits = match.group()
    return say_int(int(digits), page.style) if len(digits) < 4 else say_digits(digits)  # noqa: PLR2004 - odd left-overs


QUANTITIES: tuple[Rule, ...] = (
    rule("place", rf"{BEFORE}(?P<what>KP|TDP|QL|TL|ĐT|HL|CT|ĐH|[PQK])\.?(?P<n>[0-9]{{1,4}})"
         rf"(?P<letter>[A-ZĐ]?){AFTER}(?![.,/][0-9])", _place, needs="[0-9]"),
    rule("milestone", rf"(?<![\w.,/])(?<![0-9] )(?:[Kk][Mm](?=\s|[0-9]+\s?\+)\s?|K[Mm](?=[0-9]))(?P<n>[0-9]{{1,4}})"
         rf"(?:\s?\+\s?"
         rf"(?P<plus>[0-9]{{1,3}}))?{AFTER}",
         _milestone, needs="[Kk][Mm]"),
    rule("code", rf"(?<![\w.,])(?P<a>[0-9]+[.,][0-9]+)(?!(?:{_UNIT}){AFTER})(?P<letters>[{LATIN}]{{1,3}}){AFTER}",
         _decimal_code, needs="[0-9]"),
    rule("height", r"(?<![\w.,])(?P<m>[0-9]{1,3})\s?m(?P<cm>[0-9]{2}|[014-9])(?![\w²³])", _height, needs="m[0-9]"),
    rule("section", rf"(?<![\w.,/])[0-9]{{1,3}}(?:\.[0-9]{{1,3}})+{AFTER}(?![.,/][0-9])", _section, needs="[0-9]"),
    rule("list", rf"(?<![\w.,/])[0-9]{{1,2}}(?:,[0-9]{{1,2}})+{AFTER}(?![.,/%][0-9]|\s?%)",
         _listed, needs="[0-9],[0-9]"),
    rule("ratio", r"(?<![\w.,/:])[0-9]+(?:\s:\s|:)[0-9]+(?![\w:]|[.,][0-9])", _ratio, needs="[0-9]:|[0-9] :"),
    rule("fraction", rf"(?<![\w.,/]){_A}\s?/\s?{_B}{_CLOSING_UNIT}(?![\w/])", _fraction, needs="/"),
    rule("fraction", r"(?<![\w.,/])[0-9]+(?:/[0-9]+){2,}(?![\w/])", _chain, needs="/"),
    rule("number", r"(?<![\w.,])[0-9]{1,3}(?: [0-9]{3}){2,}(?![\w.,/]*[0-9])", _spaced, needs="[0-9] [0-9]{3}"),
    rule("money", rf"(?P<sign>[$€])\s?{_A}{AFTER}", _currency, needs="[$€]"),
    rule("quantity", rf"(?<![{LATIN}0-9]){_SIGN}{_A}(?:(?P<unit_a>\s?(?:{_UNIT}))?{DASH}{_B}"
         rf"(?!/[0-9]))?{_CLOSING_UNIT}{AFTER}", _quantity, needs="[0-9]"),
    rule("rate", rf"\s?/\s?(?:(?P<n>{NUMBER})\s?)?(?P<per>{_MEASURE}|{_PER_WORDS})(?![{LATIN}0-9²³])", _per, needs="/"),
    rule("code", rf"{BEFORE}(?=[{LATIN}]*[0-9])(?=[0-9]*[{LATIN}])[{LATIN}0-9²³]+", _mixed, needs="[0-9]"),
    rule("number", "[0-9]+", _rest, needs="[0-9]"),
    rule("slash", r"(?<=[^\s/])\s?/+\s?(?=[^\s/])", _slash, needs="/"),
)  # fmt: skip
