"""What names a person or a thing: identity cards, accounts, tax and file codes, serial numbers, plates, initials.

Numbers of this kind are copied down, so they are said digit by digit in groups, never as a quantity. A single capital
with a stop is a person's initial or a place, by what stands around it.
"""

import re

from audio_assets.speech.normalise_numbers import say_digits, say_int
from audio_assets.speech.normalise_phone import COUNTED, say_in_threes, threes
from audio_assets.speech.normalise_rule import AFTER, BEFORE, MISREAD, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, UPPER, is_vowel, spell

_NAMED_CUE = re.compile(
    r"(?<![^\W\d])(?:tài khoản|stk|số tk|tk|(?:kcb|khám chữa bệnh) ban đầu"
    r"|cccd|cmnd|cmt|căn cước(?: công dân)?|chứng minh nhân dân"
    r"|định danh(?: cá nhân)?|hộ chiếu"
    r"|mã số(?: \w+){0,4}|mã (?:địa bàn|đơn vị|tỉnh|xã|phường|trạm|điểm|sản phẩm|giới thiệu|vùng|kcb)(?: [^\W\d]+){0,2}"
    r"|mật khẩu|mk|pass|id"
    r"|mst|sbd|số báo danh|mã hồ sơ|mã khách hàng|mã vạch|mã đơn|mã tra cứu|số thẻ|thẻ|số seri|seri|sê ri|xê ri"
    r"|lô số|số lô|số phát hành|số vào sổ|mã bưu chính|mã otp|mã pin|mã xác nhận|mã|giấy chứng nhận|gcn|chứng chỉ"
    r"|bằng lái"
    r"|giấy phép lái xe|gplx)"
    r"(?: (?:số|là|của|gồm|ngân hàng|cá nhân|công dân|kho bạc|tiếp nhận|nhận|ủng hộ|quỹ)){0,3}\W{0,3}$"
)


_OTHER_END = re.compile(r"^ ?(?:[-–]|đến|tới) ?[0-9][0-9.,]*")
"""The other end of a span: in "lệ phí cấp thẻ 25.000 - 30.000 đồng" both are money."""


def _is_bare_code(written: str, digits: str) -> bool:
    """Nine digits are an identity card; seven or eight without a point, and not round, are a telephone or a card."""
    if "." in written or " " in written:
        return False
    return len(digits) >= 9 or (written.isdigit() and len(written) >= 7 and not written.endswith("000"))  # noqa: PLR2004


def _named(match: re.Match[str], page: Page) -> str | None:
    """An identity, account or tax number: after its name, or too long, for its lack of points, to be a quantity."""
    written = match.group()
    digits = re.sub(r"[^0-9]", "", written)
    named = _NAMED_CUE.search(page.before(match.start(), 60))
    if not named and not _is_bare_code(written, digits):
        return None
    if named and len(digits) < 4:  # noqa: PLR2004 - "mã 12" is a number
        return None
    if COUNTED.match(_OTHER_END.sub("", page.after(match.end(), 32))):
        return None
    groups = re.findall(r"[0-9]+", written)
    if any(len(group) > 4 for group in groups):  # noqa: PLR2004 - longer groups are not heard as one
        groups = [piece for group in groups for piece in threes(group)]
    return ", ".join(map(say_digits, groups))


_OFFICE_FILE = re.compile(r"(?:[0-9]{3}(?:\.[0-9]{2}){1,2}\.)?[A-Z][0-9]{2}(?:\.[0-9]{2}){0,3}(?:-[0-9]{4,})+")
"""The code of an office (QCVN 102:2016/BTTTT: H21.08, 000.00.08.H21) with the number of a file behind it."""


def _file_code(match: re.Match[str], page: Page) -> str | None:
    """000.00.12.H56-250701-0001: letters and digits one by one, a pause at each point."""
    written = match.group()
    if not re.search("[A-Z]", written) or len(re.findall("[0-9]", written)) < 8:  # noqa: PLR2004 - shorter ones are names
        return None
    if not (_OFFICE_FILE.fullmatch(written) or _NAMED_CUE.search(page.before_list(match.start()))):
        return None
    parts = re.split(r"[.-]", written)
    return ", ".join(" ".join(say_digits(sign) or spell(sign) for sign in part) for part in parts)


