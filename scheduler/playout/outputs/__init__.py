"""Outputs: where sound goes. `Output` is the contract; `KINDS` names what config.toml may ask for.

An output takes blocks of mono 16-bit frames at the house rate, in order, and knows nothing of plans, gates or clocks'
jumps. One file an output; to add one, write it, name it here, and let it pass tests/contract/test_outputs.py.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.output_share import counts_as_written
from scheduler.core.air.volume import Volume, volume_of
from scheduler.playout.mixer import Block

__all__ = ["KINDS", "Output", "outputs_of"]


FIFO_DELAY = 0.0
RTP_DELAY = 0.06
ICECAST_DELAY = 0.0
"""Each listener's player buffers as it likes: there is no number to make up for."""
SNAPCAST_DELAY = 1.0
"""Seconds from a hand-over until it is heard, where config.toml does not say: readers' and servers' usual buffers."""


class Output(Protocol):
    """What the engine needs of an output. Errors are OutputError; after one, `close` and `open` come next."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def zones(self) -> tuple[str, ...]: ...

    counts: bool
    """Whether a loudspeaker stands behind it, so that an airing is judged by what it sounded; the configuration may
    say otherwise than its kind does."""

    @property
    def volume(self) -> Volume:
        """Its gain by the hour; the engine applies it."""

    @property
    def device(self) -> str:
        """The device, server or folder behind it, for people."""

    @property
    def note(self) -> str:
        """What people should know while it is open (nobody listens, blocks were dropped); empty = nothing."""

    @property
    def paces(self) -> bool:
        """It sets its own pace: `write` blocks, silence is written too, `delay` is true. Else the clock paces it."""

    @property
    def unheard(self) -> bool:
        """What was written last went nowhere, as far as it can know: nobody reads the pipe, it had to be dropped."""

    @property
    def late(self) -> float:
        """Seconds by which what is written now may be heard behind its instant, as far as it can know; of one that
        paces the engine measures it.
        """

    @property
    def continuous(self) -> bool:
        """It wants every frame, silence between airings included; true of one that paces and of network outputs."""

    @property
    def silent(self) -> bool:
        """It discards every sound: nothing need be rendered for it, only counted."""

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


def _volume(setting: OutputConfig, config: Config) -> Volume:
    return volume_of(setting.gain_db, setting.volume_by_hour, config.station.time_zone)


def _soundcard(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.soundcard import SoundCard

    buffer = config.playout.lead_ms / 1000
    return SoundCard(setting.name, setting.zones, device=setting.device, buffer=buffer, volume=_volume(setting, config))


def _wavfile(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.wavfile import WavFile

    folder = config.data / "wav" / re.sub(r"[^\w.-]+", "-", setting.name).strip(".-")
    zone = ZoneInfo(config.station.time_zone)
    days = config.playout.keep_wav_days
    return WavFile(
        setting.name, setting.zones, folder=folder, zone=zone, keep_days=days, volume=_volume(setting, config)
    )


def _null(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.null import Null

    return Null(setting.name, setting.zones, volume=_volume(setting, config))


def _auto(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.soundcard import find_soundcard

    return (_soundcard if find_soundcard(setting.device) else _wavfile)(setting, config)


def _delay(setting: OutputConfig, own: float) -> float:
    """Seconds; a negative setting means the kind's own."""
    return own if setting.delay_ms < 0 else setting.delay_ms / 1000


def _fifo(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.fifo import Fifo

    path = config.folder / setting.device if setting.device else config.data / "loa.pcm"
    return Fifo(
        setting.name, setting.zones, path=path, delay=_delay(setting, FIFO_DELAY), volume=_volume(setting, config)
    )


def _rtp(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.rtp import Multicast, Rtp

    return Rtp(
        setting.name,
        setting.zones,
        address=setting.device,
        codec=setting.codec,
        bitrate_kbps=setting.bitrate_kbps,
        multicast=Multicast(setting.interface, setting.ttl),
        delay=_delay(setting, RTP_DELAY),
        volume=_volume(setting, config),
    )


def _icecast(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.icecast import Icecast

    return Icecast(
        setting.name,
        setting.zones,
        url=setting.device,
        codec=setting.codec,
        bitrate_kbps=setting.bitrate_kbps,
        delay=_delay(setting, ICECAST_DELAY),
        volume=_volume(setting, config),
    )


def _snapcast(setting: OutputConfig, config: Config) -> Output:
    from scheduler.playout.outputs.snapcast import Snapcast

    is_path = setting.device and "://" not in setting.device
    return Snapcast(
        setting.name,
        setting.zones,
        target=str(config.folder / setting.device) if is_path else setting.device,
        control=setting.control,
        delay=_delay(setting, SNAPCAST_DELAY),
        volume=_volume(setting, config),
    )


KINDS: dict[str, Callable[[OutputConfig, Config], Output]] = {
    "auto": _auto,
    "soundcard": _soundcard,
    "wavfile": _wavfile,
    "null": _null,
    "fifo": _fifo,
    "rtp": _rtp,
    "icecast": _icecast,
    "snapcast": _snapcast,
}
"""`output.kind` of config.toml -> how to make it. Making one opens nothing."""


def outputs_of(config: Config) -> tuple[Output, ...]:
    """The outputs that the configuration asks for, not yet open."""
    return tuple(_output(setting, config) for setting in config.outputs)


def _output(setting: OutputConfig, config: Config) -> Output:
    made = KINDS[setting.kind](setting, config)
    made.counts = counts_as_written(setting.kind, made.kind, written=setting.counts)
    return made
