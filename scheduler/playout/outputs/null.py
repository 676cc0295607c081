"""An output that discards: for a station that only rehearses, and for machines without any sound.

The clock paces it. It counts what it was given, so that "taken by the output" stays a measured number.
"""

from datetime import datetime

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.volume import FULL_VOLUME, Volume
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.settings import volume_in

__all__ = ["Null", "from_config"]


class Null:
    """Takes every frame and sounds none."""

    kind = "null"
    counts = False
    unheard = False
    late = 0.0
    paces = False
    continuous = False
    silent = True
    note = ""
    lead = 0.0
    device = "discards every sound"

    def __init__(self, name: str, zones: tuple[str, ...], *, volume: Volume = FULL_VOLUME) -> None:
        self.name = name
        self.zones = zones
        self.volume = volume
        self.frames = 0
        """Frames taken since it was made."""
        self._is_open = False

    def open(self) -> None:
        self._is_open = True

    def begin(self, slot_id: str, at: datetime) -> None:
        """Nothing to prepare."""

    def write(self, block: Block) -> None:
        if not self._is_open:
            raise OutputError(f"output {self.name} is not open")
        self.frames += len(block)

    def end(self, slot_id: str) -> None:
        """Nothing to finish."""

    def delay(self) -> float:
        return 0.0

    def close(self) -> None:
        self._is_open = False


def from_config(setting: OutputConfig, config: Config) -> Null:
    """As its section of config.toml asks."""
    return Null(setting.name, setting.zones, volume=volume_in(config, setting))
