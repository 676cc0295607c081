"""The door of the API: who is it, may they, is the request well made, has it been done before. Then the operation.

Only a bearer key opens it; a cookie never does, so no other site's page can use it. The order is always the same: key,
rate, right, address, headers, body. What an operation does is not known here.
"""

import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, g, request

from scheduler.core.audit_context import Doing, set_out
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.people.tokens import TokenUse
from scheduler.services.repositories import permit
from web.api.body import is_text, read_json
from web.api.contract import PATH_FIELDS, Asked, Operation, Told
from web.api.problems import Invalid
from web.api.schema import Fault, Schema, faults
from web.api.shapes import COMPONENTS, required
from web.auth import services, station
from web.http.callers import known
from web.http.pace import begin

__all__ = ["Rates", "entered", "run"]

BEARER = "bearer "
RED = frozenset({"break_in", "drill", "stop"})
"""Rights to what waits for no lock."""
JSON = "application/json"
BYTES = "application/octet-stream"
_KEY = re.compile(r"[\x21-\x7e]{8,100}")
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]{1,100})"')
_WHOLE = re.compile(r"-?[0-9]{1,19}")


class Rates:
    """How many requests each key may still send: a bucket that fills evenly, `a_minute` deep."""

    MOST_KEPT = 1000

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._lock = threading.Lock()
        self._left: OrderedDict[int, tuple[float, float]] = OrderedDict()

    def take(self, token_id: int, mono: float) -> float:
        """Seconds until the next request may be sent; 0 = this one may. `mono` is a monotonic clock."""
        a_second = self._a_minute / 60
        with self._lock:
            left, since = self._left.pop(token_id, (float(self._a_minute), mono))
            left = min(self._a_minute, left + max(mono - since, 0.0) * a_second)
            waits = 0.0 if left >= 1 else (1 - left) / a_second
            self._left[token_id] = (left - 1 if not waits else left, mono)
            while len(self._left) > self.MOST_KEPT:
                self._left.popitem(last=False)
        return waits


def run(operation: Operation, places: Mapping[str, str]) -> Response:
    """Answer one request."""
    g.api_operation = operation.name
    use = entered(operation.may) if operation.may else None
    request.max_content_length = operation.most_bytes
    values, asked = _values(operation, places), _asked(operation, use)
    key = request.headers.get("Idempotency-Key") if operation.keyed else None
    if key is None or use is None:
        return _answered(operation, operation.view(asked, **values))
    if not _KEY.fullmatch(key):
        raise Refused("key_invalid")
    return _once(operation, asked, values, key)


def entered(may: str) -> TokenUse:
    """The key of this request, at work. Raises Refused token_missing, token_invalid, token_too_often; NotPermitted."""
    given = request.headers.get("Authorization", "")
    if not given.lower().startswith(BEARER):
        raise Refused("token_missing")
    use = services().tokens.use(given[len(BEARER) :].strip()[:200], request.remote_addr or "")
    if use is None:
        raise Refused("token_invalid")
    rates: Rates = current_app.extensions["api_rates"]
    if waits := rates.take(use.token.id, station().clock.monotonic()):
        raise Refused("token_too_often", limit=station().config.web.api_per_minute, seconds=max(1, round(waits)))
    g.person, g.api_token = use.actor, use.token
    begin(known(f"key {use.token.id}", use.actor))
    address = request.remote_addr or ""
    set_out(Doing("api", request.endpoint or "", use.actor, may, address=address, session=use.token.name))
    if may:
        permit(use.actor, may)
    return use


# The request


