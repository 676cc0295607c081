"""The red lane of a start without rows, on a stepped clock: what is kept for it, what sounds by it, and its rows later."""

import shutil
from datetime import timedelta

import pytest

from scheduler.core.model import Role
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.air.kept_orders import KeptOrders
from scheduler.services.backup import archive as backing_up
from scheduler.services.backup.restore import restore
from scheduler.station import Station
from scheduler.store.red_lane.red_kept import RedKept
from scheduler.store.red_ring import NAME
from tests.playout.aired import rows, sound
from tests.playout.test_red_lane import SECOND, on_air

DAMAGED = Refused("database_damaged")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def template(station, cast):
    """An approved emergency."""
    return emergency(station, cast, "Vỡ đê")


def emergency(station, cast, title, seconds=2.0):
    made = cast.approved(seconds=seconds, title=title, pitch=700)
    seen = station.repos.programme.announcement(made)
    station.repos.programme.change_announcement(seen, {"priority": 1}, station.clock.now())
    return made


@pytest.fixture
def ran(start, clock):
    """Let a playout run for a second with all its rows, and end it."""

    def go(opened=None):
        service = start(opened) if opened else start()
        service.run_stepped(clock, clock.now() + SECOND)
        service.stop()

    return go


@pytest.fixture
def shut(station, clock):
    """The same station, opened without its rows."""
    opened = []

    def go():
        opened.append(Station.without_rows(station.written, DAMAGED, clock))
        return opened[-1], KeptOrders(opened[-1].repos, opened[-1].services.air.red)

    yield go
    for one in opened:
        one.close()


def kept(station):
    return RedKept(station.config.data).read()


def test_an_order_without_rows_is_one_sounds_and_has_its_rows_once_when_there_are_some(
    station, cast, clock, start, ran, shut, template
):
    ran()
    before = {path: path.read_bytes() for path in station.config.data.glob("loa.db*")}
    without, orders = shut()
    lane = start(without)
    pressed = clock.now()
    slot_id = orders.break_in(orders.person(None), template)
    assert orders.break_in(orders.person("minh"), template) == slot_id, "pressed twice"
    lane.run_stepped(clock, pressed + 3 * SECOND)
    assert on_air(lane) == [slot_id]
    lane.run_stepped(clock, pressed + MINUTE)
    assert without.services.air.red.told(slot_id).outcome == "played"
    second = orders.break_in(orders.person(None), template)
    lane.run_stepped(clock, clock.now() + 3 * SECOND)
    without.services.air.stop(orders.person(None))
    lane.run_stepped(clock, clock.now() + SECOND)
    assert on_air(lane) == []
    lane.stop()
    assert {path: path.read_bytes() for path in station.config.data.glob("loa.db*")} == before
    again = start()
    again.run_stepped(clock, clock.now() + 2 * MINUTE)
    first, other = rows(station)
    assert (first["slot_id"], first["outcome"], first["operator"]) == (slot_id, "played", "Máy trạm")
    assert (other["slot_id"], other["outcome"]) == (second, "partial")
    heard = sum(len(one) for one in sound(station))
    assert heard == pytest.approx((first["played_ms"] + other["played_ms"]) * 48, abs=96)
    assert station.repos.red.placed() == []
    assert station.repos.journal.verify().whole


def test_what_is_kept_follows_the_rows(station, cast, clock, ran, template):
    other = emergency(station, cast, "Lũ quét", 1.0)
    ran()
    assert {one.announcement_id for one in kept(station).kits} == {template, other}
    assert {one.login for one in kept(station).people} >= {"minh", "lan"}
    as_of = RedKept(station.config.data).as_of()
    assert abs(as_of - clock.now()) < MINUTE
    seen = station.repos.programme.announcement(other)
    station.repos.programme.change_announcement(seen, {"state": "withdrawn"}, clock.now())
    station.repos.people.change(cast.lan.id, {"active": 0})
    ran()
    assert {one.announcement_id for one in kept(station).kits} == {template}
    assert "lan" not in {one.login for one in kept(station).people}


