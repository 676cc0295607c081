"""Piper: a neural voice from a file the operator drops in (`speech.piper_model`, its .json beside it).

It decides what a usable voice file is and says plainly what is missing. It never downloads anything. The model is
loaded at the first sentence and kept; one lock guards it, because a second copy would cost another 300 MB.
"""

import importlib.util
import json
import threading
from pathlib import Path
from typing import Any

from audio_assets.speech.contract import Spoken, engine_edge, speakable
from scheduler.errors import SpeechError

__all__ = ["PiperEngine"]


class PiperEngine:
    name = "piper"

    def __init__(self, model: Path | None) -> None:
        self._model = model
        self._loaded: Any = None
        self._lock = threading.Lock()

    @property
    def voice(self) -> str:
        return self._model.stem if self._model else ""

    def missing(self) -> str | None:
        if self._model is None:
            return "no Piper voice is named: set speech.piper_model to a Vietnamese .onnx voice file"
        if importlib.util.find_spec("piper") is None:
            return "the piper-tts package is not installed: pip install 'loa-phuong[piper]'"
        if not self._model.is_file():
            return f"the Piper voice {self._model} does not exist"
        return _settings_fault(Path(f"{self._model}.json"))

    def speak(self, text: str, speed: float) -> Spoken:
        import numpy as np

        cleaned = speakable(text, self.name)
        if (fault := self.missing()) or self._model is None:
            raise SpeechError(fault or "no Piper voice is named", permanent=True)
        with engine_edge(self.name), self._lock:
            from piper import SynthesisConfig

            voice = self._ready(self._model)
            # Piper's own levelling works sentence by sentence and makes short ones shout: the clip is levelled later.
            settings = SynthesisConfig(length_scale=voice.config.length_scale / speed, normalize_audio=False)
            # `[[ ]]` would be read as raw phonemes.
            spelt = cleaned.replace("[[", " ").replace("]]", " ")
            chunks = [chunk.audio_int16_array.reshape(-1) for chunk in voice.synthesize(spelt, syn_config=settings)]
            if not sum(map(len, chunks)):
                raise SpeechError(f"Piper said nothing for {text[:40]!r}", permanent=True)
            return Spoken(np.concatenate(chunks), int(voice.config.sample_rate))

    def _ready(self, model: Path) -> Any:
        """The loaded voice; called under the lock."""
        if self._loaded is None:
            from piper import PiperVoice

            self._loaded = PiperVoice.load(model)
        return self._loaded


def _settings_fault(path: Path) -> str | None:
    """What is wrong with the .json of a voice file, or None."""
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return f"the settings of the Piper voice, {path}, do not exist: copy them beside the .onnx file"
    except (OSError, ValueError) as error:
        return f"the settings of the Piper voice, {path}, cannot be read: {error}"
    spoken = settings.get("espeak", {}).get("voice") if isinstance(settings, dict) else None
    if not isinstance(spoken, str) or spoken.split("-")[0] != "vi":
        return f"the Piper voice of {path} speaks {spoken or 'an unknown language'}, not Vietnamese"
    return None
