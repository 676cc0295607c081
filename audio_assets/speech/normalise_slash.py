"""What a slash says: of each ("đồng/kg"), to each ("người/km²"), or, or a pause.

A slash behind a number with its unit makes a rate, whatever is counted behind it; between words it joins; between two
figures that no rule for dates or shares wanted it is said as such, and asked about (`normalise_doubt`).
"""

import re

from audio_assets.speech.normalise_counted import ACTORS
from audio_assets.speech.normalise_numbers import in_style, say_number
from audio_assets.speech.normalise_rule import NUMBER, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, has_vowel, spell
from audio_assets.speech.normalise_tables import MEASURE, UNITS

_PER_WORDS = (
    "tháng|năm|ngày|giờ|phút|giây|tuần|quý|đêm|buổi|ca|vụ|lần|lượt|lượng|chỉ|đợt|người|hộ|khẩu|nhân khẩu|suất"
    "|cháu|em|học sinh|trẻ|xe|chiếc|con|cái|cây|tấn|tạ|yến|lít|sào|mẫu|công|tổ|xã|phường|thôn|đơn vị|gia đình|phòng|bộ"
    "|quả|bó|mớ|chuyến|vé|gói|hộp|chai|bao|viên|liều|mũi|ô|trận|kỳ"
    "|học kỳ|thẻ|hồ sơ|trường hợp|sản phẩm|nhà|căn|mét|héc ta|khóa|đồng|phiên|tiết|bữa|mâm|bàn|lớp|đội|thửa|số"
    "|trường|chi bộ|chi hội|khu phố|khu|hội viên|đoàn viên|đảng viên|cơ quan|bệnh nhân|bài|trang|bản|chục|mét khối"
    "|ngay|tuan|thang"
)
_PRICED = re.compile(
    rf"[0-9½¼¾]\s?(?:(?:trăm|nghìn|ngàn|triệu|tỷ|tỉ)(?: rưỡi)?\s?)?(?:đ|đồng|k|tr|trđ|triệu|nghìn|ngàn|tỷ|tỉ|usd|%"
    rf"|{MEASURE}|người|lượt|con|cây|suất|bình|gói|viên|lần|điểm|phiếu|bộ|chiếc|cái|tờ|em|cháu|hộ|buổi|tiết|phút|giờ"
    r"|ngày|tháng|tuần|tạ|tấn|yến|mét|quả|bao|thùng|hộp|chai|mũi|liều|dảnh|khóm|bát|chén|thìa|giọt)$"
)
_MEASURED_OUT = re.compile(rf"[0-9]\s?(?:{MEASURE}) [^\W\d]+$")
"""25ml thuốc: before a slash so much of it to each."""
_COUNTED_OUT = re.compile(r"(?<![\w.,/])[0-9]+ (?!(?:người|cán bộ|vợ|nam|nữ|ông|bà|con)(?!\w))[^\W\d]+ [^\W\d]+$")
"""5 chậu hoa: before a slash that may stand for each or for "or"."""


def _per_thing(match: re.Match[str], page: Page) -> str | None:
    """8.000đ/bản, 10ml/bình: of each thing, whatever it is called; letters without a vowel are spelt."""
    before = page.before(match.start(), 24)
    is_rated = page.ends.get(match.start()) == "rate" or _PRICED.search(before) or _MEASURED_OUT.search(before)
    thing = match["per"]
    if not (thing.islower() and is_rated):
        return None
    if thing == "ng":
        return " một người"
    if not has_vowel(thing):
        page.unknown.append(thing)
    return f" một {thing if has_vowel(thing) else spell(thing)}"


_RATED = re.compile(
    r"[0-9½¼¾][^.;!?\n]{0,24}$|(?:đồng|đ|triệu|tỷ|nghìn|giá|suất|mức)(?: \w+){0,2}$"
    rf"|(?<![{LATIN}])(?:{MEASURE})$"
)


_MONEY_BEFORE = re.compile(r"[0-9]\s?(?:đ|đồng|k|tr|triệu|nghìn|ngàn|tỷ|tỉ)$")