@pytest.mark.parametrize("spoilt", ["a sound", "the file", "its rights"])
def test_what_cannot_be_believed_is_not_served(station, start, ran, shut, template, spoilt):
    ran()
    file = RedKept(station.config.data).path
    if spoilt == "a sound":
        sha256 = station.repos.programme.announcement(template).audio_sha256
        place = station.repos.library.path(sha256)
        place.write_bytes(place.read_bytes()[:-2] + b"\1\2")
    elif spoilt == "the file":
        file.write_bytes(file.read_bytes().replace(b"admin", b"Admin"))
    else:
        file.chmod(0o666)
    without, _ = shut()
    assert start(without).lane.told()["ready"] == 0


def test_only_who_may_order_may_order_and_only_what_is_known(station, ran, shut, template):
    ran()
    _, orders = shut()
    with pytest.raises(NotPermitted):
        orders.break_in(orders.person("lan"), template)
    with pytest.raises(Refused, match="red_no_template"):
        orders.break_in(orders.person("minh"), template + 1)
    RedKept(station.config.data).path.unlink()
    with pytest.raises(Refused, match="red_nothing_kept"):
        shut()[1].person(None)


def test_rules_that_the_page_has_set_hold_without_rows(station, cast, clock, ran, shut):
    value = ("21:00-05:00",)
    station.repos.settings.add({"quiet_hours.windows": ((), value)}, cast.minh.id, clock.now())
    ran()
    without = shut()[0]
    assert without.written.quiet_hours.windows != value
    assert without.config.quiet_hours.windows == value


def test_a_restored_station_gets_the_rows_of_what_its_backup_does_not_know(station, cast, clock, start, ran, shut):
    station.prepare()
    path = station.services.backups.make(station.repos.people.machine(clock.now()))
    younger = station.repos.people.add("huong", "Hương", Role.APPROVER, "mat-khau-cua-huong", clock.now())
    made = emergency(station, cast, "Cháy rừng")
    sha256 = station.repos.programme.announcement(made).audio_sha256
    ran()
    without, orders = shut()
    lane = start(without)
    slot_id = orders.break_in(orders.person("huong"), made)
    lane.run_stepped(clock, clock.now() + MINUTE)
    lane.stop()
    station.close()
    elsewhere = path.rename(station.written.folder / path.name)
    restore(elsewhere, station.written.data, replaced_at=clock.now(), now=clock.now())
    back = Station.open(station.written, clock)
    back.prepare()
    service = start(back)
    service.run_stepped(clock, clock.now() + SECOND)
    (row,) = rows(back)
    assert (row["slot_id"], row["outcome"], row["title"]) == (slot_id, "played", "Cháy rừng")
    assert row["operator"] == younger.recorded_name
    person = back.repos.people.by_login("huong")
    assert (person.active, back.repos.people.password_is(person.id, "mat-khau-cua-huong")) == (False, False)
    assert back.repos.programme.announcement(row["announcement_id"]).state == "withdrawn"
    assert back.repos.library.has(sha256)
    assert back.repos.red.placed() == []
    service.run_stepped(clock, clock.now() + 2 * MINUTE)
    assert len(rows(back)) == 1, "it does not sound again"
    back.close()


@pytest.mark.parametrize("older", [False, True])
def test_a_backup_brings_no_orders_of_another_hour(station, ran, template, clock, tmp_path, monkeypatch, older):
    ran()
    if older:  # a release that had put them into backups
        monkeypatch.setattr(backing_up, "OF_THE_MOMENT", frozenset())
    path = station.services.backups.make(station.repos.people.machine(clock.now()))
    assert (f"data/{NAME}" in backing_up.looked_through(path).members) is older
    restore(path, tmp_path / "new")
    assert not {NAME, "red.json"} & {one.name for one in (tmp_path / "new").iterdir()}
    shutil.rmtree(tmp_path / "new")
