"""The head of a dispatch: type, number and symbol, place and date, issuer, subject, urgency, addressees.

Only the head is looked at, and in it only the dispatch's own lines: a stamp of arrival, a reference to another
document or a date of an event never stands for the dispatch's own. What is not there stays unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.core.dispatch.addressees import addressees_in, opens_the_body
from scheduler.core.dispatch.issuer import issuer_lines, name_of
from scheduler.core.dispatch.text import HEAD_LINES, Line, is_bullet, squeeze
from scheduler.core.model import Excerpt

__all__ = ["Head", "read_head"]

TYPES = {
    "cong van": "công văn", "thong bao": "thông báo", "cong dien": "công điện", "ke hoach": "kế hoạch",
    "chi thi": "chỉ thị", "quyet dinh": "quyết định", "huong dan": "hướng dẫn", "bao cao": "báo cáo",
    "to trinh": "tờ trình", "nghi quyet": "nghị quyết", "giay moi": "giấy mời", "thong tri": "thông tri",
    "ket luan": "kết luận", "chuong trinh": "chương trình", "phuong an": "phương án", "thong cao": "thông cáo",
    "loi keu goi": "lời kêu gọi", "thu keu goi": "thư kêu gọi", "quy che": "quy chế",
}  # fmt: skip
_TYPES_BY_SYMBOL = {
    "tb": "thông báo", "cd": "công điện", "kh": "kế hoạch", "ct": "chỉ thị", "qd": "quyết định", "hd": "hướng dẫn",
    "bc": "báo cáo", "ttr": "tờ trình", "nq": "nghị quyết", "gm": "giấy mời", "cv": "công văn", "pa": "phương án",
    "kl": "kết luận",
}  # fmt: skip

_TYPE = re.compile(rf"^(?P<type>{'|'.join(TYPES)})(?P<mark>\s+(?:hoa toc|thuong khan|khan))?(?P<rest>$|[\s:(].*)")
_NOT_A_DISPATCH = re.compile(
    r"^(?:don (?:xin|de nghi|kien nghi|khieu nai|to cao|trinh bao|dang ky)|hop dong|hoa don|so yeu ly lich|giay khai"
    r"|to khai|bien lai|phieu thu)\b"
)
_ARRIVAL = re.compile(
    r"^(?:cong van den|van ban den|den\b|so den|ngay den|chuyen\s*:|luu ho so|thoi gian ky|nguoi ky|ky boi)"
)
_NATION = re.compile(r"^(?:cong hoa xa hoi chu nghia|viet nam$|doc lap\s*-?\s*tu do|hanh phuc$|dang cong san viet nam)")
_NUMBER = re.compile(
    r"^s[o06]\s*[:;.]?\s*(?P<number>(?=[oil]*\d)[0-9oil]{1,6}[a-z]?|\d[\d ]{0,5}\d"
    r"|[.…_\s]*)\s*(?P<slash>[/-]|(?<=\d)\s+)\s*"
    r"(?P<symbol>(?:\d{4}\s*/\s*)?[a-z&][a-z0-9&.]*(?:\s*[-/]\s*[a-z0-9&.]+)*)"
)
_BARE_NUMBER = re.compile(r"^s[o06]\s*[:;]\s*(?P<number>\d{1,6})\s*/?$")
_DATE = re.compile(
    r"\bngay\s*(?P<day>[\doil]{1,2}|[.…_\s]*)\s*thang\s*(?P<month>[\doil]{1,2}|[.…_\s]*)\s*nam\s*(?P<year>\d{4})"
    r"|\bngay\s*(?P<day2>\d{1,2})\s*[/.-]\s*(?P<month2>\d{1,2})\s*[/.-]\s*(?P<year2>\d{4})"
)
_SUBJECT = re.compile(r"^\W*(?:v\s*/\s*v|vv|ve viec)\b\s*[:.]?\s*")
_ABOUT = re.compile(r"^\W*(?:v\s*/\s*v|ve viec|ve)\b\s*[:.]?\s*")
_TO = re.compile(r"^\W*kinh gui\b\s*[:.;]?\s*")
_WIRED_TO = re.compile(r"\bdien\s*:\s*$")
_URGENCY = (("hoa toc", "hoa_toc"), ("thuong khan", "thuong_khan"), ("khan", "khan"))
_URGENCY_LINE = re.compile(r"^\W*(?:do khan\s*:?\s*)?(?P<mark>hoa toc|thuong khan|khan)(?:\s+hen gio.*)?\W*$")
_URGENT_WORDS = re.compile(r"\b(?:HỎA TỐC|HOẢ TỐC|THƯỢNG KHẨN)\b")
_TAIL = re.compile(r"^\W*noi nhan\b")

_DIGIT_OF_LETTER = str.maketrans({"o": "0", "O": "0", "i": "1", "I": "1", "l": "1"})


@dataclass(frozen=True, slots=True)
class Head:
    """What the head says, with the places; `body_start` is where the dispatch begins to speak."""

    doc_type: str | None
    number: str | None
    symbol: str | None
    date: str | None
    issuer: str | None
    subject: str | None
    urgency: str
    addressees: tuple[str, ...]
    excerpts: dict[str, tuple[Excerpt, ...]]
    warnings: tuple[str, ...]
    body_start: int
    is_dispatch: bool


class _HeadReader:
    """Reads one head. Each `_read_…` fills its fields and excerpts; `taken` are lines that belong to a field."""

    def __init__(self, lines: Sequence[Line], tidied: str) -> None:
        self.tidied = tidied
        self.all = lines
        self.to = next((i for i, line in enumerate(lines) if _TO.match(line.folded)), None)
        self.lines = self._head_lines()
        self.taken: set[int] = set()
        self.excerpts: dict[str, tuple[Excerpt, ...]] = {}
        self.warnings: list[str] = []
        self.type_line: int | None = None
        self.end = 0

    def _head_lines(self) -> Sequence[Line]:
        stop = len(self.all) if self.to is None else self.to
        for i, line in enumerate(self.all[:stop]):
            if _TAIL.match(line.folded) or (i > 2 and opens_the_body(line)):  # noqa: PLR2004 - a letterhead has 3 lines
                stop = i
                break
        return self.all[: min(stop, HEAD_LINES)]

    def note(self, name: str, value: str, start: int, end: int) -> None:
        self.excerpts[name] = (*self.excerpts.get(name, ()), Excerpt(value, start, end))

    def read_number(self) -> tuple[str | None, str | None]:
        """The line "Số: 642/UBND-VHTT"; a bare "Số: 642" may be a stamp of arrival, so it counts last."""
        for i, line in enumerate(self.lines):
            if found := _NUMBER.match(line.folded):
                self.taken.add(i)
                return self._number_from(line, found)
        for i, line in enumerate(self.lines):
            stamped = i > 0 and _ARRIVAL.match(self.lines[i - 1].folded)
            if (found := _BARE_NUMBER.match(line.folded)) and not stamped:
                self.taken.add(i)
                number = found["number"]
                self.note("number", number, line.start + found.start("number"), line.start + found.end("number"))
                self.warnings.append("symbol: none stands after the number; add it")
                return number, None
        self.warnings.append("number: none was found at the head; add it")
        return None, None

    def _number_from(self, line: Line, found: re.Match[str]) -> tuple[str | None, str | None]:
        a, b = found.span("symbol")
        symbol = "".join(line.text[a:b].split()).rstrip(".-/")
        self.note("symbol", symbol, line.start + a, line.start + b)
        a, b = found.span("number")
        raw = "".join(line.text[a:b].split()).strip(".…_")
        if not raw:
            self.warnings.append("number: the place for it is empty; add it")
            return None, symbol
        number = re.sub(r"^[0-9OoIil]+", lambda m: m[0].translate(_DIGIT_OF_LETTER), raw)
        if number != raw:
            self.warnings.append(f"number: {raw} was read as {number}; check it")
        self.note("number", number, line.start + a, line.start + b)
        return number, symbol

    def read_date(self) -> str | None:
        tail = [line for line in self.all[len(self.lines) :] if _is_place_and_date(line)]
        own = [line for line in self.lines if not _ARRIVAL.match(line.folded) and not _SUBJECT.match(line.folded)]
        for line in (*(x for x in own if _is_place_and_date(x)), *tail):
            if found := _DATE.search(line.folded):
                return self._date_from(line, found)
        self.warnings.append("date: none was found at the head; add it")
        return None

    def _date_from(self, line: Line, found: re.Match[str]) -> str | None:
        if line in self.lines:
            self.taken.add(self.lines.index(line))
        parts = [found[n] or found[f"{n}2"] or "" for n in ("year", "month", "day")]
        digits = [part.translate(_DIGIT_OF_LETTER).strip(" .…_") for part in parts]
        if not all(digits):
            self.warnings.append("date: the place for the day is empty; add it")
            return None
        try:
            day = date(*map(int, digits)).isoformat()
        except ValueError:
            self.warnings.append(f"date: {squeeze(found[0])} is no day of the calendar; correct it")
            return None
        self.note("date", day, line.start + found.start(), line.start + found.end())
        return day

    def read_type(self) -> str | None:
        for i, line in enumerate(self.lines):
            found = _typed(line)
            if found and i not in self.taken and not _ARRIVAL.match(line.folded):
                named = line.text[: found.end("type")]
                if named.isupper() or not found["rest"].strip():
                    self.type_line = i
                    self.note("doc_type", TYPES[found["type"]], line.start, line.start + found.end("type"))
                    return TYPES[found["type"]]
        return None

    def read_subject(self) -> str | None:
        """After "V/v" under the number, or under the name of the type; over as many lines as it takes."""
        at = next((i for i, line in enumerate(self.lines) if _SUBJECT.match(line.folded)), None)
        if at is not None:
            line = self.lines[at]
            return self._subject_from(at, line.start + _span_end(_SUBJECT, line))
        if self.type_line is None:
            return None
        line = self.lines[self.type_line]
        rest = _typed(line)
        if rest and (text := rest["rest"].strip()) and not re.match(r"[:\s]*so\b", text):
            start = line.start + rest.start("rest") + len(rest["rest"]) - len(rest["rest"].lstrip(" :"))
            return self._subject_from(self.type_line, start)
        for i in range(self.type_line + 1, len(self.lines)):
            if i not in self.taken and not self._is_furniture(i):
                about = _span_end(_ABOUT, self.lines[i])
                return self._subject_from(i, self.lines[i].start + about)
        return None

    def _subject_from(self, at: int, start: int) -> str | None:
        pieces = [self.tidied[start : self.lines[at].end]]
        self.taken.add(at)
        end = self.lines[at].end
        for i in range(at + 1, len(self.lines)):
            if self._is_furniture(i):
                continue
            shouts = self.lines[i].text.isupper() and not pieces[0].isupper()
            if shouts or not self._subject_goes_on(self.lines[i], end):
                break
            pieces.append(self.lines[i].text)
            self.taken.add(i)
            end = self.lines[i].end
        subject = squeeze(" ".join(pieces)).strip(" ./;:,")
        subject = subject[1:-1].strip() if subject.startswith("(") and subject.endswith(")") else subject
        # "THÔNG BÁO VỀ VIỆC …" on one line.
        subject = _ABOUT_TEXT.sub("", subject)
        if not subject:
            return None
        self.note("subject", subject, start, end)
        return subject

    def _subject_goes_on(self, line: Line, end: int) -> bool:
        if opens_the_body(line) or is_bullet(line.text) or line.text.endswith(":") or self.tidied[end - 1] in ".;":
            return False
        first = line.text[0]
        if line.after_blank:
            # An arrival of the body in lower case is not to be feared, a second title in capitals is.
            return first.islower() and len(line.text) < _LONG_LINE
        return first.islower() or first in '(“"0123456789' or len(line.text) < _TITLE_LINE

    def _is_furniture(self, i: int) -> bool:
        line = self.lines[i]
        return (
            i in self.taken
            or bool(_NATION.match(line.folded))
            or bool(_ARRIVAL.match(line.folded))
            or bool(_URGENCY_LINE.match(line.folded))
            or _is_place_and_date(line)
        )

    def read_issuer(self) -> str | None:
        """The office named before the number (or before the type, where no number is)."""
        stop = min((i for i in self.taken | {self.type_line or len(self.lines)}), default=len(self.lines))
        left = [self.lines[i] for i in range(len(self.lines)) if i < stop or self._is_early_capital(i)]
        group = issuer_lines([line for line in left if self._may_name(line)])
        if not group:
            self.warnings.append("issuer: no office was found at the head; add it")
            return None
        name = name_of(group, self.tidied[self.lines[-1].end :], self._place())
        self.note("issuer", name, group[0].start, group[-1].end)
        return name

    def _place(self) -> str:
        """The place before the date, as it is written."""
        for line in self.lines:
            if _is_place_and_date(line) and "," in line.text:
                return line.text.split(",")[0].strip(" (")
        return ""

    def _is_early_capital(self, i: int) -> bool:
        """A line of capitals that OCR put after the number but before the subject."""
        limit = self.type_line if self.type_line is not None else len(self.lines)
        return i < limit and i not in self.taken and self.lines[i].text.isupper()

    def _may_name(self, line: Line) -> bool:
        i = self.lines.index(line)
        return not (self._is_furniture(i) or _typed(line) or _SUBJECT.match(line.folded))

    def read_urgency(self) -> str:
        """A mark of its own in the head, or in the name of the type; "khẩn trương" is none."""
        for line in self.lines:
            found = _URGENCY_LINE.match(line.folded)
            typed = _typed(line)
            mark = found["mark"] if found else ((typed and typed["mark"]) or "").strip()
            if not mark and (words := _URGENT_WORDS.search(line.text)) and not _SUBJECT.match(line.folded):
                mark = {"T": "thuong khan"}.get(words[0][0], "hoa toc")
            if mark:
                self.note("urgency", dict(_URGENCY)[mark], line.start, line.end)
                return dict(_URGENCY)[mark]
        return "none"

    def read_addressees(self) -> tuple[str, ...]:
        """The list after "Kính gửi"; sets `end`, where the body begins."""
        at = self.to if self.to is not None else self._wired_to()
        self.end = self._end_of_head()
        if at is None:
            return ()
        first = self.all[at]
        start = first.start + (_span_end(_TO, first) if self.to is not None else len(first.text))
        found, self.end = addressees_in(self.tidied, start, first.end, self.all[at + 1 :])
        for name in found:
            self.note("addressees", name.value, name.start, name.end)
        return tuple(name.value for name in found)

    def _end_of_head(self) -> int:
        used = [self.lines[i].end for i in self.taken]
        if self.type_line is not None:
            used.append(self.lines[self.type_line].end)
        return max(used, default=0)

    def _wired_to(self) -> int | None:
        """A công điện names whom it is wired to: "CHỦ TỊCH … điện:"."""
        if self.type_line is None or "cong dien" not in self.lines[self.type_line].folded:
            return None
        stop = len(self.lines) + 3
        return next((i for i, line in enumerate(self.all[:stop]) if _WIRED_TO.search(line.folded)), None)


_LONG_LINE = 120
_TITLE_LINE = 70
_ABOUT_TEXT = re.compile(r"^\W*(?:v\s*/\s*v|về việc|về)\b\s*[:.]?\s*", re.IGNORECASE)
_PLACE_LENGTH = 45


def _span_end(pattern: re.Pattern[str], line: Line) -> int:
    found = pattern.match(line.folded)
    return found.end() if found else 0


def _typed(line: Line) -> re.Match[str] | None:
    """The name of a type at the start of a line. "PHƯỜNG AN …" folds like "PHƯƠNG ÁN": the diacritics decide."""
    found = _TYPE.match(line.folded)
    if found is None or found["rest"].startswith(" va dau tu"):
        return None
    written = line.text[: found.end("type")].lower()
    bare = written.isascii() and found["type"] != "phuong an"
    return found if bare or written == TYPES[found["type"]] else None


def _is_place_and_date(line: Line) -> bool:
    """Whether a line is all "Bỉm Sơn, ngày 13 tháng 3 năm 2020"; the place may be left out."""
    found = _DATE.search(line.folded)
    if not found or line.folded[found.end() :].strip(" .)"):
        return False
    before = line.text[: found.start()].strip(" (")
    return not before or (len(before) <= _PLACE_LENGTH and before.endswith(",") and before[0].isupper())


def read_head(lines: Sequence[Line], tidied: str) -> Head:
    """Read the head of a tidied text."""
    reader = _HeadReader(lines, tidied)
    number, symbol = reader.read_number()
    day = reader.read_date()
    typed = reader.read_type()
    subject = reader.read_subject()
    if subject is None:
        reader.warnings.append("subject: none was found; add it")
    issuer = reader.read_issuer() if reader.lines else None
    urgency = reader.read_urgency()
    addressees = reader.read_addressees()
    doc_type = typed or _type_by_layout(symbol, subject, reader)
    if doc_type == "công văn" and not addressees:
        reader.warnings.append('addressees: no "Kính gửi" was found; add them if the dispatch names any')
    return Head(
        doc_type, number, symbol, day, issuer, subject, urgency, addressees, reader.excerpts,
        tuple(reader.warnings), reader.end, _is_dispatch(reader, symbol, typed, issuer),
    )  # fmt: skip


def _type_by_layout(symbol: str | None, subject: str | None, reader: _HeadReader) -> str | None:
    """A công văn carries no name of its type: the symbol, or "V/v" and "Kính gửi", tell."""
    if symbol:
        for part in re.split(r"[-/]", symbol.lower().replace("đ", "d")):
            if part in _TYPES_BY_SYMBOL:
                return _TYPES_BY_SYMBOL[part]
        return "công văn"
    return "công văn" if subject or (reader.to is not None and "number" in reader.excerpts) else None


def _is_dispatch(reader: _HeadReader, symbol: str | None, typed: str | None, issuer: str | None) -> bool:
    """An office speaks in the official layout: its number, or two other marks that letters of people lack."""
    if any(_NOT_A_DISPATCH.match(line.folded) and line.text.isupper() for line in reader.lines):
        return False
    nation = any(_NATION.match(line.folded) for line in reader.lines)
    about = any(_SUBJECT.match(line.folded) for line in reader.lines)
    tail = any(_TAIL.match(line.folded) for line in reader.all)
    marks = sum((nation, about or typed is not None, issuer is not None, reader.to is not None, tail))
    return marks >= (1 if symbol else 3)
