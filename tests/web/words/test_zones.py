"""Vùng phát in words: which outputs sound in a zone, everywhere by the rule that playout itself goes by."""

from dataclasses import replace

import pytest

from scheduler.config.loading import OutputConfig, ZoneConfig
from web.words.zones import outputs_of


@pytest.fixture
def config(config):
    return replace(
        config,
        zones=(ZoneConfig(name="bac"), ZoneConfig(name="nam")),
        outputs=(
            OutputConfig(name="Loa chung", kind="null", counts=True, zones=("all",)),
            OutputConfig(name="Loa bắc", kind="null", counts=True, zones=("bac",)),
            OutputConfig(name="Loa hai vùng", kind="null", counts=True, zones=("bac", "nam")),
        ),
    )


@pytest.mark.parametrize(
    ("zone", "outputs"),
    [
        ("all", ["Loa chung", "Loa bắc", "Loa hai vùng"]),
        ("bac", ["Loa bắc", "Loa hai vùng"]),
        ("nam", ["Loa hai vùng"]),
    ],
)
def test_an_output_for_the_whole_ward_is_not_counted_for_a_zone_it_does_not_sound_in(app, zone, outputs):
    with app.test_request_context():
        assert outputs_of(zone) == outputs
