"""The text of a dispatch made plain: what every other part of the reader looks at.

`tidy` takes away what OCR, Markdown and page layout added and never changes a word; spans of a reading are spans of
its result. `fold` gives a same-length shadow in bare lower-case letters, so that patterns meet "Uỷ", "Ủy" and "UY"
alike and a position in the one is a position in the other. Nothing here knows what a field is.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

__all__ = [
    "Line",
    "fold",
    "is_bullet",
    "lacks_diacritics",
    "line_at",
    "lines_of",
    "paragraph_at",
    "paragraphs_of",
    "sentences_of",
    "squeeze",
    "strip_bullet",
    "tidy",
]

HEAD_LINES = 45
"""The letterhead, the number, the subject and the addressees have always ended by then."""

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BULLET = re.compile(r"^(?:[-–—+•·▪●○◦➢]+|\(?\d{1,2}[.)](?!\d)|\(?(?:[a-zđ]|i{2,3}|iv|vi{1,3})\))\s*", re.IGNORECASE)
_NATION = re.compile(
    r"c[o0]ng h[o0]a xa h[o0]i chu nghia(?: viet nam\b)?|d[o0]c lap\W{1,4}tu d[o0]\W{1,4}hanh phuc"
    r"|dang c[o0]ng san viet nam$"
)
_NATION_TORN = re.compile(r"c[o0]ng h[o0]a xa h[o0]i chu nghia(?! viet nam\b)")
_NATION_REST = re.compile(r"(?<!to quoc)(?<!san) viet nam$")
_PLACE_DATE = re.compile(r",\s*ngay\s*[\d.…]*\s*thang\b")
_NUMBER_HEAD = re.compile(
    r"^[s5][o06]\s*[:;.]?\s*[0-9oil|zsbgq]{0,6}[a-z]?\s*/\s*[a-z0-9&.]+(?:\s*[-/]\s*[a-z0-9&.]+)*(?=\s+[^-/\s])"
)
_OF_ANOTHER = re.compile(r"\s*,?\s*(?:ngay\s+\d{1,2}[/.]\d|cua\b)")
_HEAD_ENDS = re.compile(r"^\W*kinh gui\b")
_TAIL_STARTS = re.compile(r"^\W*noi nhan\b")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: where it stands in the tidied text, itself, its shadow, and whether a gap precedes."""

    start: int
    end: int
    text: str
    folded: str
    after_blank: bool


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if char in "đĐ":
        return "d"
    if char in "–—‑−‐":
        return "-"
    if char == "×":
        return "x"
    return unicodedata.normalize("NFD", char)[0].lower()[0]


def fold(text: str) -> str:
    """Lower case without diacritics, character for character."""
    return "".join(map(_fold_char, text))


def squeeze(text: str) -> str:
    """One line, single spaces."""
    return " ".join(text.split())


_FEWEST_LETTERS = 12
_ADDRESS = ("://", "www.", "@")


def lacks_diacritics(text: str) -> bool:
    """Whether a Vietnamese text was typed in bare letters, as text messages are. A few letters prove nothing."""
    words = (word for word in text.split() if not any(mark in word for mark in _ADDRESS))
    letters = [char for word in words for char in word if char.isalpha()]
    return len(letters) >= _FEWEST_LETTERS and all(char.isascii() for char in letters)


def is_bullet(text: str) -> bool:
    return bool(_BULLET.match(text)) and not text.startswith("./")


def strip_bullet(text: str) -> str:
    return _BULLET.sub("", text, count=1)


def tidy(text: str) -> str:
    """Letters composed, marks of OCR and Markdown gone, columns of the letterhead on lines of their own."""
    for step in (_letters, _tables, _markup, _columns, _blank_lines):
        text = step(text)
    return unicodedata.normalize("NFC", text)


def _letters(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    text = re.sub("[\v\x85\u2028\u2029]", "\n", text)
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in _DROPPED)
    return "".join(" " if unicodedata.category(c) == "Zs" else c for c in kept)


_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<br\s*/?>", re.IGNORECASE), "\n"),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?(?:b|i|u|p|div|span|strong|em|center|sup|sub|font)(?:\s[^<>]{0,200})?>", re.IGNORECASE), ""),
    (re.compile(r"!?\[([^\[\]\n]{0,300})\]\((?:mailto:)?([^()\s]{1,500})\)"), r"\1 (\2)"),
    # A link whose text is its own address is said once.
    (re.compile(r"(https?://[^\s()]{1,400}|www\.[^\s()]{1,400}) \(\1/?\)"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>|~\"'])"), r"\1"),
    (re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*[*•·▪●○◦➢][ \t]+", re.MULTILINE), "- "),
    # *101# is a service code of a telecom, not emphasis.
    (re.compile(r"\*(?!\d{2,5}(?:\*\d{1,5})*#)|`|~~"), ""),
    (re.compile(r"(?<![^\W_])_+|_+(?![^\W_])"), ""),
)


