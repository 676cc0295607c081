"""What the shapes of the API are built from: texts, numbers, lists and objects as JSON schemas.

It knows no shape of its own and reads nothing.
"""

from typing import Any

from web.api.schema import REF, Schema

__all__ = ["MOST", "also", "array", "chosen", "given", "listed", "maybe", "number", "some", "taken", "text"]

MOST = 2**53 - 1


def text(most: int, least: int = 0, says: str = "") -> Schema:
    told: dict[str, Any] = {"type": "string", "maxLength": most}
    if least:
        told["minLength"] = least
    return told | ({"description": says} if says else {})


def number(least: float, most: float, kind: str = "integer", says: str = "") -> Schema:
    told = {"type": kind, "minimum": least, "maximum": most}
    return told | ({"description": says} if says else {})


def chosen(values: Any, says: str = "") -> Schema:
    kept = [getattr(one, "value", one) for one in values]
    told: dict[str, Any] = {"type": "string" if isinstance(kept[0], str) else "integer", "enum": kept}
    return told | ({"description": says} if says else {})


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    kept = dict(schema)
    kinds = kept["type"] if isinstance(kept["type"], list) else [kept["type"]]
    if "enum" in kept:
        kept["enum"] = [*kept["enum"], None]
    return kept | {"type": [*kinds, "null"]}


def array(of: Schema, most: int | None = None, least: int = 0, *, unique: bool = False) -> Schema:
    told: dict[str, Any] = {"type": "array", "items": of}
    if most is not None:
        told["maxItems"] = most
    if least:
        told["minItems"] = least
    return told | ({"uniqueItems": True} if unique else {})


def taken(needed: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """What a request may hold: nothing but these."""
    told: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return told | ({"required": list(needed)} if needed else {})


def given(**properties: Schema) -> Schema:
    """What an answer holds: all of these, always; later releases may add."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def some(name: str) -> Schema:
    return {"$ref": REF + name}


def listed(name: str, cursor: Schema | None = None) -> Schema:
    """A list that ends; `next` asks for what follows, null = nothing does."""
    return given(items=array(some(name)), next=maybe(cursor or {"type": "string"}))


def also(schema: Schema, **more: Any) -> Schema:
    """The same schema with more said of it."""
    return {**schema, **more}
