"""How often and how long a dispatch orders the loudspeakers to speak, and when the whole order holds.

An order is one phase: its counts, hours, days and length may stand in several sentences and are gathered. Counts of
other things (reports, disinfection, meetings), the usual number told as background, and orders of the documents that
are only referred to are left alone. A number is never invented: an increase without one is reported as such.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from scheduler.core.dispatch.acts import stops_airing
from scheduler.core.dispatch.counts import counts_in
from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.model import Doubt, Excerpt, FrequencyOrder
from scheduler.core.dispatch.text import fold, is_bullet, sentences_of, squeeze, strip_bullet
from scheduler.core.dispatch.when import Period, days_in, hours_in, periods_in, weekday_spans, weekdays_in

__all__ = ["FoundOrder", "Frequency", "after_reference", "read_frequency"]

# "phát" alone is to air; in "phát hiện", "phát tờ rơi" it is not, and "phạt" folds to the same letters.
_AIRING = re.compile(
    r"phát(?! (?:hiện|sinh|triển|quang|dọn|tờ|khẩu trang|quà|huy|động|ngôn|hành|thuốc|lương|bệnh|dịch"
    r"|giấy|cho))|truyền thanh"
    r"|\bloa\b|tiếp âm|tiếp sóng|bản tin|chuyên mục|tuyên truyền|thời lượng|tần suất|\bđài\b"
    r"|thông báo trên|buổi sáng|đọc trên"
)
_OTHER = re.compile(
    r"báo cáo|đo (?:thân )?nhiệt|phun|khử khuẩn|vệ sinh|kiểm tra|uống|\bhọp\b|giao ban|xét nghiệm"
    r"|thu gom|\btrực\b|tập huấn"
    r"|\bgửi\b|rửa tay|súc họng|lấy mẫu|tuần tra|dọn dẹp|nhắn tin|ra quân|tiêm|cấp nước|cấp điện"
    r"|cắt điện|tổ chức thi|bón"
)
_STRONG = re.compile(r"phát thanh|phát sóng|\bloa\b|truyền thanh|tiếp âm|tiếp sóng|thời lượng|\bphát\b")
_REFERENCE = re.compile(
    r"^\W*(?:thuc hien|can cu|theo|tiep theo|tiep tuc thuc hien|xet|tren co so)\s+(?:\S+\s+){0,8}?"
    r"(?:(?:cong van|van ban|chi thi|ke hoach|thong bao|quyet dinh|nghi dinh|nghi quyet|luat|cong dien"
    r"|thong tu|huong dan|ket luan|to trinh|y kien"
    r"|chi dao|de nghi)\b[^;]{0,90}?\b(?:so|ngay)\s*:?\s*\d"
    r"|(?:y kien|chi dao|de nghi|tinh than)\b[^;]{0,20}?\bcua\b)"
)
_ORDERS = re.compile(r"\b(?:yêu cầu|đề nghị|giao|(?<!ban )chỉ đạo|hướng dẫn|thông báo)\b")
_BARE = {pattern: re.compile(fold(pattern.pattern)) for pattern in (_AIRING, _OTHER, _STRONG, _ORDERS)}
_PHASE = re.compile(
    r"\b(?:sau do|tiep do|giai doan (?:\d|[iv]+|dau|tiep theo|sau)\b|dot (?:\d|[iv]+|dau|sau)\b|(?:tu )?tuan thu \w+"
    r"|(?:(?:trong |tu )?(?:cac|nhung|thoi gian) )?(?:tuan|ngay)? ?(?<!lan )(?:con lai|tiep theo)\b(?=[^.;]{0,80}\d))"
)
_COUNT = re.compile(r"\d\s*(?:\([^()]{1,12}\)\s*)?(?:lan|buoi|luot|phut|gio mot lan)\b")
# "thời gian nộp thuế từ ngày …" is another's period.
_HOLDS = re.compile(
    r"\b(?:thoi gian(?: (?:thuc hien|tuyen truyen|ap dung|trien khai|phat thanh|phat song|phat"
    r"|hieu luc))?|(?<!het )hieu luc"
    r"|thuc hien|trien khai)\s*(?:thi hanh|bat dau|duoc tinh|lien tuc|la|nay)?\s*[:,(]?\s*$"
    r"|\b(?:tuyen truyen|ap dung)\b[^.;\d]{0,60}$"
)
_WHEN = re.compile(r"\bthoi gian\s*[:,(]?\s*$")
_AN_HOUR = re.compile(r"\d\s*(?:h|g|gio\b|:\d)")
_TOPIC = re.compile(r"\s(?:về|để|nhằm|nội dung)\s")


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order with the span its quote was cut from."""

    order: FrequencyOrder
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Frequency:
    orders: tuple[FoundOrder, ...]
    effective: tuple[str | None, str | None] | None
    effective_span: tuple[int, int] | None
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class _Clause:
    """One clause of the body: where it stands, what it says, and whether it is about airing."""

    start: int
    end: int
    paragraph: int
    text: str
    folded: str
    about_airing: bool
    strong: bool
    new_phase: bool


