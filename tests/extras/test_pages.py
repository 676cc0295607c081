"""The application of a running page: extras come and go with a switch, and whatever is off is said to be off."""

import re
import secrets

import pytest

from scheduler.features import FEATURES
from scheduler.operations.subjects import subjects_of
from tests.web.conftest import PASSWORDS, app, hung  # noqa: F401 - fixtures
from web.auth import COOKIE
from web.pages import ServedPages

SWITCHED = [feature for feature in FEATURES if feature.switch]
BY_FILE = [feature for feature in FEATURES if feature.addresses and not feature.switch]
SWITCH = "/cai-dat/phan-mo-rong"


@pytest.fixture
def pages(station):
    return ServedPages(station)


@pytest.fixture
def open_as(pages, station):
    """What a person's browser is told, by whichever application answers now."""

    def opened(person, path, **fields):
        browser = pages.app.test_client()
        signed = station.services.people.sign_in(person.login, PASSWORDS[person.login], "127.0.0.1", agent="")
        browser.set_cookie(COOKIE, signed.token)
        if not fields:
            return browser.get(path)
        csrf = station.repos.people.session(signed.token, station.clock.now())[1]
        return browser.post(path, data={"csrf": csrf, "act": secrets.token_urlsafe(16)} | fields)

    return opened


def blueprints(pages):
    return set(pages.app.blueprints)


def subjects(pages):
    """Of the operations that programs are offered."""
    return {one["name"] for one in pages.app.test_client().get("/api/v1/openapi.json").get_json()["tags"]}


@pytest.mark.parametrize("feature", SWITCHED, ids=lambda one: one.name)
def test_turned_on_its_pages_are_there_at_once_and_gone_when_turned_off(feature, pages, open_as, hung):  # noqa: F811
    before = blueprints(pages)
    assert open_as(hung, feature.addresses[-1]).status_code == 404
    assert open_as(hung, SWITCH, phan=feature.name, bat="1").status_code == 303
    gained = blueprints(pages) - before
    assert len(gained) == len(feature.pages)
    for tab in feature.tabs:
        assert tab.endpoint in pages.app.view_functions
    assert subjects(pages) == {one.name for one in subjects_of([feature])}
    page = open_as(hung, SWITCH)
    assert f"Tắt {feature.switch.word}" in page.text
    assert f"Mở trang {feature.switch.word}" in page.text
    assert open_as(hung, SWITCH, phan=feature.name, bat="0").status_code == 303
    assert blueprints(pages) == before
    assert subjects(pages) == {one.name for one in subjects_of([])}


@pytest.mark.parametrize("feature", SWITCHED, ids=lambda one: one.name)
def test_an_address_of_what_is_off_says_where_it_is_turned_on(feature, open_as, lan):
    for address in feature.addresses:
        answer = open_as(lan, f"{address}/x")
        assert answer.status_code == 404
        assert f"Phần mở rộng “{feature.switch.word}” đang tắt" in answer.text


@pytest.mark.parametrize("feature", BY_FILE, ids=lambda one: one.name)
def test_what_only_the_file_turns_on_says_so(feature, open_as, lan, hung):  # noqa: F811
    assert "bật nó trong config.toml" in open_as(lan, feature.addresses[0]).text
    assert open_as(hung, SWITCH, phan=feature.name, bat="1").status_code == 404


def test_a_stranger_is_not_told_which_extras_there_are(pages):
    for feature in SWITCHED:
        answer = pages.app.test_client().get(feature.addresses[0])
        assert answer.status_code == 404
        assert "Phần mở rộng" not in answer.text


def test_only_who_configures_turns_one_on(pages, open_as, lan):
    before = blueprints(pages)
    assert open_as(lan, SWITCH, phan=SWITCHED[0].name, bat="1").status_code == 403
    assert blueprints(pages) == before


def test_board_streams_and_accounts_go_over(pages, open_as, hung):  # noqa: F811
    before = {name: pages.app.extensions[name] for name in ("board", "streams", "pace", "api_rates")}
    first = pages.app
    open_as(hung, SWITCH, phan=SWITCHED[0].name, bat="1")
    assert pages.app is not first
    assert all(pages.app.extensions[name] is one for name, one in before.items())
    assert pages.app.secret_key == first.secret_key


def test_a_look_that_finds_nothing_new_builds_nothing(pages):
    first = pages.app
    pages.look()
    assert pages.app is first


def test_addresses_of_the_record_are_those_of_the_pages(app):  # noqa: F811
    """Each page of an extra lies below an address its record names, and none of the core's does."""
    named = {address: feature for feature in FEATURES for address in feature.addresses}
    for feature in FEATURES:
        assert bool(feature.pages) == bool(feature.addresses), feature.name
    core = set(ServedPages(app.extensions["station"]).app.view_functions)
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "x", rule.rule)
        owned = [one for one in named if path == one or path.startswith((f"{one}/", f"{one}."))]
        if rule.endpoint in core:
            assert owned == [], rule
        elif not rule.endpoint.startswith("api."):
            assert owned, rule
