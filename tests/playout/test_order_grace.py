"""The seconds in which an order can be taken back, on a stepped clock: real service, real engine, real WAV output."""

from datetime import timedelta

import pytest

from scheduler.kernel.errors import Refused
from scheduler.services.air.emergency import GRACE, Order
from tests.playout.aired import rows, sound

SECOND = timedelta(seconds=1)


@pytest.fixture
def emergency(cast):
    return cast.approved(seconds=4.0, title="Vỡ đê", pitch=1200.0)


@pytest.fixture
def order(station, cast, emergency):
    """Minh's order from a page, confirmed."""
    return lambda: station.services.emergency.order(lambda: Order(cast.minh), emergency)


def test_an_order_from_a_page_sounds_when_its_grace_is_over_and_not_before(station, clock, start, order):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    ordered = clock.now()
    slot_id = order()
    service.run_stepped(clock, ordered + timedelta(minutes=1))
    (row,) = rows(station)
    assert (row["slot_id"], row["outcome"]) == (slot_id, "played")
    assert (ordered + GRACE).isoformat() <= row["actual_start"] <= (ordered + GRACE + SECOND / 2).isoformat()


def test_an_order_taken_back_in_time_is_never_heard_and_cuts_nothing(station, cast, clock, start, order):
    cast.running(cast.approved(seconds=30), base=1)
    service = start()
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, slot.start + 5 * SECOND)
    slot_id = order()
    service.run_stepped(clock, clock.now() + GRACE - SECOND / 2)
    assert station.services.emergency.take_back(cast.lan, slot_id)
    service.run_stepped(clock, slot.start + timedelta(minutes=2))
    told = {row["trigger"]: row for row in rows(station)}
    assert (told["emergency"]["outcome"], told["emergency"]["reason"]) == ("cancelled", "order_taken_back")
    assert (told["emergency"]["played_ms"], told["emergency"]["note"]) == (0, "Lan (lan)")
    assert (told["schedule"]["outcome"], told["schedule"]["reason"]) == ("played", "")  # whole, and in one piece
    assert len(sound(station)) == 1


def test_what_sounds_gives_way_only_when_the_grace_is_over(station, cast, clock, start, order):
    cast.running(cast.approved(seconds=30), base=1)
    service = start()
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, slot.start + 20 * SECOND)
    order()
    service.run_stepped(clock, clock.now() + GRACE - SECOND / 2)
    (sounding,) = service.engine.on_air()
    assert sounding.slot_id == slot.id


def test_taken_back_too_late_it_is_stopped_where_it_is(station, cast, clock, start, order):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    slot_id = order()
    service.run_stepped(clock, clock.now() + GRACE + 2 * SECOND)
    assert not station.services.emergency.take_back(cast.minh, slot_id)
    service.run_stepped(clock, clock.now() + 5 * SECOND)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"]) == ("partial", "stopped_by")
    assert row["played_ms"] > 0


def test_stop_in_the_grace_takes_the_order_back(station, cast, clock, start, order):
    service = start()
    service.run_stepped(clock, clock.now() + SECOND)
    slot_id = order()
    service.run_stepped(clock, clock.now() + SECOND)
    station.services.air.stop(cast.lan)
    service.run_stepped(clock, clock.now() + timedelta(minutes=1))
    (row,) = rows(station)
    assert (row["slot_id"], row["reason"], row["played_ms"]) == (slot_id, "order_taken_back", 0)


def test_an_order_taken_back_is_told_in_the_log_of_acts(station, cast, order):
    slot_id = order()
    station.services.emergency.take_back(cast.lan, slot_id)
    station.services.emergency.take_back(cast.lan, slot_id)  # pressed twice
    rows = station.repos.store.rows("SELECT * FROM audit WHERE kind = 'order_taken_back'")
    assert [(row["subject_id"], row["name"]) for row in rows] == [(slot_id, "Lan (lan)")]


def test_what_was_taken_back_needs_no_correction(station, cast, order):
    slot_id = order()
    with pytest.raises(Refused, match="nothing_to_correct"):
        station.correct(cast.minh, slot_id)
    assert station.repos.slots.slot(slot_id).reason == "order_taken_back"


def test_an_order_given_while_playout_was_off_is_aired_when_it_is_back(station, clock, start, order):
    slot_id = order()
    clock.advance(60)
    service = start()
    service.run_stepped(clock, clock.now() + timedelta(minutes=1))
    (row,) = rows(station)
    assert (row["slot_id"], row["outcome"]) == (slot_id, "played")
