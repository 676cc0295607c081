"""Duyệt in the page: the very sound, heard to its end, approved or returned with a reason."""

from datetime import time, timedelta

import pyotp
import pytest

from scheduler.core.model import AnnouncementState, Relay
from scheduler.core.planning.rules import local_day, local_instant, parse_window
from scheduler.services.announcement.submissions import SubmissionRequest
from tests.web.conftest import hears


@pytest.fixture
def waiting(cast):
    return cast.submitted(title="Tiêm <b>chủng</b>")


def sound_of(station, announcement_id):
    return station.repos.programme.announcement(announcement_id).audio_sha256


def handed_in(station, lan, text):
    """Words that their writer has heard, with what no rule reads confirmed, before the leader."""
    acts = station.services.announcements
    number = acts.write(lan, "Họp", text)
    assert station.worker().work_once(acts.make_speech(lan, number))
    acts.heard(lan, number, sound_of(station, number))
    for word in acts.unread(number):
        acts.confirm_words(lan, number, sound_of(station, number), [word])
    acts.submit(lan, number)
    return number


def state(station, announcement_id):
    return station.repos.programme.announcement(announcement_id).state


def test_what_waits_is_shown_with_its_very_sound(station, minhs, waiting):
    assert f'href="/duyet/{waiting}"' in minhs.get("/duyet").text
    page = minhs.get(f"/duyet/{waiting}").text
    assert "Tiêm &lt;b&gt;chủng&lt;/b&gt;" in page
    assert f"/am-thanh/{sound_of(station, waiting)}.wav" in page
    assert f'name="sha256" value="{sound_of(station, waiting)}"' in page
    assert "Nghe hết" in page
    assert 'id="nut-duyet"' not in page


def test_only_what_was_heard_to_its_end_has_a_button_to_approve(station, minh, hung, minhs, hungs, waiting):
    hears(station, minh, sound_of(station, waiting))
    assert 'id="nut-duyet"' in minhs.get(f"/duyet/{waiting}").text
    assert 'id="nut-duyet"' not in hungs.get(f"/duyet/{waiting}").text


def test_text_and_reading_are_shown_to_the_leader(station, lan, lans, minhs, send, cast):
    announcement_id = station.services.announcements.write(lan, "Họp", "Họp lúc 7h30.")
    clip = cast.clip(pitch=350.0)
    station.services.announcements.use_recording(lan, announcement_id, clip.sha256)
    station.services.announcements.heard(lan, announcement_id, clip.sha256)
    station.services.announcements.submit(lan, announcement_id)
    assert "bảy giờ ba mươi" in minhs.get(f"/duyet/{announcement_id}").text


@pytest.mark.parametrize("claims", [{}, {"heard": "on"}, {"heard": "true", "nghe": "yes"}])
def test_nothing_is_approved_unheard_and_the_log_of_acts_tells_it(station, minhs, send, waiting, claims):
    answer = send(minhs, f"/duyet/{waiting}/duyet", sha256=sound_of(station, waiting), **claims)
    assert answer.status_code == 422
    assert "nghe hết" in answer.text
    assert state(station, waiting) is AnnouncementState.SUBMITTED
    page = minhs.get("/nhat-ky-thao-tac").text
    assert "Bị từ chối" in page
    assert "Hãy nghe hết âm thanh" in page


def test_what_another_has_heard_or_another_sound_counts_for_nothing(station, minhs, hung, minh, send, cast, waiting):
    hears(station, hung, sound_of(station, waiting))
    hears(station, minh, cast.clip(3.0, "Khác", 990.0).sha256)
    answer = send(minhs, f"/duyet/{waiting}/duyet", sha256=sound_of(station, waiting))
    assert answer.status_code == 422
    assert state(station, waiting) is AnnouncementState.SUBMITTED


def test_one_word_fixed_is_heard_anew(station, cast, lan, minhs, send, waiting):
    acts, before = station.services.announcements, sound_of(station, waiting)
    hears(station, cast.minh, before)
    acts.give_back(cast.minh, waiting, "một chữ")
    after = cast.clip(pitch=777.0).sha256
    acts.use_recording(lan, waiting, after)
    acts.heard(lan, waiting, after)
    acts.submit(lan, waiting)
    assert 'id="nut-duyet"' not in minhs.get(f"/duyet/{waiting}").text
    for sha256 in (before, after):
        assert send(minhs, f"/duyet/{waiting}/duyet", sha256=sha256).status_code == 422
    assert state(station, waiting) is AnnouncementState.SUBMITTED


