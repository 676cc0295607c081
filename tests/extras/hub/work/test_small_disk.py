"""A hub whose data disk is really full, with a real broker and ward: it says so, loses nothing, goes on with room."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from scheduler.extras.hub.commands import hub
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.standing import checks
from scheduler.extras.town.rows.queue import JOURNAL
from scheduler.extras.town.rules.envelope import Kind
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import Refused
from tests.cli.here import Here
from tests.extras.hub.work.conftest import linked
from tests.extras.hub.work.test_real_ward import ward  # noqa: F401 - a fixture
from tests.extras.hub.work.told import WARD, aired, rows_at
from tests.faults.disk import filled, no_room, small_disk
from tests.waiting import until


@pytest.fixture(autouse=True)
def disk(tmp_path):
    """The data folder of the hub is a disk of its own, a few megabytes small."""
    with small_disk(tmp_path / "data") as small:
        yield small


def status(station, tmp_path):
    done = CliRunner().invoke(hub, ["status"], obj=Here(tmp_path / "config.toml", None, "lan", opened=station))
    return done.exit_code, done.output


def test_what_wards_tell_waits_for_room_and_no_issue_is_half_kept(
    disk,
    town,
    ward,  # noqa: F811 - the fixture above
    cast,
    tmp_path,
    monkeypatch,
):
    monkeypatch.setattr("scheduler.extras.hub.service.town.SILENT_AFTER", timedelta(seconds=3))
    station, number = town.station, cast.approved()
    order = IssueOrder(
        Kind.ANNOUNCEMENT, station.clock.now() + timedelta(hours=1), number, ("group.bac",), dispatch_number="642/UBND"
    )
    with linked(ward):
        until(lambda: ward.services.get(TownService).up.rows.cursor(JOURNAL) is not None)
        aired(ward, 2)
        until(lambda: len(rows_at(town)) == 2)
        no_room(station)
        with filled(disk):
            aired(ward, 3, first=2)
            with pytest.raises(Refused, match="disk_full"):
                town.services.issue(town.admin, order)
            until(lambda: not town.services.state().alive, "its word grows old: there is no room for a new one")
            code, told = status(station, tmp_path)
            assert (code, "không trả lời" in told, "ổ đĩa còn chỗ không" in told) == (1, True, True), told
            assert "check_hub_process" in {one.reason for one in checks(station.services)}
            assert len(rows_at(town)) == 2
        until(lambda: len(rows_at(town)) == 5, "what the ward told meanwhile")
        until(lambda: status(station, tmp_path)[0] == 0, "the hub's word")
        assert set(rows_at(town).values()) == {1}
        assert town.services.ward(WARD).missing_rows == 0
        assert station.repos.store.value("SELECT count(*) FROM hub_issue") == 0
        issue = town.services.issue(town.admin, order)
        until(lambda: town.services.issued(issue)[0].heard_of == 1)
