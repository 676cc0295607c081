"""Tables of config.toml as the dataclasses of their sections: each value by its type, each fault as a sentence.

Faults are collected, never raised; a fault over a name says which known one may be meant. It reads no file.
"""

import difflib
from collections.abc import Iterable
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from scheduler.config.checks import Check
from scheduler.config.keys import Section

__all__ = ["converted", "guessed", "section_of", "tables_of", "twice", "unknown"]


def tables_of(kind: type[Section], name: str, value: object, faults: list[str]) -> tuple[Section, ...]:
    """The tables of a section that may stand several times."""
    rows: list[dict[str, object]] = value if isinstance(value, list) else []
    if not rows:
        faults.append(f'"{name}" phải viết là [[{name}]], ít nhất một lần')
    return tuple(section_of(kind, f"{name} {number}", row, faults) for number, row in enumerate(rows, 1))


def twice(what: str, names: list[str]) -> list[str]:
    """A fault for each name that stands there more than once."""
    return [f'hai {what} cùng tên "{name}"' for name in sorted({n for n in names if names.count(n) > 1})]


def section_of(kind: type[Section], name: str, values: dict[str, object], faults: list[str]) -> Section:
    """One table of the file; a key that cannot be used keeps its default, and its fault is told."""
    types = get_type_hints(kind)
    keys = {item.name: item for item in fields(kind)}
    good: dict[str, Any] = {}
    for key_name, value in values.items():
        if key_name not in keys:
            faults.append(unknown(key_name, keys, f"{name}."))
            continue
        made = converted(value, types[key_name])
        if made is MISSING:
            faults.append(f'"{name}.{key_name}" phải là {_type_name(types[key_name])}, không phải {value!r}')
            continue
        check: Check | None = keys[key_name].metadata["check"]
        if check and (fault := check(made)):
            faults.append(f'"{name}.{key_name}" {fault} (đang là {value!r})')
            continue
        good[key_name] = made
    return kind(**good)


def converted(value: object, wanted: Any) -> Any:
    """`value` as `wanted`, or MISSING. TOML tells bool, int, float, str and lists apart; 1 may stand for 1.0."""
    if wanted == bool | None:
        wanted = bool  # what is not written stays open
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if wanted in {str, int, float, bool}:
        return value if type(value) is wanted else MISSING
    item = wanted.__args__[0]
    if not isinstance(value, list) or any(type(element) is not item for element in value):
        return MISSING
    return tuple(value)


def _type_name(wanted: Any) -> str:
    simple = {str: "chuỗi", int: "số nguyên", float: "số", bool: "true hoặc false", bool | None: "true hoặc false"}
    return simple[wanted] if wanted in simple else f"danh sách {simple[wanted.__args__[0]]}"


def unknown(name: str, known: Iterable[str], prefix: str = "") -> str:
    """A key that no table has, and which known one may be meant."""
    key = prefix + name
    return guessed(f'không biết khóa "{key}"', name, known, prefix)


def guessed(fault: str, name: str, known: Iterable[str], prefix: str = "") -> str:
    """A fault over a name, and which known one may be meant."""
    close = difflib.get_close_matches(name, list(known), n=1)
    meant = prefix + "".join(close)
    return f'{fault}; có phải muốn viết "{meant}"?' if close else fault
