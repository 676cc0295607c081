"""What the look at a configuration says of `[monitor]`: zones that no output sounds in, only where it listens."""

import pytest

from scheduler.config.loading import parse
from scheduler.services.station.trials import trials

FILE = """
[web]
host = "127.0.0.1"

[[output]]
name = "ghi"
kind = "wavfile"
zones = ["khu-pho-1"]

[monitor]
kind = "{kind}"
zones = ["khu-pho-1", "khu-pho-9"]
"""


@pytest.mark.parametrize(("kind", "told"), [("none", ["try_good"]), ("soundcard", ["try_zone_silent"])])
def test_a_zone_that_no_output_sounds_in_is_told_where_the_monitor_is_on(kind, told, tmp_path):
    assert [one.reason for one in trials(parse(FILE.format(kind=kind), tmp_path))] == told
