"""A scenario as a dict, run through the real station on a folder of its own; what is told of it, as lines."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scheduler.extras.simulate.work.reading import parse
from scheduler.extras.simulate.work.run import Outcome, played
from scheduler.extras.simulate.work.telling import lines_of


class Run:
    """The lines of one run, by what a test asks of them."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.lines = list(lines_of(outcome))
        self.summary = self.lines[-1]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]

    @property
    def ends(self) -> list[tuple[str, str, str]]:
        """Planned local time, outcome and reason of every airing."""
        return [(line["planned"][11:16], line["outcome"], line["reason"]) for line in self.of("airing")]

    @property
    def starts(self) -> list[str]:
        """Local time of everything that sounded."""
        return [line["start"][11:19] for line in self.of("airing") if line["start"]]


def plain(**changes: Any) -> dict[str, Any]:
    """One day, one campaign of 30 s at 06:00 and 17:00."""
    scenario: dict[str, Any] = {
        "start": "2026-12-01",
        "days": 1,
        "settings": {"quiet_hours": ["21:00-05:00", "11:30-13:30"], "make_good_minutes": 0},
        "clips": {"a": 30, "b": 45.5},
        "campaigns": [{"title": "Tiêm chủng", "clip": "a", "times": ["06:00", "17:00"]}],
    }
    return scenario | changes


@pytest.fixture
def simulated(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    opened: list[Outcome] = []

    def run(**changes: Any) -> Run:
        folder = tmp_path / f"run-{len(opened)}"
        opened.append(played(parse(json.dumps(plain(**changes)), is_toml=False), folder))
        return Run(opened[-1])

    yield run
    for outcome in opened:
        outcome.close()
