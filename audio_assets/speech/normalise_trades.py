"""Short forms of trades and offices: coordinates, land registers, building grades, seeds, boats, addresses of Đà Nẵng.

Each is read by a word of its trade in the same line ("thửa", "vĩ tuyến", "tàu cá"). Letters of the land register with
no such word are asked about, and so is a house in a lane "K45/12" where no text tells that it is one.
"""

import re
from typing import Final

from audio_assets.speech.normalise_numbers import say_digits, say_number
from audio_assets.speech.normalise_rule import AFTER, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, UPPER, spell
from audio_assets.speech.normalise_words import rows

__all__ = ["TRADES"]

_BY_DEGREES: Final = re.compile(r"(?<!\w)(?:vĩ tuyến|kinh tuyến|vĩ độ|kinh độ|tọa độ|toạ độ)(?!\w)")
_AT_SEA: Final = re.compile(r"(?<!\w)(?:bão|áp thấp|atnđ|vùng biển|hải lý)(?!\w)")
"""Words that make degrees of "14,5N"; whole ones need more."""
_REACH: Final = {"N": (0, 35), "E": (95, 135)}
"""Degrees that are told of at our sea."""
_SIDES: Final = {"N": "vĩ Bắc", "E": "kinh Đông"}
_NORTH_BEFORE: Final = re.compile(r"[0-9] ?n ?[-–;,/]?$")
"""In "18,6N; 106,2E" the second is half of a point."""
_DEGREES: Final = r"[0-9]{1,3}(?:[.,][0-9]{1,2})?"


def _degrees(match: re.Match[str], page: Page) -> str | None:
    """14,5N-18,0N · 112,0E: degrees where a storm, the sea or a meridian is spoken of."""
    before = page.before(match.start(), 100)
    is_told = _BY_DEGREES.search(before) or (re.search("[.,]", match["b"]) and _AT_SEA.search(before))
    low, high = _REACH[match["side"]]
    if not is_told or not low <= int(re.split("[.,]", match["b"])[0]) <= high:
        return None
    last = f"{say_number(match['b'], page.style)} độ {_SIDES[match['side']]}"
    if not match["a"]:
        return None if _NORTH_BEFORE.search(page.before(match.start())) else last
    first = say_number(match["a"], page.style)
    return f"{first} độ {_SIDES[match['first']]} đến {last}" if match["first"] else f"{first} đến {last}"


LAND: Final = dict(
    rows("""
LUC = đất chuyên trồng lúa | LUK = đất trồng lúa còn lại | CHN = đất trồng cây hằng năm
HNK = đất trồng cây hằng năm khác | BHK = đất bằng trồng cây hằng năm khác
NHK = đất nương rẫy trồng cây hằng năm khác | CLN = đất trồng cây lâu năm | RSX = đất rừng sản xuất
RPH = đất rừng phòng hộ | RDD = đất rừng đặc dụng | NTS = đất nuôi trồng thủy sản | LMU = đất làm muối
NKH = đất nông nghiệp khác | ONT = đất ở nông thôn | ODT = đất ở đô thị | TMD = đất thương mại, dịch vụ
SKC = đất cơ sở sản xuất phi nông nghiệp | SKK = đất khu công nghiệp | SKN = đất cụm công nghiệp
SKS = đất sử dụng cho hoạt động khoáng sản | DGT = đất giao thông | DTL = đất thủy lợi
DGD = đất xây dựng cơ sở giáo dục và đào tạo | DYT = đất xây dựng cơ sở y tế | DVH = đất xây dựng cơ sở văn hóa
DCH = đất chợ | DKV = đất khu vui chơi, giải trí công cộng, sinh hoạt cộng đồng
TSC = đất xây dựng trụ sở cơ quan | BCS = đất bằng chưa sử dụng | DCS = đất đồi núi chưa sử dụng
""")
)
"""Kinds of land as the land register writes them (Thông tư 08/2024/TT-BTNMT, and 25/2014 for BHK, NHK)."""
_OF_LAND: Final = re.compile(
    r"(?<!\w)(?:đất|thửa|tờ bản đồ|tbđ|sổ đỏ|gcn|gcnqsdđ|qsdđ|địa chính|chuyển mục đích|quy hoạch|m2|[0-9.,]*m²"
    r"|ha)(?!\w)"
)
_KIND_SAID: Final = re.compile(
    r"(?<!\w)đất (?:ở|vườn|lúa|màu|ao|rừng|trồng|chuyên|nuôi|thổ cư|thương mại|sản xuất|bằng|nương)(?: [^\W\d]+){0,6}"
    r" ?\(?(?:[a-z]{3}\+)?$"
)
"""In "đất trồng lúa (LUC)" the kind has been said; the code behind it is called by its letters."""
_LAND_SAID: Final = re.compile(r"(?<!\w)đất ?$")


