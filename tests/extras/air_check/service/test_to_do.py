"""What the list of things to do says of the air check."""

from dataclasses import replace

from scheduler.extras.air_check.keys import MonitorConfig
from scheduler.station import Station
from tests.services.station.test_tasks import OUTPUT, keys


def test_a_monitor_that_is_not_heard_of_is_told(config, clock, tmp_path):
    listening = replace(config, folder=tmp_path / "nghe").having(MonitorConfig(kind="soundcard"))
    with_monitor = Station.open(listening, clock)
    with_monitor.repos.jobs.beat("playout", 1, clock.now(), {"outputs": [OUTPUT], "clock_trusted": True})
    assert keys(with_monitor.services.to_do) == ["air_monitor_silent"]
    with_monitor.repos.jobs.beat("monitor", 1, clock.now(), {})
    assert with_monitor.services.to_do.open() == []
    with_monitor.close()
