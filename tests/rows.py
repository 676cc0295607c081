"""One rule over a table: every row is tried, and all that fail are told by name.

A case of pytest for each row costs several times what most rows do, and each worker has to read them all first.
"""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest

Row = TypeVar("Row")


def each(rows: Iterable[Row], check: Callable[[Row], object]) -> None:
    """Call `check` with each of `rows`, of which there is at least one; what it raises is raised behind the last.

    Whatever fails says its row. A row that skips has failed: the rows behind it would go with it.
    """
    tried, failed = 0, []
    for tried, row in enumerate(rows, 1):
        try:
            check(row)
        except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:  # noqa: BLE001 - raised behind the last
            error.add_note(f"row {tried}: {row!r:.2000}")
            failed.append(error)
    assert tried, "no row"
    if failed:
        raise BaseExceptionGroup(f"{len(failed)} of {tried} rows", failed)


def over(names: str | Iterable[str], rows: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make one test of a test with these arguments: what `pytest.mark.parametrize` of them would make many of.

    For tests that keep nothing: all rows have the same fixtures.
    """
    named = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    table = list(rows)

    def made(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def whole(**fixtures: Any) -> None:
            def check(row: Any) -> None:
                values = (row,) if len(named) == 1 else row
                test(**fixtures, **dict(zip(named, values, strict=True)))

            each(table, check)

        asked = inspect.signature(test)
        left = [one for name, one in asked.parameters.items() if name not in named]
        whole.__signature__ = asked.replace(parameters=left)  # type: ignore[attr-defined]  # what pytest reads
        del whole.__wrapped__  # type: ignore[attr-defined]
        return whole

    return made