def _land(match: re.Match[str], page: Page) -> str:
    """ONT 200 m2, đất CLN: the kind of land; with no word of land in the line its letters, and asked about."""
    before, after = page.before(match.start(), 120), page.after(match.end(), 60)
    if not (_OF_LAND.search(before) or _OF_LAND.search(re.sub("([0-9])(?=m2|ha)", r"\1 ", after))):
        page.unknown.append(match.group())
        return spell(match.group())
    if _KIND_SAID.search(before):
        return spell(match.group())
    return LAND[match.group()].removeprefix("đất " if _LAND_SAID.search(before) else "")


_GRADED: Final = re.compile(
    r"(?<!\w)(?:vữa|xi măng|mác|gạch(?! m))(?: [^\W\d]+){0,2}\W{0,3}(?:m[0-9]{2,3}(?:,| và|/| -) ?)*$"
)
_STEP_OF_GRADES: Final = 25


def _grade(match: re.Match[str], page: Page) -> str | None:
    """Vữa M75: its grade; of concrete the letter itself is said."""
    before = page.before(match.start())
    if int(match["n"]) % _STEP_OF_GRADES or not _GRADED.search(before):
        return None
    return ("" if before.rstrip().endswith("mác") else "mác ") + say_number(match["n"], page.style)


_LANE_TOLD: Final = re.compile(r"(?<!\w)(?:[Kk]iệt|Đà Nẵng|Huế)(?!\w)")
_COURSE: Final = re.compile(r"(?<!\w)(?:khóa|khoá|lớp|học viên|sinh viên|đê|đoạn|kênh)\W{0,2}$")


def _lane(match: re.Match[str], page: Page) -> str | None:
    """K45/12 Hải Phòng: a house in a "kiệt"; asked about where neither the word nor the city stands in the text."""
    if _COURSE.search(page.before(match.start())):
        return None
    if not _LANE_TOLD.search(page.source):
        page.unknown.append(match.group())
    lane = "" if page.before(match.start()).endswith("kiệt") else "kiệt "
    houses = (say_number(part, page.style) for part in match["n"].split("/"))
    return f"{lane}{' trên '.join(houses)}{' ' + spell(match['letter']) if match['letter'] else ''}"


_AFLOAT: Final = re.compile(r"(?<!\w)(?:tàu|thuyền|ghe|xuồng|sà lan|phương tiện|số hiệu|biển số)(?!\w)")


def _boat(match: re.Match[str], page: Page) -> str | None:
    """BT-92345-TS, TH 90123 TS: a fishing boat, letters and digits one by one."""
    if not _AFLOAT.search(page.before(match.start(), 100)):
        return None
    tail = f", {spell(match['tail'])}" if match["tail"] else ""
    return f"{spell(match['letters'])} {say_digits(match['digits'])}{tail}"


_SOWN: Final = re.compile(r"(?<!\w)(?:lúa|giống|gạo|thóc|gieo|sạ|cấy|nếp|ngô|bắp)(?!\w)")
_SPELT_FROM: Final = 4


