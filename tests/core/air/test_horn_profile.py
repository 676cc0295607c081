"""A profile is its numbers: a changed one is another, a changed name is not; and which output has which."""

from dataclasses import replace

import pytest

from scheduler.core.air import horn
from scheduler.core.air.horn import NO_HORN, chosen, profiles_in
from tests.audio.test_horn import PLAIN, profile
from tests.rows import over

NARROW = profile(name="hep", high_hz=3500.0)


@over(
    "change",
    [
        {"low_hz": 301.0},
        {"high_hz": 5999.0},
        {"presence_hz": 2501.0},
        {"presence_db": 3.1},
        {"ratio": 2.1},
        {"target_lufs": -15.9},
        {"max_true_peak_dbtp": -1.1},
    ],
)
def test_every_number_is_part_of_the_key(change):
    assert replace(PLAIN, **change).key != PLAIN.key


def test_the_name_is_no_part_of_the_key():
    assert replace(PLAIN, name="loa cột").key == PLAIN.key
    assert len(PLAIN.key) == 16


def test_another_way_of_making_renders_is_another_key(monkeypatch):
    before = PLAIN.key
    monkeypatch.setattr(horn, "RENDER_VERSION", horn.RENDER_VERSION + 1)
    assert PLAIN.key != before


@pytest.mark.parametrize(
    ("own", "zones", "of_zone", "name"),
    [
        pytest.param("", ("all",), {}, "", id="nobody_names_one"),
        pytest.param("hep", ("bac",), {"bac": "loa-nen"}, "hep", id="its_own_comes_first"),
        pytest.param("", ("nam", "bac"), {"bac": "loa-nen"}, "loa-nen", id="the_zones"),
        pytest.param("", ("nam", "bac"), {"nam": "hep", "bac": "loa-nen"}, "hep", id="the_first_zones"),
        pytest.param("", ("nam",), {"nam": "", "bac": "loa-nen"}, "", id="another_zones_is_not_its"),
        pytest.param(NO_HORN, ("bac",), {"bac": "loa-nen"}, "", id="none_of_its_own_will"),
        pytest.param("", ("bac",), {"bac": NO_HORN}, "", id="none_of_its_zones_will"),
    ],
)
def test_an_output_has_its_own_profile_or_its_zones(own, zones, of_zone, name):
    assert chosen(own, zones, of_zone) == name


OUTPUTS = [("loa", ("all",)), ("bac", ("bac",)), ("nam", ("nam", "bac")), ("phong", ("nam",))]
OF_OUTPUT = {"loa": PLAIN, "bac": PLAIN, "nam": NARROW}


@pytest.mark.parametrize(
    ("zone", "told"),
    [("all", {"loa", "bac", "nam"}), ("bac", {"bac", "nam"}), ("nam", {"nam"}), ("dong", set())],
)
def test_only_outputs_that_sound_there_and_have_a_profile_want_a_render(zone, told):
    assert profiles_in(zone, OUTPUTS, OF_OUTPUT) == {name: OF_OUTPUT[name] for name in told}
