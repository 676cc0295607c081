"""`loa province …`: the link's state and the inbox, on a station of its own; nothing but JSON where JSON was asked for."""

import json
from datetime import UTC, datetime

import pytest

from scheduler.config.loading import load
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.extras.province.service.link import NotTaken
from scheduler.station import Station
from tests.commands import loa_of

TOLD = {
    "BanTinID": "1",
    "MucDoUuTien": "3",
    "TieuDe": "Tiêm chủng",
    "NoiDung": "Tiêm chủng sáng thứ bảy.",
    "NguonID": "H24",
}


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "config.toml"
    made.write_text(
        '[speech]\nengines = ["espeak"]\n[quiet_hours]\nwindows = []\n[province]\nurl = "https://nguon.example"\nusername = "a"\npassword_file = "b"\n',
        encoding="utf-8",
    )
    return made


@pytest.fixture
def loa(path, monkeypatch, capsys):
    return loa_of(path, monkeypatch, capsys)


@pytest.fixture
def kept(path):
    """A bulletin in the inbox, its sound made."""
    station = Station.open(load(path))
    station.prepare()
    row = station.services.get(ProvinceService).receive(TOLD)
    worker = station.worker()
    while worker.work_once():
        pass
    station.close()
    return row.id


def test_status_of_a_link_that_does_not_run(loa, kept):
    code, out, err = loa("province", "status", "--json")
    told = json.loads(out)
    assert (code, err, told["configured"], told["alive"], told["inbox"]) == (0, "", True, False, 1)
    assert told["queue"] == {"waiting": 0, "sent": 0, "refused": 0, "oldest": None}
    assert "không trả lời" in loa("province", "status")[1]


def test_status_tells_what_of_the_list_was_not_taken(loa, path):
    assert "Không nhận được" not in loa("province", "status")[1]
    junk = NotTaken(3, "province_bulletin_bad", {"key": "BanTinID"}, datetime(2026, 12, 2, tzinfo=UTC))
    station = Station.open(load(path))
    station.prepare()
    station.repos.jobs.beat("province", 1, station.clock.now(), {"not_taken": junk.told})
    station.close()
    told = json.loads(loa("province", "status", "--json")[1])["not_taken"]
    assert (told["listed"], told["reason"]) == (3, "province_bulletin_bad")
    assert told["at"] == "2026-12-02T07:00:00+07:00"
    out = loa("province", "status")[1]
    assert "Không nhận được: 3 mục" in out
    assert f"lúc 07:00:00 02/12/2026: {told['sentence']}" in out
    assert "thiếu BanTinID" in told["sentence"]


def test_without_a_link_it_says_so(loa, path):
    path.write_text("", encoding="utf-8")
    assert "chưa nối" in loa("province", "status")[1]


def test_the_inbox_in_words_and_json(loa, kept):
    _, out, _ = loa("province", "inbox", "--json")
    (row,) = json.loads(out)["inbox"]
    assert (row["id"], row["bulletin_id"], row["state"], row["doubts"]) == (kept, "1", "waiting", [])
    assert "Tiêm chủng" in loa("province", "inbox")[1]


def test_accept_then_it_is_no_longer_in_the_inbox(loa, kept):
    assert loa("province", "accept", str(kept))[0] == 0
    assert json.loads(loa("province", "inbox", "--json")[1])["inbox"] == []
    (row,) = json.loads(loa("province", "inbox", "--all", "--json")[1])["inbox"]
    assert (row["state"], row["way"]) == ("approval", "session")


def test_air_wants_to_have_been_heard(loa, kept):
    code, _, err = loa("province", "air", str(kept))
    assert (code, "nghe" in err) == (1, True)
    code, out, _ = loa("province", "air", str(kept), "--heard")
    assert (code, "Đã gửi lệnh" in out) == (0, True)


def test_dismiss_with_a_reason(loa, kept):
    assert loa("province", "dismiss", str(kept))[0] == 2
    assert loa("province", "dismiss", str(kept), "--reason", "trùng")[0] == 0
    assert "Không có bản tin nguồn nào chờ." in loa("province", "inbox")[1]
    code, _, err = loa("province", "accept", str(kept))
    assert (code, "quyết định" in err) == (1, True)
