"""Bản tin nguồn: what waits, who may decide what, what the page says of the link, and that it is silent without one."""

import re

import pytest

from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.kernel.errors import Refused

TEXT = "Sáng thứ bảy, trạm y tế phường tiêm chủng cho trẻ em."


@pytest.fixture
def config(config):
    told = ProvinceConfig(url="https://nguon.example", username="phuong", password_file="mat-khau")
    return config.having(told)


@pytest.fixture
def received(station, clock):
    """A bulletin that has come; any key changed."""

    def take(**changes):
        told = {
            "BanTinID": "1",
            "MucDoUuTien": "3",
            "TieuDe": "Tiêm chủng <b>",
            "NoiDung": TEXT,
            "NguonID": "H24",
            "TenNguon": "Tỉnh & huyện",
            "ThoiGianSanXuat": int(clock.now().timestamp()),
        }
        row = station.services.get(ProvinceService).receive(told | changes)
        worker = station.worker()
        while worker.work_once():
            pass
        return station.services.get(ProvinceService).inbox.get(row.id)

    return take


def test_nothing_waiting_is_said(lans):
    assert "Không có bản tin nguồn nào chờ quyết định." in lans.get("/ban-tin-nguon").text


def test_a_waiting_bulletin_shows_its_words_its_sound_its_issuer_and_is_counted(lans, received, station):
    row = received()
    page = lans.get("/ban-tin-nguon").text
    assert "Tiêm chủng &lt;b&gt;" in page
    assert "Tỉnh &amp; huyện" in page
    assert TEXT in page
    assert station.services.get(ProvinceService).inbox.sound(row).sha256 in page
    menu = re.sub(r"<[^>]+>|\s+", " ", lans.get("/dot").text)
    assert re.search(r"Bản tin nguồn +1 ", menu)


def test_doubts_stand_beside_it_in_words(lans, received):
    received(CheDoPhat=2)
    assert "Lịch phát kèm theo (CheDoPhat=2) chưa rõ nghĩa" in lans.get("/ban-tin-nguon").text


def test_an_editor_puts_it_into_the_next_session_and_the_leader_finds_it(lans, minhs, received, station, send):
    row = received()
    assert "Phát ngay" not in lans.get("/ban-tin-nguon").text
    answer = send(lans, f"/ban-tin-nguon/{row.id}/dua-vao")
    assert (answer.status_code, answer.location) == (303, "/ban-tin-nguon?xong=nhan-nguon")
    assert "Đã nhận bản tin" in lans.get(answer.location).text
    station.services.get(ProvinceService).adapter.tend_all()
    assert "Tiêm chủng" in minhs.get("/duyet").text


def test_phat_ngay_needs_to_have_been_heard(minhs, received, station, send):
    row = received()
    sha256 = station.services.get(ProvinceService).inbox.sound(row).sha256
    answer = send(minhs, f"/ban-tin-nguon/{row.id}/phat-ngay", sha256=sha256)
    assert answer.status_code == 422
    assert "nghe" in answer.text
    answer = send(minhs, f"/ban-tin-nguon/{row.id}/phat-ngay", sha256=sha256, heard="yes")
    assert (answer.status_code, answer.location) == (303, "/ban-tin-nguon?xong=phat-nguon")
    assert station.services.get(ProvinceService).inbox.get(row.id).state == "aired"


def test_an_editor_may_not_air(lans, received, station, send):
    row = received()
    sha256 = station.services.get(ProvinceService).inbox.sound(row).sha256
    assert send(lans, f"/ban-tin-nguon/{row.id}/phat-ngay", sha256=sha256, heard="yes").status_code == 403
    assert station.services.get(ProvinceService).inbox.get(row.id).state == "waiting"


def test_a_waiting_emergency_is_told_on_every_page_and_aired_by_the_leader(lans, minhs, received, station, send):
    row = received(MucDoUuTien="1", TieuDe="Xả lũ")
    assert "Bản tin nguồn khẩn cấp đang chờ quyết định." in lans.get("/cong-van").text
    answer = send(minhs, f"/ban-tin-nguon/{row.id}/phat-ngay", code="mat-khau-cua-minh")
    assert answer.status_code == 303
    slot_id = station.services.get(ProvinceService).inbox.get(row.id).slot_id
    assert station.repos.slots.facts(slot_id).slot.trigger.value == "emergency"
    assert "Bản tin nguồn khẩn cấp" not in lans.get("/cong-van").text


def test_the_same_form_sent_twice_airs_once(minhs, received, station, send):
    row = received(MucDoUuTien="1")
    for _ in range(2):
        assert send(minhs, f"/ban-tin-nguon/{row.id}/phat-ngay", act="một", code="mat-khau-cua-minh").status_code == 303
    assert station.repos.store.value("SELECT count(*) FROM slot") == 1


def test_bo_qua_wants_a_reason_and_keeps_it(lans, received, station, send):
    row = received()
    answer = send(lans, f"/ban-tin-nguon/{row.id}/bo-qua", reason=" ")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    answer = send(lans, f"/ban-tin-nguon/{row.id}/bo-qua", reason="đã phát rồi")
    assert answer.status_code == 303
    page = lans.get("/ban-tin-nguon").text
    assert "Đã bỏ qua: đã phát rồi" in page
    assert "Lan" in page


def test_what_is_decided_cannot_be_decided_again(lans, received, send):
    row = received()
    send(lans, f"/ban-tin-nguon/{row.id}/bo-qua", reason="nhầm")
    answer = send(lans, f"/ban-tin-nguon/{row.id}/dua-vao")
    assert answer.status_code == 422
    assert "đã được quyết định" in answer.text


def test_a_bulletin_that_is_not_there(lans, send):
    assert send(lans, "/ban-tin-nguon/99/dua-vao").status_code == 404


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"reached_at": "2026-12-01T22:29:00+00:00"}, "Đang liên lạc được"),
        ({"reason": "province_unreachable", "details": {"host": "nguon.example"}}, "Không nối được tới nguon.example"),
        ({"clock_off_minutes": -7}, "lệch nhau 7 phút"),
        ({}, "Đang nối"),
    ],
)
def test_the_link_is_told_as_its_process_reported_it(lans, station, clock, state, words):
    station.repos.jobs.beat("province", 1, clock.now(), state)
    assert words in lans.get("/ban-tin-nguon/tinh-hinh").text


def test_a_link_whose_process_is_gone_is_said_to_be(lans, station, clock):
    station.repos.jobs.beat("province", 1, clock.now(), {})
    clock.advance(91)
    assert "Bộ nối không trả lời" in lans.get("/ban-tin-nguon/tinh-hinh").text


def test_a_link_that_rests_because_the_other_machine_has_the_air_is_no_fault(lans, station, clock):
    station.repos.jobs.beat("province", 1, clock.now(), {"reason": "province_unreachable", "details": {"host": "x"}})
    clock.advance(91)

    def rests():
        raise Refused("pair_not_here")

    station.repos.store.fence = rests
    page = lans.get("/ban-tin-nguon/tinh-hinh").text
    assert "Máy này không giữ sóng nên bộ nối của nó nghỉ." in page
    assert "Bộ nối không trả lời" not in page
    assert "Không nối được" not in page


def test_a_station_without_a_link_has_no_such_page_in_its_menu(station, lans, config):
    plain = config.having(ProvinceConfig())
    object.__setattr__(station, "written", plain)
    object.__setattr__(station.repos, "written", plain)
    assert "Bản tin nguồn" not in lans.get("/cong-van").text
    assert "chưa nối với hệ thống thông tin nguồn" in lans.get("/ban-tin-nguon").text
