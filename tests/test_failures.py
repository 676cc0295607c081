"""What failed is in the file: a test, a file that cannot be read, a worker that broke."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import again
from tests.failures import FILE, failed_tests

PATIENCE = 240
PLUGIN = """
from tests.failures import Failures

def pytest_configure(config):
    if (failures := Failures.wanted()) is not None:
        config.pluginmanager.register(failures)
"""
BREAKS = """
def pytest_runtest_logfinish(nodeid):
    if "breaks" in nodeid:
        raise RuntimeError("no hook may do this")
"""


@pytest.fixture
def failed(tmp_path):
    def run(conftest, tests, *options):
        (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
        (tmp_path / "test_it.py").write_text(tests, encoding="utf-8")
        file, root = tmp_path / "failed.txt", Path(__file__).parents[1]
        told = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", "-p", "no:cacheprovider", *options, tmp_path],
            env=told | {"PYTHONPATH": str(root), FILE: str(file)}, cwd=tmp_path, timeout=PATIENCE, check=False, capture_output=True,
        )  # fmt: skip
        return file.read_text(encoding="utf-8") if file.exists() else ""

    return run


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_test_that_fails_stands_there_once_with_its_last_lines_and_one_that_holds_does_not(failed, options):
    told = failed(PLUGIN, "def test_holds(): pass\n\ndef test_fails():\n    assert 2 * 2 == 5\n", *options)
    assert told.count("== test_it.py::test_fails (call)") == 1
    assert "assert (2 * 2) == 5" in told
    assert "test_holds" not in told


def test_a_file_that_cannot_be_read_stands_there(failed):
    assert "No module named 'nowhere'" in failed(PLUGIN, "import nowhere\n")


def test_a_worker_that_broke_stands_there_with_its_reason(failed):
    told = failed(PLUGIN + BREAKS, "def test_breaks(): pass\n", "-n", "1")
    assert "== The run itself broke" in told
    assert "RuntimeError: no hook may do this" in told


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ("", None),
        ("== tests/test_it.py::test_fails[a b] (call)\nassert 1 == 2\n", ["tests/test_it.py::test_fails[a b]"]),
        ("== t.py::test_it (call)\n== t.py::test_it (teardown)\n== t.py::test_other (setup)\n", ["t.py::test_it", "t.py::test_other"]),
        ("== t.py::test_it (call)\n== The run itself broke\n", None),
        ("== t.py (read)\n", None),
    ],
    ids=["nothing", "one", "two", "a break", "not read"],
)  # fmt: skip
def test_the_file_names_each_failed_test_once_unless_more_broke(told, names):
    assert failed_tests(told) == names


ONCE = """
from pathlib import Path
def test_holds_alone():
    runs = Path(__file__).with_name("runs")
    runs.write_text(runs.read_text() + "." if runs.exists() else ".")
    assert len(runs.read_text()) != {fails}
"""


@pytest.mark.parametrize(
    ("fails", "code"),
    [(0, 0), (1, 1), (2, 1), (3, 1)],
    ids=["in no run", "in the first", "in the second", "in the third"],
)
def test_what_failed_once_has_to_hold_three_times_alone(tmp_path, capfd, fails, code):
    test, told = tmp_path / "test_it.py", tmp_path / "failed.txt"
    test.write_text(ONCE.format(fails=fails), encoding="utf-8")
    told.write_text(f"== {test}::test_holds_alone (call)\n", encoding="utf-8")
    assert again.main(told) == code
    assert ("UNSTEADY" in capfd.readouterr().out) == (code == 0)


def test_a_few_tests_may_try_again_and_many_may_not(tmp_path):
    told = tmp_path / "failed.txt"
    told.write_text("".join(f"== nowhere.py::test_{at} (call)\n" for at in range(again.MOST + 1)), encoding="utf-8")
    assert again.main(told) == 1
    assert again.main(tmp_path / "none.txt") == 1
