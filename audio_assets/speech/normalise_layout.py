"""Reading rules for the layout of a page: line ends, bullets, list numbers, brackets, quotes, dashes and lone signs.

Each rule gives the pause or the word that the sign stands for. `LAYOUT` goes before every other rule, `SIGNS` after
all of them; what the text looked like before it became lines is `normalise_tidy`'s.
"""

import re
import unicodedata

from audio_assets.speech.normalise_numbers import UNITS, say_int
from audio_assets.speech.normalise_rule import DASH, OF_A_GAME, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, UPPER
from audio_assets.speech.normalise_time import NAMED_BY_DATE


def _line_end(match: re.Match[str], page: Page) -> str:
    """A line that goes on in lower case is one that the typist wrapped, not a new sentence."""
    following = page.source[match.end() : match.end() + 1]
    return "" if following.islower() or page.source[match.start() - 1] in ",;:" else "."


def _dots(match: re.Match[str], page: Page) -> str:
    if page.source[match.start() - 1 :][:1].isdigit() and page.source[match.end() :][:1].isdigit():
        page.unknown.append(match.group())
        return " đến "
    return (
        "," if page.after(match.end(), 2)[:1].isalpha() and page.source[match.end() :].lstrip()[:1].islower() else "."
    )


def _numbered(match: re.Match[str], page: Page) -> str | None:
    mark = match["mark"]
    if mark.isdigit():
        return f"{say_int(int(mark), page.style)}," if len(mark) < 3 else None  # noqa: PLR2004 - a list of a hundred points is none
    return None


def _numbered_in_turn(match: re.Match[str], page: Page) -> str | None:
    """1- 5 hộ, 2- 7 hộ at the heads of lines: marks of a list, where the next or the last one stands too."""
    number, sign = int(match["mark"]), re.escape(match["sign"])
    others = "|".join(str(near) for near in (number - 1, number + 1) if near)
    if not re.search(rf"(?m)^(?:{others}){sign} ", page.source):
        return None
    return f"{say_int(number, page.style)},"


def _numbered_deep(match: re.Match[str], page: Page) -> str:
    """1.1. at the head of a line."""
    return " chấm ".join(say_int(int(part), page.style) for part in match["mark"].split(".")) + "."


_SMALL_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


def _roman_mark(match: re.Match[str], page: Page) -> str:
    """(i), (ii): points of a list that has a second one."""
    return f",{say_int(_SMALL_ROMAN[match['mark']], page.style)},"


_COUNTED_TIME = "giờ|triệu|nghìn|tỷ|tuổi|tháng|ngày|tuần|năm|phút"
_FULL_DATE = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1(?:19|20)[0-9]{2}(?![0-9])")
_NUMBERED_LIKE = re.compile(r"(?<!\w)([^\W\d_]+)\.? ?([0-9]{1,3})$")
_MILE_BEFORE = re.compile(r"(?<!\w)km? ?[0-9]+\+[0-9]+$")
_MILE_AFTER = re.compile(r"km? ?[0-9]+\+[0-9]")
_POINTS_BOTH = re.compile(r"(?<=iểm )[a-hđ]\s?[-–]\s?[b-iđ](?!\w)")
_CLASS_BOTH = re.compile(r"(?<![\w])[0-9]{1,2}[A-Z][0-9]?\s?[-–]\s?[0-9]{1,2}[A-Z][0-9]?(?!\w)")
_SIZES = frozenset({"height", "money", "milestone"})
_SPANNED = _SIZES | {"quantity"}
"""What a dash spans when it stands between two of one kind: 1m50-1m70, 1tr2-1tr5, Km 12-15."""
_ROMAN_BOTH = re.compile(r"(?<!\w)[IVX]+\s?[-–]\s?[IVX]+(?!\w)")
_SPAN_START = re.compile(rf"(?:[0-9] (?:{_COUNTED_TIME})|thứ (?:[2-7]|hai|ba|tư|năm|sáu|bảy)|(?:ngày|tháng) [0-9/]+)$")
_SPAN_END = re.compile(
    rf"(?:[0-9]+ (?:{_COUNTED_TIME})|thứ |chủ nhật|(?:ngày|tháng) [0-9]|[0-9]{{1,2}}(?:[hg]|:[0-9]))"
)