def test_only_the_sound_that_was_heard_is_approved(station, minhs, send, waiting):
    answer = send(minhs, f"/duyet/{waiting}/duyet", sha256="0" * 64, heard="yes")
    assert answer.status_code == 422
    assert "đã thay đổi" in answer.text
    assert state(station, waiting) is AnnouncementState.SUBMITTED


def test_a_heard_sound_is_approved(station, minhs, send, waiting):
    answer = send(minhs, f"/duyet/{waiting}/duyet", sha256=sound_of(station, waiting), heard="yes")
    assert answer.status_code == 303
    seen = station.repos.programme.announcement(waiting)
    assert (seen.state, seen.approved_sha256) == (AnnouncementState.APPROVED, seen.audio_sha256)
    page = minhs.get(answer.location).text
    assert "Đã duyệt" in page
    assert "Không còn bản tin nào chờ duyệt" in page


def test_a_second_leader_too_late_is_told_so(station, minhs, hungs, send, waiting):
    fields = {"sha256": sound_of(station, waiting), "heard": "yes"}
    send(minhs, f"/duyet/{waiting}/duyet", **fields)
    late = send(hungs, f"/duyet/{waiting}/duyet", **fields)
    assert late.status_code == 422
    assert "Minh đã duyệt bản tin này lúc 05:30 ngày 02/12/2026" in late.text
    returned = send(hungs, f"/duyet/{waiting}/tra-lai", reason="Sai giờ")
    assert "Minh đã duyệt bản tin này lúc" in returned.text
    assert state(station, waiting) is AnnouncementState.APPROVED


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_return_wants_a_reason(station, minhs, send, waiting, reason):
    answer = send(minhs, f"/duyet/{waiting}/tra-lai", reason=reason)
    assert answer.status_code == 422
    assert "Hãy ghi lý do" in answer.text
    assert state(station, waiting) is AnnouncementState.SUBMITTED


def test_a_return_with_its_reason_goes_back_to_the_author(station, minhs, lans, send, waiting):
    answer = send(minhs, f"/duyet/{waiting}/tra-lai", reason="Sai giờ")
    assert answer.location == f"/duyet/{waiting}"
    assert "Đã trả lại Lan" in minhs.get(answer.location).text
    assert state(station, waiting) is AnnouncementState.RETURNED
    assert "Sai giờ" in lans.get(f"/ban-tin/{waiting}").text


def test_an_editor_sees_what_waits_but_no_button(lans, waiting):
    assert "Tiêm &lt;b&gt;chủng" in lans.get("/duyet").text
    page = lans.get(f"/duyet/{waiting}").text
    assert 'id="duyet"' not in page


def test_nobody_approves_their_own(station, minhs, send, cast):
    clip = cast.clip()
    own = station.services.announcements.record(cast.minh, "Của tôi", clip.sha256)
    station.services.announcements.heard(cast.minh, own, clip.sha256)
    station.services.announcements.submit(cast.minh, own)
    page = minhs.get(f"/duyet/{own}").text
    assert "Người viết không được tự duyệt" in page
    assert 'id="duyet"' not in page
    assert send(minhs, f"/duyet/{own}/duyet", sha256=clip.sha256, heard="yes").status_code == 422
    assert state(station, own) is AnnouncementState.SUBMITTED


def test_the_menu_counts_what_waits(minhs, waiting):
    assert "1 bản tin chờ duyệt" in minhs.get("/duyet").text


def test_an_announcement_that_is_not_there_is_not_found(minhs, send):
    assert send(minhs, "/duyet/99/duyet", sha256="0" * 64, heard="yes").status_code == 404
    assert send(minhs, "/duyet/99/tra-lai", reason="x").status_code == 404


def test_a_leader_who_comes_after_a_return_is_told_who_returned_it(station, minhs, hungs, send, waiting):
    sha256 = sound_of(station, waiting)
    send(minhs, f"/duyet/{waiting}/tra-lai", reason="Sai giờ")
    late = send(hungs, f"/duyet/{waiting}/duyet", sha256=sha256, heard="yes")
    assert late.status_code == 422
    assert "Minh đã trả lại bản tin này lúc 05:30 ngày 02/12/2026" in late.text
    assert state(station, waiting) is AnnouncementState.RETURNED


