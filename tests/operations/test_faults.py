"""The checker of requests says the same as a full JSON Schema validator, and what it lets through becomes a struct."""

import json
from contextlib import suppress
from copy import deepcopy

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.features import FEATURES
from scheduler.kernel.errors import Refused
from scheduler.operations.faults import FORMATS, KEYWORDS, MOST_FAULTS, Fault, Invalid, faults, read
from scheduler.operations.schemas import At, Request, components_of, schema_of
from scheduler.operations.subjects import operations_of
from tests.examples import examples
from tests.rows import over
from web.api.body import read_json

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 9), st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.sampled_from(["", "a", "05:00-06:30", "2026-12-02", "f" * 64, "all", "notice", "none", "factor"]),
    st.text(max_size=4),
)  # fmt: skip
ANY = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["title", "text", "kind", "value", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def schemas_of(schema):
    yield schema
    for name in ("properties",):
        for one in schema.get(name, {}).values():
            yield from schemas_of(one)
    if "items" in schema:
        yield from schemas_of(schema["items"])
    for one in schema.get("anyOf", ()):
        yield from schemas_of(one)


KINDS = list(
    {
        kind: None
        for one in operations_of(FEATURES)
        for kind in (*one.places.values(), one.query, one.takes, one.gives)
        if kind
    }
)
SCHEMAS, COMPONENTS = components_of(KINDS)
EVERY = [*COMPONENTS.values(), *SCHEMAS]
REQUESTS = {kind.__name__: kind for kind in KINDS if isinstance(kind, type) and issubclass(kind, Request)}


SAMPLES = ["05:00-06:30", "f" * 64, "2026-12-02", "2026-12-02T06:00:00+07:00"]


def example(schema):  # noqa: PLR0911 - one for each type
    """A value that fits."""
    if "$ref" in schema:
        return example(COMPONENTS[schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return example(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: example(one) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [example(schema["items"])] * (1 if schema.get("uniqueItems") else max(schema.get("minItems", 1), 1))
        case "string":
            fits = [one for one in ("x" * max(schema.get("minLength", 1), 1), *SAMPLES) if not faults(schema, one, {})]
            return fits[0]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True


def places(value, at=()):
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*at, name))


def changed(value, place, new, *, gone):
    if not place:
        return new
    kept = deepcopy(value)
    inner = kept
    for name in place[:-1]:
        inner = inner[name]
    if gone:
        del inner[place[-1]]
    else:
        inner[place[-1]] = new
    return kept


def without_formats(schema):
    """A validator may take formats for remarks; ours are held against `date` and `datetime` below."""
    kept = deepcopy(dict(schema))
    for one in schemas_of(kept):
        if isinstance(one, dict):
            one.pop("format", None)
    return kept


def test_every_schema_of_the_document_uses_only_what_the_checker_understands():
    for schema in EVERY:
        for one in schemas_of(schema):
            assert set(one) <= KEYWORDS
            assert one.get("format", "date") in FORMATS


PLAIN = {key: without_formats(schema) for key, schema in COMPONENTS.items()}


@over("name", COMPONENTS)
def test_the_checker_agrees_with_a_full_validator(name):
    """A value that fits; then the same with each part of it taken away or made into something else."""
    schema, good = PLAIN[name], example(COMPONENTS[name])
    theirs = jsonschema.Draft202012Validator({**schema, "components": {"schemas": PLAIN}})
    news = [None, True, 0, -1, 1.0, 1.5, 10**17, "", "x", "x" * 70_000, [], [None], [1, 1], [1, True], {}, {"x": 1}]
    tried = [good, *news]
    for place in places(good):
        tried += [changed(good, place, new, gone=False) for new in news]
        if place:
            tried += [changed(good, place, None, gone=True)]
    tried.append(good | {"extra": 1} if isinstance(good, dict) else 1)
    verdicts = [theirs.is_valid(one) for one in tried]
    ours = [not faults(schema, one, PLAIN) for one in tried]
    assert [one for one, fits, said in zip(tried, ours, verdicts, strict=True) if fits != said] == []
    assert True in verdicts
    if kind := REQUESTS.get(name):
        assert_what_fits_is_read(kind, tried)


def assert_what_fits_is_read(kind, tried):
    """msgspec takes whatever the document allows: nothing but `Invalid` is raised, and what fits is a struct."""
    for one in tried:
        with suppress(Invalid, Refused):
            assert isinstance(read(kind, read_json(json.dumps(one).encode())), kind)


@settings(max_examples=examples(200))
@given(value=ANY, number=st.integers(0, len(REQUESTS) - 1))
def test_whatever_is_sent_is_read_or_told_with_its_faults(value, number):
    assert_what_fits_is_read(list(REQUESTS.values())[number], [value])


@pytest.mark.parametrize(
    "text", ["2026-12-02t06:00:00.5z", "2026-12-02T06:00:00.123456789-11:30", "0001-01-01T12:00:00+11:59"]
)
def test_an_instant_that_fits_the_document_is_read(text):
    schema, parts = schema_of(At)
    assert not faults(schema, text, parts)
    assert msgspec.convert(text, At).tzinfo is not None


@settings(max_examples=examples(200))
@given(value=ANY, number=st.integers(0, len(EVERY) - 1))
def test_it_agrees_on_anything_at_all(value, number):
    schema = without_formats(EVERY[number])
    theirs = jsonschema.Draft202012Validator({**schema, "components": {"schemas": PLAIN}})
    assert (not faults(schema, value, PLAIN)) == theirs.is_valid(value)


@over(
    "schema, value, reason",
    [
        ({"type": "integer"}, True, "field_type"),
        ({"type": "integer"}, 1.5, "field_type"),
        ({"type": "number"}, "1", "field_type"),
        ({"enum": [1, 2]}, True, "field_choice"),
        ({"type": "string", "minLength": 1}, "", "field_short"),
        ({"type": "string", "maxLength": 1}, "ab", "field_long"),
        ({"type": "string", "pattern": "^a$"}, "a\n", "field_pattern"),
        ({"type": "string", "format": "date"}, "2026-02-30", "field_pattern"),
        ({"type": "string", "format": "date"}, "20260202", "field_pattern"),
        ({"type": "string", "format": "date"}, "٢٠٢٦-١٢-٠٢", "field_pattern"),
        ({"type": "string", "format": "date-time"}, "2026-12-02T06:00:00", "field_pattern"),
        ({"type": "string", "format": "date-time"}, "2026-12-02", "field_pattern"),
        ({"type": "integer", "minimum": 1}, 0, "field_small"),
        ({"type": "integer", "maximum": 1}, 10**30, "field_large"),
        ({"type": "array", "minItems": 1}, [], "field_short"),
        ({"type": "array", "maxItems": 1}, [1, 2], "field_long"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "field_repeated"),
        ({"type": "object", "required": ["a"]}, {}, "field_missing"),
        ({"type": "object", "properties": {}, "additionalProperties": False}, {"a": 1}, "field_unknown"),
    ],
)
def test_each_fault_has_its_reason(schema, value, reason):
    assert [fault.reason for fault in faults(schema, value, {})] == [reason]


def test_instants_with_a_letter_z_and_days_at_the_ends_of_time_are_told_as_they_are():
    instant = {"type": "string", "format": "date-time"}
    for text in ("2026-12-02T06:00:00Z", "2026-12-02t06:00:00.5z", "2026-12-02T06:00:00+07:00"):
        assert faults(instant, text, {}) == []
    assert faults({"type": "string", "format": "date"}, "9999-12-31", {}) == []


def test_a_place_is_named_from_the_outside_in():
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer"}}}}
    assert faults(schema, {"a": [1, "x"]}, {}) == [Fault(("a", 1), "field_type", {"wanted": "số nguyên"})]


def test_one_answer_never_names_very_many_faults():
    schema = {"type": "array", "items": {"type": "integer"}}
    assert len(faults(schema, ["x"] * 1000, {})) == MOST_FAULTS


@pytest.mark.parametrize("schema", [{"oneOf": []}, {"type": "string", "format": "email"}])
def test_a_schema_that_is_not_understood_is_our_error_and_not_let_through(schema):
    with pytest.raises(ValueError, match="not understood"):
        faults(schema, "x", {})
