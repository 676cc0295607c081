"""What a field of a request or an answer may be: named types with their bounds and an example.

The structs made of them (`requests`, `serializers`, and those of extras) are the one schema of the API: requests are
checked by it, typed by it, and the document and its examples are written from it. It reads nothing and decides nothing.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct

from scheduler.core.delivery import LONGEST_WORDS, MOST_TIMES, TEMPOS
from scheduler.core.voice_engines import VOICE_ENGINES

Schema = Mapping[str, Any]
REF = "#/components/schemas/"
MOST = 2**53 - 1
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"

Id = Annotated[int, Meta(ge=1, le=MOST)]
Count = Annotated[int, Meta(ge=0, le=MOST)]
Ms = Annotated[int, Meta(ge=0, le=MOST, description="Whole milliseconds.")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", examples=["5f" * 32])]
Day = Annotated[date, Meta(examples=["2026-12-02"])]
At = Annotated[datetime, Meta(tz=True, examples=["2026-12-02T06:00:00+07:00"])]
WindowText = Annotated[str, Meta(pattern=f"^{_CLOCK}-({_CLOCK}|24:00)$", examples=["05:00-06:30"])]
Zone = Annotated[
    str,
    Meta(max_length=80, description="A zone of this station (`GET /zones`); `all` = the whole ward.", examples=["all"]),
]
Title = Annotated[str, Meta(max_length=200, examples=["Tiêm chủng"])]
Text = Annotated[str, Meta(max_length=60_000, examples=["Mời bà con đi tiêm chủng."])]
Code = Annotated[
    str,
    Meta(
        max_length=200,
        description="Who it is, where the station asks for it: a one-time number, the person's code or password.",
        examples=["123456"],
    ),
]
Limit = Annotated[int, Meta(ge=1, le=200, description="Items in one answer.")]
Before = Annotated[int, Meta(ge=1, le=MOST, description="`next` of the answer before.")]
SlotId = Annotated[str, Meta(pattern="^[A-Za-z0-9_.-]{1,100}$", examples=["2026-12-02-1-1"])]
UploadId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", examples=["5f" * 16])]
Free = dict[str, Any]
"""An object whose names are told elsewhere."""

# Of a shape

Tempo = Annotated[Literal[TEMPOS], Meta(description="Percent of the station's reading speed.")]  # type: ignore[valid-type]  # one table of tempos
Voice = Annotated[Literal["", *VOICE_ENGINES], Meta(description="Asked first; empty = the station's own order.")]  # type: ignore[valid-type]  # one table of voices
Times = Annotated[int, Meta(ge=1, le=MOST_TIMES)]
Extra = Annotated[str, Meta(max_length=LONGEST_WORDS)]

# Of a campaign

Airings = Annotated[int, Meta(ge=0, le=1440)]
BaseAirings = Annotated[Airings, Meta(description="Airings a day before any boost.", examples=[2])]
BoostValue = Annotated[float, Meta(ge=0, le=100_000)]
CampaignPriority = Literal[2, 3]
Gap = Annotated[int, Meta(ge=0, le=86_400_000, description="Whole milliseconds.")]
ProvincialField = Annotated[int, Meta(ge=1, le=6, description="Lĩnh vực 1-6 of the provincial report.")]
Repeats = Annotated[int, Meta(ge=1, le=10)]
Rotation = Annotated[tuple[Id, ...], Meta(max_length=20)]
Topic = Annotated[str, Meta(max_length=80)]
Weekdays = Annotated[
    tuple[Annotated[int, Meta(ge=0, le=6)], ...],
    Meta(max_length=7, description="Monday = 0.", extra_json_schema={"uniqueItems": True}),
]
Windows = Annotated[tuple[WindowText, ...], Meta(max_length=12)]
ExceptDays = Annotated[tuple[Day, ...], Meta(max_length=366, description="Days without it.")]
ExceptWindows = Annotated[
    tuple[WindowText, ...], Meta(max_length=12, description="Hours of every day in which it never sounds.")
]
OnlyDays = Annotated[tuple[Day, ...], Meta(max_length=366, description="Only on these days of its dates; none = all.")]
MostMinutes = Annotated[
    int, Meta(ge=0, le=1440, description="No airing is longer; told as 0, it may be as long as its sound.")
]


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """What a request may hold, in its body or behind the question mark: nothing but these; null says nothing."""

    old_names: ClassVar[Mapping[str, str]] = {}
    """Old name of a field -> its name of now; taken for one release."""


class Record(Struct, frozen=True):
    """What an answer holds: all of these, always; later releases may add."""


class Nothing(Request, frozen=True):
    """A body that holds nothing, or is not there."""


class Page(Request, frozen=True):
    """Which part of a list."""

    limit: Limit = 50
    before: Before | None = None


Item = TypeVar("Item")


class Items(Record, Generic[Item], frozen=True):
    """A list that is told whole."""

    items: list[Item]


class Listed(Record, Generic[Item], frozen=True):
    """A list that ends; `next` asks for what follows, null = nothing does."""

    items: list[Item]
    next: Id | None


def components_of(kinds: list[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    """The schema of each kind, and those that they refer to, by name."""
    found, parts = msgspec.json.schema_components(kinds, ref_template=REF + "{name}")
    return list(found), dict(parts)


@cache
def schema_of(kind: Any) -> tuple[Schema, Mapping[str, Schema]]:
    """The schema of one kind: itself, not its name; and those that it refers to."""
    [schema], parts = components_of([kind])
    return resolved(schema, parts), parts


def not_null(schema: Schema) -> Schema:
    """Of a value or null: what the value is."""
    found: Schema = next(one for one in schema["anyOf"] if one.get("type") != "null")
    return found


def resolved(schema: Schema, parts: Mapping[str, Schema]) -> Schema:
    """What a schema stands for: itself, what it names, or what is meant where it is not null."""
    if "anyOf" in schema:
        return resolved(not_null(schema), parts)
    return parts[str(schema["$ref"]).removeprefix(REF)] if "$ref" in schema else schema


class Field(NamedTuple):
    """A field of a request by itself, where nothing can be null."""

    name: str
    schema: Schema
    required: bool


@cache
def fields_of(kind: type[Request]) -> tuple[Field, ...]:
    schema, parts = schema_of(kind)
    needed = schema.get("required", ())
    return tuple(
        Field(name, {**resolved(one, parts), "default": one.get("default")}, name in needed)
        for name, one in schema["properties"].items()
    )


def example_of(kind: Any) -> Any:
    """A value that fits: of an object what it must have."""
    schema, parts = schema_of(kind)
    return _example(schema, parts)


def _example(schema: Schema, parts: Mapping[str, Schema]) -> Any:
    schema = resolved(schema, parts)
    if known := [*schema.get("examples", ()), *schema.get("enum", ())]:
        return known[0]
    match schema.get("type"):
        case "object":
            return {name: _example(schema["properties"][name], parts) for name in schema.get("required", ())}
        case "array":
            return [_example(schema["items"], parts)] * max(schema.get("minItems", 1), 1)
        case "integer" | "number":
            return max(schema.get("minimum", 1), 1)
        case "boolean":
            return True
        case _:
            return "…"
