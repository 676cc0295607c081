"""The voice engines that config.toml names, made: the table of them is `scheduler.core.voice_engines`.

An engine is made by `from_config` of the module of its name, which is imported then and not before. Everything heavy
waits until it first speaks, so that an idle process pays nothing. To add an engine: docs/recipes.md.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from audio_assets.speech.contract import Engine
from scheduler.config.loading import Config
from scheduler.core.voice_engines import VOICE_ENGINES

__all__ = ["engines_of"]


def engines_of(config: Config) -> tuple[Engine, ...]:
    """The engines config.toml names, in its order. Relative paths lie beside config.toml, found voices in the data."""
    return tuple(_ENGINES[name](config) for name in config.speech.engines)


def _made(name: str, config: Config) -> Engine:
    made: Engine = import_module(f"audio_assets.speech.{name}_engine").from_config(config)
    return made


_ENGINES: dict[str, Callable[[Config], Engine]] = {name: partial(_made, name) for name in VOICE_ENGINES}
