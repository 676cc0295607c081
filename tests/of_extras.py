"""What the tests of the extras add to the tables of the core's: a module of theirs, read where the record has the extra.

A tree without an extra's line and folder has none of its rows. This module names no extra.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

from scheduler.features import FEATURES

FOLDER = Path(__file__).parent / "extras"


def of_extras(module: str, name: str) -> list[Any]:
    """What each extra's `tests/extras/<extra>/<module>` calls `name`, of those that have it."""
    found = []
    for feature in FEATURES:
        if (FOLDER / feature.name / f"{module.replace('.', '/')}.py").is_file():
            part = import_module(f"tests.extras.{feature.name}.{module}")
            found += [getattr(part, name)] if hasattr(part, name) else []
    return found


def rows_of_extras(module: str, name: str) -> dict[str, Any]:
    """The same of dictionaries, as one."""
    return {key: value for part in of_extras(module, name) for key, value in part.items()}


def each_of_extras(module: str, name: str) -> list[Any]:
    """The same of lists, as one."""
    return [one for part in of_extras(module, name) for one in part]
