"""Everything that keeps a value from fitting a schema; what fits becomes its struct.

msgspec reads the structs and stops at the first fault; a person wants all of them, each with its place and a sentence.
So a value is held against the schema that the document shows: `KEYWORDS` is all of JSON Schema (2020-12) that is
understood, any other keyword is an error of ours. It knows no request and changes no value.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import msgspec

from scheduler.core.characters import without_controls
from scheduler.kernel.errors import LoaError
from scheduler.operations.schemas import REF, Request, Schema, not_null, schema_of

__all__ = ["KEYWORDS", "Fault", "Invalid", "faults", "is_text", "read"]

Read = TypeVar("Read", bound=msgspec.Struct)
MOST_FAULTS = 20
"""That one answer names."""
ASSERTIONS = frozenset(
    {"$ref", "anyOf", "type", "enum", "properties", "required", "additionalProperties", "items", "minItems", "maxItems",
     "uniqueItems", "minLength", "maxLength", "pattern", "format", "minimum", "maximum"}
)  # fmt: skip
REMARKS = frozenset({"description", "title", "default", "examples"})
KEYWORDS = ASSERTIONS | REMARKS
FORMATS = frozenset({"date", "date-time"})
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


_HALF = re.compile("[\\ud800-\\udfff]")
"""Halves of characters."""


class Fault(NamedTuple):
    """One thing wrong: where (names and numbers from the outside in), why, and what fills its sentence."""

    where: tuple[str | int, ...]
    reason: str
    details: Mapping[str, object] = {}


class Invalid(LoaError):  # noqa: N818 - an answer, as `Refused` is
    """A request that does not fit its schema: `faults` in `place` (body, query)."""

    def __init__(self, faults: Sequence[Fault], place: str) -> None:
        self.faults, self.place = faults, place
        super().__init__(f"{place}: {', '.join(fault.reason for fault in faults)}")


def read(kind: type[Read], value: object, place: str = "body") -> Read:
    """The struct that a value of JSON is. Raises Invalid with every fault."""
    if isinstance(value, dict) and issubclass(kind, Request):
        value = {kind.old_names.get(name, name): told for name, told in value.items()}
    schema, parts = schema_of(kind)
    if wrong := faults(schema, value, parts) or list(_characters(value, ())):
        raise Invalid(wrong, place)
    return msgspec.convert(value, kind)


def is_text(value: str) -> bool:
    """Whether it is made of whole characters that may be kept and shown; line breaks and tabs may stand in it.

    What steers (control codes, marks that turn a line around) is no text: a form loses it, a program is told.
    """
    return not _HALF.search(value) and value == without_controls(value)


def _characters(value: object, at: tuple[str | int, ...]) -> Iterator[Fault]:
    """Texts with characters that nobody may keep; `value` fits its schema already, so it is small."""
    if isinstance(value, str) and not is_text(value):
        yield Fault(at, "field_characters")
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from _characters(one, (*at, name))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return _is_number(value) and (isinstance(value, int) or float(value).is_integer())  # type: ignore[arg-type]  # a number


TYPES: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "object": (lambda value: isinstance(value, dict), "một đối tượng"),
    "array": (lambda value: isinstance(value, list), "một danh sách"),
    "string": (lambda value: isinstance(value, str), "chữ"),
    "integer": (_is_integer, "số nguyên"),
    "number": (_is_number, "số"),
    "boolean": (lambda value: isinstance(value, bool), "true hoặc false"),
    "null": (lambda value: value is None, "null"),
}
"""Name of a type -> what is one, and its word."""


def faults(schema: Schema, value: object, components: Mapping[str, Schema]) -> list[Fault]:
    """What keeps `value` from fitting `schema`, the first `MOST_FAULTS` of it; empty = it fits.

    Raises ValueError for a schema that this checker does not understand.
    """
    return list(islice(_faults(schema, value, components, ()), MOST_FAULTS))


def _faults(
    schema: Schema, value: object, components: Mapping[str, Schema], at: tuple[str | int, ...]
) -> Iterator[Fault]:
    if unknown := set(schema) - KEYWORDS:
        raise ValueError(f"schema keywords {sorted(unknown)} are not understood")
    if "$ref" in schema:
        yield from _faults(components[str(schema["$ref"]).removeprefix(REF)], value, components, at)
        return
    if "anyOf" in schema:
        if value is not None:
            yield from _faults(not_null(schema), value, components, at)
        return
    if "type" in schema and not TYPES[schema["type"]][0](value):
        yield Fault(at, "field_type", {"wanted": TYPES[schema["type"]][1]})
        return
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        yield Fault(at, "field_choice", {"wanted": ", ".join(str(one) for one in schema["enum"])})
    if isinstance(value, list):
        yield from _of_array(schema, value, components, at)
    elif isinstance(value, dict):
        yield from _of_object(schema, value, components, at)
    else:
        yield from _of_text(schema, value, at) if isinstance(value, str) else _of_number(schema, value, at)


def _same(one: object, other: object) -> bool:
    """Equal as JSON: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _of_text(schema: Schema, value: str, at: tuple[str | int, ...]) -> Iterator[Fault]:
    if len(value) < schema.get("minLength", 0):
        yield Fault(at, "field_short", {"least": f"{schema['minLength']} ký tự"})
    if len(value) > schema.get("maxLength", len(value)):
        yield Fault(at, "field_long", {"most": f"{schema['maxLength']} ký tự"})
    if "pattern" in schema and not _pattern(schema["pattern"]).search(value):
        yield Fault(at, "field_pattern")
    if "format" in schema and not _has_format(schema["format"], value):
        yield Fault(at, "field_pattern")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """As JSON Schema means it: `$` is the very end, which in Python may be followed by a line break."""
    return re.compile(text[:-1] + r"\Z" if text.endswith("$") else text)


