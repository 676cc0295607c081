"""Tôi phải làm gì?: what is told, the button that mends it pressed for real, and what a person puts off."""

import re
from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome, Trigger
from scheduler.services.announcement.submissions import SubmissionRequest
from scheduler.store import Ending
from tests.conftest import DAY


def told_by(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.split("<main")[1].split("</main>")[0]).split())


@pytest.fixture
def missed(cast, station, beat, clock):
    """A slot of today that was missed; it is a quarter of an hour later now."""
    cast.running(cast.approved())
    first = station.repos.slots.of_day(DAY)[0]
    station.repos.slots.close(first.id, Ending(AiringOutcome.MISSED, "station_off"), clock.now())
    clock.step_wall((first.start - clock.now()).total_seconds() + 900)
    beat()
    station.repos.jobs.beat("worker", 1, clock.now(), {})
    return first


def key_of(slot):
    return f"not_aired:{slot.announcement_id}"


def test_with_nothing_to_do_the_page_is_calm(lans, beat):
    beat()
    page = lans.get("/truc-tiep")
    assert "Không có việc gì đang chờ." in told_by(page)
    assert "Để sau" not in told_by(page)


def test_a_missed_airing_is_aired_again_by_one_press_and_is_gone_from_the_list(lans, missed, send, station):
    page = lans.get("/truc-tiep").text
    assert f'form="viec" name="key" value="{key_of(missed)}">Phát lại</button>' in page
    answer = send(lans, "/viec-can-lam/lam", key=key_of(missed))
    assert (answer.status_code, answer.location) == (303, "/truc-tiep")
    manual = [slot for slot in station.repos.slots.of_day(DAY) if slot.trigger is Trigger.MANUAL]
    assert [slot.announcement_id for slot in manual] == [missed.announcement_id]
    assert key_of(missed) not in lans.get("/truc-tiep").text


def test_pressed_twice_it_airs_once(lans, missed, send, station):
    for _ in range(2):
        send(lans, "/viec-can-lam/lam", key=key_of(missed), act="one form")
    assert len([slot for slot in station.repos.slots.of_day(DAY) if slot.trigger is Trigger.MANUAL]) == 1


def test_what_cannot_be_mended_now_is_refused_by_its_name_and_stays(lans, missed, send, clock, beat):
    clock.advance(6 * 3600)  # within 11:30-13:30
    beat()
    answer = send(lans, "/viec-can-lam/lam", key=key_of(missed))
    assert answer.status_code == 422
    told = answer.text.split('role="alert" id="loi-viec"')[1].split("</div>")[0]
    assert "Tiêm chủng" in told
    assert "Giờ yên tĩnh" in told
    assert key_of(missed) in answer.text


def test_a_task_that_is_gone_meanwhile_is_told_above_the_list(lans, beat, send):
    beat()
    answer = send(lans, "/viec-can-lam/lam", key="not_aired:77")
    assert answer.status_code == 422
    assert "Việc này đã xong hoặc đã đổi" in told_by(answer)


def test_who_may_press_has_the_button(client_of, station, missed, minhs, hungs):
    assert "Phát lại" in minhs.get("/truc-tiep").text
    beat = station.repos.jobs.heartbeat("playout").state
    trouble = beat | {"outputs": [beat["outputs"][0] | {"state": "down", "message": "hỏng"}]}
    station.repos.jobs.beat("playout", 1, station.clock.now(), trouble)
    assert "Mở lại đầu ra</button>" in hungs.get("/truc-tiep").text


def test_an_editor_reads_who_opens_an_output_where_only_others_may(lans, minh, hung, beat):
    beat(outputs=[{"name": "Loa", "kind": "soundcard", "state": "down", "message": "", "device": ""}])
    page = lans.get("/truc-tiep").text
    assert "Mở lại đầu ra</button>" not in page
    assert "Người sửa được: Hùng, Minh" in page


def test_an_output_is_opened_again_by_one_press(hungs, station, beat, send, clock):
    beat(outputs=[{"name": "Loa", "kind": "soundcard", "state": "down", "message": "", "device": ""}])
    answer = send(hungs, "/viec-can-lam/lam", key="output:Loa")
    assert answer.location == "/truc-tiep"
    (command,) = station.repos.jobs.commands()
    assert (command.kind, command.args) == ("reopen", {"output": "Loa"})


