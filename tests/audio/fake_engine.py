"""A voice for tests: hums 60 ms for each letter, fails when told to, and keeps the manners of the real ones."""

from dataclasses import dataclass, field

import numpy as np

from audio_assets.speech.contract import Lack, Spoken, speakable
from scheduler.kernel.errors import SpeechError

LETTER_SECONDS = 0.06


@dataclass
class FakeEngine:
    name: str = "fake"
    voice: str = "hum"
    rate: int = 16_000
    absent: str | None = None
    failures: dict[int, SpeechError] = field(default_factory=dict)
    """Which calls of `speak`, counted from 1 over the engine's life, fail, and with what."""
    silent_on: str = ""
    pitch_hz: float = 220.0
    asked: list[str] = field(default_factory=list)

    def missing(self) -> Lack | None:
        return Lack(self.absent, reason="piper_none") if self.absent else None

    def speak(self, text: str, speed: float) -> Spoken:
        assert self.absent is None, "a missing engine was asked to speak"
        cleaned = speakable(text, self.name)
        self.asked.append(cleaned)
        if error := self.failures.get(len(self.asked)):
            raise error
        count = round(sum(map(str.isalnum, cleaned)) * LETTER_SECONDS / speed * self.rate)
        level = 0 if self.silent_on and self.silent_on in cleaned else 12_000
        wave = np.sin(2 * np.pi * self.pitch_hz * np.arange(count) / self.rate)
        return Spoken((wave * level).astype(np.int16), self.rate)
