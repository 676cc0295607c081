"""One rule over a table: every row is tried, and all that fail are told by name.

A case of pytest for each row costs several times what most rows do, and each worker has to read them all first.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

Row = TypeVar("Row")


def each(rows: Iterable[Row], check: Callable[[Row], object]) -> None:
    """Call `check` with each of `rows`, of which there is at least one; what it raises is raised behind the last.

    Whatever fails says its row.
    """
    tried, failed = 0, []
    for tried, row in enumerate(rows, 1):
        try:
            check(row)
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - raised behind the last row
            error.add_note(f"row {tried}: {row!r:.2000}")
            failed.append(error)
    assert tried, "no row"
    if failed:
        raise BaseExceptionGroup(f"{len(failed)} of {tried} rows", failed)
