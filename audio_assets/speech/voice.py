"""The chain of voices: a said text in, one clip at house rate out, with who spoke it and who could not.

One engine speaks a whole clip: when it fails at sentence seven, the next one begins again at sentence one, since two
voices in one announcement sound like a fault. An engine that failed for a passing reason goes to the end of the queue
for a while. The chain does not normalise text, level sound, or write anything.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audio_assets.speech.contract import Engine
from audio_assets.speech.sentences import Piece, is_speakable, plain, split
from scheduler.clock import SystemClock
from scheduler.core.model import HOUSE_RATE, Seconds
from scheduler.errors import Refused, SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CHAIN_VERSION", "Attempt", "SpokenClip", "Voice", "cache_key"]

CHAIN_VERSION = 1
"""Raise it when splitting, joining or an engine's tuning changes the sound: cached clips are then stale."""
_COOL_DOWN_SECONDS = 120.0
_PHRASE_PAUSE_SHARE = 0.4
"""Of a sentence's pause: a long sentence that had to be cut at a comma."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An engine that did not speak the clip, and why: at piece `piece` of the text, counted from 1, 0 = not begun."""

    engine: str
    piece: int
    why: str
    permanent: bool


@dataclass(frozen=True, slots=True, eq=False)
class SpokenClip:
    """A whole announcement as sound: 16-bit mono samples at the house rate."""

    pcm: "NDArray[np.int16]"
    engine: str
    voice: str
    speed: float
    tried: tuple[Attempt, ...]

    @property
    def seconds(self) -> Seconds:
        return Seconds(len(self.pcm) / HOUSE_RATE)


class Voice:
    """Speaks with the first of `engines` that can. Safe to call from several threads."""

    def __init__(
        self,
        engines: Sequence[Engine],
        *,
        pause_ms: int,
        speed: float,
        max_chars: int = 20_000,
        now_mono: Callable[[], float] | None = None,
    ) -> None:
        if not engines:
            raise ValueError("a voice chain needs at least one engine")
        self._engines = tuple(engines)
        self._pause_ms = pause_ms
        self._speed = speed
        self._max_chars = max_chars
        self._now_mono = SystemClock().monotonic if now_mono is None else now_mono
        self._cooling: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    @property
    def engines(self) -> tuple[Engine, ...]:
        """The engines in the order they are tried."""
        return self._engines

    def speak(self, said: str, progress: Callable[[float], None] = lambda _share: None) -> SpokenClip:
        """The clip of `said`; `progress` hears 0.0 to 1.0 and starts again with each engine.

        Raises Refused for a text no voice should get, SpeechError when every engine failed.
        """
        pieces = self._pieces(said)
        tried: list[Attempt] = []
        for engine in self._queue(tried):
            if (pcm := self._clip(engine, pieces, progress, tried)) is not None:
                return SpokenClip(pcm, engine.name, engine.voice, self._speed, tuple(tried))
        told = "; ".join(f"{attempt.engine}: {attempt.why}" for attempt in tried)
        raise SpeechError(f"no voice could speak: {told}", permanent=all(attempt.permanent for attempt in tried))

    def _pieces(self, said: str) -> tuple[Piece, ...]:
        text = plain(said)
        if not is_speakable(text):
            raise Refused("text_not_speakable")
        if len(text) > self._max_chars:
            raise Refused("text_too_long", limit=self._max_chars, chars=len(text))
        return split(text)

    def _queue(self, tried: list[Attempt]) -> list[Engine]:
        """The engines that could work here in the order of config, those that failed a moment ago last."""
        able: list[Engine] = []
        for engine in self._engines:
            if why := engine.missing():
                tried.append(Attempt(engine.name, 0, why, permanent=True))
            else:
                able.append(engine)
        cooling = {engine.name: why for engine in able if (why := self._cooling_since(engine.name))}
        ready = [engine for engine in able if engine.name not in cooling]
        if ready:
            tried.extend(Attempt(name, 0, f"resting after: {why}", permanent=False) for name, why in cooling.items())
        return ready + [engine for engine in able if engine.name in cooling]

    def _clip(
        self, engine: Engine, pieces: tuple[Piece, ...], progress: Callable[[float], None], tried: list[Attempt]
    ) -> "NDArray[np.int16] | None":
        """The whole clip by one engine, or None with the reason added to `tried`."""
        from audio_assets.speech.joining import joined

        sounds: list[NDArray[np.int16]] = []
        progress(0.0)
        try:
            for piece in pieces:
                sounds.append(_sound(engine, piece, self._speed))
                progress(len(sounds) / len(pieces))
        except SpeechError as error:
            tried.append(Attempt(engine.name, len(sounds) + 1, str(error), error.permanent))
            self._cool(engine.name, error)
            return None
        with self._lock:
            self._cooling.pop(engine.name, None)
        return joined(sounds, [self._pause_after(piece) for piece in pieces])

    def _pause_after(self, piece: Piece) -> int:
        return self._pause_ms if piece.ends_sentence else round(self._pause_ms * _PHRASE_PAUSE_SHARE)

    def _cooling_since(self, name: str) -> str | None:
        """Why the engine rests, or None when it does not (any more)."""
        with self._lock:
            until, why = self._cooling.get(name, (0.0, ""))
            return why if self._now_mono() < until else None

    def _cool(self, name: str, error: SpeechError) -> None:
        """Let an engine rest after a passing failure: those cost time-outs. A permanent one fails at once anyway."""
        if not error.permanent:
            with self._lock:
                self._cooling[name] = (self._now_mono() + _COOL_DOWN_SECONDS, str(error))


def cache_key(
    said: str, engine: str, voice: str, speed: float, normaliser_version: object, *, pause_ms: int = 0
) -> str:
    """Names the clip of `said`: everything that changes its sound, as 64 hex digits."""
    parts = [plain(said), engine, voice, f"{speed:.3f}", str(normaliser_version), pause_ms, CHAIN_VERSION]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8")).hexdigest()


def _sound(engine: Engine, piece: Piece, speed: float) -> "NDArray[np.int16]":
    """One piece at house rate, trimmed. Silence is a failure: words must not be lost unnoticed."""
    from audio_assets.speech.joining import at_house_rate, trimmed

    pcm = trimmed(at_house_rate(engine.speak(piece.text, speed)))
    if not len(pcm):
        raise SpeechError(f"{engine.name} made silence of {piece.text[:40]!r}", permanent=True)
    return pcm
