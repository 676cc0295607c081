"""A simulated day under kill -9 at random instants: each seed is a day with its orders, its deaths and its restarts."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.core.model import AiringOutcome
from scheduler.kernel.clock import SteppedClock
from scheduler.station import Station
from tests.examples import examples
from tests.faults.day import DAY, OVER
from tests.faults.lived_day import Day, Death, broken_after
from tests.faults.random_day import quiet_day_of

RUNS = examples(60, few=5)
"""`bench/faults.py` has as many as one wants."""


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_day_under_kill_9_keeps_every_promise(seed, template, memory):
    day = quiet_day_of(seed, template, memory / "day")
    assert broken_after(day) == []


@pytest.fixture(scope="module")
def lived(template, tmp_path_factory):
    """A whole day that nobody disturbed."""
    folder = tmp_path_factory.mktemp("lived")
    shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    day = Day(replace(template.config, folder=folder))
    assert day.live(Death())
    return day


@pytest.fixture
def falsified(lived, tmp_path):
    """A copy of it, to be falsified."""
    shutil.copytree(lived.config.folder, tmp_path, dirs_exist_ok=True)
    return Day(replace(lived.config, folder=tmp_path))


def heard_file(day: Day) -> Path:
    (path,) = (day.config.data / "heard").iterdir()
    return path


def test_an_undisturbed_day_plays_all_it_planned(lived):
    assert broken_after(lived) == []
    station = Station.open(lived.config, SteppedClock(OVER))
    ends = [slot.outcome for slot in station.repos.slots.of_day(DAY)]
    station.close()
    assert ends == [AiringOutcome.PLAYED] * 11


def test_the_check_sees_a_sound_that_came_twice(falsified):
    path = heard_file(falsified)
    shutil.copy(path, path.with_name("loa-001.bin"))
    told = broken_after(falsified)
    assert any("sounded 2 times with 1 keys" in sentence for sentence in told)
    assert any("the journal says" in sentence for sentence in told)


def test_the_check_sees_sound_that_the_journal_only_claims(falsified):
    path = heard_file(falsified)
    path.write_bytes(path.read_bytes()[:-200_000])
    assert any("the journal says" in sentence for sentence in broken_after(falsified))


def test_the_check_sees_one_wrong_sample(falsified):
    path = heard_file(falsified)
    data = bytearray(path.read_bytes())
    data[1500] ^= 0x40  # in its first block
    path.write_bytes(data)
    assert any("are not its sound" in sentence for sentence in broken_after(falsified))


def test_the_check_sees_sound_in_quiet_hours(falsified):
    windows = replace(falsified.config.quiet_hours, windows=("05:45-05:55",))
    falsified.config = replace(falsified.config, quiet_hours=windows)
    assert any("sounded in quiet hours" in sentence for sentence in broken_after(falsified))


def test_the_check_sees_airings_in_a_burst(falsified):
    falsified.config = replace(falsified.config, planning=replace(falsified.config.planning, min_gap_minutes=30.0))
    assert any(" s after " in sentence for sentence in broken_after(falsified))


def test_without_the_black_box_a_kill_takes_the_last_second_and_the_check_sees_it(template, memory):
    without = ("scheduler.station._blackbox",)
    days = (quiet_day_of(seed, template, memory / str(seed), without) for seed in range(15))
    assert any("the journal says" in sentence for day in days for sentence in broken_after(day))


def test_without_recovery_what_was_heard_before_a_kill_is_lost_and_the_check_sees_it(template, memory):
    without = ("scheduler.playout.active_airings.ActiveAirings.recover",)
    days = (quiet_day_of(seed, template, memory / str(seed), without) for seed in range(15))
    assert any("the journal says" in sentence for day in days for sentence in broken_after(day))
