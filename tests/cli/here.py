"""What a command is given in a test: the test's own station."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scheduler.commands.base import Context
from scheduler.station import Station


@dataclass(frozen=True)
class Here(Context):
    """The station of the test, on its own clock, instead of one by the machine's."""

    opened: Station | None = None

    @contextmanager
    def station(self) -> Iterator[Station]:
        assert self.opened
        yield self.opened