@dataclass(slots=True)
class _Gathering:
    found: list[FoundOrder] = field(default_factory=list)
    last_paragraph: int = -2
    doubts: list[Doubt] = field(default_factory=list)
    effective: Period | None = None
    effective_at: int = 0


def read_frequency(text: str, paragraphs: tuple[tuple[int, int], ...], issued: date | None) -> Frequency:
    """Read the orders of `text`: a body in which everything that is no duty has been blanked out."""
    gathering = _Gathering()
    for clause in _clauses(text, paragraphs, issued):
        _read_clause(gathering, clause, text, issued)
    period = gathering.effective
    found = tuple(replace(f, order=replace(f.order, quote=squeeze(text[f.start : f.end]))) for f in gathering.found)
    doubts = [*(d for one in found for d in _doubts_of(one)), *gathering.doubts]
    stated = any(one.reason in {"frequency_more", "frequency_minutes_more"} for one in doubts)
    unstated = next((f for f in found if f.order.increase and not _has_number(f.order)), None)
    if unstated and not stated:
        doubts.append(doubt("frequency", reason="frequency_without_number", excerpt=_where(unstated)))
    return Frequency(
        found,
        (period.first, period.last) if period else None,
        (gathering.effective_at + period.at, gathering.effective_at + period.end) if period else None,
        tuple(doubts),
    )


def _where(found: FoundOrder) -> Excerpt:
    return Excerpt(found.order.quote, found.start, found.end)


_MOST_A_DAY, _MOST_MINUTES, _FEWEST_APART = 24, 240, 5
"""Airings a day, minutes of one session, minutes from one airing to the next: beyond these a number was misread."""


def _doubts_of(found: FoundOrder) -> list[Doubt]:
    """What does not fit together in one order, or cannot be meant."""
    order, where = found.order, _where(found)
    doubts = []
    if order.per_day and order.at and not order.windows and order.per_day % len(order.at):
        told = {"number": str(order.per_day), "hours": str(len(order.at))}
        doubts.append(doubt("frequency", reason="frequency_hours_differ", excerpt=where, **told))
    unlikely = (
        (order.per_day or 0) > _MOST_A_DAY
        or (order.session_minutes or 0) > _MOST_MINUTES
        or 0 < (order.every_minutes or _FEWEST_APART) < _FEWEST_APART
    )
    if unlikely:
        doubts.append(doubt("frequency", reason="frequency_unlikely", excerpt=where, raw=order.quote))
    return doubts


def _has_number(order: FrequencyOrder) -> bool:
    return _counted(order) or any((order.at, order.windows, order.session_minutes))


def _clauses(text: str, paragraphs: tuple[tuple[int, int], ...], issued: date | None) -> list[_Clause]:
    made: list[_Clause] = []
    led = False
    for number, (start, end) in enumerate(paragraphs):
        whole = text[start:end].lower()
        if not whole.strip():
            continue
        # Bullets under "… phát thanh như sau:" speak of airing without saying so again.
        led = (bool(_letters(_STRONG, whole).search(whole)) and whole.rstrip().endswith(":")) or (
            led and is_bullet(whole)
        )
        within = led
        for a, b in sentences_of(text, start, end):
            own = after_reference(text, a, b)
            about = own < b and _about_airing(text[own:b].lower(), within=within)
            within = within or about
            made.extend(_clause(text, c, d, number, about=about) for c, d in _phases(text, own, b, issued))
    return made


def _clause(text: str, start: int, end: int, paragraph: int, *, about: bool) -> _Clause:
    clause = text[start:end]
    new_phase = bool(_PHASE.match(fold(strip_bullet(clause.lstrip()))))
    strong = bool(_letters(_STRONG, clause.lower()).search(clause.lower()))
    return _Clause(start, end, paragraph, clause, fold(clause), about, strong, new_phase)


