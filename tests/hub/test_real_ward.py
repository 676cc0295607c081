"""A town and a real ward: its own station, desk and link; what the ward aired is proved at the town."""

import io
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest

from scheduler.broker import keys
from scheduler.broker.pairing import KEY_FILE
from scheduler.config import HubConfig, OutputConfig, TownConfig
from scheduler.core.envelope import Kind
from scheduler.core.hub import Area, Level
from scheduler.core.report_period import PeriodKind, period_with
from scheduler.desk.hub_issues import IssueOrder
from scheduler.desk.hub_wards import NewWard
from scheduler.link.process import TownLink
from scheduler.paper import draw
from scheduler.station import Station
from scheduler.store.journal import Entry
from tests.hub.conftest import until


@contextmanager
def linked(station):
    """The process `link` of a ward, in a thread."""
    link, stop = TownLink(station), threading.Event()
    thread = threading.Thread(target=link.run, args=(stop,), name="link")
    thread.start()
    try:
        yield link
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture
def ward(town, tmp_path):
    """A paired ward that trusts the town, with one journal row that was there before the link."""
    config = replace(
        town.station.written,
        folder=tmp_path / "ward",
        hub=HubConfig(),
        outputs=(OutputConfig(name="wav", kind="wavfile"),),
        town=TownConfig(url=town.server.url, ward_id="26734", groups=("bac",), health_seconds=5.0),
    )
    (tmp_path / "ward").mkdir()
    station = Station.open(config, town.station.clock)
    station.prepare()
    code = town.desk.add_ward(town.admin, NewWard("26734", "Phường Thật", ("bac",), homes=900))
    seed = keys.load_or_make(config.data / KEY_FILE)
    town.desk.join(code, keys.public_of(seed))
    station.desk.town.pin(
        station.parts.people.machine(station.clock.now()),
        town.desk.keys.current().public,
        "Thị xã",
        may_emergency=False,
    )
    yield station
    station.close()


def test_what_a_real_ward_received_and_aired_is_known_and_proved_at_the_town(town, ward, cast):
    number = cast.approved()
    with linked(ward):
        until(lambda: town.state("26734") == "late")  # it is there, and says that its playout is not
        order = IssueOrder(
            Kind.ANNOUNCEMENT,
            town.station.clock.now() + timedelta(hours=1),
            number,
            ("group.bac",),
            dispatch_number="642/UBND",
        )
        issue = town.desk.issue(town.admin, order)
        until(lambda: town.desk.issued(issue)[0].heard_of == 1)
        now, day = ward.clock.now(), ward.clock.now().date().isoformat()
        at = now.isoformat(timespec="microseconds")
        for place in range(3):
            entry = Entry(
                now, "airing", day, slot_id=f"x{place}", title="Tiêm chủng", dispatch_number="642/UBND", zone="all",
                priority=3, trigger="schedule", planned_start=at, actual_start=at, planned_ms=30_000,
                played_ms=29_000 + place, outcome="played", outputs={"wav": "played"}, zones=("all",),
            )  # fmt: skip
            with ward.parts.store.write() as db:
                ward.parts.journal.append(db, entry)
                if place == 0:  # a row that is no airing: the chain goes through it
                    ward.parts.journal.append(db, Entry(now, "clock", day, note="bước giờ"))
        until(lambda: town.desk.airtime(town.admin, "642/UBND").totals.airings == 3)
    airtime = town.desk.airtime(town.admin, "642/UBND")
    (line,) = airtime.lines
    assert (line.played_ms, line.proved, line.chain_faults, line.missing_rows) == (87_003, 3, 0, 0)
    hashes = {row["hash"] for row in ward.parts.store.rows("SELECT hash FROM journal WHERE kind = 'airing'")}
    assert {row["hash"] for row in town.desk.evidence(town.admin, "642/UBND", "26734")} <= hashes
    _look_at_the_paper(town)


def _look_at_the_paper(town):
    town.desk.add_ward(town.admin, NewWard("26735", "Phường Chưa Báo"))
    town.desk.put_areas(
        town.admin,
        [
            Area("26734", "Phường Thật", Level.COMMUNE, "79", ("100",), "2025-07-01"),
            Area("100", "Xã Cũ", Level.COMMUNE, "760", (), None, "2025-06-30"),
            Area("760", "Huyện Cũ", Level.DISTRICT_LEGACY, "79", (), None, "2025-06-30"),
            Area("79", "Thành phố Mẫu", Level.PROVINCE),
        ],
    )
    today = town.station.clock.now().date()
    report = town.desk.export(town.admin, period_with(PeriodKind.YEAR, today), "642/UBND")
    (wards,) = [block for block in report.blocks if getattr(block, "key", "") == "CacPhuong"]
    rows = {row[0]: row for row in wards.rows}
    assert rows["26734"][2:7] == ("Huyện Cũ", 3, 3, 0, 87_003)
    assert rows["26735"][3:7] == (None, None, None, None)  # it has reported nothing: no zero
    assert rows["26735"][8] == "chưa báo"
    for kind in ("xlsx", "json", "html", "csv", "pdf"):
        assert draw(report, kind)
    book = openpyxl.load_workbook(io.BytesIO(draw(report, "xlsx")))
    told = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None)
    assert "Phường Chưa Báo" in told
    assert "Huyện Cũ" in told