def test_a_ready_reason_and_a_typed_one_make_one_reason(station, minhs, send, waiting):
    send(minhs, f"/duyet/{waiting}/tra-lai", ready=["gio", "dai", "khong-co"], reason=" Họp lúc 19 giờ ")
    told = station.repos.programme.announcement(waiting).return_reason
    assert told == "Sai ngày hoặc giờ. Quá dài, cần rút gọn. Họp lúc 19 giờ"


def test_a_refused_return_keeps_what_was_ticked_and_typed(minhs, send, waiting):
    page = send(minhs, f"/duyet/{waiting}/tra-lai", reason="   ").text
    assert 'aria-labelledby="h-tra-lai" open>' in page
    assert 'aria-describedby="loi-tra-lai"' in page


def test_the_next_one_is_offered_after_a_decision(station, minhs, send, cast):
    first, second = cast.submitted(title="Thứ nhất", pitch=300.0), cast.submitted(title="Thứ hai", pitch=310.0)
    answer = send(minhs, f"/duyet/{first}/duyet", sha256=sound_of(station, first), heard="yes")
    page = minhs.get(answer.location).text
    assert f'class="btn pri big-btn next-one" href="/duyet/{second}"' in page
    assert "Nghe bản tin tiếp theo" not in minhs.get("/duyet").text


def test_what_has_changed_since_the_last_approval_is_marked(station, lan, minhs, cast):
    acts = station.services.announcements
    number = acts.write(lan, "Họp", "Họp lúc 7 giờ ở nhà văn hóa.")
    for text, pitch in (("Họp lúc 7 giờ ở nhà văn hóa.", 350.0), ("Họp lúc 8 giờ ở nhà văn hóa. <b>Gấp</b>", 360.0)):
        acts.edit(lan, number, station.repos.programme.announcement(number).version, "Họp", text)
        clip = cast.clip(pitch=pitch)
        acts.use_recording(lan, number, clip.sha256)
        acts.heard(lan, number, clip.sha256)
        acts.submit(lan, number)
        if pitch == 350.0:
            assert "Thay đổi từ lần duyệt trước" not in minhs.get(f"/duyet/{number}").text
            acts.approve(cast.minh, number, clip.sha256, heard=True)
    page = minhs.get(f"/duyet/{number}").text
    assert "<del>7</del><ins>8</ins> giờ ở nhà văn hóa." in page
    assert "&lt;b&gt;Gấp&lt;/b&gt;</ins>" in page
    assert "<b>Minh</b> đã duyệt lúc" in page


def test_the_sheet_tells_where_and_when_it_would_sound(minhs, cast, waiting):
    cast.running(waiting)
    page = minhs.get(f"/duyet/{waiting}").text
    assert "06:00-07:00" in page
    assert "tất cả các loa" in page


def test_a_sheet_of_what_was_decided_offers_what_waits_and_no_button(station, minhs, cast):
    done, other = cast.approved(title="Xong", pitch=300.0), cast.submitted(title="Còn chờ", pitch=310.0)
    page = minhs.get(f"/duyet/{done}").text
    assert "Đã duyệt" in page
    assert 'id="duyet"' not in page
    assert f'href="/duyet/{other}"' in page


def test_the_sheet_of_a_draft_without_sound_is_only_read(station, lan, minhs):
    number = station.services.announcements.write(lan, "Họp", "Họp tối nay.")
    page = minhs.get(f"/duyet/{number}")
    assert page.status_code == 200
    assert "không chờ duyệt" in page.text


def test_the_number_beside_approval_counts_what_waits(station, cast):
    cast.submitted()
    assert station.services.waiting.counts().total == 1


