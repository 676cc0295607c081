"""The API keeps to its document: the document is valid, and no request that can be thought of finds a fault.

schemathesis makes requests from the document, right ones and wrong ones, against the application itself. What it may
find: a 500, a status or a type that the document does not name, an answer that is not as the document says, a wrong
request that is let through, an operation that opens without a key.
"""

import json
from datetime import timedelta

import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from scheduler.config.loading import Config, OutputConfig, PlanningConfig, SpeechConfig, StationConfig
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Campaign, Role
from scheduler.core.people.kept import ApiToken
from scheduler.core.planning.rules import parse_window
from scheduler.features import FEATURES
from scheduler.kernel.clock import SteppedClock
from scheduler.operations import air, house
from scheduler.operations.subjects import operations_of
from scheduler.services.people.tokens import SCOPES
from scheduler.station import Station
from scheduler.store.people.tokens import ApiTokens
from tests.conftest import DAY, MORNING
from tests.examples import examples
from web import create_app
from web.api.door import Rates

OPERATIONS = operations_of(FEATURES)
SECRET = "loa_key-of-the-contract-test"
CHECKS = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.ignored_auth,
)
EXAMPLES = examples(6, few=3)
"""Requests of each operation, right and wrong ones apart: some hundreds in all, the same every time."""
SLOW = {"dispatches.take_in", "emergency.drill"}
"""Each starts a process or a voice."""


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contract")
    config = Config(
        folder=folder,
        station=StationConfig(data="data"),
        planning=PlanningConfig(days_ahead=2),
        speech=SpeechConfig(engines=("espeak",)),
        outputs=(OutputConfig(name="wav", kind="wavfile", counts=True),),
    )
    opened = Station.open(config, SteppedClock(MORNING))
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(station):
    """A station with something of everything, and a key that may everything in an administrator's name."""
    people, now, services = station.repos.people, station.clock.now(), station.services
    lan = people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
    hung = people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", now)
    sound = (np.sin(np.arange(96_000) / 17) * 8000).astype(np.int16)
    made = station.repos.library.add_master(sound)
    clip = StoredClip(made.sha256, "bản ghi", "upload", made.frames, now, lan.id, lufs=made.lufs)
    station.repos.programme.add_clip(clip)
    announcement_id = services.announcements.record(lan, "Tiêm chủng", clip.sha256)
    services.announcements.heard(lan, announcement_id, clip.sha256)
    services.announcements.submit(lan, announcement_id)
    services.announcements.approve(hung, announcement_id, clip.sha256, heard=True)
    campaign = Campaign(0, "Đợt", announcement_id, (parse_window("06:00-07:00"),), 2, DAY, DAY)
    services.campaigns.start(lan, services.campaigns.save(lan, campaign))
    key = ApiToken(0, "thử", SECRET[:8], hung.id, "Hùng", "hung", SCOPES, (), now, now + timedelta(days=9))
    ApiTokens(station.repos.store).add(key, SECRET, hung.id)
    made_app = create_app(station, every_page=True)
    made_app.extensions["api_rates"] = Rates(10**9)
    made_app.add_url_rule("/near.json", "near", lambda: near(made_app, clip.sha256))
    return made_app


def near(app, sha256):
    """The document with numbers and hashes of things that are there: so that right requests also find something."""
    text = app.test_client().get("/api/v1/openapi.json").get_json()

    def narrowed(part):
        if isinstance(part, list):
            return [narrowed(one) for one in part]
        if not isinstance(part, dict):
            return part
        if part.get("minimum") == 1 and part.get("maximum") == 2**53 - 1:
            return part | {"maximum": 2}
        if part.get("pattern") == "^[0-9a-f]{64}$":
            return part | {"enum": [sha256]}
        if part.get("format") == "date":
            return part | {"enum": ["2026-12-02", "2026-12-03"]}
        return {name: narrowed(one) for name, one in part.items()}

    for path in text["paths"].values():
        for operation in path.values():
            operation["parameters"] = narrowed(operation["parameters"])
    shapes = text["components"]["schemas"]
    text["components"]["schemas"] = {
        name: narrowed(shape) if shape.get("additionalProperties") is False else shape for name, shape in shapes.items()
    }
    return text


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/api/v1/openapi.json").get_json()


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(air, "STREAM_FOR", 0.0)


@pytest.fixture(scope="module")
def api(app):
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.fixture(scope="module")
def nearby(app):
    return schemathesis.openapi.from_wsgi("/near.json", app)


def test_the_document_is_valid_openapi(document):
    import openapi_spec_validator  # takes as long as fifty tests are read: not in every worker

    openapi_spec_validator.validate(document)
    assert document["openapi"] == "3.1.0"


def test_the_document_names_every_operation_with_its_right_and_its_refusals(document):
    told = {
        one["operationId"]: (method.upper(), path, one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    }
    assert set(told) == {one.name for one in OPERATIONS}
    for one in OPERATIONS:
        method, path, written = told[one.name]
        assert (method, path) == (one.method, one.path)
        assert f"`{one.may}`" in written["description"]
        assert {"401", "403", "422", "429", "500"} <= set(written["responses"])
        assert str(one.status) in written["responses"]


def test_every_shape_the_document_defines_is_used(document):
    text = json.dumps(document)
    unused = [name for name in document["components"]["schemas"] if f'"#/components/schemas/{name}"' not in text]
    assert unused == []


# schemathesis leaves the answers of its own requests unclosed, files among them
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_no_request_finds_a_fault(one, mode, api, nearby, quick):
    if one.name in SLOW:
        pytest.skip("each request starts a process or a voice; their own tests ask them")
    operation = (nearby if mode is GenerationMode.POSITIVE else api)[one.path][one.method]

    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {SECRET}"}, checks=CHECKS)

    try:
        ask()
    except Unsatisfiable:  # nothing wrong can be sent where nothing is taken
        assert mode is GenerationMode.NEGATIVE


PLANTED = {
    "an answer that is not as the document says": lambda: {"status": "rosy", "checks": [], "version": "0"},
    "a fault": lambda: 1 / 0,
}


@pytest.mark.parametrize("fault", PLANTED)
def test_the_hunt_sees_a_planted_fault(fault, api, monkeypatch):
    """A hunt that finds nothing must be one that could have found something."""
    monkeypatch.setattr(house, "health_to_dict", lambda *_, **__: PLANTED[fault]())
    case = api["/health"]["GET"].Case()
    with pytest.raises(FailureGroup):
        case.call_and_validate(headers={"Authorization": f"Bearer {SECRET}"}, checks=CHECKS)
