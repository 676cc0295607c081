"""Giọng đọc on the pages: how each voice is, why a sound has the voice it has, and better readings to approve."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.core.announcement.voices import Passed
from scheduler.store import instant_text
from tests.audio.tiny_piper import write_voice
from tests.services.better_reading import better_reading

TEXT = "Mời bà con đi tiêm phòng. Điểm tiêm ở trạm y tế phường."


@pytest.fixture
def config(config):
    return replace(config, speech=replace(config.speech, engines=("gtts", "piper", "espeak"), upgrade_minutes=10.0))


@pytest.fixture
def offered(station, cast):
    """A better reading of an announcement that airs this morning, waiting for its leader."""
    return better_reading(station, cast, "Tiêm <b>chủng</b>", TEXT)


# Settings


def test_every_voice_is_told_in_the_order_it_is_tried(lans):
    page = lans.get("/cai-dat/am-thanh").text
    assert page.index("Google (qua mạng)") < page.index("Chưa có tệp giọng Piper") < page.index("eSpeak NG")
    assert "Đang dùng" in page


def test_a_voice_that_fails_is_told_with_since_when_and_when_it_is_tried_again(station, lans, clock):
    now = clock.now()
    row = {"engine": "gtts", "reason": "voice_offline", "details": {}, "failures": 2}
    row |= {"since": instant_text(now - timedelta(minutes=18)), "until": instant_text(now + timedelta(minutes=4))}
    station.repos.jobs.beat("worker", 1, now, {"voices": [row]})
    page = lans.get("/cai-dat/am-thanh").text
    assert "Không nối được tới máy chủ giọng đọc; hãy kiểm tra mạng. Lỗi từ 05:12. Thử lại lúc 05:34." in page


def test_what_a_worker_told_long_ago_is_not_shown_as_news(station, lans, clock):
    row = {"engine": "gtts", "reason": "voice_offline", "details": {}, "failures": 2}
    row |= {"since": instant_text(clock.now()), "until": instant_text(clock.now())}
    station.repos.jobs.beat("worker", 1, clock.now(), {"voices": [row]})
    clock.step_wall(3600)
    assert "Không nối được tới máy chủ giọng đọc" not in lans.get("/cai-dat/am-thanh").text


@pytest.mark.needs_piper
def test_piper_s_voice_files_are_described_with_what_is_wrong(station, lans):
    folder = station.config.data / "voices"
    folder.mkdir()
    good = write_voice(folder, name="vi_VN-tot-low")
    (folder / "vi_VN-tot-low.LICENSE").write_text("CC0", encoding="utf-8")
    Path(f"{write_voice(folder, name='vi_VN-thieu-low')}.json").unlink()
    page = lans.get("/cai-dat/am-thanh").text
    assert good.stem in page
    assert "vi, low, 22,1 kHz" in page
    assert "giấy phép: vi_VN-tot-low.LICENSE" in page
    assert "Tệp giọng vi_VN-thieu-low.onnx thiếu tệp .onnx.json đi kèm" in page
    assert "không thấy tệp giấy phép bên cạnh" in page


# The announcement


def test_the_announcement_tells_why_no_better_voice_read_it(station, cast, lan, lans, clock):
    clip = cast.clip()
    passed = (
        Passed("gtts", "no route", "voice_offline", since=clock.now() - timedelta(minutes=18)),
        Passed("piper", "no file", "piper_none"),
    )
    station.repos.programme.add_clip(replace(clip, sha256="b" * 64, origin="speech", engine="espeak", passed=passed))
    announcement_id = station.services.announcements.write(lan, "Tiêm chủng", TEXT)
    with station.repos.store.write() as db:
        db.execute("UPDATE announcement SET audio_sha256 = ? WHERE id = ?", ("b" * 64, announcement_id))
    page = lans.get(f"/ban-tin/{announcement_id}").text
    assert "Giọng eSpeak NG đọc, vì: Google (qua mạng) mất mạng từ 05:12; Piper chưa có tệp giọng." in page


def test_the_announcement_tells_of_a_better_reading_and_where_it_is_approved(lans, offered):
    page = lans.get(f"/ban-tin/{offered.announcement.id}").text
    assert "Đã có bản đọc mới bằng giọng Google (qua mạng)" in page


# Approving


def test_the_leader_hears_both_and_approves_the_new_one(station, minhs, send, offered):
    page = minhs.get("/duyet").text
    assert "Tiêm &lt;b&gt;chủng&lt;/b&gt;" in page
    assert f"/am-thanh/{offered.new.sha256}.wav" in page
    assert f"/am-thanh/{offered.old.sha256}.wav" in page
    answer = send(minhs, f"/duyet/giong/{offered.id}/duyet", sha256=offered.new.sha256, heard="yes")
    assert answer.status_code == 303
    assert station.repos.programme.announcement(offered.announcement.id).approved_sha256 == offered.new.sha256
    assert "Đã duyệt giọng mới" in minhs.get(answer.location).text


@pytest.mark.parametrize(
    ("fields", "told"),
    [({}, "nghe hết"), ({"heard": "yes", "sha256": "0" * 64}, "đã thay đổi")],
    ids=["unheard", "another_sound"],
)
def test_nothing_else_than_what_was_heard_is_approved(station, minhs, send, offered, fields, told):
    answer = send(minhs, f"/duyet/giong/{offered.id}/duyet", **({"sha256": offered.new.sha256} | fields))
    assert answer.status_code == 422
    assert told in answer.text
    assert station.repos.programme.announcement(offered.announcement.id).approved_sha256 == offered.old.sha256


def test_the_leader_may_keep_the_old_one(station, minhs, send, offered):
    answer = send(minhs, f"/duyet/giong/{offered.id}/giu")
    assert answer.status_code == 303
    assert "Giữ bản cũ" in minhs.get(answer.location).text
    assert station.services.upgrades.waiting() == []
    late = send(minhs, f"/duyet/giong/{offered.id}/duyet", sha256=offered.new.sha256, heard="yes")
    assert late.status_code == 422
    assert "không còn chờ duyệt" in late.text


def test_an_editor_sees_it_and_decides_nothing(station, lans, send, offered):
    page = lans.get("/duyet").text
    assert "Giọng mới:" in page
    assert "Duyệt giọng mới" not in page
    for path in ("duyet", "giu"):
        answer = send(lans, f"/duyet/giong/{offered.id}/{path}", sha256=offered.new.sha256, heard="yes")
        assert answer.status_code == 403
    assert station.services.upgrades.waiting() != []


def test_what_is_to_be_done_leads_to_where_it_is_approved(station, minhs, offered):
    station.services.readiness.check()
    page = minhs.get("/truc-tiep").text
    assert "Đã có bản đọc mới của “Tiêm &lt;b&gt;chủng&lt;/b&gt;”" in page
    assert 'href="/duyet"' in page
