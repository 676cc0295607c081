"""The API's document: OpenAPI 3.1 written from the table of operations, and the same as a page for people.

It says what the table says and knows no route of its own.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from scheduler.operations.health import release
from scheduler.operations.schemas import Schema, components_of, schema_of
from scheduler.operations.serializers import Problem
from scheduler.operations.table import OPEN, Operation, Subject
from web.api.problems import MEDIA_TYPE, STATUSES
from web.api.titles import API_TITLES

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


def document_text(station_name: str, subjects: Sequence[Subject]) -> str:
    """The same as text."""
    return json.dumps(document(station_name, subjects), ensure_ascii=False)


def document(station_name: str, subjects: Sequence[Subject]) -> dict[str, Any]:
    """The whole document, for a station of this name that has these subjects."""
    operations = [one for subject in subjects for one in subject.operations]
    kinds = [kind for one in operations for kind in (one.takes, one.gives) if kind is not None]
    schemas, components = components_of([Problem, *kinds])
    known = dict(zip([Problem, *kinds], schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, known)
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
        "tags": [{"name": one.name, "description": one.says} for one in subjects],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key that was made under Cài đặt, or with `loa token add`.",
                }
            },
        },
    }


def _operation(operation: Operation, known: Mapping[Any, Schema]) -> dict[str, Any]:
    right = "Open to anybody." if operation.may == OPEN else f"Right: `{operation.may}`."
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.subject],
        "summary": operation.says,
        "description": " ".join(part for part in (operation.tells, right) if part),
        "parameters": _parameters(operation),
        "responses": _responses(operation, known),
        "security": [] if operation.may == OPEN else [{"key": []}],
    }
    if operation.takes is not None:
        content = {"application/json": {"schema": known[operation.takes], "example": operation.example}}
        told["requestBody"] = {"required": operation.needs_body, "content": content}
    elif operation.takes_bytes:
        told["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    return told


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": schema_of(kind)[0]}
        for name, kind in operation.places.items()
    ]
    for name, schema, needed in operation.parameters:
        kept = {word: value for word, value in schema.items() if word != "default" or value is not None}
        found.append({"name": name, "in": "query", "required": needed, "schema": kept})
    if operation.must_match:
        tag = {"type": "string", "pattern": '^(W/)?"[!#-~]{1,100}"$'}
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": tag})
    if operation.keyed:
        key = {"type": "string", "pattern": "^[!-~]{8,100}$"}
        says = "The same key again gets the first answer; the act is done once."
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key, "description": says})
    return found


def _responses(operation: Operation, known: Mapping[Any, Schema]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": operation.says}
    if operation.gives is not None:
        done["content"] = {operation.media: {"schema": known[operation.gives]}}
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


def chapters(subjects: Sequence[Subject]) -> list[dict[str, Any]]:
    """What the human page draws: each subject with its operations."""
    return [
        {"name": one.name, "says": one.says, "operations": [_row(operation) for operation in one.operations]}
        for one in subjects
    ]


def _row(operation: Operation) -> dict[str, Any]:
    query = [(name, _brief(schema), needed) for name, schema, needed in operation.parameters]
    fields = [(name, _brief(schema), needed) for name, schema, needed in operation.fields]
    example = json.dumps(operation.example, ensure_ascii=False) if operation.example else ""
    return {"operation": operation, "query": query, "fields": fields, "example": example}


def _brief(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    word = schema.get("title") or schema.get("format") or schema.get("type", "any")
    return f"{_brief(schema['items'])}[]" if word == "array" and "items" in schema else str(word)


def reasons() -> list[tuple[str, int, str]]:
    """Reason codes that have a status of their own."""
    return [(reason, status, API_TITLES.get(reason, "")) for reason, status in sorted(STATUSES.items())]
