"""A ward for the gate's test: ears that judge every block as it comes, and sources that never fall silent.

What the gate is asked about is held against the town's wall clock here, as it stands when the block is handed over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from scheduler.config.loading import Config
from scheduler.core.model import HOUSE_RATE, Window
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.clock import Clock
from scheduler.playout.mixer import BLOCK, FADE, Block
from scheduler.playout.relay.chain import ChainState, RelaySpec, SourceState
from scheduler.playout.stream_buffer import StreamBuffer
from tests.faults.heard import Heard
from tests.faults.truth import in_window


@dataclass(frozen=True)
class Sounding:
    """One block that was not silent."""

    output: str
    zones: tuple[str, ...]
    slots: frozenset[str]
    at: datetime
    """Its middle, by the wall clock when it was taken."""
    mono: float
    frames: int
    is_fade: bool
    """It came right behind a step of the clock: the fade that ends what sounded."""
    config: Config
    """In force then."""

    @property
    def wall(self) -> datetime:
        return self.at.astimezone(ZoneInfo(self.config.station.time_zone))

    @property
    def is_in_quiet(self) -> bool:
        return any(in_window(window, self.wall) for window in self.config.rules.quiet_hours.windows)

    @property
    def quiet_zones(self) -> set[str]:
        """The zones with quiet hours of their own now."""
        return {
            zone.name
            for zone in self.config.zones
            if any(in_window(window, self.wall) for window in windows_of(zone.quiet_hours))
        }


def windows_of(texts: tuple[str, ...]) -> tuple[Window, ...]:
    return tuple(map(parse_window, texts))


@dataclass
class Minutes:
    """What every loudspeaker of the ward has sounded."""

    soundings: list[Sounding] = field(default_factory=list)


class JudgedEars(Heard):
    """The loudspeaker that remembers, with a word on every block for the judge."""

    def __init__(self, name: str, zones: tuple[str, ...], *, config: Config, clock: Clock, minutes: Minutes) -> None:
        super().__init__(name, zones, folder=config.data / "heard" / name, clock=clock)
        self._config = config
        self._minutes = minutes
        self._offset: float | None = None
        self._fading = 0

    def write(self, block: Block) -> None:
        super().write(block)
        offset = self._clock.now().timestamp() - self._clock.monotonic()
        if self._offset is not None and abs(offset - self._offset) > 0.01:
            self._fading = FADE + BLOCK
        self._offset = offset
        if np.any(block):
            half = timedelta(seconds=len(block) / HOUSE_RATE / 2)
            self._minutes.soundings.append(
                Sounding(
                    self.name,
                    self.zones,
                    frozenset(self._running),
                    self._clock.now() - half,
                    self._clock.monotonic(),
                    len(block),
                    self._fading > 0,
                    self._config,
                )
            )
        self._fading -= len(block)


class EndlessSource:
    """A relay's source, or a microphone, that never falls silent: noise for as long as anybody reads it."""

    running: list["EndlessSource"] = []  # noqa: RUF012 - all of one test, which clears it

    def __init__(
        self, spec: RelaySpec, feed: StreamBuffer, clock: Clock, changed: Callable[[str, str, str, str], None]
    ) -> None:
        self.spec, self.feed, self.clock = spec, feed, clock
        self._noise = np.random.default_rng(7).integers(2000, 9000, HOUSE_RATE // 10).astype(np.int16)
        self.running.append(self)
        changed(spec.slot_id, "none", "live", "started")
        self.push()

    def push(self) -> None:
        for _ in range(3):
            self.feed.push(self._noise)

    def stop(self, *, wait: bool = True) -> None:
        if self in self.running:
            self.running.remove(self)
        self.feed.close()

    def state(self) -> ChainState:
        return ChainState(self.spec.slot_id, "live", 0.0, SourceState.ON, "", -12.0, ())
