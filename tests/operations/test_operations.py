"""The contract of the table: every operation has its right, an example that fits, a route, a place in the document."""

import inspect
import json
import re
import shlex
from pathlib import Path

import click
import pytest

from scheduler.cli import loa
from scheduler.core.announcement.approval import ACTS
from scheduler.features import FEATURES, load
from scheduler.operations.faults import Invalid, read
from scheduler.operations.schemas import Record, Request
from scheduler.operations.subjects import operations_of, subjects_of
from scheduler.operations.table import OPEN, Answer, Call, Download, Events, Sound, Subject
from tests.rows import over
from web.api import blueprint
from web.api.body import read_json
from web.api.openapi import document

ROOT = Path(__file__).parents[2]
SUBJECTS = subjects_of(FEATURES)
OPERATIONS = operations_of(FEATURES)
DOCUMENT = document("Phường Thử", SUBJECTS)
ALL = over("one", OPERATIONS)
DERIVED = [one for one in OPERATIONS if one.command]


def test_the_table_asks_for_rights_that_there_are():
    assert {one.may for one in OPERATIONS} <= ACTS | {OPEN}


def test_the_table_has_no_name_and_no_address_twice():
    assert len({one.name for one in OPERATIONS}) == len(OPERATIONS)
    assert len({(one.method, one.path) for one in OPERATIONS}) == len(OPERATIONS)


@ALL
def test_a_signature_says_what_is_taken_and_given(one):
    known = inspect.get_annotations(one.view)
    given = known.pop("return")
    assert given in {Sound, Download, Events} or given.__origin__ is Answer
    assert known.pop("call") is Call
    assert set(known) == set(one.places) | (set(known) & {"body", "query"})
    assert known.get("body") in {None, bytes} or issubclass(known["body"], Request)
    assert known.get("query") is None or issubclass(known["query"], Request)
    assert next(iter(inspect.signature(one.view).parameters)) == "call"


@ALL
def test_its_example_is_what_it_takes(one):
    if one.takes is None:
        assert one.example is None
        return
    assert isinstance(read(one.takes, read_json(json.dumps(one.example).encode())), one.takes)
    for field in one.fields:
        if field.required:
            with pytest.raises(Invalid):
                read(one.takes, {name: value for name, value in one.example.items() if name != field.name})


@ALL
def test_it_has_a_route_and_stands_in_the_document(one):
    written = DOCUMENT["paths"][one.path][one.method.lower()]
    assert written["operationId"] == one.name
    assert (f"`{one.may}`" in written["description"]) == (one.may != OPEN)
    assert str(one.status) in written["responses"]
    assert ("requestBody" in written) == (one.takes is not None or one.takes_bytes)
    if one.takes:
        assert written["requestBody"]["content"]["application/json"]["example"] == one.example
    assert f"/api/v1{one.rule}" in {rule for rule, _ in rules()}


def rules():
    from flask import Flask

    app = Flask("routes")
    app.register_blueprint(blueprint(FEATURES))
    return [(rule.rule, rule.methods) for rule in app.url_map.iter_rules()]


def test_extras_bring_their_operations_through_the_record():
    theirs = [load(where) for feature in FEATURES for where in feature.operations]
    assert all(isinstance(one, Subject) and one.operations for one in theirs)
    core = subjects_of([])
    assert [*core, *theirs] == list(SUBJECTS)
    assert not [one.name for one in core if any("extras" in view.view.__module__ for view in one.operations)]


# Commands


@over("one", DERIVED)
def test_what_says_so_has_a_command_with_every_field(one):
    node = loa
    for word in one.command.words.split():
        node = node.get_command(click.Context(node), word)
    params = {param.name: param for param in node.params}
    assert set(params) == {*one.places, *(f"sent_{field.name}" for field in one.fields), "as_json"}
    assert [field.name for field in one.fields if field.required and not params[f"sent_{field.name}"].required] == []
    assert node.help == one.says
    if isinstance(one.command.done, str):
        named = set(re.findall(r"{(\w+)}", one.command.done))
        assert named <= set(one.gives.__struct_encode_fields__)
        assert issubclass(one.gives, Record)


def test_no_command_is_made_twice():
    words = [one.command.words for one in DERIVED]
    assert len(set(words)) == len(words)
    for one in words:
        *groups, last = one.split()
        node = loa
        for group in groups:
            node = node.get_command(click.Context(node), group)
        assert click.Group.get_command(node, click.Context(node), last) is None


# Documents

CALLS = [line for line in (ROOT / "docs/api.md").read_text(encoding="utf-8").splitlines() if line.startswith("api $at")]


@over("line", CALLS)
def test_an_example_of_the_guide_is_what_its_operation_takes(line):
    words = shlex.split(line)
    path = words[1].removeprefix("$at")
    method = "POST" if "-d" in words or "POST" in words else "GET"
    [one] = [
        one
        for one in OPERATIONS
        if one.method == method and re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(one.path)), path)
    ]
    body = json.loads(words[words.index("-d") + 1]) if "-d" in words else {}
    if one.takes:
        sent = {name: "0" * 64 if value == "…" and name == "sha256" else value for name, value in body.items()}
        read(one.takes, sent)
