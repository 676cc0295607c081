"""The chain of voices: a said text in, one clip at house rate out, with who spoke it and who could not.

One engine speaks a whole clip: when it fails at sentence seven, the next one begins again at sentence one, since two
voices in one announcement sound like a fault. An engine that failed for a passing reason goes to the end of the queue
for a while. The chain does not normalise text, level sound, or write anything.
"""

import copy
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audio_assets.speech.breaker import Breaker, BreakerState, Rest
from audio_assets.speech.contract import Engine, can_last
from audio_assets.speech.script import Say, Script, plain_script
from audio_assets.speech.sentences import is_speakable, plain
from scheduler.core.announcement.voices import cause, engine_name
from scheduler.core.model import HOUSE_RATE, Seconds
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused, SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CHAIN_VERSION", "Attempt", "SpokenClip", "Voice", "cache_key"]

CHAIN_VERSION = 1
"""Raise it when splitting, joining or an engine's tuning changes the sound: cached clips are then stale."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An engine that did not speak the clip, and why: at piece `piece` of the text, counted from 1, 0 = not begun.

    `why` is for the log, `reason` (a code with its details) for people; it has failed so for `failing_for` seconds.
    """

    engine: str
    piece: int
    why: str
    permanent: bool
    reason: str = "voice_failed"
    details: Mapping[str, object] = field(default_factory=dict)
    failing_for: int = 0


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
        clock_mono = SystemClock().monotonic if now_mono is None else now_mono
        self._breakers = {engine.name: Breaker(clock_mono) for engine in self._engines}

    @property
    def engines(self) -> tuple[Engine, ...]:
        """The engines in the order they are tried."""
        return self._engines

    def rests(self) -> dict[str, Rest]:
        """The engines that fail, by name, and how."""
        return {name: rest for name, breaker in self._breakers.items() if (rest := breaker.rest())}

    def before(self, engine_name: str) -> "Voice | None":
        """The chain of the engines that come before this one and may be asked now; None when there is none.

        What it learns of an engine, this chain knows too.
        """
        names = [engine.name for engine in self._engines]
        sooner = self._engines[: names.index(engine_name)] if engine_name in names else ()
        able = [one for one in sooner if not self._breakers[one.name].is_open and one.missing() is None]
        if not able:
            return None
        chain = copy.copy(self)
        chain._engines = tuple(able)  # noqa: SLF001 - its own class
        return chain

    def led_by(self, engine_name: str) -> "Voice":
        """The same chain with this engine asked first; unchanged where it has none of that name."""
        chain = copy.copy(self)
        chain._engines = tuple(sorted(self._engines, key=lambda one: one.name != engine_name))  # noqa: SLF001 - its own class
        return chain

    def with_engine(self, engine: Engine) -> "Voice":
        """The chain with another engine of the same name in its place: what one learns of it, the other knows too."""
        chain = copy.copy(self)
        chain._engines = tuple(engine if one.name == engine.name else one for one in self._engines)  # noqa: SLF001 - its own class
        return chain

    def speak(self, said: str, progress: Callable[[float], None] = lambda _share: None) -> SpokenClip:
        """The clip of `said`, read straight through: what `speak_script` makes of it."""
        return self.speak_script(plain_script(said, self._pause_ms), progress)

    def speak_script(self, script: Script, progress: Callable[[float], None] = lambda _share: None) -> SpokenClip:
        """The clip of a script, part by part; `progress` hears 0.0 to 1.0 and starts again with each engine.

        Raises Refused for a text no voice should get, SpeechError when every engine failed.
        """
        parts = self._sayable(script)
        tried: list[Attempt] = []
        for engine in self._queue(tried):
            if (pcm := self._clip(engine, parts, progress, tried)) is not None:
                return SpokenClip(pcm, engine.name, engine.voice, self._speed, tuple(tried))
        told = "; ".join(f"{attempt.engine}: {attempt.why}" for attempt in tried)
        why = "; ".join(f"{engine_name(attempt.engine)} {cause(attempt.reason)}" for attempt in tried)
        permanent = all(attempt.permanent for attempt in tried)
        raise SpeechError(f"no voice could speak: {told}", permanent=permanent, reason="no_voice", why=why)

    def _sayable(self, script: Script) -> tuple[Say, ...]:
        parts = tuple(part for part in script.parts if is_speakable(plain(part.text)))
        if not parts:
            raise Refused("text_not_speakable")
        chars = len(plain(script.text)) or sum(len(part.text) for part in parts)
        if chars > self._max_chars:
            raise Refused("text_too_long", limit=self._max_chars, chars=chars)
        return parts

    def _queue(self, tried: list[Attempt]) -> list[Engine]:
        """The engines that could work here in the order of config, those that failed a moment ago last."""
        able: list[Engine] = []
        for engine in self._engines:
            if lack := engine.missing():
                tried.append(Attempt(engine.name, 0, lack.told, True, lack.reason, lack.details))
            else:
                able.append(engine)
        rests = {engine.name: self._breakers[engine.name].rest() for engine in able}
        resting = {name: rest for name, rest in rests.items() if rest and rest.state is BreakerState.OPEN}
        ready = [engine for engine in able if engine.name not in resting]
        if ready:
            tried.extend(_rested(name, rest) for name, rest in resting.items())
        return ready + [engine for engine in able if engine.name in resting]

    def _clip(
        self, engine: Engine, parts: tuple[Say, ...], progress: Callable[[float], None], tried: list[Attempt]
    ) -> "NDArray[np.int16] | None":
        """The whole clip by one engine, or None with the reason added to `tried`."""
        from audio_assets.speech.joining import joined

        sounds: list[NDArray[np.int16]] = []
        made: dict[tuple[str, float], NDArray[np.int16]] = {}  # what is said again costs no request again
        breaker = self._breakers[engine.name]
        breaker.tries()
        progress(0.0)
        try:
            for part in parts:
                if (part.text, part.speed) not in made:
                    made[part.text, part.speed] = _sound(engine, part, self._speed)
                sounds.append(made[part.text, part.speed])
                progress(len(sounds) / len(parts))
        except SpeechError as error:
            breaker.failed(error)
            rest = breaker.rest()
            since = round(rest.failing_for) if rest else 0
            why, at = str(error), len(sounds) + 1
            tried.append(Attempt(engine.name, at, why, error.permanent, error.reason, error.details, since))
            return None
        breaker.succeeded()
        return joined(sounds, [part.pause_after_ms for part in parts])