def _letters(pattern: re.Pattern[str], text: str) -> re.Pattern[str]:
    """The pattern for a text typed without diacritics, else the pattern itself."""
    return _BARE[pattern] if text.isascii() else pattern


def after_reference(text: str, start: int, end: int) -> int:
    """In "Thực hiện Công văn số …, UBND phường yêu cầu …" what is referred to is another's order."""
    folded = fold(text[start:end])
    reference = _REFERENCE.match(folded)
    if not reference:
        return start
    orders = _letters(_ORDERS, text[start:end]).search(text[start:end].lower(), reference.end())
    return start + orders.start() if orders else end


_LONGEST_CLAUSE = 2000


def _phases(text: str, start: int, end: int, issued: date | None) -> list[tuple[int, int]]:
    folded = fold(text[start:end])
    cuts = [start + m.start() for m in _PHASE.finditer(folded) if m.start() > 0]
    cuts += [start + at for at in _between_periods(folded, issued)]
    # No office writes a clause this long; a hostile text does.
    points = sorted({start, *cuts, end, *range(start + _LONGEST_CLAUSE, end, _LONGEST_CLAUSE)})
    return [(a, b) for a, b in pairwise(points) if text[a:b].strip(" ,")]


def _between_periods(folded: str, issued: date | None) -> list[int]:
    """Where a sentence with a count for each of its periods, or of its weekdays, goes from one to the next."""
    if len(folded) > _LONGEST_CLAUSE:
        return []
    periods = [(period.at, period.end) for period in periods_in(folded, issued) if period.first]
    return [at for spans in (periods, weekday_spans(folded)) for at in _cuts_between(folded, spans)]


def _cuts_between(folded: str, spans: Sequence[tuple[int, int]]) -> Iterator[int]:
    for (start, end), (next_start, next_end) in pairwise(spans):
        before = _COUNT.search(folded, 0, start) and not folded[:start].rstrip().endswith(":")
        between, after = _COUNT.search(folded, end, next_start), _COUNT.search(folded, next_end)
        if not (between and (before or after)) and not (before and after):
            continue
        comma = folded.find(",", end, next_start)
        yield comma + 1 if before and comma >= 0 else next_start


def _about_airing(sentence: str, *, within: bool) -> bool:
    if _letters(_AIRING, sentence).search(sentence):
        return True
    return within and not _letters(_OTHER, sentence).search(sentence)


def _read_clause(gathering: _Gathering, clause: _Clause, text: str, issued: date | None) -> None:
    if stops_airing(clause.text):
        return
    periods = periods_in(clause.folded, issued)
    order, doubts = _order_of(clause, periods)
    if order is None:
        _keep_effective(gathering, clause, periods)
        where = Excerpt(squeeze(clause.text), clause.start, clause.end)
        gathering.doubts.extend(replace(one, excerpt=where) for one in doubts)
        return
    found = FoundOrder(order, *_quote_span(clause, text))
    where = Excerpt(squeeze(text[found.start : found.end]), found.start, found.end)
    gathering.doubts.extend(replace(one, excerpt=where) for one in doubts)
    open_order = gathering.found[-1] if gathering.found and clause.paragraph - gathering.last_paragraph <= 1 else None
    only_when = not (order.increase or _counted(order))
    if (
        open_order
        and not clause.new_phase
        and _fit(open_order.order, order)
        and (only_when or clause.paragraph == gathering.last_paragraph or _completes(open_order.order, order))
    ):
        gathering.found[-1] = _joined(open_order, found)
    elif only_when and (
        not clause.strong or not (order.at or order.windows or order.start or order.end or order.session_minutes)
    ):
        return
    else:
        gathering.found.append(found)
    gathering.last_paragraph = clause.paragraph


def _keep_effective(gathering: _Gathering, clause: _Clause, periods: tuple[Period, ...]) -> None:
    for period in periods:
        before = clause.folded[max(0, period.at - _NEAR) : period.at]
        # "Thời gian: từ 7h30 ngày 12/9" is when something takes place.
        event = _WHEN.search(before) and _AN_HOUR.search(clause.folded, period.at, period.end)
        if gathering.effective is None and not event and _HOLDS.search(before):
            gathering.effective, gathering.effective_at = period, clause.start


