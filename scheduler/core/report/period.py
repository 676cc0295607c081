"""The stretch of days a report is about: a day, a week, a month, a quarter, half a year, a year.

Weeks begin on Monday (ISO 8601), all others with the calendar. It reads no clock: the day is an argument.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scheduler.core.planning.rules import parse_date
from scheduler.kernel.errors import Refused

__all__ = ["Period", "PeriodKind", "parse_period", "period_with"]


class PeriodKind(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """Both days are included."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=at) for at in range((self.last - self.first).days + 1))

    @property
    def code(self) -> str:
        """As `parse_period` reads it: 2026-12-02, 2026-W49, 2026-12, 2026-Q4, 2026-H2, 2026."""
        match self.kind:
            case PeriodKind.DAY:
                return self.first.isoformat()
            case PeriodKind.WEEK:
                year, week, _ = self.first.isocalendar()
                return f"{year}-W{week:02}"
            case PeriodKind.MONTH:
                return f"{self.first:%Y-%m}"
            case PeriodKind.QUARTER:
                return f"{self.first:%Y}-Q{(self.first.month + 2) // 3}"
            case PeriodKind.HALF:
                return f"{self.first:%Y}-H{1 if self.first.month == 1 else 2}"
            case PeriodKind.YEAR:
                return f"{self.first:%Y}"

    @property
    def words(self) -> str:
        """As an office writes it."""
        match self.kind:
            case PeriodKind.DAY:
                return f"ngày {self.first:%d/%m/%Y}"
            case PeriodKind.WEEK:
                year, week, _ = self.first.isocalendar()
                return f"tuần {week} năm {year} (từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y})"
            case PeriodKind.MONTH:
                return f"tháng {self.first.month} năm {self.first.year}"
            case PeriodKind.QUARTER:
                return f"quý {('I', 'II', 'III', 'IV')[self.first.month // 3]} năm {self.first.year}"
            case PeriodKind.HALF:
                return f"6 tháng {'đầu' if self.first.month == 1 else 'cuối'} năm {self.first.year}"
            case PeriodKind.YEAR:
                return f"năm {self.first.year}"


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
_CODE = re.compile(r"(\d{4})(?:-(?:W(\d{1,2})|Q([1-4])|H([12])|(\d{1,2})))?", re.IGNORECASE)


def period_with(kind: PeriodKind, day: date) -> Period:
    """The period of that kind that `day` lies in. Raises Refused period_invalid at the ends of the calendar."""
    try:
        return _period_with(kind, day)
    except (OverflowError, ValueError) as error:
        raise Refused("period_invalid", value=f"{day:%d/%m/%Y}") from error


def _period_with(kind: PeriodKind, day: date) -> Period:
    if kind is PeriodKind.DAY:
        return Period(kind, day, day)
    if kind is PeriodKind.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(days=6))
    months = _MONTHS[kind]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = first.month + months
    following = date(first.year + 1, 1, 1) if after > 12 else first.replace(month=after)  # noqa: PLR2004 - months
    return Period(kind, first, following - timedelta(days=1))


def parse_period(text: str) -> Period:
    """2026-W49, 2026-12, 2026-Q4, 2026-H2, 2026, or a day in any way of writing one. Raises Refused period_invalid."""
    typed = text.strip()
    try:
        if found := _CODE.fullmatch(typed):
            return _coded(*found.groups())
        return period_with(PeriodKind.DAY, parse_date(typed))
    except (ValueError, Refused) as error:
        raise Refused("period_invalid", value=text[:80]) from error


def _coded(year: str, week: str | None, quarter: str | None, half: str | None, month: str | None) -> Period:
    if week:
        return _period_with(PeriodKind.WEEK, date.fromisocalendar(int(year), int(week), 1))
    if quarter:
        return _period_with(PeriodKind.QUARTER, date(int(year), 3 * int(quarter), 1))
    if half:
        return _period_with(PeriodKind.HALF, date(int(year), 6 * int(half), 1))
    if month:
        return _period_with(PeriodKind.MONTH, date(int(year), int(month), 1))
    return _period_with(PeriodKind.YEAR, date(int(year), 1, 1))
