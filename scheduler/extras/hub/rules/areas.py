"""Two levels of administration, and the districts that stood between them until 1 July 2025, kept as history.

Pure. A commune of today was made of communes of before, each of which lay in a district: that is how a ward is still
found under the district's name. Nothing is guessed where a table does not say it.
"""

from collections.abc import Iterable, Mapping

from scheduler.extras.hub.rules.wards import Area, Level

__all__ = ["by_code", "old_districts", "province_of"]

_DEEPEST = 5


def by_code(areas: Iterable[Area]) -> dict[str, Area]:
    return {area.code: area for area in areas}


def old_districts(code: str, areas: Mapping[str, Area]) -> tuple[str, ...]:
    """Names of the districts that what is now `code` lay in, each once, in the order it was made of."""
    found: dict[str, None] = {}
    _gather(code, areas, found, _DEEPEST)
    return tuple(found)


def _gather(code: str, areas: Mapping[str, Area], found: dict[str, None], deep: int) -> None:
    area = areas.get(code)
    if area is None or not deep:
        return
    parent = areas.get(area.parent)
    if parent is not None and parent.level is Level.DISTRICT_LEGACY:
        found[parent.name] = None
    for part in area.merged_from:
        _gather(part, areas, found, deep - 1)


def province_of(code: str, areas: Mapping[str, Area]) -> str:
    """Name of the province that `code` lies in; empty where the table does not say."""
    area = areas.get(code)
    for _ in range(_DEEPEST):
        if area is None or area.level is Level.PROVINCE:
            break
        area = areas.get(area.parent)
    return area.name if area is not None and area.level is Level.PROVINCE else ""