@pytest.fixture
def number(station, minh, clock):
    """Minh has an authenticator application; its number of so many half minutes ahead."""
    people = station.services.people
    people.begin_totp(minh)
    totp = pyotp.TOTP(people.pending_totp(minh)[1])

    def shown(steps=0):
        return totp.generate_otp(int(clock.now().timestamp()) // 30 + steps)

    people.confirm_totp(minh, shown(-1))
    return shown


def test_where_a_code_is_asked_for_nothing_is_approved_without_it(station, minh, number, minhs, send, waiting):
    hears(station, minh, sound_of(station, waiting))
    assert 'name="code"' in minhs.get(f"/duyet/{waiting}").text
    fields = {"sha256": sound_of(station, waiting), "heard": "yes"}
    for code in ("", "000000"):
        answer = send(minhs, f"/duyet/{waiting}/duyet", **fields, code=code)
        assert answer.status_code == 422
        assert 'id="code-fault"' in answer.text
        assert state(station, waiting) is AnnouncementState.SUBMITTED
    assert send(minhs, f"/duyet/{waiting}/duyet", **fields, code=number()).status_code == 303
    assert state(station, waiting) is AnnouncementState.APPROVED


def test_a_code_is_not_used_up_by_what_is_refused_for_another_reason(station, number, minhs, send, waiting):
    sha256 = sound_of(station, waiting)
    assert "nghe hết" in send(minhs, f"/duyet/{waiting}/duyet", sha256=sha256, code=number()).text
    assert send(minhs, f"/duyet/{waiting}/duyet", sha256=sha256, heard="yes", code=number()).status_code == 303


def test_who_has_no_application_is_asked_for_nothing(minhs, waiting):
    assert 'name="code"' not in minhs.get(f"/duyet/{waiting}").text


def test_what_else_waits_is_told_from_the_one_count(lans, station, lan):
    assert "tiếp âm chờ duyệt nguồn" not in lans.get("/duyet").text
    day = local_day(station.clock.now(), station.config.station.time_zone)
    relay = Relay(0, 0, (parse_window("05:00-05:30"),), day, day, ("https://dai.example/vov1.mp3",))
    station.services.relays.save(lan, "Thời sự", relay)
    assert "1 tiếp âm chờ duyệt nguồn" in lans.get("/duyet").text
    assert station.services.waiting.counts().relays == 1


# What the approval brings


def planned(station, cast, when):
    """An announcement that was handed in with a time of today."""
    number = cast.submitted(title="Cắt nước", pitch=250.0)
    station.services.announcements.give_back(cast.minh, number, "ghi giờ")
    clip = station.services.announcements.get(number).audio_sha256
    station.services.announcements.heard(cast.lan, number, clip)
    start = local_instant(
        local_day(station.clock.now(), "Asia/Ho_Chi_Minh"), time.fromisoformat(when), "Asia/Ho_Chi_Minh"
    )
    station.services.submissions.submit(cast.lan, number, SubmissionRequest(start))
    return number, start


def test_the_button_says_when_it_airs_and_the_page_what_is_planned(station, cast, minhs, send):
    number, start = planned(station, cast, "17:00")
    hears(station, cast.minh, sound_of(station, number))
    assert "Duyệt, phát 17:00 hôm nay</span>" in minhs.get(f"/duyet/{number}").text
    answer = send(minhs, f"/duyet/{number}/duyet", sha256=sound_of(station, number), heard="yes")
    page = minhs.get(answer.location).text
    assert "nhưng loa chưa kêu được" in page
    assert "sẽ phát" not in page
    (slot,) = station.repos.slots.open_between(start, start + timedelta(seconds=1))
    assert slot.announcement_id == number
    output = {"name": "wav", "kind": "soundcard", "state": "open", "message": "", "counts": True}
    station.repos.jobs.beat("playout", 1, station.clock.now(), {"outputs": [output], "clock_trusted": True})
    page = minhs.get(answer.location).text
    assert 'Đã duyệt. Loa sẽ phát lúc</h1><p class="big num">17:00 hôm nay</p>' in page
    assert "tất cả các loa" in page


def test_a_little_late_the_button_names_the_next_free_time(station, cast, minhs, send, clock):
    number, start = planned(station, cast, "09:00")
    clock.advance((start - clock.now()).total_seconds() + 1200)
    hears(station, cast.minh, sound_of(station, number))
    page = minhs.get(f"/duyet/{number}").text
    assert "Duyệt, phát 09:21 hôm nay</span>" in page
    assert f'value="{start.timestamp() + 1260:.0f}" data-when="09:21 hôm nay" checked' in page
    fields = {"sha256": sound_of(station, number), "heard": "yes"}
    refused = send(minhs, f"/duyet/{number}/duyet", **fields)
    assert refused.status_code == 422
    assert "Đã quá giờ 09:00 hôm nay" in refused.text
    send(minhs, f"/duyet/{number}/duyet", **fields, luc=str(int(start.timestamp()) + 1260))
    assert state(station, number) is AnnouncementState.APPROVED


def test_hours_late_a_time_is_chosen(station, cast, minhs, send, clock):
    number, start = planned(station, cast, "09:00")
    clock.advance((start - clock.now()).total_seconds() + 8000)
    page = minhs.get(f"/duyet/{number}").text
    assert page.count('<input type="radio" name="luc" form="duyet"') == 3
    assert "checked" not in page.partition("Chọn giờ phát")[2].partition("</fieldset>")[0]
    refused = send(minhs, f"/duyet/{number}/duyet", sha256=sound_of(station, number), heard="yes", luc="x")
    assert refused.status_code == 422
    assert state(station, number) is AnnouncementState.SUBMITTED


def test_without_a_time_the_page_says_so(minhs, send, station, waiting):
    answer = send(minhs, f"/duyet/{waiting}/duyet", sha256=sound_of(station, waiting), heard="yes")
    assert "Đã duyệt nhưng chưa có giờ phát" in minhs.get(answer.location).text


def test_a_second_leader_is_told_who_approved_and_when_it_airs(station, cast, minhs, hungs, send):
    number, _ = planned(station, cast, "17:00")
    fields = {"sha256": sound_of(station, number), "heard": "yes"}
    assert send(minhs, f"/duyet/{number}/duyet", **fields).status_code == 303
    late = send(hungs, f"/duyet/{number}/duyet", **fields)
    assert late.status_code == 422
    fault = late.text.partition('id="loi">')[2].partition("</div>")[0]
    assert "Minh đã duyệt bản tin này lúc" in fault
    assert "17:00 hôm nay" in fault


def test_what_was_approved_is_taken_back_by_its_leader(station, cast, minhs, lans, send):
    number, _ = planned(station, cast, "17:00")
    send(minhs, f"/duyet/{number}/duyet", sha256=sound_of(station, number), heard="yes")
    assert send(lans, f"/duyet/{number}/rut").status_code == 403
    answer = send(minhs, f"/duyet/{number}/rut")
    assert "Đã rút, không phát" in minhs.get(answer.location).text
    assert state(station, number) is AnnouncementState.WITHDRAWN


def test_a_bookmark_of_the_page_before_leads_to_the_list(minhs, waiting):
    assert minhs.get(f"/duyet?xong=duyet&ban_tin={waiting}").status_code == 200


def test_the_sheet_shows_no_hash_no_tabs_and_nothing_to_tick(station, minhs, waiting):
    page = minhs.get(f"/duyet/{waiting}").text
    assert "mã âm thanh" not in page
    assert 'class="tabs' not in page
    assert 'class="botnav"' not in page
    assert "Tôi đã nghe hết" not in page


def test_words_that_are_said_as_written_are_said_to_be_so(station, lan, minhs):
    number = handed_in(station, lan, "Mời bà con đi họp.")
    page = minhs.get(f"/duyet/{number}").text
    assert "Mọi chữ được đọc như viết." in page
    assert "chỗ đọc khác" not in page


def test_doubts_come_first_then_each_place_that_is_said_otherwise(station, lan, minhs, cast):
    number = handed_in(station, lan, "Họp lúc 7h30 về GPON.")
    page = minhs.get(f"/duyet/{number}").text
    said = page.partition('id="loa-se-noi"')[2]
    assert '<mark class="q" lang="vi">GPON</mark>' in said
    assert said.index("GPON") < said.index("Lời đọc") < said.index("Chữ viết") < said.index("chỗ đọc khác chữ viết")
    assert '<span class="mut">7h30</span> <span aria-hidden="true">→</span> <b>bảy giờ ba mươi' in said


def test_a_word_of_several_meanings_is_a_doubt_whether_its_sentence_decides_or_not(station, lan, minhs):
    number = handed_in(station, lan, "Theo nghị quyết của CP, mời bà con họp lúc 7h30. Kèm theo: CP.")
    said = minhs.get(f"/duyet/{number}").text.partition('id="loa-se-noi"')[2]
    assert (
        said.index('<mark class="q" lang="vi">CP</mark>')
        < said.index("Có thể là: chính phủ, cổ phần, chi phí.")
        < said.index("Lời đọc")
    )
    number = handed_in(station, lan, "Theo nghị quyết của CP, mời bà con họp lúc 7h30.")
    said = minhs.get(f"/duyet/{number}").text.partition('id="loa-se-noi"')[2]
    assert "Chữ có nhiều nghĩa, máy chọn theo câu:" in said
    assert said.index('<b lang="vi">chính phủ</b>') < said.index("Lời đọc") < said.index('<span class="mut">CP</span>')
    assert said.index('<span class="mut">CP</span>') < said.index('<span class="mut">7h30</span>')
