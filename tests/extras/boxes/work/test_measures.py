"""What a box measures: the level of its outputs, its disk, its temperature; measured or absent, never made up."""

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.extras.boxes.work.box_state import disk_free_mb, temperature_c
from scheduler.playout.meter import Meter


def tone(amplitude, frames=HOUSE_RATE // 50):
    return (np.sin(np.arange(frames) * 2 * np.pi * 1000 / HOUSE_RATE) * amplitude).astype(np.int16)


def heard(meter, block, times, end=0):
    for _ in range(times):
        end += len(block)
        meter.heard(block, end)
    return end


@pytest.mark.parametrize(("amplitude", "level"), [(32767, -3.0), (16384, -9.0), (8000, -15.3), (327, -43.0)])
def test_a_tone_has_the_level_it_has(amplitude, level):
    meter = Meter()
    end = heard(meter, tone(amplitude), 60)
    assert meter.level(end) == pytest.approx(level, abs=0.1)


def test_a_level_follows_the_sound_within_half_a_second():
    meter = Meter()
    end = heard(meter, tone(16384), 50)
    end = heard(meter, tone(1638), 50, end)
    assert meter.level(end) == pytest.approx(-29.0, abs=0.2)


def test_before_the_first_sound_and_two_seconds_behind_the_last_there_is_no_level():
    meter = Meter()
    assert meter.level(0) is None
    end = heard(meter, tone(8000), 30)
    assert meter.level(end + 2 * HOUSE_RATE) is not None
    assert meter.level(end + 2 * HOUSE_RATE + 1) is None


def test_zeros_have_no_level():
    meter = Meter()
    assert meter.level(heard(meter, np.zeros(960, np.int16), 60)) is None


def test_free_disk_is_that_of_the_folder_and_absent_where_there_is_none(tmp_path):
    assert disk_free_mb(tmp_path) > 0
    assert disk_free_mb(tmp_path / "gone" / "nowhere") is None


def zones(folder, *values):
    for number, value in enumerate(values):
        (folder / f"thermal_zone{number}").mkdir()
        (folder / f"thermal_zone{number}" / "temp").write_text(value, encoding="ascii")
    return folder


@pytest.mark.parametrize(
    ("values", "degrees"),
    [((), None), (("48312\n", "51000"), 51.0), (("nonsense", "40123"), 40.1), (("900000",), None), (("",), None)],
)
def test_the_hottest_sensor_counts_and_nonsense_is_none(tmp_path, values, degrees):
    assert temperature_c(zones(tmp_path, *values)) == degrees
