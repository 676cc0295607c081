"""The door of the API: who is it, may they, is the request well made, has it been done before. Then the operation.

Only a bearer key opens it; a cookie never does, so no other site's page can use it. The order is always the same: key,
rate, right, address, headers, body. What an operation does is not known here.
"""

import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from flask import Response, current_app, g, request, send_file, stream_with_context

from scheduler.core.audit_context import AuditContext, set_out
from scheduler.kernel.errors import NotFound, Refused
from scheduler.operations.faults import Fault, Invalid, faults, read
from scheduler.operations.schemas import Nothing, Schema, schema_of
from scheduler.operations.table import Answer, Call, Download, Events, Operation, Sound
from scheduler.services.people.tokens import TokenUse
from scheduler.services.repositories import permit
from web.api.body import read_json
from web.auth import services, station
from web.http.callers import begin, known
from web.http.streams import Streams

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
    given, sent = _given(operation, use, places)
    key = request.headers.get("Idempotency-Key") if operation.keyed else None
    if key is None or use is None:
        return _answered(operation, given)
    if not _KEY.fullmatch(key):
        raise Refused("key_invalid")
    digest = _digest(operation, places, sent)
    return _once(operation, given, f"api:{use.token.id}:{key}", digest)


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
        raise Refused("token_too_often", limit=services().config.web.api_per_minute, seconds=max(1, round(waits)))
    g.person, g.api_token = use.actor, use.token
    begin(known(f"key {use.token.id}", use.actor))
    address = request.remote_addr or ""
    set_out(AuditContext("api", request.endpoint or "", use.actor, may, address=address, session=use.token.name))
    if may:
        permit(use.actor, may)
    return use


# The request


def _given(operation: Operation, use: TokenUse | None, places: Mapping[str, str]) -> tuple[dict[str, Any], Any]:
    """What the operation is called with, and its body as it was sent. Raises Refused, Invalid."""
    found = {name: _place(operation, name, kind, places[name]) for name, kind in operation.places.items()}
    query, if_match, sent = _query(operation), _if_match(operation), _body(operation)
    if operation.query:
        found["query"] = query
    if operation.reads_body:
        found["body"] = sent if operation.takes_bytes else read(operation.takes, sent)
    elif operation.takes:
        read(operation.takes, sent)
    actor, token = (use.actor, use.token) if use else (services().people.machine(), None)
    return found | {"call": Call(station(), actor, token, if_match)}, sent


def _place(operation: Operation, name: str, kind: Any, text: str) -> Any:
    """What stands in the address. Raises NotFound: an address that cannot be anything's is nothing's."""
    schema, parts = schema_of(kind)
    value = _typed(schema, text)
    if faults(schema, value, parts):
        raise NotFound(operation.subject, name)
    return value


def _typed(schema: Schema, text: str) -> Any:
    """A text of the address as the type its schema wants; itself where it is no such thing."""
    wanted = schema.get("type")
    if wanted == "integer" and _WHOLE.fullmatch(text):
        return int(text)
    return {"true": True, "false": False}.get(text, text) if wanted == "boolean" else text


def _query(operation: Operation) -> Any:
    """What stands behind the question mark. Raises Invalid."""
    found: dict[str, Any] = {}
    repeated: list[Fault] = []
    schemas = {one.name: one.schema for one in operation.parameters}
    for name, texts in request.args.lists():
        found[name] = _typed(schemas.get(name, {}), texts[0])
        if len(texts) > 1:
            repeated.append(Fault((name[:80],), "field_repeated"))
    try:
        query = read(operation.query or Nothing, found, "query")
    except Invalid as invalid:
        raise Invalid([*repeated, *invalid.faults], "query") from invalid
    if repeated:
        raise Invalid(repeated, "query")
    return query


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
    """What was sent: JSON, or bytes. Raises Refused json_type, json_invalid, body_too_large."""
    if operation.takes is None and not operation.takes_bytes:
        return None  # what comes unasked is not even read
    if not operation.needs_body and not request.content_length:
        return {}
    wanted = BYTES if operation.takes_bytes else JSON
    if request.mimetype != wanted:
        raise Refused("json_type", wanted=wanted)
    if (request.content_length or 0) > operation.most_bytes:
        raise Refused("body_too_large", limit=operation.most_bytes)
    data = request.get_data(cache=False)
    return data if operation.takes_bytes else read_json(data)


# The answer


def _answered(operation: Operation, given: Mapping[str, Any]) -> Response:
    match operation.view(**given):
        case Answer() as told:
            return _json(operation, told)
        case Sound(path, name, etag):
            answer = send_file(path, mimetype=operation.media, conditional=True, etag=etag, max_age=86_400)
            answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
            answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
            return answer
        case Download(content, name):
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(content, mimetype=operation.media, headers=headers)
        case Events(lines):
            return _stream(operation, given["call"], lines)
        case other:
            raise TypeError(f"{operation.name} answers {type(other).__name__}")


def _json(operation: Operation, told: Answer[Any]) -> Response:
    answer = Response(status=operation.status)
    if operation.gives is not None:
        answer = Response(msgspec.json.encode(told.body), operation.status, mimetype=operation.media)
    if told.etag:
        answer.headers["ETag"] = f'"{told.etag}"'
    if told.location:
        answer.headers["Location"] = told.location
        answer.autocorrect_location_header = False
    return answer


def _stream(operation: Operation, call: Call, lines: Callable[[Callable[[float], bool]], Iterator[str]]) -> Response:
    """An event stream among the live pages, until the server stops or the reader goes. Raises Refused streams_full."""
    streams: Streams = current_app.extensions["streams"]
    key = f"key {call.token.id}" if call.token else ""
    place = streams.enter(known(key, call.actor), key)
    if place is None:
        raise Refused("streams_full", seconds=5)
    stop = current_app.extensions.get("stop") or threading.Event()
    left = request.environ.get("waitress.client_disconnected", lambda: False)

    def rested(seconds: float) -> bool:
        stop.wait(seconds)
        return not (stop.is_set() or left() or place.given_up.is_set())

    answer = Response(stream_with_context(lines(rested)), mimetype=operation.media)
    answer.call_on_close(lambda: streams.leave(place))  # also when nobody ever reads it
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _text(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _once(operation: Operation, given: Mapping[str, Any], kept_as: str, digest: str) -> Response:
    """The same key again gets the first answer; the act is done once. What was refused may be sent again."""
    acts = services().acts
    before = acts.begin(kept_as, given["call"].actor, red=operation.may in RED)
    if before == "":
        raise Refused("under_way")
    if before is not None:
        return _again(json.loads(before), digest)
    kept: str | None = None
    try:
        answer = _answered(operation, given)
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


def _digest(operation: Operation, places: Mapping[str, str], sent: Any) -> str:
    """Of all that makes a request another one."""
    values = {name: _typed(schema_of(kind)[0], places[name]) for name, kind in operation.places.items()}
    told = _text([operation.name, values, dict(request.args), sent if not isinstance(sent, bytes) else None])
    return hashlib.sha256(told.encode()).hexdigest()