def _word_start(source: str, end: int) -> int:
    while end and source[end - 1].isalnum():
        end -= 1
    return end


_TIMES = frozenset({"date", "clock", "month", "weekday", "quarter"})
_TIME_WORD_BEFORE = re.compile(
    r"(?<!\w)(?:[0-9]{1,2} (?:giờ|phút|tết)|(?:tháng|năm) [0-9]+"
    r"|tháng (?:giêng|hai|ba|tư|năm|sáu|bảy|tám|chín|mười|chạp)"
    r"|(?:[0-9]{1,2}(?:h[0-9]{0,2})?|giờ) (?:sáng|trưa|chiều|tối|đêm)|(?:mùng|mồng|rằm) [^\W_]+"
    r"|(?:âm|dương) lịch|(?:hôm|ngày|đêm|sáng|trưa|chiều|tối) (?:nay|mai|trước|sau|qua|[0-9]{1,2}))$"
)
_TIME_WORD_AFTER = re.compile(
    r"(?:mùng|mồng|rằm|hết|sáng|trưa|chiều|tối|đêm|thứ|chủ nhật|tháng|ngày) ?(?:[0-9]|tháng|giêng|chạp|hai|ba|tư|ngày)"
    r"|[0-9]{1,2} (?:giờ|tháng (?:[0-9]|giêng|chạp))|[0-9]{1,2}(?:[hg]|:[0-5][0-9])"
)


def _spans_times(match: re.Match[str], page: Page) -> bool:
    """Whether an hour, a day or a month stands on either side: "22h 5/12 - 4h 6/12", "29 tháng Chạp - mùng 5"."""
    before, closed = page.before(match.start()), page.source[match.start() - 1] == ")"  # "T7 (6/6) - CN (7/6)"
    left = page.ends.get(match.start() - closed)
    if left not in _TIMES and not _TIME_WORD_BEFORE.search(before):
        return False
    if OF_A_GAME.search(before) or NAMED_BY_DATE.search(f"{before} - "):
        return False
    right = page.starts.get(match.end())
    if right == "clock" and left == "date":  # "5/12 - 14h" is no span, "22h 5/12 - 4h 6/12" is
        return (
            re.match(r"[^ ]+ (?:(?:ngày )?[0-9]{1,2}/[0-9]|(?:t[2-7]|cn|thứ)(?!\w))", page.after(match.end()))
            is not None
        )
    return right in _TIMES or _TIME_WORD_AFTER.match(page.after(match.end())) is not None


_ROADS = frozenset({"ql", "tl", "đt", "đh", "hl", "lộ"})
_MEASURED = re.compile(r"(?<![\w.,/])([0-9]{1,4}(?:,[0-9])?) ([^\W\d]{2,6})$")


def _spans_alike(match: re.Match[str], page: Page) -> bool:
    """5 tấn-8 tấn: two figures of one unit, rising."""
    found = _MEASURED.search(page.before(match.start(), 24))
    if found is None or OF_A_GAME.search(page.before(match.start(), 100)):
        return False
    last = re.match(rf"([0-9]{{1,4}}(?:,[0-9])?) {found[2]}(?!\w)", page.after(match.end(), 24))
    return last is not None and float(found[1].replace(",", ".")) < float(last[1].replace(",", "."))


_LETTERED = re.compile(
    r"(?<!\w)(?:bảng|khối|dãy|lô|khu|nhóm(?! máu)|cột|ô|tòa|toà|cổng|loại|hạng|phụ lục"
    r"|vần|tên|họ|chữ)(?: [0-9]{1,2})?\W{0,3}([a-z])$"
)


def _spans_letters(match: re.Match[str], page: Page) -> bool:
    """Bảng A-F, 6 bảng (A-F): from one letter to a later one."""
    first = _LETTERED.search(page.before(match.start(), 24))
    last = re.match(r"([b-z])(?!\w)", page.after(match.end(), 4))
    return bool(first and last and first[1] < last[1])


