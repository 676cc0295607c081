"""Hai máy on the page: readable on the machine without the air, which says where to go and changes nothing."""

import json
import re
from dataclasses import replace

import pytest

from scheduler.core.model import Role
from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.failover.rules.election import Seat
from scheduler.extras.failover.service import FailoverService
from scheduler.kernel.air_fence import Air, AirFence, FenceState, folder_of
from scheduler.kernel.clock import since_boot
from scheduler.station import Station
from web import create_app

PAGE = "http://192.0.2.1:8600"
BEAT = {
    "machine": "may-2",
    "peer": "may-1",
    "seat": Seat.FOLLOWS,
    "ready": False,
    "term": 4,
    "alone": False,
    "current": True,
    "broker": "",
    "other": "",
    "other_seat": Seat.HOLDS,
    "other_page": PAGE,
    "clock_off": 0,
    "behind_seconds": 0.4,
    "reason": "",
    "details": {},
    "files_missing": 0,
    "share": 1.0,
}


@pytest.fixture
def config(config):
    return config.having(PairConfig(machine="may-2", peer="may-1", url="nats://127.0.0.1:1", peer_url="http://x"))


@pytest.fixture
def station(config, clock):
    folder_of(config.data).mkdir(parents=True)
    AirFence(folder_of(config.data)).write(Air(since_boot() + 1000, FenceState.HOLDS, 3))
    opened = Station.open(config, clock)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def follows(station, minh, lan):
    """The same machine a moment later: the other one has the air."""
    AirFence(folder_of(station.written.data)).write(Air(phase=FenceState.FOLLOWS, term=4, page=PAGE))

    def beat(**changes):
        station.repos.jobs.beat("pair", 1, station.clock.now(), BEAT | changes)

    beat()
    return beat


def form(client):
    page = client.get("/cai-dat/hai-may").text
    return {"csrf": re.search(r'name="csrf" value="([^"]+)"', page)[1]}


def request_of(station):
    path = folder_of(station.written.data) / "request.json"
    return json.loads(path.read_text()) if path.exists() else None


def test_every_page_of_the_machine_without_the_air_says_so_and_where_to_go(follows, client_of, minh):
    client = client_of(minh)
    for path in ("/truc-tiep", "/ban-tin", "/lich", "/nhat-ky", "/khan-cap", "/cai-dat"):
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        assert "Máy này chỉ để xem" in answer.text
        assert PAGE in answer.text


def test_what_is_changed_there_is_refused_with_the_others_address_and_nothing_is_kept(
    follows, station, client_of, minh, app
):
    client = client_of(minh)
    page = client.get("/ban-tin/soan").text
    fields = dict(re.findall(r'name="(csrf|act)" value="([^"]+)"', page))
    answer = client.post("/dung", data=fields)
    assert answer.status_code == 422
    assert "máy kia đang giữ sóng" in answer.text
    assert PAGE in answer.text
    assert station.repos.store.value("SELECT count(*) FROM command") == 0
    assert station.repos.store.value("SELECT count(*) FROM audit WHERE kind = 'sign_in'") == 0


def test_who_has_signed_in_there_signs_out_there(follows, client_of, minh):
    client = client_of(minh)
    answer = client.post("/thoat", data={"csrf": form(client)["csrf"]})
    assert answer.status_code == 303
    assert client.get("/truc-tiep").status_code == 303


def test_a_leader_takes_the_air_with_a_code_and_nobody_without_one(follows, station, client_of, minh):
    client = client_of(minh)
    fields = form(client)
    answer = client.post("/cai-dat/hai-may/nhan-song", data=fields | {"code": "sai-mat-khau"})
    assert answer.status_code == 422
    assert request_of(station) is None
    answer = client.post("/cai-dat/hai-may/nhan-song", data=fields | {"code": "mat-khau-cua-minh"})
    assert answer.status_code == 303
    assert request_of(station) == {"act": "take", "who": "Minh (minh)"}


def test_nobody_airs_alone_while_the_other_machine_is_heard(follows, station, client_of, minh):
    client = client_of(minh)
    fields = form(client) | {"code": "mat-khau-cua-minh", "off": "yes"}
    station.repos.store.fence = None
    station.services.get(FailoverService)  # it reads the beat
    answer = client.post("/cai-dat/hai-may/mot-minh", data=fields)
    assert answer.status_code == 422
    assert "không thể phát một mình" in answer.text
    assert request_of(station) is None


def test_airing_alone_wants_to_be_told_that_the_other_is_off(follows, station, client_of, minh):
    follows(other="pair_unreachable", other_seat="", broker="pair_broker_away")
    with station.repos.store.write(own=True) as db:
        db.conn.execute("INSERT INTO pair_state VALUES ('term', '4')")
    client = client_of(minh)
    page = client.get("/truc-tiep").text
    assert "MÁY NÀY KHÔNG GIỮ SÓNG" in page
    fields = form(client) | {"code": "mat-khau-cua-minh"}
    assert client.post("/cai-dat/hai-may/mot-minh", data=fields).status_code == 422
    assert request_of(station) is None
    assert client.post("/cai-dat/hai-may/mot-minh", data=fields | {"off": "yes"}).status_code == 303
    assert request_of(station) == {"act": "alone", "who": "Minh (minh)"}


def test_an_editor_sees_how_it_stands_and_is_offered_nothing(follows, station, client_of, lan):
    page = client_of(lan).get("/cai-dat/hai-may").text
    assert "Đang giữ sóng" in page
    assert "Phát một mình" not in page
    assert "Nhận sóng về máy này" not in page


def test_what_is_wrong_is_told_in_sentences(follows, station, client_of, minh):
    follows(clock_off=7200, reason="disk_full", current=False)
    page = client_of(minh).get("/cai-dat/hai-may/tinh-hinh").text
    assert "Đồng hồ hai máy lệch nhau khoảng 120 phút" in page
    assert "đầy" in page
    assert "cũ hơn dữ liệu của máy kia" in page


def test_a_pair_process_that_is_silent_is_told_as_such(follows, station, client_of, minh):
    station.clock.advance(60.0)
    client = client_of(minh)
    assert "Bộ giữ sóng của máy này không trả lời" in client.get("/truc-tiep").text
    assert client.get("/cai-dat/hai-may").status_code == 200


def test_health_of_a_machine_that_follows_asks_nothing_of_processes_that_rest(follows, station, client_of, minh):
    from scheduler.operations.health import process_names

    assert process_names(station) == ("playout", "web", "pair")


def test_a_station_that_stands_alone_has_no_such_tab_and_no_such_note(clock, config, tmp_path):
    single = Station.open(replace(config, folder=tmp_path / "single").having(PairConfig()), clock)
    single.prepare()
    people = single.repos.people
    people.add("ha", "Hà", Role.ADMIN, "mat-khau-cua-ha", clock.now())
    client = create_app(single).test_client()
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)[1]
    client.post("/dang-nhap", data={"login": "ha", "password": "mat-khau-cua-ha", "form_token": token, "toi": ""})
    page = client.get("/cai-dat").text
    assert "Hai máy" not in page
    assert client.get("/cai-dat/hai-may").status_code == 404, "off: its pages are not there"
    single.close()
