"""docs/simulate.md says what is true: its tables are the tables of keys, its example runs as it stands."""

import re

import pytest

from scheduler.extras.simulate.work.reading import parse
from scheduler.extras.simulate.work.run import played
from tests.extras.simulate.work.conftest import Run
from tests.extras.simulate.work.simulate_reference import DOCUMENT, event_rows, key_rows, setting_rows

TEXT = DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("rows", [key_rows(), setting_rows(), event_rows()], ids=["keys", "settings", "events"])
def test_the_tables_of_the_document_are_those_of_the_code(rows):
    assert "\n".join(rows) in TEXT


@pytest.fixture
def example(tmp_path):
    (toml,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    outcome = played(parse(toml, is_toml=True), tmp_path)
    yield Run(outcome)
    outcome.close()


def test_the_example_runs_and_keeps_every_promise(example):
    assert example.summary["kept"], example.summary
    assert [line for line in example.of("refusal") if line["what"] != "plan"] == []
    assert {"schedule", "manual", "emergency"} <= {line["trigger"] for line in example.of("airing")}


def test_every_key_of_the_lines_is_told_of(example):
    keys = {key for line in example.lines for key in line} - {"event"}
    counted = {"start", "slots", "airings", "outcomes", "reasons", "seconds_aired", "warnings", "refusals"}
    counted |= {"running_at_end", "journal_rows", "fault"}
    assert [key for key in sorted(keys - counted) if f"`{key}`" not in TEXT] == []
