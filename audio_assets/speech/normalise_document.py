"""How the office cites itself: document numbers, party documents, law articles, terms and chapters in Roman numerals.

A document number is said whole: its number, its year, then what each abbreviation of its symbol stands for. An
abbreviation of a symbol that nobody knows is spelt and reported.
"""

import re

from audio_assets.speech.normalise_numbers import say_digits, say_int, say_number, say_ordinal
from audio_assets.speech.normalise_rule import AFTER, BEFORE, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, UPPER, is_syllable, letter_name, spell
from audio_assets.speech.normalise_tables import CODES

_CODE = r"[A-ZĐƯ][A-Za-zĐđƯư]{0,11}[0-9]{0,3}(?:&[A-ZĐƯ]{1,8})?"
_JOINT = r"(?:\s?[-–/]\s?|\.(?=[A-ZĐ]{2}))"
_SYMBOL = rf"{_CODE}(?:{_JOINT}{_CODE}){{0,3}}"
_NUMBERED = re.compile(r"([^\d]+)([0-9]*)$")


def _code(code: str, page: Page) -> str:
    """One abbreviation of a symbol: "QH15" → "quốc hội khóa mười lăm"."""
    found = _NUMBERED.match(code)
    letters, number = found.groups() if found else (code, "")
    said = CODES.get(letters) or page.lexicon.spoken_form(letters)
    if said is None:
        said = spell(letters)
        page.unknown.append(letters)
    if said.endswith(" khóa") and not number:
        said = said.removesuffix(" khóa")
    return f"{said} {say_int(int(number), page.style)}" if number else said


_TWO_MEANINGS = {"QĐ": "quy định", "CT": "chương trình", "TT": "tờ trình"}


def _symbol(symbol: str, page: Page, before: str = "") -> str:
    """`before` is what stands before the number: in "Quy định số 41-QĐ/TW" the symbol is no decision."""
    first, *rest = re.split(_JOINT, symbol)
    if first == "HD" and "BTC" in rest:  # the party's ban tổ chức as well as the ministry of finance
        page.unknown.append("BTC")
    second = _TWO_MEANINGS.get(first)
    told = second and re.search(rf"{second}(?: số)?\W{{0,3}}$", before)
    return ", ".join([second if second and told else _code(first, page), *(_code(code, page) for code in rest)])


def _is_symbol(symbol: str) -> bool:
    """So "5/Tổ dân phố" is no document: a symbol starts with two capitals, "NĐ", "UBND"."""
    head = re.split(r"[-–/\s]", symbol)[0]
    return len(head) > 1 and head[:2].isupper()


def _is_price(match: re.Match[str], page: Page) -> bool:
    """200k/VĐV: so much to each; "12k/QĐ-UBND" and "số 12k/TB" are papers."""
    if match["letter"] not in {"k", "K", "đ", "Đ"} or "-" in match["symbol"]:
        return False
    return re.search(r"(?<!\w)số\W{0,2}$", page.before(match.start())) is None


def _document(match: re.Match[str], page: Page) -> str | None:
    known = page.lexicon.spoken_form(match.group())
    if known:
        return known
    if not _is_symbol(match["symbol"]) or _is_price(match, page):
        return None
    number = _project(match["n"], page, match.start()) or say_number(match["n"], page.style)
    letter = f" {letter_name(match['letter'])}" if match["letter"] else ""
    if page.style.short_documents:
        return number + letter
    year = _year(match, page) if match["y"] else ""
    if match["symbol"] == "CP" and page.before(match.start()).endswith("đề án"):
        return f"{number} của Chính phủ"
    return f"{number}{letter}{year}, {_symbol(match['symbol'], page, page.before(match.start()))}"


def _project(written: str, page: Page, start: int) -> str | None:
    """The "06" of "Đề án 06", which everybody calls "không sáu"."""
    return say_digits(written) if re.fullmatch("0[1-9]", written) and page.before(start).endswith("đề án") else None


def _project_alone(match: re.Match[str], page: Page) -> str | None:
    return _project(match.group(), page, match.start())


def _year(match: re.Match[str], page: Page) -> str:
    """The word "năm" keeps the number and the year apart when a loudspeaker swallows the pause between them."""
    return f", năm {say_int(int(match['y']), page.style)}"


def _number_year(match: re.Match[str], page: Page) -> str | None:
    if match["n"] == "1" and match["y"] == "2000" and page.before(match.start()).endswith("quy hoạch"):
        return None  # the scale of a map
    return say_number(match["n"], page.style) + _year(match, page)


def _without_number(match: re.Match[str], page: Page) -> str | None:
    """Số: .../TB-UBND, where the number is still to be written."""
    if not _is_symbol(match["symbol"]) or page.style.short_documents:
        return "" if page.style.short_documents else None
    return _symbol(match["symbol"], page)