def _spans_numbered(match: re.Match[str], page: Page) -> bool:
    """Whether the same word numbers both sides, rising: "TDP 1 - TDP 5", "tổ 1 - tổ 5", "Km10-Km15"."""
    found = _NUMBERED_LIKE.search(page.before(match.start(), 24))
    if found is None:
        return False
    word, first = found.groups()
    if word in _ROADS:
        return False  # a way along several
    if OF_A_GAME.search(page.before(match.start(), 100)):
        return False  # two teams
    following = re.match(rf"(?:[^\W\d_]+ ){{0,2}}{word}\.? ?([0-9]{{1,3}})(?![\w/])", page.after(match.end(), 40))
    if following is None or _SCORE_BEHIND.match(page.after(match.end(), 60)[following.end() :]):
        return False
    return int(first) < int(following.group(1))


_SCORE_BEHIND = re.compile(r"\s?:\s?[0-9]{1,3}\s?[-–:]\s?[0-9]{1,3}(?:[,;.) ]*$|[,;.)]|\s\()")
"""In "TDP 3 - TDP 7: 2-1" two teams have played."""


_SHARE_ENDS = re.compile(r"(?<![\w.,/])(?:1/2|1/3|2/3|1/4|3/4)$")
_ONE_FIGURE = re.compile(r"(?<![\w.,/])[1-9]$")
_OF_TEN = re.compile(r"(?:[1-9]|10)/10 ?đ")


def _spans_a_share(match: re.Match[str], page: Page) -> bool:
    """1/2-1 viên, 7-8/10 điểm: a share on one side and a figure on the other."""
    left, right = page.before(match.start(), 8), page.after(match.end(), 8)
    from_a_share = _SHARE_ENDS.search(left) and right[:1].isdigit()
    return bool(from_a_share or (_ONE_FIGURE.search(left) and _OF_TEN.match(right)))


def _word_dash(match: re.Match[str], page: Page) -> str:
    source = page.source
    if _SPAN_START.search(page.before(match.start(), 24)) and _SPAN_END.match(page.after(match.end(), 24)):
        return " đến "
    if page.ends.get(match.start()) == "date" and _FULL_DATE.match(source, match.end()):
        return " đến "
    if _MILE_BEFORE.search(page.before(match.start(), 24)) and _MILE_AFTER.match(page.after(match.end(), 24)):
        return " đến "
    if (
        _SIZES & {page.ends.get(match.start()), page.starts.get(match.end())}
        and page.ends.get(match.start()) in _SPANNED
        and page.starts.get(match.end()) in _SPANNED
        and source[match.end()].isdigit()
    ):
        return " đến "
    if (
        _spans_a_share(match, page)
        or (source[match.start() - 1].isdigit() and _BELOW.match(source, match.end()))
        or _spans_times(match, page)
        or _spans_numbered(match, page)
        or _spans_alike(match, page)
        or _spans_letters(match, page)
        or any(
            pattern.match(source, _word_start(source, match.start()))
            for pattern in (_ROMAN_BOTH, _CLASS_BOTH, _POINTS_BOTH)
        )
    ):
        return " đến "
    between_numbers = source[match.start() - 1].isdigit() and source[match.end() : match.end() + 1].isdigit()
    is_apart = page.ends.get(match.start()) in {"place", "coordinate"} or _is_of_a_chain(match, source)
    return "," if " " in match.group() or between_numbers or is_apart else " "


_CHAIN = re.compile(r"(?<![\w-])[A-ZĐ][\w]+-[A-ZĐ]\w+(?:-[A-ZĐ]\w+)+(?![\w-])")


def _is_of_a_chain(match: re.Match[str], source: str) -> bool:
    """DPT-VGB-Hib: three short forms and more, each heard apart."""
    near = max(0, match.start() - _CHAIN_NEAR)
    return any(
        chain.start() < match.start() < chain.end()
        for chain in _CHAIN.finditer(source, near, match.end() + _CHAIN_NEAR)
    )