def test_what_is_put_off_can_be_had_back_at_once_and_later(lans, minhs, cast, beat, send):
    beat()
    key = f"unapproved:{cast.submitted()}"
    answer = send(lans, "/viec-can-lam/de-sau", key=key, luc="mai")
    page = lans.get(answer.location)
    assert "Đã để sau tới 07:00" in told_by(page)
    assert "Hoàn tác" in told_by(page)
    assert "Để sau ( 1 )" in told_by(lans.get("/truc-tiep"))
    assert "Chờ duyệt: 1 bản tin" in told_by(minhs.get("/truc-tiep"))
    live = lans.get("/truc-tiep").text.split('id="viec-can-lam"')[1].split('class="later"')[0]
    assert key not in live
    assert "Không có việc gì đang chờ" in live
    send(lans, "/viec-can-lam/hien-lai", key=key)
    assert "Để sau (" not in told_by(lans.get("/truc-tiep"))
    assert "chờ lãnh đạo duyệt" in told_by(lans.get("/truc-tiep"))


def test_what_is_failing_has_no_way_to_be_put_off(lans, beat, send):
    beat(clock_trusted=False)
    assert "Để sau" not in told_by(lans.get("/truc-tiep"))
    answer = send(lans, "/viec-can-lam/de-sau", key="clock_untrusted:station", luc="gio")
    assert answer.status_code == 422
    assert "không để sau được" in answer.text


@pytest.mark.parametrize("luc", ["", "mãi mãi", "<b>"])
def test_a_strange_time_is_not_found(lans, cast, beat, send, luc):
    beat()
    assert send(lans, "/viec-can-lam/de-sau", key=f"unapproved:{cast.submitted()}", luc=luc).status_code == 404


def test_the_old_address_of_the_list_leads_to_it(lans):
    answer = lans.get("/viec-can-lam?loc=loi")
    assert (answer.status_code, answer.location) == (303, "/truc-tiep#viec-can-lam")


def test_titles_of_people_are_text(lans, cast, beat):
    beat()
    cast.submitted(title="<img src=x onerror=alert(1)>")
    html = lans.get("/truc-tiep").text
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_every_page_counts_what_is_to_be_done(lans, cast, beat, clock):
    beat()
    cast.submitted()
    clock.advance(1)
    entry = lans.get("/nhat-ky").text.split('href="/truc-tiep"')[1].split("</a>")[0]
    assert ">1<" in entry


def test_what_was_put_off_reaches_the_stream_of_that_person_only(lans, minhs, cast, beat, send, clock):
    beat()
    key = f"unapproved:{cast.submitted()}"
    send(lans, "/viec-can-lam/de-sau", key=key, luc="mai")
    clock.advance(1)
    assert "Không có việc gì đang chờ" in lans.get("/thanh?ngay=1").text
    assert "Chờ duyệt: 1 bản tin" in minhs.get("/thanh?ngay=1").text


def test_a_level_is_shown_only_where_it_was_measured(lans, hungs, station, beat, clock):
    beat()
    assert "dBFS" not in hungs.get("/cai-dat/dau-ra").text
    station.repos.jobs.beat("monitor", 1, clock.now(), {"listening": True, "level_dbfs": -31.4})
    assert "-31</b> dBFS" in hungs.get("/cai-dat/dau-ra").text
    assert "dBFS" not in lans.get("/cai-dat/dau-ra").text
    station.repos.jobs.beat("monitor", 1, clock.now(), {"listening": False, "level_dbfs": None})
    assert "dBFS" not in hungs.get("/cai-dat/dau-ra").text


def test_what_sounds_has_its_outline_and_a_relay_has_none(lans, cast, station, beat, clock):
    cast.running(cast.approved(3.0))
    slot = station.repos.slots.of_day(DAY)[0]
    sounding = {
        "slot_id": slot.id,
        "title": "Tiêm chủng",
        "started_at": clock.now().isoformat(),
        "played_ms": 0,
        "total_ms": 3000,
    }
    beat(sounding)
    assert f'clip-path="url(#song-{slot.id})"' in lans.get("/truc-tiep").text
    beat(sounding | {"slot_id": "khong-co"})
    assert 'class="song"' not in lans.get("/truc-tiep").text


# What waits for a leader, and what came back