_PAPER = re.compile(r"(?<!\w)(?:giấy|gcn|gcnqsdđ|sổ|bìa|bằng|thẻ|hộ chiếu)(?!\w)[^.;\n]*(?<!\w)số\W{0,2}$")
"""Before the letters of a paper's number: "giấy chứng nhận … số BM 987654"."""


def _serial(match: re.Match[str], page: Page) -> str | None:
    """DN4380123456789 and, after its name, "AB 12345678": letters by name, then the digits."""
    before = page.before(match.start(), 100)
    named = _NAMED_CUE.search(before[-60:]) or _PAPER.search(before)
    if not named and (match["gap"] or len(match["digits"]) < 7):  # noqa: PLR2004 - "H5N1", "QL1A", "CT2025" are no serials
        return None
    if MISREAD.search(match.group()):
        page.unknown.append(match.group())
    return f"{spell(match['letters'])} {say_in_threes(match['digits'])}"


_CARD_DIGITS = 13


def _card(match: re.Match[str], page: Page) -> str | None:
    """GD4 38 38 220 12345: the card of the health insurance, its groups as they are written."""
    groups = match["digits"].split()
    if sum(map(len, groups)) < _CARD_DIGITS - len(groups[0]):
        return None
    del page
    return ", ".join([f"{spell(match['letters'])} {say_digits(groups[0])}", *map(say_digits, groups[1:])])


def _plate(match: re.Match[str], page: Page) -> str:
    letters, digits = spell(match["series"]), say_digits(match["rest"])
    extra = f" {say_digits(match['extra'])}" if match["extra"] else ""
    return f"{say_int(int(match['province']), page.style)} {letters}{extra}, {digits}"


# --- names cut to an initial ---

_PERSON = re.compile(
    rf"(?:(?i:(?<!\w)(?:ông|bà|anh|chị|em|cháu|cụ|đối tượng|nạn nhân|lái xe|tài xế))(?: [{UPPER}]\w*){{0,3}}"
    rf"|[{UPPER}]\w+ (?:Văn|Thị|Hữu|Đức|Ngọc|Xuân|Minh|Quang|Đình|Thanh)) $"
)
_MET = re.compile(
    r"(?<![^\W\d])(?:gặp|liên hệ|lh|gọi|cho|với|báo|hỏi|qua|nhà|của|do|và|hoặc|hay|cùng|số|"
    r"đt|điện thoại|đ/c|mời|là|ông|bà|vợ|chồng)"
    r"\W{0,2}$|[,:(–-]$"
)


_PHONE_BEFORE = re.compile(r"[0-9](?:[. -]?[0-9]){6,}\)?\W{1,3}$")
_PHONE_AFTER = re.compile(
    rf"(?:[{UPPER}][{LATIN}]+(?![{LATIN}]) ?){{1,4}}\W{{0,4}}(?:\(?\+84|0[1-9])(?:[. -]?[0-9]){{7}}"
)
_CLASS_BEFORE = re.compile(r"(?<!\w)(?:lớp|khối|tổ|nhóm) [0-9]+$")


def _beside_a_phone(match: re.Match[str], page: Page) -> bool:
    """Whose number it is: "0961.440.552 (a Tùng)"."""
    if _CLASS_BEFORE.search(page.before(match.start())):
        return False
    return _behind_a_phone(match, page) or _PHONE_AFTER.match(page.source, match.end()) is not None


def _behind_a_phone(match: re.Match[str], page: Page) -> bool:
    return _PHONE_BEFORE.search(page.source[max(0, match.start() - 24) : match.start()]) is not None


