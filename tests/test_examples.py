"""What a run draws follows from its commit.

A run in CI then tries what the same commit has tried before it, and another commit tries others.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import examples

NUMBERS = range(1000)


@pytest.fixture
def drawn_by(monkeypatch):
    def of(draw):
        monkeypatch.setattr(examples, "MANY", False)
        monkeypatch.setattr(examples, "DRAW", draw)
        monkeypatch.setattr(examples, "_draws", {})
        return [examples.some_of(NUMBERS, 5) for _ in range(3)]

    return of


def test_the_same_commit_draws_the_same(drawn_by):
    assert drawn_by("4b825dc6") == drawn_by("4b825dc6")
    assert examples.hypothesis_seed() == examples.hypothesis_seed() is not None


def test_another_commit_and_another_call_draw_others(drawn_by):
    one, other = drawn_by("4b825dc6"), drawn_by("4b825dc7")
    assert one != other
    assert one[0] != one[1] != one[2]


def test_another_test_draws_others(drawn_by, monkeypatch):
    here = drawn_by("4b825dc6")
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tests/test_else.py::test_else (call)")
    assert drawn_by("4b825dc6") != here


def test_without_a_commit_each_run_draws_anew(drawn_by):
    assert drawn_by("") != drawn_by("")
    assert examples.hypothesis_seed() is None


A_PROPERTY = """
from hypothesis import given, strategies as st

@given(st.integers(0, 10**9))
def test_prints(number):
    print("drawn", number)
"""


def by_hypothesis(folder, draw):
    (folder / "test_drawn.py").write_text(A_PROPERTY, encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "tests.conftest", "--rootdir", folder, "test_drawn.py"]
    env = os.environ | {"LOA_DRAW": draw, "PYTHONPATH": str(Path.cwd()), "PYTEST_ADDOPTS": ""}
    ran = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=True)
    shutil.rmtree(folder / ".hypothesis", ignore_errors=True)
    return [line for line in ran.stdout.splitlines() if line.startswith("drawn")]


def test_hypothesis_draws_by_the_commit_too(tmp_path):
    one, same, other = (by_hypothesis(tmp_path, draw) for draw in ("4b825dc6", "4b825dc6", "4b825dc7"))
    assert one == same != other
    assert len(one) > 10
