"""What the air monitor has heard, in the reports over real rows: each mark beside its airing, each figure a count."""

from collections import Counter
from datetime import timedelta

import pytest

from scheduler.core.air.heard_back import HEARD_WORDS, Heard, SpellKind
from scheduler.core.model import AiringOutcome
from scheduler.core.report.period import parse_period
from scheduler.core.report.report import Report, figure
from scheduler.extras.air_check.keys import MonitorConfig
from scheduler.extras.air_check.rows import HeardRows
from scheduler.extras.air_check.rules.air_watch import Measured, Spell
from scheduler.store import Ending
from tests.conftest import DAY, MORNING

MONTH = parse_period("2026-12")
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def monitor():
    return MonitorConfig(kind="soundcard")


@pytest.fixture
def config(config, monitor):
    return config.having(monitor)


class Listened:
    """Airings of a minute that are over, six a day on two days, and findings as the monitor writes them."""

    def __init__(self, cast, dispatch_id: int | None = None) -> None:
        self.cast, self.clock = cast, cast.station.clock
        repos = cast.station.repos
        self.rows = HeardRows(repos.store, repos.journal)
        announcement_id = cast.approved(60.0, "Tiêm chủng")
        seen = repos.programme.announcement(announcement_id)
        repos.programme.change_announcement(seen, {"dispatch_id": dispatch_id}, MORNING)
        cast.running(announcement_id, base=6, end=NEXT)
        self.clock.advance(86_400 * 2)
        for slot in [one for day in (DAY, NEXT) for one in repos.slots.of_day(day)]:
            repos.slots.claim(slot, slot.start)
            ending = Ending(
                AiringOutcome.PLAYED, "", slot.start, slot.start + timedelta(minutes=1), 60_000, {"L": "ok"}
            )
            repos.slots.close(slot.id, ending, self.clock.now())
        self.waiting = self.rows.to_judge(MORNING, self.clock.now() + timedelta(days=1))

    def mark(self, *marks: tuple[Heard, float | None]) -> None:
        for verdict, level in marks:
            measured = Measured(1.0 if level is not None else 0.0, level)
            assert self.rows.judged(self.waiting.pop(0), verdict, measured, "ward.monitor", self.clock.now())

    def spell(self, kind: SpellKind, began, seconds: float | None, day=DAY) -> None:
        row_id = self.rows.begin(Spell(kind, began, -20.0), None, day.isoformat(), "ward.monitor")
        if seconds is not None:
            assert self.rows.end(row_id, began + timedelta(seconds=seconds), None, self.clock.now())


@pytest.fixture
def listened(cast):
    return Listened(cast)


@pytest.fixture
def reports(station):
    return station.services.reports