def _per(match: re.Match[str], page: Page) -> str | None:
    """50.000 đồng/kg → "một ki lô gam"; người/km² → "trên ki lô mét vuông"; without a number before it no rate."""
    word = match["per"]
    before = page.before(match.start(), 48)
    if not _RATED.search(before) and not _heads_a_rate(word, before, page.after(match.end())):
        return None
    count = f"{say_number(match['n'], page.style)} " if match["n"] else ""
    said = in_style(UNITS.get(word, word), page.style)
    speed = word in {"giờ", "phút", "giây"} and re.search(r"(?:km|m|mm|mét|lít|l|m³|m3)$", before)
    dense = (
        speed
        or word in {"km²", "km2"}
        or (word in {"m2", "m²"} and _STANDING.search(before))
        or (word in {"ha", "Ha"} and before.endswith(("tạ", "tấn")))
        or re.search(rf"[0-9]\s?(?:{MEASURE})$", before)
    )
    if count and (_MONEY_BEFORE.search(before) or page.ends.get(match.start()) == "rate"):
        return f" {count}{said}"
    if count:
        return f" trên {count}{said}"
    return f" trên {said}" if speed or (dense and word in UNITS) else f" một {said}"


_TO_EACH = re.compile(
    r"(?<!\w)(?:bình quân|bình quân đầu người|thu nhập|thu nhập bình quân|trợ cấp|hỗ trợ|định mức|học phí|phí|lương"
    r"|phụ cấp|tiền công|tiền ăn|năng suất|doanh thu|chi phí)$"
)
_HEADS = re.compile(r"(?<!\w)(?:người|hộ|khẩu|nhân khẩu|lao động)$")
_TIMES = frozenset({"tháng", "năm", "ngày", "quý", "tuần", "vụ", "buổi"})
_NO_TIME_BEHIND = re.compile(r"(?:sinh|học|giáo|cấp|nộp|ký|nhận|tháng|mất|vào|lập)(?!\w)")
"""Behind "năm", "tháng" that measures no time: "chủ hộ/năm sinh"."""


_COUNT_OF = re.compile(
    r"(?<!\w)(?:số (?!nhà|điện thoại|cccd|thẻ|tài khoản|báo danh|hiệu)|lượng |lượt |sản lượng|công suất"
    r"|lưu lượng)(?:[^\W\d]+ ){0,3}[^\W\d]*$"
)
_TOLD_BEHIND = re.compile(
    r"$|[.,;:)]|[0-9](?![0-9]?/)|(?:đạt|tăng|giảm|là|của|từ|trên|dưới|khoảng|hơn|gần|không|tối|ước|còn)(?!\w)"
)
"""Behind a rate of what is counted: "số ca mắc/tuần giảm"."""


def _heads_a_rate(word: str, before: str, after: str) -> bool:
    """Bình quân đầu người/tháng, thu nhập/hộ/năm: a rate of which the figure stands elsewhere."""
    if word in _TIMES and _COUNT_OF.search(before) and _TOLD_BEHIND.match(after):
        return True
    if word in {"km2", "km²"}:
        return before.endswith(("dân số", "mật độ"))
    if word in _TIMES:
        return not _NO_TIME_BEHIND.match(after) and bool(_HEADS.search(before) or _TO_EACH.search(before))
    return word in {"người", "hộ", "khẩu", "nhân khẩu", "lao động"} and _TO_EACH.search(before) is not None


_STANDING = re.compile(r"(?<![^\W\d])(?:con|cây|khóm|dảnh|hạt|bông|người|trứng)$")
"""What is counted on a ground: so many to the square metre."""
_CONJUNCTION = r"(?:và|hoặc|hay)"
_JOINS_ALREADY = re.compile(rf"(?<!\w){_CONJUNCTION}\s?/+|/\s?{_CONJUNCTION}(?!\w)", re.IGNORECASE)
_LONG_NUMBERS = re.compile(r"[0-9]{3}\s?/+\s?[0-9]{3}")
_LATER = re.compile(r"[^/.,;:\n]{1,16}/")


_SHORT_FORM = re.compile(r"[A-ZĐ]{2,6}(?!\w)")
_A_SUM = re.compile(rf"(?!1 )[0-9][0-9.,]*\s?(?:đ|đồng|k|tr|triệu|nghìn|ngàn|tỷ|tỉ|{ACTORS})(?!\w)")
"""Behind a sum and a slash: so much of so much, 45tr/60tr, or to so many."""


