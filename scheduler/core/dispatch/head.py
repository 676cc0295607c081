"""The head of a dispatch: type, number and symbol, place and date, issuer, subject, urgency, addressees.

Only the head is looked at, and in it only the dispatch's own lines: a stamp of arrival, a reference to another
document or a date of an event never stands for the dispatch's own. What is not there stays unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.core.dispatch.addressees import addressees_in, opens_the_body
from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.issuer import issuer_lines, name_of
from scheduler.core.dispatch.model import Doubt, Excerpt
from scheduler.core.dispatch.numbering import ARRIVAL, is_place_and_date, own_date, own_number
from scheduler.core.dispatch.text import HEAD_LINES, Line, is_bullet, squeeze

__all__ = ["Head", "read_head"]

TYPES = {
    "cong van": "công văn", "thong bao": "thông báo", "cong dien": "công điện", "ke hoach": "kế hoạch",
    "chi thi": "chỉ thị", "quyet dinh": "quyết định", "huong dan": "hướng dẫn", "bao cao": "báo cáo",
    "to trinh": "tờ trình", "nghi quyet": "nghị quyết", "giay moi": "giấy mời", "thong tri": "thông tri",
    "ket luan": "kết luận", "chuong trinh": "chương trình", "phuong an": "phương án", "thong cao": "thông cáo",
    "loi keu goi": "lời kêu gọi", "thu keu goi": "thư kêu gọi", "quy che": "quy chế", "quy dinh": "quy định",
    "de an": "đề án", "thu cong": "thư công", "cong thu": "công thư", "bien ban": "biên bản",
}  # fmt: skip
_TYPES_BY_SYMBOL = {
    "tb": "thông báo", "cd": "công điện", "kh": "kế hoạch", "ct": "chỉ thị", "qd": "quyết định", "hd": "hướng dẫn",
    "bc": "báo cáo", "ttr": "tờ trình", "nq": "nghị quyết", "gm": "giấy mời", "cv": "công văn", "pa": "phương án",
    "kl": "kết luận",
}  # fmt: skip

_TYPE = re.compile(rf"^(?P<type>{'|'.join(TYPES)})(?P<mark>\s+(?:hoa toc|thuong khan|khan))?(?P<rest>$|[\s:(].*)")
_NOT_A_DISPATCH = re.compile(
    r"^(?:don (?:xin|de nghi|kien nghi|khieu nai|to cao|trinh bao|dang ky|cam doan|bao mat)|hop dong|hoa don|invoice"
    r"|so yeu ly lich|giay khai|to khai|bien lai|phieu (?:thu|chi|xuat kho|nhap kho|giao hang|bao gia)|bao gia"
    r"|giay (?:bien nhan|cam ket|vay tien|ban nha)|bang ke|danh sach|thuc don|bai tho|thu ngo)\b"
)
_OF_A_CITIZEN = re.compile(r"^\W*(?:(?:toi|em|chau|chung toi) ten la\b|nguoi (?:lam|viet|dung) don\b|kinh don\b)")
_BILL = re.compile(
    r"^(?:khach hang|don vi ban hang|nguoi mua|cong tien|tong (?:cong|tien)|hinh thuc thanh toan"
    r"|thue suat)\b"
)
_OFFICE_MARKS, _ALL_OTHER_MARKS = 3, 4
_NATION = re.compile(r"^(?:cong hoa xa hoi chu nghia|viet nam$|doc lap\s*-?\s*tu do|hanh phuc$|dang cong san viet nam)")
_SUBJECT = re.compile(r"^\W*(?:v\s*/\s*v|vv|ve viec)\b\s*[:.]?\s*")
_ABOUT = re.compile(r"^\W*(?:v\s*/\s*v|ve viec|ve)\b\s*[:.]?\s*")
_TO = re.compile(r"^\W*kinh gui\b\s*[:.;]?\s*")
_WIRED_TO = re.compile(r"\bdien\s*:\s*$")
_URGENCY = (("hoa toc", "hoa_toc"), ("thuong khan", "thuong_khan"), ("khan", "khan"))
_URGENCY_LINE = re.compile(r"^\W*(?:do khan\s*:?\s*)?(?P<mark>hoa toc|thuong khan|khan)(?:\s+hen gio.*)?\W*$")
_URGENT_WORDS = re.compile(r"\b(?:HỎA TỐC|HOẢ TỐC|THƯỢNG KHẨN)\b")
_TAIL = re.compile(r"^\W*noi nhan\b")


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
    doubts: tuple[Doubt, ...]
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
        self.doubts: list[Doubt] = []
        self.type_line: int | None = None
        self.date_line: int | None = None
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
        found = own_number(self.lines)
        if found.at is not None:
            self.taken.add(found.at)
        self.excerpts.update({name: (where,) for name, where in found.excerpts})
        self.doubts.extend(found.doubts)
        return found.number, found.symbol

    def read_date(self) -> str | None:
        own = [line for line in self.lines if not _SUBJECT.match(line.folded)]
        found = own_date(own, self.all[len(self.lines) :])
        if found.line is not None and found.line in self.lines:
            self.date_line = self.lines.index(found.line)
            self.taken.add(self.date_line)
        if found.excerpt:
            self.excerpts["date"] = (found.excerpt,)
        self.doubts.extend(found.doubts)
        return found.day

    def read_type(self) -> str | None:
        for i, line in enumerate(self.lines):
            found = _typed(line)
            if found and i not in self.taken and not ARRIVAL.match(line.folded):
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
            or bool(ARRIVAL.match(line.folded))
            or bool(_URGENCY_LINE.match(line.folded))
            or is_place_and_date(line)
        )

    def read_issuer(self) -> str | None:
        """The office named before the number (or before the type, where no number is)."""
        stop = min((i for i in self.taken | {self.type_line or len(self.lines)}), default=len(self.lines))
        left = [self.lines[i] for i in range(len(self.lines)) if i < stop or self._is_early_capital(i)]
        group = issuer_lines([line for line in left if self._may_name(line)])
        if not group:
            self.doubts.append(doubt("issuer", reason="issuer_missing"))
            return None
        name = name_of(group, self.tidied[self.lines[-1].end :], self._place())
        if _DIGIT_IN_A_WORD.search(name):
            where = Excerpt(name, group[0].start, group[-1].end)
            self.doubts.append(doubt("issuer", reason="issuer_misread", excerpt=where, raw=name))
        self.note("issuer", name, group[0].start, group[-1].end)
        return name

    def _place(self) -> str:
        """The place before the date, as it is written."""
        for line in self.lines:
            if is_place_and_date(line) and "," in line.text:
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
        used = self.taken if self.type_line is None else self.taken | {self.type_line}
        above = max((i for i in used if i != self.date_line), default=0)
        if self.date_line is not None and any(_speaks(line) for line in self.lines[above + 1 : self.date_line]):
            used = used - {self.date_line}  # the day stands behind the body
        return max((self.lines[i].end for i in used), default=0)

    def _wired_to(self) -> int | None:
        """A công điện names whom it is wired to: "CHỦ TỊCH … điện:"."""
        if self.type_line is None or "cong dien" not in self.lines[self.type_line].folded:
            return None
        stop = len(self.lines) + 3
        return next((i for i, line in enumerate(self.all[:stop]) if _WIRED_TO.search(line.folded)), None)


_DIGIT_IN_A_WORD = re.compile(r"[^\W\d_]\d+[^\W\d_]|\b0[^\W\d_]{2,}|[^\W\d_]{2,}0\b")
_LONG_LINE = 120
_TITLE_LINE = 70
_ABOUT_TEXT = re.compile(r"^\W*(?:v\s*/\s*v|về việc|về)\b\s*[:.]?\s*", re.IGNORECASE)


def _speaks(line: Line) -> bool:
    """Whether a line is none of a head, but of a body."""
    return is_bullet(line.text) or opens_the_body(line) or (line.text[-1] in ".;:" and len(line.text) >= _TITLE_LINE)


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


def read_head(lines: Sequence[Line], tidied: str) -> Head:
    """Read the head of a tidied text."""
    reader = _HeadReader(lines, tidied)
    number, symbol = reader.read_number()
    day = reader.read_date()
    typed = reader.read_type()
    subject = reader.read_subject()
    if subject is None:
        reader.doubts.append(doubt("subject", reason="subject_missing"))
    issuer = reader.read_issuer() if reader.lines else None
    urgency = reader.read_urgency()
    addressees = reader.read_addressees()
    doc_type = typed or _type_by_layout(symbol, subject, reader)
    if doc_type == "công văn" and not addressees:
        reader.doubts.append(doubt("addressees", reason="addressees_missing"))
    return Head(
        doc_type, number, symbol, day, issuer, subject, urgency, addressees, reader.excerpts,
        tuple(reader.doubts), reader.end, _is_dispatch(reader, symbol, typed, issuer),
    )  # fmt: skip


def _type_by_layout(symbol: str | None, subject: str | None, reader: _HeadReader) -> str | None:
    """A công văn carries no name of its type: the symbol, or "V/v" and "Kính gửi", tell."""
    if symbol:
        for part in re.split(r"[-/]", symbol.lower().replace("đ", "d")):
            if part in _TYPES_BY_SYMBOL:
                return _TYPES_BY_SYMBOL[part]
        return "công văn"
    return "công văn" if subject or (reader.to is not None and "number" in reader.excerpts) else None


def _is_a_bill(reader: _HeadReader, named: object) -> bool:
    """A bill has a number and a customer, and neither a subject nor the name of a type."""
    return not named and any(_BILL.match(line.folded) for line in reader.all)


def _is_dispatch(reader: _HeadReader, symbol: str | None, typed: str | None, issuer: str | None) -> bool:
    """An office speaks in the official layout: its number, or its name and two marks that letters of people lack."""
    titled = reader.lines if reader.type_line is None else reader.lines[: reader.type_line]
    if any(_NOT_A_DISPATCH.match(line.folded) and line.text.isupper() for line in titled):
        return False
    nation = any(_NATION.match(line.folded) for line in reader.lines)
    about = any(_SUBJECT.match(line.folded) for line in reader.lines)
    tail = any(_TAIL.match(line.folded) for line in reader.all)
    marks = sum((nation, about or typed is not None, issuer is not None, reader.to is not None, tail))
    if symbol:
        # A letter that names a dispatch is not one; neither is a bill of a company.
        return marks >= 1 and (nation or issuer is not None or marks > 1) and not _is_a_bill(reader, about or typed)
    if any(_OF_A_CITIZEN.match(line.folded) for line in reader.all):
        return False
    return marks >= (_OFFICE_MARKS if issuer else _ALL_OTHER_MARKS)
