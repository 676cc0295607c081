"""Browsers of the cast: real sessions, real forms, against the application of a station on a stepped clock."""

import re
import secrets

import pytest

from scheduler.core.model import Priority, Role
from scheduler.store.announcement.hearings import Hearings
from tests.web.proving import number  # noqa: F401 - a fixture
from web import create_app
from web.auth import COOKIE, DEVICE_COOKIE

SOUNDCARD = {"name": "Loa", "kind": "soundcard", "state": "open", "message": "", "device": "hw:1"}
PASSWORDS = {login: f"mat-khau-cua-{login}" for login in ("lan", "minh", "hung", "ky", "bac-tu", "khach")}


@pytest.fixture
def app(station):
    return create_app(station, every_page=True)


@pytest.fixture
def hung(station):
    """Hùng maintains."""
    return station.repos.people.add("hung", "Hùng", Role.ADMIN, PASSWORDS["hung"], station.clock.now())


@pytest.fixture
def ky(station):
    """Kỷ looks after the machines."""
    return station.repos.people.add("ky", "Kỷ", Role.TECHNICIAN, PASSWORDS["ky"], station.clock.now())


@pytest.fixture
def tu(station):
    """Bác Tư writes for khu phố 3."""
    add = station.repos.people.add
    return add("bac-tu", "Bác Tư", Role.CONTRIBUTOR, PASSWORDS["bac-tu"], station.clock.now(), ("khu-pho-3",))


@pytest.fixture
def guest(station):
    """Somebody who only looks."""
    return station.repos.people.add("khach", "Khách", Role.GUEST, PASSWORDS["khach"], station.clock.now())


@pytest.fixture
def client_of(app):
    """A signed-in browser of a person: with the cookies of a sign-in whose form nobody had to draw."""

    def sign_in(person):
        client, services = app.test_client(), app.extensions["station"].services
        agent = client.environ_base["HTTP_USER_AGENT"]
        told = services.people.sign_in(person.login, PASSWORDS[person.login], "127.0.0.1", agent=agent)
        client.set_cookie(COOKIE, told.token)
        client.set_cookie(DEVICE_COOKIE, told.device)
        return client

    return sign_in


@pytest.fixture
def through_the_form(app):
    """A browser of a person, signed in as a person does it."""

    def sign_in(person):
        client = app.test_client()
        token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)
        assert token
        fields = {"login": person.login, "password": PASSWORDS[person.login], "form_token": token[1], "toi": ""}
        answer = client.post("/dang-nhap", data=fields)
        assert answer.status_code == 303, answer.text
        return client

    return sign_in


def hears(station, person, sha256):
    """Let somebody have heard a sound to its end on the page."""
    rows, now = Hearings(station.repos.store), station.repos.clock.now()
    rows.end(rows.begin(person.id, sha256, now), now)


@pytest.fixture
def send():
    """Post a form as a drawn page would: with the session's token and a fresh act key.

    `heard="yes"`: whoever sends it has heard its sound to the end before.
    """

    def post(client, path, *, act=None, csrf=None, **fields):
        station, cookie = client.application.extensions["station"], client.get_cookie(COOKIE)
        session = station.repos.people.session(cookie.value, station.repos.clock.now()) if cookie else None
        if csrf is None:
            csrf = session[1] if session else ""
        if session and fields.get("heard") == "yes" and fields.get("sha256"):
            hears(station, session[0], fields["sha256"])
        data = {"csrf": csrf, "act": act or secrets.token_urlsafe(16)} | fields
        return client.post(path, data=data, content_type=fields.pop("content_type", None))

    return post


@pytest.fixture
def lans(client_of, lan):
    return client_of(lan)


@pytest.fixture
def minhs(client_of, minh):
    return client_of(minh)


@pytest.fixture
def hungs(client_of, hung):
    return client_of(hung)


@pytest.fixture
def template(cast):
    """An approved emergency announcement; called again, another one."""

    def approved(title="Sơ tán khu phố 3", text="Khẩn cấp. Bà con khu phố 3 sơ tán ngay.", pitch=660.0):
        services = cast.station.services.announcements
        clip = cast.clip(2.0, title, pitch)
        announcement_id = services.write(cast.lan, title, text, Priority.EMERGENCY)
        services.use_recording(cast.lan, announcement_id, clip.sha256)
        services.heard(cast.lan, announcement_id, clip.sha256)
        services.submit(cast.lan, announcement_id)
        services.approve(cast.minh, announcement_id, clip.sha256, heard=True)
        return announcement_id

    return approved


@pytest.fixture
def beat(station, clock):
    """Playout's word, as it stands in its row; `more` is whatever else it reports."""

    def write(airing=None, outputs=(SOUNDCARD,), *, clock_trusted=True, **more):
        state = {"airings": [airing] if airing else [], "outputs": list(outputs), "clock_trusted": clock_trusted} | more
        station.repos.jobs.beat("playout", 1, clock.now(), state)

    return write


def stops(station):
    """The stops that were ordered and nobody has taken yet."""
    return [one for one in station.repos.red.placed() if one.order["kind"] == "stop"]
