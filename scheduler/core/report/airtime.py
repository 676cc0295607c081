"""Báo cáo thời lượng phát sóng: the figures of a period in the order an office reads them.

Sessions, sources, fields, days, dispatches (ordered against achieved), emergencies and their delay, outputs, what did
not air and why, what sounded in quiet hours. All figures come in; this module names them and puts them in tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from scheduler.core.air.heard_back import AirFigures
from scheduler.core.air.standing import Tally, tally_text
from scheduler.core.report import events
from scheduler.core.report.events import DispatchLine, NightLine, OutputLine, UrgentLine
from scheduler.core.report.headline import headline, share, unheard_warning
from scheduler.core.report.period import Period
from scheduler.core.report.report import Block, Cell, Column, Fact, Facts, Form, Head, MinutesADay, Report, Table, Unit
from scheduler.core.report.report_words import FIELDS, NOTES, SESSIONS, SOURCES, TITLES
from scheduler.core.report.sums import Figures, Sums

__all__ = ["AirtimeFacts", "AirtimeSums", "airtime_report"]

DAYS_ON_PAPER = 31
"""A longer period is printed by month; the days stand in the formats for machines."""


@dataclass(frozen=True, slots=True)
class AirtimeSums:
    """As much of the report as a screen shows."""

    period: Period
    until: date
    """Last day with figures; before the end of a period that is not over."""
    figures: Sums
    dispatches: Sequence[DispatchLine]

    @property
    def minutes_a_day(self) -> MinutesADay:
        """Minutes heard on each day that has figures."""
        days = tuple(day for day in self.period.days if day <= self.until)
        minutes = tuple(_ms(self.figures.by_day.get(day)) / 60_000 for day in days)
        return MinutesADay(days, minutes, (None,) * len(days))


@dataclass(frozen=True, slots=True)
class AirtimeFacts(AirtimeSums):
    """All that the report tells, besides its head."""

    figures: Figures
    urgent: Sequence[UrgentLine]
    outputs: Sequence[OutputLine]
    refusals: Sequence[tuple[str, int]]
    """What no plan had room for: reason code and airings."""
    night: Sequence[NightLine]
    air: AirFigures = field(default_factory=AirFigures)
    """What the air monitor has found."""
    one_officer: bool = False


def airtime_report(facts: AirtimeFacts, head: Head, made_at: datetime) -> Report:
    """The report of a period; `made_at` in the station's zone."""
    period = facts.period
    chart = facts.minutes_a_day
    days = chart.days
    notes = [NOTES["measured"], NOTES["airings"], NOTES["sessions"], NOTES["clusters"]]
    if facts.air.measured:
        notes.append(NOTES["returned"])
    if facts.until < period.last:
        notes.insert(0, NOTES.say("until", day=f"{facts.until:%d/%m/%Y}"))
    if facts.one_officer:
        notes.append(NOTES["one_officer"])
    return Report(
        form=Form.AIRTIME,
        head=head,
        title=TITLES[Form.AIRTIME],
        about=period.words,
        code=period.code,
        first=period.first,
        last=period.last,
        made_at=made_at,
        blocks=_blocks(facts, days),
        intro=(
            f"{head.agency} báo cáo thời lượng phát sóng {period.words} như sau:",
            f"Tóm tắt: {tally_text(facts.figures.total)}.",
        ),
        warning=unheard_warning(facts.figures.total),
        chart=chart if len(days) > 1 else None,
        notes=tuple(notes),
    )


def _blocks(facts: AirtimeFacts, days: Sequence[date]) -> tuple[Block, ...]:
    return (
        _whole(facts.figures),
        _sessions(facts.figures),
        _sources(facts.figures),
        _fields(facts.figures),
        *([] if len(days) <= DAYS_ON_PAPER else [_months(facts, days)]),
        _days(facts, days),
        events.dispatches(facts.dispatches),
        events.written_off(facts.dispatches),
        events.urgent(facts.urgent),
        events.outputs(facts.outputs),
        events.clusters(facts.air),
        events.ends(facts.figures),
        events.refusals(facts.refusals),
        events.night(facts.night),
    )


