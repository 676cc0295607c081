"""docs/data.md names every table and column of a freshly migrated database, in the schema's order, and no other.

Tables that an extra makes by steps of its own stand on its page, behind them.
"""

import re
from pathlib import Path

import pytest

from scheduler.features import FEATURES
from scheduler.store import Store

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["data.md", *(feature.docs for feature in FEATURES if feature.schema)]


def told() -> dict[str, list[tuple[str, str, str]]]:
    """Table -> its (column, type, remark) rows on the pages."""
    tables: dict[str, list[tuple[str, str, str]]] = {}
    for line in "\n".join((DOCS / page).read_text(encoding="utf-8") for page in PAGES).splitlines():
        if head := re.fullmatch(r"## (\w+)", line):
            tables[head[1]] = []
        elif row := re.fullmatch(r"\| `(\w+)` \| (\w+) \| (.*) \|", line):
            tables[next(reversed(tables))].append((row[1], row[2], row[3]))
    return {name: rows for name, rows in tables.items() if rows}  # the page of an extra has other headings, too


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = Store(tmp_path_factory.mktemp("schema") / "loa.db")
    opened.migrate()
    yield opened
    opened.close()


def test_every_table_and_column_stands_on_the_page_as_it_is(store):
    tables = store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    live = {
        table["name"]: [
            (column["name"], column["type"].lower())
            for column in store.rows("SELECT name, type FROM pragma_table_info(?)", (table["name"],))
        ]
        for table in tables
    }
    assert {name: [row[:2] for row in rows] for name, rows in told().items()} == live


def test_every_column_has_a_remark():
    rows = [(table, column, remark) for table, rows in told().items() for column, _, remark in rows]
    assert rows
    assert [(table, column) for table, column, remark in rows if not remark.strip()] == []
