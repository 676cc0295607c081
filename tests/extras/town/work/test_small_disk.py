"""A ward whose disk is really full: no cursor moves, nothing is lost, and all of it goes on when there is room again."""

import pytest

from scheduler.core.model import Priority
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.service.town import TownService
from tests.extras.town.broker.servers import pause
from tests.extras.town.work.town_side import now, wait_until
from tests.faults.disk import filled, no_room, small_disk

FULL = {"disk_full", "link_ward_waits"}


@pytest.fixture
def ward_seed(tmp_path, request):
    """The data folder of this ward is a disk of its own, a few megabytes small."""
    with small_disk(tmp_path / "data", megabytes=getattr(request, "param", 24)) as disk:
        yield keys.load_or_make(disk / KEY_FILE)


@pytest.fixture
def standing(station, inbox):
    """How far the ward is: the cursor, the rows of its inbox, the highest number of its outbox."""

    def read():
        top = station.repos.store.value("SELECT coalesce(max(row), 0) FROM town_outbox")
        return station.services.get(TownService).cursor("dispatch.all"), len(inbox()), top

    return read


def test_what_the_town_issues_waits_for_room_and_the_emergency_among_it_airs(
    town, link, trust, station, inbox, standing
):
    trust(town)
    link.up()
    first = town.issue(now())
    wait_until(lambda: town.acks(first.id))
    wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0)
    no_room(station)
    with filled(station.config.data):
        before = standing()  # not sooner: the link's own health may have been queued
        issued = [town.issue(now(), title=f"Bản tin {number}") for number in range(4)]
        urgent = town.issue(now(), priority=Priority.EMERGENCY, text="Hồ xả lũ, bà con sơ tán ngay.")
        wait_until(lambda: (one := link.state.faults.get("taking")) and one.reason in FULL, "a word about the disk")
        pause(3.0)  # more than one look at the log
        assert standing() == before
        assert link.thread.is_alive()
    wait_until(lambda: len(inbox()) == 6, "everything that waited")
    assert [row["issue_id"] for row in inbox()][1:5] == [one.id for one in issued]
    wait_until(lambda: inbox()[-1]["slot_id"], "the slot of the emergency")
    assert station.repos.store.value("SELECT count(*) FROM slot WHERE trigger = 'emergency'") == 1
    wait_until(lambda: all(town.acks(one.id) for one in (*issued, urgent)))
    assert town.acks(urgent.id)[0] == "received"
    wait_until(lambda: not link.state.faults, "no complaint any more")
    wait_until(lambda: _numbers(town) == set(range(1, standing()[2] + 1)), "every row, also the last health")


@pytest.mark.parametrize("ward_seed", [160], indirect=True, ids=["room_to_spare"])
def test_an_emergency_and_its_stop_are_taken_on_a_full_disk_that_had_room_to_spare(town, link, trust, station, inbox):
    trust(town)
    link.up()
    assert station.repos.reserve.keep()
    first = town.issue(now())
    wait_until(lambda: town.acks(first.id))
    wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0)
    no_room(station)
    with filled(station.config.data):
        late = town.issue(now(), title="Bản tin")
        wait_until(lambda: (one := link.state.faults.get("taking")) and one.reason in FULL, "a word about the disk")
        urgent = town.issue(now(), priority=Priority.EMERGENCY, text="Hồ xả lũ, bà con sơ tán ngay.")
        wait_until(lambda: [row["slot_id"] for row in inbox() if row["issue_id"] == urgent.id and row["slot_id"]])
        assert station.repos.store.value("SELECT count(*) FROM slot WHERE trigger = 'emergency'") == 1
        wait_until(lambda: town.acks(urgent.id))
        assert not station.repos.reserve.path.exists()
        wait_until(lambda: town.acks(late.id), "what waited, in the room that is there now")


def test_a_ward_that_begins_on_a_full_disk_tells_what_it_owes_and_the_town_has_each_row_once(
    town, link, trust, station, standing
):
    trust(town)
    link.up()
    wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0)
    link.end()
    for number in range(20):
        station.services.get(TownService).up.log({"what": "owed", "number": number})
    owed = standing()[2]
    no_room(station)
    with filled(station.config.data):
        link.begin()
        wait_until(lambda: len(_told(town)) == 20, "what it owes")
        wait_until(lambda: link.state.fault is not None, "a word about the disk")
        pause(3.0)
        marked = "SELECT count(*) FROM town_outbox WHERE kind = 'log' AND sent_at IS NOT NULL"
        assert station.repos.store.value(marked) == 0
    wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0)
    wait_until(lambda: not link.state.faults)
    assert _told(town) == list(range(20))
    assert _numbers(town) >= set(range(1, owed + 1))


def _told(town):
    return [body["number"] for _, _, body in town.up() if body.get("what") == "owed"]


def _numbers(town):
    rows = [body["row"] for _, _, body in town.up()]
    assert len(rows) == len(set(rows)), "each row once"
    return set(rows)
