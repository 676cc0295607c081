"""Việc cần làm, the page: what is told, the button that mends it pressed for real, and what a person puts off."""

import re
from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome, Trigger
from scheduler.store import Ending
from tests.conftest import DAY


def told_by(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.text.split("<main")[1].split("</main>")[0]).split())


@pytest.fixture
def missed(cast, station, beat, clock):
    """A slot of today that was missed; it is a quarter of an hour later now."""
    cast.running(cast.approved())
    first = station.parts.slots.of_day(DAY)[0]
    station.parts.slots.close(first.id, Ending(AiringOutcome.MISSED, "station_off"), clock.now())
    clock.step_wall((first.start - clock.now()).total_seconds() + 900)
    beat()
    station.parts.jobs.beat("worker", 1, clock.now(), {})
    return first


def key_of(slot):
    return f"not_aired:{slot.announcement_id}"


def test_with_nothing_to_do_the_page_is_calm(lans, beat):
    beat()
    page = lans.get("/viec-can-lam")
    assert "Không có việc gì đang chờ." in told_by(page)
    assert "Để sau" not in told_by(page)


def test_a_missed_airing_is_aired_again_by_one_press_and_is_gone_from_the_list(lans, missed, send, station):
    page = lans.get("/viec-can-lam").text
    assert f'form="viec" name="key" value="{key_of(missed)}">Phát lại</button>' in page
    answer = send(lans, "/viec-can-lam/lam", key=key_of(missed))
    assert (answer.status_code, answer.location) == (303, "/truc-tiep")
    manual = [slot for slot in station.parts.slots.of_day(DAY) if slot.trigger is Trigger.MANUAL]
    assert [slot.announcement_id for slot in manual] == [missed.announcement_id]
    assert key_of(missed) not in lans.get("/viec-can-lam").text


def test_pressed_twice_it_airs_once(lans, missed, send, station):
    for _ in range(2):
        send(lans, "/viec-can-lam/lam", key=key_of(missed), act="one form")
    assert len([slot for slot in station.parts.slots.of_day(DAY) if slot.trigger is Trigger.MANUAL]) == 1


def test_what_cannot_be_mended_now_is_refused_at_its_task_and_stays(lans, missed, send, clock, beat):
    clock.advance(6 * 3600)  # within 11:30-13:30
    beat()
    answer = send(lans, "/viec-can-lam/lam", key=key_of(missed))
    assert answer.status_code == 422
    task = answer.text.split(key_of(missed))[1].split("</li>")[0]
    assert "Giờ yên tĩnh" in task
    assert 'role="alert"' in task


def test_a_task_that_is_gone_meanwhile_is_told_above_the_list(lans, beat, send):
    beat()
    answer = send(lans, "/viec-can-lam/lam", key="not_aired:77")
    assert answer.status_code == 422
    assert "Việc này đã xong hoặc đã đổi" in told_by(answer)


def test_who_may_not_press_is_shown_the_page_instead(client_of, station, missed, minhs, hungs):
    assert "Phát lại" in minhs.get("/viec-can-lam").text
    beat = station.parts.jobs.heartbeat("playout").state
    trouble = beat | {"outputs": [beat["outputs"][0] | {"state": "down", "message": "hỏng"}]}
    station.parts.jobs.beat("playout", 1, station.clock.now(), trouble)
    assert "Mở lại đầu ra</button>" in hungs.get("/viec-can-lam").text


def test_an_editor_is_led_to_the_outputs_where_only_others_may_open_them(lans, station, beat):
    beat(outputs=[{"name": "Loa", "kind": "soundcard", "state": "down", "message": "", "device": ""}])
    page = lans.get("/viec-can-lam").text
    assert "Mở lại đầu ra</button>" not in page
    assert ">Xem đầu ra</a>" in page


def test_an_output_is_opened_again_by_one_press(hungs, station, beat, send, clock):
    beat(outputs=[{"name": "Loa", "kind": "soundcard", "state": "down", "message": "", "device": ""}])
    answer = send(hungs, "/viec-can-lam/lam", key="output:Loa")
    assert answer.location == "/viec-can-lam"
    (command,) = station.parts.jobs.commands()
    assert (command.kind, command.args) == ("reopen", {"output": "Loa"})


def test_what_is_put_off_can_be_had_back_at_once_and_later(lans, minhs, cast, beat, send):
    beat()
    key = f"unapproved:{cast.submitted()}"
    answer = send(lans, "/viec-can-lam/de-sau", key=key, luc="mai")
    page = lans.get(answer.location)
    assert "Đã để sau tới 07:00" in told_by(page)
    assert "Hoàn tác" in told_by(page)
    assert "Đã để sau" in told_by(lans.get("/viec-can-lam"))
    assert "Bản tin chờ lãnh đạo" in told_by(minhs.get("/viec-can-lam"))
    live = lans.get("/truc-tiep").text.split('id="viec-can-lam"')[1].split("</section>")[0]
    assert key not in live
    assert "Không có việc gì đang chờ" in live
    send(lans, "/viec-can-lam/hien-lai", key=key)
    assert "Đã để sau" not in told_by(lans.get("/viec-can-lam"))
    assert "Bản tin chờ lãnh đạo" in told_by(lans.get("/viec-can-lam"))