_GLUED = {"NĐ": "nghị định", "NQ": "nghị quyết", "QĐ": "quyết định"}


def _glued(match: re.Match[str], page: Page) -> str:
    """NĐ168, NQ57-NQ/TW, NĐ168/2024/NĐ-CP: the kind of paper typed onto its number."""
    kind = "" if page.before(match.start()).endswith(_GLUED[match["what"]]) else f"{_GLUED[match['what']]} "
    said = f"{kind}{say_number(match['n'], page.style)}"
    if page.style.short_documents:
        return said
    year = _year(match, page) if match["y"] else ""
    return f"{said}{year}{', ' + _symbol(match['symbol'], page) if match['symbol'] else ''}"


def _standard(match: re.Match[str], page: Page) -> str:
    """The number of a standard, after its name: QCVN 01-1:2018/BYT, TCVN 5687:2024."""
    part = f" gạch ngang {say_number(match['part'], page.style)}" if match["part"] else ""
    issuer = f", {_symbol(match['symbol'], page)}" if match["symbol"] else ""
    return f"{say_number(match['n'], page.style)}{part}{_year(match, page)}{issuer}"


def _citation_letter(match: re.Match[str], page: Page) -> str | None:
    """The name of the letter in "điểm b khoản 2"; a capital V or X behind "khu" counts as well, and is asked about."""
    letter = match.group()
    if letter in {"V", "X"}:
        if not page.before(match.start()).endswith("mục"):
            page.unknown.append(letter)
        return None
    return letter_name(letter)


# --- Roman numerals ---

_ROMAN = r"(?:X{1,3}(?:IX|IV|V?I{0,3})|IX|IV|VI{0,3}|I{1,3})"
_TALL_ROMAN = r"(?:X?L?X{0,3}(?:IX|IV|V?I{0,3}))(?<=[IVXL])"
"""Up to 89: sessions and congresses of long standing, after their trigger word only."""
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
_BEFORE_ROMAN = (
    r"quý|khóa|khoá|chuyên khoa|khoa|số|vòng|bước|mức|hệ|trình độ|trung cấp|ngạch|nhánh|khối|kiểu"
    r"|thế kỷ|thế kỉ|tk\.?|chương|phần|mục|đại hội|lần thứ|thứ|kỳ|kì|học kỳ|loại|hạng|cấp|bậc|vùng"
    r"|cấp (?:cháy|cháy rừng|gió|bão|độ|sóng|rủi ro|nguy hiểm|dự báo|dự báo cháy|dự báo cháy rừng|báo động)"
    r"|giai đoạn|tập|quyển|đợt"
    r"|kỳ họp|hội nghị|nhiệm kỳ|tổ|nhóm|khu|đảng|lần|bảng|phụ lục|hội đồng|bộ|trung ương|toàn quốc|đoàn|độ|giải"
    r"|báo động|tuyến|cụm|trung học|hè|khu vực|chi cục|vùng|quân khu|quân đoàn|trạm|lớp"
)
_TRIGGER = re.compile(rf"(?<!\w)(?:{_BEFORE_ROMAN})[ \"'(\n]{{1,3}}$")
_TRIGGERED_LIST = re.compile(
    rf"(?<!\w)(?:{_BEFORE_ROMAN})[ \"'(\n]{{1,3}}(?:[ivx]+(?:/[0-9]{{4}})?(?:, ?| và |/| ?[-–] ?| đến )){{1,4}}$"
)


_ROMAN_COUNTS = re.compile(r"(?:chương|phần|mục|tập|quyển|giai đoạn|bước)(?!\w)")
"""Behind "gồm VII"."""


_NAME_BEFORE = re.compile(rf"(?<![{LATIN}])([{UPPER}][{LATIN}]+) $")


_PEOPLE = frozenset({"Anh", "Chị", "Ông", "Bà", "Cô", "Chú", "Em", "Cháu", "Bé"})


def _roman(written: str) -> int:
    total = 0
    for sign, following in zip(written, written[1:] + " ", strict=True):
        value = _VALUES[sign]
        total += -value if _VALUES.get(following, 0) > value else value
    return total


def roman_value(word: str) -> int | None:
    """What a well-formed Roman numeral up to 39 counts, or None."""
    return _roman(word) if re.fullmatch(_ROMAN, word) else None


_PRIZES = 3


def _counts(match: re.Match[str], before: str, page: Page) -> bool:
    """Luật gồm VII chương: so many parts."""
    return before.endswith(("gồm ", "có ", "thành ")) and _ROMAN_COUNTS.match(page.after(match.end())) is not None


