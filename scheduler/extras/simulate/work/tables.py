"""One table of a scenario file read by its keys: unknown ones (with a guess), wrong types, values out of range.

Faults are collected, never raised, so that a person hears of all of them at once. What the keys mean together is not
asked here.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from scheduler.config.sections import unknown
from scheduler.extras.simulate.work.keys import Table
from scheduler.kernel.errors import LoaError

__all__ = ["ScenarioError", "field_of", "key_names", "read_table", "table_of"]

_Kind = TypeVar("_Kind", bound=Table)
_NUMBERS = {int, float}


class ScenarioError(LoaError):
    """Every fault of a scenario at once: `faults` is a list of sentences."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("Kịch bản có lỗi:\n" + "\n".join(f"- {fault}" for fault in faults))


def table_of(name: str, value: object, faults: list[str]) -> dict[str, Any]:
    """A part of the file that has to be a table."""
    if isinstance(value, dict):
        return dict(value)
    faults.append(f'"{name}" phải là một bảng')
    return {}


def key_names(kind: type[Table]) -> list[str]:
    """The names of its keys, as a file writes them."""
    return [_key(item.name) for item in fields(kind)]


def _key(field_name: str) -> str:
    return field_name.rstrip("_")


def field_of(key_name: str) -> str:
    """The name of the field that holds a key."""
    return "from_" if key_name == "from" else key_name


def read_table(kind: type[_Kind], where: str, values: Mapping[str, Any], faults: list[str]) -> _Kind:
    """The keys of one table; what is wrong is told, and the default stands in its place."""
    types, items = get_type_hints(kind), {_key(item.name): item for item in fields(kind)}
    prefix = f"{where}." if where else ""
    good: dict[str, Any] = {}
    for name, value in values.items():
        if name not in items:
            faults.append(unknown(name, items, prefix))
            continue
        item = items[name]
        converted = _converted(value, types[item.name])
        if converted is MISSING:
            faults.append(f'"{prefix}{name}" phải là {_type_name(types[item.name])}, không phải {value!r}')
        elif (check := item.metadata["check"]) and (fault := check(converted)):
            faults.append(f'"{prefix}{name}" {fault} (đang là {value!r})')
        else:
            good[item.name] = converted
    for name, item in items.items():
        if item.default is MISSING and item.default_factory is MISSING:
            if name not in values:
                key = prefix + name
                faults.append(f'còn thiếu khóa "{key}"')
            good.setdefault(item.name, "")
    return kind(**good)


def _converted(value: object, wanted: Any) -> Any:
    """`value` as `wanted`, or MISSING. 1 may stand for 1.0; a number is never text, true is never 1."""
    if wanted is float and type(value) in _NUMBERS:
        return float(value)  # type: ignore[arg-type]  # just seen
    if get_origin(wanted) is Mapping:
        return value if isinstance(value, dict) else MISSING
    if get_origin(wanted) is not tuple:
        return value if type(value) is wanted else MISSING
    item = get_args(wanted)[0]
    kind = dict if get_origin(item) is Mapping else item
    return tuple(value) if isinstance(value, list) and all(type(one) is kind for one in value) else MISSING


def _type_name(wanted: Any) -> str:
    simple = {str: "chuỗi", int: "số nguyên", float: "số", bool: "true hoặc false"}
    if get_origin(wanted) is Mapping:
        return "một bảng"
    if get_origin(wanted) is tuple and get_origin(get_args(wanted)[0]) is Mapping:
        return "danh sách các bảng"
    return simple[wanted] if wanted in simple else f"danh sách {simple[get_args(wanted)[0]]}"
