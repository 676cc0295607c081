"""A text as it was typed or pasted, turned into plain lines: Unicode repairs, markup, glued words.

`tidy` makes the source that every span refers to; it only removes what carries no words (invisible characters, mark-up,
emphasis). It knows no reading rule: pauses for what the eye sees and the ear does not are `normalise_layout`'s.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from audio_assets.speech.legacy_text import repair
from audio_assets.speech.normalise_syllable import LATIN, SMALL_FIGURES, is_syllable

_TAGS = re.compile(
    r"</?(?:br|p|b|i|u|s|strong|em|div|span|ul|ol|li|h[1-6]|table|tbody|thead|tr|td|th|a|font|center|hr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LINE_TAGS = re.compile(r"</?(?:br|p|div|li|h[1-6]|tr|hr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?://)[^()\s]{1,300}\)")
_ANGLED = re.compile(r"<((?:https?://|mailto:)?[^<>\s]{3,300})>")
_LONG_DASH = re.compile(r"(?<=[^\W\d_])–(?=[^\W_])")
"""A dash that a word processor has made long in RT–PCR."""
_LONG_DASHED_PHONE = re.compile(r"(?<![\w.,–-])0[1-9][0-9]{1,3}(?: ?[–-] ?[0-9]{2,4}){2,4}(?![\w–-])")
_PLACEHOLDER = re.compile(r"<(?=[^\W\d])([^<>\n=]{2,60})>")
"""<dấu cách>: what is to be typed in its place."""
_EMPHASIS = re.compile(r"\*{1,3}|`{1,3}|(?<![^\W_])_{1,3}(?=[^\W_])|(?<=[^\s_])_{1,3}(?![^\W_])|_{4,}")
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
    "º": "°", "˚": "°", "ª": "a", "⁄": "/", "∕": "/", "‚": ",", "∼": "~", "≃": "≈",
})  # fmt: skip
DIALLED_STAR = "\u2217"
"""What the star of "*101#" and of "0905***123" becomes, so that it is not taken for emphasis."""
_STARS = re.compile(r"(?<![\w*])([1-7]) ?[★⭐](?![\w★⭐☆])")
_ONE_TO_SEVEN = re.compile(
    r"(?i)(?:(?<!\w)(?:khách sạn|ks|ocop|đạt|hạng|chuẩn|phẩm|sp|từ|đến|và|sao|nhà nghỉ|resort)|[,-])\W{0,2}[1-7]$"
)
"""Before the star of "khách sạn 4*": of four stars."""
_DIALLED = re.compile(r"(?<!\*)\*[0-9][0-9*]{1,20}#")
_MASKED = re.compile(
    r"(?<![\w*.-])[A-ZĐ]{0,3}[0-9][0-9.-]{0,20}\*(?:[0-9.-]{0,20}\*){1,20}(?:[0-9.-]{0,20}[0-9](?![\w*])"
    r"|(?<=\*{3})(?![\w*]))|(?<![\w*])\*{3,20}[0-9]{2,20}(?![\w*])"
    r"|(?<=[0-9] )\*{3,20}(?: \*{3,20}){0,4}(?![\w*])|(?<![\w*])(?:\*{3,20} ){1,5}(?=[0-9]{2,6}(?!\w))"
)
"""0905***123: a number of which a part is hidden; two stars or more, so that "5*20" is none."""
_ONE_STAR = re.compile(r"(?<![\w*.-])(?:0[0-9]{2,9}|1[89]00)\*[0-9]{2,9}(?![\w*])")
"""0912*345: no product begins so."""
_NAMED_STAR = re.compile(r"(?<=dấu )(?:\(\*{1,4}\)|\*{1,4}(?![\w*]))")
"""In "các ô có dấu (*)" the star is spoken of."""
_STAR_RUN = re.compile(r"\*+")
_OPENING = re.compile(r"(?<![\w*])\*+(?=[\w\"'(\[~≈+≥≤<>$–-])")
_BOLD_ITALIC = re.compile(r"(?<![\w*])\*{3}(?=[^\W\d_])([^*\n]{0,300}[^\s*])\*{3}(?![\w*])")
"""***Tổ 7***: no figure of which a part is hidden."""
_CLOSING = re.compile(r"(?<=[^\s*])\*+(?![\w*])")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_PER_MILLE = re.compile(r"(?<=[0-9])\s?(?:[°o]/oo|%o|0/00)(?!\w)")
_OF_A_FONT = re.compile("[\uf020-\uf0ff](?=\\s?[0-9])|(?<=[0-9])[\uf020-\uf0ff]")
"""Beside a figure a glyph of Word's fonts for signs may be "≥" or a box: what stood there nobody knows."""
_FRAMES = re.compile(r"(?<!\S)[<>]{2,}(?!\S)")
_HALVES = re.compile("(?<=[0-9])[½¼¾]")
_DECIMALS = {"½": ",5", "¼": ",25", "¾": ",75"}
"""1½ hours are 1,5."""
_PLUS_MINUS = re.compile(r"(?<!\w)\+\s?/\s?[-–]")
_ARROW = re.compile(r"(?<![<>=])=>(?!\s?[0-9])")
_TO_MINUS = re.compile(r"(?<=[0-9C°%])\s?~\s?(?=[-–][0-9])")
_AT_LEAST_OR_MOST = re.compile(r"[<>]=(?=\s?[0-9])")
_MONEY_TAIL = re.compile(r"(?<=\.[0-9]{3})(?:[,.][-–]|,(?=\s?đ(?:ồng)?(?!\w))|\.(?=\s?đ(?!\w)))")
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
        text = _PLACEHOLDER.sub(r"(\1)", _ANGLED.sub(r"\1", text))
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    text = _QUOTED_LINE.sub("", _LINK.sub(r"\1", text))
    return _EMPHASIS.sub("", _HEADING.sub("", _RULE_LINE.sub("", text)))


