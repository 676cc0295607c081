"""Piper: a neural voice from a file the operator drops in (`speech.piper_model`, or the data folder's `voices`).

What a usable voice file is, `piper_voice` judges. It never downloads anything. The model is loaded at the first
sentence and kept until another one is chosen; one lock guards it, because a second copy would cost another 300 MB.
"""

import importlib.util
import threading
from pathlib import Path
from typing import Any

from audio_assets.speech.contract import Lack, Spoken, engine_edge, speakable
from audio_assets.speech.piper_voice import VOICE_FOLDER, chosen, chosen_at, described
from scheduler.config.loading import Config
from scheduler.kernel.errors import SpeechError

__all__ = ["PiperEngine", "from_config"]


class PiperEngine:
    name = "piper"

    def __init__(self, model: Path | None, folder: Path | None = None) -> None:
        """`model`: the voice file to use; None = the first usable one in `folder`, looked for when it is needed."""
        self._named = model
        self._folder = folder
        self._model = model
        self._loaded: Any = None
        self._loaded_from: Path | None = None
        self._chosen_at = 0
        self._lock = threading.Lock()

    @property
    def voice(self) -> str:
        model = self._file()
        return model.stem if model else ""

    def _file(self) -> Path | None:
        """The voice file; one that was found is kept until it is gone or another one is chosen."""
        if self._named is None and (
            self._model is None or chosen_at(self._folder) != self._chosen_at or not self._model.is_file()
        ):
            self._chosen_at, self._model = chosen_at(self._folder), chosen(None, self._folder)
        return self._model

    def missing(self) -> Lack | None:
        model = self._file()
        if model is None:
            told = "no Piper voice: set speech.piper_model to a Vietnamese .onnx voice file, or put one into voices/"
            return Lack(told, reason="piper_none")
        if importlib.util.find_spec("piper") is None:
            told = "the piper-tts package is not installed: pip install 'loa-phuong[piper]'"
            return Lack(told, reason="voice_not_installed", details={"package": "loa-phuong[piper]"})
        if self._loaded is not None and self._loaded_from == model:
            return None
        return described(model).lack

    def speak(self, text: str, speed: float) -> Spoken:
        import numpy as np

        cleaned = speakable(text, self.name)
        if lack := self.missing():
            raise lack.as_error()
        with engine_edge(self.name), self._lock:
            from piper import SynthesisConfig

            voice = self._ready()
            # Piper's own levelling works sentence by sentence and makes short ones shout: the clip is levelled later.
            settings = SynthesisConfig(length_scale=voice.config.length_scale / speed, normalize_audio=False)
            # `[[ ]]` would be read as raw phonemes.
            spelt = cleaned.replace("[[", " ").replace("]]", " ")
            chunks = [chunk.audio_int16_array.reshape(-1) for chunk in voice.synthesize(spelt, syn_config=settings)]
            if not sum(map(len, chunks)):
                raise SpeechError(f"Piper said nothing for {text[:40]!r}", permanent=True)
            return Spoken(np.concatenate(chunks), int(voice.config.sample_rate))

    def _ready(self) -> Any:
        """The loaded voice; called under the lock."""
        model = self._file()
        if self._loaded is None or self._loaded_from != model:
            from piper import PiperVoice

            self._loaded = None  # two at once would need twice the memory
            try:
                self._loaded, self._loaded_from = PiperVoice.load(str(model)), model
            except Exception as error:  # whatever the runtime says of a file that only looked like a model
                told = f"piper failed: {type(error).__name__}: {error}"
                raise SpeechError(
                    told, permanent=True, reason="piper_damaged", file=model.name if model else ""
                ) from error
        return self._loaded


def from_config(config: Config) -> PiperEngine:
    """As config.toml asks."""
    model = config.speech.piper_model
    return PiperEngine(config.folder / model if model else None, config.data / VOICE_FOLDER)