def _order_of(clause: _Clause, periods: tuple[Period, ...]) -> tuple[FrequencyOrder | None, tuple[Doubt, ...]]:
    """What the clause orders by itself, or None when it orders no airing."""
    if not clause.about_airing:
        return None, ()
    counts = counts_in(clause.text, clause.folded, lambda at: _is_airing_at(clause.text.lower(), at))
    masked = counts.masked
    hours = tuple(h for h in hours_in(masked) if _is_airing_at(clause.text.lower(), h.at))
    period = periods[0] if periods else None
    order = FrequencyOrder(
        quote="", increase=counts.increase, factor=counts.factor, per_day=counts.per_day, per_week=counts.per_week,
        at=tuple(dict.fromkeys(h.start for h in hours if h.until is None)),
        weekdays=weekdays_in(masked), every_minutes=counts.every_minutes,
        windows=tuple(dict.fromkeys(f"{h.start}-{h.until}" for h in hours if h.until)),
        session_minutes=counts.session_minutes, minutes_a_day=counts.minutes_a_day, share=counts.share,
    )  # fmt: skip
    ordered = counts.increase or _counted(order) or order.at or order.windows or order.session_minutes
    if period and (ordered or (clause.strong and not _holds_alone(clause, period))):
        order = replace(order, start=period.first, end=period.last)
        ordered = True
    if ordered and not (period and period.first and period.last):
        order = replace(order, days=days_in(masked))
    return (order if ordered or (order.weekdays and clause.strong) else None), counts.doubts


def _holds_alone(clause: _Clause, period: Period) -> bool:
    """Words like "Thời gian tuyên truyền: từ ngày …" say how long the whole order holds."""
    return bool(_HOLDS.search(clause.folded[max(0, period.at - _NEAR) : period.at]))


_NEAR = 400
"""A verb further off than this says nothing about a count."""


def _is_airing_at(lowered: str, at: int) -> bool:
    """Of the words before a count, the nearest verb says what is counted."""
    first = max(0, at - _NEAR)
    airing = max((m.start() for m in _letters(_AIRING, lowered).finditer(lowered, first, at)), default=-1)
    other = max((m.start() for m in _letters(_OTHER, lowered).finditer(lowered, first, at)), default=-1)
    return airing >= other


def _counted(order: FrequencyOrder) -> bool:
    return any((order.factor, order.per_day, order.per_week, order.every_minutes, order.minutes_a_day, order.share))


def _completes(one: FrequencyOrder, other: FrequencyOrder) -> bool:
    """Whether the next paragraph goes on with the order: it says nothing yet, or how much of each session is meant."""
    return not _counted(one) or (one.share is None) != (other.share is None)


_SCALARS = (
    "factor", "per_day", "per_week", "every_minutes", "session_minutes", "minutes_a_day", "share", "days", "start",
    "end",
)  # fmt: skip


def _fit(one: FrequencyOrder, other: FrequencyOrder) -> bool:
    """Two clauses are one order when they do not answer the same question differently."""
    return all(
        getattr(one, name) is None or getattr(other, name) is None or getattr(one, name) == getattr(other, name)
        for name in _SCALARS
    )


def _joined(one: FoundOrder, other: FoundOrder) -> FoundOrder:
    a, b = one.order, other.order
    start, end = min(one.start, other.start), max(one.end, other.end)
    merged = FrequencyOrder(
        quote="", increase=a.increase or b.increase,
        at=tuple(dict.fromkeys((*a.at, *b.at))), windows=tuple(dict.fromkeys((*a.windows, *b.windows))),
        weekdays=tuple(sorted({*a.weekdays, *b.weekdays})),
        **{name: getattr(a, name) if getattr(a, name) is not None else getattr(b, name) for name in _SCALARS},
    )  # fmt: skip
    return FoundOrder(merged, start, end)


def _quote_span(clause: _Clause, text: str) -> tuple[int, int]:
    """The clause without its bullet, and without the topic ("về …") when nothing is ordered after it."""
    bare = strip_bullet(clause.text)
    start = clause.end - len(bare)
    end = clause.end
    topic = _TOPIC.search(text, start + 1, end)
    if topic and not re.search(
        r"\d|lần|buổi|hằng ngày|hàng ngày|mỗi|gấp", text[topic.start() : end].replace("COVID-19", "")
    ):
        end = topic.start()
    return start, start + len(text[start:end].rstrip(" .;,:"))
