"""The table of the voice engines there are, by the names config.toml uses.

Everything heavy is imported when an engine is made or first speaks, so that this module costs an idle process nothing.
To add an engine, write its file, name it here, and let it pass tests/contract/test_voices.py.
"""

from collections.abc import Callable
from pathlib import Path

from audio_assets.speech.contract import Engine
from scheduler.config import SpeechConfig

__all__ = ["engines_of"]


def engines_of(config: SpeechConfig, folder: Path | None = None) -> tuple[Engine, ...]:
    """The engines config.toml names, in its order; a relative `piper_model` lies beside `folder`'s config.toml."""
    return tuple(_ENGINES[name](config, folder or Path.cwd()) for name in config.engines)


def _gtts(config: SpeechConfig, _folder: Path) -> Engine:
    from audio_assets.speech.gtts_engine import GttsEngine

    return GttsEngine(tld=config.gtts_tld, timeout=config.gtts_timeout_seconds, tries=config.gtts_tries)


def _piper(config: SpeechConfig, folder: Path) -> Engine:
    from audio_assets.speech.piper_engine import PiperEngine

    return PiperEngine(folder / config.piper_model if config.piper_model else None)


def _espeak(config: SpeechConfig, _folder: Path) -> Engine:
    from audio_assets.speech.espeak_engine import EspeakEngine

    return EspeakEngine(config.espeak_voice)


_ENGINES: dict[str, Callable[[SpeechConfig, Path], Engine]] = {"gtts": _gtts, "piper": _piper, "espeak": _espeak}
