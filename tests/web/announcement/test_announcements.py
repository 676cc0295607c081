"""Soạn bản tin in the page: write, see what is said, make speech, listen, send; conflicts and refusals lose no word."""

import re

import pytest

from scheduler.core.model import AnnouncementState
from scheduler.services.announcement.announcements import MAX_TITLE

TEXT = "UBND phường mời bà con đi tiêm ngày 15/3/2026. Gọi 02373761666."
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def written(lans, send):
    """The address of an announcement that Lan has written."""
    answer = send(lans, "/ban-tin", title="Tiêm chủng", text=TEXT)
    assert answer.status_code == 303
    return answer.location


@pytest.fixture
def spoken(station, lans, send, written):
    """… whose speech has been made by the real worker and the offline voice."""
    send(lans, f"{written}/giong-doc")
    assert station.worker().work_once()
    return written


def announcement(station, path="/ban-tin/1"):
    return station.repos.programme.announcement(int(path.rpartition("/")[2]))


def looked(client, path, **fields):
    """The parts of the page, as its script asks for them."""
    seen = announcement_of(client, path)
    data = {"ban_tin": str(seen.id), "title": seen.title, "text": seen.text} | fields
    return client.post("/ban-tin/xem", data=data).text


def announcement_of(client, path):
    return announcement(client.application.extensions["station"], path)


def test_each_word_that_is_said_otherwise_is_named_with_what_is_said(lans, written):
    page = lans.get(written).text
    said = dict(re.findall(r'data-word="([^"]+)" data-said="([^"]+)"', page))
    assert said["UBND"] == "ủy ban nhân dân"
    assert "15/3/2026" in " ".join(said)
    assert "3 chữ đọc khác chữ viết" in page
    assert "Không còn chữ nào chưa biết đọc" in page


def test_what_nobody_can_read_is_a_way_to_its_reading(lans, send):
    page = lans.get(send(lans, "/ban-tin", title="Lạ", text="Mời bà con tiêm Abrysvo.").location).text
    assert 'href="/tu-dien?viet=Abrysvo" data-word="Abrysvo" data-unread' in page
    assert "Còn 1 chữ máy chưa biết đọc:" in page
    assert 'data-missing="words"' in page


def test_the_parts_follow_the_typing_without_keeping_anything(station, lans):
    answer = lans.post("/ban-tin/xem", data={"text": "Họp lúc 7h30 <b & c", "kieu": "once", "luc": "17:00"})
    assert answer.status_code == 200
    assert "bảy giờ ba mươi" in answer.text
    assert "17:00 hôm nay phát được." in answer.text
    assert "<b &" not in answer.text
    assert station.repos.programme.announcements() == []
    only = lans.post("/ban-tin/xem", data={"text": "Họp lúc 7h30", "luc": "17:00", "chi": "gio"}).text
    assert "17:00 hôm nay phát được." in only
    assert "bảy giờ" not in only


def test_the_name_is_the_first_sentence_that_says_something(station, lans, send):
    path = send(lans, "/ban-tin", title="", text="Kính thưa bà con!\nNgày mai cắt nước. Trữ đủ nước dùng.").location
    assert announcement(station, path).title == "Ngày mai cắt nước"


@pytest.mark.parametrize(
    ("title", "text", "words"),
    [
        ("x" * (MAX_TITLE + 1), TEXT, "Tên quá dài"),
        ("Rỗng", "", "không có chữ nào đọc được"),
        ("Rỗng", " \n … !!! ", "không có chữ nào đọc được"),
        ("Dài", "a" * 1_000_000, "chia thành nhiều bản tin"),
    ],
    ids=["long title", "empty text", "nothing to speak", "a megabyte"],
)
def test_a_refused_text_is_told_beside_its_field_and_stays(station, lans, send, title, text, words):
    answer = send(lans, "/ban-tin", title=title, text=text)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f">{text}</textarea>" in answer.text
    assert station.repos.programme.announcements() == []


