"""Cụm loa: each box as it measured itself, orders by who may give them, sounds for boxes alone, silence without any."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import Slot
from scheduler.extras.boxes.keys import ClusterConfig, MqttConfig
from scheduler.extras.boxes.rules.messages import public_of, seal_message
from scheduler.extras.boxes.rules.state import PresenceWord
from scheduler.extras.boxes.service.boxes import ClusterService
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import Refused
from scheduler.services.station.checkup_links import links
from scheduler.station import Station
from tests.conftest import DAY
from web import create_app
from web.station.settings_care import PROCESSES

BOX, VENDOR = "860000000000001", "860000000000002"
KEY = "11" * 32


@pytest.fixture
def config(config):
    boxes = (
        ClusterConfig(id=BOX, name="Cụm <Đông>", zones=("all",)),
        ClusterConfig(id=VENDOR, name="Loa 4G", kind="vendor"),
    )
    mqtt = MqttConfig(url="mqtt://127.0.0.1:1", ward_id="25771", page_url="http://127.0.0.1:8080")
    return config.having(*boxes, mqtt)


@pytest.fixture
def tell(station, clock):
    """The box tells its state; any key changed."""
    count = iter(range(1, 1000))

    def state(**changes):
        told = {
            "cluster": BOX,
            "key": public_of(KEY),
            "at": clock.now().isoformat(),
            "boot": "b",
            "count": next(count),
            "every": 60.0,
            "outputs": [{"name": "loa", "kind": "soundcard", "state": "open", "level_dbfs": -14.3}],
            "disk_free_mb": 5120,
            "temperature_c": 48.7,
            "volume": 80,
            "clips": {"missing": 0},
        }
        link, cluster = station.services.get(ClusterService).link, station.config.all(ClusterConfig)[0]
        return link.state(cluster, seal_message(told | changes, KEY), clock.now(), retained=False)

    return state


@pytest.fixture
def kys(client_of, ky):
    return client_of(ky)


def row_of(page, name):
    return re.sub(r"<[^>]+>|\s+", " ", next(row for row in page.split("<tr") if name in row))


def test_a_box_that_nobody_has_heard_is_said_to_be_so(lans):
    assert "Chưa từng thấy" in row_of(lans.get("/cum-loa").text, "Cụm &lt;Đông&gt;")


def test_on_a_machine_without_the_air_the_link_rests_and_is_no_fault(lans, station):
    assert "Bộ nối với cụm loa không trả lời" in lans.get("/cum-loa").text

    def rests():
        raise Refused("pair_not_here")

    station.repos.store.fence = rests
    page = lans.get("/cum-loa").text
    assert "Máy này không giữ sóng nên bộ nối của nó nghỉ." in page
    assert "Bộ nối với cụm loa không trả lời" not in page
    found = [(one.good, one.reason) for one in links(station.services) if one.what == "Cụm loa"]
    assert found == [(True, "check_clusters_good")]


def test_a_box_shows_what_it_measured_and_nothing_else(lans, tell):
    tell()
    told = row_of(lans.get("/cum-loa").text, "Cụm &lt;Đông&gt;")
    for word in ("Sẵn sàng", "−14,3 dBFS", "5120", "48,7 °C", "80%"):
        assert word in told
    tell(temperature_c=None, outputs=None, disk_free_mb="viel", airing={"title": "<i>Tiêm chủng</i>"})
    told = row_of(lans.get("/cum-loa").text, "Cụm &lt;Đông&gt;")
    assert "°C" not in told
    assert "dBFS" not in told
    assert "ổ đĩa" not in told
    assert "Đang phát" in told
    assert "&lt;i&gt;Tiêm chủng" in told


def test_a_box_whose_last_will_came_is_red_and_counted_in_the_menu(lans, kys, tell, station, clock):
    tell()
    clock.advance(1)
    station.services.get(ClusterService).link.presence(BOX, PresenceWord.OFFLINE, clock.now())
    assert "Mất liên lạc" in row_of(lans.get("/cum-loa").text, "Cụm &lt;Đông&gt;")
    assert re.search(r"Cụm loa +1 ", re.sub(r"<[^>]+>|\s+", " ", kys.get("/cai-dat/dau-ra").text))


def test_a_box_that_says_nothing_for_long_is_late(lans, tell, clock):
    tell()
    clock.advance(151)
    assert "Chậm tin" in row_of(lans.get("/cum-loa").text, "Cụm &lt;Đông&gt;")


def test_another_machine_under_its_number_is_shown_and_not_believed(lans, tell, station, clock):
    tell()
    told = {"cluster": BOX, "key": public_of("22" * 32), "at": clock.now().isoformat(), "disk_free_mb": 1}
    link = station.services.get(ClusterService).link
    assert (
        link.state(station.config.all(ClusterConfig)[0], seal_message(told, "22" * 32), clock.now(), retained=False)
        is None
    )
    page = row_of(lans.get("/cum-loa").text, "Cụm &lt;Đông&gt;")
    assert "Một máy khác tự nhận là cụm loa này" in page
    assert "5120" in page


def test_a_technician_sets_volume_silence_and_test_and_each_is_an_order_with_a_name(kys, send, station, tell, ky):
    tell()
    for path, fields in (
        (f"/cum-loa/{BOX}/am-luong", {"am-luong": "60"}),
        (f"/cum-loa/{BOX}/tat-tieng", {"tat": "1"}),
        (f"/cum-loa/{BOX}/thu", {}),
        (f"/cum-loa/{BOX}/dung", {}),
    ):
        assert send(kys, path, **fields).status_code == 303
    orders = station.services.get(ClusterService).orders(BOX)
    assert [(row["kind"], json.loads(row["body_json"])) for row in reversed(orders)] == [
        ("volume", {"percent": 60}),
        ("mute", {"muted": True, "percent": 60}),
        ("test", {}),
        ("stop", {"slot_id": None}),
    ]
    assert {row["person_id"] for row in orders} == {ky.id}
    page = kys.get("/cum-loa").text
    assert "Mở tiếng" in page
    assert "Chưa trả lời" in page
    kinds = [row["kind"] for row in station.repos.store.rows("SELECT kind FROM audit ORDER BY seq")]
    assert [kind for kind in kinds if kind.startswith("cluster_")] == [
        "cluster_volume", "cluster_mute", "cluster_test", "cluster_stop",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["0", "101", "", "rất to", "1e9"])
def test_a_volume_that_is_none_is_refused_beside_its_box(kys, send, station, typed):
    answer = send(kys, f"/cum-loa/{BOX}/am-luong", **{"am-luong": typed})
    assert answer.status_code == 422
    assert "Âm lượng phải từ 1 đến 100" in answer.text
    assert station.services.get(ClusterService).orders(BOX) == []


def test_an_editor_may_stop_a_box_and_no_more(lans, send, station):
    assert send(lans, f"/cum-loa/{BOX}/am-luong", **{"am-luong": "50"}).status_code == 403
    assert send(lans, f"/cum-loa/{BOX}/thu").status_code == 403
    assert send(lans, f"/cum-loa/{BOX}/dung").status_code == 303
    assert "Đặt âm lượng" not in lans.get("/cum-loa").text


def test_a_box_that_nobody_has_is_not_found_and_a_vendors_has_no_test(kys, send):
    assert send(kys, "/cum-loa/999/thu").status_code == 404
    answer = send(kys, f"/cum-loa/{VENDOR}/thu")
    assert answer.status_code == 422
    assert "không có lệnh thử loa" in answer.text


def test_a_key_is_forgotten_by_who_may_and_the_next_box_is_believed(kys, send, station, tell):
    tell()
    assert "Quên khóa" in kys.get("/cum-loa").text
    assert send(kys, f"/cum-loa/{BOX}/quen-khoa").status_code == 303
    assert station.services.get(ClusterService).get(BOX).seen.public_key == ""


def buffered(answer):
    """The answer with its file read and closed."""
    assert answer.data
    answer.close()
    return answer


def planned(station, sha256, announcement_id, day=DAY):
    slot = Slot("m-1", day, "all", station.clock.now(), timedelta(seconds=3), None, announcement_id, sha256)
    station.repos.slots.add(slot, None, station.clock.now())
    return slot


def test_a_box_gets_the_sounds_of_the_plan_with_range_and_no_others(app, station, cast):
    stranger = app.test_client()
    other = cast.clip(2.0, pitch=700.0)
    announcement_id = cast.approved(3.0)
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    address = f"/cum-loa/am/{sha256}.wav"
    assert stranger.get(address).status_code == 404
    planned(station, sha256, announcement_id)
    whole = buffered(stranger.get(address))
    assert whole.data == station.repos.library.path(sha256).read_bytes()
    assert whole.headers["ETag"] == f'"{sha256}"'
    rest = buffered(stranger.get(address, headers={"Range": "bytes=1000-", "If-Range": f'"{sha256}"'}))
    assert (rest.status_code, rest.data) == (206, whole.data[1000:])
    assert stranger.get(f"/cum-loa/am/{other.sha256}.wav").status_code == 404
    assert stranger.get("/cum-loa/am/..%2f..%2floa.db.wav").status_code == 404
    assert stranger.get("/cum-loa/am/x.wav").status_code == 404


def test_what_boxes_say_of_a_slot_stands_beside_the_journals_own_row(lans, station, cast, clock, tell):
    tell()
    slot_id = station.services.air.play_now(cast.minh, cast.approved(3.0), chime=False)
    told = {
        "cluster": BOX,
        "key": public_of(KEY),
        "airings": [
            {"seq": 1, "slot_id": slot_id, "day": DAY.isoformat(), "played_ms": 60_000, "outcome": "played", "level_dbfs": -13.9},
            {"seq": 2, "slot_id": slot_id, "played_ms": "viel", "outcome": "<b>", "title": 7},
            "nonsense",
        ],
        "answers": [{"number": True}, 5],
    }  # fmt: skip
    link = station.services.get(ClusterService).link
    assert link.report(station.config.all(ClusterConfig)[0], seal_message(told, KEY), clock.now()).body["reported"] == 2
    playout = station.playout()
    playout.start()
    playout.run_stepped(clock, clock.now() + timedelta(seconds=20))
    playout.stop()
    seq = station.repos.store.value("SELECT seq FROM journal WHERE slot_id = ?", (slot_id,))
    page = re.sub(r"<[^>]+>|\s", "", lans.get(f"/nhat-ky/luot/{seq}").text)
    assert "CụmloatựbáoCụm&lt;Đông&gt;:Đãphát,60giây,−13,9dBFS" in page
    assert station.repos.journal.verify().whole


def test_without_boxes_there_is_no_tab_no_sound_and_a_word_on_the_page(station, config, clock):
    other = Station.open(replace(config, of_extras={}), clock)
    try:
        client = create_app(other).test_client()
        assert client.get(f"/cum-loa/am/{'a' * 64}.wav").status_code == 404
        assert not other.services.get(ClusterService).configured
        assert other.services.get(ClusterService).red_count() == 0
    finally:
        other.close()


def test_the_state_of_the_machine_tells_of_the_process_that_speaks_with_the_boxes(lans, station, clock):
    def told():
        return " ".join(re.sub(r"<[^>]+>", " ", lans.get("/cai-dat/tinh-trang").text).split())

    assert "Bộ nối với cụm loa Không trả lời" in told()
    station.repos.jobs.beat("clusters", 1, clock.now(), {"reason": ""})
    assert "Bộ nối với cụm loa Đang chạy" in told()


def test_every_process_that_a_station_may_have_has_its_word():
    assert set(PROCESSES) >= {"clusters", "hub", "link", "monitor", "pair", "province"}


def test_a_ward_tells_its_town_how_each_box_stands(station, tell):
    tell()
    health = station.services.get(TownService).up.health()
    told, silent = sorted(health["clusters"], key=lambda one: one["id"])
    assert {name: told[name] for name in ("id", "name", "look", "temperature_c", "volume", "disk_free_mb")} == {
        "id": BOX, "name": "Cụm <Đông>", "look": "quiet", "temperature_c": 48.7, "volume": 80, "disk_free_mb": 5120,
    }  # fmt: skip
    assert silent == {"id": VENDOR, "name": "Loa 4G", "look": "never"}
    assert health["clusters_by_look"] == {"quiet": 1, "never": 1}
