"""A ward's log of acts in the eyes of its town: told with its health, kept, and a cut or rewritten one is said."""

import json
from dataclasses import replace

import pytest

from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.intake import Up
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.clock import SteppedClock
from scheduler.station import Station
from tests.conftest import MORNING

WARD = "101"


@pytest.fixture
def clock():
    return SteppedClock(MORNING)


@pytest.fixture
def town(desk_of_town):
    desk_of_town.ward(WARD)
    return desk_of_town


@pytest.fixture
def ward(config, clock, tmp_path):
    """A station of its own that tells this town."""
    folder = tmp_path / "ward"
    folder.mkdir()
    told = replace(config, folder=folder).having(HubConfig(), TownConfig(url="tls://h:4222", ward_id=WARD))
    made = Station.open(told, clock)
    made.prepare()
    yield made
    made.close()


def acts(ward, count):
    """Rows of the log of acts."""
    for number in range(count):
        ward.repos.people.machine(ward.clock.now())
        with ward.repos.store.write() as db:
            db.conn.execute("UPDATE person SET name = ? WHERE role = 'admin'", (f"Máy {number} {ward.clock.now()}",))


def tell(ward, town):
    """What waits at the ward comes to the town."""
    up = ward.services.get(TownService).up
    up.queue_health()
    rows = up.outbox(100)
    town.services.intake.take([Up(f"up.{WARD}.{row.subject_kind.value}", row.body) for row in rows])
    up.sent([row.row for row in rows])
    ward.clock.advance(60)


def faults(town):
    return [(one.told, one.seq, one.reason) for one in town.services.audit_faults(town.admin, WARD)]


def end(ward):
    return ward.repos.store.value("SELECT coalesce(max(seq), 0) FROM audit")


def cut(ward, down_to):
    """As somebody with the file does: the log of acts loses its last rows."""
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    with ward.repos.store.write(own=True) as db:
        for row in ward.repos.store.rows(triggers):
            db.conn.execute(f"DROP TRIGGER {row['name']}")
        db.conn.execute("DELETE FROM audit WHERE seq > ?", (down_to,))


def test_the_end_of_the_log_of_acts_goes_up_with_the_health_and_is_kept(ward, town):
    acts(ward, 3)
    for _ in range(3):
        tell(ward, town)
        acts(ward, 2)
    tell(ward, town)
    kept = town.station.repos.store.rows("SELECT seq, hash, fault FROM hub_audit")
    newest = ward.repos.store.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    assert kept == [{"seq": newest["seq"], "hash": newest["hash"], "fault": ""}]
    assert faults(town) == []


def test_a_log_of_acts_that_was_cut_is_said_once_and_for_good(ward, town):
    acts(ward, 6)
    tell(ward, town)
    told = end(ward)
    cut(ward, told - 3)
    tell(ward, town)
    assert faults(town) == [(told, told - 3, "ward_audit_cut")]
    acts(ward, 10)
    tell(ward, town)
    assert len(faults(town)) == 1


def test_a_log_of_acts_that_was_cut_and_filled_again_is_said(ward, town):
    acts(ward, 6)
    tell(ward, town)
    told = end(ward)
    cut(ward, told - 3)
    acts(ward, 40)
    tell(ward, town)
    assert faults(town) == [(told, end(ward), "ward_audit_changed")]


def test_where_a_ward_began_anew_it_is_said_that_the_two_have_parted(ward, town):
    acts(ward, 6)
    tell(ward, town)
    told = end(ward)
    cut(ward, told - 3)
    ward.services.get(TownService).up.rows.begin_line("restored")
    tell(ward, town)
    assert faults(town) == [(told, told - 3, "ward_audit_parted")]


def test_a_ward_of_an_older_release_tells_nothing_of_it_and_nothing_is_said(ward, town):
    acts(ward, 2)
    tell(ward, town)
    up = ward.services.get(TownService).up
    old = {name: value for name, value in up.health().items() if name != "audit"}
    up.health = lambda: old | {"audit": {"seq": 0}}  # of a shape that nobody knows
    up.rows.put = lambda *_: None
    tell(ward, town)
    assert faults(town) == []
    assert json.loads(town.station.repos.store.value("SELECT health_json FROM hub_presence"))["audit"] == {"seq": 0}


def test_a_word_that_comes_late_is_not_how_it_stands_now(ward, town):
    up, late = ward.services.get(TownService).up, []
    for _ in range(2):
        acts(ward, 2)
        up.queue_health()
        late.append(up.outbox(100))
        up.sent([row.row for row in late[-1]])
    for rows in reversed(late):
        town.services.intake.take([Up(f"up.{WARD}.{row.subject_kind.value}", row.body) for row in rows])
    assert faults(town) == []