def _of_each(match: re.Match[str], page: Page) -> str | None:
    """200.000đ/10kg: a price of so much; 4tr/tháng/SV, 100.000đ/HV: to each, in an abbreviation that has been read."""
    before = page.before(match.start(), 24)
    if page.source[match.end()].isdigit():
        of_a_sum = _MONEY_BEFORE.search(before)
        return (" trên " if _A_SUM.match(page.source, match.end()) else " ") if of_a_sum else None
    is_rated = page.ends.get(match.start()) == "rate" or _PRICED.search(before)
    is_short = page.starts.get(match.end()) in {"lexicon", "meaning"} or _SHORT_FORM.match(page.source, match.end())
    return " một " if is_rated and is_short else None


def _slash(match: re.Match[str], page: Page) -> str:
    """Between words: "và/hoặc" → "và hoặc", two → "hoặc", more → commas; after a number → "trên"."""
    source, start, end = page.source, match.start(), match.end()
    kind = page.ends.get(start)
    of_three = _THREE_ALIKE.search(page.before(start, 16) + page.after(start, 24))  # "10k/20k/50k"
    price = None if of_three else _of_each(match, page)
    if price:
        return price
    near = source[max(0, start - 5) : end + 5]
    are_alike = kind == page.starts.get(end) and (of_three or kind in _APART)
    if are_alike or source[start - 1] == ")" or _PAIR.search(near.lower()) or _PERIODS.search(near.lower()):
        return ", "
    shared = _SHARED.search(page.before(start))
    if shared or source[start - 1].isdigit() or source[end].isdigit():
        return ", " if _LONG_NUMBERS.search(near) else " trên "
    if _JOINS_ALREADY.search(near):
        return " "
    if _LATER.match(source[end : end + 20]):
        return ", "
    if _COUNTED_OUT.search(page.before(start)) and source[end].islower():
        page.unknown.append("/")
    return " hoặc "


_APART = frozenset({"place", "code", "phone", "clock", "clock_range"})
"""What a slash only parts: 4G/5G, SE7/SE8, 7h/9h."""
_THREE_ALIKE = re.compile(r"[0-9](k|tr|đ|%)/[0-9.,]+\1/[0-9.,]+\1(?!\w)")
_SHARED = re.compile(r"(?<!\w)(?:tỷ lệ|tỉ lệ|tỷ số|tỉ số)(?: [^\W\d]+){1,3}$")
_PAIR = re.compile(r"(?<!\w)(?:ông|anh|cô|chú|bác|em)\s?/\s?(?:bà|chị|bác|dì)(?!\w)")
_PERIODS = re.compile(r"(?<!\w)(?:ngày|tuần|tháng|quý|năm)\s?/\s?(?:ngày|tuần|tháng|quý|năm)(?!\w)")


PRICES: tuple[Rule, ...] = (
    rule("money", rf"(?<!\w)(?<!tr\.)(?<!tr )(?<!tr\. )[đĐ](?=/(?:{MEASURE}|{_PER_WORDS})(?![{LATIN}0-9²³]))",
         lambda _m, _p: "đồng", needs="[đĐ]/"),
)  # fmt: skip
"""Before the rules for sums of money."""
RATES: tuple[Rule, ...] = (
    rule("rate", rf"\s?/\s?(?:(?P<n>{NUMBER})\s?)?(?P<per>{MEASURE}|{_PER_WORDS})(?![{LATIN}0-9²³]"
         r"| (?:sao|chính|gốc|photo)(?!\w))", _per, needs="/"),
    rule("rate", rf"\s?/\s?(?P<per>(?!và|hoặc)[{LATIN}]{{2,}})(?![{LATIN}0-9²³])", _per_thing, needs="/"),
)  # fmt: skip
"""Behind the rules for numbers with their units."""
SLASHES: tuple[Rule, ...] = (rule("slash", r"(?<=[^\s/])\s?/+\s?(?=[^\s/])", _slash, needs="/"),)
"""Last of all."""