def cache_key(
    said: str, engine: str, voice: str, speed: float, normaliser_version: object, *, pause_ms: int = 0
) -> str:
    """Names the clip of `said`: everything that changes its sound, as 64 hex digits."""
    parts = [plain(said), engine, voice, f"{speed:.3f}", str(normaliser_version), pause_ms, CHAIN_VERSION]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8")).hexdigest()


def _rested(name: str, rest: Rest) -> Attempt:
    """An engine that was not asked, since it failed a moment ago."""
    error = rest.error
    return Attempt(name, 0, f"resting after: {error}", False, error.reason, error.details, round(rest.failing_for))


def _sound(engine: Engine, part: Say, speed: float) -> "NDArray[np.int16]":
    """One part at house rate, trimmed. Silence is a failure, and so is a length that no reading of it has: words must
    not be lost unnoticed.
    """
    from audio_assets.speech.joining import at_house_rate, trimmed

    spoken = engine.speak(part.text, speed * part.speed)
    pcm = trimmed(at_house_rate(spoken))
    if not len(pcm):
        raise SpeechError(f"{engine.name} made silence of {part.text[:40]!r}", permanent=True, reason="voice_silent")
    if not can_last(part.text, spoken.seconds, speed * part.speed):
        told = f"{engine.name} made {spoken.seconds:.1f} s of {part.text[:40]!r}"
        raise SpeechError(told, permanent=True, reason="voice_wrong_length")
    return pcm
