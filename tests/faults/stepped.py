"""A station with ears in the test's own process: services come and go on it, and time passes by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.config.loading import Config
from scheduler.kernel.clock import SteppedClock
from scheduler.playout.process import turned
from scheduler.playout.service import Playout
from scheduler.station import Station
from scheduler.store import Row
from tests.faults.day import DAWN, DAY, approved, config_in, peopled, running, turn, with_ears
from tests.faults.heard import Heard, Stretch, heard_in
from tests.faults.truth import broken_promises


@dataclass
class Stepped:
    """One station and the service that plays for it now."""

    station: Station
    clock: SteppedClock
    service: Playout | None = None
    left: list[Playout] = field(default_factory=list)
    """Services that were killed: they are never told to stop, so that they write nothing more."""

    @classmethod
    def in_folder(cls, folder: Path, clock: SteppedClock | None = None, **changes: object) -> "Stepped":
        clock = clock or SteppedClock(DAWN)
        with_ears(clock)
        return cls(peopled(config_in(folder, **changes), clock), clock)

    def close(self) -> None:
        if self.service:
            self.service.stop()
        self.station.close()

    # What a ward has

    def says(self, *windows: str, seconds: float = 2.0, seed: int = 1, **changes: object) -> int:
        """A running campaign with a sound of its own (its id)."""
        name = approved(self.station, f"Bản tin {seed}", seconds, seed)
        return running(self.station, name, windows, **changes)

    @property
    def slots(self) -> list:
        return [slot for day in (DAY, DAY + timedelta(days=1)) for slot in self.station.repos.slots.of_day(day)]

    # What happens

    def start(self) -> Playout:
        self.service = self.station.playout()
        self.service.start()
        return self.service

    def power_off(self) -> None:
        """What is in memory is gone; the black box and the rows stay."""
        assert self.service is not None
        self.left.append(self.service)
        for sink in self.service.engine._sinks:
            sink.output.close()
        self.service = None
        self.station.close()

    def reopen(self, config: Config | None = None) -> None:
        """The station once more, with another configuration where one is given."""
        if self.service:
            self.service.stop()
            self.service = None
        self.station.close()
        self.station = Station.open(config or self.station.config, self.clock)

    def run(self, until: datetime | timedelta) -> None:
        """Let time pass, by the wall clock; a turn that fails is tried again, as the process does."""
        until = until if isinstance(until, datetime) else self.clock.now() + until
        assert self.service is not None
        while self.clock.now() < until:
            turn(self.service, self.clock, until)

    def stumble(self, length: timedelta) -> int:
        """Let time pass while turns may fail; how many did."""
        assert self.service is not None
        until, failed = self.clock.monotonic() + length.total_seconds(), 0
        while self.clock.monotonic() < until:
            for _ in range(5):
                self.clock.advance(0.02)
                self.service.engine.step()
            failed += not turned(self.service)
        return failed

    def stall(self, length: timedelta) -> None:
        """The whole machine stands still. Then its outputs do what their threads do, which the clock paces."""
        assert self.service is not None
        self.clock.advance(length.total_seconds())
        for sink in self.service.engine._sinks:
            with sink._guard():
                sink._follow()
        self.service.step()
        self.service.engine.step()

    @property
    def loudspeaker(self) -> Heard:
        assert self.service is not None
        output = self.service.engine._sinks[0].output
        assert isinstance(output, Heard)
        return output

    # What became of it

    def rows(self) -> list[Row]:
        return self.station.repos.store.rows("SELECT * FROM journal WHERE kind = 'airing' ORDER BY seq")

    @property
    def ends(self) -> list[tuple[str, str]]:
        """Outcome and reason of every airing, by planned start."""
        rows = sorted(self.rows(), key=lambda row: (row["planned_start"], row["seq"]))
        return [(row["outcome"], row["reason"]) for row in rows]

    @property
    def heard(self) -> list[Stretch]:
        found = heard_in(self.station.config.data / "heard")
        return sorted(found, key=lambda stretch: stretch.written[0])

    def broken(self) -> list[str]:
        return broken_promises(self.station)
