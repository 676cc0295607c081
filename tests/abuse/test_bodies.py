"""Every call of the API that takes a body, with bodies made to break a parser: refused with a reason, nothing changed."""

import json

import pytest

from scheduler.features import FEATURES
from scheduler.operations.schemas import example_of
from scheduler.operations.subjects import operations_of
from scheduler.operations.table import SMALL_BODY
from scheduler.services.people.tokens import SCOPES
from tests.web.api.conftest import PROBLEM
from tests.web.test_security import state_of
from web.api.body import DEEPEST

DEEP = 20_000


def within(name, value):
    """A body in which one field holds this very text of JSON."""
    return f'{{"{name}": {value}}}'.encode()


BODIES = {
    "lists inside lists": within("title", "[" * DEEP + "]" * DEEP),
    "objects inside objects": within("title", '{"a":' * DEEP + "1" + "}" * DEEP),
    "one level too many": within("title", "[" * DEEPEST + "]" * DEEPEST),
    "a list that is never closed": b"[" * DEEP,
    "brackets behind a text that never ends": b'{"title": "' + b'\\"[' * DEEP,
    "a text of quotation marks that never ends": b'"' + b'\\"' * (SMALL_BODY // 2 - 10),
    "a number of many digits": within("id", "9" * 5_000),
    "a number without end": within("id", "1e999999999"),
    "a number below nothing": within("id", "-1e999999999"),
    "a number of many decimals": within("id", "0." + "1" * 100_000),
    "NaN": within("id", "NaN"),
    "a name twice": b'{"title": "a", "title": "b"}',
    "a name twice, once in escapes": b'{"title": "a", "\\u0074itle": "b"}',
    "a name twice, deep": b'{"shape": {"kind": "notice", "kind": "emergency"}}',
    "an approval beside a name twice": b'{"heard": false, "heard": true}',
    "half a character": b'{"title": "\\ud83d"}',
    "not UTF-8": b'{"title": "\xc0\xaf"}',
    "UTF-7": b'{"title": "+ADw-script+AD4-"',
    "a list": b"[1]",
    "a word": b'"title"',
    "nothing": b"null",
    "names of Python": b'{"__class__": 1, "__proto__": {"role": "admin"}, "constructor": 1}',
}
OTHER_KINDS = (
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/xml",
    "",
)


@pytest.fixture
def key(hung, station):
    return station.services.tokens.add(hung, "thử", list(SCOPES)).secret


@pytest.fixture
def asked(app, key):
    """Ask an operation with a body of bytes."""

    def ask(operation, body, kind="application/json"):
        path = operation.path
        for name, place in operation.places.items():
            path = path.replace(f"{{{name}}}", str(example_of(place)))
        headers = {"Authorization": f"Bearer {key}", "If-Match": '"1"'}
        return app.test_client().open(
            f"/api/v1{path}", method=operation.method, data=body, headers=headers, content_type=kind
        )

    return ask


WRITING = [one for one in operations_of(FEATURES) if one.takes]
BEFORE_THE_BODY = {"token_too_often", "token_missing", "token_invalid", "not_permitted", "match_missing"}
"""Reasons that would mean that no body was looked at."""


def test_there_is_something_to_ask():
    assert len(WRITING) > 20


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_no_body_breaks_any_call(body, everything, asked):
    before, faults = state_of(everything.station), []
    for operation in WRITING:
        answer = asked(operation, body)
        if not 400 <= answer.status_code < 500 or answer.mimetype != PROBLEM:
            faults.append((operation.name, answer.status_code, answer.text[:80]))
        elif answer.get_json()["reason"] in BEFORE_THE_BODY:
            faults.append((operation.name, answer.get_json()["reason"]))
        elif len(answer.data) > 5_000:
            faults.append((operation.name, "the answer holds the body"))
    assert faults == []
    assert state_of(everything.station) == before


@pytest.mark.parametrize("kind", OTHER_KINDS, ids=lambda kind: kind or "none")
def test_no_body_of_another_kind_is_read_as_json(kind, everything, asked):
    """What a form of another site can send without asking first."""
    before = state_of(everything.station)
    for operation in WRITING:
        answer = asked(operation, json.dumps({"title": "x", "text": "y"}).encode(), kind)
        assert 400 <= answer.status_code < 500, operation.name
    assert state_of(everything.station) == before


def test_a_body_larger_than_it_may_be_is_not_read(everything, asked):
    for operation in WRITING:
        if operation.most_bytes <= SMALL_BODY:
            answer = asked(operation, within("title", '"' + "a" * operation.most_bytes + '"'))
            assert answer.status_code == 413, operation.name
