"""Ghép nối end to end: a real hub's page, a one-time code, the fingerprint that two people compare, and what then holds."""

import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import make_server

import web
from scheduler.core.model import Role
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.enrolment import CA_FILE, KEY_FILE, ask_to_join
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.enrolment import Welcome, fingerprint, key_fingerprint, read_welcome, welcome_body
from scheduler.extras.town.service.enrolment import TownPairing
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.work.process import broker_of
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.station import Station
from tests.extras.town.broker.servers import Certificates
from tests.ports import free_port

WARD = "26734"
GOOD = Welcome(
    WARD, "Phường Một", ("ven-song",), "tls://a.vn:4222,tls://b.vn:4222", "https://a.vn", "", "ab" * 32, "Thị xã"
)


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def config(config):
    """A ward without a town."""
    return config.having(TownConfig())


@contextmanager
def serving(station, port):
    server = make_server("127.0.0.1", port, web.create_app(station), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


class Hub:
    def __init__(self, station, url, boss):
        self.station, self.url, self.boss = station, url, boss
        self.services = station.services.get(HubService)

    def code(self, ward_id=WARD):
        return self.services.add_ward(self.boss, NewWard(ward_id, "Phường Một", ("ven-song",)))


@pytest.fixture
def hub(tmp_path, config, clock):
    port = free_port()
    folder = tmp_path / "hub"
    folder.mkdir()
    ca = Certificates.make(folder / "tls").ca
    told = HubConfig(
        url="nats://127.0.0.1:1",
        name="Thị xã Sông Cầu",
        ward_url="tls://hub.thixa.vn:4222",
        page_url=f"http://127.0.0.1:{port}",
        ca_file=str(ca),
        wards_conf="wards.conf",
    )
    station = Station.open(replace(config, folder=folder).having(told), clock)
    station.prepare()
    boss = station.repos.people.add("boss", "Chị Hà", Role.ADMIN, "mat-khau-cua-ha", clock.now())
    with serving(station, port):
        yield Hub(station, told.page_url, boss)
    station.close()


@pytest.fixture
def tuan(station):
    return station.repos.people.add("tuan", "Tuấn", Role.ADMIN, "mat-khau-cua-tuan", station.clock.now())


def test_a_code_a_comparison_and_the_ward_belongs_to_its_town(hub, station, tuan):
    pairing = station.services.get(TownPairing)
    welcome = pairing.ask(tuan, hub.url, hub.code())
    assert (welcome.ward, welcome.groups, welcome.issuer_name) == (WARD, ("ven-song",), "Thị xã Sông Cầu")
    assert not station.config.get(TownConfig).url, "nothing is believed before two people have compared it"
    assert station.services.get(TownService).pinned() == {}
    read_out = hub.services.fingerprint(WARD)
    pairing.accept(tuan, welcome, hub.url, read_out.lower().replace("-", " "), may_emergency=True)
    town = station.config.get(TownConfig)
    assert (town.url, town.ward_id, town.groups, town.hub_url) == (
        "tls://hub.thixa.vn:4222",
        WARD,
        ("ven-song",),
        hub.url,
    )
    (issuer,) = station.services.get(TownService).pinned().values()
    assert (issuer.key, issuer.name, issuer.may_emergency) == (welcome.issuer, "Thị xã Sông Cầu", True)
    broker = broker_of(station.config)
    assert broker.ca_file == station.config.data / CA_FILE
    assert broker.ca_file.read_text(encoding="ascii").startswith("-----BEGIN CERTIFICATE-----")
    assert broker.inbox_prefix == f"_INBOX_w{WARD}"
    public = keys.public_of((station.config.data / KEY_FILE).read_text(encoding="ascii").strip())
    (accounts,) = hub.station.written.folder.rglob("wards.conf")
    assert public in accounts.read_text(encoding="utf-8"), "the broker lets it in"


def test_another_fingerprint_changes_nothing(hub, station, tuan):
    welcome = station.services.get(TownPairing).ask(tuan, hub.url, hub.code())
    for told in ("", "0000-0000-0000-0000-0000", key_fingerprint(welcome.issuer)):
        with pytest.raises(Refused, match="link_not_confirmed"):
            station.services.get(TownPairing).accept(tuan, welcome, hub.url, told)
    assert station.services.get(TownService).pinned() == {}
    assert not station.config.get(TownConfig).url
    assert not (station.config.data / CA_FILE).exists()


def test_a_code_opens_once_and_a_wrong_one_never(hub, station, tuan):
    code = hub.code()
    with pytest.raises(Refused, match="link_code_wrong"):
        station.services.get(TownPairing).ask(tuan, hub.url, "NO-SUCH-CODE")
    station.services.get(TownPairing).ask(tuan, hub.url, f" {code} ")
    with pytest.raises(Refused, match="link_code_wrong"):
        station.services.get(TownPairing).ask(tuan, hub.url, code)


def test_guessing_codes_is_slowed_down(hub, station, tuan):
    reasons = set()
    for number in range(30):
        try:
            station.services.get(TownPairing).ask(tuan, hub.url, f"GUESS-{number}")
        except Refused as refused:
            reasons.add(refused.reason)
    assert reasons == {"link_code_wrong", "link_code_slow"}


def test_the_key_file_is_a_settings_and_what_the_file_says_stays(hub, station, tuan, config, clock):
    """config.toml wins where it speaks."""
    told = replace(config, written=config.written | {"town.url"}).having(
        replace(config.get(TownConfig), url="tls://other.vn:4222")
    )
    other = Station.open(told, clock)
    try:
        welcome = other.services.get(TownPairing).ask(tuan, hub.url, hub.code())
        other.services.get(TownPairing).accept(tuan, welcome, hub.url, fingerprint(welcome))
        assert (other.config.get(TownConfig).url, other.config.get(TownConfig).ward_id) == ("tls://other.vn:4222", WARD)
    finally:
        other.close()


def test_pairing_with_a_town_without_an_authority_forgets_the_one_before(station, tuan):
    told = station.config.data / CA_FILE
    told.parent.mkdir(exist_ok=True)
    told.write_text("-----BEGIN CERTIFICATE-----", encoding="ascii")
    station.services.get(TownPairing).accept(tuan, GOOD, "https://a.vn", fingerprint(GOOD))
    assert not told.exists()
    assert station.config.get(TownConfig).url == GOOD.broker


def test_who_may_not_configure_may_not_pair(station, lan):
    pairing = station.services.get(TownPairing)
    for act in (
        lambda: pairing.ask(lan, "http://127.0.0.1:1", "X"),
        lambda: pairing.accept(lan, GOOD, "", fingerprint(GOOD)),
        lambda: pairing.public_key(lan),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_the_password_is_asked_before_a_town_is_believed(station, tuan):
    def no():
        raise Refused("code_wrong")

    with pytest.raises(Refused, match="code_wrong"):
        station.services.get(TownPairing).accept(tuan, GOOD, "https://a.vn", fingerprint(GOOD), prove=no)
    assert not station.config.get(TownConfig).url


@pytest.mark.parametrize("url", ["", "ftp://x", "javascript:alert(1)", "http://a b", "line:"])
def test_an_address_that_is_none_is_said(url, tmp_path):
    with pytest.raises(Refused, match="link_web_address"):
        ask_to_join(url, "CODE", tmp_path)


def test_a_page_that_is_not_a_towns_is_said(station, tmp_path):
    port = free_port()
    with serving(station, port), pytest.raises(Refused, match=r"link_(code_wrong|web_not_json)"):
        ask_to_join(f"http://127.0.0.1:{port}", "CODE", tmp_path)


# The welcome itself


def test_a_welcome_goes_over_the_wire_as_it_is():
    assert read_welcome(welcome_body(GOOD)) == GOOD


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"v": 0}, "v"),
        ({"v": True}, "v"),
        ({"groups": "ven-song"}, "groups"),
        ({"groups": ["a.b"]}, "ward"),
        ({"ward": "26734.>"}, "ward"),
        ({"ward": ""}, "ward"),
        ({"broker": ""}, "broker"),
        ({"broker": "http://a.vn"}, "broker"),
        ({"broker": "tls://user:word@a.vn"}, "broker"),
        ({"broker": "tls://a.vn, tls://b.vn"}, "broker"),
        ({"page": "ftp://a.vn"}, "page"),
        ({"issuer": "AB" * 32}, "issuer"),
        ({"issuer": None}, "issuer"),
        ({"ca": "no certificate"}, "ca"),
        ({"ca": "-----BEGIN CERTIFICATE-----" + "x" * 50_000}, "ca"),
        ({"name": 3}, "name"),
    ],
)
def test_a_welcome_with_a_wrong_part_is_refused_and_names_it(change, key):
    with pytest.raises(Refused, match="link_welcome_bad") as told:
        read_welcome(welcome_body(GOOD) | change)
    assert told.value.details["key"] == key


def test_a_newer_welcome_is_a_reason_to_upgrade():
    with pytest.raises(Refused, match="link_welcome_newer"):
        read_welcome(welcome_body(GOOD) | {"v": 2})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_answer_makes_the_reader_stumble(told):
    with pytest.raises(Refused):
        read_welcome(told)


@given(st.sampled_from(["ward", "name", "broker", "page", "ca", "issuer", "issuer_name"]), st.text(min_size=1))
def test_whatever_is_changed_on_the_way_changes_the_fingerprint(field, text):
    changed = replace(GOOD, **{field: getattr(GOOD, field) + text})
    assert fingerprint(changed) != fingerprint(GOOD)
