"""What failed in a run of three parts is told once more at its end (`make test`): the last part's output hides the first's.

Pytest's own summary is missing where a worker or a plugin breaks; such a break stands in the file as well.
"""

import os
from pathlib import Path

import pytest

__all__ = ["FILE", "Failures", "failed_tests"]

FILE = "LOA_TESTS_FAILED"
"""Names the file, in the environment of `make test`. Every part adds to it."""
LINES = 15
"""Of one failure: its last lines."""
HEAD = "== "
PARTS = (" (setup)", " (call)", " (teardown)")


class Failures:
    """A plugin of the process that hears of all workers."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @classmethod
    def wanted(cls) -> "Failures | None":
        """The plugin, unless nobody asked for the file or this process is a worker of another."""
        if (file := os.environ.get(FILE)) and "PYTEST_XDIST_WORKER" not in os.environ:
            return cls(Path(file))
        return None

    def _add(self, name: str, told: str) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write("\n".join([f"{HEAD}{name}", *told.splitlines()[-LINES:], ""]))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._add(f"{report.nodeid} (read)", report.longreprtext)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._add(f"{report.nodeid} ({report.when})", report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> None:
        self._add("The run itself broke", str(excrepr))


def failed_tests(told: str) -> list[str] | None:
    """The tests that such a file names, each once; None if something else than a test failed, or nothing did."""
    heads = [line.removeprefix(HEAD) for line in told.splitlines() if line.startswith(HEAD)]
    names = dict.fromkeys(head.removesuffix(part) for head in heads for part in PARTS if head.endswith(part))
    whole = bool(heads) and all(head.endswith(PARTS) for head in heads)
    return list(names) if whole else None
