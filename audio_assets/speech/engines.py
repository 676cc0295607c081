"""The table of the voice engines there are, by the names config.toml uses.

Everything heavy is imported when an engine is made or first speaks, so that this module costs an idle process nothing.
To add an engine, write its file, name it here, and let it pass tests/contract/test_voices.py.
"""

from collections.abc import Callable

from audio_assets.speech.contract import Engine
from audio_assets.speech.piper_voice import VOICE_FOLDER
from scheduler.config.loading import Config, SpeechConfig

__all__ = ["engines_of", "espeak_voice_of"]

_OF_DIALECT = {"northern": "vi", "southern": "vi-vn-x-south"}
"""Which of eSpeak's voices goes with the words of a dialect."""


def engines_of(config: Config) -> tuple[Engine, ...]:
    """The engines config.toml names, in its order. Relative paths lie beside config.toml, found voices in the data."""
    return tuple(_ENGINES[name](config) for name in config.speech.engines)


def espeak_voice_of(speech: SpeechConfig) -> str:
    """The voice of eSpeak that is named, else the one that speaks as the station's dialect does."""
    return speech.espeak_voice or _OF_DIALECT.get(speech.dialect, "vi")


def _gtts(config: Config) -> Engine:
    from audio_assets.speech.gtts_engine import GttsEngine

    speech = config.speech
    return GttsEngine(tld=speech.gtts_tld, timeout=speech.gtts_timeout_seconds, tries=speech.gtts_tries)


def _server(config: Config) -> Engine:
    from audio_assets.speech.server_engine import ServerEngine

    return ServerEngine(config.voice_server, config.folder)


def _piper(config: Config) -> Engine:
    from audio_assets.speech.piper_engine import PiperEngine

    model = config.speech.piper_model
    return PiperEngine(config.folder / model if model else None, config.data / VOICE_FOLDER)


def _espeak(config: Config) -> Engine:
    from audio_assets.speech.espeak_engine import EspeakEngine

    return EspeakEngine(espeak_voice_of(config.speech))


_ENGINES: dict[str, Callable[[Config], Engine]] = {
    "gtts": _gtts,
    "server": _server,
    "piper": _piper,
    "espeak": _espeak,
}
