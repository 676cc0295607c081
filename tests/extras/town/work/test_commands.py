"""`loa link …`: how the link stands, the ward's key, and pairing with a question in between."""

import json

import pytest

from scheduler.config.loading import load
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.enrolment import Welcome, fingerprint
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from tests.commands import loa_of

GOOD = Welcome("26734", "Phường Một", ("ven-song",), "tls://a.vn:4222", "https://a.vn", "", "ab" * 32, "Thị xã")


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "config.toml"
    made.write_text('[speech]\nengines = ["espeak"]\n[quiet_hours]\nwindows = []\n', encoding="utf-8")
    return made


@pytest.fixture
def loa(path, monkeypatch, capsys):
    run = loa_of(path, monkeypatch, capsys)

    def answered(*words, answer=None):
        monkeypatch.setattr("click.confirm", lambda *_, **__: answer)
        return run(*words)

    return answered


@pytest.fixture
def welcome(monkeypatch):
    """The town answers every code with this."""
    asked = []

    def ask(hub_url, code, data, *, ca_file=None):
        keys.load_or_make(data / KEY_FILE)
        asked.append((hub_url, code))
        if code == "WRONG":
            raise Refused("link_code_wrong")
        return GOOD

    monkeypatch.setattr("scheduler.extras.town.service.enrolment.ask_to_join", ask)
    return asked


def settings_of(path):
    station = Station.open(load(path))
    try:
        return station.config.get(TownConfig), dict(station.services.get(TownService).pinned())
    finally:
        station.close()


def test_a_ward_without_a_town_says_how_to_get_one(loa):
    code, out, _ = loa("link", "status")
    assert (code, "chưa nối với thị xã" in out) == (0, True)
    code, out, _ = loa("link", "status", "--json")
    told = json.loads(out)
    assert (told["configured"], told["reason"], told["issuers"]) == (False, "link_off", [])


def test_the_key_is_made_once_and_told(loa, path):
    code, out, _ = loa("link", "key")
    assert (code, keys.is_public(out.strip())) == (0, True)
    assert loa("link", "key")[1] == out


def test_pairing_shows_the_fingerprint_and_takes_a_yes(loa, path, welcome):
    code, out, _ = loa("link", "pair", "K7-Q2", "--hub", "https://a.vn", "--emergency", answer=True)
    assert code == 0
    assert fingerprint(GOOD) in out
    town, pinned = settings_of(path)
    assert (town.url, town.ward_id, town.groups, town.hub_url) == (GOOD.broker, "26734", ("ven-song",), "https://a.vn")
    assert pinned[GOOD.issuer].may_emergency
    assert welcome == [("https://a.vn", "K7-Q2")]
    _, out, _ = loa("link", "status")
    assert "26734" in out
    assert "Thị xã" in out


def test_a_no_changes_nothing(loa, path, welcome):
    code, _, err = loa("link", "pair", "K7-Q2", "--hub", "https://a.vn", answer=False)
    assert (code, "Chưa so mã khớp" in err) == (1, True)
    town, pinned = settings_of(path)
    assert (town.url, pinned) == ("", {})


def test_a_fingerprint_on_the_command_line_is_compared_and_not_asked_for(loa, path, welcome):
    words = ("link", "pair", "K7-Q2", "--hub", "https://a.vn", "--fingerprint")
    code, _, err = loa(*words, "AAAA-BBBB")
    assert (code, "Chưa so mã khớp" in err) == (1, True)
    assert loa(*words, fingerprint(GOOD))[0] == 0
    assert settings_of(path)[0].url == GOOD.broker


def test_a_wrong_code_is_one_sentence(loa, welcome):
    code, out, err = loa("link", "pair", "WRONG", "--hub", "https://a.vn", answer=True)
    assert (code, out) == (1, "")
    assert "Mã ghép nối không đúng" in err


def test_running_the_link_of_a_ward_without_a_town_is_refused(loa):
    code, _, err = loa("link", "run")
    assert (code, "chưa nối với thị xã" in err) == (1, True)


def test_what_config_toml_says_is_left_and_said(loa, path, welcome):
    with path.open("a", encoding="utf-8") as file:
        file.write('[town]\nurl = "tls://other.vn:4222"\n')
    code, out, _ = loa("link", "pair", "K7-Q2", "--hub", "https://a.vn", "--fingerprint", fingerprint(GOOD))
    assert (code, "config.toml" in out) == (0, True)
    assert settings_of(path)[0].url == "tls://other.vn:4222"