_DIAMETER = re.compile(r"[ØøΦφ⌀]\s?(?=[0-9])")
_TIMES_APART = re.compile(r"(?<=[^\W_] |[%)²³] )[xX](?= (?:(?:rộng|dài|cao|dày|sâu|ngang) )?[0-9])")
_TO = re.compile(r"(?<=[\w%°])\s?÷\s?(?=[-–]?[0-9])|(?<=(?<!\w)[0-9])_(?=[0-9]{1,2}\s?(?:kg|g|m|cm|km|lít|ha|%))")
"""How engineers write a range: 06h00÷10h30; and a key beside the dash: 5_7kg."""
_TIMES = re.compile(
    r"(?<=[0-9)])(?:(\s?(?:m|cm|mm|km|dm)?)\s?(?:x|(?<=\s)X)\s?|((?:\s?(?:m|cm|mm|km|dm))?)(?:\*|\s\*\s))(?=[0-9])"
)
"""A star with a space on one side only opens or closes emphasis."""


_GLUED = re.compile(
    rf"(?<=[0-9])(?P<hour>[hg](?:[0-5][0-9])?)(?=(?:ngày|từ|đến|sáng|trưa|chiều|tối|đêm|thứ)(?![{LATIN}0-9]))"
    r"|(?<=[0-9hg])(?P<day>ngày|từ|đến|tháng)(?=[0-9])"
    rf"|(?P<number>[0-9])(?P<after>[{LATIN}]{{2,7}})(?![{LATIN}0-9])"
    rf"|(?<![{LATIN}0-9])(?P<before>[{LATIN}]{{2,7}})(?=[0-9])"
)


_COMMA_TYPED_ON = re.compile(
    r"(?<=[0-9][hgk%đ]),(?=[0-9])|(?<=[0-9][hg][0-5][0-9]),(?=[0-9]{1,2}[hg])"
    r"|(?<=[Tt]hứ [2-7]),(?=[0-9]{1,2}/[0-9])|(?<=T[2-7]),(?=[0-9]{1,2}/[0-9])|(?<=CN),(?=[0-9]{1,2}/[0-9])"
    r"|(?:(?<=[0-9]/[0-9])|(?<=[0-9]/1[0-2])),(?=[0-9]{1,2}/[0-9])"
)
"""9h,14h · 7h30,14h30 · 50k,60k · T2,3/3: no decimal comma."""


