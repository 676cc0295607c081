"""What a simulation puts in the place of loudspeakers and of a slow disk; the rest of the station is the real one.

An output that discards and writes down what it was given and when by true time: a witness beside the journal. A
library that reads a file again only where it has changed. Neither knows what should sound.
"""

import hashlib
import io
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from audio_assets.library import Clip, Library
from scheduler.config.loading import AmplifierConfig, Config
from scheduler.core.air.clock_trust import EARLIEST
from scheduler.core.model import HOUSE_RATE, Frames, Seconds, Sha256, Slot
from scheduler.kernel.errors import NotFound, OutputError
from scheduler.playout.alarms import SteppedAlarms
from scheduler.playout.blackbox import BlackBox, Measured
from scheduler.playout.engine import Engine
from scheduler.playout.incoming import Incoming
from scheduler.playout.mixer import Block
from scheduler.playout.outputs.null import Null
from scheduler.playout.programme import Programme
from scheduler.playout.service import Playout
from scheduler.playout.sound import Sounds
from scheduler.station import Station

if TYPE_CHECKING:
    from audio_assets.loudness import Pcm

__all__ = ["Heard", "KeptLibrary", "MemoryBox", "Witness", "silent_playout", "unwired", "witnesses_of"]


@dataclass(slots=True)
class Heard:
    """What one output was given of one airing in one piece."""

    slot_id: str
    output: str
    wall: datetime
    """By the station's clock."""
    at: float
    """By true time, in seconds since the beginning."""
    frames: int = 0

    @property
    def until(self) -> float:
        return self.at + self.frames / HOUSE_RATE


class Witness(Null):
    """An output that discards, can be broken, and remembers; it stands for a loudspeaker."""

    counts = True
    silent = True

    def __init__(
        self, name: str, zones: tuple[str, ...], heard: list[Heard], ahead: Callable[[datetime], float]
    ) -> None:
        """`ahead`: a wall instant in true seconds since the beginning."""
        super().__init__(name, zones)
        self.is_broken = False
        self._heard = heard
        self._ahead = ahead
        self._now: dict[str, Heard] = {}

    def open(self) -> None:
        if self.is_broken:
            raise OutputError(f"output {self.name} is broken")
        super().open()

    def begin(self, slot_id: str, at: datetime) -> None:
        self._now[slot_id] = Heard(slot_id, self.name, at, self._ahead(at))
        self._heard.append(self._now[slot_id])

    def write(self, block: Block) -> None:
        if self.is_broken:
            raise OutputError(f"output {self.name} is broken")
        super().write(block)
        for heard in self._now.values():
            heard.frames += len(block)

    def end(self, slot_id: str) -> None:
        self._now.pop(slot_id, None)

    def close(self) -> None:
        self._now.clear()
        super().close()


def witnesses_of(config: Config, heard: list[Heard], ahead: Callable[[datetime], float]) -> tuple[Witness, ...]:
    return tuple(Witness(output.name, output.zones, heard, ahead) for output in config.outputs)


class KeptLibrary(Library):
    """Hashes a master once, and again as soon as its file is another one."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._kept_pcm: dict[Sha256, tuple[tuple[int, int, int], Pcm]] = {}

    def add_unmeasured(self, pcm: "Pcm") -> Clip:
        """Keep a sound without measuring how loud it is, nor waiting for the disk."""
        data = io.BytesIO()
        with wave.open(data, "wb") as writer:
            writer.setparams((1, 2, HOUSE_RATE, 0, "NONE", ""))
            writer.writeframes(pcm.astype("<i2", copy=False).tobytes())
        sha256 = Sha256(hashlib.sha256(data.getvalue()).hexdigest())
        place = self._place("clips", sha256, ".wav")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data.getvalue())
        return Clip(sha256, Frames(len(pcm)), Seconds(len(pcm) / HOUSE_RATE), None, None)

    def load(self, sha256: Sha256) -> "Pcm":
        try:
            found = self._place("clips", sha256, ".wav").stat()
        except FileNotFoundError as error:
            raise NotFound("audio", sha256) from error
        mark = (found.st_ino, found.st_size, found.st_mtime_ns)
        kept = self._kept_pcm.get(sha256)
        if kept is None or kept[0] != mark:
            kept = self._kept_pcm[sha256] = (mark, super().load(sha256))
        return kept[1]


class _SilentRelays(Incoming):
    """A relay of silence that lasts its whole window: no address is opened, no process started."""

    def relay(self, slot: Slot, start: datetime) -> Programme:
        frames = max(1, round((slot.end - start).total_seconds() * HOUSE_RATE))
        silence = np.broadcast_to(np.zeros(1, np.int16), frames)
        return Programme(slot_id=slot.id, zone=slot.zone, priority=slot.priority, parts=(silence,))


class MemoryBox(BlackBox):
    """What was measured, for the next playout of this same simulation; no power cut of this machine is asked for.

    Every end is taken by its row at once, so none is kept beside it.
    """

    def __init__(self) -> None:
        self.ends = None
        self._measured: dict[str, Measured] = {}

    def put(self, slot_id: str, started_at: datetime, audible_frames: int) -> None:
        self._measured[slot_id] = Measured(started_at, audible_frames)

    def clear(self, slot_id: str) -> None:
        self._measured.pop(slot_id, None)

    def read(self) -> dict[str, Measured]:
        return dict(self._measured)

    def flush(self) -> None:
        """Memory has it."""

    def close(self) -> None:
        """The next playout reads on."""


def silent_playout(station: Station, outputs: Sequence[Witness], earliest: datetime, blackbox: MemoryBox) -> Playout:
    """The station's playout, not started, with these outputs and relays from nowhere.

    `earliest`: a simulated clock before it is not to be trusted; a past that is simulated on purpose is.
    `blackbox`: what the one before it has measured.
    """
    relays = _SilentRelays(station.services, station.clock, Sounds(station.services))
    service = Playout(station.services, station.clock, min(EARLIEST, earliest), blackbox, relays)
    service.alarms = SteppedAlarms(station.config.station.time_zone, service.ring)
    service.engine = service.lane.engine = Engine(
        station.clock,
        outputs,
        allow=service.allow,
        on_event=service.on_event,
        patience=station.config.rules.late_tolerance,
        blackbox=blackbox,
    )
    return service


def unwired(config: Config) -> Config:
    """A configuration that touches nothing of this machine: loudspeakers that discard, no amplifier."""
    outputs = tuple(replace(output, kind="null", device="", counts=True) for output in config.outputs)
    return replace(config, outputs=outputs, amplifier=AmplifierConfig())
