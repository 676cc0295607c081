"""What comes from outside, and what a static search says of our own code.

Bandit and ruff know the same mistakes by the same numbers (B608 is S608): a finding stands only where the line says, for
both, why it is none. Advisories are asked for where a network lets us; what can be checked without one is checked always.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
LOCKS = [HOUSE / "requirements.lock", HOUSE / "requirements-dev.lock"]
PIN = re.compile(r"([a-z0-9-]+)==([0-9][0-9A-Za-z.]*)( ; .+)?")


def pins(lock):
    lines = [line.strip() for line in lock.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_everything_from_outside_is_one_version_of_one_name(lock):
    assert [line for line in pins(lock) if not PIN.fullmatch(line)] == []


def test_what_tests_run_on_is_what_stations_run_on():
    run, dev = ({PIN.fullmatch(line)[1]: PIN.fullmatch(line)[2] for line in pins(lock)} for lock in LOCKS)
    differing = {name: (version, dev.get(name)) for name, version in run.items() if dev.get(name) != version}
    assert differing == {}


def test_bandit_finds_nothing_that_is_not_explained_where_it_stands():
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "bandit",
        "-q",
        "-ll",
        "-f",
        "json",
        "-r",
        "scheduler",
        "audio_assets",
        "web",
    ]
    told = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    found = json.loads(told.stdout)
    assert found["errors"] == []
    assert found["metrics"]["_totals"]["loc"] > 10_000  # it has looked
    unexplained = []
    for one in found["results"]:
        lines = (HOUSE / one["filename"]).read_text(encoding="utf-8").splitlines()
        rule = one["test_id"].replace("B", "S", 1)
        if not any(rule in line and "noqa" in line and " - " in line for line in (lines[n - 1] for n in _lines(one))):
            unexplained.append(f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}")
    assert unexplained == []


def _lines(finding):
    """The lines of a finding and their neighbours: the two tools point at different lines of one call."""
    return range(max(1, min(finding["line_range"]) - 1), max(finding["line_range"]) + 2)


def test_no_version_we_run_on_has_a_known_hole():
    """Asks the advisory service through pip-audit; a machine without it cannot know, and says so."""
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "pip_audit",
        "-r",
        "requirements.lock",
        "--no-deps",
        "--disable-pip",
    ]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    told = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    try:
        audited = json.loads(told.stdout)["dependencies"]
    except ValueError:
        pytest.skip(f"no advisory service answers here: {told.stderr.strip().splitlines()[-1:]}")
    asked = [one for one in audited if "skip_reason" not in one]
    if not asked:
        pytest.skip("no advisory service answers here: it knows none of the packages")
    assert [one for one in asked if one["vulns"]] == []