def _unglued(match: re.Match[str]) -> str:
    """20.000đồng, 7h30đến, ngày13/3: a word typed onto a number stands apart; "1tỷ2" and "TDP5" stay one token."""
    if match["hour"]:
        return f"{match['hour']} "
    if match["day"]:
        return f" {match['day']} "
    word = match["after"] or match["before"]
    if not word[1:].islower() or word.isascii() or not is_syllable(word):
        return match.group()
    return f"{match['number']} {word}" if match["after"] else f"{word} "


def _kept_stars(text: str) -> str:
    """Stars behind a word that close no emphasis of their paragraph: letters kept back ("H***"), or a note ("giá*")."""
    parts, opened, end = list[str](), list[int](), 0
    for run in _STAR_RUN.finditer(text):
        between, count = text[end : run.start()], len(run.group())
        if _BLANK_LINE.search(between):
            opened.clear()
        kept = of_a_hotel = False
        if _OPENING.match(text, run.start()):
            opened.append(count)
        elif _CLOSING.match(text, run.start()):
            closed = _closed_by(count, opened)
            del opened[len(opened) - closed :]
            kept = not closed and text[run.start() - 1].isalnum()
            of_a_hotel = (
                kept and count == 1 and _ONE_TO_SEVEN.search(text, max(0, run.start() - 24), run.start()) is not None
            )
        parts += [between, " sao" if of_a_hotel else DIALLED_STAR * count if kept else run.group()]
        end = run.end()
    return "".join([*parts, text[end:]])


def _closed_by(count: int, opened: Sequence[int]) -> int:
    """How many of the emphases opened last so many stars close: "***" closes "**" and "*"; 0 = they close none."""
    for last in range(1, min(count, len(opened)) + 1):
        if sum(opened[-last:]) == count:
            return last
    return 0


def _with_short_dashes(match: re.Match[str]) -> str:
    """0904–15–77–36: a telephone, if it has as many digits."""
    written = re.sub(" ?[–-] ?", "-", match.group())
    return written if len(written.replace("-", "")) in {10, 11} else match.group()


def tidy(text: str) -> str:
    """NFC text in lines with single spaces; legacy fonts repaired; what cannot be heard removed."""
    text = _OF_A_FONT.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _characters(_NEWLINE_SIGNS.sub("\n", repair(_DIAMETER.sub("phi ", text))))
    text = _DIALLED.sub(lambda code: code.group().replace("*", DIALLED_STAR), _MONEY_TAIL.sub("", text))
    text = _MASKED.sub(lambda number: number.group().replace("*", DIALLED_STAR), _BOLD_ITALIC.sub(r"\1", text))
    text = _ONE_STAR.sub(lambda number: number.group().replace("*", DIALLED_STAR), text)
    text = _NAMED_STAR.sub(lambda mark: mark.group().replace("*", DIALLED_STAR), text)
    text = _LONG_DASHED_PHONE.sub(_with_short_dashes, _LONG_DASH.sub("-", text))
    text = _PER_MILLE.sub("‰", text)
    text = _ARROW.sub("⇒", _PLUS_MINUS.sub("±", _TO_MINUS.sub(" đến ", _COMMA_TYPED_ON.sub(", ", text))))
    text = _HALVES.sub(lambda part: _DECIMALS[part.group()], _FRAMES.sub("", text))
    text = _AT_LEAST_OR_MOST.sub(lambda sign: "≤" if sign.group()[0] == "<" else "≥", text)
    text = _GLUED.sub(_unglued, _kept_stars(_STARS.sub(r"\1 sao", text)))
    plain = _markup(_TIMES_APART.sub("×", _TIMES.sub(r"\1\2 × ", _TO.sub("–", text))))
    text = _characters(plain) if "&" in text else plain  # what an entity was may be any character
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