def test_two_tabs_the_second_keeps_its_own_words_and_sees_the_others(station, lans, send, written):
    send(lans, f"{written}/sua", version="1", title="Tiêm chủng", text="Bản của thẻ thứ nhất.")
    answer = send(lans, f"{written}/sua", version="1", title="Tiêm chủng", text="Bản của thẻ thứ hai.")
    assert answer.status_code == 422
    assert "vừa được người khác sửa" in answer.text
    assert ">Bản của thẻ thứ hai.</textarea>" in answer.text
    assert "Bản của thẻ thứ nhất." in answer.text
    assert announcement(station).text == "Bản của thẻ thứ nhất."
    version = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    send(lans, f"{written}/sua", version=version, title="Tiêm chủng", text="Bản của thẻ thứ hai.")
    assert announcement(station).text == "Bản của thẻ thứ hai."


def test_speech_is_made_by_a_job_whose_states_the_page_shows(station, lans, send, written):
    assert send(lans, f"{written}/giong-doc").location == written
    waiting = looked(lans, written)
    assert "Đang chờ bộ xử lý" in waiting
    assert 'data-sound="working"' in waiting
    job = station.repos.jobs.claim()
    station.repos.jobs.progress(job.id, 0.4)
    assert '<progress max="1" value="0.4"' in looked(lans, written)
    station.repos.jobs.requeue(station.clock.now())
    station.worker().work_once()
    ended = looked(lans, written)
    assert 'data-sound="ready"' in ended
    assert "<audio" in ended
    assert "eSpeak NG" in ended
    assert 'data-into="thanh-gui"' in ended


def test_speech_is_made_of_what_stands_in_the_form(station, lans, send, written):
    answer = send(lans, f"{written}/sua", version="1", title="Tiêm chủng", text="Lời mới nhất.", then="speech")
    assert answer.location == written
    assert station.worker().work_once()
    seen = announcement(station)
    assert seen.text == "Lời mới nhất."
    assert station.repos.programme.clip(seen.audio_sha256).said == "Lời mới nhất."


def test_speech_of_unspeakable_words_is_refused_and_they_stay(station, lans, send, written):
    answer = send(lans, f"{written}/sua", version="1", title="Tiêm chủng", text="…", then="speech")
    assert answer.status_code == 422
    assert ">…</textarea>" in answer.text
    assert station.repos.jobs.newest("speech") == []


def test_a_sound_that_came_meanwhile_does_not_stand_in_the_way_of_new_words(station, lans, send, written):
    """The page of the words was open while the speech was made: nobody else has written anything."""
    page = lans.get(written).text
    words = re.search(r'name="words" value="([^"]+)"', page)[1]
    send(lans, f"{written}/giong-doc")
    station.worker().work_once()
    assert announcement(station).version == 2
    answer = send(lans, f"{written}/sua", version="1", words=words, title="Tiêm chủng", text="Lời mới.")
    assert answer.status_code == 303
    stale = send(lans, f"{written}/sua", version="1", words=words, title="Tiêm chủng", text="Lời khác.")
    assert stale.status_code == 422
    assert announcement(station).text == "Lời mới."


def test_a_speech_that_could_not_be_made_says_why(station, lans, send, written):
    send(lans, f"{written}/giong-doc")
    job = station.repos.jobs.claim()
    station.repos.jobs.end(job.id, "refused", station.clock.now(), reason="no_voice", details={"why": "mất <mạng>"})
    page = lans.get(written).text
    assert "Không giọng đọc nào làm được lúc này: mất &lt;mạng&gt;." in page
    assert 'data-sound="none"' in page


def test_a_voice_that_stood_in_is_named_and_warned_of(config, clock, cast, lan):
    from dataclasses import replace

    from scheduler.config.loading import SpeechConfig
    from scheduler.station import Station
    from web import create_app

    fallen = Station.open(replace(config, speech=SpeechConfig(engines=("gtts", "espeak"))), clock)
    clip = replace(cast.clip(), sha256="b" * 64, origin="speech", engine="espeak", voice="vi")
    fallen.repos.programme.add_clip(clip)
    announcement_id = fallen.services.announcements.record(lan, "Tin", clip.sha256)
    token, _ = fallen.repos.people.sign_in("lan", "mat-khau-cua-lan", "127.0.0.1", clock.now(), 12)
    browser = create_app(fallen).test_client()
    browser.set_cookie("loa", token)
    page = browser.get(f"/ban-tin/{announcement_id}").text
    assert "được đọc bằng giọng eSpeak NG" in page
    fallen.close()