def _values(operation: Operation, places: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the address. Raises NotFound: an address that cannot be anything's is nothing's."""
    found: dict[str, Any] = {}
    for name, text in places.items():
        value = _typed(PATH_FIELDS[name], text)
        if value is None or faults(PATH_FIELDS[name], value, COMPONENTS):
            raise NotFound(operation.subject, name)
        found[name] = value
    return found


def _asked(operation: Operation, use: TokenUse | None) -> Asked:
    query = _query(operation)
    if_match = _if_match(operation)
    body = _body(operation)
    actor, token = (use.actor, use.token) if use else (services().people.machine(), None)
    return Asked(actor=actor, token=token, query=query, body=body, if_match=if_match)


def _typed(schema: Schema, text: str) -> Any:
    """A text of the address as the type its schema wants; None where it is no such thing."""
    wanted = schema.get("type", "string")
    if wanted == "integer":
        return int(text) if _WHOLE.fullmatch(text) else None
    if wanted == "boolean":
        return {"true": True, "false": False}.get(text)
    return text


def _query(operation: Operation) -> dict[str, Any]:
    """What stands behind the question mark, with defaults. Raises Invalid."""
    found: dict[str, Any] = {}
    wrong: list[Fault] = []
    for name, texts in request.args.lists():
        schema = operation.query.get(name)
        if schema is None:
            wrong.append(Fault((name[:80],), "field_unknown"))
        elif len(texts) > 1:
            wrong.append(Fault((name,), "field_repeated"))
        elif not is_text(texts[0]):
            wrong.append(Fault((name,), "field_characters"))
        elif (value := _typed(schema, texts[0])) is None:
            wrong.append(Fault((name,), "field_type", {"wanted": schema["type"]}))
        else:
            wrong += [Fault((name,), fault.reason, fault.details) for fault in faults(schema, value, COMPONENTS)]
            found[name] = value
    wrong += [
        Fault((name,), "field_missing")
        for name, schema in operation.query.items()
        if schema.get("default", ...) is ... and name not in found and name not in request.args
    ]
    if wrong:
        raise Invalid(wrong, "query")
    return {name: schema.get("default") for name, schema in operation.query.items()} | found


def _if_match(operation: Operation) -> str:
    if not operation.must_match:
        return ""
    given = request.headers.get("If-Match", "")
    if not given:
        raise Refused("if_match_missing")
    tag = _TAG.fullmatch(given.strip())
    if tag is None:
        raise Refused("if_match_invalid")
    return tag[1]


def _body(operation: Operation) -> Any:
    """What was sent. Raises Refused json_type, json_invalid, body_too_large; Invalid."""
    if operation.takes is None and not operation.takes_bytes:
        return None  # what comes unasked is not even read
    if operation.takes is not None and not request.content_length and not required(operation.takes):
        return {}
    wanted = BYTES if operation.takes_bytes else JSON
    if request.mimetype != wanted:
        raise Refused("json_type", wanted=wanted)
    if (request.content_length or 0) > operation.most_bytes:
        raise Refused("body_too_large", limit=operation.most_bytes)
    data = request.get_data(cache=False)
    if operation.takes is None:
        return data
    value = read_json(data)
    if wrong := faults(operation.takes, value, COMPONENTS) or list(_characters(value, ())):
        raise Invalid(wrong, "body")
    return value


def _characters(value: Any, at: tuple[str | int, ...]) -> list[Fault]:
    """Texts with characters that nobody may keep; `value` fits its schema already, so it is small."""
    if isinstance(value, str):
        return [] if is_text(value) else [Fault(at, "field_characters")]
    if isinstance(value, list):
        return [fault for number, one in enumerate(value) for fault in _characters(one, (*at, number))]
    if isinstance(value, dict):
        return [fault for name, one in value.items() for fault in _characters(one, (*at, name))]
    return []


# The answer


def _answered(operation: Operation, told: Told | Response) -> Response:
    if isinstance(told, Response):
        return told
    answer = Response(status=operation.status)
    if operation.gives is not None:
        answer = Response(_text(told.body), operation.status, mimetype=operation.media)
    if told.etag:
        answer.headers["ETag"] = f'"{told.etag}"'
    if told.location:
        answer.headers["Location"] = told.location
        answer.autocorrect_location_header = False
    return answer


def _text(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _once(operation: Operation, asked: Asked, values: Mapping[str, Any], key: str) -> Response:
    """The same key again gets the first answer; the act is done once. What was refused may be sent again."""
    kept_as = f"api:{asked.token.id if asked.token else 0}:{key}"
    digest = _digest(operation, values, asked.body)
    acts = services().acts
    before = acts.begin(kept_as, asked.actor, red=operation.may in RED)
    if before == "":
        raise Refused("under_way")
    if before is not None:
        return _again(json.loads(before), digest)
    kept: str | None = None
    try:
        answer = _answered(operation, operation.view(asked, **values))
        told = {"digest": digest, "status": answer.status_code, "body": answer.get_data(as_text=True)}
        told |= {"headers": {name: answer.headers[name] for name in ("ETag", "Location") if name in answer.headers}}
        kept = _text(told)
        return answer
    finally:
        acts.end(kept_as, kept)


def _again(kept: dict[str, Any], digest: str) -> Response:
    if kept["digest"] != digest:
        raise Refused("key_reused")
    answer = Response(kept["body"], kept["status"], mimetype=JSON)
    answer.autocorrect_location_header = False
    answer.headers.update(kept["headers"] | {"Idempotency-Replayed": "true"})
    return answer


def _digest(operation: Operation, values: Mapping[str, Any], body: Any) -> str:
    """Of all that makes a request another one."""
    told = _text([operation.name, dict(values), dict(request.args), body if not isinstance(body, bytes) else None])
    return hashlib.sha256(told.encode()).hexdigest()
