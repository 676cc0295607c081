"""Outputs: where sound goes. `Output` is the contract; `KINDS` names what config.toml may ask for.

An output takes blocks of mono 16-bit frames at the house rate, in order, and knows nothing of plans, gates or clocks'
jumps. One file an output, imported when it is made; to add one: docs/recipes.md.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Protocol

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.output_kinds import OUTPUT_KINDS
from scheduler.core.air.output_share import counts_as_written
from scheduler.core.air.volume import Volume
from scheduler.playout.mixer import Block

__all__ = ["KINDS", "Output", "outputs_of"]


class Output(Protocol):
    """What the engine needs of an output. Errors are OutputError; after one, `close` and `open` come next."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def zones(self) -> tuple[str, ...]: ...

    counts: bool
    """Whether a loudspeaker stands behind it, so that an airing is judged by what it sounded; the configuration may
    say otherwise than its kind does."""

    @property
    def volume(self) -> Volume:
        """Its gain by the hour; the engine applies it."""

    @property
    def device(self) -> str:
        """The device, server or folder behind it, for people."""

    @property
    def note(self) -> str:
        """What people should know while it is open (nobody listens, blocks were dropped); empty = nothing."""

    @property
    def paces(self) -> bool:
        """It sets its own pace: `write` blocks, silence is written too, `delay` is true. Else the clock paces it."""

    @property
    def unheard(self) -> bool:
        """What was written last went nowhere, as far as it can know: nobody reads the pipe, it had to be dropped."""

    @property
    def late(self) -> float:
        """Seconds by which what is written now may be heard behind its instant, as far as it can know; of one that
        paces the engine measures it.
        """

    @property
    def continuous(self) -> bool:
        """It wants every frame, silence between airings included; true of one that paces and of network outputs."""

    @property
    def silent(self) -> bool:
        """It discards every sound: nothing need be rendered for it, only counted."""

    @property
    def lead(self) -> float:
        """Seconds before they are audible that it wants its frames; for one that paces, about what its buffer holds."""

    def open(self) -> None: ...

    def begin(self, slot_id: str, at: datetime) -> None:
        """The next frame written is the first of this airing, audible at `at`."""

    def write(self, block: Block) -> None: ...

    def end(self, slot_id: str) -> None:
        """The last frame written was the last of this airing."""

    def delay(self) -> float:
        """Seconds until a frame written now would be audible; 0 where that has no meaning."""

    def close(self) -> None:
        """Let go of everything; harmless when not open."""


def _made(kind: str, setting: OutputConfig, config: Config) -> Output:
    made: Output = import_module(f"{__name__}.{kind}").from_config(setting, config)
    return made


KINDS: dict[str, Callable[[OutputConfig, Config], Output]] = {kind: partial(_made, kind) for kind in OUTPUT_KINDS}
"""`output.kind` of config.toml -> how to make it: `from_config` in the module of its name. Making one opens nothing."""


def outputs_of(config: Config) -> tuple[Output, ...]:
    """The outputs that the configuration asks for, not yet open."""
    return tuple(_output(setting, config) for setting in config.outputs)


def _output(setting: OutputConfig, config: Config) -> Output:
    made = KINDS[setting.kind](setting, config)
    made.counts = counts_as_written(setting.kind, made.kind, written=setting.counts)
    return made
