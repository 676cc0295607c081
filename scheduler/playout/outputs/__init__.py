"""Outputs: where sound goes. `Output` is the contract; `KINDS` names what config.toml may ask for.

An output takes blocks of mono 16-bit frames at the house rate, in order, and knows nothing of plans, gates or clocks'
jumps. One file an output; to add one, write it, name it here, and let it pass tests/contract/test_outputs.py.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from scheduler.config import Config, OutputConfig
from scheduler.playout.mixer import Block

__all__ = ["KINDS", "Output", "outputs_of"]


class Output(Protocol):
    """What the engine needs of an output. Errors are OutputError; after one, `close` and `open` come next."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def zones(self) -> tuple[str, ...]: ...

    @property
    def gain_db(self) -> float: ...

    @property
    def device(self) -> str:
        """The device, server or folder behind it, for people."""

    @property
    def paces(self) -> bool:
        """It sets its own pace: `write` blocks, silence is written too, `delay` is true. Else the clock paces it."""

    @property
    def lead(self) -> float:
        """Seconds before they are audible that it wants its frames; for one that paces, about what its buffer holds."""

    def open(self) -> None: ...

    def begin(self, slot_id: str, at: datetime) -> None:
        """The next frame written is the first of this airing, audible at `at`."""

    def write(self, block: Block) -> None: ...

    def end(self, slot_id: str) -> None:
        """The last frame written was the last of this airing."""

    def delay(self) -> float:
        """Seconds until a frame written now would be audible; 0 where that has no meaning."""

    def close(self) -> None:
        """Let go of everything; harmless when not open."""


def _soundcard(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.soundcard import SoundCard

    buffer = config.playout.lead_ms / 1000
    return SoundCard(setting.name, setting.zones, device=setting.device, buffer=buffer, gain_db=setting.gain_db)


def _wavfile(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.wavfile import WavFile

    folder = config.data / "wav" / re.sub(r"[^\w.-]+", "-", setting.name).strip(".-")
    zone = ZoneInfo(config.station.time_zone)
    days = config.playout.keep_wav_days
    return WavFile(setting.name, setting.zones, folder=folder, zone=zone, keep_days=days, gain_db=setting.gain_db)


def _null(setting: OutputConfig, _config: Config) -> Output:
    from scheduler.playout.outputs.null import Null

    return Null(setting.name, setting.zones, gain_db=setting.gain_db)


def _auto(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.soundcard import find_soundcard

    return (_soundcard if find_soundcard(setting.device) else _wavfile)(setting, config)


KINDS: dict[str, Callable[[OutputConfig, Config], Output]] = {
    "auto": _auto,
    "soundcard": _soundcard,
    "wavfile": _wavfile,
    "null": _null,
}
"""`output.kind` of config.toml -> how to make it. Making one opens nothing."""


def outputs_of(config: Config) -> tuple[Output, ...]:
    """The outputs that the configuration asks for, not yet open."""
    return tuple(KINDS[setting.kind](setting, config) for setting in config.outputs)
