"""What the process has heard becomes rows: once, whole, and with what does not hold together named."""

from datetime import timedelta

import pytest

from scheduler.extras.hub.service.intake import ASK_AGAIN, EMPTY_ANSWERS, TWO_VOICES_FOR, Line, Missing, Up
from scheduler.extras.hub.work.hearing import Hearing
from scheduler.extras.town.rules.envelope import Told, UpKind, up_body
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused
from tests import sqlite_faults
from tests.conftest import MORNING
from tests.extras.hub.work.voice import journal


@pytest.fixture
def clock():
    return SteppedClock(MORNING)


@pytest.fixture
def town(desk_of_town):
    desk_of_town.ward("101")
    return desk_of_town


def up(town, row, body, kind="asrun", ward="101"):
    told = Told(ward, row, UpKind(kind), town.station.clock.now(), body)
    return Up(f"up.{ward}.{kind}", up_body(told))


def rows_up(town, rows, first=1):
    return [up(town, place, {"id": "", "journal": row}) for place, row in enumerate(rows, first)]


def count(town, table="hub_journal"):
    return town.station.repos.store.value(f"SELECT count(*) FROM {table}")  # noqa: S608 - our names


def line(town, number, since=MORNING, name="ward 101"):
    return Line(town.services.intake.wards.get("101").public_key, name, f"S:{number}", since)


def test_the_same_batch_again_changes_nothing(town):
    batch = rows_up(town, journal(5))
    for _ in range(3):
        assert town.services.intake.take(batch) == 5
    assert count(town) == 5
    assert town.services.ward("101").trouble == ""


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_a_broken_link_is_named_in_whatever_order_the_rows_come(town, order):
    rows = [*journal(2), *journal(2, first=3)]  # the third does not follow the second
    batch = rows_up(town, rows)
    for place in order:
        town.services.intake.take([batch[place]])
    assert [(one.seq, one.reason) for one in town.services.chain_faults(town.admin)] == [(3, "ward_chain_broken")]


def test_a_row_of_a_journal_counts_once_in_whatever_message_it_comes(town):
    rows = journal(3)
    town.services.intake.take([*rows_up(town, rows), *rows_up(town, rows, first=4)])
    assert town.services.airtime(town.admin, "642/QĐ").totals.played_ms == 90_000
    assert town.services.ward("101").missing_rows == 0


def test_what_came_with_a_taken_number_is_kept_apart_and_counts(town):
    one, two = journal(1), journal(1, zone="khu-pho-3")
    for _ in range(2):
        town.services.intake.take(rows_up(town, one))
        town.services.intake.take(rows_up(town, two))
    assert count(town) == 2
    assert town.services.ward("101").trouble == "ward_row_twice"


def test_a_full_disk_keeps_nothing_of_a_batch_and_acknowledges_nothing(town, monkeypatch):
    batch = rows_up(town, journal(3))
    take, calls = town.services.intake.rows.take, []

    def full(batch, now):
        with town.station.repos.store.write():
            take(batch[:2], now)
            raise sqlite_faults.full()

    monkeypatch.setattr(town.services.intake.rows, "take", full)
    with pytest.raises(Refused) as refused:
        town.services.intake.take(batch)
    assert refused.value.reason == "disk_full"
    assert count(town) == 0
    monkeypatch.undo()
    town.services.intake.take(batch)
    assert count(town) == 3
    hearing = Hearing(town.services.intake, calls.append)
    hearing._fault(refused.value)
    assert hearing.fault is refused.value


def test_rows_of_a_ward_that_nobody_knows_are_not_kept(town):
    assert town.services.intake.take([up(town, 1, {"id": "x", "state": "received"}, "ack", "999")]) == 1
    assert count(town, "hub_ack") == 0


def test_a_hole_is_asked_for_now_and_then_and_counted_as_lost_in_the_end(town, clock):
    intake = town.services.intake
    intake.lines([line(town, 1)])
    batch = rows_up(town, journal(9))
    intake.take([batch[0], batch[4], batch[8]])
    assert town.services.ward("101").missing_rows == 6
    hole = Missing("101", 2, 4)
    for _ in range(EMPTY_ANSWERS):
        assert intake.missing() == [hole]
        intake.asked(hole, 0)
        assert intake.missing() == []  # not again at once
        clock.advance(ASK_AGAIN.total_seconds() + 1)
    assert intake.missing() == [Missing("101", 6, 8)]
    ward = town.services.ward("101")
    assert (ward.missing_rows, ward.lost_rows) == (3, 3)
    intake.asked(Missing("101", 6, 8), None)  # no answer is no answer
    clock.advance(ASK_AGAIN.total_seconds() + 1)
    intake.take(batch[5:8])
    assert town.services.ward("101").missing_rows == 0


def test_a_ward_that_is_away_is_not_asked(town):
    batch = rows_up(town, journal(3))
    town.services.intake.take([batch[0], batch[2]])
    assert town.services.intake.missing() == []


def test_two_connections_of_one_link_are_told_after_a_while_and_forgotten_when_one_goes(town, clock):
    intake = town.services.intake
    intake.lines([line(town, 1), line(town, 1)])
    assert town.services.intake.wards.get("101").connections == 1  # the same one told twice
    intake.lines([line(town, 1), line(town, 2), line(town, 3, name="pair may-2")])
    assert town.services.ward("101").trouble == ""  # a line that broke is closed within half a minute
    clock.advance(TWO_VOICES_FOR.total_seconds() + 1)
    intake.lines([line(town, 1), line(town, 2)])
    assert town.services.ward("101").trouble == "ward_connected_twice"
    intake.lines([line(town, 2)])
    assert town.services.ward("101").trouble == ""


def test_a_health_that_was_sent_again_is_not_how_the_ward_stands_now(town, clock):
    told = {"playing": [], "queue": {"waiting": 0, "oldest": None}, "playout": True}
    town.services.intake.take([up(town, 5, told | {"version": "new"}, "health")])
    clock.advance(timedelta(minutes=9).total_seconds())
    town.services.intake.take([up(town, 2, told | {"version": "old"}, "health")])
    ward = town.services.ward("101")
    assert (ward.version, ward.health_at) == ("new", MORNING)


@pytest.mark.parametrize(
    "body",
    [
        {"journal": {"seq": "1"}},
        {"journal": {"seq": True, "day": "2026-12-02"}},
        {"journal": {"day": "2026-12-02", "played_ms": -5}},
        {"journal": {"day": "2026-12-02", "played_ms": 10**15}},
        {"journal": {"day": "2026-12-02", "title": "x" * 5000}},
        {"journal": {"day": "2026-12-02", "actual_start": "hôm nay"}},
        {"journal": {"day": "2026-12-02", "actual_start": "2026-12-02T01:00:00"}},
        {"journal": 5},
        {},
    ],
)
def test_a_row_of_a_strange_shape_is_not_guessed_at_and_leaves_no_hole(town, body):
    town.services.intake.take([up(town, 1, body), *rows_up(town, journal(1), first=2)])
    assert count(town) == 1
    assert town.services.ward("101").missing_rows == 0
