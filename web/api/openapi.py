"""The API's document: OpenAPI 3.1 written from the table of operations, and the same as a page for people.

It says what the table says and knows no route of its own.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from scheduler.core.words.wording_api import API_TITLES
from web.api.contract import OPEN, OPERATIONS, PATH_FIELDS, Operation, Subject
from web.api.problems import MEDIA_TYPE, STATUSES
from web.api.schema import Schema
from web.api.shapes import COMPONENTS, required
from web.health import release

__all__ = ["chapters", "document", "document_text", "reasons", "refusals"]

_REFUSED = {
    400: "The request is not well formed.",
    401: "No key, or one that opens nothing.",
    403: "The key, its owner or the zone does not allow it; or a code is wanted.",
    404: "There is no such thing.",
    409: "Not in the present state, or the same act is under way.",
    412: "It was changed meanwhile.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "It does not fit the schema, or a rule of the station refuses it.",
    428: "If-Match is required.",
    429: "Too often.",
    500: "A fault of the station.",
    503: "Not now: busy, no voice, or all streams taken.",
    507: "The disk is full.",
}


def refusals(operation: Operation) -> tuple[int, ...]:
    """The statuses with which an operation may say no."""
    found = {422, 500, 503}
    if operation.may != OPEN:
        found |= {400, 401, 403, 429}
    if operation.places or operation.takes is not None:
        found |= {404}
    if operation.takes is not None or operation.takes_bytes:
        found |= {400, 413, 415}
    if operation.method != "GET":
        found |= {404, 409, 412, 413, 507}
    if operation.must_match:
        found |= {412, 428}
    return tuple(sorted(found))


@cache
def document_text(station_name: str, subjects: tuple[tuple[str, str], ...]) -> str:
    """The same as text; it is asked for whole, and never changes while the station keeps its name."""
    return json.dumps(document(station_name, subjects), ensure_ascii=False)


def document(station_name: str, subjects: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """The whole document, for a station of this name."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Loa Phường: {station_name}",
            "version": release(),
            "summary": "The broadcast desk of a ward, for programs.",
            "description": (
                "The same acts as the page's, with the same rules: what the page refuses is refused here. "
                "Every refusal is application/problem+json with a reason code, a Vietnamese `detail` and an English "
                "`title`. Instants are ISO 8601 with an offset, lengths are whole milliseconds."
            ),
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": "/api/v1"}],
        "tags": [{"name": name, "description": says} for name, says in subjects],
        "paths": paths,
        "components": {
            "schemas": {name: dict(schema) for name, schema in COMPONENTS.items()},
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key that was made under Cài đặt, or with `loa token add`.",
                }
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    right = "Open to anybody." if operation.may == OPEN else f"Right: `{operation.may}`."
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.subject],
        "summary": operation.says,
        "description": " ".join(part for part in (operation.tells, right) if part),
        "parameters": _parameters(operation),
        "responses": _responses(operation),
        "security": [] if operation.may == OPEN else [{"key": []}],
    }
    if operation.takes is not None:
        content = {"application/json": {"schema": operation.takes}}
        told["requestBody"] = {"required": bool(required(operation.takes)), "content": content}
    elif operation.takes_bytes:
        told["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    return told


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = [{"name": name, "in": "path", "required": True, "schema": PATH_FIELDS[name]} for name in operation.places]
    for name, schema in operation.query.items():
        kept = {key: value for key, value in schema.items() if key != "default" or value is not None}
        found.append({"name": name, "in": "query", "required": "default" not in schema, "schema": kept})
    if operation.must_match:
        tag = {"type": "string", "pattern": '^(W/)?"[!#-~]{1,100}"$'}
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": tag})
    if operation.keyed:
        key = {"type": "string", "pattern": "^[!-~]{8,100}$"}
        says = "The same key again gets the first answer; the act is done once."
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key, "description": says})
    return found


def _responses(operation: Operation) -> dict[str, Any]:
    done: dict[str, Any] = {"description": operation.says}
    if operation.gives is not None:
        done["content"] = {operation.media: {"schema": operation.gives}}
    elif operation.status != 204:  # noqa: PLR2004 - HTTP's own number for nothing
        done["content"] = {operation.media: {"schema": {}}}
    found: dict[str, Any] = {str(operation.status): done}
    if operation.media == "audio/wav":
        found |= {"206": done, "304": {"description": "Unchanged."}}
        found["416"] = _problem("There is no such part of the sound.")
    return found | {str(status): _problem(_REFUSED[status]) for status in refusals(operation)}


def _problem(says: str) -> dict[str, Any]:
    return {"description": says, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


# For people


def chapters(subjects: Iterable[Subject]) -> list[dict[str, Any]]:
    """What the human page draws: each subject with its operations."""
    return [
        {"name": one.name, "says": one.says, "operations": [_row(operation) for operation in one.made]}
        for one in subjects
    ]


def _row(operation: Operation) -> dict[str, Any]:
    fields = _fields(operation.takes) if operation.takes is not None else []
    return {
        "method": operation.method,
        "path": "/api/v1" + operation.path,
        "says": operation.says,
        "tells": operation.tells,
        "may": operation.may,
        "status": operation.status,
        "query": [(name, _brief(schema), "default" not in schema) for name, schema in operation.query.items()],
        "fields": fields,
        "bytes": operation.takes_bytes,
        "match": operation.must_match,
    }


def _fields(schema: Schema) -> list[tuple[str, str, bool]]:
    if "$ref" in schema:
        return _fields(COMPONENTS[str(schema["$ref"]).rpartition("/")[2]])
    needed = set(required(schema))
    return [(name, _brief(one), name in needed) for name, one in schema.get("properties", {}).items()]


def _brief(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    kinds = schema.get("type", "any")
    word = kinds if isinstance(kinds, str) else " | ".join(kinds)
    return f"{_brief(schema['items'])}[]" if word == "array" and "items" in schema else str(schema.get("format", word))


def reasons() -> list[tuple[str, int, str]]:
    """Reason codes that have a status of their own."""
    return [(reason, status, API_TITLES.get(reason, "")) for reason, status in sorted(STATUSES.items())]