def _variety(match: re.Match[str], page: Page) -> str | None:
    """OM 18, IR 50404: varieties of rice; four digits and more are said one by one, but for round ones."""
    before, after = page.before(match.start(), 100), page.after(match.end())
    if not (_SOWN.search(before) or _SOWN.search(after)):
        return None
    number = match["n"]
    is_copied = number[0] == "0" or (len(number) >= _SPELT_FROM and not number.endswith("00"))
    return f"{spell(match['letters'])} {say_digits(number) if is_copied else say_number(number, page.style)}"


def _quy(match: re.Match[str], page: Page) -> str | None:
    """Lúa Q5: a variety, elsewhere a district."""
    before = page.before(match.start(), 100)
    is_sown = re.search(r"(?<!\w)(?:giống|lúa|gạo|thóc)(?!\w)[^.;!?\n]*$", before) and not _IN_TOWN.search(before)
    return "quy năm" if is_sown else None


_IN_TOWN: Final = re.compile(r"(?<!\w)(?:quận|phường|đường|tại|ở|p\.|tp|tp\.)(?!\w)")
_CALLED_FROM: Final = re.compile(
    r"(?<!\w)(?:đầu số|mã vùng|mã quốc gia|mã nước|số lạ|số máy lạ|số điện thoại|cuộc gọi)(?: [^\W\d]+){0,5}\W{0,3}"
    r"(?:\(?\+[0-9 ]+\)?(?:,| và| hoặc|;|/)? ?)*\(?$"
)


def _prefix(match: re.Match[str], page: Page) -> str | None:
    """Đầu số +224, +84 28: the codes of countries and towns, digit by digit."""
    if not _CALLED_FROM.search(page.before(match.start(), 100)):
        return None
    if " " in match.group().removeprefix("+ "):
        page.unknown.append(match.group())  # the code of a town, or a number of which a part is missing
    return f"cộng {say_digits(match.group())}"


def _era(match: re.Match[str], page: Page) -> str:
    """PL.2569, DL.2025: a year of the Buddha, a year of the sun."""
    return f"{'Phật lịch' if match['era'] == 'PL' else 'dương lịch'} {say_number(match['y'], page.style)}"


_FLOOD_LEVELS: Final = {"I": "1", "II": "2", "III": "3"}


def _flood_levels(match: re.Match[str], page: Page) -> str:
    """BĐII-BĐIII, BĐ1-BĐ2."""
    first, last = (say_number(_FLOOD_LEVELS.get(match[side], match[side]), page.style) for side in "ab")
    return f"báo động {first} đến báo động {last}"


_BEHIND_AN_ARTICLE: Final = re.compile(r"(?<!\w)(?:đ\.|điều) ?[0-9]+[a-zđ]?,? ?$")
_ARTICLE_BEHIND: Final = re.compile(r"\W{0,2}(?:đ\. ?[0-9]|đ[0-9]|điều [0-9])")


def _clause(match: re.Match[str], page: Page) -> str | None:
    """Đ.123, K.2: the clause of an article."""
    beside = _BEHIND_AN_ARTICLE.search(page.before(match.start())) or _ARTICLE_BEHIND.match(page.after(match.end()))
    return f"khoản {say_number(match['n'], page.style)}" if beside else None


_BEHIND_A_CLAUSE: Final = re.compile(r"(?<!\w)(?:k\.? ?|khoản )[0-9]+,? ?$")


def _article(match: re.Match[str], page: Page) -> str | None:
    """K1 Đ4 Luật: the article of a clause."""
    return f"Điều {say_number(match['n'], page.style)}" if _BEHIND_A_CLAUSE.search(page.before(match.start())) else None


_DRIVEN: Final = re.compile(
    r"(?<!\w)(?:công suất|tàu|thuyền|ghe|máy|động cơ)(?: [^\W\d]+){0,4}\W{0,2}[0-9][0-9.,–-]* ?$"
)