def _brother(match: re.Match[str], page: Page) -> str | None:
    """The "a." of "gặp a. Hùng"; that of "lớp 10 a. Hôm nay" ends a sentence; without a stop a telephone tells."""
    letter, has_stop = match.group()[0], match.group()[1] == "."
    if letter.isupper():
        in_brackets = page.before(match.start())[-1:] in {"(", "-", "–"}
        is_told = in_brackets and _behind_a_phone(match, page)
        is_told = is_told or bool(has_stop and _MET.search(page.before(match.start())) and _beside_a_phone(match, page))
    else:
        is_told = bool(_MET.search(page.before(match.start()))) if has_stop else _beside_a_phone(match, page)
    return {"a": "anh ", "c": "chị ", "ô": "ông ", "b": "bà "}[letter.lower()] if is_told else None


_PLACE_INITIALS = {"H": "huyện", "X": "xã", "T": "tỉnh", "Đ": "đường"}


def _initial(match: re.Match[str], page: Page) -> str | None:
    """The "P." of "ông Nguyễn Văn P.", which elsewhere is a ward."""
    if is_vowel(match["letter"]) or not _PERSON.search(page.source[max(0, match.start() - 40) : match.start()]):
        return None
    return spell(match["letter"])


def _place_initial(match: re.Match[str], page: Page) -> str:
    """H. Hà Trung, Đ. Nguyễn Huệ."""
    del page
    return _PLACE_INITIALS[match["what"]] + " "


_BESIDE_A_ROAD = r"trên|đường|tuyến|dọc|qua|ngã ba|ngã tư|giao|cầu|giáp|ql *[0-9]+[a-z]?"
_ON_A_ROAD = re.compile(rf"(?<!\w)(?:{_BESIDE_A_ROAD}|từ|đến|và|,) ?$")


def _road(match: re.Match[str], page: Page) -> str | None:
    """ĐT.522, trên ĐH 7: a road before the word list takes "ĐT" for a telephone; "ĐH 3 chi hội" is none."""
    before, number = page.before(match.start(), 100), say_int(int(match["n"]), page.style)
    letter = f" {spell(match['letter'])}" if match["letter"] else ""
    if _is_a_variety(match, before):
        return f"{spell(match['what'])} {number}{letter}"
    short = match["what"] != "HL" and match["gap"] == " " and len(match["n"]) < _ROAD_DIGITS and match["n"][0] != "0"
    if short and not _ON_A_ROAD.search(before):
        return None
    what = _ROADS[match["what"]].removeprefix("đường " if _ROAD_SAID.search(before) else "")
    return f"{what} {number}{letter}"


_ROAD_DIGITS = 3
_ROAD_SAID = re.compile(r"(?<!bên )(?<!lề )(?<!ven )(?<!lòng )(?<!dọc )(?<!\w)đường ?$")
"""Before "ĐT.741": the road has been called one; "hai bên đường" is the side of any."""
_BRED = re.compile(
    r"(?<!\w)(?:giống(?: \w+){0,3}|lúa(?: \w+)?|ngô(?: lai| nếp)?|đậu tương|đậu nành|lạc|dưa|cà chua) ?$"
)
_VARIETIES_LISTED = re.compile(
    r"(?<!\w)(?:giống(?! nhau| như)|đậu tương|đậu nành|ngô lai)"
    r"(?:(?!(?<!\w)(?:tại|đường|trên|qua|xã|phường|ql|km)(?!\w))[^.;!?\n])*(?:[,:(]| và| hoặc) ?$"
)
_CODES_OF_A_CROP = re.compile(
    r"(?<!\w)(?:lúa|ngô|lạc|gạo|đậu tương|đậu nành)(?: [^\W\d]+)? (?:[a-zđ]{1,4} ?[0-9]{1,5}(?:,| và|;|/) ?)+$"
)
"""Before "ĐT100", the name of a variety."""


def _is_a_variety(match: re.Match[str], before: str) -> bool:
    return (
        match["what"] == "ĐT"
        and "." not in match["gap"]
        and bool(any(cue.search(before) for cue in (_BRED, _VARIETIES_LISTED, _CODES_OF_A_CROP)))
    )