_CHAIN_NEAR = 24
_AN_HOUR_OR_DAY = re.compile(r"[0-9]{1,2}(?:h|g|:| giờ|/[0-9])")
_BELOW = re.compile("dưới [0-9]")
"""Behind the dash of "12 - dưới 18 tuổi"."""
WORDS_FOR_SIGNS = {
    "&": "và", "+": "cộng", "=": "bằng", ">": "trên", "<": "dưới", "≥": "lớn hơn hoặc bằng",
    "≤": "nhỏ hơn hoặc bằng", "±": "cộng trừ", "%": "phần trăm", "‰": "phần nghìn", "@": "a còng", "$": "đô la",
    "↑": "tăng", "↓": "giảm",
    "€": "ơ rô", "₫": "đồng", "£": "bảng Anh", "¥": "yên", "№": "số", "×": "nhân", "÷": "chia", "°": "độ",
    "α": "an pha", "β": "bê ta", "γ": "gam ma", "μ": "muy", "π": "pi", "Ω": "ôm", "½": "một phần hai",
    "¼": "một phần tư", "¾": "ba phần tư", "⅓": "một phần ba",
    "⅔": "hai phần ba", "⅕": "một phần năm", "⅖": "hai phần năm", "⅗": "ba phần năm",
    "⅘": "bốn phần năm", "⅙": "một phần sáu", "⅚": "năm phần sáu", "⅛": "một phần tám", "⅜": "ba phần tám",
    "⅝": "năm phần tám", "⅞": "bảy phần tám", "≈": "khoảng", "~": "khoảng", "#": "thăng", "§": "mục", "^": "mũ",
    "²": "bình phương", "³": "lập phương",
}  # fmt: skip
_FROM_BEFORE = re.compile(r"(?<!\w)từ [^.,;:]{1,30}$")
_PAUSING = frozenset("()[]{}|•·▪●○►→⇒–—-;")


def _sign(match: re.Match[str], page: Page) -> str:
    """What no earlier rule wanted: a known sign is said, a bracket is a pause, an emoji or ornament is silence."""
    sign = match.group()
    if sign == "+" and {page.ends.get(match.start() - 1), page.starts.get(match.end() + 1)} == {"date"}:
        return "và"
    if sign in WORDS_FOR_SIGNS:
        return WORDS_FOR_SIGNS[sign]
    if sign in "→⇒" and (
        _FROM_BEFORE.search(page.before(match.start())) or _joins_figures(match, page) or _spans_numbered(match, page)
    ):
        return "đến"
    if sign.isdigit():
        return UNITS[unicodedata.digit(sign)]
    if sign not in _PAUSING and _is_meant(sign, match, page):
        page.unknown.append(sign)
    return "," if sign in _PAUSING else ""


_FIGURES_AND_STARS = frozenset("0123456789★☆⭐")
_FORBIDS_OR_TELLS = frozenset("❌✗✘✖⛔🚫❎☒♂♀\N{REPLACEMENT CHARACTER}")
_RISES_OR_FALLS = frozenset("⬆⬇▲▼△▽🔺🔻➕➖➗★☆⭐")


def _is_meant(sign: str, match: re.Match[str], page: Page) -> bool:
    """Whether a sign that has no word here says something: arithmetic, money, a ban, a rise beside a figure."""
    before, after = page.before(match.start(), 2)[-1:], page.after(match.end(), 2)[:1]
    if sign == "\\":
        return before.isalnum() and after.isalnum()
    beside_a_figure = sign in _RISES_OR_FALLS and not {before, after}.isdisjoint(_FIGURES_AND_STARS)
    return beside_a_figure or sign in _FORBIDS_OR_TELLS or unicodedata.category(sign) in {"Sm", "Sc"}


def _joins_figures(match: re.Match[str], page: Page) -> bool:
    """Whether a figure with or without its unit stands before it and a figure behind: "0,8→1,4m"."""
    figures = re.search(r"[0-9]\s?(?:%|[^\W\d]{1,5})?$", page.before(match.start(), 12))
    return figures is not None and page.after(match.end(), 2)[:1].isdigit()


def _arrow(match: re.Match[str], page: Page) -> str:
    """7h30 -> 11h30: to; between words a pause."""
    after = page.after(match.end())
    told = (
        _joins_figures(match, page)
        or _AN_HOUR_OR_DAY.match(after)
        or _FROM_BEFORE.search(page.before(match.start()))
        or _spans_numbered(match, page)
    )
    return " đến " if told else ", "


