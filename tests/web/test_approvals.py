"""Duyệt in the page: the very sound, heard to its end, approved or returned with a reason."""

import pytest

from scheduler.core.model import AnnouncementState


@pytest.fixture
def waiting(cast):
    return cast.submitted(title="Tiêm <b>chủng</b>")


def sound_of(station, announcement_id):
    return station.parts.programme.announcement(announcement_id).audio_sha256


def state(station, announcement_id):
    return station.parts.programme.announcement(announcement_id).state


def test_what_waits_is_shown_with_its_very_sound(station, minhs, waiting):
    page = minhs.get("/duyet").text
    assert "Tiêm &lt;b&gt;chủng&lt;/b&gt;" in page
    assert f"/am-thanh/{sound_of(station, waiting)}.wav" in page
    assert f'name="sha256" value="{sound_of(station, waiting)}"' in page
    assert "Duyệt cho phát" in page


def test_text_and_reading_are_shown_to_the_leader(station, lan, lans, minhs, send, cast):
    announcement_id = station.desk.announcements.write(lan, "Họp", "Họp lúc 7h30.")
    clip = cast.clip(pitch=350.0)
    station.desk.announcements.use_recording(lan, announcement_id, clip.sha256)
    station.desk.announcements.heard(lan, announcement_id, clip.sha256)
    station.desk.announcements.submit(lan, announcement_id)
    assert "bảy giờ ba mươi" in minhs.get("/duyet").text


def test_nothing_is_approved_unheard(station, minhs, send, waiting):
    answer = send(minhs, f"/duyet/{waiting}/duyet", sha256=sound_of(station, waiting))
    assert answer.status_code == 422
    assert "nghe hết" in answer.text
    assert state(station, waiting) is AnnouncementState.SUBMITTED


def test_only_the_sound_that_was_heard_is_approved(station, minhs, send, waiting):
    answer = send(minhs, f"/duyet/{waiting}/duyet", sha256="0" * 64, heard="yes")
    assert answer.status_code == 422
    assert "đã thay đổi" in answer.text
    assert state(station, waiting) is AnnouncementState.SUBMITTED


def test_a_heard_sound_is_approved(station, minhs, send, waiting):
    answer = send(minhs, f"/duyet/{waiting}/duyet", sha256=sound_of(station, waiting), heard="yes")
    assert answer.status_code == 303
    seen = station.parts.programme.announcement(waiting)
    assert (seen.state, seen.approved_sha256) == (AnnouncementState.APPROVED, seen.audio_sha256)
    page = minhs.get(answer.location).text
    assert "Đã duyệt" in page
    assert "Không có bản tin nào chờ duyệt" in page


def test_a_second_leader_too_late_is_told_so(station, minhs, hungs, send, waiting):
    fields = {"sha256": sound_of(station, waiting), "heard": "yes"}
    send(minhs, f"/duyet/{waiting}/duyet", **fields)
    late = send(hungs, f"/duyet/{waiting}/duyet", **fields)
    assert late.status_code == 422
    assert "trạng thái hiện tại" in late.text


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_return_wants_a_reason(station, minhs, send, waiting, reason):
    answer = send(minhs, f"/duyet/{waiting}/tra-lai", reason=reason)
    assert answer.status_code == 422
    assert "Hãy ghi lý do" in answer.text
    assert state(station, waiting) is AnnouncementState.SUBMITTED


def test_a_return_with_its_reason_goes_back_to_the_author(station, minhs, lans, send, waiting):
    answer = send(minhs, f"/duyet/{waiting}/tra-lai", reason="Sai giờ")
    assert answer.location == "/duyet?xong=tra-lai"
    assert state(station, waiting) is AnnouncementState.RETURNED
    assert "Sai giờ" in lans.get(f"/ban-tin/{waiting}").text


def test_an_editor_sees_what_waits_but_no_button(lans, waiting):
    page = lans.get("/duyet").text
    assert "Tiêm &lt;b&gt;chủng" in page
    assert "Duyệt cho phát" not in page


def test_nobody_approves_their_own(station, minhs, send, cast):
    clip = cast.clip()
    own = station.desk.announcements.record(cast.minh, "Của tôi", clip.sha256)
    station.desk.announcements.heard(cast.minh, own, clip.sha256)
    station.desk.announcements.submit(cast.minh, own)
    page = minhs.get("/duyet").text
    assert "Người viết không được tự duyệt" in page
    assert "Duyệt cho phát" not in page
    assert send(minhs, f"/duyet/{own}/duyet", sha256=clip.sha256, heard="yes").status_code == 422
    assert state(station, own) is AnnouncementState.SUBMITTED


def test_the_menu_counts_what_waits(minhs, waiting):
    assert "1 bản tin chờ duyệt" in minhs.get("/duyet").text


def test_an_announcement_that_is_not_there_is_not_found(minhs, send):
    assert send(minhs, "/duyet/99/duyet", sha256="0" * 64, heard="yes").status_code == 404
    assert send(minhs, "/duyet/99/tra-lai", reason="x").status_code == 404
