"""Each output tried as far as it can be without a sound: resolved, opened and closed again, or found open already.

While a playout runs its word counts and nothing is opened twice. A FIFO is only looked at: who opens it for a moment
ends its reader. Nothing is written to any output.
"""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scheduler.config.lines import place_of
from scheduler.config.loading import Config, OutputConfig
from scheduler.kernel.errors import LoaError
from scheduler.playout.outputs import KINDS
from scheduler.services.station.findings import Finding
from scheduler.services.station.trials import folder_fault, trials

__all__ = ["every_trial", "output_trials"]


def every_trial(config: Config, running: Sequence[Mapping[str, Any]] | None) -> list[Finding]:
    """All that the station will need, tried; `running`: the outputs as a living playout tells of them."""
    return [*trials(config), *output_trials(config, running)]


def output_trials(config: Config, running: Sequence[Mapping[str, Any]] | None) -> Iterator[Finding]:
    """One finding an output; `running` None = no playout runs, so that they may be opened here."""
    told = None if running is None else {str(one["name"]): one for one in running}
    for number, output in enumerate(config.outputs, 1):
        what = f"Thử đầu ra {output.name}, {place_of(config.file, f'output {number}.device')}"
        if told is not None:
            yield _finding(what, told.get(output.name))
        elif fault := _fault(output, config):
            yield Finding(False, what, "try_output_fails", {"why": fault})
        else:
            yield Finding(True, what, "try_output_opens")


def _finding(what: str, state: Mapping[str, Any] | None) -> Finding:
    if state is None:
        return Finding(None, what, "try_output_new")
    if state["state"] == "open":
        return Finding(True, what, "try_output_running")
    return Finding(False, what, "try_output_fails", {"why": state.get("message") or state["state"]})


def _fault(setting: OutputConfig, config: Config) -> str:
    """Why an output cannot be opened; '' = it can, as far as it may be tried in silence."""
    made = KINDS[setting.kind](setting, config)
    if made.kind == "wavfile":
        return folder_fault(Path(made.device))
    if made.kind == "fifo" or (made.kind == "snapcast" and "://" not in setting.device):
        return _pipe_fault(Path(made.device))
    try:
        made.open()
    except (LoaError, OSError, ValueError) as error:
        return str(error)
    finally:
        made.close()
    return ""


def _pipe_fault(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return folder_fault(path.parent)
    except OSError as error:
        return error.strerror or type(error).__name__
    if not stat.S_ISFIFO(mode):
        return f"{path} is no FIFO"
    return "" if os.access(path, os.R_OK | os.W_OK) else f"{path}: no right to write"