SOON = {"kieu": "once", "ngay": "soon"}


def test_sending_wants_a_sound_then_a_full_listen(station, lans, send, written):
    assert "chưa có âm thanh" in send(lans, f"{written}/gui", **SOON).text
    send(lans, f"{written}/giong-doc")
    station.worker().work_once()
    assert "nghe hết" in send(lans, f"{written}/gui", **SOON).text
    sha256 = announcement(station).audio_sha256
    assert send(lans, f"{written}/da-nghe", sha256=sha256).status_code == 422  # the box was not ticked
    assert send(lans, f"{written}/da-nghe", sha256="0" * 64, heard="yes").status_code == 422  # another sound
    assert announcement(station).heard is False
    assert send(lans, f"{written}/da-nghe", sha256=sha256, heard="yes").status_code == 303
    assert send(lans, f"{written}/gui", **SOON).status_code == 303
    assert announcement(station).state is AnnouncementState.SUBMITTED
    assert "Đang chờ lãnh đạo" in lans.get(written).text


def test_a_recording_of_the_shelf_can_be_the_sound(station, lans, send, written, cast):
    clip = cast.clip(title="Lời Chủ tịch")
    assert "Lời Chủ tịch" in lans.get(written).text
    assert send(lans, f"{written}/ban-ghi", sha256=clip.sha256).status_code == 303
    assert announcement(station).audio_sha256 == clip.sha256
    assert send(lans, f"{written}/ban-ghi", sha256="0" * 64).status_code == 404


def test_an_approved_text_warns_before_it_is_edited_and_loses_its_approval_after(station, lans, send, cast):
    path = f"/ban-tin/{cast.approved()}"
    assert "<b>Minh</b> đã duyệt" in lans.get(path).text
    page = lans.get(path).text
    assert "xin duyệt lại" in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    send(lans, f"{path}/sua", version=version, title="Tiêm chủng", text="Lời mới.")
    assert announcement(station, path).state is AnnouncementState.DRAFT


def test_a_returned_announcement_shows_the_reason(station, lans, minhs, send, cast):
    announcement_id = cast.submitted()
    station.services.announcements.give_back(cast.minh, announcement_id, "Sai <b>giờ</b>")
    assert "Sai &lt;b&gt;giờ&lt;/b&gt;" in lans.get(f"/ban-tin/{announcement_id}").text


def test_withdrawing_is_the_authors_before_approval_and_a_leaders_after(station, lans, minhs, send, cast):
    first, second = cast.submitted(pitch=300.0), cast.approved()
    assert send(lans, f"/ban-tin/{first}/rut").status_code == 303
    assert "Rút bản tin" not in lans.get(f"/ban-tin/{second}").text
    assert send(lans, f"/ban-tin/{second}/rut").status_code == 403
    assert send(minhs, f"/ban-tin/{second}/rut").status_code == 303
    assert announcement(station, f"/ban-tin/{second}").state is AnnouncementState.WITHDRAWN


@pytest.mark.parametrize("typed", ["duong day nong", "ĐƯỜNG dây", "nong"])
def test_the_list_is_searched_without_diacritics(lans, send, written, typed):
    send(lans, "/ban-tin", title="Đường dây nóng", text="Gọi 1022.")
    page = lans.get("/ban-tin", query_string={"q": typed}).text
    assert "Đường dây nóng" in page
    assert "Tiêm chủng" not in page


def test_the_list_is_filtered_by_state(lans, written, cast):
    cast.submitted(title="Đang chờ")
    page = lans.get("/ban-tin?state=submitted").text
    assert "Đang chờ" in page
    assert "Tiêm chủng" not in page
    assert lans.get("/ban-tin?state=nonsense").status_code == 200


def test_hostile_titles_and_texts_are_shown_as_text(lans, send):
    path = send(lans, "/ban-tin", title=HOSTILE, text=HOSTILE + " xin chào").location
    for page in (lans.get(path).text, lans.get("/ban-tin").text, lans.get("/ban-tin?q=" + HOSTILE).text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_an_announcement_that_is_not_there_is_not_found(lans, send):
    assert lans.get("/ban-tin/99").status_code == 404
    assert send(lans, "/ban-tin/99/gui").status_code == 404