def _whole(figures: Figures) -> Facts:
    total = figures.total
    return Facts(
        "SoLieuChung",
        "Số liệu chung",
        (
            *headline(total),
            Fact("SoBanTin", "Số bản tin khác nhau có tiếng", figures.announcements, Unit.COUNT),
        ),
    )


def _sessions(figures: Figures) -> Table:
    rows = tuple(
        (words, planned, held, share(held, planned))
        for words, (planned, held) in zip(SESSIONS.values(), figures.sessions, strict=True)
    )
    planned, held = (sum(one[at] for one in figures.sessions) for at in (0, 1))
    return Table(
        "BuoiPhat",
        "Buổi phát",
        (
            Column("Buoi", "Buổi", share=2),
            Column("KeHoach", "Kế hoạch (buổi)", Unit.COUNT),
            Column("ThucHien", "Thực hiện (buổi)", Unit.COUNT),
            Column("TyLe", "Tỷ lệ (%)", Unit.SHARE),
        ),
        rows,
        ("Cộng", planned, held, share(held, planned)),
    )


def _sources(figures: Figures) -> Table:
    whole = figures.total.played_ms
    return Table(
        "TheoNguon",
        "Thời lượng theo nguồn",
        (
            Column("Nguon", "Nguồn", share=3),
            Column("SoLuot", "Số lượt có tiếng", Unit.COUNT),
            Column("SoPhut", "Thời lượng (phút)", Unit.MINUTES),
            Column("TyLe", "Tỷ lệ (%)", Unit.SHARE),
        ),
        tuple(
            (SOURCES[one.source], one.airings, one.played_ms, share(one.played_ms, whole)) for one in figures.by_source
        ),
        ("Cộng", figures.total.airings, whole, share(whole, whole)),
    )


def _fields(figures: Figures) -> Table:
    amounts = figures.by_field
    rows = tuple(
        (field or "", words, amounts[field].airings if field in amounts else 0, _ms(amounts.get(field)))
        for field, words in FIELDS.items()
    )
    return Table(
        "TheoLinhVuc",
        "Thời lượng theo lĩnh vực",
        (
            Column("LoaiLinhVuc", "Mã", Unit.NUMBER, share=0.5),
            Column("LinhVuc", "Lĩnh vực", share=4),
            Column("SoLuot", "Số lượt có tiếng", Unit.COUNT),
            Column("SoPhut", "Thời lượng (phút)", Unit.MINUTES),
        ),
        rows,
        ("", "Cộng", figures.total.airings, figures.total.played_ms),
    )


def _months(facts: AirtimeFacts, days: Sequence[date]) -> Table:
    months = sorted({day.replace(day=1) for day in days})
    rows = []
    for month in months:
        own = [facts.figures.by_day[day] for day in days if day.replace(day=1) == month and day in facts.figures.by_day]
        rows.append((f"{month:%m/%Y}", *_amounts(Tally.total(own))))
    columns = (Column("Thang", "Tháng", share=2), *_AMOUNTS)
    return Table("TheoThang", "Thời lượng theo tháng", columns, tuple(rows), _day_total(facts))


def _days(facts: AirtimeFacts, days: Sequence[date]) -> Table:
    amounts = facts.figures.by_day
    rows = tuple((day, *_amounts(amounts.get(day, Tally()))) for day in days)
    columns = (Column("Ngay", "Ngày", Unit.DAY, share=2), *_AMOUNTS)
    on_paper = len(days) <= DAYS_ON_PAPER
    return Table("TheoNgay", "Thời lượng theo ngày", columns, rows, _day_total(facts), on_paper=on_paper)


_AMOUNTS = (
    Column("KeHoach", "Số lượt phải phát", Unit.COUNT),
    Column("SoLuot", "Số lượt có tiếng", Unit.COUNT),
    Column("LuotPhatDo", "Trong đó phát dở", Unit.COUNT),
    Column("SoPhut", "Thời lượng (phút)", Unit.MINUTES),
)


def _day_total(facts: AirtimeFacts) -> tuple[Cell, ...]:
    return ("Cộng", *_amounts(facts.figures.total))


def _amounts(of: Tally) -> tuple[int, int, int, int]:
    """The cells under `_AMOUNTS`."""
    return of.planned, of.airings, of.partly, of.played_ms


def _ms(amount: Tally | None) -> int:
    return amount.played_ms if amount else 0
