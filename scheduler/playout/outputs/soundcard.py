"""The sound card: the one output that sets the pace. PulseAudio or PipeWire if a server answers, else ALSA.

One stream stays open and runs silence between airings, so nothing waits for a device to wake. When to write what is the
engine's affair; this only takes blocks, and says how long until the next one is heard.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.volume import FULL_VOLUME, Volume
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.alsa import AlsaStream
from scheduler.playout.outputs.call_timeout import CallTimeout
from scheduler.playout.outputs.pulse import PulseStream
from scheduler.playout.outputs.settings import volume_in

__all__ = ["SoundCard", "find_soundcard", "from_config"]


class _Stream(Protocol):
    @property
    def system(self) -> str: ...

    def write(self, data: bytes) -> None: ...

    def delay(self) -> float: ...

    def close(self) -> None: ...


_SYSTEMS: tuple[Callable[[str, float], _Stream], ...] = (PulseStream, AlsaStream)
"""In the order they are tried."""

_OPENING = 5.0
"""Seconds that opening may take. libpulse waits for ever on a server that is there and does not answer."""


def _patience(seconds: float) -> CallTimeout:
    return CallTimeout("opening the sound card", seconds)


def _open_stream(device: str, buffer: float, patience: CallTimeout) -> _Stream:
    return patience.call(lambda: _first_stream(device, buffer), lambda stream: stream.close())


def _first_stream(device: str, buffer: float) -> _Stream:
    faults: list[str] = []
    for system in _SYSTEMS:
        try:
            return system(device, buffer)
        except OutputError as error:
            faults.append(str(error))
    raise OutputError("no sound card: " + " / ".join(faults))


def find_soundcard(device: str = "", *, opening: float = _OPENING) -> str | None:
    """The sound card that would be used, for people; None when there is none. Opens it for a moment."""
    try:
        stream = _open_stream(device, 0.1, _patience(opening))
    except OutputError:
        return None
    stream.close()
    return _describe(stream.system, device)


def _describe(system: str, device: str) -> str:
    return f"{system}, {device or 'default device'}"


class SoundCard:
    """A device of the machine's sound system. `buffer`: seconds it holds; `opening`: seconds to open it."""

    kind = "soundcard"
    counts = True
    unheard = False
    late = 0.0
    paces = True
    continuous = True
    silent = False
    note = ""

    def __init__(
        self,
        name: str,
        zones: tuple[str, ...],
        *,
        device: str = "",
        buffer: float = 0.6,
        opening: float = _OPENING,
        volume: Volume = FULL_VOLUME,
    ) -> None:
        self.name = name
        self.zones = zones
        self.volume = volume
        self.lead = buffer
        self._device = device
        self._stream: _Stream | None = None
        self._patience = _patience(opening)
        self._system = "sound card"

    @property
    def device(self) -> str:
        return _describe(self._system, self._device)

    def open(self) -> None:
        self.close()
        self._stream = _open_stream(self._device, self.lead, self._patience)
        self._system = self._stream.system

    def begin(self, slot_id: str, at: datetime) -> None:
        """The stream runs anyway."""

    def write(self, block: Block) -> None:
        self._opened().write(block.astype("<i2", copy=False).tobytes())

    def end(self, slot_id: str) -> None:
        """The stream runs on."""

    def delay(self) -> float:
        return self._opened().delay()

    def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _opened(self) -> _Stream:
        if self._stream is None:
            raise OutputError(f"output {self.name} is not open")
        return self._stream


def from_config(setting: OutputConfig, config: Config) -> SoundCard:
    """As its section of config.toml asks."""
    return SoundCard(
        setting.name,
        setting.zones,
        device=setting.device,
        buffer=config.playout.lead_ms / 1000,
        volume=volume_in(config, setting),
    )