def _power(match: re.Match[str], page: Page) -> str | None:
    """Máy 350CV."""
    return " mã lực" if _DRIVEN.search(page.before(match.start(), 60)) else None


_STORED: Final = re.compile(r"(?<!\w)(?:dung lượng|ổ cứng|bộ nhớ|dữ liệu|lưu trữ|máy chủ|ssd|hdd|data|gb)(?!\w)")
_HONOURED: Final = re.compile(
    r"(?<!\w)(?:ls|bb|liệt sĩ|liệt sỹ|thương binh|bệnh binh|ncc|người có công|thân nhân|gia đình chính sách|27/7)(?!\w)"
)


def _disabled(match: re.Match[str], page: Page) -> str | None:
    """Thăm 12 TB, 5 BB: people, no bytes; asked about where the line tells of neither."""
    near = f"{page.before(match.start(), 100)} {page.after(match.end(), 100)}"
    if _HONOURED.search(near):
        return "thương binh" if match.group() == "TB" else "bệnh binh"
    if match.group() == "BB" or _STORED.search(near):
        return None
    page.unknown.append(match.group())
    return spell(match.group())


_SENT_TO: Final = re.compile(r"(?<!\w)(?:b/c|nơi nhận|để báo cáo)(?!\w)")


def _together(match: re.Match[str], page: Page) -> str | None:
    """(p/h) in a list of receivers."""
    near = page.source[max(0, match.start() - 200) : match.end() + 200].lower()
    return "để phối hợp" if _SENT_TO.search(near) else None


_DECIDE_A_MEMBER: Final = (
    ("đảng viên", re.compile(r"(?<!\w)(?:tuổi đảng|đảng viên|chi bộ|huy hiệu|sinh hoạt đảng|kết nạp đảng)(?!\w)")),
    ("đoàn viên", re.compile(r"(?<!\w)(?:chi đoàn|tncs|đoàn thanh niên|đoàn viên|sinh hoạt đoàn|kết nạp đoàn)(?!\w)")),
)
_NAMED_BY_NUMBER: Final = re.compile(
    r"(?:(?<!\w)(?:năm|ngày|tháng|quý|khoản|điều|mục|mức|số|loại|lớp|hạng|nhóm|tổ|cấp|đợt|nđ|nq|qđ|tt|luật|vùng|khu vực"
    r"|bậc|vòng|mẫu)\W{0,2}|[/,.-])[0-9]+ ?$"
)
_COUNT: Final = re.compile(r"(?<![\w.,/-])[0-9]{1,3}(?:\.[0-9]{3})? ?$")
_CONCERNED: Final = re.compile(
    r"(?:các|những|mỗi|từng|hộ|xe|ô tô|mô tô|trường hợp|đối tượng|cá nhân|tổ chức|học sinh|hs|người|nhà|doanh nghiệp"
    r"|cơ sở|đất|trẻ|thuê bao|khách)(?!\w)"
)


def _member(match: re.Match[str], page: Page) -> str | None:
    """215 đ/v từ 30 năm tuổi Đảng: members, where they are counted; the sentence tells of what, else it is asked."""
    before, after = page.before(match.start(), 100), page.after(match.end(), 60)
    if not _COUNT.search(before) or _NAMED_BY_NUMBER.search(before) or _CONCERNED.match(after):
        return None
    told = [said for said, cue in _DECIDE_A_MEMBER if cue.search(f"{before} {after}")]
    if len(told) == 1:
        return told[0]
    page.unknown.append(match.group())
    return "đê vê"


def _culture(match: re.Match[str], page: Page) -> str:
    """VH-TT&TT: the second "TT" may be sports or media, so it is asked about."""
    page.unknown.append(match.group())
    return "văn hóa, thông tin và thể thao"


