"""The ledger of a dispatch as its page shows it: sums in words, one row a day, and the drawing of minutes a day.

It adds nothing up: every figure is the desk's. It decides only how many days stand in the table before the rest folds.
"""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from scheduler.core.planning.ledger import Account, BaselineSource
from scheduler.core.report.chart import minutes_chart
from scheduler.core.words.wording import OUTCOMES, REASONS, sentence
from scheduler.services.planning.ledger import DispatchLedger
from web.formats import day_words, decimal

__all__ = ["DayRow", "LedgerView", "ledger_view"]

AHEAD = 7
"""Days ahead that stand in the table; the others are told in one line."""
_OUTCOMES = {outcome.value: word for outcome, word in OUTCOMES.items()}


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    over: bool
    today: bool
    account: Account
    ordered_minutes: str
    heard_minutes: str
    why: tuple[str, ...]
    """What was written off, in words."""


@dataclass(frozen=True, slots=True)
class LedgerView:
    """`total` is of the days up to today, `rest` of the days that have no row of their own."""

    rows: tuple[DayRow, ...]
    total: Account
    ordered_minutes: str
    heard_minutes: str
    rest_days: int
    rest: Account
    before: str
    stated_note: str
    measured: bool
    after: str
    increase: str
    chart: Markup
    """Safe: drawn by `core.report.chart` from dates and numbers."""


def ledger_view(found: DispatchLedger, today: date) -> LedgerView:
    days = list(found.days)
    near = [day for day in days if day <= today]
    ahead = [day for day in days if day > today]
    shown = near + ahead[:AHEAD]
    so_far = found.sum_of(near)
    return LedgerView(
        rows=tuple(_row(found, day, today) for day in shown),
        total=so_far,
        ordered_minutes=decimal(so_far.ordered_minutes),
        heard_minutes=decimal(so_far.heard_minutes),
        rest_days=len(ahead[AHEAD:]),
        rest=found.sum_of(ahead[AHEAD:]),
        before=_before(found),
        stated_note=found.baseline.stated.note if found.baseline.stated else "",
        measured=any(found.minutes_before.values()),
        after=_after(found),
        increase=f"{decimal(found.increase)} lần" if found.increase is not None else "",
        chart=_chart(found),
    )


def _row(found: DispatchLedger, day: date, today: date) -> DayRow:
    account = found.days[day]
    return DayRow(
        day=day,
        over=day in found.over,
        today=day == today,
        account=account,
        ordered_minutes=decimal(account.ordered_minutes),
        heard_minutes=decimal(account.heard_minutes),
        why=tuple(f"{count} lượt: {_why(reason)}" for reason, count in account.written_off.items()),
    )


def _why(reason: str) -> str:
    """The sentence of a reason; of an outcome that has none, the outcome."""
    return sentence(reason) if reason in REASONS else _OUTCOMES.get(reason, sentence(reason))


def _before(found: DispatchLedger) -> str:
    """What was aired a day before the dispatch, and how that is known."""
    baseline = found.baseline
    span = f"{day_words(baseline.first)} – {day_words(baseline.last)}"
    if baseline.source is BaselineSource.MEASURED:
        told = f"{decimal(baseline.minutes_a_day or 0)} phút/ngày"
        return f"{told}, đo được trong {baseline.days} ngày trước công văn ({span})"
    if baseline.source is BaselineSource.STATED and baseline.stated:
        stated = baseline.stated
        return f"{decimal(stated.minutes_a_day)} phút/ngày, do {stated.by} khai (trạm không đo được lúc ấy)"
    return "chưa biết: trạm chưa đo được ngày nào trước công văn"


def _after(found: DispatchLedger) -> str:
    return "" if found.minutes_a_day is None else f"{decimal(found.minutes_a_day)} phút/ngày"


def _chart(found: DispatchLedger) -> Markup:
    """Measured minutes a day before and after the dispatch; the line is what it orders."""
    minutes = found.minutes_before | found.minutes_after
    days = sorted(minutes)
    ordered = [found.days[day].ordered_minutes if day in found.days else None for day in days]
    return Markup(minutes_chart(days, [minutes[day] for day in days], ordered, found.issued))  # noqa: S704 - our drawing
