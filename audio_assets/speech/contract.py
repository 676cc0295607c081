"""The contract of a voice engine: what it is given, what it gives back, and how its faults leave it.

An engine turns a said text (already verbalised: no digits, no abbreviations) into mono PCM at its own rate, or raises
SpeechError. It never writes a file, never falls back to another engine and never decides whether to be tried again
later: `voice.py` does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from audio_assets.speech.sentences import is_speakable, plain
from scheduler.kernel.errors import LoaError, SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Engine", "Lack", "Spoken", "can_last", "engine_edge", "longest", "speakable"]

_SHORTEST_LETTER, _LONGEST_LETTER, _LEEWAY = 0.04, 0.45, 2.5
"""Seconds of sound a letter may take: the least is faster than any reader; the leeway is silence at both ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """What an engine said: 16-bit mono samples at `rate` frames a second. Not comparable: arrays have no one truth."""

    pcm: "NDArray[np.int16]"
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.pcm) / self.rate


@dataclass(frozen=True, slots=True)
class Lack:
    """Why an engine cannot work on this machine: `told` for the log, a reason code with its details for people."""

    told: str
    reason: str
    details: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.told

    def as_error(self) -> SpeechError:
        """The same as what speaking fails with."""
        return SpeechError(self.told, permanent=True, reason=self.reason, **self.details)


class Engine(Protocol):
    """A voice. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """The engine's name in config.toml."""

    @property
    def voice(self) -> str:
        """Which of its voices speaks; the clip records it."""

    def missing(self) -> Lack | None:
        """Why the engine cannot work on this machine, or None. Never touches the network."""

    def speak(self, text: str, speed: float) -> Spoken:
        """`text` as sound; `speed` 1.0 is the voice's own pace. Raises SpeechError."""


def can_last(text: str, seconds: float, speed: float = 1.0) -> bool:
    """Whether `text` can have been read whole, and nothing else, in so many seconds."""
    shortest = sum(map(str.isalnum, text)) * _SHORTEST_LETTER / max(speed, 1.0)
    return shortest <= seconds <= longest(text) / min(speed, 1.0)


def longest(text: str) -> float:
    """Seconds after which no reading of `text` at a voice's own pace goes on."""
    return sum(map(str.isalnum, text)) * _LONGEST_LETTER + _LEEWAY


def speakable(text: str, engine: str) -> str:
    """`text` cleaned for any engine; SpeechError when there is nothing in it to say."""
    cleaned = plain(text)
    if not is_speakable(cleaned):
        raise SpeechError(f"{engine}: nothing to say in {text[:40]!r}", permanent=True)
    return cleaned


@contextmanager
def engine_edge(engine: str) -> Iterator[None]:
    """The rim of a speech library: whatever it raises leaves as a permanent SpeechError, the chain must go on."""
    try:
        yield
    except LoaError:
        raise
    except Exception as error:
        raise SpeechError(f"{engine} failed: {type(error).__name__}: {error}", permanent=True) from error