def test_what_is_failing_has_no_way_to_be_put_off(lans, beat, send):
    beat(clock_trusted=False)
    assert "Để sau" not in told_by(lans.get("/viec-can-lam"))
    answer = send(lans, "/viec-can-lam/de-sau", key="clock_untrusted:station", luc="gio")
    assert answer.status_code == 422
    assert "không để sau được" in answer.text


@pytest.mark.parametrize("luc", ["", "mãi mãi", "<b>"])
def test_a_strange_time_is_not_found(lans, cast, beat, send, luc):
    beat()
    assert send(lans, "/viec-can-lam/de-sau", key=f"unapproved:{cast.submitted()}", luc=luc).status_code == 404


def test_the_list_can_be_narrowed(lans, cast, beat):
    beat(clock_trusted=False)
    cast.submitted(title="Tiêm chủng")
    everything = told_by(lans.get("/viec-can-lam"))
    assert "Tất cả 2 Đang lỗi, sắp lỗi 1 Chờ người 1 Nên xem 0" in everything
    failing, waiting = (told_by(lans.get(f"/viec-can-lam?loc={group}")) for group in ("loi", "cho"))
    assert "Tiêm chủng" not in failing
    assert "Tiêm chủng" in waiting
    assert "Không có việc nào loại này." in told_by(lans.get("/viec-can-lam?loc=xem"))
    assert told_by(lans.get("/viec-can-lam?loc=<script>")) == everything


def test_titles_of_people_are_text(lans, cast, beat):
    beat()
    cast.submitted(title="<img src=x onerror=alert(1)>")
    for path in ("/viec-can-lam", "/truc-tiep"):
        html = lans.get(path).text
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html


def test_every_page_counts_what_is_to_be_done(lans, cast, beat, clock):
    beat()
    cast.submitted()
    clock.advance(1)
    tab = lans.get("/truc-tiep").text.split('href="/viec-can-lam"')[1].split("</a>")[0]
    assert ">1<" in tab


def test_what_was_put_off_reaches_the_stream_of_that_person_only(lans, minhs, cast, beat, send, clock):
    beat()
    key = f"unapproved:{cast.submitted()}"
    send(lans, "/viec-can-lam/de-sau", key=key, luc="mai")
    clock.advance(1)
    assert "Không có việc gì đang chờ" in lans.get("/thanh?ngay=1").text
    assert "Bản tin chờ lãnh đạo" in minhs.get("/thanh?ngay=1").text


def test_the_minutes_of_a_dispatch_stand_beside_its_order(lans, cast, station, beat, clock):
    letter = (
        "ỦY BAN NHÂN DÂN PHƯỜNG\nSố: 642/UBND-VHTT\nBắc Sơn, ngày 1 tháng 12 năm 2026\nV/v tuyên truyền\n\n"
        "Tăng cường thời lượng phát thanh trên hệ thống loa truyền thanh từ ngày 02/12/2026 đến ngày 05/12/2026."
    )
    dispatch_id, _ = station.services.dispatches.import_dispatch(cast.lan, letter.encode(), "cv.txt")
    station.services.dispatches.confirm(cast.lan, dispatch_id, range(1, 10))
    cast.running(cast.approved(60.0), base=2, dispatch_id=dispatch_id)
    first = station.parts.slots.of_day(DAY)[0]
    ending = Ending(AiringOutcome.PLAYED, "", first.start, first.start + timedelta(minutes=1), 60_000)
    station.parts.slots.close(first.id, ending, clock.now())
    beat()
    told = told_by(lans.get("/truc-tiep"))
    assert "Công văn 642/UBND-VHTT 1 / 2 phút" in told
    assert "Còn 1 lượt đã xếp, 1 phút." in told


def test_a_level_is_shown_only_where_it_was_measured(lans, station, beat, clock):
    beat()
    assert "dBFS" not in lans.get("/truc-tiep").text
    station.parts.jobs.beat("monitor", 1, clock.now(), {"listening": True, "level_dbfs": -31.4})
    assert "-31</b> dBFS" in lans.get("/truc-tiep").text
    station.parts.jobs.beat("monitor", 1, clock.now(), {"listening": False, "level_dbfs": None})
    assert "dBFS" not in lans.get("/truc-tiep").text


def test_what_sounds_has_its_outline_and_a_relay_has_none(lans, cast, station, beat, clock):
    cast.running(cast.approved(3.0))
    slot = station.parts.slots.of_day(DAY)[0]
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
