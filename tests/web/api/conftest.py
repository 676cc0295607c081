"""Programs of the cast: keys in people's names, and a client that speaks JSON with one."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from scheduler.core.model import Role
from scheduler.services.people.tokens import SCOPES
from web import create_app

PASSWORDS = {"hung": "mat-khau-cua-hung"}
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass
class Program:
    """A program with a key; every answer that is a problem is looked at for being a proper one."""

    client: Any
    secret: str

    def ask(self, method, path, body=None, *, data=None, headers=None, content_type=JSON, **query):
        sent = {"Authorization": f"Bearer {self.secret}"} | (headers or {})
        if body is not None:
            data = json.dumps(body)
        answer = self.client.open(
            "/api/v1" + path, method=method, data=data, headers=sent, query_string=query,
            content_type=content_type if data is not None else None,
        )  # fmt: skip
        if answer.status_code >= 400:
            assert answer.mimetype == PROBLEM, answer.text
            told = answer.get_json()
            assert told["status"] == answer.status_code
            assert told["type"] == f"urn:loa-phuong:reason:{told['reason']}"
            assert told["title"]
            assert told["detail"]
            assert "Mã lý do" not in told["detail"]
        return answer

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.ask("POST", path, {} if body is None and "data" not in more else body, **more)

    def put(self, path, body=None, **more):
        return self.ask("PUT", path, body, **more)

    def delete(self, path, **more):
        return self.ask("DELETE", path, **more)


@pytest.fixture
def app(station):
    return create_app(station, every_page=True)


@pytest.fixture
def hung(station):
    """Hùng maintains."""
    return station.repos.people.add("hung", "Hùng", Role.ADMIN, PASSWORDS["hung"], station.clock.now())


@pytest.fixture
def key_of(station):
    """A key in somebody's name, with all that the role may have or with some acts; made past the desk's own rules."""
    from datetime import timedelta

    from scheduler.core.announcement.approval import may
    from scheduler.core.people.kept import ApiToken
    from scheduler.store.people.tokens import ApiTokens

    count = iter(range(1, 10_000))

    def make(person, acts=None, zones=(), days=30):
        if acts is None:
            acts = [act for act in SCOPES if may(person.role, "see" if act == "metrics" else act)]
        number, now = next(count), station.clock.now()
        secret = f"loa_key-number-{number}-of-{person.login}"
        token = ApiToken(
            0, f"khóa {number}", secret[:8], person.id, person.name, person.login, tuple(acts), tuple(zones), now,
            now + timedelta(days=days),
        )  # fmt: skip
        ApiTokens(station.repos.store).add(token, secret, person.id)
        return secret

    return make


@pytest.fixture
def program(app, key_of):
    def made(person, acts=None, zones=()):
        return Program(app.test_client(), key_of(person, acts, zones))

    return made


@pytest.fixture
def lans(program, lan):
    return program(lan)


@pytest.fixture
def minhs(program, minh):
    return program(minh)


@pytest.fixture
def hungs(program, hung):
    return program(hung)


@pytest.fixture
def code():
    """What Minh and Hùng say when an emergency asks who they are."""
    return {"minh": "mat-khau-cua-minh", "hung": "mat-khau-cua-hung"}