def airings(report: Report, key: str = "NhatKy") -> list[dict[str, object]]:
    table = next(one for one in report.blocks if one.key == key)
    return [
        {column.key: figure(cell, column.unit) for column, cell in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]


def air(report: Report) -> dict[str, object]:
    facts = next(one for one in report.blocks if one.key == "CumLoa").facts
    return {one.key: figure(one.cell, one.unit) for one in facts}


def has_marks(report: Report) -> bool:
    return any("NgheLai" in row for row in airings(report))


def test_the_logbook_tells_each_mark_beside_its_airing(listened, reports, minh):
    listened.mark((Heard.HEARD, -23.14), (Heard.SILENT, -72.3), (Heard.UNKNOWN, None), (Heard.OTHER, -30.0))
    told = [(row["NgheLai"], row["MucNgheLai"]) for row in airings(reports.log(minh, DAY))]
    assert told == [
        ("Nghe được, -23,1 dBFS", -23.1),
        ("Không nghe thấy, -72,3 dBFS", -72.3),
        ("", ""),
        ("Tiếng khác, -30,0 dBFS", -30.0),
        ("", ""),
        ("", ""),
    ]


def test_with_a_monitor_a_day_it_has_heard_nothing_of_says_so(listened, reports, minh):
    log = reports.log(minh, DAY)
    assert {row["NgheLai"] for row in airings(log)} == {""}
    rows, _ = next(one for one in log.blocks if one.key == "NhatKy").paper().told
    assert {row[-1] for row in rows} == {"–"}


class TestWithoutAMonitor:
    @pytest.fixture
    def monitor(self):
        return MonitorConfig()

    def test_the_logbook_has_no_column_of_marks(self, listened, reports, minh):
        assert not has_marks(reports.log(minh, DAY))

    def test_the_days_of_a_monitor_that_is_gone_keep_their_marks(self, listened, reports, minh):
        listened.mark((Heard.HEARD, -23.0))
        assert has_marks(reports.log(minh, DAY))
        assert not has_marks(reports.log(minh, NEXT))
        assert air(reports.airtime(minh, MONTH))["LuotNgheKiemTra"] == 1

    def test_the_report_of_airtime_says_that_nothing_was_measured(self, listened, reports, minh):
        report = reports.airtime(minh, MONTH)
        assert set(air(report).values()) == {None}
        assert not any("bộ nghe" in note for note in report.notes)


def test_the_report_of_airtime_counts_the_marks_of_its_logbooks(listened, reports, minh):
    every = [(verdict, -20.0 - at) for at, verdict in enumerate(Heard)]
    listened.mark(*every, *every[:3])
    found = air(reports.airtime(minh, MONTH))
    marks = Counter(
        row["NgheLai"].split(", ")[0]
        for day in (DAY, NEXT)
        for row in airings(reports.log(minh, day))
        if row["NgheLai"]
    )
    assert found["LuotNgheKiemTra"] == marks.total() == 8
    assert found["LuotNgheDuoc"] == marks[HEARD_WORDS[Heard.HEARD]] == 2
    assert found["LuotNgheMotPhan"] == marks[HEARD_WORDS[Heard.PARTLY]] == 2
    assert found["LuotCoTieng"] == marks[HEARD_WORDS[Heard.SOUND]] == 2
    assert found["LuotKhongNghe"] == marks[HEARD_WORDS[Heard.OTHER]] + marks[HEARD_WORDS[Heard.SILENT]] == 2
    assert found["SoCumHong"] is None


def test_spells_count_in_the_period_they_began_in_once_they_are_over(listened, reports, minh):
    listened.mark((Heard.HEARD, -23.0))
    listened.spell(SpellKind.STRAY, MORNING, 5.5)
    listened.spell(SpellKind.STRAY, MORNING + timedelta(hours=1), 60)
    listened.spell(SpellKind.STRAY, MORNING, 7, day=NEXT)
    listened.spell(SpellKind.SILENCE, MORNING, None)
    day = air(reports.airtime(minh, parse_period("2026-12-02")))
    assert (day["SoLanTiengLa"], day["ThoiGianTiengLa"]) == (2, "00:01:06")
    assert (day["SoLanMatTieng"], day["ThoiGianMatTieng"]) == (0, "00:00:00")
    assert air(reports.airtime(minh, MONTH))["SoLanTiengLa"] == 3


class TestWhereStraySoundIsNotLookedFor:
    @pytest.fixture
    def monitor(self):
        return MonitorConfig(kind="soundcard", stray_db=0.0)

    def test_it_is_not_measured_instead_of_none(self, listened, reports, minh):
        listened.mark((Heard.HEARD, -23.0))
        found = air(reports.airtime(minh, MONTH))
        assert (found["SoLanTiengLa"], found["SoLanMatTieng"]) == (None, 0)


def test_marks_change_no_figure_of_airtime(listened, reports, minh):
    before = [block for block in reports.airtime(minh, MONTH).blocks if block.key != "CumLoa"]
    listened.mark((Heard.HEARD, -23.0), (Heard.SILENT, -80.0))
    listened.spell(SpellKind.STRAY, MORNING, 5)
    assert [block for block in reports.airtime(minh, MONTH).blocks if block.key != "CumLoa"] == before


def test_the_airings_of_a_certificate_carry_their_marks(cast, reports, minh, dispatch_id):
    listened = Listened(cast, dispatch_id)
    assert "NgheLai" not in airings(reports.certificate(minh, dispatch_id), "LuotPhat")[0]
    listened.mark((Heard.HEARD, -23.0))
    first, second, *_ = airings(reports.certificate(minh, dispatch_id), "LuotPhat")
    assert (first["MucNgheLai"], second["MucNgheLai"]) == (-23.0, "")
