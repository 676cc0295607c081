"""Power cuts, stalls and clocks that step: every slot ends once, nothing sounds twice, and nothing bursts afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduler.config.loading import OutputConfig, PlanningConfig, QuietHoursConfig, StationConfig
from scheduler.core.model import Priority
from scheduler.kernel.clock import SteppedClock
from scheduler.playout.mixer import BLOCK, FADE
from scheduler.services.planning.campaigns import CampaignService
from scheduler.station import Station
from tests.faults.day import DAWN, OVER, approved, people, with_ears

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def starts(stepped):
    """Slot and real beginning of every sounding that was more than a block."""
    return [(stretch.slot_id, stretch.start) for stretch in stepped.heard]


# Power


def test_a_power_cut_over_a_slot_makes_it_missed_and_it_is_made_good_in_its_window(stepped):
    stepped.says("05:40-07:00", base=1)
    (slot,) = stepped.slots
    stepped.start()
    stepped.run(slot.start - 3 * SECOND)
    stepped.power_off()
    stepped.clock.advance(600)
    stepped.reopen()
    stepped.start()
    stepped.run(OVER)
    assert stepped.ends == [("missed", "station_off"), ("played", "")]
    assert stepped.broken() == []


def test_a_power_cut_over_a_slot_at_the_end_of_its_window_is_written_off(stepped):
    stepped.says("05:40-05:42", base=1)
    (slot,) = stepped.slots
    stepped.start()
    stepped.power_off()
    stepped.clock.advance((slot.start - stepped.clock.now()).total_seconds() + 600)
    stepped.reopen()
    stepped.start()
    stepped.run(OVER)
    assert stepped.ends == [("missed", "station_off")]
    assert [refusal.ordinal for refusal in stepped.station.repos.slots.refusals(slot.day)] == [1]
    assert stepped.heard == []
    assert stepped.broken() == []


@pytest.mark.parametrize("off", [0.3, 8.0, 300.0], ids=["a_moment", "seconds", "minutes"])
def test_a_power_cut_inside_a_slot_leaves_what_was_heard_of_it_and_it_is_not_said_again(stepped, off):
    stepped.says("05:40-07:00", base=1, seconds=6.0)
    (slot,) = stepped.slots
    stepped.start()
    stepped.run(slot.start + 4 * SECOND)
    stepped.power_off()
    stepped.clock.advance(off)
    stepped.reopen()
    stepped.start()
    stepped.run(OVER)
    assert stepped.ends == [("partial", "power_cut")]
    (heard,) = stepped.heard
    assert abs(heard.frames - 4 * 48_000) <= 960
    assert stepped.broken() == []


@pytest.mark.parametrize("off", [8.0, 300.0], ids=["seconds", "minutes"])
def test_a_power_cut_before_the_half_of_a_slot_is_owed_and_the_task_says_how_little_was_heard(stepped, off):
    stepped.says("05:40-07:00", base=1, seconds=6.0)
    (slot,) = stepped.slots
    stepped.start()
    stepped.run(slot.start + 2 * SECOND)
    stepped.power_off()
    stepped.clock.advance(off)
    stepped.reopen()
    with_debt = stepped.start()
    stepped.run(SECOND)
    assert with_debt is not None
    assert [one.makes_good for one in stepped.slots if one.makes_good] == [slot.id]
    stepped.run(OVER)
    assert stepped.ends == [("partial", "power_cut"), ("played", "")]
    first, second = stepped.heard
    assert abs(first.frames - 2 * 48_000) <= 960
    assert second.frames == 6 * 48_000
    assert stepped.broken() == []


def test_what_was_due_while_the_power_was_off_does_not_come_in_a_burst(stepped_with):
    planning = PlanningConfig(days_ahead=1, min_gap_minutes=3.0, late_tolerance_seconds=1800.0)
    stepped = stepped_with(planning=planning)
    stepped.says("05:40-06:40", base=8, min_gap=timedelta(minutes=3))
    first = stepped.slots[0]
    stepped.start()
    stepped.run(first.start - MINUTE)
    stepped.power_off()
    stepped.clock.advance(25 * 60)
    stepped.reopen()
    stepped.start()
    stepped.run(OVER)
    assert len(stepped.heard) >= 5
    assert stepped.broken() == []


def test_a_second_power_cut_right_behind_a_late_airing_makes_no_burst_either(stepped_with):
    planning = PlanningConfig(days_ahead=1, min_gap_minutes=3.0, late_tolerance_seconds=1800.0)
    stepped = stepped_with(planning=planning)
    stepped.says("05:40-06:40", base=8, min_gap=timedelta(minutes=3))
    first = stepped.slots[0]
    stepped.start()
    stepped.power_off()
    stepped.clock.advance((first.start - stepped.clock.now()).total_seconds() + 20 * 60)
    for _ in range(3):
        stepped.reopen()
        stepped.start()
        stepped.run(20 * SECOND)
        stepped.power_off()
        stepped.clock.advance(5)
    stepped.reopen()
    stepped.start()
    stepped.run(OVER)
    assert stepped.broken() == []


def test_a_late_airing_that_ends_just_before_the_next_one_keeps_the_gap_too(stepped_with):
    planning = PlanningConfig(days_ahead=1, min_gap_minutes=3.0, late_tolerance_seconds=1800.0)
    stepped = stepped_with(planning=planning)
    stepped.says("05:40-05:50", base=1, seconds=20.0, seed=1)
    stepped.says("05:52-06:10", base=1, seed=2)
    _, second = stepped.slots
    stepped.start()
    stepped.power_off()
    stepped.clock.advance((second.start - stepped.clock.now()).total_seconds() - 22.0)
    stepped.reopen()
    stepped.start()
    stepped.run(OVER)
    assert stepped.ends == [("played", "")] * 2
    assert stepped.broken() == []


def failing(*_: object) -> None:
    raise MemoryError


@pytest.mark.parametrize("seconds", [2.0, 40.0], ids=["whole", "cut"])
def test_what_one_of_two_loudspeakers_sounded_keeps_its_gap_over_a_power_cut(stepped_with, seconds, monkeypatch):
    """An airing is told by its worst loudspeaker: 0 seconds of that one do not say that nobody heard it.

    The planner fails, so that nothing but playout's own memory of when it fell silent keeps the gap.
    """
    planning = PlanningConfig(days_ahead=1, min_gap_minutes=3.0, late_tolerance_seconds=1800.0)
    loudspeakers = (OutputConfig(name="loa", kind="heard"), OutputConfig(name="cot", kind="heard"))
    stepped = stepped_with(planning=planning, outputs=loudspeakers)
    stepped.says("05:40-05:50", base=1, seed=1)
    (planned,) = stepped.slots
    ordered = approved(stepped.station, "Phát ngay", seconds, 2)
    stepped.clock.advance((planned.start - stepped.clock.now()).total_seconds() - 7.0)
    monkeypatch.setattr(CampaignService, "replan", failing)
    lan, _ = people(stepped.station)
    now = stepped.station.services.air.play_now(lan, ordered, chime=False)
    stepped.start()
    stepped.loudspeaker.away = (0.0, stepped.clock.monotonic() + 60.0)
    stepped.run(planned.start + 15 * SECOND)
    stepped.power_off()
    stepped.clock.advance(45)
    stepped.reopen()
    stepped.start()
    stepped.run(OVER)
    told = {row["slot_id"]: row for row in stepped.rows()}
    heard = {stretch.slot_id: stretch for stretch in reversed(stepped.heard)}
    assert (told[now]["outcome"], told[now]["played_ms"]) == ("partial", 0)
    assert heard[planned.id].start - heard[now].end >= timedelta(minutes=3) - SECOND
    assert stepped.broken() == []


@pytest.mark.parametrize("killed_after", [3.0, 8.0], ids=["in_it", "behind_it_without_a_row"])
def test_an_emergency_that_ended_with_a_life_keeps_its_gap_in_the_next(stepped_with, killed_after, monkeypatch):
    """The ring has its end first; the rows, out of which the gaps behind all else are read, follow."""
    planning = PlanningConfig(days_ahead=1, min_gap_minutes=3.0, late_tolerance_seconds=1800.0)
    stepped = stepped_with(planning=planning)
    stepped.says("05:40-05:50", base=1, seed=1)
    (planned,) = stepped.slots
    said = approved(stepped.station, "Báo động", 6.0, 2, Priority.EMERGENCY)
    monkeypatch.setattr(CampaignService, "replan", failing)
    stepped.start()
    stepped.run(planned.start - timedelta(seconds=killed_after + 3))
    _, minh = people(stepped.station)
    ordered = stepped.station.services.emergency.break_in(minh, said)
    stepped.run(2 * SECOND)
    monkeypatch.setattr(stepped.station.repos.red_rows, "follow", failing)
    stepped.run(timedelta(seconds=killed_after - 2))
    stepped.power_off()
    stepped.reopen()
    stepped.start()
    stepped.run(OVER)
    heard = {stretch.slot_id: stretch for stretch in reversed(stepped.heard)}
    assert heard[planned.id].start - heard[ordered].end >= timedelta(minutes=3) - SECOND
    assert stepped.broken() == []


# The clock


@pytest.mark.parametrize("step", [-1.0, -0.4, 0.4, 1.0])
def test_a_step_of_a_second_or_less_is_followed_and_nothing_airs_twice(stepped, step):
    stepped.says("05:40-06:40", base=2)
    first, second = stepped.slots
    stepped.start()
    stepped.run(first.start - 10 * SECOND)
    stepped.clock.step_wall(step)
    stepped.run(second.start + SECOND)
    stepped.clock.step_wall(step)
    stepped.run(OVER)
    assert stepped.ends == [("played", "")] * 2
    for (_, start), slot in zip(starts(stepped), (first, second), strict=True):
        assert abs(start - slot.start) < timedelta(milliseconds=2)
    assert stepped.broken() == []


def test_three_hours_forward_over_slots_misses_them_and_the_rest_of_the_day_goes_on(stepped):
    stepped.says("06:00-07:00", "17:00-17:30", base=4)
    slots = stepped.slots
    stepped.start()
    stepped.run(timedelta(minutes=5))
    stepped.clock.step_wall(3 * 3600)
    stepped.run(OVER)
    over = [slot for slot in slots if slot.start < DAWN + timedelta(hours=3)]
    assert over
    assert stepped.ends[: len(over)] == [("missed", "clock_step")] * len(over)
    assert [name for name, _ in starts(stepped)] == [slot.id for slot in slots[len(over) :]]
    assert stepped.broken() == []


def test_three_hours_forward_inside_an_airing_do_not_break_it(stepped):
    stepped.says("06:00-07:00", base=1, seconds=6.0)
    (slot,) = stepped.slots
    stepped.start()
    stepped.run(slot.start + 2 * SECOND)
    stepped.clock.step_wall(3 * 3600)
    stepped.run(OVER)
    assert stepped.ends == [("played", "")]
    assert stepped.broken() == []


def test_a_step_into_quiet_hours_inside_an_airing_silences_it_at_once(stepped):
    stepped.says("06:00-07:00", base=1, seconds=6.0)
    (slot,) = stepped.slots
    stepped.start()
    stepped.run(slot.start + 2 * SECOND)
    stepped.clock.step_wall(6 * 3600)
    stepped.run(OVER)
    assert stepped.ends == [("partial", "quiet_hours")]
    (heard,) = stepped.heard
    assert heard.frames < 2.2 * 48_000
    assert stepped.broken() == []


def test_a_clock_that_loses_its_time_inside_an_airing_silences_it_at_once(stepped):
    stepped.says("06:00-07:00", base=1, seconds=6.0)
    (slot,) = stepped.slots
    stepped.start()
    stepped.run(slot.start + 2 * SECOND)
    lost = (datetime(1970, 1, 1, tzinfo=UTC) - stepped.clock.now()).total_seconds()
    stepped.clock.step_wall(lost)
    stepped.run(MINUTE)
    stepped.clock.step_wall(-lost)
    stepped.run(OVER)
    (heard,) = stepped.heard
    assert heard.frames <= 2 * 48_000 + FADE + 2 * BLOCK
    assert stepped.ends == [("partial", "clock_untrusted")]
    assert stepped.broken() == []


def test_ten_minutes_back_say_nothing_twice(stepped):
    stepped.says("06:00-07:00", base=6, min_gap=timedelta(minutes=4))
    slots = stepped.slots
    stepped.start()
    stepped.run(slots[1].end + 5 * SECOND)
    stepped.clock.step_wall(-600)
    stepped.run(OVER)
    assert stepped.ends[:2] == [("played", "")] * 2
    names = [name for name, _ in starts(stepped)]
    assert len(names) == len(set(names))
    assert stepped.broken() == []


def test_ten_minutes_back_inside_an_airing_end_it_or_let_it_go_on_but_never_repeat_it(stepped):
    stepped.says("06:00-07:00", base=2, seconds=6.0)
    slots = stepped.slots
    stepped.start()
    stepped.run(slots[1].start + 3 * SECOND)
    stepped.clock.step_wall(-600)
    stepped.run(OVER)
    names = [name for name, _ in starts(stepped)]
    assert names[:2] == [slot.id for slot in slots]
    assert len(names) == len(set(names))
    assert stepped.broken() == []


def test_a_clock_that_starts_in_1970_airs_nothing_until_it_is_put_right(stepped):
    stepped.says("05:40-06:40", base=4, min_gap=timedelta(minutes=4))
    slots = stepped.slots
    lost = SteppedClock(datetime(1970, 1, 1, tzinfo=UTC))
    with_ears(lost)
    stepped.station.close()
    stepped.clock, stepped.station = lost, Station.open(stepped.station.config, lost)
    stepped.start()
    stepped.run(timedelta(minutes=30))
    assert stepped.heard == []
    assert stepped.rows() == []
    lost.step_wall((slots[1].end + 3 * MINUTE - lost.now()).total_seconds())
    stepped.run(OVER)
    names = [name for name, _ in starts(stepped)]
    assert names == [slots[2].id, slots[3].id]
    assert stepped.broken() == []


@pytest.mark.parametrize("before", [30.0, 1.0, -1.0], ids=["before_arming", "when_armed", "inside"])
def test_a_stall_of_ninety_seconds_over_a_start_makes_it_late_or_partial_and_the_journal_says_what_was_heard(
    stepped, before
):
    stepped.says("05:40-06:40", base=2, seconds=5.0)
    first, _ = stepped.slots
    stepped.start()
    stepped.run(first.start - before * SECOND)
    stepped.stall(90 * SECOND)
    stepped.run(OVER)
    assert len(stepped.rows()) == 2
    assert {name for name, _ in starts(stepped)} == {slot.id for slot in stepped.slots}
    assert stepped.ends[1] == ("played", "")
    late = stepped.heard[0]
    assert late.written[-1][1] - late.written[0][0] >= timedelta(seconds=late.frames / 48_000) - MINUTE / 600
    assert stepped.broken() == []


# Summer time, on a machine that knows nothing of the station's zone


def paris(stepped_with, now):
    station = StationConfig(data="data", time_zone="Europe/Paris")
    return stepped_with(SteppedClock(now), station=station, quiet_hours=QuietHoursConfig(windows=("23:00-01:00",)))


def test_a_window_that_the_clock_jumps_over_is_refused_and_nothing_sounds(stepped_with):
    stepped = paris(stepped_with, datetime(2027, 3, 27, 23, 30, tzinfo=UTC))
    day = date(2027, 3, 28)
    stepped.says("02:10-02:50", base=1, start=day, end=day)
    stepped.says("03:10-03:50", base=1, seed=2, start=day, end=day)
    stepped.start()
    stepped.run(timedelta(hours=23))
    assert {refusal.reason for refusal in stepped.station.repos.slots.refusals(day)} <= {"dst_gap", "no_windows"}
    assert len(stepped.station.repos.slots.refusals(day)) == 1
    (heard,) = stepped.heard
    assert datetime(2027, 3, 28, 1, 10, tzinfo=UTC) <= heard.start < datetime(2027, 3, 28, 1, 50, tzinfo=UTC)
    assert stepped.broken() == []


def test_an_hour_that_comes_twice_airs_its_slot_once(stepped_with):
    stepped = paris(stepped_with, datetime(2027, 10, 30, 23, 30, tzinfo=UTC))
    day = date(2027, 10, 31)
    stepped.says("02:10-02:50", base=1, start=day, end=day)
    stepped.start()
    stepped.run(timedelta(hours=24))
    assert stepped.ends == [("played", "")]
    assert len(stepped.heard) == 1
    assert stepped.broken() == []
