import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from scheduler.commands.base import Context
from scheduler.extras.simulate.commands import COMMANDS, simulate
from scheduler.extras.simulate.work import run as runs
from scheduler.extras.simulate.work.silence import Heard
from tests.extras.simulate.work.conftest import plain


@pytest.fixture
def run(tmp_path):
    def go(*words, config=None):
        context = Context(config, tmp_path / "data", None)
        return CliRunner(mix_stderr=False).invoke(simulate, list(words), obj=context)

    return go


@pytest.fixture
def scenario(tmp_path):
    def write(**changes):
        path = tmp_path / "scenario.json"
        path.write_text(json.dumps(plain(**changes)), encoding="utf-8")
        return str(path)

    return write


def test_a_scenario_prints_json_lines_and_nothing_else(run, scenario):
    result = run(scenario())
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["event"] for line in lines] == ["slot", "airing", "slot", "airing", "summary"]
    assert (result.exit_code, result.stderr) == (0, "")


def test_human_prints_a_table(run, scenario):
    result = run(scenario(), "--human")
    assert result.stdout.splitlines()[0] == "Ngày 01/12/2026"
    assert "Mọi cam kết đều được giữ." in result.stdout


def test_next_prints_a_table_of_the_station_and_lines_when_asked(run, station, cast, tmp_path):
    cast.running(cast.approved(), base=1)
    table = run("--next", "48h")
    assert table.exit_code == 0
    assert "Mọi cam kết đều được giữ." in table.stdout
    assert json.loads(run("--next", "2d", "--lines").stdout.splitlines()[-1])["event"] == "summary"


@pytest.mark.parametrize(
    "words",
    [[], ["x.json", "--next", "48h"], ["--next", "soon"], ["--next", "0h"], ["--next", "9999d"]],
    ids=["nothing", "both", "no_length", "zero", "too_long"],
)
def test_wrong_usage_is_exit_code_2(run, words):
    assert run(*words).exit_code == 2


def test_a_scenario_with_faults_is_refused_with_all_of_them(run, scenario):
    result = run(scenario(campaigns=[{"clip": "x", "timse": ["05:30"]}]))
    assert result.exit_code == 1
    assert 'có phải muốn viết "campaigns 1.times"?' in str(result.exception)
    assert 'không có cái nào tên "x"' in str(result.exception)
    assert result.stdout == ""


def test_the_command_is_offered_to_the_command_line():
    assert (simulate,) == COMMANDS


def test_a_broken_promise_is_exit_code_1(run, scenario, monkeypatch):
    """No station that breaks its word is at hand: a sound that nobody planned is laid beside a real run."""
    real = runs.played

    def with_a_stray_sound(*words):
        outcome = real(*words)
        outcome.heard.append(Heard("stray", "loa", outcome.start, 0.0, frames=48_000))
        return outcome

    monkeypatch.setattr(runs, "played", with_a_stray_sound)
    result = run(scenario())
    assert result.exit_code == 1
    assert json.loads(result.stdout.splitlines()[-1])["quiet_sounds"] == 1


_SCRIPT = """
import sys
from scheduler.commands.base import Context
from scheduler.extras.simulate.commands import simulate
simulate(sys.argv[1:], obj=Context(None, None, None), standalone_mode=False)
"""


def told_in(zone, path):
    command = [sys.executable, "-c", _SCRIPT, path]
    return subprocess.run(command, env=os.environ | {"TZ": zone}, capture_output=True, check=True, text=True).stdout


def test_the_host_may_live_in_any_zone(scenario):
    path = scenario(settings={"quiet_hours": ["21:00-05:00"]}, days=2)
    paris, los_angeles = told_in("Europe/Paris", path), told_in("America/Los_Angeles", path)
    assert paris == los_angeles
    assert '"start":"2026-12-01T06:00:00.000+07:00"' in paris
