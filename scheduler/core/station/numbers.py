"""One kind of number that a station gives whoever watches it, under the name that Prometheus reads.

Pure: what is measured is the caller's. `/metrics` and `loa status --json` are both made from these.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Number", "joined"]


@dataclass(frozen=True, slots=True)
class Number:
    """A name, what it says, and its values by the values of its labels; a name in `_total` only grows."""

    name: str
    says: str
    values: Mapping[Any, float]
    labels: tuple[str, ...] = ()

    @property
    def rows(self) -> list[dict[str, object]]:
        """Each value with its labels, for a document."""
        return [
            {"labels": dict(zip(self.labels, key, strict=True)), "value": float(value)}
            for key, value in self.values.items()
        ]


def joined(numbers: Iterable[Number]) -> list[Number]:
    """Each name once, in the order of their first: what several give under one name stands together."""
    found: dict[str, Number] = {}
    for one in numbers:
        before = found.get(one.name)
        found[one.name] = replace(before, values={**before.values, **one.values}) if before else one
    return list(found.values())