def _markup(text: str) -> str:
    text = unescape(text) if "&" in text else text
    for pattern, plain in _MARKUP:
        text = pattern.sub(plain, text)
    return text


_FEWEST_BARS = 2


def _tables(text: str) -> str:
    """Cells of a Markdown table, one a line: an OCR letterhead is often such a table. Its outer bars may be missing."""
    made: list[str] = []
    lines = text.split("\n")
    bars = [0, *(line.strip().count(" | ") for line in lines), 0]
    for n, line in enumerate(lines, 1):
        row = line.strip()
        outer = row.startswith("|") and row.endswith("|") and len(row) > 1
        if not outer and (bars[n] < _FEWEST_BARS or bars[n] not in (bars[n - 1], bars[n + 1])):
            made.append(line)
        elif not re.fullmatch(r"[|:\s-]+", row):
            made.extend(cell.strip() for cell in row.strip("|").split("|") if cell.strip())
    return "\n".join(made)


def _columns(text: str) -> str:
    """Put the two columns of the letterhead, and of the signature, on lines of their own."""
    made: list[str] = []
    seen = 0
    in_head, in_tail, torn = True, False, False
    for line in text.split("\n"):
        folded = fold(line)
        in_head = in_head and seen < HEAD_LINES and not _HEAD_ENDS.search(folded)
        in_tail = in_tail or bool(_TAIL_STARTS.search(folded))
        seen += bool(line.strip())
        cells = _cells(line) if in_head or in_tail else [line]
        if torn and in_head and cells and (rest := _NATION_REST.search(fold(cells[0]))):
            # The country's name ran over its line, beside the office.
            cells = [cells[0][: rest.start()], cells[0][rest.start() + 1 :], *cells[1:]]
        torn = bool(_NATION_TORN.search(folded)) or (torn and not line.strip())
        made.extend(cells)
    return "\n".join(made)


_FORM_GAP = re.compile(r"(?:^s[o06]\s*:?|\bngay|\bthang|\bnam)\s*\||\|\s*(?:/|thang\b|nam\b)")


def _cells(line: str) -> list[str]:
    cells: list[str] = []
    for part in re.split(r"\t+| {3,}", line.strip()):
        # "-<tab>text" is one bullet, "ngày    tháng" a day to be filled in: not two columns.
        if cells and (not strip_bullet(cells[-1]) or _FORM_GAP.search(f"{fold(cells[-1])}|{fold(part)}")):
            cells[-1] = f"{cells[-1]} {part}"
        else:
            cells.append(part)
    return [piece for cell in cells for piece in _split_head_cell(cell)]


def _split_head_cell(cell: str) -> list[str]:
    """Cut a line of the letterhead where OCR ran its two columns together with one space."""
    folded = fold(cell)
    if nation := _NATION.search(folded):
        cut = [cell[: nation.start()], cell[nation.start() : nation.end()], cell[nation.end() :]]
        return [piece.strip(" -|") if i != 1 else piece for i, piece in enumerate(cut) if piece.strip(" -|.:")]
    if (number := _NUMBER_HEAD.match(folded)) and not _OF_ANOTHER.match(folded, number.end()):
        return [cell[: number.end()], *_split_head_cell(cell[number.end() :].strip())]
    if (dated := _PLACE_DATE.search(folded)) and (place := _place_start(cell, dated.start())):
        return [cell[:place].strip(), cell[place:]]
    return [cell]


def _place_start(cell: str, comma: int) -> int:
    """Where the place name before ", ngày … tháng" starts: a run of capitalised words, five at most."""
    start = comma
    for word in reversed(list(re.finditer(r"\S+", cell[:comma]))[-5:]):
        if not word[0][0].isupper() or (word[0].isupper() and len(word[0]) > 3):  # noqa: PLR2004 - "TP", "TX." may lead
            break
        start = word.start()
    return start if start < comma else 0


_RULED = re.compile(r"[-_=~.–—…\s|]{3,}")
_PAGE_NUMBER = re.compile(r"(?:[-–—]\s*)?\d{1,3}(?:\s*[-–—])?|trang\s+\d{1,3}(?:\s*/\s*\d{1,3})?", re.IGNORECASE)


