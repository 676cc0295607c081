"""`loa todo` on a real station: the rows as a table and as one JSON document."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from scheduler.commands.base import Context
from scheduler.commands.todo import todo
from scheduler.core.station import kept
from scheduler.kernel.clock import SystemClock
from scheduler.services.station import task_causes


@pytest.fixture(autouse=True)
def long_lives_a_beat(monkeypatch):
    """The command looks at the machine's clock: what beat a moment ago has beaten lately, however busy it is."""
    for module, name in ((kept, "PLAYOUT_SILENT_AFTER"), (task_causes, "SILENT_AFTER")):
        monkeypatch.setattr(module, name, timedelta(minutes=10))


@pytest.fixture
def told(station, tmp_path):
    """What `loa todo` prints for the station of the test."""
    (tmp_path / "config.toml").write_text("[station]\ndata = 'data'\n")

    def run(*words: str) -> str:
        done = CliRunner().invoke(
            todo, list(words), obj=Context(tmp_path / "config.toml", None, None), catch_exceptions=False
        )
        assert done.exit_code == 0
        return done.stdout

    return run


@pytest.fixture
def raised(station):
    now = station.clock.now()
    station.repos.todos.raise_(
        "audio_missing:aa",
        "20261202-c1-1",
        now + timedelta(minutes=30),
        "audio_missing",
        {"title": "Tiêm chủng", "airings": 4},
        now,
    )
    state = {"airings": [], "outputs": [], "clock_trusted": True}
    for process in ("playout", "worker"):
        station.repos.jobs.beat(process, 1, SystemClock().now(), state)
    station.repos.todos.raise_("disk_low", None, None, "disk_low", {"free_mb": 120}, now)


def test_a_station_that_does_not_run_is_all_that_is_to_be_done(told):
    (task,) = json.loads(told("--json"))["todo"]
    assert (task["key"], task["gravity"], task["due"]) == ("playout_silent:station", "now", None)
    assert "ngay bây giờ" in told()


def test_with_nothing_to_do_it_says_so(told, station):
    state = {"airings": [], "outputs": [], "clock_trusted": True}
    for process in ("playout", "worker"):
        station.repos.jobs.beat(process, 1, SystemClock().now(), state)
    assert told() == "Không có việc gì cần làm.\n"
    assert json.loads(told("--json")) == {"todo": []}


@pytest.mark.usefixtures("raised")
def test_it_tells_what_by_when_and_how_many_airings_it_spoils(told):
    lines = told().splitlines()
    assert lines[0] == "Việc cần làm: 2"
    assert lines[3].split("  ")[0] == "06:00 02/12/2026"
    assert "Tiêm chủng" in lines[3]
    assert lines[3].endswith("Mất tệp âm thanh trong kho; hãy tạo lại âm thanh.")
    assert "120 MB" in lines[4]


@pytest.mark.usefixtures("raised")
def test_as_json_it_is_one_document_in_local_time(told):
    first, second = json.loads(told("--json"))["todo"]
    assert first == {
        "key": "audio_missing:aa",
        "reason": "audio_missing",
        "sentence": "Mất tệp âm thanh trong kho; hãy tạo lại âm thanh.",
        "title": "Tiêm chủng",
        "due": "2026-12-02T06:00:00+07:00",
        "gravity": "fails",
        "mend": "recordings",
        "about": "",
        "airings": 4,
    }
    assert (second["due"], second["airings"]) == (None, 0)