_ROADS = {"ĐT": "đường tỉnh", "ĐH": "đường huyện", "HL": "hương lộ", "QL": "quốc lộ", "TL": "tỉnh lộ"}
INITIALS: tuple[Rule, ...] = (
    rule("place", rf"(?<![\w.])(?P<what>QL|TL)(?P<gap>\.\s?)(?P<n>[0-9]{{1,3}})(?P<letter>[A-ZĐ]?){AFTER}"
         r"(?![./]?[0-9])", _road, needs=r"[QT]L\."),
    rule("place", rf"(?<![\w.])(?P<what>ĐT|ĐH|HL)(?P<gap>[. ]?)(?P<n>(?!11[1-9])[0-9]{{1,3}})(?P<letter>[A-ZĐ]?){AFTER}"
         r"(?![./-]?\s?[0-9]|,[0-9]|, [0-9]{3}[ .]?[0-9])", _road, needs="ĐT|ĐH|HL"),
    rule("initial", rf"(?<![\w.])Ng\.\s?(?=[{UPPER}](?![{UPPER}])[{LATIN}])", lambda _m, _p: "Nguyễn ", needs=r"Ng\."),
    rule("place_initial", rf"(?<![\w.])đ\.\s?(?=[{UPPER}](?![{UPPER}])[{LATIN}])", lambda _m, _p: "đường ", needs="đ"),
    rule("person", rf"(?:(?<=\()"
         rf"|(?<=[^\s.] )|(?<=:))[acôbACÔB](?:\.\s?| )(?=[{UPPER}](?![{UPPER}])[{LATIN}])", _brother,
         needs="[acôbACÔB][. ]"),
    rule("person", rf"(?<![\w.])(?P<who>Mr|Mrs|Ms)(?:\.\s?|\s)(?=[{UPPER}](?![{UPPER}])[{LATIN}])",
         lambda match, _p: "ông " if match["who"] == "Mr" else "bà ", needs="M[rs]"),
    rule("place_initial", r"(?<![\w.])Đ\.\s?(?=[0-9])", lambda _m, _p: "Điều ", needs="Đ"),
    rule("initial", rf"(?<![\w.])(?P<letter>[A-ZĐ])(?:\.(?=\s?[(,;]|\s(?![{UPPER}])[{LATIN}])|(?=\.(?!\w)))", _initial),
    rule("place_initial", rf"(?<![\w.])(?P<what>[HXTĐ])\.\s?(?=[{UPPER}](?![{UPPER}])[{LATIN}])", _place_initial),
)  # fmt: skip
"""Before the word list, which knows "P." as a ward."""
PLATES: tuple[Rule, ...] = (
    rule("plate", rf"{BEFORE}(?P<province>[1-9][0-9])\s?[-–]?\s?(?P<series>[A-ZĐ]{{1,2}})(?P<extra>[0-9]?)"
         rf"(?:(?:\s?[-–]\s?|[. ]\s?)(?P<rest>[0-9]{{3}}\.?[0-9]{{2}}|[0-9]{{4}})){AFTER}", _plate, needs="[0-9]"),
)  # fmt: skip
NAMED: tuple[Rule, ...] = (
    rule("named_number", rf"(?<![\w.,/-])(?P<letters>[A-Z]{{2}})\s?(?P<digits>[0-9](?: [0-9]{{2,5}}){{3,4}}){AFTER}"
         r"(?![.,/-]?[0-9])", _card, needs="[A-Z] ?[0-9] [0-9]"),
    rule("named_number", rf"(?<![\w.,/-])(?P<letters>[A-ZĐ]{{1,3}})(?P<gap>\s?)(?P<digits>[0-9]{{5,20}}){AFTER}"
         r"(?![.,/-][0-9])", _serial, needs="[0-9]{5}"),
    rule("named_number", r"(?<![\w.,/-])[A-Z0-9]{1,12}(?:[.-][A-Z0-9]{1,12}){2,8}"
         r"(?![\w/-])", _file_code, needs="[0-9]"),
    rule("named_number", rf"(?<![\w.,/-])[0-9]{{1,20}}(?:[ .-][0-9]{{1,10}}){{0,5}}{AFTER}"
         rf"(?![.,/][0-9])", _named, needs="[0-9]"),
)  # fmt: skip