TRADES: Final[tuple[Rule, ...]] = (
    rule("trade", rf"(?<![\w.,])(?:(?P<a>{_DEGREES})\s?(?P<first>[NE])?\s?[-–]\s?)?(?P<b>{_DEGREES})\s?°?"
         rf"(?P<side>(?(first)(?P=first)|[NE])){AFTER}(?!\s?[-–;,/]\s?[0-9]+[.,][0-9]\s?E)", _degrees,
         needs="[0-9] ?[NE]"),
    rule("trade", rf"(?<![\w.&/-])(?:{'|'.join(LAND)})(?![\w&/-]|\.\w)", _land, needs="[A-Z]{3}"),
    rule("trade", rf"(?<![\w.,/-])M ?(?P<n>[1-9][0-9]{{1,2}}){AFTER}(?![.,/-][0-9])", _grade, needs="M ?[0-9]{2}"),
    rule("trade", rf"(?<![\w./-])K(?P<n>[0-9]{{1,4}}(?:/[0-9]{{1,4}}){{1,3}})(?P<letter>[A-ZĐ]?)(?![\w/-])"
         rf"(?=,? (?:(?:đường |phố )?[{UPPER}][{LATIN}]|(?:tổ|phường|khu phố|kp|tdp)(?!\w)))", _lane, needs="K[0-9]+/"),
    rule("trade", rf"(?<![\w./-])(?P<letters>[A-ZĐ][A-ZĐa-z]{{0,2}})[ -]?(?P<digits>[0-9]{{4,5}})[ -]?"
         rf"(?P<tail>TS){AFTER}", _boat, needs="[0-9]{4}[ -]?TS"),
    rule("trade", rf"(?<![\w./-])(?P<letters>OM|IR|ST|RVT|MTL|JO|LTH)\s(?P<n>[0-9]{{1,5}}){AFTER}(?![.,/-]?[0-9]|\s?%)",
         _variety, needs="[A-Z] [0-9]"),
    rule("trade", rf"(?<![\w./-])(?P<letters>KD|DT|TH|BT|NT)(?P<n>[0-9]{{1,4}}){AFTER}(?![.,/-]?[0-9]|\s?%)", _variety,
         needs="[A-Z][0-9]"),
    rule("trade", r"(?<![\w./-])(?P<era>PL|DL)\s?[.:]\s?(?P<y>[12][0-9]{3})(?![\w/-]|[.,][0-9])", _era, needs="[PD]L"),
    rule("trade", r"(?<![\w.,/-])\+\s?(?:[0-9]{3,4}(?: [0-9]{2,4})?|[0-9]{1,2} [0-9]{2,4})(?![\w.-]|[ ,][0-9])",
         _prefix, needs=r"\+"),
    rule("trade", r"(?<!\w)BĐ ?(?P<a>I{1,3}|[1-3])\s?[-–]\s?(?:BĐ ?)?(?P<b>I{1,3}|[1-3])(?![\w/]|[.,][0-9])",
         _flood_levels, needs="BĐ"),
    rule("trade", r"(?<![\w./-])K\.? ?(?P<n>[0-9]{1,2})(?![\w/+]|[.,-][0-9])", _clause, needs="K[. ]?[0-9]"),
    rule("trade", r"(?<![\w./-])Đ(?P<n>[0-9]{1,3})(?![\w/]|[.,-][0-9])", _article, needs="Đ[0-9]"),
    rule("trade", r"(?<=[0-9])\s?CV(?![\w/-])", _power, needs="[0-9] ?CV"),
    rule("trade", r"(?<![\w./-])Q5(?![\w./-])", _quy, needs="Q5"),
    rule("trade", r"(?<=[0-9] )(?:TB|BB)(?![\w/-])", _disabled, needs="[0-9] [TB]B"),
    rule("trade", r"(?<=\()p/h(?=\))", _together, needs="p/h"),
    rule("trade", r"(?<=[0-9] )đ/v(?![\w/])", _member, needs="đ/v"),
    rule("trade", r"(?<![\w&/-])VH(?:-|, ?| )?TT ?& ?TT(?![\w&])", _culture, needs="TT ?&"),
)  # fmt: skip
"""Before the word list."""
