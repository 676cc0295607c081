"""`loa status` and `loa faults` on a real station: what stands is told with its cause, and the exit code says it."""

import json
from contextlib import closing
from datetime import timedelta

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from scheduler.commands.base import Context
from scheduler.commands.faults import faults, status
from scheduler.core.station.health import BEATS_WITHIN
from scheduler.core.station.station_faults import StationFault
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from web import create_app

OPEN = {"name": "loa", "kind": "soundcard", "state": "open", "message": ""}


@pytest.fixture
def told(station, tmp_path):
    (tmp_path / "config.toml").write_text("[station]\ndata = 'data'\n")

    def run(command, *words):
        context = Context(tmp_path / "config.toml", None, None)
        done = CliRunner().invoke(command, list(words), obj=context, catch_exceptions=False)
        return done.exit_code, done.stdout

    return run


@pytest.fixture
def beating(station, monkeypatch):
    """All processes have beaten; however busy the machine is, that was lately."""
    monkeypatch.setattr("scheduler.core.station.station_faults.BEATS_WITHIN", dict.fromkeys(BEATS_WITHIN, 600.0))
    monkeypatch.setattr("scheduler.core.station.station_faults.WORKER_SILENT", 600.0)
    monkeypatch.setattr("scheduler.core.station.station_faults.LOW_DISK_BYTES", 0)

    def beat(*outputs):
        state = {"airings": [], "outputs": list(outputs), "clock_trusted": True}
        for process in ("playout", "web", "worker"):
            station.repos.jobs.beat(process, 1, SystemClock().now(), state if process == "playout" else {})

    return beat


def test_a_station_that_is_well_ends_with_0_and_one_with_a_closed_output_with_1(told, beating):
    beating(OPEN)
    assert told(status) == (0, "Trạm không có lỗi nào.\n")
    beating(OPEN | {"state": "retrying", "message": "mất dây"})
    code, out = told(status, "--json")
    document = json.loads(out)
    assert set(document) == {"status", "looked_at", "watched_at", "faults", "metrics"}, "each number stands once"
    (one,) = document["faults"]
    assert (code, one["key"], one["details"]["detail"]) == (1, "output loa", "mất dây")
    assert "Đầu ra “loa” không phát được tiếng: mất dây" in told(status)[1]


def test_a_station_that_does_not_run_is_a_fault(told):
    code, out = told(status, "--json")
    assert code == 1
    assert "process playout" in {one["key"] for one in json.loads(out)["faults"]}


def test_its_numbers_are_those_of_the_page_for_prometheus(told, beating, station, monkeypatch):
    monkeypatch.setattr("scheduler.core.station.kept.PLAYOUT_SILENT_AFTER", timedelta(minutes=10))
    beating(OPEN | {"dropped": 3})
    metrics = json.loads(told(status, "--json")[1])["metrics"]
    with closing(Station.open(station.written, SystemClock())) as of_the_wall_clock:
        text = create_app(of_the_wall_clock).test_client().get("/metrics").text
    given = {sample.name for one in text_string_to_metric_families(text) for sample in one.samples}
    of_the_page = {one for one in given if one.startswith(("loa_http_request_seconds", "loa_event_streams"))}
    assert {name for name, rows in metrics.items() if rows} == given - of_the_page
    assert metrics["loa_output_dropped_total"] == [{"labels": {"output": "loa"}, "value": 3.0}]
    assert metrics["loa_clock_trusted"] == [{"labels": {}, "value": 1.0}]


def test_the_kept_faults_are_told_with_begin_end_and_cause(told, station):
    assert told(faults) == (0, "Chưa ghi nhận lỗi nào.\n")
    log, now = station.repos.faults, station.clock.now()
    log.over(log.begin(StationFault("disk", "disk_full"), now).number, now)
    log.begin(StationFault("playout inner", "fault_inner", {"why": "no_descriptors"}), now)
    code, out = told(faults)
    assert code == 0
    assert out.index("chưa hết") < out.index("05:30:00 02/12/2026  05:30:00 02/12/2026")
    assert "Máy hết chỗ mở tệp" in out
    assert [one["ended"] is None for one in json.loads(told(faults, "--json")[1])["faults"]] == [True, False]
