"""A town and a real ward: its own station, desk and link; what the ward aired is proved at the town."""

import io
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest

from scheduler.config.loading import OutputConfig
from scheduler.core.model import Role
from scheduler.core.report.period import PeriodKind, period_with
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.rules.wards import Area, Level
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rows.queue import JOURNAL
from scheduler.extras.town.rules.envelope import Kind
from scheduler.extras.town.service.town import TownService
from scheduler.paper import draw
from scheduler.services.backup.restore import restore
from scheduler.station import Station
from tests.extras.hub.work.conftest import linked
from tests.extras.hub.work.told import WARD, aired, lines_at, rows_at
from tests.waiting import until


@pytest.fixture
def ward(town, tmp_path):
    """A paired ward that trusts the town, with one journal row that was there before the link."""
    config = replace(
        town.station.written,
        folder=tmp_path / "ward",
        outputs=(OutputConfig(name="wav", kind="wavfile", counts=True),),
    ).having(HubConfig(), TownConfig(url=town.server.url, ward_id=WARD, groups=("bac",), health_seconds=5.0))
    (tmp_path / "ward").mkdir()
    station = Station.open(config, town.station.clock)
    station.prepare()
    code = town.services.add_ward(town.admin, NewWard(WARD, "Phường Thật", ("bac",), homes=900))
    seed = keys.load_or_make(config.data / KEY_FILE)
    town.services.join(code, keys.public_of(seed))
    station.services.get(TownService).pin(
        station.repos.people.machine(station.clock.now()),
        town.services.keys.current().public,
        "Thị xã",
        may_emergency=False,
    )
    yield station
    station.close()


def test_what_a_real_ward_received_and_aired_is_known_and_proved_at_the_town(town, ward, cast):
    number = cast.approved()
    with linked(ward):
        until(lambda: town.state(WARD) == "late")  # it is there, and says that its playout is not
        order = IssueOrder(
            Kind.ANNOUNCEMENT,
            town.station.clock.now() + timedelta(hours=1),
            number,
            ("group.bac",),
            dispatch_number="642/UBND",
        )
        issue = town.services.issue(town.admin, order)
        until(lambda: town.services.issued(issue)[0].heard_of == 1)
        aired(ward, 1)
        ward.repos.journal.note("clock", "2026-12-02", "clock_step", "", ward.clock.now())  # the chain goes through it
        aired(ward, 2, first=1)
        until(lambda: town.services.airtime(town.admin, "642/UBND").totals.airings == 3)
    airtime = town.services.airtime(town.admin, "642/UBND")
    (line,) = airtime.lines
    assert (line.played_ms, line.proved, line.chain_faults, line.missing_rows) == (87_003, 3, 0, 0)
    hashes = {row["hash"] for row in ward.repos.store.rows("SELECT hash FROM journal WHERE kind = 'airing'")}
    assert {row["hash"] for row in town.services.evidence(town.admin, "642/UBND", WARD)} <= hashes
    _look_at_the_paper(town)


def _look_at_the_paper(town):
    town.services.add_ward(town.admin, NewWard("26735", "Phường Chưa Báo"))
    town.services.put_areas(
        town.admin,
        [
            Area(WARD, "Phường Thật", Level.COMMUNE, "79", ("100",), "2025-07-01"),
            Area("100", "Xã Cũ", Level.COMMUNE, "760", (), None, "2025-06-30"),
            Area("760", "Huyện Cũ", Level.DISTRICT_LEGACY, "79", (), None, "2025-06-30"),
            Area("79", "Thành phố Mẫu", Level.PROVINCE),
        ],
    )
    today = town.station.clock.now().date()
    report = town.services.export(town.admin, period_with(PeriodKind.YEAR, today), "642/UBND")
    assert report.head.addressees == ("Ủy ban nhân dân tỉnh",)  # not the ward, for which a ward's own report is
    (wards,) = [block for block in report.blocks if getattr(block, "key", "") == "CacPhuong"]
    rows = {row[0]: row for row in wards.rows}
    assert rows[WARD][2:10] == ("Huyện Cũ", 3, 3, 0, 0, 0, 0, 87_003)  # whole, in part, silent, taken off, recorded
    assert rows["26735"][3:10] == (None,) * 7  # it has reported nothing: no zero
    assert rows["26735"][11] == "chưa báo"
    for kind in ("xlsx", "json", "html", "csv", "pdf"):
        assert draw(report, kind)
    book = openpyxl.load_workbook(io.BytesIO(draw(report, "xlsx")))
    told = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None)
    assert "Phường Chưa Báo" in told
    assert "Huyện Cũ" in told


def test_a_ward_put_back_from_a_backup_tells_in_a_new_line_and_the_town_keeps_both(town, ward):
    """Rows that were told after the backup stay; those it held and nobody was told count once; a hole is asked for."""
    tuan = ward.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", ward.clock.now())
    with linked(ward):
        until(
            lambda: ward.services.get(TownService).up.rows.cursor(JOURNAL) is not None
        )  # what was before the link is not told
        aired(ward, 3, name="before")
        until(lambda: len(rows_at(town)) == 3)
        until(lambda: ward.services.get(TownService).up.rows.state().waiting == 0)  # it knows that they are told
    aired(ward, 2, name="untold")
    backup = ward.services.backups.make(tuan)
    with linked(ward):
        aired(ward, 2, name="after")
        until(lambda: len(rows_at(town)) == 7)
    (old,) = lines_at(town)
    ward.close()
    restore(backup, ward.config.data, replaced_at=ward.clock.now(), now=ward.clock.now())
    again = Station.open(ward.written, ward.clock)
    assert again.services.get(TownService).up.rows.line()[0] != old[0], "more was told than this database knows of"
    aired(again, 4, name="new")
    while again.services.get(TownService).up.queue_new():
        pass
    lost = "UPDATE town_outbox SET sent_at = queued_at WHERE line <> ? AND number IN (2, 3)"
    with again.repos.store.write() as db:
        db.conn.execute(lost, (old[0],))  # confirmed by a broker that then lost it
    with linked(again):
        until(lambda: len(rows_at(town)) == 11)
        until(lambda: town.services.ward(WARD).missing_rows == 0)
        until(lambda: again.services.get(TownService).up.rows.state().waiting == 0)
        until(lambda: [whole for _, whole in lines_at(town)] == [True, True])
    assert set(rows_at(town).values()) == {1}
    state = town.services.ward(WARD)
    assert (state.lost_rows, state.trouble) == (0, "")
    assert town.services.airtime(town.admin, "642/UBND").totals.airings == 11
    told = again.repos.store.value("SELECT seq FROM journal WHERE reason = 'restored'")  # its first row of its own
    faults = [(one.seq, one.reason) for one in town.services.chain_faults(town.admin)]
    assert set(faults) == {(told, "ward_chain_broken")}, "where the two lives part, and nowhere else"
    again.close()