def _roman_numeral(match: re.Match[str], page: Page) -> str | None:
    before = page.source[max(0, match.start() - 40) : match.start()].lower()
    number = _roman(match["roman"])
    year = f" năm {say_int(int(match['y']), page.style)}" if match["y"] else ""
    if number <= _PRIZES and not match["y"] and re.search(r"(?<!\w)giải $", before):
        return ("nhất", "nhì", "ba")[number - 1]
    if re.search(r"thứ[ \"'(]{1,3}$", before):
        return say_ordinal(number, page.style) + year
    if _TRIGGER.search(before) or _TRIGGERED_LIST.search(before) or _counts(match, before, page):
        return say_int(number, page.style) + year
    name = _NAME_BEFORE.search(page.source[max(0, match.start() - 16) : match.start()])
    if name and name.group(1) in _PEOPLE:
        return None
    if name and number < 5 and is_syllable(name.group(1)) and not name.group(1).isupper():  # noqa: PLR2004 - "V" is a letter
        return say_int(number, page.style) + year  # "Trường Hà Trung II"
    return None


def _roman_heading(match: re.Match[str], page: Page) -> str:
    """So is "II. NHIỆM VỤ" at the head of a line."""
    return f"{say_int(_roman(match['roman']), page.style)}."


def _shaped_roman(match: re.Match[str], page: Page) -> str | None:
    """A Roman numeral without its trigger that is also a word ("VI PHẠM") stays the word, in lower case for good."""
    del page
    return match.group().lower() if is_syllable(match.group()) else None


DOCUMENTS: tuple[Rule, ...] = (
    rule("document", rf"(?<![\w/-])(?P<what>NĐ|NQ|QĐ)(?P<n>[0-9]{{2,5}})(?:/(?P<y>(?:19|20)[0-9]{{2}}))?"
         rf"(?:[/-](?P<symbol>{_SYMBOL}))?(?![\w/-]|[.,][0-9])", _glued, needs="(?:NĐ|NQ|QĐ)[0-9]"),
    rule("document", rf"(?:(?<=CVN )|(?<=ISO ))(?P<n>[0-9]{{1,5}})(?:-(?P<part>[0-9]{{1,3}}))?\s?:\s?"
         rf"(?P<y>(?:19|20)[0-9]{{2}})"
         rf"(?:/(?P<symbol>{_SYMBOL}))?{AFTER}", _standard, needs="CVN|ISO"),
    rule("document", rf"(?<![\w/.,])(?P<n>[0-9]{{1,5}})(?P<letter>[a-zA-ZđĐ]?)\s?/\s?(?:(?P<y>(?:19"
         rf"|20)[0-9]{{2}})\s?[/-]\s?)?"
         rf"(?P<symbol>{_SYMBOL}){AFTER}", _document, needs="/"),
    rule("document", rf"(?<![\w/.,])(?P<n>[0-9]{{1,5}})(?P<letter>)(?P<y>)\s?[-–]\s?"
         rf"(?P<symbol>{_CODE}\s?/\s?{_CODE}){AFTER}",
         _document, needs="/"),
    rule("document", r"(?i)(?:(?<=số )|(?<=số: )|(?<=định )|(?<=tư )|(?<=quyết )|(?<=thị )|(?<=nđ )"
         r"|(?<=nq )|(?<=qđ )|(?<=tt )|(?<=liên tịch )|(?<=tlt )|(?<=ct )|(?<=cv )|(?<=tb )|(?<=hoạch )|(?<=luận ))"
         r"(?P<n>[0-9]{1,5})\s?/\s?(?P<y>(?:19|20)[0-9]{2})"
         r"(?![\w/])", _number_year, needs="/"),
    rule("document", rf"(?i:(?<=số)|(?<=số:)|(?<=số: )|(?<=số ))(?:\s?(?:\.{{2,}}|_{{2,}}))?\s?/\s?"
         rf"(?P<symbol>{_SYMBOL}){AFTER}", _without_number, needs="/"),
)  # fmt: skip
CITATIONS: tuple[Rule, ...] = (
    rule("citation", rf"{BEFORE}0[1-9](?![\w/]|[.,-][0-9])", _project_alone, needs="0[1-9]"),
    rule("citation", rf"(?i)(?:(?<=điểm )|(?<=tiết )|(?<=mục )|(?<=khối )|(?<=nhà )|(?<=lô )|(?<=khu )|"
         rf"(?<=nhóm ))[bcdđghklmnpqrstvx]{AFTER}"
         r"(?![./'])", _citation_letter),
    rule("roman_heading", rf"(?m)^(?P<roman>{_ROMAN})(?:[.)]\s?|/\s|\s?[-–]\s)(?=\S)", _roman_heading, needs="[IVX]"),
    rule("roman", rf"{BEFORE}(?P<roman>{_TALL_ROMAN})(?:\s?[/-]\s?(?P<y>(?:19"
         rf"|20)[0-9]{{2}}))?{AFTER}", _roman_numeral, needs="[IVXL]"),
    rule("roman_word", rf"{BEFORE}{_ROMAN}{AFTER}", _shaped_roman, needs="[IVX]"),
)  # fmt: skip