def _has_format(name: str, value: str) -> bool:
    if name not in FORMATS:
        raise ValueError(f"schema format {name} is not understood")
    whole, read = (_DAY, date.fromisoformat) if name == "date" else (_RFC3339, datetime.fromisoformat)
    if not whole.fullmatch(value):
        return False
    try:
        read(value.upper())
    except ValueError:
        return False
    return True


def _of_number(schema: Schema, value: Any, at: tuple[str | int, ...]) -> Iterator[Fault]:
    if not _is_number(value):
        return
    if "minimum" in schema and value < schema["minimum"]:
        yield Fault(at, "field_small", {"least": schema["minimum"]})
    if "maximum" in schema and value > schema["maximum"]:
        yield Fault(at, "field_large", {"most": schema["maximum"]})


def _of_array(
    schema: Schema, value: list[Any], components: Mapping[str, Schema], at: tuple[str | int, ...]
) -> Iterator[Fault]:
    if len(value) < schema.get("minItems", 0):
        yield Fault(at, "field_short", {"least": f"{schema['minItems']} phần tử"})
    if len(value) > schema.get("maxItems", len(value)):
        yield Fault(at, "field_long", {"most": f"{schema['maxItems']} phần tử"})
        return
    if schema.get("uniqueItems") and any(_same(one, other) for n, one in enumerate(value) for other in value[:n]):
        yield Fault(at, "field_repeated")
    if "items" in schema:
        for number, one in enumerate(value):
            yield from _faults(schema["items"], one, components, (*at, number))


def _of_object(
    schema: Schema, value: dict[str, Any], components: Mapping[str, Schema], at: tuple[str | int, ...]
) -> Iterator[Fault]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield Fault((*at, name), "field_missing")
    for name, one in value.items():
        if name in known:
            yield from _faults(known[name], one, components, (*at, name))
        elif schema.get("additionalProperties", True) is False:
            yield Fault((*at, name[:80]), "field_unknown")