def _quote(match: re.Match[str], page: Page) -> str:
    """Silent; behind a figure that no quote was opened before (ống 2") it may be an inch, or minutes or seconds."""
    before = page.source[max(0, match.start() - _PARAGRAPH) : match.start()]
    if before[-1:].isdigit() and '"' in match.group() and not _QUOTE_OPENED.search(before):
        if _MINUTES.search(before):
            return " giây"
        if not _SCREEN.search(before.lower()):
            page.unknown.append(before.split()[-1] + match.group())
        return "in"
    return ""


_MINUTES = re.compile(r"[0-9]'[0-5]?[0-9]$")
_SCREEN = re.compile(r"(?<!\w)(?:tivi|ti vi|tv|màn|màn hình|led|lcd)(?: [^\W\d]+){0,2} [1-9][0-9]$")
_PARAGRAPH = 2_000
"""Characters before it in which a quote may have been opened."""
_QUOTE_OPENED = re.compile(r"(?<![^\s(\[,;:-])\"(?=\S)[^\"]*$")
_COLD = re.compile(r"(?:1?[0-9]|20)(?:,[0-9])?\s?(?:°|oC|độ)")


def _bullet(match: re.Match[str], page: Page) -> str:
    """Silent; before so few degrees a dash may be a minus."""
    figure = _COLD.match(page.source, match.end())
    if figure and match.group().strip() in {"-", "–"}:
        page.unknown.append(match.group() + figure.group())
    return ""


def _struck(match: re.Match[str], page: Page) -> str:
    """~~7h~~ 8h: what is struck through may be meant or not; said, and asked about."""
    page.unknown.append(match.group())
    return ","


LAYOUT: tuple[Rule, ...] = (
    rule("struck", "~{2,}", _struck, needs="~~"),
    rule("end_mark", r"(?:\.?\s?/\.)+(?=\s|$|[\"')])|\.\s?/(?=\s|$)", lambda _m, _p: ".", needs="/"),
    rule("arrow", r"\s?-+>\s?(?=\S)", _arrow, needs="->"),
    rule("bullet", r"(?m)^(?:[-+•·*–—▪●○►✓✔◦■□➢⮚❖]\s?)+(?=[^0-9\s]|(?<=\s)[0-9])", _bullet),
    rule("list_number", r"(?m)^(?P<mark>[1-9][0-9]?)(?P<sign>[-–/]) (?=[0-9])", _numbered_in_turn, needs="[0-9][-–/] "),
    rule("list_number", r"(?<=[:;,.] )(?P<mark>[1-9])/\s(?=[a-zđ][^\W\d])", _numbered, needs="[1-9]/ "),
    rule("list_number", r"\((?P<mark>i{1,3}|iv|v|vi{1,3}|ix|x)\)", _roman_mark, needs=r"\(ii\)"),
    rule(
        "list_number",
        r"(?m)^(?P<mark>[0-9]{1,2})(?:[)/]\s?(?=[^\s0-9])|\)\s(?=[0-9])|/\s(?=[0-9]{1,2}(?:h|g|:)))",
        _numbered,
        needs="[0-9]",
    ),
    rule(
        "list_number",
        rf"(?m)^(?P<mark>[0-9]{{1,2}}(?:\.[0-9]{{1,2}}){{1,3}})(?:[.)]\s?|\s(?=[{UPPER}]))"
        rf"(?=[{LATIN}])",
        _numbered_deep,
        needs=r"[0-9]\.[0-9]",
    ),
)
"""Before any other rule."""
SIGNS: tuple[Rule, ...] = (
    rule("line_end", r"\n", _line_end),
    rule("dots", r"\.(?:\s?\.)+", _dots, needs=r"\."),
    rule("point", r"(?<=[0-9A-Z])\.(?=[0-9])", lambda _m, _p: " chấm ", needs=r"\.[0-9]"),
    rule("dash", rf"(?<=[{LATIN}0-9)\]\"']){DASH}(?=[{LATIN}0-9(\[\"'])", _word_dash),
    rule("quote", "[\"']+", _quote),
    rule("sign", rf"[^{LATIN}\s.,:;?!]", _sign),
)
"""After every rule for words and numbers: nothing but words and pauses is left."""
