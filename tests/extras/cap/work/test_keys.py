"""The keys of alerts: a ward's place is a point or a border, or the configuration is at fault."""

from pathlib import Path

import pytest

from scheduler.config.loading import parse
from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.kernel.errors import ConfigError


@pytest.mark.parametrize("place", ["", "21.03,105.85", "21,105 21,106 22,106 21,105"])
def test_a_ward_lies_at_a_point_or_inside_a_border(place):
    assert parse(f'[cap_alert]\nplace = "{place}"', Path()).get(CapAlertConfig).place == place


@pytest.mark.parametrize("place", ["Hoàn Kiếm", "21.03", "91,105", "21,105 21,106 22,106"])
def test_any_other_place_is_a_fault_that_says_what_is_wanted(place):
    with pytest.raises(ConfigError) as error:
        parse(f'[cap_alert]\nplace = "{place}"', Path())
    wanted = "phải là một điểm như 21.03,105.85, hoặc một hình khép kín gồm các điểm như thế cách nhau bằng dấu cách"
    assert error.value.faults == [f'"cap_alert.place" {wanted} (đang là {place!r})']