def _blank_lines(text: str) -> str:
    """Single spaces, no ruled lines, no page numbers, one blank line at most."""
    made: list[str] = []
    for raw in text.split("\n"):
        line = squeeze(raw)
        if _RULED.fullmatch(line):
            line = ""
        alone = not made or not made[-1]
        if (line or not alone) and not (alone and _PAGE_NUMBER.fullmatch(line)):
            made.append(line)
    return "\n".join(made).strip("\n")


def lines_of(tidied: str) -> tuple[Line, ...]:
    """The lines that are not blank, with their places."""
    found: list[Line] = []
    at, blank = 0, True
    for text in tidied.split("\n"):
        if text:
            found.append(Line(at, at + len(text), text, fold(text), after_blank=blank))
        blank = not text
        at += len(text) + 1
    return tuple(found)


def line_at(tidied: str, start: int, end: int) -> tuple[int, str]:
    """The number, from 1, of the line that a span starts in, and the whole lines that it covers."""
    first = tidied.rfind("\n", 0, start) + 1
    last = tidied.find("\n", max(end - 1, start))
    return tidied.count("\n", 0, start) + 1, squeeze(tidied[first : last if last >= 0 else len(tidied)])


def paragraphs_of(lines: tuple[Line, ...]) -> tuple[tuple[int, int], ...]:
    """Spans of paragraphs: wrapped lines, and lines that a page break tore apart, are one."""
    spans: list[tuple[int, int]] = []
    before: Line | None = None
    for line in lines:
        if before is not None and _continues(before, line):
            spans[-1] = (spans[-1][0], line.end)
        else:
            spans.append((line.start, line.end))
        before = line
    return tuple(spans)


def paragraph_at(paragraphs: tuple[tuple[int, int], ...], place: int) -> tuple[int, int] | None:
    """The paragraph around a place."""
    i = bisect_right(paragraphs, place, key=lambda span: span[0]) - 1
    return paragraphs[i] if i >= 0 and place < paragraphs[i][1] else None


_FULL_LINE = 55
"""A line at least this long was probably broken by the margin, not by its writer."""


_GOES_ON = re.compile(
    r"(?:,|(?<!\w)(?:và|hoặc|của|từ|đến|tới|trừ|vào|các|những|ngày|cho|theo|trong|tại|không|mỗi|hằng|hàng|lúc|thứ"
    r"|tháng|đài|về|để|bằng|với|sau|trước))$",
    re.IGNORECASE,
)
"""No sentence ends so, wherever its line was broken."""


_OPENS_WITH_A_DAY = re.compile(r"(?:Ngày \d|Từ ngày \d|Thứ [^\W\d]|Chủ nhật)[^:]{0,30}: ")


def _continues(before: Line, line: Line) -> bool:
    if _OPENS_WITH_A_DAY.match(line.text) and not _GOES_ON.search(before.text):
        return False
    if is_bullet(line.text) or before.text[-1] in ".;:!?…":
        return False
    first = line.text[0]
    if _GOES_ON.search(before.text) or (line.after_blank and (first.islower() or first.isdigit())):
        return True
    if line.after_blank:
        return False
    return first.islower() or first.isdigit() or first in "(,;" or len(before.text) >= _FULL_LINE


_SENTENCE_END = re.compile(r"[.!?;](?=\s+\S)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]|(?:TP|TX|TT|GS|PGS|TS|THS|BS|DS|KS|LS|VP|SĐT|ĐT|ĐC|KT|TM|TL|TUQ|KP|QL|ĐL|MST)"
    r"|(?<!\w )[A-ZĐ]{2,4}|[Tt][pPxXtT]|Th|St|[BDKT]s|v\.v)$"
)
"""What a dot shortens, "TP.", or numbers, "III."; any other word ends its sentence: "… của EVN. Đề nghị Đài …"."""


def sentences_of(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Spans of sentences and of clauses parted by ";" inside one paragraph. "TP. Huế" is not two."""
    spans: list[tuple[int, int]] = []
    at = start
    for mark in _SENTENCE_END.finditer(text, start, end):
        if mark[0] == "." and _ABBREVIATION.search(text[max(at, mark.start() - 8) : mark.start()]):
            continue
        spans.append((at, mark.start()))
        at = mark.end()
    spans.append((at, end))
    trimmed = ((a + len(text[a:b]) - len(text[a:b].lstrip()), a + len(text[a:b].rstrip())) for a, b in spans)
    return tuple((a, b) for a, b in trimmed if a < b)
