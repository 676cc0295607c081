"""The ledger over a real day: real planner, real rows, real playout; and what stood before a dispatch."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.model import AiringOutcome, Boost, BoostKind, Role
from scheduler.core.planning.ledger import BaselineSource
from scheduler.core.planning.rules import day_span, parse_window
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.station import Station
from scheduler.store import Ending
from tests.conftest import DAY, MORNING, Cast
from tests.services.conftest import LETTER


@pytest.fixture
def ledger(station):
    return station.services.ledger


def end(station, slot, outcome=AiringOutcome.PLAYED, reason="", seconds=None):
    """A slot ends as playout would end it, with what it measured."""
    heard = slot.length.total_seconds() if seconds is None else seconds
    started = slot.start if heard else None
    station.repos.slots.close(
        slot.id,
        Ending(outcome, reason, started, slot.end if heard else None, round(heard * 1000)),
        slot.end,
    )


def test_a_real_day_with_a_late_start_is_made_good_and_told_so(station, cast, clock, ledger, dispatch_id):
    campaign_id = cast.running(
        cast.approved(),
        base=4,
        windows=(parse_window("06:00-07:00"), parse_window("16:00-18:00")),
        dispatch_id=dispatch_id,
    )
    planned = station.repos.slots.of_day(DAY)
    assert len(planned) == 4
    before = ledger.of_dispatch(dispatch_id)
    assert (before.total.ordered, before.total.owed, before.over) == (4, 4, frozenset())
    advance(clock, (planned[0].start - clock.now()) + timedelta(minutes=20))  # the station is switched on too late
    playout = station.playout()
    playout.start()
    playout.run_stepped(clock, planned[-1].end + timedelta(minutes=40))
    playout.stop()
    found = ledger.of_dispatch(dispatch_id).days[DAY]
    missed = [slot for slot in station.repos.slots.of_day(DAY) if slot.outcome is AiringOutcome.MISSED]
    assert missed
    assert (found.ordered, found.aired, found.made_good, found.owed, found.lost) == (
        4,
        4 - len(missed),
        len(missed),
        0,
        0,
    )
    measured = sum(row["played_ms"] for row in station.repos.journal.of_day(DAY.isoformat())) / 60_000
    assert found.heard_minutes == pytest.approx(measured)
    assert ledger.lines([station.repos.programme.campaign(campaign_id)], DAY, DAY)[0].account == found


ENDINGS = st.sampled_from(
    [
        (AiringOutcome.PLAYED, "", None),
        (AiringOutcome.PLAYED, "", None),
        (AiringOutcome.PARTIAL, "output_failed", 1.5),
        (AiringOutcome.MISSED, "station_off", 0.0),
        (AiringOutcome.FAILED, "output_failed", 0.0),
        (AiringOutcome.FAILED, "power_cut", 0.0),
        (AiringOutcome.PRE_EMPTED, "pre_empted", 0.5),
        (AiringOutcome.REFUSED, "clock_untrusted", 0.0),
        (AiringOutcome.CANCELLED, "stopped_by", 1.0),
    ]
)


def advance(clock, length):
    clock.advance(length.total_seconds())


def balanced(account):
    return account.ordered == account.aired + account.made_good + account.owed + account.lost


@given(data=st.data(), base=st.integers(3, 7), factor=st.sampled_from([1.0, 2.0]))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_books_balance_whatever_becomes_of_the_slots(config, data, base, factor):
    with TemporaryDirectory() as folder:
        clock = SteppedClock(MORNING)
        station = Station.open(replace(config, folder=Path(folder)), clock)
        try:
            station.prepare()
            lan = station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", clock.now())
            minh = station.repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", clock.now())
            cast = Cast(station, lan, minh)
            windows = (parse_window("06:00-06:40"), parse_window("11:00-12:00"), parse_window("17:00-17:30"))
            campaign_id = cast.running(
                cast.approved(),
                base=base,
                boost=Boost(BoostKind.FACTOR, factor),
                windows=windows,
                end=DAY + timedelta(1),
            )
            ordered = station.services.ledger.lines(station.repos.programme.campaigns(), DAY, DAY)[0].account.ordered
            assert ordered == round(base * factor)
            _, ends = day_span(DAY, "Asia/Ho_Chi_Minh")
            while due := [slot for slot in station.repos.slots.of_day(DAY) if slot.outcome is None]:
                advance(clock, max(due[0].end - clock.now(), timedelta(0)))
                outcome, reason, seconds = data.draw(ENDINGS)
                end(station, due[0], outcome, reason, seconds)
                station.services.campaigns.replan()
                [line] = station.services.ledger.lines(station.repos.programme.campaigns(), DAY, DAY)
                assert balanced(line.account)
                assert line.account.ordered == ordered
            advance(clock, ends - clock.now() + timedelta(minutes=5))
            [line] = station.services.ledger.lines(station.repos.programme.campaigns(), DAY, DAY)
            assert line.over
            assert line.account.owed == 0
            assert line.account.ordered == line.account.heard + line.account.lost == ordered
            station.services.campaigns.replan()  # what is owed is written off; the account must say the same
            [again] = station.services.ledger.lines(station.repos.programme.campaigns(), DAY, DAY)
            assert again == line
            rows = station.repos.journal.of_day(DAY.isoformat())
            assert again.account.heard_minutes == pytest.approx(sum(row["played_ms"] for row in rows) / 60_000)
            assert campaign_id == again.campaign_id
        finally:
            station.close()


def test_an_edit_in_the_evening_leaves_yesterday_as_it_was(station, cast, clock, lan, ledger):
    campaign_id = cast.running(cast.approved(), base=2, end=DAY + timedelta(days=3))
    for slot in station.repos.slots.of_day(DAY):
        end(station, slot)
    advance(clock, timedelta(days=1))
    campaign = station.repos.programme.campaign(campaign_id)
    station.services.campaigns.save(lan, replace(campaign, base=5))
    days = {
        line.day: line.account
        for line in ledger.lines([station.repos.programme.campaign(campaign_id)], DAY, DAY + timedelta(3))
    }
    assert (days[DAY].ordered, days[DAY].aired, days[DAY].lost) == (2, 2, 0)
    assert days[DAY + timedelta(days=2)].ordered == 5


def test_days_that_the_station_slept_through_are_written_off_as_never_planned(station, cast, clock, ledger):
    campaign_id = cast.running(cast.approved(), base=2, end=DAY + timedelta(days=9))
    advance(clock, timedelta(days=6))
    lines = ledger.lines([station.repos.programme.campaign(campaign_id)], DAY + timedelta(4), DAY + timedelta(5))
    assert [line.account.written_off for line in lines] == [{"not_planned": 2}] * 2


def test_a_draft_orders_nothing_and_a_day_before_it_was_made_neither(station, cast, lan, ledger):
    draft = station.services.campaigns.save(lan, cast.campaign(cast.approved()))
    assert ledger.lines([station.repos.programme.campaign(draft)], DAY, DAY) == ()
    running = cast.running(cast.approved(pitch=500.0), start=DAY - timedelta(days=5))
    lines = ledger.lines([station.repos.programme.campaign(running)], DAY - timedelta(days=9), DAY)
    assert [line.day for line in lines] == [DAY]


def test_a_campaign_without_a_real_end_is_told_for_a_year(station, cast, lan, ledger, dispatch_id):
    cast.running(cast.approved(), dispatch_id=dispatch_id, end=date(9999, 12, 31))
    found = ledger.of_dispatch(dispatch_id)
    assert len(found.days) == 401
    assert found.total.owed == found.total.ordered


@pytest.mark.parametrize("day", ["0001-01-03", "9999-12-31"])
def test_a_day_of_the_dispatch_that_is_a_slip_of_the_pen_breaks_nothing(station, cast, lan, ledger, dispatch_id, day):
    cast.running(cast.approved(), dispatch_id=dispatch_id)
    fields = station.repos.programme.dispatch(dispatch_id).fields
    station.repos.programme.set_dispatch_fields(dispatch_id, fields | {"date": day})
    assert ledger.of_dispatch(dispatch_id).baseline.source is BaselineSource.NONE


# Before and after


def test_without_any_measurement_nobody_knows_what_was_before(ledger, dispatch_id):
    found = ledger.of_dispatch(dispatch_id)
    assert found.issued == date(2026, 12, 1)
    assert found.baseline.source is BaselineSource.NONE
    assert found.increase is None


def test_an_officer_states_it_and_the_newest_word_holds(station, ledger, lan, minh, dispatch_id):
    ledger.state_baseline(lan, dispatch_id, 12, " sổ phát thanh tháng 11 ")
    ledger.state_baseline(minh, dispatch_id, 15.5)
    found = ledger.of_dispatch(dispatch_id).baseline
    assert (found.source, found.minutes_a_day) == (BaselineSource.STATED, 15.5)
    assert (found.stated.by, found.stated.at) == ("Minh", MORNING)
    assert station.repos.store.value("SELECT count(*) FROM ledger_baseline") == 2
    assert station.repos.store.value("SELECT note FROM ledger_baseline ORDER BY id LIMIT 1") == "sổ phát thanh tháng 11"


@pytest.mark.parametrize("minutes", [-0.5, 1440.5, float("nan"), float("inf")])
def test_minutes_that_no_day_has_are_refused(ledger, lan, dispatch_id, minutes):
    with pytest.raises(Refused, match="baseline_invalid"):
        ledger.state_baseline(lan, dispatch_id, minutes)


def test_a_stranger_states_nothing(ledger, lan, dispatch_id):
    with pytest.raises(NotPermitted):
        ledger.state_baseline(replace(lan, active=False), dispatch_id, 10)
    with pytest.raises(Refused, match="note_too_long"):
        ledger.state_baseline(lan, dispatch_id, 10, "x" * 501)


def test_before_and_after_are_measured_from_one_topic(station, cast, clock, lan, ledger):
    old = cast.running(cast.approved(seconds=30), topic="Tiêm chủng", base=2, end=DAY + timedelta(days=20))
    for _ in range(2):
        for slot in station.repos.slots.of_day(clock.now().astimezone(UTC).date() + timedelta(days=1)):
            end(station, slot)
        advance(clock, timedelta(days=1))
        station.services.campaigns.replan()
    letter = LETTER.replace("ngày 01 tháng 12", "ngày 04 tháng 12")
    dispatch_id, _ = station.services.dispatches.import_dispatch(lan, letter.encode(), "77.txt")
    new = cast.running(
        cast.approved(seconds=60, pitch=500.0), topic="tiêm chủng", base=3, start=DAY + timedelta(2),
        end=DAY + timedelta(3), windows=(parse_window("16:30-18:00"),), dispatch_id=dispatch_id,
    )  # fmt: skip
    third = DAY + timedelta(days=2)
    for slot in station.repos.slots.of_day(third):
        end(station, slot)
    advance(clock, timedelta(days=1))
    found = ledger.of_dispatch(dispatch_id)
    assert found.baseline.source is BaselineSource.MEASURED
    assert found.baseline.days == 2
    assert found.baseline.minutes_a_day == pytest.approx(1.0)
    assert found.days[third].ordered == 3
    assert found.minutes_after[third] == pytest.approx(4.0)  # three of the new and two of the old still running
    assert found.minutes_a_day == pytest.approx(4.0)
    assert found.increase == pytest.approx(4.0)
    with pytest.raises(Refused, match="baseline_measured"):
        ledger.state_baseline(lan, dispatch_id, 30)
    assert {one.id for one in found.campaigns} == {new}
    assert old != new
