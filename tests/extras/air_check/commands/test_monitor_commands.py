"""`loa monitor`: how the ear is and what it has heard, for people and for machines."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from scheduler.core.air.heard_back import SpellKind
from scheduler.extras.air_check.commands import monitor
from scheduler.extras.air_check.keys import MonitorConfig
from scheduler.extras.air_check.rows import HeardRows
from scheduler.extras.air_check.rules.air_watch import Spell
from tests.cli.here import Here


@pytest.fixture
def told(station):
    def run(*words, config=None):
        opened = replace(station, written=config or station.config.having(MonitorConfig(kind="soundcard")))
        done = CliRunner().invoke(monitor, list(words), obj=Here(None, None, None, opened), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture
def rows(station, clock):
    made = HeardRows(station.repos.store, station.repos.journal)
    row_id = made.begin(Spell(SpellKind.STRAY, clock.now(), -20.0), None, "2026-12-02", "ward.monitor")
    clock.advance(7)
    made.end(row_id, clock.now(), -18.0, clock.now())
    return made


def test_a_station_without_a_monitor_says_so(told, station):
    assert "không có bộ nghe kiểm tra" in told("status", config=station.config)
    state = json.loads(told("status", "--json", config=station.config))
    assert (state["configured"], state["reason"]) == (False, "air_monitor_off")


def test_a_monitor_that_does_not_run_is_said_to_be_silent(told):
    assert "không trả lời" in told("status")


def test_a_monitor_that_listens_tells_its_levels_and_last_findings(told, station, clock, rows):
    state = {"listening": True, "reason": "", "device": "ward.monitor", "level_dbfs": -71.5, "quiet_dbfs": -72.0}
    station.repos.jobs.beat("monitor", 1, clock.now(), state)
    text = told("status")
    assert "đang nghe" in text
    assert "Mức khi không phát, thường: -72,0 dBFS" in text
    assert "Tiếng lạ" in text
    found = json.loads(told("status", "--json"))
    assert (found["alive"], found["level_dbfs"], found["last"][0]["kind"]) == (True, -71.5, "stray")


def test_a_monitor_without_a_device_tells_the_reason(told, station, clock):
    station.repos.jobs.beat("monitor", 1, clock.now(), {"reason": "air_monitor_no_device", "device": "x"})
    assert "không mở được đường tiếng vào" in told("status")


def test_the_findings_of_a_day_are_listed(told, rows):
    assert "Tiếng lạ" in told("heard", "02/12/2026")
    (one,) = json.loads(told("heard", "02/12/2026", "--json"))["heard"]
    assert (one["began_at"], one["ended_at"]) == ("2026-12-02T05:30:00+07:00", "2026-12-02T05:30:07+07:00")
    assert "không có kết quả" in told("heard", "01/12/2026")
