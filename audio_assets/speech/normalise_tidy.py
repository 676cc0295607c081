"""Layout of the page turned into plain lines: Unicode repairs, markup, bullets, brackets, quotes, dashes, signs.

`tidy` makes the source that every span refers to; it only removes what carries no words (invisible characters, mark-up,
emphasis). The rules here give pauses to what the eye sees and the ear does not.
"""

import html
import re
import unicodedata
from fractions import Fraction
from functools import lru_cache

from audio_assets.speech.legacy_text import repair
from audio_assets.speech.normalise_numbers import UNITS, say_int
from audio_assets.speech.normalise_rule import DASH, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, SMALL_FIGURES, UPPER, is_syllable

_TAGS = re.compile(
    r"</?(?:br|p|b|i|u|s|strong|em|div|span|ul|ol|li|h[1-6]|table|tbody|thead|tr|td|th|a|font|center|hr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LINE_TAGS = re.compile(r"</?(?:br|p|div|li|h[1-6]|tr|hr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?://)[^()\s]{1,300}\)")
_ANGLED = re.compile(r"<((?:https?://|mailto:)?[^<>\s]{3,300})>")
_EMPHASIS = re.compile(r"\*{1,3}|`{1,3}|(?<![^\W_])_{1,3}(?=[^\W_])|(?<=[^\W_])_{1,3}(?![^\W_])|_{4,}|~~")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
_QUOTED_LINE = re.compile(r"^[^\S\n]*>+[^\S\n]*(?=[^\d\s>=])", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)
_RULE_LINE = re.compile(r"^[^\S\n]*[-=_*–—]{3,}[^\S\n]*$", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[\s]*")
_NEWLINE_SIGNS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SAME = str.maketrans({
    "Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "‐": "-", "‑": "-", "‒": "–", "―": "—", "−": "-", "﹣": "-", "－": "-",
    "…": "...", "’": "'", "‘": "'", "′": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "\u00ad": None, "：": ":", "，": ",", "。": ".", "；": ";", "？": "?", "！": "!", "µ": "μ", "\u037e": ";",
    "º": "°", "˚": "°", "ª": "a", "⁄": "/", "∕": "/", "‚": ",",
})  # fmt: skip
DIALLED_STAR = "\u2217"
"""What the star of "*101#" becomes, so that it is not taken for emphasis."""
_DIALLED = re.compile(r"(?<!\*)\*[0-9][0-9*]{1,20}#")
_MONEY_TAIL = re.compile(r"(?<=\.[0-9]{3})(?:,[-–]|,(?=\s?đ(?:ồng)?(?!\w))|\.(?=\s?đ(?!\w)))")
_LETTER_IN_RING = re.compile("[\u249c-\u24e9]")
_STRANGE = re.compile(f"[^{LATIN}\\x00-\\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SMALL_FIGURE = re.compile(f"[{SMALL_FIGURES}]")
_COMPATIBLE = re.compile("[\u2160-\u2188\u2100-\u214f\uff01-\uff5e\U0001d400-\U0001d7ff\ufb00-\ufb06\u3300-\u33ff]")
_FOLDED = {
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "ı": "i",
    "þ": "th",
    "Þ": "Th",
}
_OURS = re.compile(f"[{LATIN}]")
_DROPPED = ("Mn", "Me", "Cf", "Cc", "Co", "Cs", "Cn")


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    """One character beyond ASCII as the rules expect it: ASCII digits, no marks, no invisible things."""
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind in _DROPPED:
        return ""
    if kind in {"Ll", "Lu", "Lt"} and not _OURS.match(sign):
        bare = _FOLDED.get(sign) or "".join(filter(str.isascii, unicodedata.normalize("NFKD", sign)))
        return bare if bare.isalpha() else sign  # "Müller" is read as Muller; another script stays and is reported
    if kind in {"No", "Nl"} and not _SMALL_FIGURE.match(sign):
        return f" {Fraction(unicodedata.numeric(sign)).limit_denominator(1_000)} "
    return " " if kind == "Zs" else sign


def _characters(text: str) -> str:
    text = unicodedata.normalize("NFC", text.translate(_SAME))
    text = _COMPATIBLE.sub(lambda sign: unicodedata.normalize("NFKC", sign.group()), text)
    text = _LETTER_IN_RING.sub(lambda sign: f" {unicodedata.normalize('NFKC', sign.group())} ", text)
    text = _CONTROL.sub("", _STRANGE.sub(lambda sign: _plain(sign.group()), text))
    return unicodedata.normalize("NFC", text.translate(_SAME))


def _markup(text: str) -> str:
    if "<" in text:
        text = _TAGS.sub(" ", _LINE_TAGS.sub("\n", text))
        text = _ANGLED.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    text = _QUOTED_LINE.sub("", _LINK.sub(r"\1", text))
    return _EMPHASIS.sub("", _HEADING.sub("", _RULE_LINE.sub("", text)))


_DIAMETER = re.compile(r"[ØøΦφ⌀]\s?(?=[0-9])")
_TIMES_APART = re.compile(r"(?<=[^\W_] |[%)²³] )[xX](?= [0-9])")
_TO = re.compile(r"(?<=[0-9hHg%])\s?÷\s?(?=[0-9])")
"""How engineers write a range: 06h00÷10h30."""
_TIMES = re.compile(r"(?<=[0-9])(\s?(?:m|cm|mm|km|dm)?)\s?[xX*]\s?(?=[0-9])")


_GLUED = re.compile(
    rf"(?P<number>[0-9])(?P<after>[{LATIN}]{{2,7}})(?![{LATIN}0-9])"
    rf"|(?<![{LATIN}0-9])(?P<before>[{LATIN}]{{2,7}})(?=[0-9])"
)


def _unglued(match: re.Match[str]) -> str:
    """20.000đồng, 7h30đến, ngày13/3: a word typed onto a number stands apart; "1tỷ2" and "TDP5" stay one token."""
    word = match["after"] or match["before"]
    if not word[1:].islower() or word.isascii() or not is_syllable(word):
        return match.group()
    return f"{match['number']} {word}" if match["after"] else f"{word} "


def tidy(text: str) -> str:
    """NFC text in lines with single spaces; legacy fonts repaired; what cannot be heard removed."""
    text = _characters(_NEWLINE_SIGNS.sub("\n", repair(_DIAMETER.sub("phi ", text))))
    text = _DIALLED.sub(lambda code: code.group().replace("*", DIALLED_STAR), _MONEY_TAIL.sub("", text))
    text = _GLUED.sub(_unglued, text)
    plain = _markup(_TIMES_APART.sub("×", _TIMES.sub(r"\1 × ", _TO.sub("–", text))))
    text = _characters(plain) if "&" in text else plain  # what an entity was may be any character
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


# --- rules: each gives the pause the sign stands for ---


def _line_end(match: re.Match[str], page: Page) -> str:
    """A line that goes on in lower case is one that the typist wrapped, not a new sentence."""
    following = page.source[match.end() : match.end() + 1]
    return "" if following.islower() or page.source[match.start() - 1] in ",;:" else "."


def _dots(match: re.Match[str], page: Page) -> str:
    return (
        "," if page.after(match.end(), 2)[:1].isalpha() and page.source[match.end() :].lstrip()[:1].islower() else "."
    )


def _numbered(match: re.Match[str], page: Page) -> str | None:
    mark = match["mark"]
    if mark.isdigit():
        return f"{say_int(int(mark), page.style)}," if len(mark) < 3 else None  # noqa: PLR2004 - a list of a hundred points is none
    return None


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
_CLASS_BOTH = re.compile(r"(?<![\w])[0-9]{1,2}[A-Z]\s?[-–]\s?[0-9]{1,2}[A-Z](?!\w)")
_ROMAN_BOTH = re.compile(r"(?<!\w)[IVX]+\s?[-–]\s?[IVX]+(?!\w)")
_SPAN_START = re.compile(rf"(?:[0-9] (?:{_COUNTED_TIME})|thứ (?:[2-7]|hai|ba|tư|năm|sáu|bảy)|(?:ngày|tháng) [0-9/]+)$")
_SPAN_END = re.compile(
    rf"(?:[0-9]+ (?:{_COUNTED_TIME})|thứ |chủ nhật|(?:ngày|tháng) [0-9]|[0-9]{{1,2}}(?:[hg]|:[0-9]))"
)


def _word_start(source: str, end: int) -> int:
    while end and source[end - 1].isalnum():
        end -= 1
    return end


def _spans_numbered(match: re.Match[str], page: Page) -> bool:
    """Whether the same word numbers both sides, rising: "TDP 1 - TDP 5", "tổ 1 - tổ 5", "Km10-Km15"."""
    found = _NUMBERED_LIKE.search(page.before(match.start(), 24))
    if found is None:
        return False
    word, first = found.groups()
    following = re.match(rf"(?:[^\W\d_]+ ){{0,2}}{word}\.? ?([0-9]{{1,3}})(?![\w/])", page.after(match.end(), 40))
    return following is not None and int(first) < int(following.group(1))


def _word_dash(match: re.Match[str], page: Page) -> str:
    source = page.source
    if _SPAN_START.search(page.before(match.start(), 24)) and _SPAN_END.match(page.after(match.end(), 24)):
        return " đến "
    if page.ends.get(match.start()) == "date" and _FULL_DATE.match(source, match.end()):
        return " đến "
    if _spans_numbered(match, page) or any(
        pattern.match(source, _word_start(source, match.start())) for pattern in (_ROMAN_BOTH, _CLASS_BOTH)
    ):
        return " đến "
    between_numbers = source[match.start() - 1].isdigit() and source[match.end() : match.end() + 1].isdigit()
    return "," if " " in match.group() or between_numbers else " "


_WORDS_FOR_SIGNS = {
    "&": "và", "+": "cộng", "=": "bằng", ">": "trên", "<": "dưới", "≥": "lớn hơn hoặc bằng",
    "≤": "nhỏ hơn hoặc bằng", "±": "cộng trừ", "%": "phần trăm", "‰": "phần nghìn", "@": "a còng", "$": "đô la",
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
    if sign in _WORDS_FOR_SIGNS:
        return _WORDS_FOR_SIGNS[sign]
    if sign in "→⇒" and _FROM_BEFORE.search(page.before(match.start())):
        return "đến"
    if sign.isdigit():
        return UNITS[unicodedata.digit(sign)]
    return "," if sign in _PAUSING else ""


LAYOUT: tuple[Rule, ...] = (
    rule("end_mark", r"(?:\.?\s?/\.)+(?=\s|$|[\"')])|\.\s?/(?=\s|$)", lambda _m, _p: ".", needs="/"),
    rule("bullet", r"(?m)^(?:[-+•·*–—▪●○►✓✔◦■□➢⮚❖]\s?)+(?=[^0-9\s]|(?<=\s)[0-9])", lambda _m, _p: ""),
    rule("list_number", r"\((?P<mark>i{1,3}|iv|v|vi{1,3}|ix|x)\)", _roman_mark, needs=r"\(ii\)"),
    rule("list_number", r"(?m)^(?P<mark>[0-9]{1,2})[)/]\s?(?=[^\s0-9])", _numbered, needs="[0-9]"),
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
    rule("quote", "[\"']+", lambda _m, _p: ""),
    rule("sign", rf"[^{LATIN}\s.,:;?!]", _sign),
)
"""After every rule for words and numbers: nothing but words and pauses is left."""
