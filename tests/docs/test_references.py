"""Pages that are written by a script say what the source says now, and no code, role or right is left out."""

from pathlib import Path

import pytest

from scheduler.core.announcement.approval import ACTS
from scheduler.core.words.wording import REASONS
from tests.docs import (
    command_reference,
    config_reference,
    metric_reference,
    operation_reference,
    reason_reference,
    role_reference,
)

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("cli.md", command_reference),
        ("config.md", config_reference),
        ("api-operations.md", operation_reference),
        ("reasons.md", reason_reference),
        ("roles.md", role_reference),
    ],
    ids=["commands", "config", "operations", "reasons", "roles"],
)
def test_the_page_equals_what_its_script_writes_now(name, script):
    command = f"python tests/docs/{script.__name__.rsplit('.', 1)[-1]}.py > docs/{name}"
    assert (DOCS / name).read_text(encoding="utf-8") == script.page(), f"write it anew: {command}"


def test_the_table_of_metrics_is_what_the_station_makes():
    rows = metric_reference.rows()
    assert len(rows) > 15
    page = (DOCS / "api.md").read_text(encoding="utf-8").splitlines()
    if (DOCS.parent / "scheduler" / "extras" / "hub").is_dir():
        assert [row for row in page if row.startswith("| `loa_") and row not in rows] == []
    assert [row for row in rows if row not in page] == [], "write them: python tests/docs/metric_reference.py"


def test_every_reason_code_stands_in_exactly_one_group_of_the_page():
    grouped = [code for codes in reason_reference.groups().values() for code in codes]
    assert sorted(grouped) == sorted(REASONS)


def test_every_right_has_its_meaning():
    assert set(role_reference.MEANING) == ACTS
