"""The template of all simulated days, made once; a station with ears on a clock that is stepped by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler.kernel.clock import SteppedClock
from scheduler.playout.outputs import KINDS
from tests.faults.day import Template, template_in, temporary_folder
from tests.faults.stepped import Stepped


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    with temporary_folder() as folder:
        yield template_in(Path(folder))


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder where flushing costs nothing."""
    with temporary_folder() as folder:
        yield Path(folder)


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind of output that remembers, gone again after the test."""
    monkeypatch.setitem(KINDS, "heard", KINDS["null"])


@pytest.fixture
def stepped_with(memory: Path, ears: None) -> Iterator[Callable[..., Stepped]]:
    """A station without any campaign yet, by its clock and the sections of its configuration; stopped after the test."""
    made: list[Stepped] = []

    def make(clock: SteppedClock | None = None, **changes: object) -> Stepped:
        made.append(Stepped.in_folder(memory, clock, **changes))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def stepped(stepped_with: Callable[..., Stepped]) -> Stepped:
    return stepped_with()
