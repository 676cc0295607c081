"""Layout of the page turned into plain lines: Unicode repairs, markup, bullets, brackets, quotes, dashes, signs.

`tidy` makes the source that every span refers to; it only removes what carries no words (invisible characters, mark-up,
emphasis). The rules here give pauses to what the eye sees and the ear does not.
"""

import html
import re
import unicodedata
from functools import lru_cache

from audio_assets.speech.legacy_text import repair
from audio_assets.speech.normalise_numbers import UNITS, say_int
from audio_assets.speech.normalise_rule import DASH, Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN

_TAGS = re.compile(
    r"</?(?:br|p|b|i|u|s|strong|em|div|span|ul|ol|li|h[1-6]|table|tbody|thead|tr|td|th|a|font|center|hr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LINE_TAGS = re.compile(r"</?(?:br|p|div|li|h[1-6]|tr|hr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?://)[^()\s]{1,300}\)")
_ANGLED = re.compile(r"<((?:https?://|mailto:)?[^<>\s]{3,300})>")
_EMPHASIS = re.compile(r"\*{1,3}|`{1,3}|(?<![^\W_])_{1,3}(?=[^\W_])|(?<=[^\W_])_{1,3}(?![^\W_])|_{4,}|~~")
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
_COMPATIBLE = re.compile("[\u2150-\u2188\u2100-\u214f\uff01-\uff5e\U0001d400-\U0001d7ff\ufb00-\ufb06\u3300-\u33ff]")
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
    if sign == "\n" or sign.isascii():
        return sign
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind in _DROPPED:
        return ""
    if kind in {"Ll", "Lu", "Lt"} and not _OURS.match(sign):
        bare = _FOLDED.get(sign) or "".join(filter(str.isascii, unicodedata.normalize("NFKD", sign)))
        return bare if bare.isalpha() else sign  # "Müller" is read as Muller; another script stays and is reported
    return " " if kind == "Zs" else sign


def _characters(text: str) -> str:
    text = unicodedata.normalize("NFC", text.translate(_SAME))
    text = _COMPATIBLE.sub(lambda sign: unicodedata.normalize("NFKC", sign.group()), text)
    if not text.isascii():
        text = "".join(map(_plain, text))
    text = "".join(sign for sign in text if sign >= " " or sign in "\n\t")
    return unicodedata.normalize("NFC", text.translate(_SAME).replace("\x7f", ""))


def _markup(text: str) -> str:
    if "<" in text:
        text = _TAGS.sub(" ", _LINE_TAGS.sub("\n", text))
        text = _ANGLED.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
    text = _LINK.sub(r"\1", text)
    return _EMPHASIS.sub("", _HEADING.sub("", _RULE_LINE.sub("", text)))


_DIAMETER = re.compile(r"[ØøΦφ⌀]\s?(?=[0-9])")
_TIMES = re.compile(r"(?<=[0-9])(\s?(?:m|cm|mm|km|dm)?)\s?[xX*]\s?(?=[0-9])")


def tidy(text: str) -> str:
    """NFC text in lines with single spaces; legacy fonts repaired; what cannot be heard removed."""
    text = _NEWLINE_SIGNS.sub("\n", repair(_DIAMETER.sub("phi ", text)))
    text = _characters(_markup(_TIMES.sub(r"\1 × ", _characters(text))))
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


_COUNTED_TIME = "giờ|triệu|nghìn|tỷ|tuổi|tháng|ngày|tuần|năm|phút"
_SPAN_START = re.compile(rf"(?:[0-9] (?:{_COUNTED_TIME})|thứ (?:[2-7]|hai|ba|tư|năm|sáu|bảy)|(?:ngày|tháng) [0-9/]+)$")
_SPAN_END = re.compile(rf"(?:[0-9]+ (?:{_COUNTED_TIME})|thứ |chủ nhật|ngày |tháng )")


def _word_dash(match: re.Match[str], page: Page) -> str:
    source = page.source
    if _SPAN_START.search(page.before(match.start(), 24)) and _SPAN_END.match(page.after(match.end(), 24)):
        return " đến "
    between_numbers = source[match.start() - 1].isdigit() and source[match.end() : match.end() + 1].isdigit()
    return "," if " " in match.group() or between_numbers else " "


_WORDS_FOR_SIGNS = {
    "&": "và", "+": "cộng", "=": "bằng", ">": "trên", "<": "dưới", "≥": "lớn hơn hoặc bằng",
    "≤": "nhỏ hơn hoặc bằng", "±": "cộng trừ", "%": "phần trăm", "‰": "phần nghìn", "@": "a còng", "$": "đô la",
    "€": "ơ rô", "₫": "đồng", "£": "bảng Anh", "¥": "yên", "№": "số", "×": "nhân", "÷": "chia", "°": "độ",
    "α": "an pha", "β": "bê ta", "γ": "gam ma", "μ": "muy", "π": "pi", "Ω": "ôm", "½": "một phần hai",
    "¼": "một phần tư", "¾": "ba phần tư", "≈": "khoảng", "~": "khoảng", "#": "thăng", "§": "mục",
}  # fmt: skip
_PAUSING = frozenset("()[]{}|•·▪●○►→⇒–—-;")


def _sign(match: re.Match[str], page: Page) -> str:
    """What no earlier rule wanted: a known sign is said, a bracket is a pause, an emoji or ornament is silence."""
    del page
    sign = match.group()
    if sign in _WORDS_FOR_SIGNS:
        return _WORDS_FOR_SIGNS[sign]
    if sign.isdigit():
        return UNITS[unicodedata.digit(sign)]
    return "," if sign in _PAUSING else ""


LAYOUT: tuple[Rule, ...] = (
    rule("end_mark", r"\.?\s?/\.(?=\s|$|[\"')])|\.\s?/(?=\s|$)", lambda _m, _p: ".", needs="/"),
    rule("bullet", r"(?m)^(?:[-+•·*–—▪●○►✓✔◦■□➢⮚❖]\s?)+(?=[^0-9\s]|(?<=\s)[0-9])", lambda _m, _p: ""),
    rule("list_number", r"(?m)^(?P<mark>[0-9]{1,2})[)/]\s?(?=[^\s0-9])", _numbered, needs="[0-9]"),
)
"""Before any other rule."""
SIGNS: tuple[Rule, ...] = (
    rule("line_end", r"\n", _line_end),
    rule("dots", r"\.(?:\s?\.)+", _dots, needs=r"\."),
    rule("dash", rf"(?<=[{LATIN}0-9)\]\"']){DASH}(?=[{LATIN}0-9(\[\"'])", _word_dash),
    rule("quote", "[\"']+", lambda _m, _p: ""),
    rule("sign", rf"[^{LATIN}\s.,:;?!]", _sign),
)
"""After every rule for words and numbers: nothing but words and pauses is left."""
