"""What the keys of a configuration name: files, folders, addresses, lists; each with its key, to be tried or kept.

Which key names what stands beside the key (`config.checks.Names`). Nothing is opened here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from scheduler.config.checks import Names
from scheduler.config.loading import SECTIONS, SEVERAL, Config
from scheduler.features import FEATURES

__all__ = ["Named", "named"]


@dataclass(frozen=True, slots=True)
class Named:
    """A value that names something. `key`: as a fault tells it, "output 2.zones" in the second [[output]]."""

    key: str
    value: Any
    used: bool
    """False of a section whose address is empty or, of one without any, whose extra is off: it does nothing."""


def named(config: Config, what: Names) -> Iterator[Named]:
    """Every key of that kind, those of extras last: of these the sections that somebody has written."""
    for name in (*SECTIONS, *config.of_extras):
        rows = config.rows(name)
        several = name in SEVERAL or len(rows) > 1
        for number, row in enumerate(rows, 1):
            for item in fields(row):
                if item.metadata["names"] is what:
                    place = f"{name} {number}" if several else name
                    yield Named(f"{place}.{item.name}", getattr(row, item.name), _is_used(config, name, row))


def _is_used(config: Config, name: str, row: Any) -> bool:
    if hasattr(row, "url"):
        return bool(row.url)
    return all(feature.on(config) for feature in FEATURES if any(one.name == name for one in feature.keys))
