"""Packages that a plain install leaves out, for the sections of config.toml that need them (decision 0032).

Which section needs which stands in the record. A section in use without its package is a fault of the configuration,
said with the command that installs it. A package is looked for and never imported: a ward with neither town nor boxes
has none of it in memory.
"""

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from scheduler.core.words.wording import sentence_of
from scheduler.features import FEATURES, Keys
from scheduler.kernel.errors import Refused

__all__ = ["lack_of", "package_faults"]


def lack_of(section: str) -> Refused | None:
    """Refused package_missing, to be raised or said, where `section` needs what is not installed; else None."""
    return next((_lack(keys) for keys in _all() if keys.name == section), None)


def package_faults(config: Any) -> list[str]:
    """One sentence for each section that this configuration uses and whose package is not installed."""
    lacks = (_lack(keys) for keys in _all() if keys.in_use(config))
    return [sentence_of(lack) for lack in lacks if lack is not None]


def _all() -> Iterator[Keys]:
    return (keys for feature in FEATURES for keys in feature.keys)


def _lack(keys: Keys) -> Refused | None:
    needed = keys.package
    if needed is None or find_spec(needed.module) is not None:
        return None
    return Refused("package_missing", section=f"[{keys.name}]", package=needed.name, python=sys.executable)