def sent(cast, at=None, title="Họp tổ dân phố"):
    """An announcement handed in with a wish."""
    services, clip = cast.station.services, cast.clip(20.0, title)
    announcement_id = services.announcements.record(cast.lan, title, clip.sha256)
    services.announcements.heard(cast.lan, announcement_id, clip.sha256)
    services.submissions.submit(cast.lan, announcement_id, SubmissionRequest(at=at))
    return announcement_id


def test_what_waits_says_when_it_was_sent_and_what_is_lost_without_a_word(lans, minhs, cast, beat, clock):
    beat()
    sent(cast, clock.now() + timedelta(hours=3))
    for client, title in (
        (lans, "“Họp tổ dân phố” chờ lãnh đạo duyệt"),
        (minhs, "Chờ duyệt: 1 bản tin Họp tổ dân phố"),
    ):
        told = told_by(client.get("/truc-tiep"))
        assert title in told
        assert told.count("hờ duyệt") + told.count("chờ lãnh đạo duyệt") == 1, "once is enough"
        assert "Gửi lúc 05:30 hôm nay · Chưa duyệt thì 08:30 hôm nay không phát" in told
    clock.advance(3 * 3600)
    beat()
    assert "Giờ xin 08:30 hôm nay đã qua, duyệt thì máy hỏi lại giờ" in told_by(minhs.get("/truc-tiep"))


def test_what_came_back_is_its_authors_task_alone_with_the_leaders_words(lans, minhs, hungs, cast, beat, clock, send):
    beat()
    announcement_id = sent(cast, clock.now() + timedelta(hours=3))
    cast.station.services.announcements.give_back(cast.minh, announcement_id, "Ghi rõ khu phố nào.")
    told = told_by(lans.get("/truc-tiep"))
    assert "Lãnh đạo trả lại “Họp tổ dân phố”" in told
    assert "“Ghi rõ khu phố nào.” · Sửa trước 08:30 hôm nay thì kịp phát" in told
    for other in (minhs, hungs):
        assert "Ghi rõ khu phố nào." not in told_by(other.get("/truc-tiep"))
        assert "Ghi rõ khu phố nào." not in other.get("/thanh?ngay=1").text
    assert "Ghi rõ khu phố nào." in lans.get("/thanh?ngay=1").text
    assert f'href="/ban-tin/{announcement_id}">Sửa</a>' in lans.get("/truc-tiep").text
    send(lans, "/viec-can-lam/de-sau", key=f"returned:{announcement_id}", luc="gio")
    clock.advance(1)
    assert "Ghi rõ khu phố nào." not in lans.get("/thanh?ngay=1").text


def sent_note(client, announcement_id):
    page = client.get(f"/truc-tiep?gui={announcement_id}").text
    found = re.search(r'<div class="note[^"]*" role="(?:status|alert)">.*?</div>', page.split("<main")[1], re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", found[0]).split()) if found else ""


def test_after_sending_the_page_says_what_its_rows_say(lans, cast, beat, clock):
    beat()
    wished = sent(cast, clock.now() + timedelta(hours=3))
    assert sent_note(lans, wished) == (
        "Đã gửi lãnh đạo lúc 05:30. Loa chưa phát: duyệt trước 08:29 thì phát lúc 08:30 hôm nay, tất cả các loa."
        " Rút về sửa"
    )
    soon = sent(cast, title="Cúp nước")
    assert "Loa chưa phát: duyệt ngay thì phát lúc 05:3" in sent_note(lans, soon)
    clock.advance(3 * 3600)
    beat()
    assert "duyệt trước" not in sent_note(lans, wished)
    assert "Loa chưa phát: chưa có giờ phát; hãy rút về chọn giờ." in sent_note(lans, cast.submitted())
    for nothing in (0, 999, cast.station.services.announcements.write(cast.lan, "Nháp", "Nháp.")):
        assert sent_note(lans, nothing) == ""


def test_an_approval_without_a_loudspeaker_is_not_told_as_if_it_would_sound(lans, cast, beat, clock):
    beat(outputs=[{"name": "ghi", "kind": "wavfile", "state": "open", "message": ""}])
    wished = sent(cast, clock.now() + timedelta(hours=3))
    sha256 = cast.station.services.announcements.get(wished).audio_sha256
    cast.station.services.submissions.approve(cast.minh, wished, sha256, heard=True)
    assert "sẽ phát" not in sent_note(lans, wished)
    assert "loa chưa kêu được" in sent_note(lans, wished)
