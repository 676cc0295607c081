"""Orders out of what sentences say: which drafts are one order, which are phases or days of their own.

Drafts that answer the same question in the same way, or different questions, are one order. Where an order of certain
days stands beside one of any day, or an exception beside two orders, nobody can tell which is meant, and that is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.excepted import Excepted
from scheduler.core.dispatch.model import Doubt, Excerpt, FrequencyOrder
from scheduler.core.dispatch.said import Read, Said
from scheduler.core.dispatch.when import is_without_gap

__all__ = ["COUNTS", "Draft", "Gathering", "made_order"]

_SCALARS = (
    "factor", "per_day", "per_week", "every_minutes", "session_minutes", "max_minutes", "minutes_a_day", "share",
    "days",
)  # fmt: skip
COUNTS = ("factor", "per_day", "per_week", "every_minutes", "minutes_a_day", "share")
"""What says how much."""


@dataclass(slots=True)
class Draft:
    """An order while its sentences are gathered."""

    said: Said
    start: int
    end: int
    paragraph: int
    excepted: Excepted = field(default_factory=Excepted)
    days_at: tuple[int, int] | None = None
    kept: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Gathering:
    """The orders so far; `open` while the next sentence may still belong to the last one."""

    drafts: list[Draft] = field(default_factory=list)
    open: bool = False
    paragraph: int = -2
    first_open: int = 0
    """The first draft that the next exception may belong to."""
    waiting: Said | None = None
    """Days before the order that they hold for."""
    excepted: Excepted = field(default_factory=Excepted)
    excepted_at: tuple[int, int] = (0, 0)
    questions: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def has_order(self) -> bool:
        return self.open and bool(self.drafts)

    def next_paragraph(self, number: int) -> None:
        self.paragraph = number

    def add(self, read: Read, start: int, end: int, *, strong: bool, holds: bool) -> None:
        """Take in one sentence."""
        if not self.open:
            self.first_open = len(self.drafts)
        before = len(self.drafts)
        for n, said in enumerate(read.said):
            self._add_said(said, start, end, alone=n == 0, strong=strong, holds=holds)
        if read.excepted:
            self._except(read.excepted, start, end, fresh=len(self.drafts) - before)

    def take_table(self, rows: Sequence[Said], paragraph: int) -> bool:
        """Take in the rows of a table as orders, with the days said before it; False where that cannot be told."""
        before = self.drafts[-1] if self.has_order else None
        if self.excepted or (before is not None and (before.said.orders or before.excepted)):
            return False
        days = before.said if before else self.waiting
        if days and _frames(days, rows):
            days = None
        if days and any(row.dates or row.first or row.last or (row.weekdays and days.weekdays) for row in rows):
            return False
        if before:
            self.drafts.pop()
        self.waiting, self.first_open, self.open = None, len(self.drafts), True
        for row in rows:
            draft = Draft(row, row.start, row.end, paragraph, kept=set(row.kept))
            if days:
                _lend(days, row)
                draft.days_at = _days_at(days)
            self.drafts.append(draft)
        return True

    def _add_said(self, said: Said, start: int, end: int, *, alone: bool, strong: bool, holds: bool) -> None:
        last = self.drafts[-1] if self.has_order else None
        if not said.orders:
            self._add_days(said, start, end, last, strong=strong, holds=holds)
            return
        if self.waiting is not None:
            _lend(self.waiting, said)
            self.waiting = None
        span = (start, end) if alone else (said.start, max(said.end, said.start))
        if last is not None and alone and self._joins(last, said):
            self._join(last, said, *span)
        else:
            self._open(said, *span, last)

    def _open(self, said: Said, start: int, end: int, last: Draft | None) -> None:
        if said.plays:
            self.questions.append(("frequency_unread", start, end))
        if last is not None and last.said.for_text and said.for_text:
            self.questions.append(("frequency_side_by_side", start, end))
        elif last is not None and not _side_by_side(last.said, said):
            self.questions.append(("frequency_scope", start, end))
        if last is not None and last.end > start:
            last.end = start
        draft = Draft(said, start, end, self.paragraph, days_at=_days_at(said), kept=set(said.kept))
        if self.excepted:
            draft.excepted.add(self.excepted)
            self.excepted = Excepted()
        self.drafts.append(draft)
        self.open = True

    def _joins(self, last: Draft, said: Said) -> bool:
        if said.sequel or (said.leads and last.said.orders and not _only_hours_of_a_period(said, last.said)):
            return False
        if said.factor and said.days and last.said.counts and not last.said.factor:
            return False  # "02 lần/ngày. Trong ba ngày đầu tăng gấp đôi"
        if said.for_text or (said.plays and not (last.said.at or last.said.windows or last.said.per_day)):
            return False
        if said.rest or _on_other_days(last.said, said):
            return False
        if said.counts and last.said.counts and (last.said.at or last.said.windows) and (said.at or said.windows):
            return False
        differs = any(_differ(last.said, said, name) for name in _SCALARS)
        return not differs or not (said.scoped or last.said.scoped)

    def _join(self, last: Draft, said: Said, start: int, end: int) -> None:
        for name in _SCALARS:
            mine, other = getattr(last.said, name), getattr(said, name)
            if mine is None:
                setattr(last.said, name, other)
            elif other not in (None, mine):
                self.questions.append(("frequency_two_counts", start, end))
        if said.plays:
            sessions = last.said.per_day or len({*last.said.at, *last.said.windows})
            last.kept |= {said.plays, sessions}
            last.said.per_day = said.plays * sessions
        last.said.increase |= said.increase
        last.said.at_most |= said.at_most
        last.said.each_text |= said.each_text
        last.said.at = list(dict.fromkeys((*last.said.at, *said.at)))
        last.said.windows = list(dict.fromkeys((*last.said.windows, *said.windows)))
        last.said.parts = list(dict.fromkeys((*last.said.parts, *said.parts)))
        _lend(said, last.said)
        last.kept |= said.kept
        last.days_at = last.days_at or _days_at(said)
        last.start, last.end = min(last.start, start), max(last.end, end)

    def _add_days(self, said: Said, start: int, end: int, last: Draft | None, *, strong: bool, holds: bool) -> None:
        """Days without a count: of the order before them, else of the one that follows."""
        if last is not None:
            if not holds and (
                len(self.drafts) - self.first_open > 1
                or any(_differ(last.said, said, name) for name in ("weekdays", "dates", "first", "last", "days"))
            ):
                self.questions.append(("frequency_scope", start, end))
            elif not holds or len(self.drafts) - self.first_open == 1:
                _lend(said, last.said)
                last.days_at = last.days_at or _days_at(said)
                last.end = max(last.end, end)
            return
        if strong and not holds:
            self._open(said, start, end, None)
        elif not holds:
            self.waiting = said
        elif strong:
            self.open = True  # "phát từ 05/3 đến 15/3; mỗi lượt 10 phút": the next sentence says more of it

    def _except(self, excepted: Excepted, start: int, end: int, *, fresh: int) -> None:
        """An exception is of the one order there is; of two nobody can tell."""
        candidates = len(self.drafts) - self.first_open
        if candidates == 0:
            self.excepted.add(excepted)
            self.excepted_at = (start, end)
            self.open = True
            return
        if candidates > 1 and not self._is_kept_already(excepted):
            self.questions.append(("frequency_scope", start, end))
        del fresh
        self.drafts[-1].excepted.add(excepted)
        self.drafts[-1].start, self.drafts[-1].end = min(self.drafts[-1].start, start), max(self.drafts[-1].end, end)

    def _is_kept_already(self, excepted: Excepted) -> bool:
        """Whether no order has these weekdays: "Thứ Hai đến thứ Sáu …. Thứ Bảy …. Chủ nhật nghỉ."."""
        weekdays = [draft.said.weekdays for draft in self.drafts[self.first_open :]]
        named = excepted.days or excepted.windows or excepted.not_before or excepted.not_after
        return bool(excepted.weekdays) and not named and all(days and not days & excepted.weekdays for days in weekdays)

    def parts_all_days(self, phases: int) -> bool:
        """Whether these are so many orders (0 = some), each with its first and last day, one after the other."""
        days = [(one.said.first, one.said.last) for one in self.drafts[self.first_open :]]
        dated = len(days) > 1 and len(days) == (phases or len(days)) and all(a and b for a, b in days)
        return dated and all(last < first for (_, last), (first, _) in pairwise(days))  # type: ignore[operator]

    def drop_days(self) -> None:
        """Forget the days right before a table that nobody could read: they are its frame, and no order."""
        self.waiting = None
        if self.has_order and self.drafts[-1].said.scoped and not self.drafts[-1].said.orders:
            self.drafts.pop()

    def asked(self, text: str) -> list[Doubt]:
        """What could belong to two orders, and an exception that stands alone."""
        questions = list(self.questions)
        if self.excepted:
            questions.append(("frequency_left", *self.excepted_at))
        made = []
        for reason, start, end in questions:
            raw = " ".join(text[start:end].split())
            where = Excerpt(raw, start, end)
            if reason == "frequency_two_counts":
                made.append(doubt("frequency", reason="frequency_scope", excerpt=where, raw=raw))
            else:
                made.append(doubt("frequency", reason=reason, excerpt=where, raw=raw))
        return made


def _frames(days: Said, rows: Sequence[Said]) -> bool:
    """Whether every row has days of its own within the period before the table: "Lịch phát tháng 4/2026:"."""
    if not (days.first and days.last) or days.weekdays or days.dates or days.days:
        return False
    first, last = days.first, days.last
    return all(row.dates and all(first <= day <= last for day in row.dates) for row in rows)


def _days_at(said: Said) -> tuple[int, int] | None:
    term = said.since.get("period") or said.since.get("days")
    return (term.start, term.end) if term else None


def _kinds(said: Said) -> tuple[bool, bool]:
    """Whether it has weekdays, and days of the calendar."""
    return bool(said.weekdays or said.rest), bool(said.first or said.last or said.dates or said.sequel)


def _side_by_side(last: Said, said: Said) -> bool:
    """Whether two orders part the days between them: both by days of the calendar, or both by weekdays."""
    (weekly, dated), (also_weekly, also_dated) = _kinds(last), _kinds(said)
    return (dated and also_dated) or (weekly and also_weekly and not dated and not also_dated)


def _differ(one: Said, other: Said, name: str) -> bool:
    a, b = getattr(one, name), getattr(other, name)
    return bool(a) and bool(b) and a != b


def _on_other_days(one: Said, other: Said) -> bool:
    """Whether the two name days that are not the same: other lists, other ends, or a list outside a period."""
    if any(_differ(one, other, name) for name in ("weekdays", "dates", "first", "last")):
        return True
    return _all_outside(one, other) or _all_outside(other, one)


def _all_outside(one: Said, other: Said) -> bool:
    """Whether one names days of which all lie outside the period of the other."""
    first, last = other.first, other.last
    outside = [bool((first and day < first) or (last and day > last)) for day in one.dates]
    return bool(outside) and all(outside)


def _only_hours_of_a_period(said: Said, last: Said) -> bool:
    """Whether "từ ngày 05/3 đến ngày 20/3 vào 6h00 và 17h00" goes on with the count before it."""
    hours = (said.at or said.windows) and not said.counts
    return bool(hours and said.first and said.last and not last.scoped and not said.weekdays and not last.at)


def _lend(days: Said, said: Said) -> None:
    """Give an order the days that it does not name itself."""
    said.weekdays = said.weekdays or set(days.weekdays)
    if not said.dates:
        said.more = said.more or ([] if said.first or said.last else list(days.more))
        said.first, said.last = said.first or days.first, said.last or days.last
    if not (said.first or said.last):
        said.dates = said.dates or list(days.dates)
    said.days = said.days or days.days
    said.rest = said.rest or days.rest
    for name in ("period", "days", "weekdays"):
        if name in days.since:
            said.since.setdefault(name, days.since[name])


def made_order(draft: Draft, before: Draft | None) -> tuple[FrequencyOrder, list[Doubt]]:
    """The order, its quote still empty, and what is asked about its days."""
    said, excepted = draft.said, draft.excepted
    asked: list[Doubt] = []
    days = sorted(set(said.dates))
    first, last = said.first, said.last
    if days and (first or last):
        asked.append(
            doubt(
                "frequency", reason="frequency_scope", excerpt=Excerpt("", draft.start, draft.end), raw=", ".join(days)
            )
        )
    elif days and is_without_gap(days):
        first, last, days = days[0], days[-1], []
    if said.days and first and last and _last_of(first, said.days) != last:  # "tuần đầu tháng 4"
        where = Excerpt("", draft.start, draft.end)
        asked.append(doubt("frequency", reason="frequency_scope", excerpt=where, raw=f"{said.days} ngày"))
    if said.sequel and first is None and before is not None and before.said.last:
        first = _after(before.said.last)
    elif said.sequel and first is None and excepted:
        where = Excerpt("", draft.start, draft.end)
        asked.append(doubt("frequency", reason="frequency_scope", excerpt=where, raw="sau đó"))
    weekdays, gone = _weekdays(said, excepted, before)
    order = FrequencyOrder(
        quote="", increase=said.increase, factor=said.factor, per_day=said.per_day, per_week=said.per_week,
        at=tuple(dict.fromkeys(said.at)), weekdays=weekdays, every_minutes=said.every_minutes,
        windows=tuple(dict.fromkeys(said.windows)), session_minutes=said.session_minutes,
        minutes_a_day=said.minutes_a_day, share=said.share, days=None if first and last else said.days,
        start=first, end=last, dates=tuple(days), except_days=tuple(sorted({*excepted.days, *gone})),
        except_windows=tuple(excepted.windows), not_before=excepted.not_before, not_after=excepted.not_after,
        max_minutes=said.max_minutes, at_most=said.at_most, parts=tuple(said.parts),
        each_text=said.each_text,
    )  # fmt: skip
    return order, asked


def _weekdays(said: Said, excepted: Excepted, before: Draft | None) -> tuple[tuple[int, ...], list[str]]:
    """The weekdays left after the exceptions; and the days of the order before, of "các ngày còn lại"."""
    named = set(said.weekdays)
    gone: list[str] = []
    if said.rest and before is not None and not excepted:
        named = set(range(7)) - before.said.weekdays if before.said.weekdays else named
        gone = list(before.said.dates)
    if excepted.weekdays:
        named = (named or set(range(7))) - excepted.weekdays
    return tuple(sorted(named)), gone


def _last_of(first: str, days: int) -> str | None:
    """The last of so many days from the first on."""
    try:
        return (date.fromisoformat(first) + timedelta(days=days - 1)).isoformat()
    except OverflowError:
        return None


def _after(day: str) -> str | None:
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except OverflowError:
        return None
